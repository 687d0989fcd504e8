"""socat's addresses: TYPE:PARAMETERS,option,…"""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.apps.socat.files import ACCESS, FILE_ACCESS, FILE_FLAGS, FILES
from netsandbox.apps.socat.socket_options import IDLE, Wishes, number_of, with_option
from netsandbox.engine.units import SECOND, seconds
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import ipv4_or_none, prefix_mask
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
SILENT = frozenset({"reuseaddr", "reuseaddr=1", "so-reuseaddr", "pf=ip4", "nofork"})
"""Options that change nothing here: ports are taken with SO_REUSEADDR always."""
LINE_ENDS = {"crnl": "crnl", "crlf": "crnl", "cr": "cr"}
OF_TERMINALS = frozenset({"raw", "rawer", "cfmakeraw", "echo=0", "icanon=0", "isig=0", "opost=0"})

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
    argv: tuple[str, ...] = ()  # Of EXEC and SYSTEM
    source: str = ""
    source_port: int = 0  # bind= and sourceport=
    broadcasts: bool = False
    flags: int = 0  # Of open(2), for a file
    forks: bool = False
    timeout: float = 0.0  # connect-timeout=, in seconds; 0 for none
    keeps_alive: bool = False
    wish: Keepalive = Keepalive()  # What keepidle, keepintvl and keepcnt say; without keepalive it means nothing
    nodelay: bool = False
    shares: bool = False  # reuseport: others that say so have the port as well
    backlog: int = 5
    retries: int = 0  # How often a connection that failed is tried again; -1 for ever
    pause: int = SECOND  # Between two tries, in nanoseconds
    line_end: str = ""  # crnl or cr: how lines end there; nothing for a newline
    keeps_writing: bool = False  # shut-none: the peer is not told that no more will come
    peers: tuple[int, int] = (0, 0)  # range: address and mask of who may connect
    wishes: Wishes = Wishes()
    notes: tuple[str, ...] = ()  # What is said about options that mean nothing here
    spelled: str = ""  # As it stands on the line, without its options

    def prepare(self, socket: StreamSocket | UdpSocket) -> None:
        """Set the options of its socket (RefusedError: the kernel refuses one)."""
        self.wishes.apply(socket)
        if isinstance(socket, StreamSocket):
            socket.nodelay = self.nodelay
            socket.keep_alive(self.wish if self.keeps_alive else None)

    def lets(self, peer: int) -> bool:
        """Whether range has nothing against a peer."""
        address, mask = self.peers
        return peer & mask == address

    @property
    def listens(self) -> bool:
        return self.kind.endswith("-listen")


def parse_all(words: list[str]) -> list[Address]:
    """Both addresses (UsageError: an address that is unknown or not modelled)."""
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
        return _standard(options)
    if name.lower() in FILES:
        return _file(name.lower(), rest, options)
    host, _colon, port = rest.rpartition(":")
    if kind.endswith(("listen", "recv")):
        host, port = "", rest
    elif not host:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (1 instead of 2)", 1)
    return _with_options(Address(kind, host.strip("[]"), _port(port), spelled=head), options)


def _standard(options: list[str]) -> Address:
    """A terminal's settings change nothing: what is typed comes line by line."""
    address = Address("standard")
    for option in options:
        if option in LINE_ENDS:
            address = address._replace(line_end=LINE_ENDS[option])
        elif option in OF_TERMINALS:
            address = address._replace(notes=(*address.notes, _idle(option)))
        else:
            raise _not_modelled(option)
    return address


def _idle(option: str) -> str:
    return f"note: socat's option {option} changes nothing in the sandbox"


def _not_modelled(option: str) -> UsageError:
    return UsageError(f"socat: the option {option} is not modelled", 1)


def _file(kind: str, path: str, options: list[str]) -> Address:
    """A path, and what open(2) is told."""
    flags = FILES[kind]
    for option in options:
        if option in FILE_ACCESS:
            flags = flags & ~ACCESS | FILE_ACCESS[option]
        elif option in FILE_FLAGS:
            flags |= FILE_FLAGS[option]
        else:
            raise _not_modelled(option)
    return Address("file", path, flags=flags)


