"""socat's addresses: TYPE:PARAMETERS,option,…"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.apps.services import SERVICES

KINDS = {"tcp": "tcp", "tcp4": "tcp", "tcp-connect": "tcp", "tcp4-connect": "tcp", "udp": "udp", "udp4": "udp",
         "udp-connect": "udp", "tcp-listen": "tcp-listen", "tcp4-listen": "tcp-listen", "tcp-l": "tcp-listen",
         "udp-listen": "udp-listen", "udp4-listen": "udp-listen", "udp-recvfrom": "udp-listen", "-": "standard",
         "stdio": "standard", "stdin": "standard", "stdout": "standard", "exec": "exec", "system": "exec"}
SILENT = frozenset({"reuseaddr", "reuseport", "pf=ip4", "crlf", "crnl", "nofork"})
"""Options that change nothing here: ports are taken with SO_REUSEADDR always."""


class Address(NamedTuple):
    """One of the two addresses."""

    kind: str
    host: str = ""
    port: int = 0
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
        program = rest.strip("'\"").rpartition("/")[2]
        if program != "cat":
            raise UsageError(f"socat: {name}:{rest} is not modelled: only EXEC:cat is", 1)
        return Address("cat")
    if kind == "standard":
        return Address("standard")
    host, _colon, port = rest.rpartition(":")
    if kind.endswith("listen"):
        host, port = "", rest
    elif not host:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (1 instead of 2)", 1)
    return _with_options(Address(kind, host.strip("[]"), _port(port)), options)


def _port(text: str) -> int:
    if text in SERVICES:
        return SERVICES[text][0]
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise UsageError(f'socat[1] E getaddrinfo "{text}": Servname not supported for ai_socktype', 1)
    return int(text)


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
