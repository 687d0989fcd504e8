"""Next hops that have a number of their own, and groups of them, which routes name (net/ipv4/nexthop.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.nud import VALID
from netsandbox.linux.device_events import NextHopChanged
from netsandbox.linux.ipv4.multipath import Paths, Seen, Way, flow_hash
from netsandbox.linux.ipv4.route import Route
from netsandbox.wire.addresses import format_ipv4


class NextHop:
    """struct nexthop.

    Attributes:
        members: of a group, the number and the weight of each; else empty.
        scope: of how far it leads: host without a gateway.
    """

    __slots__ = ("gateway", "id", "interface", "is_blackhole", "members", "onlink", "protocol")

    def __init__(self, number: int, gateway: int | None = None, interface: Interface | None = None,
                 onlink: bool = False, is_blackhole: bool = False, members: tuple[tuple[int, int], ...] = (),
                 protocol: str = "unspec") -> None:
        self.id = number
        self.gateway = gateway
        self.interface = interface
        self.onlink = onlink
        self.is_blackhole = is_blackhole
        self.members = members
        self.protocol = protocol

    @property
    def scope(self) -> str:
        if self.members or self.is_blackhole:
            return "global"
        return "host" if self.gateway is None else "link"

    def __str__(self) -> str:
        """As `ip nexthop` shows it."""
        if self.members:
            return f"id {self.id} group {group_text(self.members)}"
        if self.is_blackhole:
            return f"id {self.id} blackhole"
        way = f" via {format_ipv4(self.gateway)}" if self.gateway is not None else ""
        return f"id {self.id}{way} dev {self.interface.name if self.interface is not None else '?'}"


def group_text(members: tuple[tuple[int, int], ...]) -> str:
    """`1,3/2`: a weight of 1 goes without saying."""
    return "/".join(f"{number},{weight}" if weight > 1 else str(number) for number, weight in members)


# -- what a route makes of it

def shape(namespace: NetworkNamespace, route: Route) -> None:
    """Give a route that names a next hop the way that this one says (fib_info.nh)."""
    hops = namespace.routes.nexthops
    found = hops[route.nexthop_id]
    route.paths = ()
    if len(found.members) > 1:
        route.lead(None, None)
        route.paths = tuple(_path(route, hops[number], weight) for number, weight in found.members)
        return
    only = hops[found.members[0][0]] if found.members else found
    route.onlink = only.onlink
    if only.is_blackhole:
        route.lead(only.gateway, namespace.lo, "blackhole")
    else:
        route.lead(only.gateway, only.interface, "unicast" if route.type == "blackhole" else "")


def _path(route: Route, hop: NextHop, weight: int) -> Route:
    path = Route(route.destination, route.type, hop.gateway, hop.interface, route.source, route.scope, route.protocol,
                 route.metric, route.table, hop.onlink, route.tos, route.mtu)
    path.mtu_is_locked, path.metrics = route.mtu_is_locked, route.metrics
    path.weight, path.nexthop_id = weight, hop.id
    return path


def is_good(path: Route) -> bool:
    """ipv4_good_nh: its neighbour is not known to be gone."""
    interface = path.interface
    if interface is None or path.gateway is None:
        return True
    entry = interface.neighbours.get(path.gateway)
    return entry is None or entry.state in VALID


class GroupPaths(Paths[Way]):
    """The ways of a group: each packet asks anew, as a neighbour can go at any time."""

    __slots__ = ("_paths",)

    def __init__(self, namespace: NetworkNamespace, paths: list[Route], ways: list[Way]) -> None:
        super().__init__(namespace, paths, ways)
        self._paths = paths

    def take(self, seen: Seen) -> Way:
        """nexthop_select_path_hthr: the one that the hash leads to; one that is not good is passed over."""
        number, first = flow_hash(self._namespace, seen), None
        for path, bound, way in zip(self._paths, self._bounds, self._ways, strict=True):
            if is_good(path):
                first = way if first is None else first
                if number <= bound:
                    return way
        return self._ways[0] if first is None else first


# -- coming, changing, going

def put(namespace: NetworkNamespace, hop: NextHop) -> None:
    """A new one, or another in the place of that number: routes and groups that name it follow."""
    namespace.routes.nexthops = {**namespace.routes.nexthops, hop.id: hop}
    namespace.record(NextHopChanged(namespace.name, str(hop), True))
    for route in _users(namespace, {hop.id, *(group.id for group in _groups_of(namespace, hop.id))}):
        shape(namespace, route)
    namespace.routes.flush_cache()


def remove(namespace: NetworkNamespace, hop: NextHop) -> None:
    """remove_nexthop: the routes over it go too, and groups lose it; an empty group goes as well."""
    del namespace.routes.nexthops[hop.id]
    namespace.record(NextHopChanged(namespace.name, str(hop), False))
    for route in _users(namespace, {hop.id}):
        namespace.routes.remove(route)
    for group in _groups_of(namespace, hop.id):
        left = tuple(member for member in group.members if member[0] != hop.id)
        if left:
            put(namespace, NextHop(group.id, members=left, protocol=group.protocol))
        else:
            remove(namespace, group)
    namespace.routes.flush_cache()


def interface_lost(interface: Interface) -> None:
    """nexthop_flush_dev: it went down, lost its carrier or was deleted."""
    namespace = interface.namespace
    for hop in list(namespace.routes.nexthops.values()):
        if hop.interface is interface:
            remove(namespace, hop)


def _groups_of(namespace: NetworkNamespace, number: int) -> list[NextHop]:
    return [one for one in namespace.routes.nexthops.values() if any(number == member for member, _w in one.members)]


def _users(namespace: NetworkNamespace, numbers: set[int]) -> list[Route]:
    return [route for route in namespace.routes.all(None) if route.nexthop_id in numbers]
