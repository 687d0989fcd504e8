"""What the kernel does with the settings of a bridge and its ports (net/bridge/br_netlink.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.port import STATES
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.netlink.errors import KernelError, NotModelledError

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.bridge.port import BridgePort

USER_HZ = 100
DEFAULTS = {
    "forward_delay": 1500, "hello_time": 200, "max_age": 2000, "stp_state": 0, "priority": 32768, "vlan_filtering": 0,
    "no_linklocal_learn": 0, "mst_enabled": 0, "fdb_max_learned": 0, "mcast_router": 1,
    "mcast_snooping": 0, "mcast_vlan_snooping": 0, "mcast_query_use_ifaddr": 0, "mcast_querier": 0,
    "mcast_hash_elasticity": 16, "mcast_hash_max": 4096, "mcast_last_member_count": 2, "mcast_startup_query_count": 2,
    "mcast_igmp_version": 2, "mcast_mld_version": 1, "nf_call_iptables": 0, "nf_call_ip6tables": 0,
    "nf_call_arptables": 0}
"""What a simulated bridge has, and cannot have otherwise; ageing_time and fdb_flush it can."""
HARMLESS = {"forward_delay", "hello_time", "max_age", "priority"}
"""Settings of the spanning tree, which is off: any value of theirs changes nothing."""
NEVER_FORWARDED, PAUSE = 0x7, 0x2
"""Bits of group_fwd_mask that a bridge refuses, and that a port does."""
PORT_FLAGS = ("hairpin", "isolated", "learning", "flood", "mcast_flood", "bcast_flood", "locked")
PORT_MARKS = ("guard", "root_block", "fastleave", "mcast_to_unicast", "cost", "priority")
"""Kept and shown, but without spanning tree and snooping they change nothing."""
PORT_UNKNOWN = ("proxy_arp", "proxy_arp_wifi", "neigh_suppress", "neigh_vlan_suppress", "vlan_tunnel", "mab")


def check_settings(settings: dict[str, Any]) -> None:
    """Refuse what a simulated bridge cannot be.

    Raises:
        NotModelledError: it names the setting.
        KernelError: the group addresses of 802.1D itself and of pause frames are not to be forwarded.
    """
    if settings.get("group_fwd_mask", 0) & NEVER_FORWARDED:
        raise KernelError("EINVAL")
    for name, value in settings.items():
        if name in DEFAULTS and name not in HARMLESS and value != DEFAULTS[name]:
            raise NotModelledError(f"{name} {value} of a bridge is not modelled (it is {DEFAULTS[name]})")


@needs_net_admin
def change_bridge(bridge: Bridge, settings: dict[str, Any]) -> None:
    if "ageing_time" in settings:
        bridge.fdb.set_ageing(settings["ageing_time"] * SECOND // USER_HZ)
    bridge.group_fwd_mask = settings.get("group_fwd_mask", bridge.group_fwd_mask)
    if "fdb_flush" in settings:
        flush(bridge, None)


@needs_net_admin
def change_port(port: BridgePort, settings: dict[str, Any]) -> None:
    """br_setport.

    Raises:
        KernelError: the state is none, or the port's link is down.
        NotModelledError: a flag that is not modelled is asked for.
    """
    for name in PORT_UNKNOWN:
        if settings.get(name):
            raise NotModelledError(f"the flag {name} of a bridge port is not modelled")
    if settings.get("group_fwd_mask", 0) & PAUSE:
        raise KernelError("EINVAL")
    port.group_fwd_mask = settings.get("group_fwd_mask", port.group_fwd_mask)
    for name in PORT_FLAGS:
        if name in settings:
            setattr(port, name, settings[name])
    for name in PORT_MARKS:
        if name in settings:
            port.flags[name] = int(settings[name])
    if "mcast_fast_leave" in settings:
        port.flags["fastleave"] = int(settings["mcast_fast_leave"])
    if "state" in settings:
        set_state(port, settings["state"])
    if "fdb_flush" in settings:
        flush(port.bridge, port)
    port.bridge.floods.flags_changed()


def set_state(port: BridgePort, state: int) -> None:
    """br_set_port_state: without a spanning tree a blocked port forwards again at once.

    Raises:
        KernelError: the state is none, or the port's link is down.
    """
    if not 0 <= state < len(STATES):
        raise KernelError("EINVAL")
    if not port.interface.up or (not port.interface.running and state != 0):
        raise KernelError("ENETDOWN")
    name = STATES[state]
    port.bridge.hold_port(port, "forwarding" if name == "blocking" else name)


@needs_net_admin
def flush(bridge: Bridge, port: BridgePort | None) -> None:
    """Forget what was learned, on one port or on all."""
    for entry in list(bridge.fdb.entries.values()):
        if not entry.static and not entry.local and (port is None or entry.port is port):
            bridge.fdb.forget(entry, "flushed")
