"""What iperf3 3.18 prints (iperf_locale.c, units.c): times in virtual nanoseconds, sizes in bytes."""

from __future__ import annotations

from netsandbox.engine.units import SECOND

FD = 5  # The number of the data connection's file descriptor, which iperf3 shows
LINE = "-" * 59
RULE = "- - - - - - - - - - - - - - - - - - - - - - - - -"
HEADER = "[ ID] Interval           Transfer     Bitrate"
REFUSED = ("iperf3: error - unable to connect to server - server may have stopped running or use a different port, "
           "firewall issue, etc.: {why}")
HINT = """
Usage: iperf3 [-s|-c host] [options]
Try `iperf3 --help' for more information."""
USAGE = f"""\
iperf3: parameter error - {{why}}
{HINT}"""
NO_SIDE = "must either be a client (-c) or server (-s)"


def size(count: float) -> str:
    """`1.13 GBytes`: in 1024s, four places wide."""
    return _scaled(count, 1024, ("Bytes", "KBytes", "MBytes", "GBytes", "TBytes"))


def rate(count: int, nanoseconds: int) -> str:
    """`8.38 Mbits/sec`: in 1000s."""
    bits = count * 8 * SECOND / nanoseconds if nanoseconds else 0.0
    return _scaled(bits, 1000, ("bits", "Kbits", "Mbits", "Gbits", "Tbits")) + "/sec"


def _scaled(value: float, step: int, units: tuple[str, ...]) -> str:
    place = 0
    while value >= step and place < len(units) - 1:
        value /= step
        place += 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:4.{digits}f} {units[place]}"


def interval(begin: int, end: int, count: int) -> str:
    """`[  5]   0.00-1.00   sec  1.00 MBytes  8.38 Mbits/sec`."""
    return (f"[{FD:3}] {begin / SECOND:6.2f}-{end / SECOND:<6.2f} sec  {size(count)}  {rate(count, end - begin)}")


def sent(begin: int, end: int, count: int, again: int, window: int) -> str:
    """A sender's line of one interval, with its retransmissions and its congestion window."""
    return f"{interval(begin, end, count)}  {again:3}   {size(window)}       "


def received(begin: int, end: int, count: int) -> str:
    return f"{interval(begin, end, count)}{' ' * 18}"


def sender(end: int, count: int, again: int) -> str:
    return f"{interval(0, end, count)}  {again:3}            sender"


def receiver(end: int, count: int) -> str:
    return f"{interval(0, end, count)}{' ' * 18}receiver"
