"""IPv4 addresses of interfaces, and the routes that come and go with them.

net/ipv4/devinet.c and fib_frontend.c: adding an address sends nothing; it
makes a `local` route, the connected route while the interface is up, and the
subnet's broadcast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.interface_address import InterfaceAddress
from netsandbox.linux.events import AddressChanged
from netsandbox.linux.ipv4.lifetime import FOREVER, Lifetime
from netsandbox.linux.ipv4.route import SCOPES, Route
from netsandbox.wire.addresses import Network, is_multicast

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface


def add(interface: Interface, network: Network, broadcast: int | None = None, scope: str | None = None) -> bool:
    """Give an interface an address; False if it has that address already (EEXIST).

    A second address of one subnet is secondary: it is never chosen as a source.
    """
    scope = scope or ("host" if interface.is_loopback else "global")
    return insert(interface, InterfaceAddress(network, broadcast, scope))


def insert(interface: Interface, own: InterfaceAddress) -> bool:
    """The same for an address with a peer, a metric or no route."""
    same_subnet = [other for other in interface.addresses
                   if other.network.length == own.network.length and own.network.address in other.network]
    if any(other.local == own.local for other in same_subnet):
        return False
    own.secondary = any(not other.secondary for other in same_subnet)
    _insert(interface, own)
    interface.namespace.record(AddressChanged(interface.place, own.with_length, True))
    _add_routes(interface, own)
    interface.namespace.routes.flush_cache()
    return True


def _insert(interface: Interface, own: InterfaceAddress) -> None:
    """inet_insert_ifa: primary addresses stand before secondary ones, the narrower scope first, as they came."""
    wider = [place for place, other in enumerate(interface.addresses)
             if not other.secondary and SCOPES[own.scope] <= SCOPES[other.scope]]
    primary_place = wider[-1] + 1 if wider else 0
    interface.addresses.insert(len(interface.addresses) if own.secondary else primary_place, own)
    interface.namespace.note_address(interface, own.local)


def set_lifetime(interface: Interface, own: InterfaceAddress, valid: int, preferred: int) -> None:
    """Have an address for so many seconds from now on (set_ifa_lifetime)."""
    scheduler = interface.namespace.scheduler
    if own.lifetime is not None:
        scheduler.cancel(own.lifetime.timer)
    own.lifetime = None if valid == preferred == FOREVER else Lifetime(valid, preferred, scheduler.now)
    if own.lifetime is not None and valid != FOREVER:
        own.lifetime.timer = scheduler.kernel_timer(valid * SECOND, _expire, (interface, own))


def _expire(what: tuple[Interface, InterfaceAddress]) -> None:
    remove(*what)


def _take_out(interface: Interface, own: InterfaceAddress) -> None:
    interface.addresses.remove(own)
    interface.namespace.forget_address(interface, own.local)


def remove(interface: Interface, own: InterfaceAddress) -> None:
    """Take an address away; with a primary one go its secondaries, unless promote_secondaries is on."""
    promoted: InterfaceAddress | None = None
    doomed = [own]
    if not own.secondary:
        followers = [other for other in interface.addresses
                     if other.secondary and other.network.length == own.network.length
                     and other.local in own.network]
        if followers and interface.namespace.sysctls.either(interface.conf, "promote_secondaries"):
            promoted = followers[0]
        else:
            doomed = [*followers, own]
    for gone in doomed:
        _remove_one(interface, gone)
    if promoted is not None:
        promoted.secondary = False
        _take_out(interface, promoted)
        _insert(interface, promoted)
        _add_routes(interface, promoted)
    if not interface.addresses:
        interface.namespace.neighbours.flush_interface(interface, "no address", keep_permanent=False)
        _remove_routes(interface, lambda route: route.interface is interface)
    interface.namespace.routes.flush_cache()


def forget_all(interface: Interface) -> None:
    """The interface is going: all its addresses and routes with it."""
    for own in list(interface.addresses):
        if own in interface.addresses:
            _remove_one(interface, own)
    _remove_routes(interface, lambda route: route.interface is interface)


def link_is_up(interface: Interface) -> None:
    """The routes that an interface's addresses make while it is up."""
    for own in interface.addresses:
        _add_routes(interface, own)


