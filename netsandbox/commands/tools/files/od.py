"""od: bytes as numbers and characters (coreutils)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import lcm
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.byte_counts import bytes_of
from netsandbox.commands.tools.inputs import inputs
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import read, table
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.octets import to_bytes

OD = table("od", acts="A|address-radix= a b c d i j|skip-bytes= l N|read-bytes= o s t|format= v|output-duplicates "
                      "w|width? x", refused="B D e F f H h I L O S|strings? X endian= traditional")
USUAL, WHOLE = {"a": "a", "b": "o1", "c": "c", "d": "u2", "i": "d4", "l": "d8", "o": "o2", "s": "d2", "x": "x2"}, 16
"""What an option of one letter stands for; bytes in a row."""
WIDE = "32"  # Of -w alone
KIND = re.compile(r"([ac])(z?)|([doux])([1248CSIL]?)(z?)")
SIZES = {"": 4, "C": 1, "S": 2, "I": 4, "L": 8}
WIDTHS = {"o": {1: 3, 2: 6, 4: 11, 8: 22}, "d": {1: 4, 2: 6, 4: 11, 8: 20}, "u": {1: 3, 2: 5, 4: 10, 8: 20},
          "x": {1: 2, 2: 4, 4: 8, 8: 16}, "a": {1: 3}, "c": {1: 3}}
RADIX = {"d": "07d", "o": "07o", "x": "06x"}
NAMES = ("nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si", "dle",
         "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp")
ESCAPES = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
BLANK, DELETE = 32, 127


class Form(NamedTuple):
    """How bytes are shown: as what, so many at once, and whether the text stands behind."""

    kind: str
    size: int
    has_text: bool

    @property
    def width(self) -> int:
        return WIDTHS[self.kind][self.size]

    def field(self, data: bytes) -> str:
        """Of so many bytes, with zeros for those that are missing."""
        if self.kind == "a":
            byte = data[0] & DELETE
            return "del" if byte == DELETE else NAMES[byte] if byte <= BLANK else chr(byte)
        if self.kind == "c":
            return ESCAPES.get(data[0]) or (chr(data[0]) if BLANK <= data[0] < DELETE else f"{data[0]:03o}")
        number = int.from_bytes(data.ljust(self.size, b"\0"), "little", signed=self.kind == "d")
        return f"{number:{'' if self.kind in 'du' else f'0{self.width}{self.kind}'}}"


@looks()
def od(context: ToolContext, arguments: list[str]) -> ToolResult:
    told = read(OD, arguments)
    asked = [(one.option.name, one.value) for one in told.given]
    kinds = [value if name == "t" else USUAL[name] for name, value in asked if name == "t" or name in USUAL]
    forms = [form for kind in kinds or ["o2"] for form in _forms(kind)]
    skip, count, width = (_number(name, told.values[name] or usual) if name in told else None
                          for name, usual in (("j", ""), ("N", ""), ("w", WIDE)))
    radix, skip = told.values.get("A", "o"), skip or 0
    if radix not in ("d", "o", "x", "n"):
        raise ToolError(1, f"od: invalid output address radix '{radix[:1]}'; it must be one character from [doxn]")
    found, errors = inputs(context, "od", told.operands)
    data = to_bytes("".join(one.text for one in found))
    if skip > len(data):
        raise ToolError(1, "od: cannot skip past end of combined input")
    if errors and not data:
        return ToolResult(1, "", errors)
    unit = lcm(*(form.size for form in forms))
    notes = f"od: warning: invalid width {width}; using {unit} instead\n" if width is not None and (
        not width or width % unit) else ""
    width = unit if notes else width or WHOLE
    data = data[skip:] if count is None else data[skip:skip + count]
    spend(Use.WORK, len(data))
    text = "".join(_rows(data, forms, width, RADIX.get(radix, ""), skip, "v" in told))
    return ToolResult(1 if errors else 0, text, errors + notes)


def _number(option: str, text: str) -> int:
    found = bytes_of(text)
    if found is None:
        raise ToolError(1, f"od: invalid -{option} argument '{text[:40]}'")
    return found


def _forms(text: str) -> list[Form]:
    """`x1z`, or several in one word (ToolError: it is none)."""
    found, at = list[Form](), 0
    while at < len(text) or not text:
        match = KIND.match(text, at)
        if match is None:
            raise ToolError(1, f"od: netsandbox: -t {text[at:][:1]} is not modelled" if text[at:][:1] == "f" else
                            f"od: invalid character '{text[at:][:1]}' in type string '{text[:40]}'")
        kind, size = match[1] or match[3], match[4] or ""
        found.append(Form(kind, 1 if match[1] else SIZES.get(size) or int(size), bool(match[2] or match[5])))
        at = match.end()
    return found


def _rows(data: bytes, forms: list[Form], width: int, radix: str, skip: int, is_all: bool) -> Iterator[str]:
    """A row that is as the one before it is a star, once."""
    blanks, whole = " " * len(f"{0:{radix}}") if radix else "", max(
        (form.width + 1) * (width // form.size) for form in forms)
    before, is_starred = b"", False
    for at in range(0, len(data), width):
        row = data[at:at + width]
        if row == before and not is_all and at + width <= len(data):
            yield "" if is_starred else "*\n"
            is_starred = True
            continue
        before, is_starred = row, False
        address = f"{skip + at:{radix}}" if radix else ""
        for number, form in enumerate(forms):
            yield f"{blanks if number else address}{_fields(row, form, width, whole)}\n"
    if radix:
        yield f"{skip + len(data):{radix}}\n"


def _fields(row: bytes, form: Form, width: int, whole: int) -> str:
    """The row in one form; what several forms have more of blanks is spread between their fields."""
    count = width // form.size
    pad = left = whole - form.width * count
    text = ""
    for number in range(-(-len(row) // form.size)):
        rest = pad * (count - number - 1) // count
        shown = form.field(row[number * form.size:(number + 1) * form.size])
        text, left = text + shown.rjust(form.width + left - rest), rest
    if not form.has_text:
        return text
    shown = "".join(chr(byte) if BLANK <= byte < DELETE else "." for byte in row)
    return f"{text.ljust(whole)}  >{shown}<"
