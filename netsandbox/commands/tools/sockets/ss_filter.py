"""ss's filter: `( sport = :80 or dst 10.0.0.0/8 ) and not dport > :1024` (misc/ssfilter.y)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.kernel.socket_rows import SocketRow
from netsandbox.commands.tools.names import find_interface
from netsandbox.commands.tools.word_values import prefix_of
from netsandbox.commands.tools.words import USAGE
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.connection import Connection
from netsandbox.wire.addresses import Network
from netsandbox.wire.services import service

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    **dict.fromkeys(("=", "==", "eq"), operator.eq), **dict.fromkeys(("!=", "ne", "neq"), operator.ne),
    **dict.fromkeys((">", "gt"), operator.gt), **dict.fromkeys(("<", "lt"), operator.lt),
    **dict.fromkeys((">=", "ge", "geq"), operator.ge), **dict.fromkeys(("<=", "le", "leq"), operator.le)}
AND, OR, NOT = ("and", "&", "&&"), ("or", "|", "||"), ("not", "!")
NOT_MODELLED = ("fwmark", "cgroup", "autobound", "inode", "cookie")
MOST_WORDS = 200
CANNOT = "Cannot parse dst/src address."


class Test(NamedTuple):
    """One condition, or several."""

    kind: str  # port, host, dev, and, or, not
    end: int = 0  # 0 for the local address, 1 for the peer's
    comparison: str = "="
    port: int | None = None
    network: Network | IPv6Network | None = None
    parts: tuple[Test, ...] = ()  # what is joined
    device: Interface | None = None

    def takes(self, row: SocketRow) -> bool:
        """Whether a socket fulfils it."""
        if self.kind == "and":
            return all(part.takes(row) for part in self.parts)
        if self.kind == "or":
            return any(part.takes(row) for part in self.parts)
        if self.kind == "not":
            return not self.parts[0].takes(row)
        if self.kind == "dev":
            return isinstance(row.source, Connection | UdpSocket) and row.source.interface is self.device
        address, port = (row.local, row.peer)[self.end]
        fits = self.port is None or COMPARISONS[self.comparison](port, self.port)
        if isinstance(self.network, IPv6Network):
            return fits and row.family == "inet6" and IPv6Address(address.strip("[]")) in self.network
        return fits and (self.network is None or (row.family == "inet" and row.addresses[self.end] in self.network))


def read(words: list[str], namespace: NetworkNamespace) -> Test:
    """A filter's words; without any, it takes every socket (ToolError: it is none)."""
    reader = _Reader(namespace, " ".join(words).replace("(", " ( ").replace(")", " ) ").split())
    if len(reader.words) > MOST_WORDS:
        raise ToolError(1, f"netsandbox: a filter of more than {MOST_WORDS} words is not modelled")
    found = reader.expression() if reader.words else Test("and")
    if reader.words:
        raise _wrong()
    return found


def _wrong() -> ToolError:
    return ToolError(USAGE, f'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n{TEXTS["ss"]}')


class _Reader:
    """Goes through the words from left to right: `and` and `or` bind equally."""

    def __init__(self, namespace: NetworkNamespace, words: list[str]) -> None:
        self.namespace, self.words = namespace, words

    def expression(self) -> Test:
        found = self._term()
        while self.words and self.words[0] != ")":
            kind = "or" if self.words[0] in OR else "and"
            if self.words[0] in (*AND, *OR):
                self.words.pop(0)
            found = Test(kind, parts=(found, self._term()))
        return found

    def _term(self) -> Test:
        word = self._next()
        if word in NOT:
            return Test("not", parts=(self._term(),))
        if word == "(":
            found = self.expression()
            if self._next() != ")":
                raise _wrong()
            return found
        if word in ("sport", "dport"):
            comparison = self.words.pop(0) if self.words and self.words[0] in COMPARISONS else "="
            return Test("port", int(word == "dport"), comparison, _port(self._next().removeprefix(":")))
        if word in ("src", "dst"):
            return _host(int(word == "dst"), self._value())
        if word == "dev":
            device = find_interface(self.namespace, self._value())
            if device is None:
                raise ToolError(1, "Cannot parse device.")
            return Test("dev", device=device)
        if word in NOT_MODELLED:
            raise ToolError(1, f"netsandbox: {word} of a filter is not modelled")
        if word not in (*AND, *OR, *COMPARISONS, ")"):
            _host(0, word)
        raise _wrong()

    def _next(self) -> str:
        if not self.words:
            raise _wrong()
        return self.words.pop(0)

    def _value(self) -> str:
        """What is asked for; an equals sign may stand before it."""
        if self.words and self.words[0] in ("=", "==", "eq"):
            self.words.pop(0)
        word = self._next()
        if word in COMPARISONS:
            raise _wrong()
        return word


def _port(text: str) -> int:
    known = service(text)
    if known is not None:
        return known[0]
    if not (text.isascii() and text.isdecimal()):
        raise ToolError(1, f'Error: "{text}" does not look like a port.\n{CANNOT}')
    return int(text)


def _host(end: int, text: str) -> Test:
    """`10.0.0.1`, `10.0.0.0/8:80`, `:80`, `*:80` or `[::1]:80`."""
    if text.startswith("["):
        address, bracket, port = text[1:].partition("]")
        if not bracket:
            raise ToolError(1, CANNOT)
        port = port.removeprefix(":")
    else:
        address, _colon, port = text.rpartition(":") if ":" in text else (text, "", "")
    number = _port(port) if port not in ("", "*") else None
    if address in ("", "*"):
        return Test("host", end, port=number)
    try:
        network = IPv6Network(address, strict=False) if ":" in address else prefix_of(address, "inet")
        return Test("host", end, port=number, network=network)
    except (ToolError, ValueError):
        raise ToolError(1, f'Error: an inet prefix is expected rather than "{address}".\n{CANNOT}') from None
