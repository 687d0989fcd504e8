"""What `ping` can be told, and its payload (iputils)."""

from __future__ import annotations

import math
import re
import struct
from pathlib import Path
from string import hexdigits

from netsandbox.apps.bounds import integer
from netsandbox.apps.hosts import lookup
from netsandbox.apps.option_table import Given, OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.engine.units import EPOCH, MICROSECOND, MILLISECOND, SECOND, seconds

VERSION = """\
ping from iputils 20240905
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes"""
USAGE = Path(__file__).with_name("usage.txt").read_text(encoding="utf-8").removesuffix("\n")
"""What `ping -V` and `ping -h` print."""
DONT, WANT, DO, PROBE = range(4)
PMTU = {"dont": DONT, "want": WANT, "do": DO, "probe": PROBE}
TIMEVAL = 16  # Bytes of `struct timeval` that a payload begins with, if it has room
MAX_SIZE = 65507


class PingOptions:
    """ping(8): times in nanoseconds, sizes in bytes."""

    target: str = ""
    count: int | None = None
    interval: int = SECOND
    size: int = 56
    ident: int | None = None
    linger: int = 10 * SECOND
    deadline: int | None = None
    preload: int = 1  # -l, requests that are sent at once
    ttl: int | None = None
    tos: int = 0
    mark: int = 0
    pmtudisc: int | None = None
    devices: tuple[str, ...] = ()
    pattern: bytes = b""
    header: bytes = b""  # IPv4 options, of -R and -T
    broadcast: bool = False
    quiet: bool = False
    flood: bool = False
    numeric: bool = False
    adaptive: bool = False  # -A, the next request goes as soon as a reply is there
    outstanding: bool = False  # -O, say so when no reply has come before the next request
    stamped: bool = False  # -D, the time before every line
    strict: bool = False  # -B, the source address stays what it was at first
    direct: bool = False  # -r, only to where no gateway is needed (SO_DONTROUTE)
    verbose: bool = False
    precise: bool = False  # -3, times are not rounded
    named: bool = False  # -H, senders are shown by name even where the target is a number
    stamps: str = ""  # what -T asks for
    send_buffer: int = 0  # -S, bytes
    family: str = "AF_UNSPEC"  # what -v calls it
    warnings: tuple[str, ...] = ()  # what to say on stderr before anything else


TABLE = OptionTable("ping", 2, USAGE, acts="b n q f O v A D B r R H 3 4 6 h V c= i= e= I= l= m= M= p= Q= s= S= t= "
                    "T= w= W=", usual="U", idle="a d C F= N=", refused="L")
FLAGS = {"b": "broadcast", "q": "quiet", "f": "flood", "n": "numeric", "A": "adaptive", "O": "outstanding",
         "D": "stamped", "B": "strict", "v": "verbose", "r": "direct", "3": "precise", "H": "named"}
"""Letters that set one of PingOptions' switches."""
RECORD_ROUTE = bytes((1, 7, 39, 4)) + bytes(36)  # -R: no operation, then an option with room for nine addresses
STAMPS = {"tsonly": 0, "tsandaddr": 1, "tsprespec": 3}
INT_MAX, LONG_MAX = (1 << 31) - 1, (1 << 63) - 1


def parse(arguments: list[str]) -> PingOptions:
    """The options of a command line, each judged where it stands, as ping's loop does (UsageError: an option or a value
    that ping does not take, or what it says of itself)."""
    result, operands, given = PingOptions(), list[str](), list[Given]()
    for one in TABLE.each(arguments, operands):
        given.append(one)
        _take(result, one.option.name, one.value, {earlier.option.name for earlier in given})
    TABLE.refuse(given)
    if result.flood and "i" not in {one.option.name for one in given}:
        result.interval = 0
    if not operands:
        raise UsageError("\n".join([*result.warnings, "ping: usage error: Destination address required"]))
    if result.family == "AF_INET6":
        raise UsageError(f"ping: {operands[-1]}: Address family for hostname not supported")
    result.target = operands[-1]
    result.warnings += tuple(TABLE.notes(given))
    if result.stamps:
        result.header = _stamp_option(result.stamps, operands[:-1])
    elif operands[1:]:
        _refuse_route(operands[:-1])
    return result


