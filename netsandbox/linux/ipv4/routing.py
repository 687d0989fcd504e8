"""Which way a packet of this host's leaves: the output route (net/ipv4/route.c, ip_route_output_key).

An answer is kept until something about routes, addresses or settings changes, as one lookup decides for every packet of
a conversation. What comes in is asked about in input_route.
"""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import PathChosen, RuleMatched
from netsandbox.linux.events import PathMtuLearned, RouteChosen, RouteMissing
from netsandbox.linux.ipv4 import multipath
from netsandbox.linux.ipv4.multipath import NO_FLOW
from netsandbox.linux.ipv4.next_hop import NextHopException, learned_about, remember, use_learned
from netsandbox.linux.ipv4.nexthop_object import GroupPaths
from netsandbox.linux.ipv4.reverse_path import table_of
from netsandbox.linux.ipv4.route import ERRORS, Route
from netsandbox.linux.ipv4.route_value import SCOPES
from netsandbox.linux.ipv4.rule import DEFAULT, Flow
from netsandbox.wire.addresses import LIMITED_BROADCAST, LOOPBACK_ADDRESS, Network, is_multicast

CACHE_LIMIT = 20_000
new_tuple = tuple.__new__  # What a NamedTuple's `_make` calls


class OutputRoute:
    """Which way a packet leaves."""

    __slots__ = ("bound", "chosen", "destination", "gateway", "hops", "interface", "locked", "mtu", "next_hop", "path",
                 "route", "rule", "source")

    def __init__(self, route: Route, interface: Interface, chosen: RouteChosen, rule: RuleMatched | None) -> None:
        self.route = route
        self.interface = interface
        # what is recorded when a packet takes it; the other fields are its, where what is done needs them
        self.chosen = chosen
        self.rule = rule  # what is recorded before that, when another rule than the usual three decided
        self.path: PathChosen | None = None  # the same, where it is one of several ways
        self.bound: Interface | None = None  # the interface that it was asked for by, to which its sender is bound
        # the TTL of what asks for no other, or 0 for ip_default_ttl (ip4_dst_hoplimit)
        self.hops = route.asks("hoplimit") if route.metrics else 0
        (_, self.destination, _, self.gateway, _, self.next_hop, self.source, self.mtu, _, self.locked) = chosen

    @classmethod
    def by(cls, route: Route, destination: int, gateway: int | None, interface: Interface, next_hop: int | None,
           source: int, mtu: int, considered: int, locked: bool = False) -> OutputRoute:
        namespace = interface.namespace
        chosen = new_tuple(RouteChosen, (namespace.name, destination, route.value(), gateway, interface.place,
                                         next_hop, source, mtu, considered, locked))
        rule = rule_matched(namespace, destination) if namespace.routes.is_policed else None
        return cls(route, interface, chosen, rule)

    def record(self, namespace: NetworkNamespace) -> None:
        """A packet takes it."""
        if self.rule is not None:
            namespace.record(self.rule)
        if self.path is not None:
            namespace.record(self.path)
        namespace.record(self.chosen)

    def with_mtu(self, mtu: int) -> OutputRoute:
        other = OutputRoute(self.route, self.interface, self.chosen._replace(mtu=mtu), self.rule)
        other.bound = self.bound
        return other


# -- output

def route_output(namespace: NetworkNamespace, destination: int, source: int = 0,
                 interface: Interface | None = None, direct: bool = False,
                 mark: int = 0, flow: multipath.Flow = NO_FLOW) -> OutputRoute | RouteMissing:
    """The route for a packet of our own (ip_route_output_key).

    Args:
        source: the source address that the socket is bound to, or 0.
        interface: the interface that the socket is bound to.
        direct: only to where no gateway is needed (SO_DONTROUTE, RT_SCOPE_LINK).
        mark: the packet's, which rules may look at.
        flow: its protocol and ports, which choose between several next hops.
    """
    routes = namespace.routes
    cache = routes.output_cache
    key: object = destination
    if routes.is_particular:
        key = destination, source, interface, direct, mark, flow
    elif source or interface or direct or mark:
        key = destination, source, interface, direct, mark
    found = cache.get(key)
    if found is None:
        if not cache or len(cache) > CACHE_LIMIT:
            cache = routes.output_cache = {}
        found = cache[key] = _find_output(namespace, destination, source, interface, direct, mark, flow)
        if interface is not None and isinstance(found, OutputRoute):
            found.bound = interface
    if type(found) is OutputRoute:
        return found
    return (found.take(multipath.see(namespace, source, destination, flow))
            if isinstance(found, multipath.Paths) else found)


