"""What the kernel does with requests about the groups of a bridge (RTM_NEWMDB, net/core/rtnetlink.c, br_mdb.c)."""

from __future__ import annotations

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.snooping import LOCAL_GROUPS, Snooping
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.wire.addresses import is_multicast


@needs_net_admin
def add(interface: Interface, port: Interface, group: int, vid: int, is_permanent: bool) -> None:
    """br_mdb_add (KernelError: the device is no bridge or looks into nothing, the port is none of its, or it has the
    group)."""
    snooping, member = _target(interface, port, group)
    if member is None and is_permanent:
        raise KernelError("EINVAL", "bridge: Flags are not allowed for host groups")
    for one in _vlans(snooping, member, vid):
        if not snooping.add(member, (one, group), is_permanent):
            raise KernelError("EEXIST", "bridge: (*, G) group is already joined by port")


@needs_net_admin
def delete(interface: Interface, port: Interface, group: int, vid: int) -> None:
    """br_mdb_del (KernelError: as for `add`, or it has not got the group)."""
    snooping, member = _target(interface, port, group)
    had = [snooping.delete(member, (one, group)) for one in _vlans(snooping, member, vid)]
    if had and not had[-1]:
        raise KernelError("EINVAL")


def has_group(interface: Interface, group: int, vid: int) -> bool:
    """br_mdb_get (KernelError: the device is no bridge, or nobody of its wants that group)."""
    if not isinstance(interface, Bridge):
        raise KernelError("EOPNOTSUPP", "Device does not support MDB operations")
    rows = interface.snooping.rows() if interface.snooping is not None else []
    if (vid, group) not in {key for key, _port, _one in rows}:
        raise KernelError("ENOENT", "bridge: MDB entry not found")
    return True


@needs_net_admin
def flush(interface: Interface, port: Interface | None, vid: int | None, is_permanent: bool | None) -> None:
    """br_mdb_del_bulk: all, or those of a port, of a VLAN, or which a person added for good, or did not (KernelError:
    the device is no bridge, or the port none of its)."""
    if not isinstance(interface, Bridge):
        raise KernelError("EOPNOTSUPP", "Device does not support MDB bulk deletion")
    if port not in (None, interface) and (port.port is None or port.port.bridge is not interface):
        raise KernelError("EINVAL", "bridge: Port belongs to a different bridge device" if port.port is not None else
                          "bridge: Net device is not a bridge port")
    snooping = interface.snooping
    for key, member, one in snooping.rows() if snooping is not None else ():
        behind = interface if member is None else member.interface
        if snooping is not None and port in (None, behind) and vid in (None, key[0]) and (
                is_permanent in (None, one.expires is None)):
            snooping.delete(member, key)


def _vlans(snooping: Snooping, member: BridgePort | None, vid: int) -> list[int]:
    """Where VLANs are filtered and none is named, it is in each of the port's."""
    bridge = snooping.bridge
    if vid or not bridge.vlan_filtering:
        return [vid]
    return sorted((bridge if member is None else member).vlan_group.vlans)


def _target(interface: Interface, port: Interface, group: int) -> tuple[Snooping, BridgePort | None]:
    """br_mdb_config_init."""
    if group and not is_multicast(group):
        raise KernelError("EINVAL", "IPv4 entry group address is not multicast or 0.0.0.0")
    if group >> 8 == LOCAL_GROUPS:
        raise KernelError("EINVAL", "IPv4 entry group address is local multicast")
    if not isinstance(interface, Bridge):
        raise KernelError("EOPNOTSUPP", "Device does not support MDB operations")
    if not interface.up or interface.snooping is None:
        words = "Bridge's multicast processing is disabled" if interface.up else "Bridge device is not running"
        raise KernelError("EINVAL", f"bridge: {words}")
    if port is not interface and (port.port is None or port.port.bridge is not interface):
        raise KernelError("EINVAL", "bridge: Port belongs to a different bridge device" if port.port is not None else
                          "bridge: Net device is not a bridge port")
    if not group:
        raise KernelError("EINVAL", "bridge: IPv4 entry group address 0.0.0.0 is not allowed")
    return interface.snooping, None if port is interface else port.port
