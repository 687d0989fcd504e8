"""What socat asks of its sockets before it uses them: options of setsockopt(2) by socat's names for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.program import UsageError
from netsandbox.linux.ipv4 import igmp
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.state import USUAL, Tuning
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import ipv4_or_none, is_multicast

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Process
    from netsandbox.linux.core.sysctl.table import Sysctls


class SocketOption(NamedTuple):
    """One with a number."""

    attribute: str  # of the socket, or of a TCP socket's tuning
    # level, code: how setsockopt(2) names it
    level: int
    code: int
    least: int
    most: int
    kind: str = ""  # tcp or udp, where only sockets of one have it


MOST = 2 ** 31 - 1
TTL, TOS = SocketOption("ttl", 0, 2, 1, 255), SocketOption("tos", 0, 1, -MOST - 1, MOST)
DISCOVER, NARROW = SocketOption("pmtudisc", 0, 10, 0, 3), SocketOption("mss", 6, 2, 88, 32767, "tcp")
RECEIVE, SEND = (SocketOption(what, 1, code, -MOST - 1, MOST, "tcp") for what, code in (("receive", 8), ("send", 7)))
LINGER, TRIES = SocketOption("cuts", 1, 13, -MOST - 1, MOST, "tcp"), SocketOption("syn_retries", 6, 7, 1, 127, "tcp")
NUMBERED = {"ttl": TTL, "ip-ttl": TTL, "ipttl": TTL, "tos": TOS, "ip-tos": TOS, "iptos": TOS, "mtudiscover": DISCOVER,
            "ip-mtu-discover": DISCOVER, "ipmtudiscover": DISCOVER, "mss": NARROW, "tcp-maxseg": NARROW,
            "maxseg": NARROW, "linger": LINGER, "so-linger": LINGER, "syncnt": TRIES, "tcp-syncnt": TRIES,
            **{f"{so}{name}{late}": what for name, what in (("rcvbuf", RECEIVE), ("sndbuf", SEND))
               for so in ("", "so-") for late in ("", "-late")}}
LEAST = {"receive": 2304, "send": 4608}  # SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF, in bytes of memory; half of it is data
BOUND = ("interface", "if", "so-bindtodevice")
MEMBERSHIP = ("ip-add-membership", "add-membership", "ip-membership", "membership")
IDLE = frozenset({
    "cloexec", "o-cloexec", "debug", "so-debug", "oobinline", "so-oobinline", "quickack", "tcp-quickack", "recverr",
    "ip-recverr", "iprecverr", "rcvtimeo", "so-rcvtimeo", "sndtimeo", "so-sndtimeo", "timestamp", "so-timestamp", "su",
    "user"})
"""Options that leave no trace here: of what is read, of whose it is, and what a connection has from its start."""


class TunedSocket(StreamSocket):
    """One of which its program asks what few do."""

    __slots__ = ("tuning",)


class Wishes(NamedTuple):
    """What the options of an address ask of its socket."""

    numbers: tuple[tuple[str, int], ...] = ()  # (attribute, value)
    device: str = ""  # SO_BINDTODEVICE
    groups: tuple[tuple[str, str], ...] = ()  # (group, interface) of IP_ADD_MEMBERSHIP

    def stream(self, namespace: NetworkNamespace, process: Process, reuse: bool = False) -> StreamSocket:
        tuning = self._tuning(namespace.sysctls)
        if tuning == USUAL:
            return StreamSocket(namespace, process, reuse)
        socket = TunedSocket(namespace, process, reuse)
        socket.tuning = tuning
        socket.receive_buffer = tuning.receive or socket.receive_buffer
        socket.send_buffer = tuning.send or socket.send_buffer
        return socket

    def _tuning(self, settings: Sysctls) -> Tuning:
        tuning = USUAL
        for name, value in self.numbers:
            if name in LEAST:  # the kernel takes a size that is below zero for a large one
                most = settings.of_machine("net.core.rmem_max" if name == "receive" else "net.core.wmem_max")
                value = max(2 * min(value & 0xFFFFFFFF, most), LEAST[name])
            if name in Tuning._fields:
                tuning = tuning._replace(**{name: value == 0 if name == "cuts" else value})
        return tuning

    def apply(self, socket: StreamSocket | UdpSocket) -> None:
        """Ask for all of it (RefusedError: the kernel says no)."""
        for name, value in self.numbers:
            if name == "tos":
                value &= 0xFF if isinstance(socket, UdpSocket) else 0xFF & ~ecn.BITS
            if name not in Tuning._fields:
                setattr(socket, name, value)
        if self.device:
            socket.interface = socket.namespace.interfaces.get(self.device)
            if socket.interface is None:
                raise RefusedError(f'setsockopt(5, 1, 25, "{self.device}", {len(self.device) + 1})', "ENODEV")
        for group, where in self.groups:
            _join(socket.namespace, group, where)

    def undo(self, namespace: NetworkNamespace) -> None:
        """The socket is closed: its groups are left."""
        for group, where in self.groups:
            interface = _interface(namespace, where)
            if interface is not None:
                igmp.leave_as_program(interface, ipv4_or_none(group) or 0)


class RefusedError(Exception):
    """What setsockopt(2) failed with."""

    def __init__(self, call: str, errno: str) -> None:
        super().__init__(f"{call}: {TEXTS[errno]}")


def _interface(namespace: NetworkNamespace, where: str) -> Interface | None:
    """By its name, one of its addresses, or its number."""
    address = ipv4_or_none(where)
    return next((one for one in namespace.interfaces.values() if one.name == where or str(one.index) == where
                 or address in {own.local for own in one.addresses}), None)


def _join(namespace: NetworkNamespace, group: str, where: str) -> None:
    number, interface = ipv4_or_none(group) or 0, _interface(namespace, where)
    index = 0 if interface is None else interface.index
    told = int.from_bytes(number.to_bytes(4, "big"), "little")
    call = f"setsockopt(5, 0, 35, {{{told:#010x},0x00000000,{index}}}, 12)"
    if not is_multicast(number):
        raise RefusedError(call, "EINVAL")
    if interface is None:
        raise RefusedError(call, "ENODEV")
    igmp.join_as_program(interface, number)


def with_option(wishes: Wishes, kind: str, text: str) -> Wishes | None:
    """One option more, of an address of some kind; None where it is none of these (UsageError: a value that cannot
    be)."""
    name, _equals, value = text.partition("=")
    if name in BOUND and value:
        return wishes._replace(device=value)
    if name in MEMBERSHIP and kind.startswith("udp"):
        group, colon, where = value.partition(":")
        if not colon:
            raise UsageError("socat[1] E syntax in option : missing ':'", 1)
        return wishes._replace(groups=(*wishes.groups, (group, where.rpartition(":")[2])))
    option = NUMBERED.get(name)
    if option is None or not kind.startswith(option.kind) or (option is TRIES and kind.endswith("listen")):
        return None
    if option is LINGER and "=" not in text:
        raise UsageError(f'socat[1] E option "{name}": value required', 1)
    number = number_of(text)
    if not option.least <= number <= option.most:
        raise UsageError(
            f"socat[1] E setsockopt(5, {option.level}, {option.code}, {{{number}}}, 4): Invalid argument", 1)
    return wishes._replace(numbers=(*wishes.numbers, (option.attribute, number)))


def number_of(option: str) -> int:
    """An option's number, decimal, octal or hexadecimal; 1 without one (UsageError: it is none)."""
    text = option.partition("=")[2] if "=" in option else "1"
    if re.fullmatch("-?(0[xX][0-9a-fA-F]+|[0-9]+)", text, re.ASCII) is None:
        raise UsageError(f'socat[1] E parseopts(): missing numerical value of option "{option}"', 1)
    return int(text, 0 if re.match("-?0[xX]", text) else 8 if re.match("-?0[0-7]+$", text) else 10)
