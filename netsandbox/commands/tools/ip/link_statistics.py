"""The counters of `ip -s link` (print_stats64)."""

from __future__ import annotations

from netsandbox.commands.tools.output import Row
from netsandbox.linux.core.devices.interface import Interface

WIDTHS = (10, 7, 6, 7, 7, 7)  # Columns are at least this wide, and as wide as the widest number of all lines
RECEIVED = ("bytes", "packets", "errors", "dropped", "over_errors", "multicast")
SENT = ("bytes", "packets", "errors", "dropped", "carrier_errors", "collisions")
RECEIVE_ERRORS = ("length_errors", "crc_errors", "frame_errors", "fifo_errors", "missed_errors")
PREFIXES = "kMGTPE"
SEND_ERRORS = ("aborted_errors", "fifo_errors", "window_errors", "heartbeat_errors")


def put_statistics(row: Row, interface: Interface) -> None:
    """Two pairs of lines, or four with -s -s; what no simulated device counts is 0."""
    received = [interface.rx_bytes, interface.rx_packets, interface.rx_errors, interface.rx_dropped, 0,
                interface.multicast]
    sent = [interface.tx_bytes, interface.tx_packets, interface.tx_errors, interface.tx_dropped,
            interface.carrier_errors, interface.collisions]
    many = row.style.stats > 1
    changes = interface.carrier_changes
    row.note("stats64", {
        "rx": _members(RECEIVED, received) | (dict.fromkeys(RECEIVE_ERRORS, 0) if many else {}),
        "tx": _members(SENT, sent) | (
            dict.fromkeys(SEND_ERRORS, 0) | {"carrier_changes": changes} if many else {})})
    widths = [max(width, len(str(left)), len(str(right)))
              for width, left, right in zip(WIDTHS, received, sent, strict=True)]
    _put_lines(row, "RX", ("missed", "mcast"), received, widths)
    if many:
        row.new_line()
        _put_errors(row, "RX", ("length", "crc", "frame", "fifo", "overrun"), [0, 0, 0, 0, 0], widths)
    row.new_line()
    _put_lines(row, "TX", ("carrier", "collsns"), sent, widths)
    if many:
        row.new_line()
        _put_errors(row, "TX", ("aborted", "fifo", "window", "heartbt", "transns"), [0, 0, 0, 0, changes], widths)


def _members(names: tuple[str, ...], values: list[int]) -> dict[str, int]:
    return dict(zip(names, values, strict=True))


def _put_lines(row: Row, direction: str, last: tuple[str, str], values: list[int], widths: list[int]) -> None:
    titles = ("bytes", "packets", "errors", "dropped", *last)
    cells = [f"{title:>{width}}" for title, width in zip(titles, [widths[0] - 4, *widths[1:]], strict=True)]
    row.say(f"    {direction}: {' '.join(cells)}{' ' * 11}")
    row.new_line()
    row.say("    " + "".join(f"{_number(row, value):>{width}} " for value, width in zip(values, widths, strict=True)))


def _number(row: Row, count: int) -> str:
    """print_num (ip/ip_common): three digits and a prefix, if that is asked for."""
    base = 1024 if row.style.iec else 1000
    if not row.style.human or count < base:
        return str(count)
    power, prefix = base, 0
    while count // base >= power and prefix < len(PREFIXES) - 1:
        power, prefix = power * base, prefix + 1
    places = next((2 - number for number, limit in enumerate((10, 100)) if count // power < limit), 0)
    return f"{count / power:.{places}f}{PREFIXES[prefix]}{'i' if row.style.iec else ''}"


def _put_errors(row: Row, direction: str, titles: tuple[str, ...], values: list[int], widths: list[int]) -> None:
    cells = [f"{title:>{width}}" for title, width in zip(titles, widths[1:], strict=True)]
    row.say(f"    {direction} errors:{' ' * (widths[0] - 10)} {' '.join(cells)}")
    row.new_line()
    numbers = "".join(f"{_number(row, value):>{width}} " for value, width in zip(values, widths[1:], strict=True))
    row.say(" " * (widths[0] + 5) + numbers)