def _take(result: PingOptions, name: str, value: str, given: set[str]) -> None:
    """One option; `given` are those up to it."""
    if name == "h":
        raise UsageError(USAGE)
    if name == "V":
        raise UsageError("", 0, VERSION)
    if {"4", "6"} <= given:
        raise UsageError("ping: only one -4 or -6 option may be specified")
    if {"R", "T"} <= given:
        raise UsageError("ping: only one of -T or -R may be used")
    if name in FLAGS:
        setattr(result, FLAGS[name], True)
    elif name in BOUNDS:
        attribute, low, high = BOUNDS[name]
        setattr(result, attribute, integer("ping", value, low, high))
    elif name in WORDS:
        WORDS[name](result, value)


def _refuse_route(hops: list[str]) -> None:
    """Hosts before the last one are a loose source route; a word that was a slip is none of them."""
    for hop in hops:
        if lookup(hop, {}) is None:
            raise UsageError(f"ping: {hop}: Name or service not known")
    raise UsageError("netsandbox: ping's source routes (several hosts) are not modelled")


BOUNDS = {"l": ("preload", 1, 65536), "m": ("mark", 0, (1 << 32) - 1), "S": ("send_buffer", 1, INT_MAX),
          "c": ("count", 1, LONG_MAX), "e": ("ident", 0, 65535), "t": ("ttl", 0, 255)}
"""Letters of plain numbers: what they set, and its bounds."""


def _take_interval(result: PingOptions, value: str) -> None:
    result.interval = _time(result, value, "timing interval") // MILLISECOND * MILLISECOND


def _take_linger(result: PingOptions, value: str) -> None:
    result.linger = _time(result, value, "linger time")


def _take_deadline(result: PingOptions, value: str) -> None:
    result.deadline = integer("ping", value, 0, INT_MAX) * SECOND or None


def _take_discovery(result: PingOptions, value: str) -> None:
    if value not in PMTU:
        raise UsageError(f"ping: invalid -M argument: {value}")
    result.pmtudisc = PMTU[value]


def _take_stamps(result: PingOptions, value: str) -> None:
    if value not in STAMPS:
        raise UsageError(f"ping: invalid timestamp type: {value}")
    result.stamps = value


def _take_size(result: PingOptions, value: str) -> None:
    result.size = integer("ping", str(integer("ping", value, 0, INT_MAX)), 0, MAX_SIZE, "invalid -s value")


def _take_tos(result: PingOptions, text: str) -> None:
    """Decimal, or hexadecimal with 0x; negative numbers lose their sign bits."""
    try:
        value = int(text, 16 if text[:2] in ("0x", "0X") else 10)
    except ValueError:
        raise UsageError(f"ping: bad TOS value: {text}") from None
    if value > 255:
        raise UsageError(f"ping: the decimal value of TOS bits must be in range 0-255: {value}")
    result.tos = value & 255


def _take_pattern(result: PingOptions, text: str) -> None:
    """-p: up to 16 bytes in hex."""
    wrong = next((at for at, letter in enumerate(text) if letter not in hexdigits), None)
    if wrong is not None:
        raise UsageError("ping: patterns must be specified as hex digits: " + text[wrong:])
    digits = text if len(text) % 2 == 0 else text[:-1] + "0" + text[-1]
    result.pattern = bytes.fromhex(digits)[:16]


def _take_device(result: PingOptions, value: str) -> None:
    result.devices += (value,)


def _take_route(result: PingOptions, _value: str) -> None:
    result.header = RECORD_ROUTE


def _take_family(result: PingOptions, _value: str) -> None:
    result.family = "AF_INET"


def _take_sixth(result: PingOptions, _value: str) -> None:
    result.family = "AF_INET6"


WORDS = {"i": _take_interval, "W": _take_linger, "w": _take_deadline, "M": _take_discovery, "T": _take_stamps,
         "s": _take_size, "Q": _take_tos, "p": _take_pattern, "I": _take_device, "R": _take_route, "4": _take_family,
         "6": _take_sixth}
"""Letters that read a word of their own."""


def _stamp_option(kind: str, hops: list[str]) -> bytes:
    """-T: an option with room for nine times, four times with addresses, or for named addresses."""
    if kind == "tsprespec":
        addresses = [lookup(hop, {}) or 0 for hop in hops] or [0]
        option = b"".join(address.to_bytes(4, "big") + bytes(4) for address in addresses[:4])
    else:
        option = bytes(36 if kind == "tsonly" else 32)
    whole = bytes((68, 4 + len(option), 5, STAMPS[kind])) + option
    return whole + bytes(-len(whole) % 4)


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
    """The address of what is to be pinged (UsageError: nobody knows it)."""
    address = lookup(target, names)
    if address is None:
        raise UsageError(f"ping: {target}: Name or service not known")
    return address
