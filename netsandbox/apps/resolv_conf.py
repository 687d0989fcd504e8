"""/etc/resolv.conf: which name servers are asked, for which domains, and how often (resolv.conf(5))."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.hosts import text_of
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.dns import PORT

MOST_SERVERS, MOST_SEARCHED = 3, 6
LOCAL_SERVER = 0x7F000001


class Settings(NamedTuple):
    """What /etc/resolv.conf says."""

    servers: tuple[int, ...]
    search: tuple[str, ...]
    ndots: int = 1  # a name with so many dots is tried as it is before the search list
    timeout: int = 5  # seconds until the next server is asked
    attempts: int = 2  # rounds of asking
    port: int = PORT  # the servers', which the file cannot change but dig can


def read_settings(files: Files | None) -> Settings:
    """resolv.conf(5); what is not there has its default, and unknown words mean nothing, as in glibc."""
    servers: list[int] = []
    search: tuple[str, ...] = ()
    numbers = {"ndots": 1, "timeout": 5, "attempts": 2}
    for line in text_of(files, "/etc/resolv.conf").splitlines():
        words = line.split()
        if not words or line[:1] in "#;":
            continue
        if words[0] == "nameserver" and len(words) > 1 and len(servers) < MOST_SERVERS:
            try:
                servers.append(parse_ipv4(words[1]))
            except AddressError:
                continue
        elif words[0] in ("search", "domain"):
            search = tuple(words[1:][:MOST_SEARCHED])
        elif words[0] == "options":
            for word in words[1:]:
                name, _colon, value = word.partition(":")
                if name in numbers and value.isascii() and value.isdecimal():
                    numbers[name] = min(int(value), 30 if name == "timeout" else 15)
    return Settings(tuple(servers) or (LOCAL_SERVER,), search, numbers["ndots"], max(numbers["timeout"], 1),
                    max(min(numbers["attempts"], 5), 1))
