"""What `ip -d link` adds: the device's limits, and how its kind is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge

if TYPE_CHECKING:
    from netsandbox.commands.tools.output import Row
    from netsandbox.linux.bridge.port import BridgePort
    from netsandbox.linux.core.interface import Interface

PRIORITY, COST = 32, 2
"""Of a bridge port: 0x80 >> 2 … and what a 10 Gbit/s veth costs."""
ROOT_PRIORITY = 0x8000
MAX_MTU = {"loopback": 0, "veth": 65535, "bridge": 65535}
MIN_MTU = {"loopback": 0, "veth": 68, "bridge": 68}


def put_details(row: Row, interface: Interface, is_link: bool) -> None:
    enslaved = int(interface.port is not None)
    row.put("promiscuity", enslaved, f" promiscuity {enslaved} ")
    row.put("allmulti", enslaved, f"allmulti {enslaved} ")
    row.put("min_mtu", MIN_MTU.get(interface.kind, 68), f"minmtu {MIN_MTU.get(interface.kind, 68)} ")
    row.put("max_mtu", MAX_MTU.get(interface.kind, 65535), f"maxmtu {MAX_MTU.get(interface.kind, 65535)} ")
    if not interface.is_loopback:
        _put_kind(row, interface)
    if is_link:
        row.put("inet6_addr_gen_mode", "eui64", "addrgenmode eui64 ")
    for name, value in _limits(interface).items():
        row.put(name, value, f"{name.replace('num_tx_', 'numtx').replace('num_rx_', 'numrx')} {value} ")


def _limits(interface: Interface) -> dict[str, int]:
    """What the driver takes at once; the numbers are the kernel's for each kind."""
    queues = 2 if interface.kind == "veth" else 1
    tso = 65536 if isinstance(interface, Bridge) and not interface.ports else 524280
    return {"num_tx_queues": queues, "num_rx_queues": queues, "gso_max_size": 65536, "gso_max_segs": 65535,
            "tso_max_size": tso, "tso_max_segs": 65535, "gro_max_size": 65536, "gso_ipv4_max_size": 65536,
            "gro_ipv4_max_size": 65536}


def _put_kind(row: Row, interface: Interface) -> None:
    info: dict[str, Any] = {"info_kind": interface.kind}
    row.new_line()
    row.say(f"    {interface.kind} ")
    if isinstance(interface, Bridge):
        info["info_data"] = {}
        for json_name, text_name, value in bridge_settings(interface):
            _put(row, info["info_data"], json_name, text_name, value)
    if interface.port is not None:
        info |= {"info_slave_kind": "bridge", "info_slave_data": {}}
        row.new_line()
        row.say("    bridge_slave ")
        for json_name, text_name, value in port_settings(interface.port):
            _put(row, info["info_slave_data"], json_name, text_name, value)
    row.note("linkinfo", info)


def _put(row: Row, members: dict[str, Any], json_name: str, text_name: str, value: Any) -> None:
    if json_name:
        members[json_name] = value
    if text_name:
        row.say(f"{text_name} {_word(value)} ")


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:7.2f}" if isinstance(value, float) else str(value)


def _bridge_id(bridge: Bridge) -> str:
    """8000.MAC with the bytes unpadded, as `ip` prints it; before it has had a port or a MAC the id has none."""
    mac = bridge.mac if bridge.settled else 0
    return f"{ROOT_PRIORITY:04x}." + ":".join(f"{byte:x}" for byte in mac.to_bytes(6, "big"))


def _user_hz(nanoseconds: int) -> int:
    """In hundredths of a second."""
    return nanoseconds * 100 // SECOND


def _mask(value: int) -> str:
    """%#x, for which nothing is `0`."""
    return f"0x{value:x}" if value else "0"


def _mask_names(value: int) -> str:
    names = [name for name, bit in (("stp", 0), ("lacp", 2), ("lldp", 14)) if value >> bit & 1]
    rest = value & ~0x4005
    return ",".join(names + ([f"0x{rest:x}"] if rest or not names else []))


