"""A bridge's and a port's files in /sys/class/net (br_sysfs_br.c, br_sysfs_if.c): what `ip -d link` tells, in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.bridge.details import bridge_rows, own_id, port_rows
from netsandbox.linux.bridge.stp_port import identifier
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.netlink.bridge import change_bridge, change_port

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.bridge.port import BridgePort

Values = dict[str, str | int]
BRIDGE_SETTINGS = ("ageing_time", "forward_delay", "hello_time", "max_age", "priority", "stp_state", "vlan_filtering",
                   "group_fwd_mask")
"""Files that are read and written, by the name that netlink has for them too."""
BRIDGE_TOLD = ("root_path_cost", "root_port", "topology_change", "topology_change_detected", "vlan_stats_enabled",
               "vlan_stats_per_port", "nf_call_arptables", "nf_call_ip6tables", "nf_call_iptables")
TIMERS = ("gc_timer", "hello_timer", "tcn_timer", "topology_change_timer")
PORT_SETTINGS = {"hairpin_mode": "hairpin", "learning": "learning", "unicast_flood": "flood", "isolated": "isolated",
                 "multicast_flood": "mcast_flood", "bcast_flood": "bcast_flood", "path_cost": "cost",
                 "priority": "priority", "bpdu_guard": "guard", "root_block": "root_block"}
"""Files of a port that are read and written, and their names in netlink."""
STATES = {"disabled": 0, "listening": 1, "learning": 2, "forwarding": 3, "blocking": 4}


def bridge_values(bridge: Bridge) -> Values:
    """The folder `bridge`, by file."""
    told = {name: value for name, _text, value in bridge_rows(bridge)}
    found: Values = {name: int(str(told.get(name, 0)), 0) for name in (*BRIDGE_SETTINGS, *BRIDGE_TOLD)}
    found |= {name: _clock(told[name]) for name in TIMERS}
    own = own_id(bridge)
    return found | {
        "bridge_id": _id(own), "root_id": _id(bridge.tree.root if bridge.tree is not None else own),
        "default_pvid": bridge.default_pvid, "vlan_protocol": f"{bridge.vlan_protocol:#06x}",
        "group_addr": "1:80:c2:0:0:0", "multicast_snooping": int(bridge.shows_snooping)}


def port_values(port: BridgePort) -> Values:
    """The folder `brport`, by file."""
    told: dict[str, Any] = {name: value for name, _text, value in port_rows(port) if name}
    found: Values = {name: int(told[key]) for name, key in PORT_SETTINGS.items()}
    own = identifier(port.bridge.priority, port.bridge.mac)
    tree = port.tree
    return found | {
        "state": STATES.get(port.state.lower(), 0), "port_no": f"0x{port.number:x}", "port_id": f"0x{port.port_id:x}",
        "designated_port": told["designated_port"], "designated_cost": told["designated_cost"],
        "designated_bridge": _id(tree.bridge if tree is not None else own),
        "designated_root": _id(tree.root if tree is not None else own),
        **{name: _clock(told[name]) for name in ("forward_delay_timer", "hold_timer", "message_age_timer")}}


def _id(number: int) -> str:
    return f"{number >> 48:04x}.{number & (1 << 48) - 1:012x}"


def _clock(seconds: float) -> int:
    """A timer in hundredths of a second."""
    return int(seconds * 100)


def write_bridge(bridge: Bridge, name: str, value: int) -> None:
    """Change a setting, as netlink would.

    Raises:
        FileError: it cannot be changed.  KernelError: not to that.
    """
    if name not in BRIDGE_SETTINGS:
        raise FileError("EACCES" if name in bridge_values(bridge) else "ENOENT")
    change_bridge(bridge, {name: value})


def write_port(port: BridgePort, name: str, value: int) -> None:
    """The same of a port."""
    if name not in PORT_SETTINGS:
        raise FileError("EACCES" if name in port_values(port) else "ENOENT")
    is_number = name in ("path_cost", "priority")
    change_port(port, {PORT_SETTINGS[name]: value if is_number else bool(value)})

