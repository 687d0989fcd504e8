"""What a match or a target declares: its name and its options, each with how it is read and written.

The parser, the printers and the walk all read these declarations: a new match
is one class.  The texts are those of iptables' own extensions (libxt_NAME.c).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.head import Fields, Head
from netsandbox.linux.netfilter.protocols import port_text
from netsandbox.linux.netfilter.rule import Target
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.services import port_number

PLAIN = re.compile(r"[A-Za-z0-9_-]+")
SPECIAL = re.compile(r"""[\\"']""")
WORD = 0xFFFFFFFF


class UsageError(Exception):
    """A rule that iptables refuses before the kernel sees it."""


class ImpossibleError(Exception):
    """A rule that the kernel refuses: an errno name."""

    def __init__(self, errno: str) -> None:
        super().__init__(errno)
        self.errno = errno


class UnfitError(ImpossibleError):
    """A rule that the kernel would refuse, and nf_tables' iptables does before: its words for that."""

    def __init__(self, words: str) -> None:
        super().__init__("EINVAL")
        self.words = words


class Option(NamedTuple):
    """One option of an extension."""

    flag: str
    read: Callable[[str], Any] | None = None  # from its argument; None: it takes none
    write: Callable[[Any], str] = str  # as iptables-save writes the value
    can_negate: bool = True  # `!` may stand before it
    words: int = 1  # how many arguments it takes
    needed: bool = False  # a rule without it is refused
    aliases: tuple[str, ...] = ()  # other spellings
    excludes: tuple[str, ...] = ()  # other options that cannot stand beside it


def only_one(name: str, given: dict[str, Given], flags: tuple[str, ...]) -> None:
    """Of these options, in the order of the extension's own table, no two may stand together (UsageError: two of them
    do)."""
    found = [flag for flag in flags if flag in given]
    if len(found) > 1:
        raise UsageError(f'{name}: option "{found[0]}" cannot be used together with "{found[1]}".\n')


class Given(NamedTuple):
    """An option as a rule has it."""

    negated: bool
    value: Any


class Extension:
    """What matches and targets have in common (given: its options, by flag)."""

    name: str
    options: ClassVar[tuple[Option, ...]] = ()
    needs_tracking: bool = False
    needs_one: ClassVar[str] = ""  # What is said where none of its options is there; empty for one that needs none

    def __init__(self, given: dict[str, Given]) -> None:
        self.given = given
        self.prepare()

    def prepare(self) -> None:
        """Work out what every packet would ask for."""

    @staticmethod
    def warning(_given: Given, _text: str) -> str:
        """What iptables says of an option's value that it takes all the same."""
        return ""

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        """Refuse what makes no sense; defaults may be added (UsageError: in iptables' words)."""
        for option in cls.options:
            if option.needed and option.flag not in given:
                raise UsageError(f'{cls.name}: option "{option.flag}" must be specified\n')
            for other in option.excludes if option.flag in given else ():
                if other in given:
                    raise UsageError(f'{cls.name}: option "{option.flag}" cannot be used together with "{other}".\n')
        if cls.needs_one and not given:
            raise UsageError(cls.needs_one)

    @classmethod
    def admit(cls, flag: str, text: str, head: Head) -> None:
        """Refuse an option's value before it is read, by what the line has said until then (UsageError: in iptables'
        words)."""

    def value(self, flag: str) -> Any:
        """What an option says, or None."""
        found = self.given.get(flag)
        return None if found is None else found.value

    def written(self) -> str:
        """Its options as iptables-save writes them."""
        words = []
        for option in self.options:
            found = self.given.get(option.flag)
            if found is not None:
                words.append("! " * found.negated + option.flag)
                words += [option.write(found.value)] if option.read is not None else []
        return " ".join(word for word in words if word)


class Match(Extension):
    """A match: what -m loads."""

    hooks: ClassVar[frozenset[Hook] | None] = None  # those that it may be asked at; None: all
    tables: ClassVar[frozenset[str] | None] = None  # those that it may stand in; None: all
    needs_counts: bool = False  # What connections carry has to be counted

    @classmethod
    def hooks_of(cls, _given: dict[str, Given]) -> frozenset[Hook] | None:
        """Where a match with such options may be asked; None: everywhere."""
        return cls.hooks

    @property
    def text(self) -> str:
        return f"-m {self.name} {self.written()}".rstrip()

    @property
    def looks_at(self) -> Fields:
        """See netsandbox.linux.netfilter.head.Condition."""
        return None

    def listed(self, numeric: bool) -> str:
        """Its part of `iptables -L`."""
        raise NotImplementedError

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        """Whether a packet fulfils it (struct xt_match)."""
        raise NotImplementedError

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        """What the packet has there."""
        return ""


class Action(Extension, Target):
    """A target with options of its own: what -j names (struct xt_target)."""

    @property
    def text(self) -> str:
        return self.written()

    def listed(self, _numeric: bool) -> str:
        return ""


# -- reading values

class Span(NamedTuple):
    """From a number to a number."""

    low: int
    high: int

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.low <= number <= self.high