def bridge_settings(bridge: Bridge) -> list[tuple[str, str, Any]]:
    """(JSON name, text name, value) of a bridge; STP and snooping are off, as they are not modelled."""
    learned = sum(1 for entry in bridge.fdb.entries.values() if not entry.static and not entry.by_user)
    text = "forward_delay 1500 hello_time 200 max_age 2000"
    rows: list[tuple[str, str, Any]] = [(name, name, int(value)) for name, value in
                                        zip(*[iter(text.split())] * 2, strict=True)]
    rows += [("ageing_time", "ageing_time", _user_hz(bridge.fdb.ageing_time)), ("stp_state", "stp_state", 0),
             ("priority", "priority", ROOT_PRIORITY), ("vlan_filtering", "vlan_filtering", 0),
             ("bridge_id", "bridge_id", _bridge_id(bridge)), ("root_id", "designated_root", _bridge_id(bridge))]
    rows += [(name, name, 0) for name in ("root_port", "root_path_cost", "topology_change", "topology_change_detected")]
    rows += [(name, name, 0.0) for name in ("hello_timer", "tcn_timer", "topology_change_timer", "gc_timer")]
    rows += [("fdb_n_learned", "fdb_n_learned", learned), ("fdb_max_learned", "fdb_max_learned", 0),
             ("group_fwd_mask", "group_fwd_mask", _mask(bridge.group_fwd_mask)),
             ("group_addr", "group_address", "01:80:c2:00:00:00")]
    return rows + _multicast_settings(bridge) + [
        (name, name, 0) for name in ("nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables")]


def _multicast_settings(bridge: Bridge) -> list[tuple[str, str, Any]]:
    rows: list[tuple[str, str, Any]] = [("mcast_snooping", "mcast_snooping", int(bridge.multicast_snooping))]
    rows += [(name, name, value) for name, value in (
        ("no_linklocal_learn", 0), ("mcast_vlan_snooping", 0), ("mst_enabled", 0), ("mcast_router", 1),
        ("mcast_query_use_ifaddr", 0), ("mcast_querier", 0), ("mcast_hash_elasticity", 16), ("mcast_hash_max", 4096))]
    rows += [(f"mcast_{name}_cnt", f"mcast_{name}_count", 2) for name in ("last_member", "startup_query")]
    rows += [(f"mcast_{name}_intvl", f"mcast_{name}_interval", value) for name, value in (
        ("last_member", 100), ("membership", 26000), ("querier", 25500), ("query", 12500), ("query_response", 1000),
        ("startup_query", 3124))]
    return rows + [(name, name, value) for name, value in (
        ("mcast_stats_enabled", 0), ("mcast_igmp_version", 2), ("mcast_mld_version", 1))]


def port_priority(port: BridgePort) -> int:
    return port.flags.get("priority", PRIORITY)


def port_cost(port: BridgePort) -> int:
    return port.flags.get("cost", COST)


def port_settings(port: BridgePort) -> list[tuple[str, str, Any]]:
    """(JSON name, text name, value) of a bridge port."""
    number = port_priority(port) << 10 | port.number
    by_hand = {name: bool(port.flags.get(name)) for name in (
        "guard", "root_block", "fastleave", "mcast_to_unicast", "neigh_suppress", "neigh_vlan_suppress")}
    rows: list[tuple[str, str, Any]] = [
        ("state", "state", port.state), ("priority", "priority", port_priority(port)),
        ("cost", "cost", port_cost(port)), ("hairpin", "hairpin", port.hairpin),
        *((name, name, by_hand[name]) for name in ("guard", "root_block", "fastleave")),
        ("learning", "learning", port.learning), ("flood", "flood", port.flood),
        ("id", "port_id", f"0x{number:04x}"), ("no", "port_no", f"0x{port.number:x}"),
        ("designated_port", "designated_port", number), ("designated_cost", "designated_cost", 0),
        ("bridge_id", "designated_bridge", _bridge_id(port.bridge)),
        ("root_id", "designated_root", _bridge_id(port.bridge))]
    rows += [(name, name, 0.0) for name in ("hold_timer", "message_age_timer", "forward_delay_timer")]
    rows += [("topology_change_ack", "topology_change_ack", 0), ("config_pending", "config_pending", 0),
             ("proxy_arp", "proxy_arp", False), ("proxy_arp_wifi", "proxy_arp_wifi", False),
             ("multicast_router", "mcast_router", 1), ("", "mcast_fast_leave", by_hand["fastleave"]),
             ("mcast_flood", "mcast_flood", port.mcast_flood), ("bcast_flood", "bcast_flood", port.bcast_flood)]
    rows += [(name, name, by_hand[name]) for name in ("mcast_to_unicast", "neigh_suppress", "neigh_vlan_suppress")]
    rows += [("group_fwd_mask", "group_fwd_mask", _mask(port.group_fwd_mask)),
             ("group_fwd_mask_str", "group_fwd_mask_str", _mask_names(port.group_fwd_mask)),
             ("vlan_tunnel", "vlan_tunnel", False), ("isolated", "isolated", port.isolated)]
    return [*rows, ("locked", "locked", port.locked), ("mab", "mab", False)]
