"""What `ping` can be told, and its payload (iputils)."""

from __future__ import annotations

import struct

from netsandbox.apps.options import getopt, integer, number
from netsandbox.apps.program import UsageError
from netsandbox.engine.units import EPOCH, MICROSECOND, MILLISECOND, SECOND, seconds

DONT, WANT, DO, PROBE = range(4)
PMTU = {"dont": DONT, "want": WANT, "do": DO, "probe": PROBE}
TIMEVAL = 16
"""Bytes of `struct timeval` that a payload begins with, if it has room."""
MAX_SIZE = 65507


class PingOptions:
    """ping(8): times in nanoseconds, sizes in bytes.

    Attributes:
        adaptive: -A, the next request goes as soon as a reply is there.
        outstanding: -O, say so when no reply has come before the next request.
        stamped: -D, the time before every line.
    """

    target: str = ""
    count: int | None = None
    interval: int = SECOND
    size: int = 56
    ident: int | None = None
    linger: int = 10 * SECOND
    deadline: int | None = None
    ttl: int | None = None
    tos: int = 0
    pmtudisc: int | None = None
    device: str = ""
    pattern: bytes = b""
    broadcast: bool = False
    quiet: bool = False
    flood: bool = False
    numeric: bool = False
    adaptive: bool = False
    outstanding: bool = False
    stamped: bool = False


FLAGS = "bnqfUOvAdDaLBrR46"
VALUED = "cieIMpQsStTwWlmF"


def parse(arguments: list[str]) -> PingOptions:
    """The options of a command line.

    Raises:
        UsageError: an option or a value that ping does not take.
    """
    options, operands = getopt("ping", arguments, FLAGS, VALUED)
    if not operands:
        raise UsageError("ping: usage error: Destination address required", 1)
    if "6" in options:
        raise UsageError(f"ping: {operands[-1]}: Address family for hostname not supported")
    result = PingOptions()
    result.target = operands[-1]
    if "c" in options:
        result.count = integer("ping", options["c"], 1, (1 << 63) - 1)
    if "i" in options:
        result.interval = seconds(_time(options["i"], 2147483.647, "timing interval")) // MILLISECOND * MILLISECOND
    if "s" in options:
        result.size = _size(options["s"])
    if "e" in options:
        result.ident = integer("ping", options["e"], 0, 65535)
    if "W" in options:
        result.linger = seconds(_time(options["W"], 4294.967295, "linger time"))
    if "w" in options:
        result.deadline = seconds(number("ping", options["w"], 0, 2147483))
    if "t" in options:
        result.ttl = integer("ping", options["t"], 0, 255)
    if "Q" in options:
        result.tos = _tos(options["Q"])
    if "M" in options:
        if options["M"] not in PMTU:
            raise UsageError(f"ping: invalid -M argument: {options['M']}")
        result.pmtudisc = PMTU[options["M"]]
    if "p" in options:
        result.pattern = _pattern(options["p"])
    result.device = options.get("I", "")
    result.broadcast, result.quiet = "b" in options, "q" in options
    result.flood, result.numeric = "f" in options, "n" in options
    result.adaptive, result.outstanding, result.stamped = "A" in options, "O" in options, "D" in options
    if result.flood and "i" not in options:
        result.interval = 0
    return result


def _size(text: str) -> int:
    size = integer("ping", text, 0, (1 << 31) - 1)
    return integer("ping", str(size), 0, MAX_SIZE, "invalid -s value")


def _time(text: str, most: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise UsageError(f"ping: bad {what}: {text}")
    return value


def _tos(text: str) -> int:
    """Decimal, or hexadecimal with 0x; negative numbers lose their sign bits."""
    try:
        value = int(text, 16 if text[:2] in ("0x", "0X") else 10)
    except ValueError:
        raise UsageError(f"ping: bad TOS value: {text}") from None
    if value > 255:
        raise UsageError(f"ping: the decimal value of TOS bits must be in range 0-255: {value}")
    return value & 255


def _pattern(text: str) -> bytes:
    """-p: up to 16 bytes in hex."""
    digits = text if len(text) % 2 == 0 else text[:-1] + "0" + text[-1]
    try:
        return bytes.fromhex(digits)[:16]
    except ValueError:
        raise UsageError("ping: patterns must be specified as hex digits: " + text) from None


def tail(size: int, pattern: bytes) -> bytes:
    """The payload without its time stamp: byte i has the value i, or a repeated pattern."""
    if pattern:
        return (pattern * (size // len(pattern) + 1))[:size]
    return bytes(i & 0xFF for i in range(size))


_TIMEVAL = struct.Struct("<qq")


def timeval(at: int) -> bytes:
    """`struct timeval` of a virtual time: seconds and microseconds, little-endian."""
    whole, rest = divmod(EPOCH + at, SECOND)
    return _TIMEVAL.pack(whole, rest // MICROSECOND)
