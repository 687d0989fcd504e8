"""Which entries a conntrack command is about: a test for each of its options (conntrack-tools 1.4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.commands.tools.conntrack_output import identifier
from netsandbox.linux.netfilter.connection import DST_NAT_DONE, SCTP, SEEN_REPLY, SRC_NAT_DONE, Connection
from netsandbox.wire.addresses import Network
from netsandbox.wire.ipv4 import TCP

UNREPLIED = 1 << 16
"""No bit of an entry's: whether SEEN_REPLY is set counts."""


class Filter(NamedTuple):
    """What an entry has to be: a test, and what it is tested against."""

    test: Callable[[Connection, Network], bool]
    wanted: Network

    def covers(self, connection: Connection) -> bool:
        return self.test(connection, self.wanted)


class Marked(NamedTuple):
    """Which bits of a mark count, and what they have to be: a value with others is no mark's (mark_cmp)."""

    test: str
    value: int
    mask: int

    def covers(self, connection: Connection) -> bool:
        return connection.mark & self.mask == self.value


class Translated(NamedTuple):
    """That NAT has given a connection another address or port; of ICMP, a type is compared with an identifier.

    Attributes:
        test: the option's letter: of the source (n), of the destination (g), or of either (j).
        address, port: what it has to have been given; 0 and -1 are any.
    """

    test: str
    address: int
    port: int

    def covers(self, connection: Connection) -> bool:
        there, back = connection.original, connection.reply
        ends = {"n": (SRC_NAT_DONE, there.src, there.sport, back.dst, back.dport),
                "g": (DST_NAT_DONE, there.dst, there.dport, back.src, back.sport)}
        return any(connection.status & ends[letter][0] and self._is_new(*ends[letter][1:])
                   for letter in ("ng" if self.test == "j" else self.test))

    def _is_new(self, address: int, port: int, new_address: int, new_port: int) -> bool:
        if not self.address:
            return (address, port) != (new_address, new_port)
        return address != new_address == self.address and (self.port < 0 or port != new_port == self.port)


def _orig_source(connection: Connection, wanted: Network) -> bool:
    return connection.original.src in wanted


def _orig_destination(connection: Connection, wanted: Network) -> bool:
    return connection.original.dst in wanted


def _reply_source(connection: Connection, wanted: Network) -> bool:
    return connection.reply.src in wanted


def _reply_destination(connection: Connection, wanted: Network) -> bool:
    return connection.reply.dst in wanted


def of_protocol(connection: Connection, wanted: Network) -> bool:
    return connection.original.protocol == wanted.address


def _orig_sport(connection: Connection, wanted: Network) -> bool:
    return connection.original.sport == wanted.address


def _orig_dport(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport == wanted.address


def _reply_sport(connection: Connection, wanted: Network) -> bool:
    return connection.reply.sport == wanted.address


def _reply_dport(connection: Connection, wanted: Network) -> bool:
    return connection.reply.dport == wanted.address


def _icmp_type(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport >> 8 == wanted.address


def _icmp_code(connection: Connection, wanted: Network) -> bool:
    return connection.original.dport & 0xFF == wanted.address


def in_state(connection: Connection, wanted: Network) -> bool:
    return connection.original.protocol in (TCP, SCTP) and connection.state == wanted.address


def nothing(_connection: Connection, _wanted: Network) -> bool:
    """Of another family than all that there are."""
    return False


def in_zone(connection: Connection, wanted: Network) -> bool:
    return connection.original.zone == wanted.address


def has_status(connection: Connection, wanted: Network) -> bool:
    """All bits of Status that are asked for; with UNREPLIED, SEEN_REPLY counts as well, set or not."""
    bits = wanted.address & ~UNREPLIED
    return connection.status & (bits | SEEN_REPLY * bool(wanted.address & UNREPLIED)) == bits


def has_identifier(connection: Connection, wanted: Network) -> bool:
    return identifier(connection) == wanted.address


Test = Callable[["Connection", Network], bool]
ADDRESSES: dict[str, Test] = {
    "s": _orig_source, "d": _orig_destination, "r": _reply_source, "q": _reply_destination}
PORTS: dict[str, Test] = {
    "sport": _orig_sport, "orig-port-src": _orig_sport, "dport": _orig_dport, "orig-port-dst": _orig_dport,
    "reply-port-src": _reply_sport, "reply-port-dst": _reply_dport}
SAME = {"orig-port-src": "sport", "orig-port-dst": "dport"}
OF_ICMP: dict[str, Test] = {"icmp-type": _icmp_type, "icmp-code": _icmp_code, "icmp-id": _orig_sport}
