"""What ping prints of times and of ICMP errors (iputils)."""

from __future__ import annotations

from netsandbox.apps.ping.options import TIMEVAL
from netsandbox.engine.units import EPOCH, MICROSECOND
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.icmp import PARAMETER_PROBLEM, REDIRECT, SOURCE_QUENCH, TIME_EXCEEDED, UNREACHABLE, IcmpMessage
from netsandbox.wire.options import read_options

RECORD_ROUTE, TIMESTAMP = 7, 68  # Kinds of IPv4 options

UNREACHABLE_TEXT = {0: "Destination Net Unreachable", 1: "Destination Host Unreachable",
                    2: "Destination Protocol Unreachable", 3: "Destination Port Unreachable",
                    5: "Source Route Failed", 6: "Destination Net Unknown", 7: "Destination Host Unknown",
                    8: "Source Host Isolated", 9: "Destination Net Prohibited", 10: "Destination Host Prohibited",
                    11: "Destination Net Unreachable for Type of Service",
                    12: "Destination Host Unreachable for Type of Service", 13: "Packet filtered",
                    14: "Precedence Violation", 15: "Precedence Cutoff"}


EXCEEDED_TEXT = {0: "Time to live exceeded", 1: "Frag reassembly time exceeded"}
REDIRECT_TEXT = {0: "Redirect Network", 1: "Redirect Host", 2: "Redirect Type of Service and Network",
                 3: "Redirect Type of Service and Host"}
PER_LINE = 32


def format_rtt(micros: int, precise: bool = False) -> str:
    """Milliseconds with as many decimals as iputils gives; with -3 all that there are."""
    if precise:
        return milliseconds(micros)
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
        return EXCEEDED_TEXT.get(message.code, f"Time exceeded, Bad Code: {message.code}")
    if message.type == REDIRECT:
        where = REDIRECT_TEXT.get(message.code, f"Redirect, Bad Code: {message.code}")
        return f"{where}(New nexthop: {format_ipv4(message.rest)})"
    if message.type == PARAMETER_PROBLEM:
        return f"Parameter problem: pointer = {message.rest >> 24}"
    if message.type == SOURCE_QUENCH:
        return "Source Quench"
    return f"Bad ICMP type: {message.type}"


def milliseconds(micros: int) -> str:
    return f"{micros // 1000}.{micros % 1000:03d}"


def describe_round_trips(trips: list[int]) -> str:
    """The last line's numbers, from microseconds; nothing without any."""
    if not trips:
        return ""
    average = sum(trips) // len(trips)
    deviation = int(max(0, sum(t * t for t in trips) / len(trips) - average * average) ** 0.5)
    return "rtt min/avg/max/mdev = " + "/".join(map(milliseconds, (min(trips), average, max(trips), deviation))) + " ms"


def describe_wrong_data(expected: bytes, found: bytes) -> str:
    """Where a reply's payload is not what was sent, and then all of it; the time at its beginning is not looked at."""
    first = next((at for at in range(TIMEVAL, len(expected)) if expected[at] != found[at]), None)
    if first is None:
        return ""
    text = f"\nwrong data byte #{first} should be 0x{expected[first]:x} but was 0x{found[first]:x}"
    for at in range(TIMEVAL, len(expected)):
        text += (f"\n#{at}\t" if at % PER_LINE == TIMEVAL else "") + f"{found[at]:x} "
    return text


def describe_options(data: bytes, shown: bytes) -> tuple[str, bytes]:
    """pr_options: what a reply's IPv4 header recorded, and the route to compare the next one with (shown: the route
    that was printed last, as bytes)."""
    text = ""
    for option in read_options(data):
        if not option.is_whole or not option.value:
            continue
        used = min(option.value[0], len(option.value) + 2)
        if option.kind == RECORD_ROUTE and used > 4:
            route = option.value[1:1 + _rounded_up(used - 4)]
            text += "\t(same route)" if route == shown else "\nRR: " + "".join(
                f"\t{format_ipv4(int.from_bytes(route[at:at + 4], 'big'))}\n" for at in range(0, len(route), 4))
            shown = route
        elif option.kind == TIMESTAMP and used > 5:
            text += "\nTS: " + _describe_stamps(option.value[2:2 + _rounded_up(used - 5)], option.value[1])
    return text, shown


def _rounded_up(size: int) -> int:
    """To whole addresses and times: in a full option, where the pointer stands behind the end, a byte is missing."""
    return (size + 3) // 4 * 4


def _describe_stamps(data: bytes, flags: int) -> str:
    text, first, at = "", 0, 0
    while at < len(data):
        if flags & 3:
            text += f"\t{format_ipv4(int.from_bytes(data[at:at + 4], 'big'))}"
            at += 4
        time = int.from_bytes(data[at:at + 4], "big")
        text += f"\t{time - first}\n" if first else f"\t{time} absolute\n"
        first, at = time, at + 4
    return text + (f"Unrecorded hops: {flags >> 4}\n" if flags >> 4 else "")


def time_stamp(at: int) -> str:
    """-D: when a line is printed, in seconds since 1970."""
    micros = (EPOCH + at) // MICROSECOND
    return f"[{micros // 1_000_000}.{micros % 1_000_000:06d}] "
