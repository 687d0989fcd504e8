"""What the kernel does with requests about the VLANs of a bridge (rtnl_bridge_setlink, br_afspec, br_vlan.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.bridge import vlan
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.wire.vlan import MAX_ID

if TYPE_CHECKING:
    from netsandbox.linux.bridge.port import BridgePort
    from netsandbox.linux.core.interface import Interface


class VlanRequest(NamedTuple):
    """VLANs from first to last, with the flags that each shall have."""

    first: int
    last: int
    pvid: bool = False
    untagged: bool = False


@needs_net_admin
def add(interface: Interface, request: VlanRequest, to_self: bool, to_master: bool) -> None:
    """Put a port, or with `to_self` a bridge itself, into VLANs.

    Raises:
        KernelError: the interface is neither, or a number is none of a VLAN; nothing was changed.
    """
    for bridge, port in _targets(interface, request, to_self, to_master):
        for vid in range(request.first, request.last + 1):
            vlan.add(bridge, port, vid, request.pvid, request.untagged)


@needs_net_admin
def delete(interface: Interface, request: VlanRequest, to_self: bool, to_master: bool) -> None:
    """Take a port or a bridge out of VLANs; one that it is not in is passed over in silence."""
    for bridge, port in _targets(interface, request, to_self, to_master):
        for vid in range(request.first, request.last + 1):
            vlan.remove(bridge, port, vid)


def _targets(interface: Interface, request: VlanRequest, to_self: bool,
             to_master: bool) -> list[tuple[Bridge, BridgePort | None]]:
    found: list[tuple[Bridge, BridgePort | None]] = []
    if to_master:
        if interface.port is None:
            raise KernelError("EOPNOTSUPP")
        found.append((interface.port.bridge, interface.port))
    if to_self:
        if not isinstance(interface, Bridge):
            raise KernelError("EOPNOTSUPP")
        found.append((interface, None))
    if not (0 < request.first <= MAX_ID and 0 < request.last <= MAX_ID):
        raise KernelError("EINVAL", "bridge: Vlan id is invalid")
    if request.pvid and request.first != request.last:
        raise KernelError("EINVAL", "bridge: VLAN range cannot have pvid")
    for bridge, _port in found:
        bridge.ensure_vlans()
    return found
