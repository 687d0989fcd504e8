"""What ping prints of times and of ICMP errors (iputils)."""

from __future__ import annotations

from netsandbox.engine.units import EPOCH, MICROSECOND
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.icmp import REDIRECT, TIME_EXCEEDED, UNREACHABLE, IcmpMessage

UNREACHABLE_TEXT = {0: "Destination Net Unreachable", 1: "Destination Host Unreachable",
                    2: "Destination Protocol Unreachable", 3: "Destination Port Unreachable",
                    5: "Source Route Failed", 6: "Destination Net Unknown", 7: "Destination Host Unknown",
                    8: "Source Host Isolated", 9: "Destination Net Prohibited", 10: "Destination Host Prohibited",
                    11: "Destination Net Unreachable for Type of Service",
                    12: "Destination Host Unreachable for Type of Service", 13: "Packet filtered",
                    14: "Precedence Violation", 15: "Precedence Cutoff"}


def format_rtt(micros: int) -> str:
    """Milliseconds with as many decimals as iputils gives."""
    if micros >= 99950:
        return str((micros + 500) // 1000)
    if micros >= 9995:
        return f"{(micros + 50) // 1000}.{(micros + 50) % 1000 // 100}"
    if micros >= 1000:
        return f"{(micros + 5) // 1000}.{(micros + 5) % 1000 // 10:02d}"
    return f"{micros // 1000}.{micros % 1000:03d}"


def describe_error(message: IcmpMessage) -> str:
    """pr_icmph: an ICMP error in ping's words."""
    if message.type == UNREACHABLE:
        if message.code == 4:
            return f"Frag needed and DF set (mtu = {message.rest & 0xFFFF})"
        return UNREACHABLE_TEXT.get(message.code, f"Dest Unreachable, Bad Code: {message.code}")
    if message.type == TIME_EXCEEDED:
        return "Time to live exceeded" if message.code == 0 else "Frag reassembly time exceeded"
    if message.type == REDIRECT:
        where = {0: "Network", 1: "Host", 2: "Type of Service and Network", 3: "Type of Service and Host"}
        return f"Redirect {where.get(message.code, '')}(New nexthop: {format_ipv4(message.rest)})"
    return f"Bad ICMP type: {message.type}"


def time_stamp(at: int) -> str:
    """-D: when a line is printed, in seconds since 1970."""
    micros = (EPOCH + at) // MICROSECOND
    return f"[{micros // 1_000_000}.{micros % 1_000_000:06d}] "
