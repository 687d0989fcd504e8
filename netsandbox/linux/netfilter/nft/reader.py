"""A rule's words as nft reads them one after another, and its values as nft lists them."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.netfilter.extension import Match
from netsandbox.linux.netfilter.nft.elements import Arrange
from netsandbox.linux.netfilter.nft.tokens import VALUES, NftError, token
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES
from netsandbox.linux.netfilter.rule import Target
from netsandbox.wire.services import port_number

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.line import Line


NEGATIVE = "Range negative size"
HEXADECIMAL = re.compile("0[xX][0-9a-fA-F]{1,8}")
Choices = tuple[str, list[list[str]], bool]
"""A condition of which one of several must hold: as it is listed, each in iptables' words, whether it is negated."""


class Step(NamedTuple):
    """One expression or statement of a rule."""

    word: str  # that it begins with
    said: str  # as it is listed
    out: list[str]  # what iptables would be told; with `-j` where it is a verdict
    first: list[list[str] | Target]  # the same of what it does before a verdict, or that itself
    sets: list[Choices | Match]  # conditions of which one of several must hold, and those that are nft's own


class Reader:
    """Reads a rule's words."""

    def __init__(self, words: list[str], line: Line, is_inet: bool) -> None:
        self.words = list(words)
        self.is_inet = is_inet  # the table is of both families
        self.line = line
        self.out: list[str] = []  # what iptables would be told
        self.said: list[str] = []  # the rule as nft lists it
        # the same of what is done before a verdict, for each of which iptables has a rule of its own
        self.first: list[list[str] | Target] = []
        # conditions of which one of several must hold, and those that are nft's own
        self.sets: list[Choices | Match] = []
        self.steps: list[Step] = []  # all of it in the order in which it was told
        self.is_mixed = False  # a condition stands behind a statement
        self.protocol = ""  # the one that has been asked for by now

    @property
    def place(self) -> int:
        """Where in the line the next word stands."""
        return len(self.line.words) - len(self.words)

    def take(self, expecting: str = "") -> str:
        if not self.words:
            raise self.line.complaint(f"syntax error, unexpected newline{', expecting ' * bool(expecting)}{expecting}",
                                      len(self.line.words))
        return self.words.pop(0)

    def value(self) -> tuple[list[str], str, bool]:
        """(`!` if it is negated, a value: one word, a range, or what braces hold; whether braces held it)."""
        word, negated = self.take(), []
        if word in ("!=", "=="):
            negated, word = (["!"] if word == "!=" else []), self.take()
        if word.startswith("@") or word in ("vmap", "map", "."):
            raise NftError(f"netsandbox: nft: sets and maps are not modelled ({word})\n")
        kind = token(word)[0]
        if kind.isalpha() and kind not in VALUES:
            raise self.line.complaint(f"syntax error, unexpected {kind}", self.place - 1)
        is_set = word.startswith("{")
        if is_set:
            while not word.endswith("}"):
                word += self.take()
            word = word.strip("{}").replace(" ", "")
        while self.words and (word.endswith(",") or self.words[0].startswith(",")):
            word += self.take()
        return negated, word.replace('"', ""), is_set

    def asked(self, name: str, show: Callable[[str], str] = str,
              arrange: Arrange = list) -> tuple[list[str], str]:
        """(`!` if it is negated, a value), said as `NAME VALUE`.

        Args:
            show: how nft lists a value.
            arrange: puts several in their order, and joins what nft joins.
        """
        at = self.place + (self.words[:1] in (["!="], ["=="]))
        negated, word, is_set = self.value()
        word = ",".join(low if dash and low == high else part  # a range of one is that one
                        for part in word.split(",") for low, dash, high in [part.partition("-")])
        parts = [show(part) for part in word.split(",")]
        for part, typed in zip(parts, word.split(","), strict=True):
            low, _dash, high = part.partition("-")
            if low.isdecimal() and high.isdecimal() and int(high) < int(low):
                raise self.line.complaint_of(NEGATIVE, typed, at)
        parts = arrange(list(dict.fromkeys(parts)))
        text = f"{{ {', '.join(parts)} }}" if is_set and "," in word else ",".join(parts)
        self.said.append(f"{name} {'!= ' * bool(negated)}{text}")
        return negated, word

    def compared(self, name: str, show: Callable[[str], str], most: int) -> str | None:
        """`> 1024` and the like as a range of numbers up to the largest, said as `NAME > VALUE`; None: it is none."""
        if not self.words or self.words[0] not in ("<", ">", "<=", ">="):
            return None
        sign, word = self.take(), show(self.take())
        if not word.isdecimal():
            raise self.not_modelled(f"{name} {sign} {word}")
        number = int(word)
        low, high = (number + (sign == ">"), most) if ">" in sign else (0, number - (sign == "<"))
        if low > high:
            raise self.not_modelled(f"{name} {sign} {word}")
        self.said.append(f"{name} {sign} {word}")
        return f"{low}-{high}"

    def one_of(self, negated: list[str], choices: list[list[str]]) -> None:
        """The condition that was said last: one choice is iptables' own, of several one must hold."""
        if len(choices) > 1:
            self.sets.append((self.said[-1], choices, bool(negated)))
        else:
            *before, flag, value = choices[0]
            self.out += [*before, *negated, flag, value]

    def keep(self, said: str, condition: Match) -> None:
        """A condition of nft's own."""
        self.said.append(said)
        self.sets.append(condition)

    def never(self, what: str) -> None:
        """A condition on IPv6's headers, which no packet of IPv4 has."""
        self.said.append(what)
        self.sets.append((what, [], False))

    def use_protocol(self, name: str) -> None:
        """A field of a protocol is asked for, which says that it is that one."""
        has_acted = any(one.first or one.word == "counter" for one in self.steps)
        if not has_acted:
            self.said = [one for one in self.said if one not in (f"ip protocol {name}", f"meta l4proto {name}")]
        if self.protocol != name:
            self.protocol = name
            self.out += ["-p", name]

    def not_modelled(self, what: str) -> NftError:
        return NftError(f"netsandbox: nft: '{what}' is not modelled; iptables cannot say it\n")


