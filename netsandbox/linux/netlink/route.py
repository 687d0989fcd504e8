"""What the kernel does with RTM_NEWROUTE and RTM_DELROUTE (net/ipv4/fib_semantics.c, fib_trie.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4.nexthop_object import shape
from netsandbox.linux.ipv4.route import ERRORS, Route
from netsandbox.linux.ipv4.route_value import SCOPES, Metrics
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.wire.addresses import Network

LINK = SCOPES["link"]
HOST = SCOPES["host"]
MAX_METRIC_MTU = 65535 - 15  # A route's `mtu` is cut to this
FLAGS = {"add": {"create", "exclusive"}, "change": {"replace"}, "chg": {"replace"}, "replace": {"create", "replace"},
         "prepend": {"create"}, "append": {"create", "append"}, "test": {"exclusive"}}
"""NLM_F_* that each command sets."""


class Hop(NamedTuple):
    """One of several next hops (struct rtnexthop)."""

    gateway: int | None
    interface: Interface | None
    weight: int
    onlink: bool


class RouteRequest(NamedTuple):
    """What a command line says of a route; None and "" stand for what it does not say."""

    destination: Network
    type: str = ""
    gateway: int | None = None
    interface: Interface | None = None
    source: int | None = None
    scope: str | None = None
    protocol: str = ""
    metric: int = 0
    table: str = "main"
    onlink: bool = False
    tos: int = 0
    mtu: int = 0
    mtu_is_locked: bool = False
    metrics: Metrics = ()
    hops: tuple[Hop, ...] = ()  # Several next hops, instead of a gateway and a device
    nexthop_id: int = 0  # The number of a next hop, instead of all these


@needs_net_admin
def put(namespace: NetworkNamespace, request: RouteRequest, command: str) -> None:
    """fib_table_insert (KernelError: the route makes no sense, is there already, or, for `change`, is not there)."""
    flags = FLAGS[command]
    _check_key(request.destination)
    route = _make(namespace, request)
    peers = [other for other in namespace.routes.to((route.destination,), route.table) if other.key() == route.key()]
    if peers and "exclusive" in flags:
        raise KernelError("EEXIST")
    twin = next((other for other in peers if other.way() == route.way()), None)
    if peers and "replace" in flags:
        if twin is not None and twin is not peers[0]:
            raise KernelError("EEXIST")
        if twin is None:
            namespace.routes.remove(peers[0])
            namespace.routes.add(route, before=True)
        return
    if twin is not None:
        raise KernelError("EEXIST")
    if "create" not in flags:
        raise KernelError("ENOENT")
    namespace.routes.add(route, before="append" not in flags)
    if route.type == "local":
        namespace.note_custom_local()


def _check_key(destination: Network) -> None:
    if destination.address != destination.network:
        raise KernelError("EINVAL", "Invalid prefix for given prefix length")


# -- what the kernel checks of a new route

def _make(namespace: NetworkNamespace, request: RouteRequest) -> Route:
    """fib_create_info."""
    if request.nexthop_id:
        return _make_by_number(namespace, request)
    if request.hops:
        return _make_several(namespace, request)
    kind, scope = request.type or "unicast", request.scope or "global"
    _check_scope(kind, scope)
    interface = request.interface
    if kind in ERRORS:
        if request.gateway is not None or interface is not None:
            raise KernelError("EINVAL", "Gateway, device and multipath can not be specified for this route type")
    elif SCOPES[scope] == HOST:
        interface = _host_device(request)
    elif request.gateway is not None:
        interface = gateway_device(namespace, request, SCOPES[scope])
    else:
        interface = _device(request)
    if request.source and not _is_own(namespace, request):
        raise KernelError("EINVAL", "Invalid prefsrc address")
    route = Route(request.destination, kind, request.gateway, interface, request.source or None, scope,
                  request.protocol or "boot", request.metric, request.table, request.onlink, request.tos,
                  min(request.mtu, MAX_METRIC_MTU))
    route.mtu_is_locked, route.metrics = request.mtu_is_locked, request.metrics
    route.gateway_is_own = bool(request.gateway) and namespace.routes.address_type(request.gateway or 0) == "local"
    return route


def _make_several(namespace: NetworkNamespace, request: RouteRequest) -> Route:
    """fib_get_nhs, and what fib_create_info checks of them."""
    if request.type in ERRORS:
        raise KernelError("EINVAL", "Gateway, device and multipath can not be specified for this route type")
    if request.gateway is not None and request.gateway != request.hops[0].gateway:
        raise KernelError("EINVAL", "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA")
    paths = []
    for hop in request.hops:
        path = _make(namespace, request._replace(gateway=hop.gateway, interface=hop.interface, onlink=hop.onlink,
                                                 hops=()))
        path.weight = hop.weight
        paths.append(path)
    if len(paths) == 1:
        paths[0].weight = 1
        return paths[0]
    first = paths[0]
    route = Route(request.destination, first.type, None, None, first.source, first.scope, first.protocol,
                  first.metric, first.table, False, first.tos, first.mtu)
    route.mtu_is_locked, route.metrics, route.paths = first.mtu_is_locked, first.metrics, tuple(paths)
    return route


def _make_by_number(namespace: NetworkNamespace, request: RouteRequest) -> Route:
    """The way is a next hop's that has a number (fib_check_nexthop)."""
    if request.gateway is not None or request.interface is not None or request.hops:
        raise KernelError("EINVAL", "Nexthop specification and nexthop id are mutually exclusive")
    if request.nexthop_id not in namespace.routes.nexthops:
        raise KernelError("EINVAL", "Nexthop id does not exist")
    kind, scope = request.type or "unicast", request.scope or "global"
    _check_scope(kind, scope)
    if kind in ERRORS:
        raise KernelError("EINVAL", "Gateway, device and multipath can not be specified for this route type")
    if request.source and not _is_own(namespace, request):
        raise KernelError("EINVAL", "Invalid prefsrc address")
    route = Route(request.destination, kind, None, None, request.source or None, scope, request.protocol or "boot",
                  request.metric, request.table, False, request.tos, min(request.mtu, MAX_METRIC_MTU))
    route.mtu_is_locked, route.metrics = request.mtu_is_locked, request.metrics
    route.nexthop_id = request.nexthop_id
    shape(namespace, route)
    return route


