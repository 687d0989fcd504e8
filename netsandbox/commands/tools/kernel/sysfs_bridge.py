"""A bridge's and a port's files in /sys/class/net (br_sysfs_br.c, br_sysfs_if.c): what `ip -d link` tells, in files."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.details import bridge_rows, own_id, port_rows
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.stp_port import identifier
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.netlink.bridge import change_bridge, change_port

Values = dict[str, str | int]
MULTICAST = ("igmp_version", "last_member_count", "last_member_interval", "membership_interval", "mld_version",
             "querier", "querier_interval", "query_interval", "query_response_interval", "query_use_ifaddr", "router",
             "snooping", "startup_query_count", "startup_query_interval", "stats_enabled")
BRIDGE_SETTINGS = {
    **{name: name for name in ("ageing_time", "forward_delay", "hello_time", "max_age", "priority", "stp_state",
                               "vlan_filtering", "no_linklocal_learn")},
    **{f"multicast_{name}": f"mcast_{name}" for name in MULTICAST},
    **{f"hash_{name}": f"mcast_hash_{name}" for name in ("elasticity", "max")}}
"""Files that are read and written, and their names in netlink."""
MORE_SETTINGS = {"group_fwd_mask": "group_fwd_mask", "default_pvid": "vlan_default_pvid", "flush": "fdb_flush"}
"""Those that are shown otherwise than there, or not at all."""
BRIDGE_TOLD = ("root_path_cost", "root_port", "topology_change", "topology_change_detected", "vlan_stats_enabled",
               "vlan_stats_per_port", "nf_call_arptables", "nf_call_ip6tables", "nf_call_iptables")
TIMERS = ("gc_timer", "hello_timer", "tcn_timer", "topology_change_timer")
PORT_SETTINGS = {"hairpin_mode": "hairpin", "learning": "learning", "unicast_flood": "flood", "isolated": "isolated",
                 "multicast_flood": "mcast_flood", "broadcast_flood": "bcast_flood", "path_cost": "cost",
                 "priority": "priority", "bpdu_guard": "guard", "root_block": "root_block",
                 "multicast_router": "mcast_router", "multicast_fast_leave": "fastleave",
                 "multicast_to_unicast": "mcast_to_unicast", "neigh_suppress": "neigh_suppress",
                 "proxyarp": "proxy_arp", "proxyarp_wifi": "proxy_arp_wifi"}
"""Files of a port that are read and written, and their names in netlink."""
NUMBERS = ("path_cost", "priority", "multicast_router", "group_fwd_mask")  # Of a port; the others are switches
STATES = {"disabled": 0, "listening": 1, "learning": 2, "forwarding": 3, "blocking": 4}


def bridge_values(bridge: Bridge) -> Values:
    """The folder `bridge`, by file."""
    told = {name: value for _json, name, value in bridge_rows(bridge)}
    found: Values = {name: int(str(told[key]), 0) for name, key in BRIDGE_SETTINGS.items()}
    found |= {name: int(str(told.get(name, 0)), 0) for name in BRIDGE_TOLD}
    found |= {name: _clock(told[name]) for name in TIMERS}
    own = own_id(bridge)
    return found | {
        "bridge_id": _id(own), "root_id": _id(bridge.tree.root if bridge.tree is not None else own),
        "default_pvid": bridge.default_pvid, "vlan_protocol": f"{bridge.vlan_protocol:#06x}",
        "group_addr": str(told["group_address"]), "group_fwd_mask": f"{bridge.group_fwd_mask:#x}", "flush": ""}


def port_values(port: BridgePort) -> Values:
    """The folder `brport`, by file."""
    told: dict[str, Any] = {name: value for _json, name, value in port_rows(port)}
    found: Values = {name: int(told[key]) for name, key in PORT_SETTINGS.items()}
    own = identifier(port.bridge.priority, port.bridge.mac)
    tree = port.tree
    return found | {
        "backup_port": "", "flush": "", "change_ack": told["topology_change_ack"],
        "config_pending": told["config_pending"], "group_fwd_mask": f"{port.group_fwd_mask:#x}",
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
    """Change a setting, as netlink would (FileError: it cannot be changed.  KernelError: not to that)."""
    key = (BRIDGE_SETTINGS | MORE_SETTINGS).get(name)
    if key is None:
        raise FileError("EACCES" if name in bridge_values(bridge) else "ENOENT")
    change_bridge(bridge, {key: value})


def write_port(port: BridgePort, name: str, value: int) -> None:
    """The same of a port."""
    key = (PORT_SETTINGS | {"flush": "fdb_flush", "group_fwd_mask": "group_fwd_mask"}).get(name)
    if key is None:
        raise FileError("EACCES" if name in port_values(port) else "ENOENT")
    change_port(port, {key: value if name in NUMBERS else bool(value)})

