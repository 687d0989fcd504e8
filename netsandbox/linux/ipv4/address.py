"""IPv4 addresses of interfaces, and the routes that come and go with them.

net/ipv4/devinet.c and fib_frontend.c: adding an address sends nothing; it makes a `local` route, the connected route
while the interface is up, and the subnet's broadcast.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import AddressList, InterfaceAddress
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import AddressChanged
from netsandbox.linux.ipv4 import multipath
from netsandbox.linux.ipv4.lifetime import FOREVER, Lifetime
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_value import SCOPES
from netsandbox.wire.addresses import Network, is_multicast

MIN_MTU = 68  # Bytes that every link of IPv4 carries in one piece (RFC 791)


def has_room(interface: Interface) -> bool:
    """Whether IPv4 is there at all (inetdev_valid_mtu)."""
    return interface.mtu >= MIN_MTU


def add(interface: Interface, network: Network, broadcast: int | None = None) -> bool:
    """Give an interface an address; False if it has that address already (EEXIST).

    A second address of one subnet is secondary: it is never chosen as a source.
    """
    scope = "host" if interface.is_loopback else "global"
    return insert(interface, InterfaceAddress(network, broadcast, scope))


def insert(interface: Interface, own: InterfaceAddress) -> bool:
    """The same for an address with a peer, a metric or no route."""
    if find(interface, own) is not None:
        return False
    own.secondary = interface.addresses.primary(own.network) is not None
    _insert(interface, own)
    interface.namespace.record(AddressChanged(interface.place, own.with_length, True))
    _add_routes(interface, own)
    interface.namespace.routes.flush_cache()
    return True


def find(interface: Interface, wanted: InterfaceAddress) -> InterfaceAddress | None:
    """The one that an interface has already, with the same prefix."""
    if not interface.addresses or interface not in interface.namespace.holders_of(wanted.local):
        return None
    return next((own for own in interface.addresses.in_subnet(wanted.network) if own.local == wanted.local), None)


def _insert(interface: Interface, own: InterfaceAddress) -> None:
    if interface.addresses:
        interface.addresses.insert(bisect_right(interface.addresses, _order(own), key=_order), own)
    else:
        interface.addresses = AddressList(own)
    interface.namespace.note_address(interface, own.local)


def _order(own: InterfaceAddress) -> int:
    """inet_insert_ifa: primary addresses stand before secondary ones, the narrower scope first, as they came."""
    return 1 if own.secondary else -SCOPES[own.scope]


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
        followers = [other for other in interface.addresses.in_subnet(own.network) if other.secondary]
        if followers and interface.namespace.sysctls.either(interface.conf, "promote_secondaries"):
            promoted = followers[0]
        else:
            doomed = [*followers, own]
    for gone in doomed:
        _remove_one(interface, gone)
    if promoted is not None:
        _take_out(interface, promoted)
        promoted.secondary = False
        _insert(interface, promoted)
        _add_routes(interface, promoted)
    if not interface.addresses:
        interface.namespace.neighbours.flush_interface(interface, "no address", keep_permanent=False)
        _remove_routes(interface, lambda route: route.interface is interface and not route.nexthop_id)
    interface.namespace.routes.flush_cache()


def forget_all(interface: Interface) -> None:
    """The interface is going: all its addresses and routes with it."""
    for own in list(interface.addresses):
        if own in interface.addresses:
            _remove_one(interface, own)
    _remove_routes(interface, lambda route: route.interface is interface)
    _remove(interface.namespace, [route for route in interface.namespace.routes.several()
                                  if any(path.interface is interface for path in route.paths)])


def link_is_up(interface: Interface) -> None:
    """The routes that an interface's addresses make while it is up."""
    for own in interface.addresses:
        _add_routes(interface, own)


def forget_routes(interface: Interface) -> None:
    """Every route over the interface goes: its addresses are to be looked for in another table."""
    _remove_routes(interface, lambda route: route.interface is interface)


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
    addresses, network, broadcast = interface.addresses, own.network, own.network.broadcast
    subnet = Network(network.network, network.length)
    has_subnet = addresses.primary(network) is not None
    holders = interface.namespace.holders_of(own.local)
    is_kept_here = interface in holders

    def is_dead(route: Route) -> bool:
        if route.source == own.local and not holders and route.type != "local":
            return not (route.protocol == "kernel" and route.interface is not interface)
        if route.interface is not interface or route.protocol != "kernel":
            return False
        target = route.destination
        if route.type == "local":
            return target.length == 32 and target.address == own.local and not is_kept_here
        if route.type == "broadcast":
            return target.address in (own.broadcast, broadcast) and not addresses.has_broadcast(target.address)
        return target == subnet and not has_subnet

    routes = interface.namespace.routes
    targets = {subnet, *(Network(target, 32) for target in (own.local, own.broadcast, broadcast) if target is not None),
               *(route.destination for route in routes.naming(own.local))}
    _remove(interface.namespace, sorted(filter(is_dead, routes.to(targets)), key=lambda route: (
        route.protocol != "kernel", route.destination != subnet, route.type != "broadcast")))
    if interface.is_loopback and not interface.addresses:
        _remove_routes(interface, lambda route: route.interface is interface)


def _primary_of(interface: Interface, own: InterfaceAddress) -> int:
    """The address that a secondary one's own route names as its source."""
    primary = interface.addresses.primary(own.network) if own.secondary else None
    return own.local if primary is None else primary.local


def _table(interface: Interface, usual: str) -> str:
    """fib_magic: a VRF and its ports have a table of their own."""
    vrf = interface.l3mdev
    return usual if vrf is None or vrf.l3_table is None else vrf.l3_table


def _add_routes(interface: Interface, own: InterfaceAddress) -> None:
    """fib_add_ifaddr."""
    network, local = own.network, own.local
    _add_route(interface, Route(Network(local, 32), "local", interface=interface, source=_primary_of(interface, own),
                                scope="host", protocol="kernel", table=_table(interface, "local")))
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
                                    protocol="kernel", metric=own.metric, table=_table(interface, "main")))
    if network.length < 31:
        _add_broadcast(interface, own, network.broadcast)


def _add_broadcast(interface: Interface, own: InterfaceAddress, broadcast: int) -> None:
    source = _primary_of(interface, own)
    _add_route(interface, Route(Network(broadcast, 32), "broadcast", interface=interface, source=source,
                                scope="link", protocol="kernel", table=_table(interface, "local")))


def _add_route(interface: Interface, route: Route) -> None:
    """Add a route that the kernel makes, unless that very route is there."""
    routes = interface.namespace.routes
    for other in routes.to((route.destination,), route.table):
        if (other.type, other.interface, other.source) == (route.type, route.interface, route.source):
            return
    routes.add(route)


def _remove_routes(interface: Interface, is_dead: Callable[[Route], bool]) -> None:
    """Routes over an interface; one with several next hops goes with the last of them that can be used."""
    namespace = interface.namespace
    for route in namespace.routes.several():
        if any(path.interface is interface for path in route.paths):
            namespace.routes.flush_cache()
            if not any(path.interface is not interface and not multipath.is_dead(path) for path in route.paths):
                namespace.routes.remove(route)
    _remove(namespace, [route for route in namespace.routes.all(None) if is_dead(route)])


def _remove(namespace: NetworkNamespace, doomed: list[Route]) -> None:
    for route in doomed:
        namespace.routes.remove(route)
