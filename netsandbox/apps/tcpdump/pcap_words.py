"""The words of a pcap filter expression, and the values that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.wire.addresses import AddressError, parse_ipv4, prefix_mask
from netsandbox.wire.services import service

MAX_WORDS = 500
SIGNS = ("&&", "||", "<<", ">>", "!=", "<=", ">=", "==", *"()[]:+-*/%&|^<>=!")
_SYNONYMS = {"&&": "and", "||": "or", "!": "not", "==": "="}
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?:([:.-])[0-9a-fA-F]{1,2})(?:\1[0-9a-fA-F]{1,2}){4}|"
                  r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}|[0-9a-fA-F]{12}", re.ASCII)
_WORD = r"(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}(?![\w:])|\\?[A-Za-z0-9](?:[-.\w]*[.A-Za-z0-9])?"
_TOKEN = re.compile(rf"\s*(?:({_WORD})|({'|'.join(re.escape(sign) for sign in SIGNS)})|(\S))", re.ASCII)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,8}|[0-9]{1,40}", re.ASCII)
TYPES = ("host", "net", "port", "portrange", "proto")
KEYWORDS = frozenset({
    "and", "or", "not", "src", "dst", *TYPES, "gateway", "mask", "less", "greater", "len", "length",
    "broadcast", "multicast", "inbound", "outbound", "ether", "link", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp",
    "icmp6", "igmp", "sctp", "igrp", "esp", "ah", "pim", "vrrp", "carp", "vlan", "stp"})
"""Words that are no host's name unless a backslash stands before them."""
NOT_MODELLED = frozenset({"mpls", "pppoed", "pppoes", "iso", "llc", "ipx", "netbeui", "geneve", "decnet", "fddi", "tr",
                          "wlan", "ifname", "ruleset", "protochain"})
"""Words of libpcap's language that stand for what no lab has."""


class Qualifiers(NamedTuple):
    """What stands before a value: `tcp dst port`."""

    protocol: str
    direction: str  # src, dst, and (both), or (either), or empty
    type: str  # one of TYPES, or empty, which means host

    @property
    def is_given(self) -> bool:
        """Whether a value must follow."""
        return bool(self.direction or self.type)


