"""What the kernel does with RTM_NEWNEXTHOP and RTM_DELNEXTHOP (net/ipv4/nexthop.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import nexthop_object
from netsandbox.linux.ipv4.nexthop_object import NextHop
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.netlink.route import RouteRequest, gateway_device
from netsandbox.wire.addresses import Network


class NextHopRequest(NamedTuple):
    """What a command line says of a next hop."""

    number: int = 0  # 0: the kernel gives one
    gateway: int | None = None
    interface: Interface | None = None
    onlink: bool = False
    is_blackhole: bool = False
    members: tuple[tuple[int, int], ...] = ()
    protocol: str = "unspec"


@needs_net_admin
def put(namespace: NetworkNamespace, request: NextHopRequest, replace: bool) -> None:
    """rtm_new_nexthop (KernelError: it makes no sense, is there already, or would turn a group into one that is
    none)."""
    hops = namespace.routes.nexthops
    if request.members:
        _check_group(namespace, request)
    elif request.is_blackhole:
        if request.gateway is not None or request.interface is not None:
            raise KernelError("EINVAL", "Blackhole attribute can not be used with gateway, oif, encap or fdb")
        if not namespace.interfaces["lo"].up:
            raise KernelError("ENETDOWN", "Device for nexthop is not up")
    else:
        _check_device(request)
    if request.gateway is not None:
        _check_gateway(namespace, request)
    known = hops.get(request.number)
    if known is not None and not replace:
        raise KernelError("EEXIST")
    if known is not None:
        _check_kind(namespace, known, request)
    hop = NextHop(request.number or _free_number(namespace), request.gateway, request.interface, request.onlink,
                  request.is_blackhole, request.members, request.protocol)
    nexthop_object.put(namespace, hop)


def _check_group(namespace: NetworkNamespace, request: NextHopRequest) -> None:
    """nh_check_attr_group."""
    if request.gateway is not None or request.interface is not None or request.is_blackhole:
        raise KernelError("EINVAL", "Invalid family for group")
    numbers = [number for number, _weight in request.members]
    if len(set(numbers)) < len(numbers):
        raise KernelError("EINVAL", "Nexthop id can not be used twice in a group")
    for number in numbers:
        hop = namespace.routes.nexthops.get(number)
        if hop is None:
            raise KernelError("EINVAL", "Invalid nexthop id")
        if hop.members:
            raise KernelError("EINVAL", "Hash-threshold group can not be a nexthop within a group")
        if hop.is_blackhole and len(numbers) > 1:
            raise KernelError("EINVAL", "Blackhole nexthop can not be used in a group with more than 1 path")


def _check_device(request: NextHopRequest) -> None:
    """rtm_to_nh_config."""
    interface = request.interface
    if interface is None:
        words = ("Invalid address family" if request.gateway is None
                 else "Device attribute required for non-blackhole and non-fdb nexthops")
        raise KernelError("EINVAL", words)
    if not interface.up:
        raise KernelError("ENETDOWN", "Nexthop device is not up")
    if not interface.carrier:
        raise KernelError("ENETDOWN", "Carrier for nexthop device is down")
    if request.gateway is None and not addresses.has_room(interface):
        raise KernelError("ENODEV")
    if request.onlink and request.gateway is None:
        raise KernelError("EINVAL", "ONLINK flag can not be set for nexthop without a gateway")


def _check_gateway(namespace: NetworkNamespace, request: NextHopRequest) -> None:
    """nh_create_ipv4, fib_check_nh: as of a route of global scope."""
    interface = request.interface
    vrf = interface.l3mdev if interface is not None else None
    table = vrf.l3_table or "main" if vrf is not None else "main"
    gateway_device(namespace, RouteRequest(Network(0, 0), "unicast", request.gateway, interface, table=table,
                                           onlink=request.onlink), 0)


def _check_kind(namespace: NetworkNamespace, known: NextHop, request: NextHopRequest) -> None:
    """replace_nexthop: a group stays one."""
    if request.members and not known.members:
        raise KernelError("EINVAL", "Can not replace a nexthop with a nexthop group")
    if known.members and not request.members:
        raise KernelError("EINVAL", "Can not replace a nexthop group with a nexthop")
    in_group = any(known.id == number for one in namespace.routes.nexthops.values() for number, _w in one.members
                   if len(one.members) > 1)
    if request.is_blackhole and in_group:
        raise KernelError("EINVAL", "Blackhole nexthop can not be a member of a group with more than one path")


def _free_number(namespace: NetworkNamespace) -> int:
    """nh_find_unused_id."""
    routes = namespace.routes
    routes.last_nexthop += 1
    while routes.last_nexthop in routes.nexthops:
        routes.last_nexthop += 1
    return routes.last_nexthop


@needs_net_admin
def delete(namespace: NetworkNamespace, number: int) -> None:
    """rtm_del_nexthop (KernelError: there is none of that number)."""
    hop = find(namespace, number)
    nexthop_object.remove(namespace, hop)


def find(namespace: NetworkNamespace, number: int) -> NextHop:
    """rtm_get_nexthop (KernelError: there is none of that number)."""
    if not number:
        raise KernelError("EINVAL", "Invalid nexthop id")
    hop = namespace.routes.nexthops.get(number)
    if hop is None:
        raise KernelError("ENOENT")
    return hop
