"""Which entries a conntrack command is about: a test for each of its options (conntrack-tools 1.4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.netfilter.connection import DST_NAT, SCTP, SEEN_REPLY, SRC_NAT, Connection
from netsandbox.wire.addresses import Network
from netsandbox.wire.ipv4 import TCP

UNREPLIED = 1 << 16
"""No bit of an entry's: whether SEEN_REPLY is set counts."""


class Filter(NamedTuple):
    """What an entry has to be: a test, and what it is tested against.

    Attributes:
        mask: of a mark, the bits that count.
    """

    test: Callable[[Connection, Network], bool]
    wanted: Network
    mask: int = 0

    def covers(self, connection: Connection) -> bool:
        if self.mask:
            return (connection.mark ^ self.wanted.address) & self.mask == 0
        return self.test(connection, self.wanted)


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


def _source_nat(connection: Connection, wanted: Network) -> bool:
    """By which address, or by any (0)."""
    is_translated = connection.status & SRC_NAT and connection.reply.dst != connection.original.src
    return bool(is_translated) and wanted.address in (0, connection.reply.dst)


def _destination_nat(connection: Connection, wanted: Network) -> bool:
    is_translated = connection.status & DST_NAT and connection.reply.src != connection.original.dst
    return bool(is_translated) and wanted.address in (0, connection.reply.src)


def _any_nat(connection: Connection, wanted: Network) -> bool:
    return _source_nat(connection, wanted) or _destination_nat(connection, wanted)


def has_status(connection: Connection, wanted: Network) -> bool:
    """All bits of Status that are asked for; with UNREPLIED, SEEN_REPLY counts as well, set or not."""
    bits = wanted.address & ~UNREPLIED
    return connection.status & (bits | SEEN_REPLY * bool(wanted.address & UNREPLIED)) == bits


def always(_connection: Connection, _wanted: Network) -> bool:
    """What the mask decides, or nothing does."""
    return True


Test = Callable[["Connection", Network], bool]
ADDRESSES: dict[str, Test] = {
    "s": _orig_source, "d": _orig_destination, "r": _reply_source, "q": _reply_destination}
NATS: dict[str, Test] = {"n": _source_nat, "g": _destination_nat, "j": _any_nat}
PORTS: dict[str, Test] = {
    "sport": _orig_sport, "orig-port-src": _orig_sport, "dport": _orig_dport, "orig-port-dst": _orig_dport,
    "reply-port-src": _reply_sport, "reply-port-dst": _reply_dport}
SAME = {"orig-port-src": "sport", "orig-port-dst": "dport"}
OF_ICMP: dict[str, Test] = {"icmp-type": _icmp_type, "icmp-code": _icmp_code, "icmp-id": _orig_sport}