class Tokens:
    """The words and signs of an expression, read from left to right (FilterError: a character that no expression
    has)."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.at = 0
        for match in _TOKEN.finditer(text):
            word, sign, other = match.groups()
            if other is not None:
                raise FilterError.syntax(other)
            self.words.append(word or _SYNONYMS.get(sign, sign))
            if len(self.words) > MAX_WORDS:
                raise FilterError(f"expression too long: more than {MAX_WORDS} words")

    def peek(self, ahead: int = 0) -> str:
        """A word that is still to come; empty behind the end."""
        at = self.at + ahead
        return self.words[at] if at < len(self.words) else ""

    def take_if(self, *words: str) -> str | None:
        """The next word, if it is one of these."""
        word = self.peek()
        if word in words:
            self.at += 1
            return word
        return None

    def take(self, word: str) -> None:
        if self.take_if(word) is None:
            raise FilterError.syntax(self.peek())

    def next_word(self) -> str:
        """The next word, if it is a value and no keyword or sign."""
        word = self.peek()
        if word in NOT_MODELLED:
            raise FilterError(f"'{word}' is not modelled", word)
        if word == "gateway":
            is_number = _NUMBER.match(self.peek(1))
            raise FilterError("'gateway' requires a name" if is_number else
                              "'gateway' not supported in this configuration", word)
        if not word or word in KEYWORDS or word in SIGNS:
            raise FilterError.syntax(word)
        self.at += 1
        return word

    def is_operand_next(self) -> bool:
        """Whether a value without qualifiers of its own comes next."""
        ahead = 0
        while self.peek(ahead) in ("not", "("):
            ahead += 1
        word, behind = self.peek(ahead), self.peek(ahead + 1)
        if not word or word in KEYWORDS or word in SIGNS or word in NOT_MODELLED:
            return False
        return behind in ("", ")", "and", "or", "mask", "/")

    def closing(self) -> int:
        """How far ahead the word behind the parenthesis stands that begins next."""
        ahead, depth = 0, 0
        while self.peek(ahead):
            depth += (self.peek(ahead) == "(") - (self.peek(ahead) == ")")
            ahead += 1
            if depth == 0:
                break
        return ahead

    def qualifiers(self, protocol: str) -> Qualifiers:
        """Direction and type."""
        direction = self.take_if("src", "dst") or ""
        if direction and self.peek() in ("and", "or") and self.peek(1) in ("src", "dst") and self.peek(1) != direction:
            direction = self.peek()
            self.at += 2
        return Qualifiers(protocol, direction, self.take_if(*TYPES) or "")

    # -- values

    def number(self) -> int:
        return parse_number(self.next_word())

    def mac(self) -> int:
        word = self.next_word()
        match = _MAC.fullmatch(word)
        if match is None:
            raise FilterError("illegal link layer address", word)
        parts = re.split("[:.-]", match[0])
        width = 2 if len(parts) == 6 else len(parts[0])
        return int("".join(part.zfill(width) for part in parts), 16)

    def hosts(self, names: Mapping[str, Sequence[int]]) -> list[tuple[int, int]]:
        """(address, mask) of a host, by name or number."""
        word = self.next_word()
        if self.peek() == "/":
            raise FilterError("Mask syntax for networks only", word)
        word = word.removeprefix("\\")
        if word in names:
            return [(address, 0xFFFFFFFF) for address in names[word]]
        if _MAC.fullmatch(word) and ":" in word:
            raise FilterError("ethernet address used in non-ether expression", word)
        if _NUMBER.fullmatch(word):
            return [(parse_number(word), 0xFFFFFFFF)]
        return [_address(word, "host")]

    def network(self) -> tuple[int, int]:
        """(address, mask) of a network: 10, 172.17, 172.17.0.0/16, or with `mask`."""
        word = self.next_word()
        number, short = _address(word, "network")
        text, mask = word, short
        if self.take_if("/"):
            length = self.next_word()
            text = f"{word}/{length}"
            if parse_number(length) > 32:
                raise FilterError("mask length must be <= 32", length)
            mask = prefix_mask(parse_number(length))
        elif self.take_if("mask"):
            given = self.next_word()
            if "." not in given:
                raise FilterError.syntax(given)
            text, mask = f"{word} mask {given}", _address(given, "network")[0]
        if number & ~mask & 0xFFFFFFFF:
            raise FilterError(f'non-network bits set in "{text[:60]}"', word)
        return number, mask

    def ports(self, qualifiers: Qualifiers) -> tuple[int, int]:
        """(lowest, highest)."""
        word = self.next_word()
        protocol = qualifiers.protocol
        if re.fullmatch(r"[0-9]+(\.[0-9]+)+", word, re.ASCII):
            raise FilterError(f"'{qualifiers.type}' modifier applied to IP address", word)
        if qualifiers.type == "port":
            if service(word) is None and not _NUMBER.fullmatch(word):
                raise FilterError(f"unknown port '{word[:60]}'", word)
            number = _port(word, protocol)
            return number, number
        low, hyphen, high = word.partition("-")
        if "-" in high:
            raise FilterError(f"port range '{word[:60]}' contains more than one hyphen", word)
        for part in (low, high) if hyphen else (low,):
            if service(part) is None and not _NUMBER.fullmatch(part):
                raise FilterError(f"'{part[:60]}' is not a valid port", word)
        first, last = _port(low, protocol), _port(high if hyphen else low, protocol)
        return min(first, last), max(first, last)


def parse_number(text: str) -> int:
    """Decimal, 0x… or 0…, within 32 bits."""
    if not _NUMBER.fullmatch(text):
        raise FilterError.syntax(text)
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    if text.startswith("0") and re.search("[89]", text):
        raise FilterError(f"number {text} contains non-octal digit", text)
    number = int(text, 8 if text.startswith("0") else 10)
    if number > 0xFFFFFFFF:
        raise FilterError(f"number {text} overflows 32 bits", text)
    return number


def _port(text: str, protocol: str) -> int:
    known = service(text)
    if known is not None:
        port, protocols = known
        if protocol in ("tcp", "udp") and protocol not in protocols:
            raise FilterError(f"port '{text}' is {protocols[0]}", text)
        return port
    number = parse_number(text)
    if number > 0xFFFF:
        raise FilterError(f"illegal port number {number} > 65535", text)
    return number


def _short_network(number: int) -> tuple[int, int]:
    """(address, mask) of a number that names a network by its first octets: 10 is 10.0.0.0/8."""
    mask = 0xFFFFFFFF
    while number and number < 1 << 24:
        number, mask = number << 8, mask << 8 & 0xFFFFFFFF
    return number, mask


def _address(text: str, what: str) -> tuple[int, int]:
    """(address, mask) of a dotted number, which may be cut short: 172.17 is 172.17.0.0/16."""
    parts = text.split(".")
    if what == "network" and _NUMBER.fullmatch(text):
        return _short_network(parse_number(text))
    if not re.fullmatch(r"[0-9]+(\.[0-9]+){0,3}", text, re.ASCII) or len(text) > 15:
        raise FilterError(f"unknown {what} '{text[:60]}'", text)
    missing = 4 - len(parts)
    try:
        number = parse_ipv4(".".join([*(str(int(part)) for part in parts), *["0"] * missing]))
    except AddressError:
        raise FilterError(f"invalid IPv4 address '{text}'", text) from None
    return number, prefix_mask(32 - 8 * missing)
