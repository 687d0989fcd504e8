"""socat's addresses: TYPE:PARAMETERS,option,…"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.wire.services import port_number

KINDS = {"tcp": "tcp", "tcp4": "tcp", "tcp-connect": "tcp", "tcp4-connect": "tcp", "udp": "udp", "udp4": "udp",
         "udp-connect": "udp", "tcp-listen": "tcp-listen", "tcp4-listen": "tcp-listen", "tcp-l": "tcp-listen",
         "udp-listen": "udp-listen", "udp4-listen": "udp-listen", "udp-l": "udp-listen",
         "udp-recvfrom": "udp-once-listen", "udp4-recvfrom": "udp-once-listen", "-": "standard",
         "stdio": "standard", "stdin": "standard", "stdout": "standard", "exec": "exec", "system": "exec"}
SILENT = frozenset({"reuseaddr", "reuseport", "pf=ip4", "crlf", "crnl", "nofork"})
"""Options that change nothing here: ports are taken with SO_REUSEADDR always."""


class Address(NamedTuple):
    """One of the two addresses."""

    kind: str
    host: str = ""
    port: int = 0
    argv: tuple[str, ...] = ()
    """Of EXEC and SYSTEM."""
    source: str = ""
    """bind=."""
    forks: bool = False
    timeout: float = 0.0
    """connect-timeout=, in seconds; 0 for none."""

    @property
    def listens(self) -> bool:
        return self.kind.endswith("-listen")


def parse_all(words: list[str]) -> list[Address]:
    """Both addresses.

    Raises:
        UsageError: an address that is unknown or not modelled.
    """
    return [_parse(word) for word in words]


def _parse(text: str) -> Address:
    head, *options = text.split(",")
    name, _colon, rest = head.partition(":")
    kind = KINDS.get(name.lower())
    if kind is None:
        raise UsageError(f'socat[1] E unknown device/address "{name}"', 1)
    if kind == "exec":
        return _program(name, rest, options)
    if kind == "standard":
        return Address("standard")
    host, _colon, port = rest.rpartition(":")
    if kind.endswith("listen"):
        host, port = "", rest
    elif not host:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (1 instead of 2)", 1)
    return _with_options(Address(kind, host.strip("[]"), _port(port)), options)


def _program(name: str, text: str, options: list[str]) -> Address:
    """EXEC:'PROGRAM ARGUMENTS' or SYSTEM:'SHELL COMMAND', which may have commas in it."""
    if name.lower() == "system":
        text = ",".join([text, *options])
        return Address("exec", argv=("sh", "-c", text.strip("'\"")))
    argv = tuple(text.strip("'\"").split())
    if options:
        raise UsageError(f"socat: the option {options[0]} is not modelled", 1)
    if not argv:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (0 instead of 1)", 1)
    return Address("cat") if argv[0].rpartition("/")[2] == "cat" and len(argv) == 1 else Address("exec", argv=argv)


def _port(text: str) -> int:
    number = port_number(text)
    if number is None:
        raise UsageError(f'socat[1] E getaddrinfo "{text}": Servname not supported for ai_socktype', 1)
    return number


def _with_options(address: Address, options: list[str]) -> Address:
    for option in options:
        name, _equals, value = option.partition("=")
        if option in SILENT:
            continue
        if name == "fork":
            address = address._replace(forks=True)
        elif name == "bind" and value:
            address = address._replace(source=value)
        elif name == "connect-timeout" and value.replace(".", "", 1).isdecimal():
            address = address._replace(timeout=float(value))
        else:
            raise UsageError(f"socat: the option {option} is not modelled", 1)
    return address
