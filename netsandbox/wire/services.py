"""Ports and protocols by their names, as /etc/services and /etc/protocols of a Debian have them."""

from __future__ import annotations

_TCP = {
    "tcpmux": 1, "systat": 11, "netstat": 15, "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25,
    "whois": 43, "gopher": 70, "finger": 79, "http": 80, "pop3": 110, "auth": 113, "nntp": 119, "netbios-ssn": 139,
    "imap2": 143, "bgp": 179, "microsoft-ds": 445, "submissions": 465, "login": 513, "shell": 514, "printer": 515,
    "submission": 587, "rsync": 873, "imaps": 993, "pop3s": 995, "socks": 1080, "ms-sql-s": 1433, "mysql": 3306,
    "ms-wbt-server": 3389, "svn": 3690, "postgresql": 5432, "amqp": 5672, "x11": 6000, "redis": 6379,
    "http-alt": 8080, "git": 9418, "zabbix-agent": 10050, "ircd": 6667}
_UDP = {
    "fsp": 21, "bootps": 67, "bootpc": 68, "tftp": 69, "ntp": 123, "netbios-ns": 137, "netbios-dgm": 138,
    "isakmp": 500, "syslog": 514, "talk": 517, "ntalk": 518, "route": 520, "l2f": 1701, "ipsec-nat-t": 4500,
    "mdns": 5353, "who": 513}
_BOTH = {
    "echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "time": 37, "tacacs": 49, "domain": 53, "kerberos": 88,
    "sunrpc": 111, "snmp": 161, "snmp-trap": 162, "ldap": 389, "https": 443, "ldaps": 636, "domain-s": 853,
    "openvpn": 1194, "radius": 1812, "nfs": 2049, "sip": 5060}
SERVICES: dict[str, tuple[int, tuple[str, ...]]] = {
    **{name: (port, ("tcp",)) for name, port in _TCP.items()},
    **{name: (port, ("udp",)) for name, port in _UDP.items()},
    **{name: (port, ("tcp", "udp")) for name, port in _BOTH.items()}}
"""Port, and the protocols for which the name stands."""
_OTHERS = {
    "discard": "sink null", "systat": "users", "chargen": "ttytst source", "fsp": "fspd", "smtp": "mail",
    "time": "timserver", "whois": "nicname", "http": "www", "kerberos": "kerberos5 krb5 kerberos-sec", "pop3": "pop-3",
    "sunrpc": "portmapper", "auth": "authentication tap ident", "nntp": "readnews untp", "imap2": "imap",
    "snmp-trap": "snmptrap", "submissions": "ssmtp smtps urd", "who": "whod", "shell": "cmd syslog",
    "printer": "spooler", "route": "router routed", "l2f": "l2tp", "svn": "subversion", "postgresql": "postgres",
    "x11": "x11-0", "http-alt": "webcache"}
_ALIASES = {alias: name for name, aliases in _OTHERS.items() for alias in aliases.split()}
_NAMES = {(port, protocol): name for name, (port, protocols) in SERVICES.items() for protocol in protocols}
TAB = 8
PROTOCOLS = {1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 89: "ospf",
             103: "pim", 112: "vrrp", 132: "sctp", 253: "exptest-253", 254: "exptest-254"}


def service(text: str) -> tuple[int, tuple[str, ...]] | None:
    """The port and protocols of a name (getservbyname), None where it is none."""
    return SERVICES.get(text) or SERVICES.get(_ALIASES.get(text, text))


def port_number(text: str) -> int | None:
    """A port's number, or that of a service; None for what is neither."""
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) < 10 and int(text) < 65536 else None
    found = service(text)
    return found[0] if found is not None else None


def protocols_of(text: str) -> list[str]:
    """The protocols for which a name stands, as a name of its own or as another's alias."""
    own, other = (SERVICES.get(name, (0, ()))[1] for name in (text, _ALIASES.get(text, text)))
    return [protocol for protocol in ("tcp", "udp") if protocol in own or protocol in other]


def service_name(port: int, protocol: str) -> str:
    """A port's name, or its number (getservbyport)."""
    return _NAMES.get((port, protocol)) or str(port)


def service_line(text: str, protocol: str) -> str:
    """As getent(1) tells of a name, of one protocol if it is given; empty where there is none."""
    found = service(text)
    if found is None and text.isascii() and text.isdecimal():
        kinds = [kind for kind in ((protocol,) if protocol else ("tcp", "udp")) if (int(text), kind) in _NAMES]
        return service_line(_NAMES[int(text), kinds[0]], kinds[0]) if kinds else ""
    if found is None or (protocol and protocol not in found[1]):
        return ""
    name = text if text in SERVICES else _ALIASES[text]
    return f"{name:<21} {found[0]}/{protocol or found[1][0]} {_OTHERS.get(name, '')}".rstrip()


def services_file() -> str:
    """/etc/services (services(5)), by port."""
    rows = sorted((port, protocol, name) for name, (port, protocols) in SERVICES.items() for protocol in protocols)
    cells = ((name, f"{port}/{protocol}", _OTHERS.get(name, "")) for port, protocol, name in rows)
    return "".join("".join(f"{cell}\t\t" if len(cell) < TAB else f"{cell}\t" for cell in row).rstrip() + "\n"
                   for row in cells)
