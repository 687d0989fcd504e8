"""fping's command line: its options and the targets that it names."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError

TABLE = OptionTable("fping", 1, "see 'fping -h' for usage information",
                    acts="a A u e s q g v h c= C= r= p= t= i= b= H=", usual="4",
                    refused="6 d D J l m M n N o R B= O= Q= S= T= I= f= k= x=")
VERSION = "fping: Version 5.1"
USAGE = Path(__file__).with_name("fping_usage.txt").read_text(encoding="utf-8").rstrip()
TABLE.names |= {name: TABLE.letters[letter] for letter, name in re.findall(r"-(\w), --(\w+)", USAGE)}
MOST_TARGETS, MOST_DATA = 1024, 65488


def number_of(read: Read, letter: str, usual: int) -> int:
    """An option's value (UsageError: it is no number)."""
    text = read.values.get(letter, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(USAGE, 1)
    return int(text)


def targets(read: Read) -> list[str]:
    """The names and addresses, those between the ends or of a network with -g (UsageError: they are too many, or no
    addresses)."""
    words = read.operands
    if "g" not in read:
        return words
    if len(words) not in (1, 2):
        raise UsageError(USAGE, 1)
    try:
        if len(words) == 2:
            first, last = (int(IPv4Address(word)) for word in words)
        else:
            network = IPv4Network(words[0], strict=False)
            ends = int(network.prefixlen < 31)
            first, last = int(network.network_address) + ends, int(network.broadcast_address) - ends
    except ValueError as error:
        raise UsageError(f"fping: {error}", 1) from None
    if last - first >= MOST_TARGETS:
        raise UsageError(f"fping: more than {MOST_TARGETS} addresses", 1)
    return [str(IPv4Address(address)) for address in range(first, last + 1)]


def parse(arguments: list[str]) -> Read:
    """Raises UsageError: they make no run of fping."""
    read = TABLE.read(arguments)
    if "v" in read or "h" in read:
        raise UsageError("", 0, VERSION if "v" in read else USAGE)
    if "a" in read and "u" in read:
        raise UsageError("fping: specify only one of a, u", 1)
    for letter in "cC":
        if letter in read and not number_of(read, letter, 1):
            raise UsageError(USAGE, 1)
    for letter in "rptiH":
        number_of(read, letter, 1)
    if number_of(read, "b", 56) > MOST_DATA:
        raise UsageError(f"fping: data size {read.values['b']} not valid, must be lower than {MOST_DATA}", 1)
    return read
