"""What `ping` can be told, and its payload (iputils)."""

from __future__ import annotations

import math
import re
import struct
from string import hexdigits

from netsandbox.apps.hosts import lookup
from netsandbox.apps.idle import judge
from netsandbox.apps.options import getopt, integer
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
        strict: -B, the source address stays what it was at first.
        direct: -r, only to where no gateway is needed (SO_DONTROUTE).
        preload: -l, requests that are sent at once.
        header: IPv4 options, of -R and -T.
        family: what -v calls it.
        precise: -3, times are not rounded.
        warnings: what to say on stderr before anything else.
    """

    target: str = ""
    count: int | None = None
    interval: int = SECOND
    size: int = 56
    ident: int | None = None
    linger: int = 10 * SECOND
    deadline: int | None = None
    preload: int = 1
    ttl: int | None = None
    tos: int = 0
    mark: int = 0
    pmtudisc: int | None = None
    devices: tuple[str, ...] = ()
    pattern: bytes = b""
    header: bytes = b""
    broadcast: bool = False
    quiet: bool = False
    flood: bool = False
    numeric: bool = False
    adaptive: bool = False
    outstanding: bool = False
    stamped: bool = False
    strict: bool = False
    direct: bool = False
    verbose: bool = False
    precise: bool = False
    family: str = "AF_UNSPEC"
    warnings: tuple[str, ...] = ()


FLAGS = "bnqfUOvAdDaLBrRCH346"
USAGE = "\nUsage\n  ping [options] <destination>\n\nFor more details see ping(8)."
VALUED = "cieIlMmNpQsStTwWF"
RECORD_ROUTE = bytes((1, 7, 39, 4)) + bytes(36)
"""-R: no operation, then an option with room for nine addresses."""
STAMPS = {"tsonly": 0, "tsandaddr": 1, "tsprespec": 3}
INT_MAX, LONG_MAX = (1 << 31) - 1, (1 << 63) - 1


def parse(arguments: list[str]) -> PingOptions:
    """The options of a command line.

    Raises:
        UsageError: an option or a value that ping does not take.
    """
    options, operands = getopt("ping", arguments, FLAGS, VALUED, "I", USAGE)
    result = PingOptions()
    notes = judge("ping", options, 2)
    _read_numbers(result, options)
    _read_words(result, options)
    result.broadcast, result.quiet = "b" in options, "q" in options
    result.flood, result.numeric = "f" in options, "n" in options
    result.adaptive, result.outstanding, result.stamped = "A" in options, "O" in options, "D" in options
    result.strict, result.verbose, result.direct = "B" in options, "v" in options, "r" in options
    if result.flood and "i" not in options:
        result.interval = 0
    if not operands:
        raise UsageError("\n".join([*result.warnings, "ping: usage error: Destination address required"]))
    if "6" in options:
        raise UsageError(f"ping: {operands[-1]}: Address family for hostname not supported")
    result.target = operands[-1]
    result.warnings += notes
    result.precise = "3" in options
    if "T" in options:
        result.header = _stamp_option(options["T"], operands[:-1])
    elif operands[1:]:
        _refuse_route(operands[:-1])
    return result


def _refuse_route(hops: list[str]) -> None:
    """Hosts before the last one are a loose source route; a word that was a slip is none of them."""
    for hop in hops:
        if lookup(hop, {}) is None:
            raise UsageError(f"ping: {hop}: Name or service not known")
    raise UsageError("netsandbox: ping's source routes (several hosts) are not modelled")


def _read_numbers(result: PingOptions, options: dict[str, str]) -> None:
    for letter, low, high in (("l", 1, 65536), ("m", 0, (1 << 32) - 1), ("S", 1, INT_MAX)):
        if letter in options:
            integer("ping", options[letter], low, high)
    result.preload, result.mark = int(options.get("l", "1")), int(options.get("m", "0"))
    if "c" in options:
        result.count = integer("ping", options["c"], 1, LONG_MAX)
    if "i" in options:
        result.interval = _time(result, options["i"], "timing interval") // MILLISECOND * MILLISECOND
    if "s" in options:
        result.size = _size(options["s"])
    if "e" in options:
        result.ident = integer("ping", options["e"], 0, 65535)
    if "W" in options:
        result.linger = _time(result, options["W"], "linger time")
    if "w" in options:
        result.deadline = integer("ping", options["w"], 0, INT_MAX) * SECOND or None
    if "t" in options:
        result.ttl = integer("ping", options["t"], 0, 255)


def _read_words(result: PingOptions, options: dict[str, str]) -> None:
    if "4" in options and "6" in options:
        raise UsageError("ping: only one -4 or -6 option may be specified")
    if "R" in options and "T" in options:
        raise UsageError("ping: only one of -T or -R may be used")
    if "Q" in options:
        result.tos = _tos(options["Q"])
    if "M" in options:
        if options["M"] not in PMTU:
            raise UsageError(f"ping: invalid -M argument: {options['M']}")
        result.pmtudisc = PMTU[options["M"]]
    if "T" in options and options["T"] not in STAMPS:
        raise UsageError(f"ping: invalid timestamp type: {options['T']}")
    if "p" in options:
        result.pattern = _pattern(options["p"])
    result.devices = tuple(options.get("I", "").split())
    result.header = RECORD_ROUTE if "R" in options else b""
    result.family = "AF_INET" if "4" in options else "AF_UNSPEC"


def _stamp_option(kind: str, hops: list[str]) -> bytes:
    """-T: an option with room for nine times, four times with addresses, or for named addresses."""
    if kind == "tsprespec":
        addresses = [lookup(hop, {}) or 0 for hop in hops] or [0]
        option = b"".join(address.to_bytes(4, "big") + bytes(4) for address in addresses[:4])
    else:
        option = bytes(36 if kind == "tsonly" else 32)
    whole = bytes((68, 4 + len(option), 5, STAMPS[kind])) + option
    return whole + bytes(-len(whole) % 4)


def _size(text: str) -> int:
    size = integer("ping", text, 0, INT_MAX)
    return integer("ping", str(size), 0, MAX_SIZE, "invalid -s value")


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)?", re.IGNORECASE)


def _time(result: PingOptions, text: str, what: str) -> int:
    """Nanoseconds (ping_strtod): what is behind the number is warned of, and no number is 0."""
    found = _NUMBER.match(text)
    word = found.group() if found else ""
    value = float(word) if word.strip("+-") else 0.0
    if text[len(word):]:
        result.warnings += (f"ping: option argument contains garbage: {text[len(word):]}",
                            "ping: this will become fatal error in the future")
    if not math.isfinite(value):
        raise UsageError(f"ping: bad {what}: {text}: Numerical result out of range")
    if not 0 <= value <= INT_MAX / 1000:
        raise UsageError(f"ping: bad {what}: {text}")
    return seconds(value)


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
    wrong = next((at for at, letter in enumerate(text) if letter not in hexdigits), None)
    if wrong is not None:
        raise UsageError("ping: patterns must be specified as hex digits: " + text[wrong:])
    digits = text if len(text) % 2 == 0 else text[:-1] + "0" + text[-1]
    return bytes.fromhex(digits)[:16]


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


def resolved(target: str, names: dict[str, int]) -> int:
    """The address of what is to be pinged.

    Raises:
        UsageError: nobody knows it.
    """
    address = lookup(target, names)
    if address is None:
        raise UsageError(f"ping: {target}: Name or service not known")
    return address
