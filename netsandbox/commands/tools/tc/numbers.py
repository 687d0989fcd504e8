"""Times, rates, sizes and shares as tc writes and reads them (tc/tc_util.c, lib/utils_math.c, lib/utils.c)."""

from __future__ import annotations

import re
from math import inf

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.words import wrong
from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND

TIMES = {"": MICROSECOND, "us": MICROSECOND, "usec": MICROSECOND, "usecs": MICROSECOND, "ms": MILLISECOND,
         "msec": MILLISECOND, "msecs": MILLISECOND, "s": SECOND, "sec": SECOND, "secs": SECOND, "ns": 1}
RATES = {"": 1, "bit": 1, "kbit": 10**3, "mbit": 10**6, "gbit": 10**9, "tbit": 10**12, "bps": 8, "kbps": 8 * 10**3,
         "mbps": 8 * 10**6, "gbps": 8 * 10**9, "kibit": 1024, "mibit": 1024**2, "gibit": 1024**3}
SIZES = {"": 1, "b": 1, "k": 1024, "kb": 1024, "m": 1024**2, "mb": 1024**2, "g": 1024**3, "gb": 1024**3,
         "kbit": 128, "mbit": 128 * 1024}
NUMBER = re.compile(r"(\d+(?:\.\d*)?)([A-Za-z]*)", re.ASCII)
CLASSID = re.compile(r"(?:0x)?([0-9a-fA-F]*)(?::([0-9a-fA-F]*))?", re.ASCII)
ROOT = 0xFFFFFFFF
ROOT_OR_NONE = {"root": ROOT, "none": 0}
PERCENT = re.compile(r"(\d+(?:\.\d*)?)%?", re.ASCII)


def _scaled(word: str, units: dict[str, int], complaint: ToolError) -> int:
    found = NUMBER.fullmatch(word)
    if found is None or found[2].lower() not in units:
        raise complaint
    value = float(found[1]) * units[found[2].lower()]
    if value == inf:
        raise complaint
    return round(value)


def time(word: str, complaint: ToolError) -> int:
    return _scaled(word, TIMES, complaint)


def rate(word: str, complaint: ToolError) -> int:
    """In bits a second."""
    return _scaled(word, RATES, complaint)


def size(word: str, complaint: ToolError) -> int:
    return _scaled(word, SIZES, complaint)


def percent(word: str, complaint: ToolError) -> float:
    found = PERCENT.fullmatch(word)
    if found is None or float(found[1]) > 100:
        raise complaint
    return float(found[1]) / 100


def classid_of(word: str) -> int | None:
    """get_tc_classid: 16 bits of a discipline's handle and 16 of a class's number, all hexadecimal."""
    if word in ROOT_OR_NONE:
        return ROOT_OR_NONE[word]
    found = CLASSID.fullmatch(word)
    major, minor = (int(part or "0", 16) for part in found.groups()) if found is not None else (1 << 16, 0)
    if found is not None and ":" not in word:
        return major if major < 1 << 32 else None
    return major << 16 | minor if max(major, minor) < 1 << 16 else None


def qdisc_handle(word: str, what: str = "qdisc ID") -> int:
    """get_qdisc_handle; what stands behind the colon is not looked at."""
    text = "0" if word == "none" else word.partition(":")[0]
    if not re.fullmatch(r"(0x)?0*[0-9a-fA-F]{1,4}", text):
        raise wrong(word, f"invalid {what}")
    return int(text, 16)


def shown_classid(number: int) -> str:
    """print_tc_classid."""
    if number in ROOT_OR_NONE.values():
        return "root" if number else "none"
    major, minor = number >> 16, number & 0xFFFF
    return f"{f'{major:x}' if major else ''}:{f'{minor:x}' if minor else ''}"


def illegal(what: str) -> ToolError:
    return ToolError(1, f'Illegal "{what}"')


def shown_time(nanoseconds: int) -> str:
    if nanoseconds >= SECOND:
        return f"{nanoseconds / SECOND:.3g}s"
    if nanoseconds >= MILLISECOND:
        return f"{nanoseconds / MILLISECOND:.3g}ms"
    return f"{nanoseconds / MICROSECOND:.3g}us"


def shown_percent(share: float) -> str:
    return f"{share * 100:g}%"


def shown_rate(bits: int) -> str:
    """print_rate: in the largest unit that leaves no rest, or that leaves more than three digits."""
    for unit in ("", "K", "M", "G"):
        if bits < 1000 or (bits % 1000 and bits < 1000 * 1000):
            return f"{bits}{unit}bit"
        bits //= 1000
    return f"{bits}Tbit"


def shown_size(octets: int) -> str:
    """print_size: near enough is good enough."""
    for unit, slack, word in ((1024**2, 1024, "Mb"), (1024, 16, "Kb")):
        if octets >= unit and abs(round(octets / unit) * unit - octets) < slack:
            return f"{round(octets / unit)}{word}"
    return f"{octets}b"