def rule_matched(namespace: NetworkNamespace, destination: int) -> RuleMatched | None:
    """The rule that decided just now, if it is none of the three that are always there."""
    rule = namespace.routes.decided_by if namespace.routes.is_policed else None
    if rule is None or rule in DEFAULT:
        return None
    return RuleMatched(namespace.name, destination, rule.priority, rule.words())


def _find_output(namespace: NetworkNamespace, destination: int, source: int, interface: Interface | None,
                 direct: bool, mark: int,
                 about: multipath.Flow) -> OutputRoute | RouteMissing | multipath.Paths[OutputRoute | RouteMissing]:
    if (interface is not None and not interface.up) or (source and namespace.holder_of(source) is None):
        return RouteMissing(namespace.name, destination, "ENETUNREACH", None)
    if not destination and not source and interface is not None:
        source = select_address(interface, 0, "host")
    destination = destination or source
    if not destination:
        destination, interface = LOOPBACK_ADDRESS, None
    group = is_multicast(destination) or destination == LIMITED_BROADCAST
    if group and interface is not None:
        return _on_link(destination, source, interface)
    if group and source:
        holder = namespace.holder_of(source)
        if holder is not None:
            return _on_link(destination, source, holder)
    routes, flow = namespace.routes, None
    if routes.is_policed:
        flow = Flow(source, "lo", interface.name if interface is not None else "", mark, table_of(interface), about)
    vrf = interface.l3mdev if interface is not None else None
    if vrf is not None and vrf is interface:
        interface = None
    matches = routes.matches(destination, interface, "link" if direct else "global", flow)
    route = matches[0] if matches else None
    if route is None or route.terms.type in ERRORS:
        if interface is not None and (vrf is None or group):
            return _on_link(destination, source, interface)
        rule = rule_matched(namespace, destination) if route is not None else None
        return RouteMissing(namespace.name, destination, ERRORS[route.type] if route else "ENETUNREACH",
                            route.value() if route else None, f"{rule.priority}: {rule.rule}" if rule else "")
    if route.rare and route.paths:
        return _several(namespace, destination, source, route, interface, len(matches))
    leaves_vrf = vrf is not None and route.interface is not None and route.interface.l3mdev is not vrf
    if leaves_vrf and vrf is not None and not source and route.type != "local":
        source = select_address(vrf, 0, "link")
    return _chosen(namespace, destination, source, route, group, len(matches))


def _several(namespace: NetworkNamespace, destination: int, source: int, route: Route, interface: Interface | None,
             considered: int) -> OutputRoute | RouteMissing | multipath.Paths[OutputRoute | RouteMissing]:
    """fib_select_path: a flow takes one of the next hops; a bound device takes its own."""
    paths = multipath.usable(route, interface)
    ways = [_chosen(namespace, destination, source, path, False, considered) for path in paths]
    if interface is not None:
        return ways[0]
    for path, way in zip(paths, ways, strict=True):
        if isinstance(way, OutputRoute):
            way.path = path_chosen(namespace, destination, path, len(route.paths))
    return (GroupPaths if route.nexthop_id else multipath.Paths)(namespace, paths, ways)


def path_chosen(namespace: NetworkNamespace, destination: int, path: Route, paths: int) -> PathChosen:
    text = str(path.value()).partition(" ")[2] + f" weight {path.weight}"
    return PathChosen(namespace.name, destination, text, paths, int(namespace.sysctls.get(multipath.POLICY)))


