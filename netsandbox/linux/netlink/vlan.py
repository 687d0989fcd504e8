"""What the kernel does with requests about the VLANs of a bridge (rtnl_bridge_setlink, br_afspec, br_vlan.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.bridge import vlan
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.wire.vlan import MAX_ID

GLOBAL_LIMITS = {"mcast_igmp_version": (2, 3), "mcast_mld_version": (1, 2)}
"""The least and the most that a VLAN of a whole bridge may have."""


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


@needs_net_admin
def set_state(interface: Interface, first: int, last: int, state: str) -> None:
    """br_vlan_rtm_process_one, br_vlan_process_options: of the VLANs that a port, or a bridge itself, is in.

    Raises:
        KernelError: it is in one of them not; those before it have changed.
    """
    bridge, port = _bridge_and_port(interface)
    group = vlan.groups_of(bridge, port)
    if first not in group.vlans:
        raise KernelError("ENOENT", "bridge: Vlan range start doesn't exist, can't process options")
    for vid in range(first, last + 1):
        if vid not in group.vlans:
            raise KernelError("ENOENT", "bridge: Vlan in range doesn't exist, can't process options")
        vlan.set_state(group, vid, state)


def _bridge_and_port(interface: Interface) -> tuple[Bridge, BridgePort | None]:
    if isinstance(interface, Bridge):
        vlan.ensure(interface)
        return interface, None
    if interface.port is None:
        raise KernelError("EINVAL", "bridge: The device is not a valid bridge or bridge port")
    vlan.ensure(interface.port.bridge)
    return interface.port.bridge, interface.port


@needs_net_admin
def set_global(interface: Interface, first: int, last: int, options: dict[str, int]) -> None:
    """br_vlan_rtm_process_global_options: of a VLAN of the whole bridge; what snoops by VLAN reads them (KernelError:
    the interface is no bridge, or knows one of the VLANs nowhere)."""
    if not isinstance(interface, Bridge):
        raise KernelError("EINVAL", "bridge: Global vlan options can only be set on bridge device")
    vlan.ensure(interface)
    known = vlan.everywhere(interface)
    for vid in range(first, last + 1):
        if vid not in known:
            raise KernelError("ENOENT", "bridge: Vlan in range doesn't exist, can't process global options")
        for name, value in options.items():
            low, high = GLOBAL_LIMITS.get(name, (0, value))
            if not low <= value <= high:
                raise KernelError("EINVAL")
            interface.vlan_group.options.setdefault(vid, {})[name] = value


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
        vlan.ensure(bridge)
    return found
