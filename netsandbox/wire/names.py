"""Names of the numbers in headers, as the registries and Wireshark write them."""

from __future__ import annotations

ETHERTYPES = {
    0x0800: "IPv4", 0x0806: "ARP", 0x8035: "RARP", 0x8100: "802.1Q", 0x86DD: "IPv6", 0x8808: "MAC Control",
    0x8847: "MPLS", 0x8863: "PPPoE Discovery", 0x8864: "PPPoE Session", 0x888E: "EAPOL", 0x88A8: "802.1ad",
    0x88CC: "LLDP", 0x88E5: "MACsec", 0x9000: "Loopback",
}

IP_PROTOCOLS = {
    1: "ICMP", 2: "IGMP", 4: "IPv4", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "GRE", 50: "ESP", 51: "AH", 58: "ICMPv6",
    89: "OSPF", 112: "VRRP", 132: "SCTP",
}

ARP_OPERATIONS = {1: "request", 2: "reply", 3: "RARP request", 4: "RARP reply", 8: "InARP request", 9: "InARP reply"}

ARP_HARDWARE = {1: "Ethernet", 6: "IEEE 802"}

ICMP_TYPES = {
    0: "Echo reply", 3: "Destination unreachable", 4: "Source quench", 5: "Redirect", 8: "Echo request",
    9: "Router advertisement", 10: "Router solicitation", 11: "Time exceeded", 12: "Parameter problem",
    13: "Timestamp request", 14: "Timestamp reply", 17: "Address mask request", 18: "Address mask reply",
}

ICMP_CODES = {
    3: ("Network unreachable", "Host unreachable", "Protocol unreachable", "Port unreachable", "Fragmentation needed",
        "Source route failed", "Destination network unknown", "Destination host unknown", "Source host isolated",
        "Network administratively prohibited", "Host administratively prohibited",
        "Network unreachable for this type of service", "Host unreachable for this type of service",
        "Communication administratively prohibited", "Host precedence violation", "Precedence cutoff in effect"),
    5: ("Redirect for network", "Redirect for host", "Redirect for type of service and network",
        "Redirect for type of service and host"),
    11: ("Time to live exceeded in transit", "Fragment reassembly time exceeded"),
    12: ("Pointer indicates the error", "Required option missing", "Bad length"),
}

TCP_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")  # From the lowest bit up (RFC 9293, 3.1)

TCP_OPTIONS = {0: "End of option list", 1: "No-operation", 2: "Maximum segment size", 3: "Window scale",
               4: "SACK permitted", 5: "SACK", 8: "Timestamps", 19: "MD5 signature", 28: "User timeout",
               29: "Authentication", 30: "Multipath TCP", 34: "Fast open"}

IP_OPTIONS = {0: "End of options list", 1: "No-operation", 7: "Record route", 68: "Time stamp", 130: "Security",
              131: "Loose source route", 137: "Strict source route", 148: "Router alert"}

DSCP = {0: "CS0", 8: "CS1", 10: "AF11", 12: "AF12", 14: "AF13", 16: "CS2", 18: "AF21", 20: "AF22", 22: "AF23",
        24: "CS3", 26: "AF31", 28: "AF32", 30: "AF33", 32: "CS4", 34: "AF41", 36: "AF42", 38: "AF43", 40: "CS5",
        44: "VA", 46: "EF", 48: "CS6", 56: "CS7"}

ECN = ("Not-ECT", "ECT(1)", "ECT(0)", "CE")


def named(names: dict[int, str], number: int) -> str:
    """`request (1)`; the number alone where it has no name."""
    name = names.get(number)
    return f"{name} ({number})" if name else str(number)


def icmp_code(kind: int, code: int) -> str:
    """`Port unreachable (3)`; the number alone where it has no name."""
    codes = ICMP_CODES.get(kind, ())
    return f"{codes[code]} ({code})" if code < len(codes) else str(code)
