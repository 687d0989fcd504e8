"""Names and numbers of hosts as programs take them: what /etc/hosts has, and inet_aton's short forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.inode import FileError
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

if TYPE_CHECKING:
    from netsandbox.linux.core.files import Files


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


def hosts_file(files: Files | None) -> list[HostRecord]:
    """The IPv4 lines of /etc/hosts."""
    found = []
    for line in text_of(files, "/etc/hosts").splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        try:
            if names:
                found.append(HostRecord(parse_ipv4(address), tuple(names)))
        except AddressError:
            continue
    return found


def canonical(files: Files, name: str) -> str:
    """The name that /etc/hosts puts first for one that it has; another one as it is."""
    return next((record.names[0] for record in hosts_file(files) if record.has(name)), name)


def lookup(text: str, names: dict[str, int]) -> int | None:
    """The address of a name or number; None when nobody knows it."""
    if text in names:
        return names[text]
    try:
        return parse_ipv4(_expanded(text))
    except AddressError:
        return None


def _expanded(text: str) -> str:
    """inet_aton's short forms: 127.1 is 127.0.0.1."""
    parts = text.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts) or len(parts) >= 4:
        return text
    number = 0
    for part in parts[:-1]:
        if int(part) > 255:
            return text
        number = number << 8 | int(part)
    bits = 8 * (5 - len(parts))
    if int(parts[-1]) >= 1 << bits:
        return text
    return format_ipv4(number << bits | int(parts[-1]))
