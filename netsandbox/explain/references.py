"""Where to read on of every event, outcome and reason (texts/references.txt)."""

from __future__ import annotations

from netsandbox.explain.texts import alone

OURS = frozenset({
    "ARP_INVALID", "BOND_INACTIVE", "BPDU_INVALID", "BRIDGE_EGRESS_VLAN", "BRIDGE_INGRESS_VLAN",
    "CASCADE_TOO_LONG", "DEV_NULL", "ICMP_IGNORED", "IGMP_INVALID", "LINK_GONE", "MACVLAN_FOREIGN", "NOT_JOINED",
    "TUNNEL_INVALID", "TUNNEL_UNKNOWN", "TUN_NO_READER", "VLAN_UNKNOWN"})
"""Reasons that no kernel has."""
KERNEL_NAMES = {"BRIDGE_NO_EGRESS_PORT": "NO_TX_TARGET"}  # Reasons that kernels since 6.14 have under another name

REFERENCES = alone("references")


def drop_reference(name: str, source: str) -> str:
    """What to look up about a drop: its `skb_drop_reason` where kernels have it, then the source."""
    return source if name in OURS else f"skb_drop_reason {KERNEL_NAMES.get(name, name)}; {source}"