def quoted(text: str) -> str:
    """A text as xtables_save_string writes it."""
    if PLAIN.fullmatch(text):
        return text
    return '"' + SPECIAL.sub(r"\\\g<0>", text) + '"'


def read_port(text: str) -> int:
    number = port_number(text)
    if number is None:
        raise UsageError(f"invalid port/service `{text}' specified")
    return number


def read_ports(text: str) -> Span:
    """`80`, `80:90`, `:90`, `80:`, and names."""
    low, colon, high = text.partition(":")
    if not colon:
        return Span(read_port(text), read_port(text))
    span = Span(read_port(low) if low else 0, read_port(high) if high else 65535)
    if span.high < span.low:
        raise UsageError("invalid portrange (min > max)")
    return span


def read_named_ports(text: str) -> Span:
    """The same where iptables asks the resolver, which takes numbers of any size (XTTYPE_PORTRC)."""
    low, colon, high = text.partition(":")
    span = Span(_resolved(low) if low or not colon else 0, _resolved(high) if high else 65535)
    span = span if colon else Span(span.low, span.low)
    if span.high < span.low:
        raise UsageError(f"Port range {low}-{high} is negative.\n")
    return span


def _resolved(text: str) -> int:
    found = int(text) & 0xFFFF if re.fullmatch(r"[0-9]{1,18}", text) else port_number(text)
    if found is None:
        raise UsageError(f'Port "{text}" does not resolve to anything.\n')
    return found


def write_span(span: Span, separator: str = ":") -> str:
    return str(span.low) if span.low == span.high else f"{span.low}{separator}{span.high}"


def list_ports(name: str, found: Given | None, numeric: bool, protocol: str = "tcp") -> str:
    """`dpt:80`, `dpts:80:90`, `dpts:!80:90`."""
    if found is None:
        return ""
    low, high = found.value
    ports = ":".join(port_text(port, numeric, protocol) for port in dict.fromkeys((low, high)))
    return f" {name}{'s' * (low != high)}:{'!' * found.negated}{ports}"


class BadValueError(UsageError):
    """A value that an option does not take; what is told of it begins with the extension's and the option's name."""


def number(low: int, high: int) -> Callable[[str], int]:
    """A reader of one number."""
    return _Number(low, high)


class _Number:
    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, text: str) -> int:
        found = as_number(text)
        if found is None or not self.low <= found <= self.high:
            raise BadValueError(f"bad value for option OPTION, or out of range ({self.low}-{self.high}).\n")
        return found


def bounded_span(most: int, is_open: bool = False) -> Callable[[str], Span]:
    """A reader of `LOW[:HIGH]`; where it is open, a number alone means "and more"."""
    return _BoundedSpan(most, is_open)


class _BoundedSpan:
    def __init__(self, most: int, is_open: bool) -> None:
        self.most, self.is_open = most, is_open

    def __call__(self, text: str) -> Span:
        low, colon, high = text.partition(":")
        first = self._number(low, 0) if low or not colon else 0
        if not colon:
            return Span(first, self.most if self.is_open else first)
        return Span(first, self._number(high, first) if high else self.most)

    def _number(self, text: str, low: int) -> int:
        found = as_number(text)
        if found is None or not low <= found <= self.most:
            raise BadValueError(f'bad value for option OPTION near "{text}", or out of range ({low}-{self.most}).\n')
        return found


def as_number(text: str) -> int | None:
    """A number in C's notation: decimal, 0x and 0."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", text):
        return int(text, 16)
    if re.fullmatch(r"0[0-7]{1,20}", text):
        return int(text, 8)
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else None


class MarkValue(NamedTuple):
    value: int
    mask: int


def read_mark(text: str) -> MarkValue:
    """`VALUE[/MASK]`."""
    first, rest = _number_before(text)
    second, rest = _number_before(rest[1:]) if rest.startswith("/") else (WORD, rest)
    if first is None or second is None or max(first, second) > WORD:
        raise BadValueError("bad integer value for option OPTION, or out of range.\n")
    if rest:
        raise BadValueError("trailing garbage after value for option OPTION.\n")
    return MarkValue(first, second)


def _number_before(text: str) -> tuple[int | None, str]:
    """The number that a text begins with, None where it begins with none; and what stands behind it (strtoul)."""
    match = re.match("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}", text)
    if match is None:
        return None, text
    digits = match[0]
    if digits.startswith("0") and not digits.startswith(("0x", "0X")):
        digits = digits[:len(digits) - len(digits.lstrip("01234567"))] if digits.lstrip("01234567") else digits
    return as_number(digits), text[len(digits):]


def read_bits(text: str) -> MarkValue:
    """A number alone."""
    return MarkValue(number(0, WORD)(text), WORD)


def write_mark(mark: MarkValue) -> str:
    return f"{mark.value:#x}" if mark.mask == WORD else f"{mark.value:#x}/{mark.mask:#x}"


def read_address_range(text: str) -> Span:
    """`ADDRESS` or `ADDRESS-ADDRESS`."""
    first, dash, last = text.partition("-")
    return Span(_end(first), _end(last if dash else first))


def _end(text: str) -> int:
    try:
        return parse_ipv4(text)
    except AddressError:
        raise BadValueError(f'Bad value for OPTION option: "{text}"') from None