def _on_link(destination: int, source: int, interface: Interface) -> OutputRoute:
    """No route, but an interface: the kernel takes the destination to be on its link."""
    route = Route(Network(destination, 32), interface=interface, scope="link")
    source = source or select_address(interface, 0, "link")
    no_hop = interface.is_loopback or is_multicast(destination) or destination == LIMITED_BROADCAST
    hop = None if no_hop else destination
    return OutputRoute.by(route, destination, None, interface, hop, source, interface.mtu, 0)


def _chosen(namespace: NetworkNamespace, destination: int, source: int, route: Route, group: bool,
            considered: int) -> OutputRoute | RouteMissing:
    terms = route.terms
    if terms.type == "local":
        vrf = route.interface.l3mdev if route.interface is not None else None
        lo = vrf or namespace.lo
        hop = destination if vrf is not None else None
        return OutputRoute.by(route, destination, None, lo, hop, source or route.source or destination, lo.mtu,
                              considered)
    interface = route.interface
    assert interface is not None, "only special routes have no interface"
    gateway, mtu, locked = terms.gateway, interface.mtu, False
    if route.rare:
        gateway, mtu, locked = None if route.gateway_is_own else gateway, route.mtu or mtu, route.mtu_is_locked
    learned = use_learned(namespace, destination, route)
    if learned is not None:
        gateway = learned.gateway if learned.gateway is not None else gateway
        mtu = min(mtu, learned.mtu) if learned.mtu else mtu
    group = group or terms.type == "broadcast"
    if group:
        gateway = None
    hop = None if group else destination if gateway is None else gateway
    source = source or route.source or select_address(interface, terms.gateway or destination, terms.scope)
    if source >> 24 == 127 and not interface.is_loopback and not namespace.sysctls.either(interface.conf,
                                                                                          "route_localnet"):
        return RouteMissing(namespace.name, destination, "EINVAL", None)
    return OutputRoute.by(route, destination, gateway, interface, hop, source, mtu, considered,
                          locked or (learned is not None and learned.locked))


def select_address(interface: Interface, destination: int, scope: str) -> int:
    """inet_select_addr: our address towards a destination.

    The interface's primary address in the destination's subnet, else its first
    primary address, else the first one of another interface of the same VRF, and first of the VRF itself.
    """
    limit, first = SCOPES[scope], 0
    for address in interface.addresses:
        if address.secondary or min(SCOPES[address.scope], SCOPES["host"]) > limit:
            continue
        if not destination or destination in address.network:
            return address.local
        first = first or address.local
    if first:
        return first
    vrf = interface.l3mdev
    others = [other for other in interface.namespace.interfaces.values() if other.l3mdev is vrf]
    for other in others if vrf is None else (vrf, *others):
        for address in other.addresses:
            if not address.secondary and address.scope != "link" and SCOPES[address.scope] <= limit:
                return address.local
    return 0


# -- what is learned about a destination

def learn_mtu(namespace: NetworkNamespace, destination: int, mtu: int, vrf: Interface | None = None) -> None:
    """A router said "fragmentation needed", or a tunnel that it would (__ip_rt_update_pmtu)."""
    chosen = route_output(namespace, destination, 0, vrf)
    if not isinstance(chosen, OutputRoute) or chosen.mtu < mtu or chosen.route.mtu_is_locked:
        return
    least = namespace.sysctls.get("net.ipv4.route.min_pmtu")
    locked = mtu < least
    mtu = min(chosen.mtu, least) if locked else mtu
    known = learned_about(namespace, destination, chosen.route)
    lasting = namespace.sysctls.get("net.ipv4.route.mtu_expires") * SECOND
    expires = namespace.scheduler.now + lasting
    if known is not None and known.mtu == mtu and not locked and known.expires - namespace.scheduler.now > lasting // 2:
        return
    namespace.record(PathMtuLearned(namespace.name, destination, mtu))
    learned = known or NextHopException(0, None, False, chosen.route, expires)
    remember(namespace, destination, learned._replace(mtu=mtu, locked=locked, expires=expires))
