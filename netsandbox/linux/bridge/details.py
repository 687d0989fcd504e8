"""What `ip -d link` prints of a bridge and of its ports, in its order (br_fill_info, br_port_fill_attrs)."""

from __future__ import annotations

from typing import Any

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.querier import DEFAULTS
from netsandbox.linux.bridge.stp_port import identifier
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.vlan import ETH_P_8021AD

Row = tuple[str, str, Any]  # (JSON name, text name, value)
MAC_BITS = (1 << 48) - 1


def _id_text(number: int) -> str:
    """8000.MAC with the bytes unpadded, as `ip` prints it."""
    return f"{number >> 48:04x}." + ":".join(f"{byte:x}" for byte in (number & MAC_BITS).to_bytes(6, "big"))


def own_id(bridge: Bridge) -> int:
    """Before it has had a port or a MAC, a bridge's id has none."""
    return identifier(bridge.priority, bridge.mac if bridge.settled else 0)


def _user_hz(nanoseconds: int) -> int:
    """In hundredths of a second."""
    return nanoseconds * 100 // SECOND


def _seconds(nanoseconds: int) -> float:
    return max(nanoseconds, 0) / SECOND


def _mask(value: int) -> str:
    """%#x, for which nothing is `0`."""
    return f"0x{value:x}" if value else "0"


def _mask_names(value: int) -> str:
    names = [name for name, bit in (("stp", 0), ("lacp", 2), ("lldp", 14)) if value >> bit & 1]
    rest = value & ~0x4005
    return ",".join(names + ([f"0x{rest:x}"] if rest or not names else []))


def bridge_rows(bridge: Bridge) -> list[Row]:
    """A bridge; snooping is off, as it is not modelled."""
    is_provider = bridge.vlan_protocol == ETH_P_8021AD
    rows: list[Row] = [(name, name, value) for name, value in _tree_settings(bridge)]
    rows.append(("vlan_filtering", "vlan_filtering", int(bridge.vlan_filtering)))
    if bridge.vlans is not None:
        rows.append(("vlan_protocol", "vlan_protocol", "802.1ad" if is_provider else "802.1Q"))
    rows += _tree_state(bridge)
    rows += [(name, name, value) for name, value in (
        ("fdb_n_learned", bridge.fdb.learned), ("fdb_max_learned", bridge.fdb.most))]
    if bridge.vlans is not None:
        rows += [(name, name, value) for name, value in (
            ("vlan_default_pvid", bridge.default_pvid), ("vlan_stats_enabled", 0), ("vlan_stats_per_port", 0))]
    rows += [("group_fwd_mask", "group_fwd_mask", _mask(bridge.group_fwd_mask)),
             ("group_addr", "group_address", "01:80:c2:00:00:08" if is_provider else "01:80:c2:00:00:00")]
    return rows + _multicast_settings(bridge) + [
        (name, name, 0) for name in ("nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables")]


def _tree_settings(bridge: Bridge) -> list[tuple[str, int]]:
    tree = bridge.tree or bridge
    return [("forward_delay", _user_hz(tree.forward_delay)), ("hello_time", _user_hz(tree.hello_time)),
            ("max_age", _user_hz(tree.max_age)),
            ("ageing_time", _user_hz(2 * bridge.fdb.hurry or bridge.fdb.ageing_time)),
            ("stp_state", int(bridge.has_stp)), ("priority", bridge.priority)]


def _tree_state(bridge: Bridge) -> list[Row]:
    tree = bridge.tree
    root = tree.root if tree is not None else own_id(bridge)
    rows: list[Row] = [("bridge_id", "bridge_id", _id_text(own_id(bridge))),
                       ("root_id", "designated_root", _id_text(root))]
    numbers = (0, 0, 0, 0) if tree is None else (tree.root_port, tree.cost, int(tree.changing), int(tree.noticed))
    rows += [(name, name, value) for name, value in zip(
        ("root_port", "root_path_cost", "topology_change", "topology_change_detected"), numbers, strict=True)]
    rows += [(f"{name}_timer", f"{name}_timer", _seconds(tree.timers.left(name)) if tree is not None else 0.0)
             for name in ("hello", "tcn", "topology_change")]
    return [*rows, ("gc_timer", "gc_timer", 0.0)]


