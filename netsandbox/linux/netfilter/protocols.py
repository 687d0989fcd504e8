"""Protocols by name, as /etc/protocols and iptables have them."""

from __future__ import annotations

from netsandbox.wire.services import service_name

PROTOCOLS = {"ip": 0, "all": 0, "icmp": 1, "igmp": 2, "ipencap": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "dccp": 33,
             "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "icmpv6": 58, "eigrp": 88,
             "ospf": 89, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "sctp": 132, "mh": 135,
             "mobility-header": 135, "udplite": 136}
SAVED = {1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 108: "ipcomp",
         132: "sctp", 135: "mobility-header", 136: "udplite"}
"""Those that iptables writes by name (xtables_chain_protos); others as numbers, unless names are wanted."""
PROTOCOL_NAMES = {number: name for name, number in reversed(PROTOCOLS.items())} | {0: "ip"}


def protocol_name(number: int) -> str:
    """As iptables-save writes a protocol."""
    return SAVED.get(number, str(number))


def port_text(number: int, numeric: bool, protocol: str = "tcp") -> str:
    """A port, or the service that /etc/services has there for a protocol."""
    return str(number) if numeric else service_name(number, "udp" if protocol == "udp" else "tcp")
