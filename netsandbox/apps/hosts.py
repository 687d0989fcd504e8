"""Names and numbers of hosts as programs take them: what /etc/hosts has, and inet_aton's short forms."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.wire.addresses import ipv4_or_none

MOST_PARTS = 4
NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,12}|0[0-7]{0,12}|[1-9][0-9]{0,11}")

class HostRecord(NamedTuple):
    """One line of /etc/hosts (hosts(5)): the first name is the canonical one."""

    address: int
    names: tuple[str, ...]

    def has(self, name: str) -> bool:
        return name.lower() in (own.lower() for own in self.names)


def text_of(files: Files | None, path: str) -> str:
    """A file's text; empty where it is not there."""
    try:
        return files.read(path) if files is not None else ""
    except FileError:
        return ""


def is_ipv6(text: str) -> bool:
    """Whether an address of the other family is written, which is no name."""
    try:
        return IPv6Address(text).version == 6
    except AddressValueError:
        return False


def host_lines(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """(address, names) of all lines of a text as /etc/hosts has it, IPv6 addresses among them."""
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    return [(words[0], tuple(words[1:])) for words in lines if len(words) > 1]


def host_records(text: str) -> list[HostRecord]:
    """The IPv4 lines of such a text."""
    found = ((ipv4_or_none(address), names) for address, names in host_lines(text))
    return [HostRecord(address, names) for address, names in found if address is not None]


def hosts_file(files: Files | None) -> list[HostRecord]:
    """The IPv4 lines of /etc/hosts."""
    return host_records(text_of(files, "/etc/hosts"))


def addresses_of(records: list[HostRecord]) -> dict[str, int]:
    """By name; the first line with a name counts."""
    found = dict[str, int]()
    for record in records:
        for name in record.names:
            found.setdefault(name, record.address)
    return found


def names_of(records: list[HostRecord]) -> dict[int, str]:
    """The canonical names by address; the first line with an address counts."""
    return {record.address: record.names[0] for record in reversed(records)}


def canonical(files: Files, name: str) -> str:
    """The name that /etc/hosts puts first for one that it has; another one as it is."""
    return next((record.names[0] for record in hosts_file(files) if record.has(name)), name)


def lookup(text: str, names: dict[str, int]) -> int | None:
    """The address of a name or number; None when nobody knows it."""
    return names[text] if text in names else inet_aton(text)


def inet_aton(text: str) -> int | None:
    """inet_aton(3): up to four numbers, each decimal, 0x hexadecimal or 0 octal; the last one fills what is left."""
    parts = text.split(".")
    if len(parts) > MOST_PARTS or not all(NUMBER.fullmatch(part) for part in parts):
        return None
    *firsts, last = [int(part, 16 if part[:2] in ("0x", "0X") else 8 if part[0] == "0" else 10) for part in parts]
    bits = 8 * (MOST_PARTS - len(firsts))
    if last >> bits or any(first > 255 for first in firsts):
        return None
    return int.from_bytes(bytes(firsts), "big") << bits | last
