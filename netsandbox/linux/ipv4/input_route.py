"""What is done with a packet that comes in: the input route (net/ipv4/route.c, ip_route_input_slow)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.device_events import RuleMatched
from netsandbox.linux.drop import Dropped, DropReason, Operand
from netsandbox.linux.ipv4 import multipath
from netsandbox.linux.ipv4.multipath import NO_FLOW
from netsandbox.linux.ipv4.next_hop import use_learned
from netsandbox.linux.ipv4.nexthop_object import GroupPaths
from netsandbox.linux.ipv4.reverse_path import table_of, validate_source
from netsandbox.linux.ipv4.route import ERRORS, Route
from netsandbox.linux.ipv4.routing import CACHE_LIMIT, OutputRoute, path_chosen, rule_matched
from netsandbox.linux.ipv4.rule import Flow
from netsandbox.wire.addresses import LIMITED_BROADCAST, is_multicast
from netsandbox.wire.ipv4 import IPv4Packet

ORDINARY = tuple(top not in (0, 127) and top < 224 for top in range(256))
"""By an address's first byte: whether a host can have it and a wire may show it."""


class InputRoute:
    """What to do with a packet that came in."""

    __slots__ = ("chosen", "error", "interface", "redirect", "refusal", "route", "rule", "type")

    def __init__(self, kind: str, refusal: Dropped | None, error: str, route: Route | None, interface: Interface | None,
                 chosen: OutputRoute | None, redirect: bool, rule: RuleMatched | None = None) -> None:
        self.type = kind  # local, broadcast, multicast, unicast (to forward) or unreachable
        self.refusal = refusal  # set when the packet is not taken at all
        self.error = error  # errno name behind `unreachable`: a router answers it with an ICMP error
        self.route = route
        self.interface = interface  # the one to leave by, when it is to be forwarded
        self.chosen = chosen
        self.redirect = redirect  # the packet leaves as it came, so its sender knows a shorter way
        self.rule = rule  # the one that let it be `unreachable`


def route_input(interface: Interface, source: int, destination: int, mark: int = 0,
                packet: IPv4Packet | None = None, about: multipath.Flow = NO_FLOW) -> InputRoute:
    """What to do with a packet from a wire (ip_route_input_slow).

    Args:
        packet: it chooses between several next hops; where there is none, what is said about it.
    """
    routes = interface.namespace.routes
    cache = routes.input_cache
    key: tuple[object, ...] = (interface, source, destination, mark)
    if routes.is_particular and (packet is not None or about is not NO_FLOW):
        about = about if packet is None else multipath.flow_of(packet)
        key = (*key, about)
    found = cache.get(key)
    if found is None:
        if not cache or len(cache) > CACHE_LIMIT:
            cache = routes.input_cache = {}
        found = cache[key] = _find_input(interface, source, destination, mark, about)
    if isinstance(found, multipath.Paths):
        about = about if packet is None else multipath.flow_of(packet)
        found = found.take(multipath.see(interface.namespace, source, destination, about, packet))
    route: InputRoute = found
    return route


def is_plainly_ours(interface: Interface, source: int, destination: int) -> bool:
    """Whether there is nothing to look up: an own address is asked for by somebody who is doubtlessly another."""
    routes = interface.namespace.routes
    return (destination in routes.local and source not in routes.local and interface.trusts_sources
            and ORDINARY[source >> 24] and ORDINARY[destination >> 24] and not routes.is_policed)


def _refused(reason: DropReason, *operands: Operand) -> InputRoute:
    return InputRoute("unreachable", Dropped(reason, operands), "", None, None, None, False)


def _find_input(interface: Interface, source: int, destination: int, mark: int,
                about: multipath.Flow) -> InputRoute | multipath.Paths[InputRoute]:
    namespace = interface.namespace
    if is_multicast(source) or source == LIMITED_BROADCAST:
        return _refused(DropReason.IP_INVALID_SOURCE, source)
    if destination == LIMITED_BROADCAST or (source == 0 and destination == 0):
        return _local_input(interface, source, destination, "broadcast", None, mark)
    if is_multicast(destination):
        return _multicast_input(interface, source, destination, mark)
    martian = _martian(interface, source, destination)
    if martian is not None:
        return martian
    flow = None
    if namespace.routes.is_policed:
        flow = Flow(source, interface.name, "", mark, table_of(interface), about)
    route = namespace.routes.lookup(destination, flow=flow)
    rule = rule_matched(namespace, destination)
    if route is not None and route.type == "broadcast" and forwards_broadcasts(interface):
        return _forward_input(interface, source, destination, route, rule, mark)
    if route is not None and route.type in ("local", "broadcast"):
        return _local_input(interface, source, destination, route.type, route, mark)
    if not interface.conf.forwarding:
        return _unreachable("EHOSTUNREACH", route)
    if route is None:
        return _unreachable("ENETUNREACH", None)
    if route.type in ERRORS:
        return _unreachable(ERRORS[route.type], route, rule)
    if route.paths:
        return _several_input(interface, source, destination, route, rule, mark)
    return _forward_input(interface, source, destination, route, rule, mark)