def is_of_ipv4(reader: Reader) -> bool:
    """A condition by now that only a packet of IPv4 fulfils."""
    return any(one.startswith(("ip ", "icmp ", "meta nfproto ipv4", "meta protocol ip")) for one in reader.said)


def address(text: str) -> str:
    """Without the bits behind its mask; the one name that each host knows as a number."""
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(IPv4Network(text, strict=False)) if "/" in text else text
    except ValueError:
        return text


def check_addresses(reader: Reader, text: str, at: int) -> None:
    """Those that are written in numbers, of which `text` has some, the first at a place; names are not looked up
    (NftError: as nft complains of them)."""
    for part in text.split(","):
        start, dash, end = part.partition("-")
        numbers, mask = [start, end] if dash else [start.partition("/")[0]], start.partition("/")[2]
        if not all(number.replace(".", "").isdecimal() for number in numbers):
            continue
        if not all(map(_is_address, numbers)):
            raise reader.line.complaint_of("Could not resolve hostname: Name or service not known", part, at)
        if mask.isdecimal() and int(mask[:9]) > 32:
            raise reader.line.complaint_of(f"Prefix length {mask[:9]} is invalid for type of 32 bits width", part, at)
        if dash and IPv4Address(end) < IPv4Address(start):
            raise reader.line.complaint_of(NEGATIVE, part, at)


def _is_address(text: str) -> bool:
    try:
        return bool(str(IPv4Address(text)))
    except ValueError:
        return False


def protocol_name(text: str) -> str:
    return PROTOCOL_NAMES.get(int(text), text) if text.isdecimal() else text


def protocols(names: list[str]) -> list[str]:
    """By their numbers."""
    numbers = {name: number for number, name in PROTOCOL_NAMES.items()}
    return sorted(names, key=lambda name: numbers.get(name, 0))


def port(text: str) -> str:
    low, dash, high = text.partition("-")
    if dash and low.isdecimal():
        return f"{low}-{port(high)}"
    number = int(text, 16) if HEXADECIMAL.fullmatch(text) else port_number(text)
    return text if number is None else str(number)
