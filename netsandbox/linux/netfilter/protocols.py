"""Protocols and ports by name, as /etc/protocols and /etc/services have them."""

from __future__ import annotations

PROTOCOLS = {"ip": 0, "all": 0, "icmp": 1, "igmp": 2, "ipencap": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "dccp": 33,
             "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "icmpv6": 58, "eigrp": 88,
             "ospf": 89, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "sctp": 132, "mh": 135, "udplite": 136}
SAVED = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 132: "sctp", 135: "ipv6-mh",
         136: "udplite"}
"""Those that iptables writes by name (xtables_chain_protos); others as numbers, unless names are wanted."""
SERVICES = {"tcpmux": 1, "echo": 7, "discard": 9, "systat": 11, "daytime": 13, "netstat": 15, "chargen": 19,
            "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "whois": 43, "tacacs": 49,
            "domain": 53, "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79, "http": 80,
            "kerberos": 88, "pop3": 110, "sunrpc": 111, "auth": 113, "nntp": 119, "ntp": 123, "netbios-ns": 137,
            "netbios-dgm": 138, "netbios-ssn": 139, "imap2": 143, "snmp": 161, "snmp-trap": 162, "bgp": 179,
            "irc": 194, "ldap": 389, "https": 443, "microsoft-ds": 445, "submissions": 465, "syslog": 514,
            "printer": 515, "submission": 587, "ldaps": 636, "domain-s": 853, "rsync": 873, "imaps": 993,
            "pop3s": 995, "socks": 1080, "openvpn": 1194, "ms-sql-s": 1433, "radius": 1812, "nfs": 2049,
            "docker": 2375, "mysql": 3306, "rdp": 3389, "svn": 3690, "postgresql": 5432, "amqp": 5672, "x11": 6000,
            "redis": 6379, "http-alt": 8080, "git": 9418, "zabbix-agent": 10050}
ALIASES = {"www": "http", "pop-3": "pop3", "imap": "imap2", "ident": "auth", "nameserver": "domain"}
PORT_NAMES = {number: name for name, number in SERVICES.items()}
UDP_NAMES = {21: "fsp", 517: "talk", 518: "ntalk", 520: "route", 500: "isakmp", 4500: "ipsec-nat-t", 1701: "l2f"}
TCP_ONLY = frozenset({
    1, 11, 15, 20, 22, 23, 25, 43, 70, 79, 80, 110, 113, 119, 139, 143, 179, 194, 445, 465, 515, 587, 873, 993, 995,
    1080, 1433, 2375, 3306, 3389, 3690, 5432, 5672, 6000, 6379, 8080, 9418, 10050})
UDP_ONLY = frozenset({67, 68, 69, 123, 137, 138, 194, 2375})
"""Names of the other protocol alone."""
PROTOCOL_NAMES = {number: name for name, number in reversed(PROTOCOLS.items())} | {0: "ip"}


def protocol_name(number: int) -> str:
    """As iptables-save writes a protocol."""
    return SAVED.get(number, str(number))


def port_number(text: str) -> int | None:
    """A port's number, or that of a service."""
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) < 10 and int(text) < 65536 else None
    return SERVICES.get(ALIASES.get(text, text))


def port_text(number: int, numeric: bool, protocol: str = "tcp") -> str:
    """A port, or the service that /etc/services has there for a protocol."""
    if numeric:
        return str(number)
    if protocol == "udp":
        return UDP_NAMES.get(number) or (str(number) if number in TCP_ONLY else PORT_NAMES.get(number, str(number)))
    return str(number) if number in UDP_ONLY else PORT_NAMES.get(number, str(number))
