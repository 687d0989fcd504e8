"""MAC and IPv4 addresses: plain integers inside, text at the edges.

An `ipaddress.IPv4Address` as a dictionary key costs ten times an `int`, and
the engine looks addresses up for every frame.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

BROADCAST_MAC = 0xFFFFFFFFFFFF
MAC_GROUP_BIT = 1 << 40  # The I/G bit of the first octet: multicast and broadcast (IEEE 802)
LIMITED_BROADCAST = 0xFFFFFFFF
LOOPBACK_NETWORK = 0x7F000000
LOOPBACK_ADDRESS = 0x7F000001

FEW = 1024  # Addresses whose text is kept: what is recorded about a packet names the same ones again and again
MANY = 8 * FEW  # The same where thousands may stand in one table, and nothing else is kept

MASKS = tuple((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF for length in range(33))  # By prefix length
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")
_OCTET = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)


class AddressError(ValueError):
    """A text that is no address of the kind that was asked for."""


class Network(NamedTuple):
    """An address with a prefix length, such as 172.17.0.1/16."""

    address: int
    length: int

    @property
    def mask(self) -> int:
        return prefix_mask(self.length)

    @property
    def network(self) -> int:
        return self.address & self.mask

    @property
    def broadcast(self) -> int:
        return self.network | (~self.mask & 0xFFFFFFFF)

    def __contains__(self, address: object) -> bool:
        return isinstance(address, int) and address & self.mask == self.network

    def __str__(self) -> str:
        return f"{format_ipv4(self.address)}/{self.length}"

    def overlaps(self, other: Network) -> bool:
        return self.network in other or other.network in self


def prefix_mask(length: int) -> int:
    """255.255.0.0 as an integer for 16."""
    return MASKS[length]


def parse_mac(text: str) -> int:
    """The 48-bit number of `02:42:ac:11:00:02` (AddressError: the text is no MAC address)."""
    if not _MAC.fullmatch(text):
        raise AddressError(f"{text!r} is not a MAC address (expected six hex bytes, as 02:42:ac:11:00:02)")
    number = 0
    for part in text.split(":"):
        number = number << 8 | int(part, 16)
    return number


def format_mac(number: int) -> str:
    return number.to_bytes(6, "big").hex(":")


def parse_ipv4(text: str) -> int:
    """The 32-bit number of a dotted quad (AddressError: the text is no IPv4 address)."""
    parts = text.split(".")
    if len(parts) != 4 or not all(_OCTET.fullmatch(part) and int(part) < 256 for part in parts):
        raise AddressError(f"{text!r} is not an IPv4 address (expected four numbers below 256, as 172.17.0.2)")
    number = 0
    for part in parts:
        number = number << 8 | int(part)
    return number


def ipv4_or_none(text: str) -> int | None:
    """The same; None where the text is no IPv4 address."""
    try:
        return parse_ipv4(text)
    except AddressError:
        return None


def dotted(number: int) -> str:
    """An address in text, for what is written once; `format_ipv4` remembers."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@lru_cache(MANY)
def format_ipv4(number: int) -> str:
    return dotted(number)


def parse_network(text: str) -> Network:
    """`172.17.0.1/16`, or a bare address, which is a /32 (AddressError: the text is no address with a prefix
    length)."""
    address, slash, length = text.partition("/")
    if not slash:
        return Network(parse_ipv4(address), 32)
    if not length.isascii() or not length.isdecimal() or int(length) > 32:
        raise AddressError(f"{text!r}: the prefix length must be a number from 0 to 32")
    return Network(parse_ipv4(address), int(length))


def is_multicast(address: int) -> bool:
    """224.0.0.0/4 (RFC 1112)."""
    return address >> 28 == 0xE


def random_mac(bits: int) -> int:
    """Unicast and locally administered, of 48 random bits (eth_random_addr)."""
    return bits & 0xFCFFFFFFFFFF | 0x020000000000


def multicast_mac(address: int) -> int:
    """01:00:5e and the low 23 bits of the group (RFC 1112, section 6.4)."""
    return 0x01005E000000 | (address & 0x7FFFFF)