def _multicast_settings(bridge: Bridge) -> list[Row]:
    querier = bridge.querier
    has = DEFAULTS if querier is None else querier.settings
    rows: list[Row] = [("mcast_snooping", "mcast_snooping", int(bridge.shows_snooping))]
    rows += [(name, name, value) for name, value in (
        ("no_linklocal_learn", int(bridge.no_linklocal_learn)), ("mcast_vlan_snooping", 0), ("mst_enabled", 0),
        ("mcast_router", 1),
        ("mcast_query_use_ifaddr", has["mcast_query_use_ifaddr"]), ("mcast_querier", has["mcast_querier"]))]
    if querier is not None and querier.on and bridge.shows_snooping:
        rows += [("mcast_querier_ipv4_addr", "mcast_querier_ipv4_addr", format_ipv4(querier.address)),
                 ("mcast_querier_ipv6_addr", "mcast_querier_ipv6_addr", "::")]
    rows += [("mcast_hash_elasticity", "mcast_hash_elasticity", 16), ("mcast_hash_max", "mcast_hash_max", 4096)]
    rows += [(f"mcast_{name}_cnt", f"mcast_{name}_count", count) for name, count in (
        ("last_member", 2), ("startup_query", has["mcast_startup_query_count"]))]
    rows += [(f"mcast_{name}_intvl", f"mcast_{name}_interval", value) for name, value in (
        ("last_member", 100), ("membership", 26000),
        *((name, has[f"mcast_{name}_interval"]) for name in ("querier", "query", "query_response", "startup_query")))]
    return rows + [(name, name, value) for name, value in (
        ("mcast_stats_enabled", 0), ("mcast_igmp_version", 2), ("mcast_mld_version", 1))]


def port_rows(port: BridgePort) -> list[Row]:
    """A bridge port."""
    by_hand = {name: bool(port.flags.get(name)) for name in (
        "guard", "root_block", "fastleave", "mcast_to_unicast", "neigh_vlan_suppress")}
    by_hand["neigh_suppress"] = port.neigh_suppress
    rows: list[Row] = [
        ("state", "state", port.state), ("priority", "priority", port.priority),
        ("cost", "cost", port.path_cost), ("hairpin", "hairpin", port.hairpin),
        *((name, name, by_hand[name]) for name in ("guard", "root_block", "fastleave")),
        ("learning", "learning", port.learning), ("flood", "flood", port.flood), *_port_tree(port)]
    rows += [("proxy_arp", "proxy_arp", False), ("proxy_arp_wifi", "proxy_arp_wifi", False),
             ("multicast_router", "mcast_router", port.mcast_router), ("", "mcast_fast_leave", by_hand["fastleave"]),
             ("mcast_flood", "mcast_flood", port.mcast_flood), ("bcast_flood", "bcast_flood", port.bcast_flood)]
    rows += [(name, name, by_hand[name]) for name in ("mcast_to_unicast", "neigh_suppress", "neigh_vlan_suppress")]
    rows += [("group_fwd_mask", "group_fwd_mask", _mask(port.group_fwd_mask)),
             ("group_fwd_mask_str", "group_fwd_mask_str", _mask_names(port.group_fwd_mask)),
             ("vlan_tunnel", "vlan_tunnel", False), ("isolated", "isolated", port.isolated)]
    return [*rows, ("locked", "locked", port.locked), ("mab", "mab", False)]


def _port_tree(port: BridgePort) -> list[Row]:
    tree = port.tree
    own = own_id(port.bridge)
    said = (tree.port, tree.cost, tree.bridge, tree.root) if tree is not None else (port.port_id, 0, own, own)
    rows: list[Row] = [
        ("id", "port_id", f"0x{port.port_id:x}"), ("no", "port_no", f"0x{port.number:x}"),
        ("designated_port", "designated_port", said[0]), ("designated_cost", "designated_cost", said[1]),
        ("bridge_id", "designated_bridge", _id_text(said[2])), ("root_id", "designated_root", _id_text(said[3]))]
    left = {name: tree.timers.left(name) if tree is not None else 0
            for name in ("hold", "message_age", "forward_delay")}
    left["forward_delay"] = max(left["forward_delay"], port.forward_end - port.bridge.namespace.scheduler.now)
    rows += [(f"{name}_timer", f"{name}_timer", _seconds(time)) for name, time in left.items()]
    return [*rows, ("topology_change_ack", "topology_change_ack", int(tree is not None and tree.ack)),
            ("config_pending", "config_pending", int(tree is not None and tree.config_pending))]
