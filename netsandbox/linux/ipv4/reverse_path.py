"""Whether a packet may come from where it came: rp_filter and its kin (net/ipv4/fib_frontend.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.ipv4.route import ERRORS
from netsandbox.linux.ipv4.rule import Flow
from netsandbox.wire.addresses import LIMITED_BROADCAST, is_multicast


def table_of(interface: Interface | None) -> str | None:
    """The table of the VRF that an interface belongs to, for the rule that looks there."""
    vrf = interface.l3mdev if interface is not None else None
    return None if vrf is None else vrf.l3_table


def validate_source(interface: Interface, source: int, out: Interface | None,
                    destination: int = 0, mark: int = 0) -> tuple[Dropped | None, bool]:
    """fib_validate_source: (why the source is refused, whether it is on the interface's link).

    With rp_filter off, only an address of our own is refused, unless the packet would leave as it came.
    """
    namespace = interface.namespace
    mode = 0 if interface.trusts_sources else namespace.sysctls.either(interface.conf, "rp_filter")
    sends = interface.conf.send_redirects or namespace.sysctls.all.send_redirects
    if not mode and (out is not interface or not sends) and not (
            namespace.routes.has_custom_local or namespace.routes.is_policed):
        if source in namespace.routes.local and not _accepts_local(interface):
            return Dropped(DropReason.IP_LOCAL_SOURCE, (source,)), False
        return None, False
    mark *= namespace.sysctls.either(interface.conf, "src_valid_mark")
    flow = Flow(destination, out.name if out is not None else "lo", mark=mark, vrf=table_of(interface))
    route = namespace.routes.lookup(source, flow=flow)
    if route is None or route.type in ERRORS:
        return (Dropped(DropReason.IP_RPFILTER, (source, mode)) if mode else None), False
    if route.type != "unicast" and not (route.type == "local" and _accepts_local(interface)):
        reason = DropReason.IP_LOCAL_SOURCE if route.type == "local" else DropReason.IP_INVALID_SOURCE
        return Dropped(reason, (source,)), False
    if any(path.interface is interface for path in route.paths or (route,)):
        return None, route.gateway is None and not route.paths
    if not interface.addresses:
        return (Dropped(DropReason.IP_RPFILTER, (source, mode)) if mode else None), False
    if mode == 1:
        return Dropped(DropReason.IP_RPFILTER, (source, mode)), False
    back = namespace.routes.lookup(source, interface, flow)
    return None, back is not None and back.type == "unicast" and back.interface is interface and back.gateway is None


def _accepts_local(interface: Interface) -> bool:
    return bool(interface.namespace.sysctls.either(interface.conf, "accept_local"))


def leads_back(interface: Interface, source: int, destination: int, mark: int, is_loose: bool, takes_own: bool) -> bool:
    """Whether an answer to `source` would leave by an interface, or, if that is enough, at all (rpfilter_mt)."""
    namespace = interface.namespace
    said = 0 if is_multicast(destination) or destination in (LIMITED_BROADCAST, 0) else destination
    route = namespace.routes.lookup(source, flow=Flow(said, "lo", mark=mark, vrf=table_of(interface)))
    if route is None or (route.type != "unicast" and not (route.type == "local" and takes_own)):
        return False
    return is_loose or any(path.interface is not None and interface in (path.interface, path.interface.l3mdev)
                           for path in route.paths or (route,))