def forwards_broadcasts(interface: Interface) -> bool:
    """bc_forwarding, on all and on the ingress: a subnet's broadcast is routed on, not taken."""
    return bool(interface.conf.bc_forwarding and interface.namespace.sysctls.all.bc_forwarding)


def _unreachable(error: str, route: Route | None, rule: RuleMatched | None = None) -> InputRoute:
    return InputRoute("unreachable", None, error, route, None, None, False, rule)


def _martian(interface: Interface, source: int, destination: int) -> InputRoute | None:
    """Addresses that must not be seen on a wire."""
    if source == 0:
        return _refused(DropReason.IP_INVALID_SOURCE, source)
    if destination == 0:
        return _refused(DropReason.IP_INVALID_DEST, destination)
    if destination >> 24 != 127 and source >> 24 != 127:
        return None
    if interface.is_loopback or interface.namespace.sysctls.either(interface.conf, "route_localnet"):
        return None
    return _refused(DropReason.IP_LOCALNET, destination if destination >> 24 == 127 else source)


def _multicast_input(interface: Interface, source: int, destination: int, mark: int) -> InputRoute:
    if not interface.namespace.is_group_member(interface, destination):
        return _refused(DropReason.NOT_JOINED, destination)
    return _local_input(interface, source, destination, "multicast", None, mark)


def _local_input(interface: Interface, source: int, destination: int, kind: str, route: Route | None,
                 mark: int) -> InputRoute:
    if source and not interface.is_loopback:
        refusal, _on_link = validate_source(interface, source, None, destination, mark)
        if refusal is not None:
            return InputRoute(kind, refusal, "", route, None, None, False)
    return InputRoute(kind, None, "", route, interface, None, False)


def _several_input(interface: Interface, source: int, destination: int, route: Route,
                   rule: RuleMatched | None, mark: int) -> multipath.Paths[InputRoute]:
    """ip_mkroute_input."""
    paths = multipath.usable(route)
    ways = [_forward_input(interface, source, destination, path, rule, mark) for path in paths]
    for path, way in zip(paths, ways, strict=True):
        if way.chosen is not None:
            way.chosen.path = path_chosen(interface.namespace, destination, path, len(route.paths))
    return (GroupPaths if route.nexthop_id else multipath.Paths)(interface.namespace, paths, ways)


def _forward_input(interface: Interface, source: int, destination: int, route: Route,
                   rule: RuleMatched | None, mark: int) -> InputRoute:
    namespace, out = interface.namespace, route.interface
    assert out is not None, "only special routes have no interface"
    refusal, on_link = validate_source(interface, source, out, destination, mark)
    if refusal is not None:
        return InputRoute("unicast", refusal, "", route, None, None, False)
    learned = use_learned(namespace, destination, route)
    gateway = learned.gateway if learned is not None else None
    if gateway is None and not route.gateway_is_own:
        gateway = route.gateway
    sends = interface.conf.send_redirects or namespace.sysctls.all.send_redirects
    shared = namespace.sysctls.either(out.conf, "shared_media")
    same_wire = gateway is not None and any(source in a.network and gateway in a.network for a in out.addresses)
    hop = None if route.type == "broadcast" else destination if gateway is None else gateway
    mtu = route.mtu or out.mtu
    if learned is not None and learned.mtu and namespace.sysctls.get("net.ipv4.ip_forward_use_pmtu"):
        mtu = learned.mtu
    chosen = OutputRoute.by(route, destination, gateway, out, hop, source, mtu,
                            len(namespace.routes.matches(destination)))
    chosen.rule = rule
    redirect = bool(out is interface and on_link and sends and (shared or same_wire))
    return InputRoute("unicast", None, "", route, out, chosen, redirect)
