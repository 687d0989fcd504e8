"""What the kernel does with RTM_NEWNEIGH and RTM_DELNEIGH of a bridge (net/bridge/br_fdb.c, rtnetlink.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import LEARNING, BridgePort
from netsandbox.linux.bridge.vlan import ensure as ensure_vlans
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.drivers.vxlan_fdb import DYNAMIC, PERMANENT, STATIC, Remote
from netsandbox.linux.netlink.credentials import needs_net_admin

NO_REMOTE = Remote(0)  # None was said, which is not the same as 0.0.0.0


class FdbRequest(NamedTuple):
    """A row that a person wants: `permanent` is an own address, `static` does not age, `sticky` does not move."""

    mac: int
    permanent: bool
    static: bool
    sticky: bool
    use: bool
    remote: Remote = NO_REMOTE  # The other end that the MAC is behind, of a VXLAN device
    vlan: int | None = None  # None: in no VLAN, and in each that the port is in
    router: bool = False


def _check_ethernet(interface: Interface, what: str) -> None:
    if interface.is_loopback or interface.hardware != "ether":
        raise KernelError("EINVAL", f"FDB {what} only supported for Ethernet devices")


@needs_net_admin
def put(interface: Interface, request: FdbRequest, command: str, to_master: bool, to_self: bool) -> None:
    """rtnl_fdb_add: to the bridge that the interface is a port of, to the interface itself, or both.

    Raises:
        KernelError: the row is there already (add), or makes no sense.
    """
    _check_ethernet(interface, "add")
    port = interface.port
    if to_master and port is not None:
        _put_entries(port.bridge, port, request, command)
    elif not to_self:
        raise KernelError("EOPNOTSUPP")
    if to_self and isinstance(interface, Bridge):
        _put_entries(interface, None, request, command)
    elif to_self and interface.vteps is not None:
        if request.remote is NO_REMOTE:
            raise KernelError("EINVAL")
        state = PERMANENT if request.permanent else STATIC if request.static else DYNAMIC
        interface.vteps.put(request.mac, request.remote, state, command, interface.namespace.scheduler.now,
                            request.router)
    elif to_self:
        _put_own(interface, request, command)


def _put_own(interface: Interface, request: FdbRequest, command: str) -> None:
    """ndo_dflt_fdb_add: the addresses that the interface itself listens to."""
    if not interface.takes_stations:
        raise KernelError("EOPNOTSUPP")
    if not request.permanent or request.vlan:
        raise KernelError("EINVAL")
    if request.mac in interface.group_macs:
        if command == "add":
            raise KernelError("EEXIST")
        return
    interface.group_macs += (request.mac,)


def _vlans(bridge: Bridge, port: BridgePort | None, vlan: int | None) -> list[int]:
    """Where a row goes: into the VLAN that is named, else into none and into each of the port's (KernelError: the port
    is not in that VLAN)."""
    if bridge.vlans is None:
        if vlan:
            ensure_vlans(bridge)
        else:
            return [0]
    group = bridge.vlan_group if port is None else port.vlan_group
    if vlan and vlan not in group.vlans:
        raise KernelError("EINVAL")
    return [vlan] if vlan else [0, *sorted(group.vlans)]


def _put_entries(bridge: Bridge, port: BridgePort | None, request: FdbRequest, command: str) -> None:
    """br_fdb_add."""
    if request.mac == 0:
        raise KernelError("EINVAL")
    for vlan in _vlans(bridge, port, request.vlan):
        _put_entry(bridge, port, request, command, vlan)


def _put_entry(bridge: Bridge, port: BridgePort | None, request: FdbRequest, command: str, vlan: int) -> None:
    """fdb_add_entry."""
    key = vlan << 48 | request.mac
    if request.use:
        if port is not None and (port.forwarding or port.state == LEARNING):
            bridge.fdb.learn(port, request.mac, bridge.fdb.entries.get(key), vlan)
        return
    keeps = request.permanent or request.static
    if port is not None and not keeps and not port.forwarding and port.state != LEARNING:
        raise KernelError("EPERM")
    if (port is None and not request.permanent) or (request.sticky and request.permanent):
        raise KernelError("EINVAL")
    entry = bridge.fdb.entries.get(key)
    if entry is not None and command == "add":
        raise KernelError("EEXIST")
    if entry is None:
        bridge.fdb.add_static(request.mac, port, request.permanent, request.static, vlan)
    else:
        bridge.fdb.change(entry, port, request.permanent, request.static)
    bridge.fdb.entries[key].sticky = request.sticky


@needs_net_admin
def delete(interface: Interface, mac: int, to_master: bool, to_self: bool, vlan: int | None = None,
           remote: Remote = NO_REMOTE) -> None:
    """rtnl_fdb_del."""
    _check_ethernet(interface, "delete")
    port = interface.port
    if to_master and port is not None:
        _delete_entries(port.bridge, port, mac, vlan)
    elif not to_self:
        raise KernelError("EOPNOTSUPP")
    if to_self and isinstance(interface, Bridge):
        _delete_entries(interface, None, mac, vlan)
    elif to_self and interface.vteps is not None:
        interface.vteps.delete(mac, remote)
    elif to_self:
        if not interface.takes_stations:
            raise KernelError("EOPNOTSUPP")
        if mac not in interface.group_macs:
            raise KernelError("ENOENT")
        interface.group_macs = tuple(other for other in interface.group_macs if other != mac)


def _delete_entries(bridge: Bridge, port: BridgePort | None, mac: int, vlan: int | None) -> None:
    """br_fdb_delete: it is enough that one of the rows is there."""
    rows = [bridge.fdb.entries.get(vid << 48 | mac) for vid in _vlans(bridge, port, vlan)]
    found = [entry for entry in rows if entry is not None and entry.port is port]
    if not found:
        raise KernelError("ENOENT")
    for entry in found:
        bridge.fdb.forget(entry, "deleted")


@needs_net_admin
def flush(interface: Interface, only: Interface | None, demands: dict[str, int], to_master: bool) -> None:
    """br_fdb_delete_bulk: every entry that has what is demanded; without demands every one.

    Args:
        interface: a bridge, or with `to_master` a port of one, whose entries alone are meant.
        only: only the entries of this port, or of the bridge itself.
    """
    _check_ethernet(interface, "delete")
    bridge = interface
    if to_master:
        if interface.port is None:
            raise KernelError("EOPNOTSUPP")
        bridge, only = interface.port.bridge, interface
    if bridge.vteps is not None and not demands:
        bridge.vteps.rows.clear()
        return
    if not isinstance(bridge, Bridge):
        raise KernelError("EOPNOTSUPP")
    if only is not None and only is not bridge and (only.port is None or only.port.bridge is not bridge):
        raise KernelError("EINVAL", "bridge: Flush device is not a bridge or bridge port" if only.port is None else
                          "bridge: Flush device is not a port of the bridge")
    for entry in list(bridge.fdb.entries.values()):
        if only is not None and (entry.port.interface if entry.port is not None else bridge) is not only:
            continue
        if all(int(getattr(entry, name)) == wanted for name, wanted in demands.items()):
            bridge.fdb.forget(entry, "flushed")
