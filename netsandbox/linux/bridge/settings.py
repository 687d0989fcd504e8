"""What the kernel does with the settings of a bridge and its ports (net/bridge/br_netlink.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge import querier, suppress, vlan
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import STATES, BridgePort
from netsandbox.linux.bridge.snooping import Snooping
from netsandbox.linux.bridge.stp import SpanningTree
from netsandbox.linux.bridge.stp_port import PortTree, identifier
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.wire.vlan import ETH_P_8021AD, ETH_P_8021Q, MAX_ID

USER_HZ = 100
DEFAULTS = {
    "mst_enabled": 0, "vlan_stats_enabled": 0, "vlan_stats_per_port": 0,
    "mcast_router": 1, "mcast_vlan_snooping": 0,
    "mcast_hash_elasticity": 16, "mcast_hash_max": 4096, "mcast_last_member_count": 2,
    "mcast_igmp_version": 2, "mcast_mld_version": 1, "mcast_last_member_interval": 100,
    "mcast_membership_interval": 26000,
    "group_address": "01:80:c2:00:00:00", "nf_call_iptables": 0, "nf_call_ip6tables": 0,
    "nf_call_arptables": 0}
"""What a simulated bridge has, and cannot have otherwise."""
TIMES = {"forward_delay": (2, 30), "hello_time": (1, 10), "max_age": (6, 40)}
"""Of the spanning tree: the least and the most, in seconds; the forward delay is not held to it while there is none."""
VLAN_PROTOCOLS = {"802.1Q": ETH_P_8021Q, "802.1ad": ETH_P_8021AD}
NEVER_FORWARDED, PAUSE = 0x7, 0x2  # Bits of group_fwd_mask that a bridge refuses, and that a port does
PORT_FLAGS = ("hairpin", "isolated", "learning", "flood", "mcast_flood", "bcast_flood", "locked", "neigh_suppress")
PORT_MARKS = ("guard", "root_block", "fastleave", "mcast_to_unicast", "cost", "priority")
"""Kept and shown; the spanning tree reads the first two and the last two."""
PORT_UNKNOWN = ("proxy_arp", "proxy_arp_wifi", "neigh_vlan_suppress", "vlan_tunnel", "mab")


def check_settings(settings: dict[str, Any]) -> None:
    """Refuse what a simulated bridge cannot be.

    Raises:
        NotModelledError: it names the setting.
        KernelError: a value makes no sense, or group addresses of 802.1D itself and of pauses are to be forwarded.
    """
    if settings.get("group_fwd_mask", 0) & NEVER_FORWARDED:
        raise KernelError("EINVAL")
    for name, value in settings.items():
        if name in DEFAULTS and value != DEFAULTS[name]:
            raise NotModelledError(f"{name} {value} of a bridge is not modelled (it is {DEFAULTS[name]})")
    if not 0 <= settings.get("vlan_default_pvid", 0) <= MAX_ID:
        raise KernelError("EINVAL")


def change_bridge(bridge: Bridge, settings: dict[str, Any]) -> None:
    """br_changelink, in its order; what came before a refusal stays done."""
    for name in TIMES:
        if name in settings:
            _set_time(bridge, name, settings[name] * SECOND // USER_HZ)
    if "ageing_time" in settings:
        bridge.ageing_time = settings["ageing_time"] * SECOND // USER_HZ
        bridge.fdb.set_ageing(bridge.ageing_time)
    if "stp_state" in settings:
        set_spanning_tree(bridge, bool(settings["stp_state"]))
    if "priority" in settings:
        _set_priority(bridge, settings["priority"])
    if "vlan_filtering" in settings and bool(settings["vlan_filtering"]) != bridge.vlan_filtering:
        vlan.set_filtering(bridge, bool(settings["vlan_filtering"]))
    if "vlan_protocol" in settings:
        vlan.ensure(bridge)
        bridge.vlan_protocol = VLAN_PROTOCOLS[settings["vlan_protocol"]]
    bridge.group_fwd_mask = settings.get("group_fwd_mask", bridge.group_fwd_mask)
    bridge.no_linklocal_learn = bool(settings.get("no_linklocal_learn", bridge.no_linklocal_learn))
    bridge.fdb.most = settings.get("fdb_max_learned", bridge.fdb.most)
    for port in bridge.ports:
        port.note_simple()
    if "fdb_flush" in settings:
        flush(bridge, None)
    _change_multicast(bridge, settings)
    if "vlan_default_pvid" in settings:
        vlan.ensure(bridge)
        vlan.set_default_pvid(bridge, settings["vlan_default_pvid"])


def _change_multicast(bridge: Bridge, settings: dict[str, Any]) -> None:
    if "mcast_snooping" in settings:
        set_snooping(bridge, bool(settings["mcast_snooping"]))
    if querier.DEFAULTS.keys() & settings.keys():
        bridge.querier = bridge.querier or querier.Querier(bridge)
        bridge.querier.change(settings)


def set_spanning_tree(bridge: Bridge, on: bool) -> None:
    """br_stp_set_enabled: ports that forward go on; those that come up later listen first, and those that block when
    it is switched off do so until the message that they have is too old."""
    if on and not bridge.has_stp:
        low, high = TIMES["forward_delay"]
        _set_time(bridge, "forward_delay", min(max(bridge.forward_delay, low * SECOND), high * SECOND))
    if bridge.tree is not None and on != bridge.has_stp:
        bridge.tree.switch(on)
    elif on and bridge.tree is None:
        bridge.tree = SpanningTree(bridge)
        for port in bridge.ports:
            port.tree = PortTree(bridge.tree, port)
        bridge.tree.switch(True)


def set_snooping(bridge: Bridge, on: bool) -> None:
    """br_multicast_toggle: all is forgotten when it stops."""
    if on == (bridge.snooping is not None):
        return
    bridge.shows_snooping, bridge.snooping = on, Snooping(bridge) if on else None
    if on and bridge.querier is not None:
        bridge.querier.start()


def _set_time(bridge: Bridge, name: str, value: int) -> None:
    low, high = TIMES[name]
    if (bridge.has_stp or name != "forward_delay") and not low * SECOND <= value <= high * SECOND:
        raise KernelError("ERANGE")
    setattr(bridge, name, value)
    if bridge.tree is not None and bridge.tree.is_root:
        setattr(bridge.tree, name, value)


def _set_priority(bridge: Bridge, priority: int) -> None:
    old, bridge.priority = identifier(bridge.priority, bridge.mac), priority
    if bridge.tree is not None:
        bridge.tree.identity_changed(old)


MOST_COST, MOST_PRIORITY = 0xFFFF, 63  # br_stp_set_path_cost; BR_MAX_PORT_PRIO


def change_port(port: BridgePort, settings: dict[str, Any]) -> None:
    """br_setport.

    Raises:
        KernelError: the state is none, or the port's link is down.
        NotModelledError: a flag that is not modelled is asked for.
    """
    _check_port(settings)
    _set_router(port, settings.get("mcast_router", port.mcast_router))
    port.group_fwd_mask = settings.get("group_fwd_mask", port.group_fwd_mask)
    for name in PORT_FLAGS:
        if name in settings:
            setattr(port, name, settings[name])
    old = port.port_id
    for name in PORT_MARKS:
        if name in settings:
            port.flags = {**port.flags, name: int(settings[name])}
    if "mcast_fast_leave" in settings:
        port.flags = {**port.flags, "fastleave": int(settings["mcast_fast_leave"])}
    if port.bridge.tree is not None and ("cost" in settings or "priority" in settings):
        port.bridge.tree.port_changed(port, old)
    if "state" in settings:
        set_state(port, settings["state"])
    if "fdb_flush" in settings:
        flush(port.bridge, port)
    if "neigh_suppress" in settings:
        suppress.recalculate(port.bridge)
    port.bridge.floods.flags_changed()


def _check_port(settings: dict[str, Any]) -> None:
    for name in PORT_UNKNOWN:
        if settings.get(name):
            raise NotModelledError(f"the flag {name} of a bridge port is not modelled")
    if settings.get("group_fwd_mask", 0) & PAUSE:
        raise KernelError("EINVAL")
    if not 1 <= settings.get("cost", 1) <= MOST_COST or not 0 <= settings.get("priority", 0) <= MOST_PRIORITY:
        raise KernelError("ERANGE")


def _set_router(port: BridgePort, kind: int) -> None:
    """br_multicast_set_port_router: no router is behind it (0), those that ask are (1), or there is one (2)."""
    if kind == 3:
        raise NotModelledError("mcast_router 3 of a bridge port is not modelled")
    if not 0 <= kind <= 2:
        raise KernelError("EINVAL")
    if kind != port.mcast_router and port.bridge.snooping is not None:
        port.bridge.snooping.routers.pop(port, None)
    port.mcast_router = kind


def set_state(port: BridgePort, state: int) -> None:
    """br_set_port_state: without a spanning tree a blocked port forwards again at once (KernelError: the state is none,
    or the port's link is down)."""
    if not 0 <= state < len(STATES):
        raise KernelError("EINVAL")
    if not port.interface.up or (not port.interface.running and state != 0):
        raise KernelError("ENETDOWN")
    if port.bridge.has_stp:
        raise KernelError("EBUSY")
    name = STATES[state]
    if port.bridge.tree is not None:
        port.bridge.tree.set_by_hand(port, name)
    else:
        port.hold("forwarding" if name == "blocking" else name)


def flush(bridge: Bridge, port: BridgePort | None) -> None:
    """Forget what was learned, on one port or on all."""
    for entry in list(bridge.fdb.entries.values()):
        if not entry.static and not entry.local and (port is None or entry.port is port):
            bridge.fdb.forget(entry, "flushed")
