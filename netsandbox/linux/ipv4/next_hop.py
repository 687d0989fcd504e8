"""What a host has learned about the way to one destination: path MTUs and redirects (net/ipv4/route.c, fnhe)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import RedirectTaken
from netsandbox.linux.ipv4.route import Route


class NextHopException(NamedTuple):
    """What was learned about one destination (struct fib_nh_exception)."""

    mtu: int  # path MTU in bytes, or 0
    gateway: int | None  # from a redirect, or None
    locked: bool  # a router asked for less than route.min_pmtu: smaller packets are cut without DF
    route: Route  # whose next hop it belongs to: it is forgotten with it
    expires: int  # virtual nanoseconds
    is_used: bool = False  # something was routed by it; `ip route show cache` lists no other


def learned_about(namespace: NetworkNamespace, destination: int, route: Route | None) -> NextHopException | None:
    """What is known of a destination while a route leads to it (find_exception)."""
    learned = namespace.exceptions.get(destination)
    return learned if learned is not None and learned.route is route else None


def use_learned(namespace: NetworkNamespace, destination: int, route: Route) -> NextHopException | None:
    """A route is taken by what was learned (rt_bind_exception)."""
    if not namespace.exceptions:
        return None
    learned = learned_about(namespace, destination, route)
    if learned is not None and not learned.is_used:
        namespace.exceptions[destination] = learned._replace(is_used=True)
    return learned


def interface_mtu_changed(interface: Interface, old: int) -> None:
    """fib_nhc_update_mtu: no path is wider than its first link, and one that was as wide follows it."""
    exceptions, mtu = interface.namespace.exceptions, interface.mtu
    for destination, learned in list(exceptions.items()):
        if learned.route.interface is not interface or not learned.mtu:
            continue
        if mtu < learned.mtu or (learned.mtu == (mtu if learned.locked else old)):
            exceptions[destination] = learned._replace(mtu=mtu, locked=False)


def learn_gateway(namespace: NetworkNamespace, destination: int, route: Route, gateway: int) -> None:
    """A redirect was taken (__ip_do_redirect)."""
    known = learned_about(namespace, destination, route)
    expires = namespace.scheduler.now + namespace.sysctls.get("net.ipv4.route.gc_timeout") * SECOND
    namespace.record(RedirectTaken(namespace.name, destination, gateway))
    learned = known or NextHopException(0, gateway, False, route, expires)
    remember(namespace, destination, learned._replace(gateway=gateway, expires=expires))


def remember(namespace: NetworkNamespace, destination: int, learned: NextHopException) -> None:
    if not namespace.exceptions:
        namespace.exceptions = {}
    namespace.exceptions[destination] = learned
    namespace.routes.flush_cache()
    namespace.scheduler.after(learned.expires - namespace.scheduler.now, _expire, (namespace, destination))


def _expire(what: tuple[NetworkNamespace, int]) -> None:
    namespace, destination = what
    known = namespace.exceptions.get(destination)
    if known is not None and known.expires <= namespace.scheduler.now:
        del namespace.exceptions[destination]
        namespace.routes.flush_cache()
