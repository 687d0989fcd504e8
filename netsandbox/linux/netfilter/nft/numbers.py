"""Numbers of a packet that nft compares with a value, a range, some of both or a part of its bits.

nft_payload.c, nft_ct.c, nft_bitwise.c, nft_cmp.c, nft_range.c: where a packet has no such number, the rule is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Match, Span, as_number
from netsandbox.linux.netfilter.head import Fields
from netsandbox.linux.netfilter.nft.elements import joined
from netsandbox.linux.netfilter.nft.tokens import token

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.reader import Reader

Read = Callable[["NetworkNamespace", "SocketBuffer"], int | None]
NO_NAMES: Mapping[str, int] = {}
RANGES = {"<": (0, -1), "<=": (0, 0), ">": (1, 0), ">=": (0, 0)}
"""What is added to the value where it is the lower end, and where it is the upper one."""
SPELLED = {"lt": "<", "gt": ">", "le": "<=", "ge": ">="}
MASKS = ("&", "and")


class Field(NamedTuple):
    """A number that a packet has."""

    read: Read  # it; None where the packet has none
    most: int  # the largest
    form: str = "d"  # how it is listed
    names: Mapping[str, int] = NO_NAMES  # what values are called; `is_named`: in listings too
    is_named: bool = False
    # wrong, too_large: what is said of a word that is none, and of a number beyond the largest
    wrong: str = "Could not parse integer"
    too_large: str = "Value {number} exceeds valid range 0-{most}"
    is_tracked: bool = False  # a connection has it
    looks_at: Fields = None  # see netsandbox.linux.netfilter.head.Condition

    def number(self, text: str) -> int | None:
        found = self.names.get(text)
        return found if found is not None else as_number(text)

    def write(self, number: int, is_range: bool = False) -> str:
        names = self.names.items() if self.is_named and not is_range else ()
        return next((name for name, value in names if value == number), format(number, self.form))


UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")


def milliseconds(text: str) -> int | None:
    """`1m30s`; None: it is no such thing."""
    read = DURATION.fullmatch(text) if text else None
    return None if read is None else sum(int(part or 0) * unit for part, unit in zip(read.groups(), UNITS.values(),
                                                                                     strict=True))


class Duration(Field):
    """Milliseconds, told as `1m30s`."""

    def number(self, text: str) -> int | None:
        return int(text) * UNITS["s"] if text.isdecimal() else milliseconds(text)

    def write(self, number: int, is_range: bool = False) -> str:
        if is_range:
            return f"{number // UNITS['s']}s"
        text = ""
        for name, unit in UNITS.items():
            text += f"{number // unit}{name}" if number >= unit else ""
            number %= unit
        return text or "0s"


class Said(Match):
    """A condition that no option of iptables' can say, in nft's words."""

    name = "nft"

    def __init__(self, said: str) -> None:
        super().__init__({})
        self.said = said

    @property
    def text(self) -> str:
        return self.said

    def listed(self, _numeric: bool) -> str:
        return self.said


class Numbers(Said):
    """`ip length > 100`, `ip dscp { cs1, ef }`, `tcp flags & (syn | ack) == syn`."""

    def __init__(self, said: str, field: Field, spans: tuple[Span, ...], negated: bool, mask: int = -1) -> None:
        super().__init__(said)
        self.field, self.spans, self.negated, self.mask = field, spans, negated, mask
        self.needs_tracking = field.is_tracked

    @property
    def looks_at(self) -> Fields:
        return self.field.looks_at

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        found = self.field.read(namespace, buffer)
        return found is not None and any(found & self.mask in span for span in self.spans) is not self.negated

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        found = self.field.read(namespace, buffer)
        return "none" if found is None else self.field.write(found)


def ask(reader: Reader, name: str, field: Field) -> None:
    """Read what a number is compared with, and ask for it."""
    mask, said = -1, name
    if reader.words[:1] and reader.words[0] in MASKS:
        reader.take()
        mask, = numbers_of(reader, field, [reader.take()], reader.place - 1)[0]
        said = f"{name} & {field.write(mask, is_range=True)}"
    sign = SPELLED.get(reader.words[0], reader.words[0]) if reader.words else ""
    if sign in RANGES:
        spans, said = _beyond(reader, field, sign, said)
        reader.keep(said, Numbers(said, field, spans, False, mask))
        return
    at = reader.place + (reader.words[:1] in (["!="], ["=="]))
    negated, word, is_set = reader.value()
    spans = tuple(joined(Span(found[0], found[-1]) for found in numbers_of(reader, field, word.split(","), at)))
    parts = ["-".join(field.write(end, len({*span}) > 1) for end in dict.fromkeys(span)) for span in spans]
    text = f"{{ {', '.join(parts)} }}" if is_set and "," in word else ",".join(parts)
    said += " != " if negated else " == " if mask >= 0 else " "
    reader.keep(f"{said}{text}", Numbers(f"{said}{text}", field, spans, bool(negated), mask))


def _beyond(reader: Reader, field: Field, sign: str, said: str) -> tuple[tuple[Span, ...], str]:
    """`> 1024` and the like."""
    reader.take()
    (number,), = numbers_of(reader, field, [reader.take()], reader.place - 1)
    low, high = RANGES[sign]
    spans = (Span(number + low, field.most),) if ">" in sign else (Span(0, number + high),)
    return spans, f"{said} {sign} {field.write(number)}"


def numbers_of(reader: Reader, field: Field, parts: list[str], at: int) -> list[tuple[int, ...]]:
    """The numbers of each part, one or the two ends of a range."""
    found = []
    for part in parts:
        is_range = "-" in part and part not in field.names
        ends = tuple(field.number(end) for end in (part.split("-", 1) if is_range else [part]))
        numbers = tuple(end for end in ends if end is not None)
        if len(numbers) < len(ends):
            kind = token(part)[0]
            if kind in ("string", "number"):
                raise reader.line.complaint_of(field.wrong, part, at)
            raise reader.line.complaint(f"syntax error, unexpected {kind}", at)
        if max(numbers) > field.most:
            raise reader.line.complaint_of(field.too_large.format(number=max(numbers), most=field.most), part, at)
        if len(numbers) > 1 and numbers[1] < numbers[0]:
            raise reader.line.complaint_of("Range negative size", part, at)
        found.append(numbers)
    return found


# -- bits with names

def ask_bits(reader: Reader, name: str, field: Field) -> None:
    """`tcp flags syn,ack`, of which one is enough, `! fin,syn`, `& (fin | syn) == syn`, `{ syn, syn | ack }`."""
    sign = reader.take() if reader.words[:1] and reader.words[0] in ("!", "==", "!=", *MASKS) else ""
    if reader.words[:1] == ["{"]:
        _bits_of_set(reader, name, field, sign)
        return
    first = _bits(reader, field, sign not in MASKS)
    mask, wanted, negated = -1, first, sign == "!="
    if sign in MASKS:
        mask, comparison = first, reader.take()
        negated = comparison == "!="
        wanted = _bits(reader, field, True) if comparison in ("==", "!=") else _bits(reader, field, True, comparison)
    elif reader.words[:1] == ["/"]:
        reader.take()
        mask = _bits(reader, field, True)
    elif not sign or sign == "!":
        mask, wanted, negated = first, 0, not sign
    said = f"{name} {_told(field, mask, wanted, negated)}"
    reader.keep(said, Numbers(said, field, (Span(wanted, wanted),), negated, mask))


def _bits_of_set(reader: Reader, name: str, field: Field, sign: str) -> None:
    text = ""
    while not text.endswith("}"):
        text += reader.take()
    each = [_number_of_bits(reader, field, part, reader.place - 1) for part in text.strip("{}").split(",")]
    parts = [_names(field, bits, " | ") for bits in sorted({*each}, key=_lowest_bit)]
    told = f"{{ {', '.join(parts)} }}" if len(each) > 1 else parts[0]
    said = f"{name} {'!= ' * (sign == '!=')}{told}"
    reader.keep(said, Numbers(said, field, tuple(Span(bits, bits) for bits in each), sign == "!="))


def _lowest_bit(bits: int) -> int:
    return bits & -bits


def _told(field: Field, mask: int, wanted: int, negated: bool) -> str:
    if mask >= 0 and not wanted:
        return f"{'' if negated else '! '}{_names(field, mask, ',')}"
    sign = "!=" if negated else "=="
    if mask < 0:
        is_one = wanted in field.names.values()
        return f"{sign} {_names(field, wanted, ' | ') if is_one or field.is_named else hex(wanted)}"
    masked = _names(field, mask, " | ")
    return f"& {f'({masked})' if '|' in masked else masked} {sign} {_names(field, wanted, ' | ')}"


def _names(field: Field, bits: int, separator: str) -> str:
    return separator.join(name for name, bit in field.names.items() if bits & bit)


def _bits(reader: Reader, field: Field, has_commas: bool, first: str = "") -> int:
    """Names with `|` or `,` between them, perhaps in brackets, or a number."""
    at, text = reader.place - bool(first), first or reader.take()
    while reader.words and (text[-1] in "(|," or reader.words[0][0] in ")|,"):
        text += reader.take()
    if "," in text and not has_commas:
        closing = ", expecting ')'" * text.startswith("(")
        raise reader.line.complaint(f"syntax error, unexpected comma{closing}", at, offset=text.index(","))
    return _number_of_bits(reader, field, text, at)


def _number_of_bits(reader: Reader, field: Field, text: str, at: int) -> int:
    bits = 0
    for name in text.strip("()").replace("|", ",").split(","):
        number = field.number(name)
        if number is None:
            kind = token(name)[0] if name else "newline"
            offset = text.index(name)
            raise reader.line.complaint(field.wrong if kind == "string" else f"syntax error, unexpected {kind}", at,
                                        offset=offset, until=len(name) if offset else -1)
        bits |= number
    return bits