def _program(name: str, text: str, options: list[str]) -> Address:
    """EXEC:'PROGRAM ARGUMENTS' or SYSTEM:'SHELL COMMAND', which may have commas in it."""
    if name.lower() == "system":
        text = ",".join([text, *options])
        return Address("exec", argv=("sh", "-c", text.strip("'\"")))
    argv = tuple(text.strip("'\"").split())
    if options:
        raise _not_modelled(options[0])
    if not argv:
        raise UsageError(f"socat[1] E {name}: wrong number of parameters (0 instead of 1)", 1)
    return Address("cat") if argv[0].rpartition("/")[2] == "cat" and len(argv) == 1 else Address("exec", argv=argv)


def _numbered(address: Address, what: str, option: str) -> Address:
    """An option of the socket whose value is a number."""
    number = number_of(option)
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


def _range(text: str) -> tuple[int, int]:
    """Address and mask of range=ADDRESS/BITS or range=ADDRESS:MASK (xioparsenetwork_ip4)."""
    address, mark, rest = text.partition("/" if "/" in text else ":")
    if not text:
        raise UsageError('socat[1] E option "range": value required', 1)
    if not mark:
        raise UsageError(f'socat[1] E xioparsenetwork_ip4("{text}",,): missing netmask delimiter', 1)
    if mark == "/" and re.fullmatch("-?[0-9]+", rest, re.ASCII) is None:
        raise UsageError(f'socat[1] E not a valid IPv4 netmask in "{text}"', 1)
    if mark == "/" and not 0 <= int(rest) <= 32:
        raise UsageError(f'socat[1] E IPv4 netmask "{text}" is too large', 1)
    number, mask = ipv4_or_none(address), prefix_mask(int(rest)) if mark == "/" else ipv4_or_none(rest)
    if number is None or mask is None:
        raise UsageError(f"socat: the option range={text} is not modelled", 1)
    return number & mask, mask


def _source_port(option: str, value: str) -> int:
    if not value.isdecimal() or int(value) > 65535:
        raise UsageError(f'socat[1] E parseopts(): missing numerical value of option "{option}"', 1)
    return int(value)


def _with_options(address: Address, options: list[str]) -> Address:
    for option in options:
        if option not in SILENT:
            address = _with_option(address, option, *option.partition("=")[::2])
    return address


def _with_option(address: Address, option: str, name: str, value: str) -> Address:
    kind = address.kind
    if name in NUMBERED and "tcp" in kind:
        return _numbered(address, NUMBERED[name], option)
    wishes = with_option(address.wishes, kind, option)
    if wishes is not None:
        return address._replace(wishes=wishes)
    if name in ("sourceport", "sp") and not address.listens:
        return address._replace(source_port=_source_port(option, value))
    if name == "bind" and value:
        source, colon, port = value.rpartition(":") if ":" in value else (value, "", "")
        return address._replace(source=source, source_port=_source_port(option, port) if colon else address.source_port)
    if name == "connect-timeout" and value.replace(".", "", 1).isdecimal():
        return address._replace(timeout=float(value))
    if name in IDLE:
        return address._replace(notes=(*address.notes, _idle(option)))
    return _of_ways(address, option, name, value)


def _of_ways(address: Address, option: str, name: str, value: str) -> Address:
    """How socat itself goes about it: children, tries, ends of lines."""
    kind = address.kind
    if name in ("reuseport", "so-reuseport"):
        return address._replace(shares=value != "0")
    if name == "fork":
        return address._replace(forks=True)
    if name in ("broadcast", "so-broadcast") and kind.startswith("udp"):
        return address._replace(broadcasts=value != "0")
    if name == "range" and "listen" in kind:
        return address._replace(peers=_range(value))
    if name == "backlog" and kind == "tcp-listen":
        return address._replace(backlog=number_of(option))
    if name in ("retry", "forever") and kind == "tcp":
        return address._replace(retries=number_of(option) if name == "retry" else -1 if value != "0" else 0)
    if name in ("interval", "intervall") and kind == "tcp":
        return address._replace(pause=seconds(number_of(option)))
    if option in LINE_ENDS:
        return address._replace(line_end=LINE_ENDS[option])
    if option == "shut-none":
        return address._replace(keeps_writing=True)
    raise _not_modelled(option)
