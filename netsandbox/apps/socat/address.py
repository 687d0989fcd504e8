"""socat's addresses: TYPE:PARAMETERS,option,…"""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.apps.socat.files import ACCESS, FILE_ACCESS, FILE_FLAGS, FILES
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.services import port_number

KINDS = {"tcp": "tcp", "tcp4": "tcp", "tcp-connect": "tcp", "tcp4-connect": "tcp", "udp": "udp", "udp4": "udp",
         "udp-connect": "udp", "tcp-listen": "tcp-listen", "tcp4-listen": "tcp-listen", "tcp-l": "tcp-listen",
         "udp-listen": "udp-listen", "udp4-listen": "udp-listen", "udp-l": "udp-listen",
         **{f"udp{four}-{kind}": f"udp-{kind}" for four in ("", "4") for kind in ("sendto", "datagram", "recv")},
         "udp-recvfrom": "udp-once-listen", "udp4-recvfrom": "udp-once-listen", "-": "standard",
         "stdio": "standard", "stdin": "standard", "stdout": "standard", "exec": "exec", "system": "exec",
         **dict.fromkeys(FILES, "file")}
OTHERS = re.compile(
    "(abstract|unix|udplite[46]?|vsock|dccp[46]?|sctp[46]?|ip[46]?|socket|openssl|ssl|posixmq|tcp6|udp[46]?|socks5)"
    "(-[a-z-]+)?|accept-fd|fd|interface|pipe|fifo|proxy|pty|readline|shell|socketpair|socks4a?|"
    "stderr|tun", re.IGNORECASE)
"""Addresses that the real one has beside."""
TUNNELS = "; `ip tuntap add`, `ip link add … type vxlan` and `ip tunnel add` make tunnels"
SILENT = frozenset({"reuseaddr", "pf=ip4", "nofork"})
"""Options that change nothing here: ports are taken with SO_REUSEADDR always."""


NUMBERED = {"nodelay": "nodelay", "tcp-nodelay": "nodelay", "keepalive": "on", "so-keepalive": "on",
            **{f"{before}keep{name}": what for before in ("", "tcp-")
               for name, what in (("idle", "idle"), ("intvl", "interval"), ("cnt", "probes"))}}
"""Options of TCP sockets with a number, and what they set."""
LIMITS = {"idle": (4, 32767), "interval": (5, 32767), "probes": (6, 127)}
"""Of keepalive: the number of the socket option and the largest value (include/net/tcp.h)."""


class Address(NamedTuple):
    """One of the two addresses."""

    kind: str
    host: str = ""
    port: int = 0
    argv: tuple[str, ...] = ()
    """Of EXEC and SYSTEM."""
    source: str = ""
    source_port: int = 0
    """bind= and sourceport=."""
    broadcasts: bool = False
    flags: int = 0
    """Of open(2), for a file."""
    forks: bool = False
    timeout: float = 0.0
    """connect-timeout=, in seconds; 0 for none."""
    keeps_alive: bool = False
    wish: Keepalive = Keepalive()
    """What keepidle, keepintvl and keepcnt say; without keepalive it means nothing."""
    nodelay: bool = False
    shares: bool = False
    """reuseport: others that say so have the port as well."""
    spelled: str = ""
    """As it stands on the line, without its options."""

    def prepare(self, socket: StreamSocket) -> None:
        """Set the options of its socket."""
        socket.nodelay = self.nodelay
        socket.keep_alive(self.wish if self.keeps_alive else None)

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
    if "/" in name:
        name, rest = "GOPEN", head
    kind = KINDS.get(name.lower())
    if kind is None and OTHERS.fullmatch(name):
        hint = TUNNELS if name.upper() == "TUN" else ""
        raise UsageError(f"socat: the address {name} is not modelled{hint}", 1)
    if kind is None:
        raise UsageError(f'socat[1] E unknown device/address "{name}"', 1)
    if kind == "exec":
        return _program(name, rest, options)
    if kind == "standard":
        return Address("standard")
    if name.lower() in FILES:
        return _file(name.lower(), rest, options)
    host, _colon, port = rest.rpartition(":")
    if kind.endswith(("listen", "recv")):
        host, port = "", rest
    elif not host:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (1 instead of 2)", 1)
    return _with_options(Address(kind, host.strip("[]"), _port(port), spelled=head), options)


def _file(kind: str, path: str, options: list[str]) -> Address:
    """A path, and what open(2) is told."""
    flags = FILES[kind]
    for option in options:
        if option in FILE_ACCESS:
            flags = flags & ~ACCESS | FILE_ACCESS[option]
        elif option in FILE_FLAGS:
            flags |= FILE_FLAGS[option]
        else:
            raise UsageError(f"socat: the option {option} is not modelled", 1)
    return Address("file", path, flags=flags)


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


def _numbered(address: Address, what: str, option: str) -> Address:
    """An option of the socket whose value is a number; without one it is 1."""
    text = option.partition("=")[2] if "=" in option else "1"
    if re.fullmatch("[0-9]+", text, re.ASCII) is None:
        raise UsageError(f'socat[1] E parseopts(): missing numerical value of option "{option}"', 1)
    number = int(text)
    if what == "nodelay":
        return address._replace(nodelay=bool(number))
    if what == "on":
        return address._replace(keeps_alive=bool(number))
    code, most = LIMITS[what]
    if not 0 < number <= most:
        raise UsageError(f"socat[1] E setsockopt(5, 6, {code}, {{{number}}}, 4): Invalid argument", 1)
    return address._replace(wish=address.wish._replace(**{what: number}))


def _port(text: str) -> int:
    number = port_number(text)
    if number is None:
        raise UsageError(f'socat[1] E getaddrinfo "{text}": Servname not supported for ai_socktype', 1)
    return number


def _source_port(option: str, value: str) -> int:
    if not value.isdecimal() or int(value) > 65535:
        raise UsageError(f'socat[1] E parseopts(): missing numerical value of option "{option}"', 1)
    return int(value)


def _with_options(address: Address, options: list[str]) -> Address:
    for option in options:
        name, _equals, value = option.partition("=")
        if option in SILENT:
            continue
        if name in NUMBERED and "tcp" in address.kind:
            address = _numbered(address, NUMBERED[name], option)
            continue
        if name in ("reuseport", "so-reuseport"):
            address = address._replace(shares=value != "0")
        elif name == "fork":
            address = address._replace(forks=True)
        elif name in ("sourceport", "sp") and not address.listens:
            address = address._replace(source_port=_source_port(option, value))
        elif name in ("broadcast", "so-broadcast") and address.kind.startswith("udp"):
            address = address._replace(broadcasts=value != "0")
        elif name == "bind" and value:
            address = address._replace(source=value)
        elif name == "connect-timeout" and value.replace(".", "", 1).isdecimal():
            address = address._replace(timeout=float(value))
        else:
            raise UsageError(f"socat: the option {option} is not modelled", 1)
    return address
