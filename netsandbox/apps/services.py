"""Ports and protocols by their names, as /etc/services and /etc/protocols of a Debian have them."""

from __future__ import annotations

_TCP, _UDP, _BOTH = ("tcp",), ("udp",), ("tcp", "udp")
SERVICES: dict[str, tuple[int, tuple[str, ...]]] = {
    "echo": (7, _BOTH), "discard": (9, _BOTH), "daytime": (13, _BOTH), "chargen": (19, _BOTH), "ftp-data": (20, _TCP),
    "ftp": (21, _TCP), "ssh": (22, _TCP), "telnet": (23, _TCP), "smtp": (25, _TCP), "time": (37, _BOTH),
    "domain": (53, _BOTH), "bootps": (67, _UDP), "bootpc": (68, _UDP), "tftp": (69, _UDP), "http": (80, _TCP),
    "kerberos": (88, _BOTH), "pop3": (110, _TCP), "sunrpc": (111, _BOTH), "auth": (113, _TCP), "ntp": (123, _UDP),
    "netbios-ns": (137, _UDP), "netbios-ssn": (139, _TCP), "imap2": (143, _TCP), "snmp": (161, _BOTH),
    "snmp-trap": (162, _BOTH), "bgp": (179, _TCP), "ldap": (389, _BOTH), "https": (443, _BOTH),
    "microsoft-ds": (445, _TCP), "isakmp": (500, _UDP), "syslog": (514, _UDP), "submission": (587, _TCP),
    "openvpn": (1194, _BOTH), "radius": (1812, _BOTH), "nfs": (2049, _BOTH), "mysql": (3306, _TCP),
    "ms-wbt-server": (3389, _TCP), "mdns": (5353, _UDP), "postgresql": (5432, _TCP), "amqp": (5672, _TCP),
    "x11": (6000, _TCP), "redis": (6379, _TCP), "http-alt": (8080, _TCP)}
"""Port, and the protocols for which the name stands."""
PROTOCOLS = {1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 89: "ospf",
             132: "sctp", 253: "exptest-253", 254: "exptest-254"}


def service_name(port: int, protocol: str) -> str:
    """A port's name, or its number."""
    for name, (number, protocols) in SERVICES.items():
        if number == port and protocol in protocols:
            return name
    return str(port)
