"""Protocols by name, as /etc/protocols and iptables have them."""

from __future__ import annotations

from netsandbox.wire.services import service_name

PROTOCOLS = {
    "ip": 0, "all": 0, "hopopt": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9,
    "pup": 12, "udp": 17, "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": 33, "xtp": 36, "ddp": 37,
    "idpr-cmtp": 38, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47, "esp": 50,
    "ah": 51, "skip": 57, "ipv6-icmp": 58, "icmpv6": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81,
    "eigrp": 88, "ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108,
    "vrrp": 112, "l2tp": 115, "isis": 124, "sctp": 132, "fc": 133, "mh": 135, "mobility-header": 135, "udplite": 136,
    "mpls-in-ip": 137, "manet": 138, "hip": 139, "shim6": 140, "wesp": 141, "rohc": 142, "ethernet": 143}
SAVED = {1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 108: "ipcomp",
         132: "sctp", 135: "mobility-header", 136: "udplite"}
"""Those that iptables writes by name (xtables_chain_protos); others as numbers, unless names are wanted."""
PROTOCOL_NAMES = {number: name for name, number in reversed(PROTOCOLS.items())} | {0: "ip"}


def protocol_name(number: int) -> str:
    """As iptables-save writes a protocol."""
    return SAVED.get(number, str(number))


def port_text(number: int, numeric: bool, protocol: str = "tcp") -> str:
    """A port, or the service that /etc/services has there for a protocol."""
    return str(number) if numeric else service_name(number, protocol)
