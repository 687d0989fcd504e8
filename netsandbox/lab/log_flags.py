"""TCP's flags in the frame log's filter: their names alone, and pcap-filter's tests of the byte that holds them."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.wire.names import TCP_FLAGS

BITS = {name.lower(): 1 << bit for bit, name in enumerate(TCP_FLAGS)} | {"push": 8}
LETTERS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128}  # As tcpdump tells them
_SAID = re.compile(r"Flags \[([^]]*)")
_VALUE = r"\(\s*[\w-]+(?:\s*[|+]\s*[\w-]+)*\s*\)|[\w-]+"
RELATION = rf"[tT][cC][pP]\s*\[\s*(?:tcpflags|13)\s*\]\s*(?:&\s*(?:{_VALUE})\s*)?(?:==|=|!=)\s*(?:{_VALUE})"
_PARTS = re.compile(rf"[^]]*\]\s*(?:&\s*({_VALUE})\s*)?(==|=|!=)\s*({_VALUE})")


class FlagTest(NamedTuple):
    """Which flags are looked at, and what they are or are not to be."""

    mask: int
    is_equal: bool
    value: int


def flag_test(text: str) -> FlagTest | None:
    """`tcp[tcpflags] & (tcp-syn|tcp-fin) != 0`; None for anything else, or with a flag that there is not."""
    match = _PARTS.fullmatch(text) if re.fullmatch(RELATION, text) else None
    mask, value = (_value(match[1] or "255"), _value(match[3])) if match is not None else (None, None)
    if match is None or mask is None or value is None:
        return None
    return FlagTest(mask, match[2] != "!=", value)


def _value(text: str) -> int | None:
    found = 0
    for word in re.split(r"[|+]", text.strip("() ")):
        name = word.strip().lower().removeprefix("tcp-")
        bit = BITS.get(name)
        if bit is None and re.fullmatch(r"0x[0-9a-f]{1,2}|[0-9]{1,3}", name) is None:
            return None
        found |= int(name, 0 if name.startswith("0x") else 10) if bit is None else bit
    return found


def flags_said(info: str) -> int | None:
    """The flags in a line of tcpdump's; None where it tells of no segment."""
    said = _SAID.search(info)
    return sum(LETTERS.get(letter, 0) for letter in said[1]) if said is not None else None