def _check_scope(kind: str, scope: str) -> None:
    lowest = {"local": HOST, "broadcast": LINK}.get(kind, 0)
    if SCOPES[scope] < lowest or SCOPES[scope] > HOST:
        raise KernelError("EINVAL", "Invalid scope")


def _host_device(request: RouteRequest) -> Interface:
    if request.gateway is not None:
        raise KernelError("EINVAL", "Route with host scope can not have a gateway")
    if request.interface is None:
        raise KernelError("ENODEV")
    return request.interface


def _device(request: RouteRequest) -> Interface:
    """fib_check_nh_nongw."""
    if request.onlink:
        raise KernelError("EINVAL", "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set")
    if request.interface is None or not addresses.has_room(request.interface):
        raise KernelError("ENODEV")
    if not request.interface.up:
        raise KernelError("ENETDOWN", "Device for nexthop is not up")
    return request.interface


def gateway_device(namespace: NetworkNamespace, request: RouteRequest, scope: int) -> Interface:
    """fib_check_nh_v4_gw: the gateway must be reached over a link, or be `onlink`."""
    assert request.gateway is not None
    if request.onlink:
        return _onlink_device(namespace, request, scope)
    wanted = max(scope + 1, LINK)
    own = [] if request.table == "main" else namespace.routes.matches_in(request.table, request.gateway,
                                                                         request.interface)
    found = next((route for route in (*own, *namespace.routes.matches(request.gateway, request.interface))
                  if SCOPES[route.scope] >= wanted), None)
    if found is None or found.type not in ("unicast", "local"):
        raise KernelError("EINVAL" if found is not None else "ENETUNREACH", "Nexthop has invalid gateway")
    if found.interface is None:
        raise KernelError("EINVAL", "No egress device for nexthop")
    if not found.interface.up:
        raise KernelError("ENETDOWN")
    return found.interface


def _onlink_device(namespace: NetworkNamespace, request: RouteRequest, scope: int) -> Interface:
    if scope >= LINK:
        raise KernelError("EINVAL", "Nexthop has invalid scope")
    if request.interface is None:
        raise KernelError("ENODEV", "Nexthop device required for onlink")
    if not request.interface.up:
        raise KernelError("ENETDOWN", "Nexthop device is not up")
    if namespace.routes.address_type(request.gateway or 0) != "unicast":
        raise KernelError("EINVAL", "Nexthop has invalid gateway")
    return request.interface


def _is_own(namespace: NetworkNamespace, request: RouteRequest) -> bool:
    """fib_valid_prefsrc."""
    if request.type == "local" and request.source == request.destination.address:
        return True
    return namespace.routes.address_type(request.source or 0) == "local"


# -- taking away

@needs_net_admin
def delete(namespace: NetworkNamespace, request: RouteRequest) -> None:
    """fib_table_delete: the first route that fits all that is given (KernelError: none does)."""
    _check_key(request.destination)
    if not namespace.routes.has(request.table):
        raise KernelError("ESRCH", "FIB table does not exist")
    for route in namespace.routes.to((request.destination,), request.table):
        if route.tos == request.tos and _fits(route, request):
            namespace.routes.remove(route)
            return
    raise KernelError("ESRCH")


def _fits(route: Route, request: RouteRequest) -> bool:
    wanted = [(request.type, route.type), (request.source, route.source), (request.protocol, route.protocol),
              (request.metric, route.metric), (request.mtu, route.mtu),
              (request.interface, route.paths[0].interface if route.paths else route.interface)]
    if any(asked and asked != has for asked, has in wanted) or not set(request.metrics) <= set(route.metrics):
        return False
    if request.scope is not None and request.scope != "nowhere" and request.scope != route.scope:
        return False
    if request.nexthop_id and request.nexthop_id != route.nexthop_id:
        return False
    first = route.paths[0] if route.paths else route
    if request.hops and [(hop.gateway, hop.weight) for hop in request.hops] != [
            (path.gateway, path.weight) for path in route.paths or (route,)]:
        return False
    return request.gateway is None or request.gateway == first.gateway


@needs_net_admin
def remove(namespace: NetworkNamespace, route: Route) -> None:
    """What `flush` does with each."""
    namespace.routes.remove(route)
