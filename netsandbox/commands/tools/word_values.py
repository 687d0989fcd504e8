"""What words of iproute2 say: numbers, scopes, prefixes, addresses and MACs (lib/utils.c)."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Interface
from typing import TypeVar

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.words import Words, wrong
from netsandbox.linux.core.errors import KernelError
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4, parse_network

T = TypeVar("T")
SCOPE_NUMBERS = {"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}
LONGEST_NUMBER = 40  # Characters: no word that is longer is a number
NUMBER = re.compile(r"\s*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))", re.ASCII)


def number_of(word: str) -> int | None:
    """strtoul with base 0: decimal, 0x hexadecimal, 0 octal; None if it is none."""
    match = NUMBER.fullmatch(word)
    if match is None or len(word) > LONGEST_NUMBER:
        return None
    sign, hexadecimal, octal, decimal = match.groups()
    value = int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else int(decimal)
    return -value if sign == "-" else value


def reader(find: Callable[[str], T | None], complaint: str) -> Callable[[Words], T]:
    """A reader of a name that `find` knows."""
    def read(words: Words) -> T:
        word = words.next()
        found = find(word)
        if found is None:
            raise wrong(word, complaint)
        return found
    return read


def or_all(find: Callable[[str], str | None], complaint: str) -> Callable[[Words], str]:
    """A reader of a name that `find` knows, or of `all`."""
    return reader(lambda word: "all" if word == "all" else find(word), complaint)


LARGEST = (1 << 32) - 1


def within(word: str, complaint: ToolError, low: int = 0, high: int = LARGEST) -> int:
    """A number; `complaint` is what is said of any other word."""
    value = number_of(word)
    if value is None or not low <= value <= high:
        raise complaint
    return value


def number(complaint: str, low: int = 0, high: int = LARGEST) -> Callable[[Words], int]:
    """A reader of a number."""
    def read(words: Words) -> int:
        word = words.next()
        return within(word, wrong(word, complaint), low, high)
    return read


def scope_of(word: str) -> str | None:
    """A scope's name, by name or number (ToolError: a number that has no name: the simulated stack knows the named
    ones)."""
    if word in SCOPE_NUMBERS:
        return word
    value = number_of(word)
    if value is None or not 0 <= value <= 255:
        return None
    found = next((name for name, scope in SCOPE_NUMBERS.items() if scope == value), None)
    if found is None:
        raise ToolError(1, f"netsandbox: scope {value} is not modelled (these are: {', '.join(SCOPE_NUMBERS)})")
    return found


ANY = ("default", "any", "all")  # Words for all addresses; they settle no family
IPV6 = "Error: ipv6: IPv6 is disabled on this device."


def prefix_of(word: str, family: str = "any valid") -> Network:
    """get_prefix: an address with or without a length, `default`, `any` or `all`, or the first bytes of one.

    Args:
        family: `inet` once another word has settled the family; it is part of the complaint.

    Raises:
        ToolError: anything else.
    """
    if word in ANY:
        return Network(0, 0)
    address, slash, length = word.partition("/")
    try:
        _refuse_ipv6(word, family)
        return parse_network(f"{whole_address(address)}{slash}{_mask_length(length) if '.' in length else length}")
    except AddressError:
        raise ToolError(1, f'Error: {family} prefix is expected rather than "{word}".') from None


def whole_address(address: str) -> str:
    """get_addr_ipv4: up to four numbers, also hexadecimal or octal; those that are left out are 0."""
    parts = [number_of(part) for part in address.split(".")]
    if len(parts) > 4 or any(part is None or not 0 <= part <= 255 for part in parts):
        raise AddressError(address)
    return ".".join(str(part) for part in [*parts, 0, 0, 0][:4])


def _refuse_ipv6(word: str, family: str) -> None:
    """No simulated device has IPv6; the kernel says so, once the address itself is right."""
    if family == "inet6" and ":" not in word:
        raise AddressError(word)
    if ":" in word:
        try:
            IPv6Interface(word)
        except ValueError as error:
            raise AddressError(word) from error
        if family != "inet":
            raise ToolError(2, IPV6)


def _mask_length(mask: str) -> str:
    """255.255.0.0 as 16, or the text itself, which is then refused."""
    try:
        bits = f"{parse_network(mask).address:032b}"
    except AddressError:
        return mask
    return str(len(bits.rstrip("0"))) if "01" not in bits else mask


def address_of(word: str, family: str = "any valid") -> int:
    """get_addr: one address (ToolError: anything else)."""
    if word in ANY:
        return 0
    try:
        if "/" not in word:
            return prefix_of(word, family).address
    except ToolError as error:
        if error.code != 1:
            raise
    raise ToolError(1, f'Error: {family} address is expected rather than "{word}".')


class Family:
    """Reads addresses, and remembers that the first one settled the family: later complaints name it."""

    def __init__(self, family: str) -> None:
        self.name = family or "any valid"

    def prefix(self, words: Words) -> Network:
        return self.prefix_of(words.next())

    def prefix_of(self, word: str) -> Network:
        found = prefix_of(word, self.name)
        self._settle(word)
        return found

    def address(self, words: Words) -> int:
        word = words.next()
        found = address_of(word, self.name)
        self._settle(word)
        return found

    def gateway(self, words: Words) -> int:
        """An address behind the name of its family (RTA_VIA), which for IPv4 has to be its own."""
        other = next((name for name in ("inet", "inet6", "link") if words.skip(name)), "inet")
        if other == "link":
            mac_bytes(words.next())
            raise KernelError("EINVAL", "Unsupported address family in RTA_VIA")
        if other == "inet6":
            _check_gateway(words.next())
            raise KernelError("EINVAL", "IPv6 is disabled on nexthop device")
        return self.address(words)

    def _settle(self, word: str) -> None:
        if word not in ANY:
            self.name = "inet"


def _check_gateway(word: str) -> None:
    try:
        _refuse_ipv6(word, "inet6")
    except (AddressError, ToolError) as error:
        if isinstance(error, AddressError):
            raise ToolError(1, f'Error: inet6 address is expected rather than "{word}".') from None


def mac_bytes(word: str) -> list[int]:
    """ll_addr_a2n: hex bytes between colons, however many (ToolError: a part that is no byte)."""
    if "." in word:
        return list(_quad(word).to_bytes(4, "big"))
    values = []
    for part in word.split(":"):
        digits = re.match(r"\s*(?:0[xX])?([0-9a-fA-F]+)", part)  # sscanf(3): what stands behind them is not looked at
        value = int(digits[1], 16) if digits else -1
        if not 0 <= value <= 255:
            raise ToolError(1, f'"{part}" is invalid lladdr.')
        values.append(value)
    return values


def _quad(word: str) -> int:
    try:
        return parse_ipv4(whole_address(word))
    except AddressError:
        raise ToolError(1, f'"{word}" is invalid lladdr.') from None