def link_is_down(interface: Interface) -> None:
    """Every route over the interface goes, except that its addresses stay ours."""
    _remove_routes(interface, lambda route: route.interface is interface and route.type != "local")


def _remove_one(interface: Interface, own: InterfaceAddress) -> None:
    """fib_del_ifaddr, fib_sync_down_addr: the routes that only this address made, and those that name it as source."""
    _take_out(interface, own)
    if own.lifetime is not None:
        interface.namespace.scheduler.cancel(own.lifetime.timer)
    interface.namespace.record(AddressChanged(interface.place, own.with_length, False))
    interface.namespace.netfilter.address_is_gone(interface, own.local)
    rest = [other for other in interface.addresses if not other.secondary]
    has_subnet = any(other.network.length == own.network.length and other.network.network == own.network.network
                     for other in rest)
    is_kept_here = any(other.local == own.local for other in interface.addresses)
    is_ours = is_kept_here or _is_elsewhere(interface, own.local)
    broadcasts = {value for other in rest for value in (other.broadcast, other.network.broadcast)}

    def is_dead(route: Route) -> bool:
        if route.source == own.local and not is_ours and route.type != "local":
            return not (route.protocol == "kernel" and route.interface is not interface)
        if route.interface is not interface or route.protocol != "kernel":
            return False
        target = route.destination
        if route.type == "local":
            return target.length == 32 and target.address == own.local and not is_kept_here
        if route.type == "broadcast":
            return target.address in (own.broadcast, own.network.broadcast) and target.address not in broadcasts
        return target == Network(own.network.network, own.network.length) and not has_subnet

    _remove_routes(interface, is_dead)
    if interface.is_loopback and not interface.addresses:
        _remove_routes(interface, lambda route: route.interface is interface)


def _is_elsewhere(interface: Interface, address: int) -> bool:
    return any(other is not interface for other in interface.namespace.holders_of(address))


def _primary_of(interface: Interface, own: InterfaceAddress) -> int:
    """The address that a secondary one's own route names as its source."""
    if own.secondary:
        for other in interface.addresses:
            if not other.secondary and other.network.length == own.network.length and own.local in other.network:
                return other.local
    return own.local


def _add_routes(interface: Interface, own: InterfaceAddress) -> None:
    """fib_add_ifaddr."""
    network, local = own.network, own.local
    _add_route(interface, Route(Network(local, 32), "local", interface=interface, source=_primary_of(interface, own),
                                scope="host", protocol="kernel", table="local"))
    if not interface.up:
        return
    if own.broadcast is not None and own.broadcast != 0xFFFFFFFF:
        _add_broadcast(interface, own, own.broadcast)
    if own.secondary or (network.length == 32 and not own.has_peer) or is_multicast(network.address):
        return
    subnet = Network(network.network, network.length)
    if not own.makes_route:
        pass
    elif interface.is_loopback:
        _add_route(interface, Route(subnet, "local", interface=interface, source=local, scope="host",
                                    protocol="kernel", table="local"))
    else:
        _add_route(interface, Route(subnet, "unicast", interface=interface, source=local, scope="link",
                                    protocol="kernel", metric=own.metric))
    if network.length < 31:
        _add_broadcast(interface, own, network.broadcast)


def _add_broadcast(interface: Interface, own: InterfaceAddress, broadcast: int) -> None:
    source = _primary_of(interface, own)
    _add_route(interface, Route(Network(broadcast, 32), "broadcast", interface=interface, source=source,
                                scope="link", protocol="kernel", table="local"))


def _add_route(interface: Interface, route: Route) -> None:
    """Add a route that the kernel makes, unless that very route is there."""
    namespace = interface.namespace
    for other in namespace.routes.all(route.table):
        if (other.destination, other.type, other.interface, other.source) == (
                route.destination, route.type, route.interface, route.source):
            return
    namespace.routes.add(route)


def _remove_routes(interface: Interface, is_dead: Callable[[Route], bool]) -> None:
    namespace = interface.namespace
    for route in [route for route in namespace.routes.all(None) if is_dead(route)]:
        namespace.routes.remove(route)
