"""The table of connections: finding, entering and forgetting them (net/netfilter/nf_conntrack_core.c).

Entries whose time is over are forgotten when somebody looks, as the kernel does (nf_ct_is_expired).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar
from zlib import crc32

from netsandbox.engine.units import SECOND
from netsandbox.linux.core import printk
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter import track_tcp
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    DYING,
    ORIGINAL,
    QUESTIONS,
    REPLY,
    SCTP,
    Connection,
    FlowTuple,
)
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.linux.netfilter.listing import line_of
from netsandbox.linux.netfilter.track_sctp import SctpTracking
from netsandbox.wire.ipv4 import ICMP, TCP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.flowtable import Way

FEW = 256  # Entries below which nobody looks for those that are over
STREAM_AFTER = 2 * SECOND  # A UDP conversation that goes on for so long is a stream
EVICTION_RANGE = 8
"""Buckets of the hash table in which a full table looks for entries that may go (NF_CT_EVICTION_RANGE)."""
PAGE_OF_BUCKETS = 512  # nf_ct_alloc_hashtable rounds up to whole pages
FULL = "nf_conntrack: nf_conntrack: table full, dropping packet"
STATISTICS = ("found", "invalid", "insert", "insert_failed", "drop", "early_drop", "error", "search_restart",
              "clash_resolve", "chaintoolong")


class ConnectionTable:
    """The connections of one namespace."""

    __slots__ = ("_serial", "_sweep_at", "by_source", "by_tuple", "namespace", "statistics", "unsaid", "ways")

    caches: ClassVar = {"ways": "{}"}

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.by_tuple: dict[FlowTuple, tuple[Connection, int]] = {}  # both tuples of every entry
        # entries by (protocol, source address, source port) of their original tuple, for NAT
        self.by_source: dict[tuple[int, int, int], list[Connection]] = {}
        self.statistics = dict.fromkeys(STATISTICS, 0)  # how often what went wrong (struct ip_conntrack_stat)
        # through a router, by what connections have to have in common that go them (flowtable)
        self.ways: dict[tuple[int, ...], dict[int, Way]] = {}
        self.unsaid: tuple[Connection, ...] = ()  # Those of whose changes who listens has not heard yet
        self._serial = 0
        self._sweep_at = FEW

    # -- looking

    def find(self, wanted: FlowTuple) -> tuple[Connection, int] | None:
        """The connection of a tuple, and the direction that it is of."""
        found = self.by_tuple.get(wanted)
        if found is not None and found[0].expires <= self.namespace.scheduler.now:
            self.forget(found[0], "expired")
            return None
        return found

    def is_taken(self, reply: FlowTuple, ignored: Connection) -> bool:
        """Whether another connection has a tuple (nf_conntrack_tuple_taken)."""
        found = self.find(reply)
        is_taken = found is not None and found[0] is not ignored
        self.statistics["found"] += is_taken
        return is_taken

    def entries(self) -> list[Connection]:
        """Those whose time is not over, the oldest first."""
        self.sweep()
        return self._each()

    def _each(self) -> list[Connection]:
        return [connection for connection, direction in self.by_tuple.values()
                if direction == ORIGINAL or connection.original == connection.reply]

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self.entries())

    # -- changing

    def sweep(self) -> None:
        """Forget the entries whose time is over (gc_worker)."""
        now = self.namespace.scheduler.now
        for connection in self._each():
            if connection.expires <= now:
                self.forget(connection, "expired")

    def begin(self, packet: IPv4Packet, original: FlowTuple) -> Connection | Dropped | None:
        """init_conntrack: an entry for a first packet, not in the table yet; None where none can begin so."""
        full = self.refusal(original)
        if full is not None:
            return full
        namespace, payload = self.namespace, packet.payload
        connection = self._fresh(original)
        if isinstance(payload, TcpSegment):
            if not track_tcp.begin(connection, payload, namespace.sysctls):
                return None
        elif isinstance(payload, UdpDatagram):
            connection.stream_from = namespace.scheduler.now + STREAM_AFTER
        elif original.protocol == ICMP and original.dport >> 8 not in QUESTIONS:
            return None
        self._serial += 1
        return connection

    def refusal(self, wanted: FlowTuple) -> Dropped | None:
        """What happens to a first packet where there is no room for its entry."""
        if self._has_room(wanted):
            return None
        self.statistics["drop"] += 1
        printk.write_limited(self.namespace, FULL)
        return Dropped(DropReason.NETFILTER_DROP,
                       ("table full", self.namespace.sysctls.of_machine("net.netfilter.nf_conntrack_max")))

    def _has_room(self, wanted: FlowTuple) -> bool:
        """Below nf_conntrack_max, or entries near the new one's place in the hash table give way."""
        most = self.namespace.sysctls.of_machine("net.netfilter.nf_conntrack_max")
        if len(self.by_tuple) < 2 * self._sweep_at and not (most and len(self.by_tuple) // 2 >= most):
            return True
        self.sweep()
        self._sweep_at = max(FEW, len(self.by_tuple))
        if not most or len(self.by_tuple) // 2 < most:
            return True
        return self._drop_early(wanted)

    def _drop_early(self, wanted: FlowTuple) -> bool:
        """early_drop: of a few buckets, the first with entries that are not assured loses all of these."""
        buckets = self.namespace.sysctls.of_machine("net.netfilter.nf_conntrack_buckets")
        size = -(-buckets // PAGE_OF_BUCKETS) * PAGE_OF_BUCKETS
        start = _bucket(wanted, size)
        victims: dict[int, list[Connection]] = {}
        for flow, (connection, _direction) in self.by_tuple.items():
            if not connection.status & ASSURED:
                victims.setdefault((_bucket(flow, size) - start) % size, []).append(connection)
        nearest = min(victims, default=EVICTION_RANGE)
        if nearest >= EVICTION_RANGE:
            return False
        for connection in dict.fromkeys(victims[nearest]):
            self.statistics["early_drop"] += 1
            self.forget(connection, "early drop")
        return True

    def confirm(self, connection: Connection, by_program: bool = False) -> bool:
        """__nf_conntrack_confirm: enter the connection; False where another has one of its tuples."""
        if connection.status & DYING or self.find(connection.original) or self.find(connection.reply):
            self.statistics["insert_failed"] += not by_program
            return False
        self.statistics["insert"] += by_program
        connection.status |= CONFIRMED
        connection.expires = self.namespace.scheduler.now + connection.lifetime
        if connection.began is not None:
            connection.began = self.namespace.scheduler.now
        self.by_tuple[connection.original] = connection, ORIGINAL
        self.by_tuple[connection.reply] = connection, REPLY  # of one with itself all that follows is the answer
        self.by_source.setdefault(connection.original[:2] + connection.original[3:4], []).append(connection)
        self.record(connection, "new")
        self.tell(connection, "NEW", by_program)
        return True

    def forget(self, connection: Connection, why: str) -> None:
        """Take an entry out of the table (nf_ct_delete)."""
        self.by_tuple.pop(connection.original, None)
        self.by_tuple.pop(connection.reply, None)
        source = connection.original[:2] + connection.original[3:4]
        others = [other for other in self.by_source.get(source, ()) if other is not connection]
        if others:
            self.by_source[source] = others
        else:
            self.by_source.pop(source, None)
        connection.status |= DYING
        self.record(connection, why)
        self.tell(connection, "DESTROY", why == "deleted")

    def refresh(self, connection: Connection, lifetime: int) -> None:
        """nf_ct_refresh: from now on it is kept for so many nanoseconds."""
        connection.lifetime = lifetime
        connection.expires = self.namespace.scheduler.now + lifetime

    def _fresh(self, original: FlowTuple) -> Connection:
        """An entry, with counters where there are to be some (nf_conntrack_acct)."""
        connection = Connection(original, self._serial, self.namespace.trace.end)
        if self.namespace.sysctls.get("net.netfilter.nf_conntrack_acct"):
            connection.counts = [0, 0], [0, 0]
        if self.namespace.sysctls.get("net.netfilter.nf_conntrack_timestamp"):
            connection.began = self.namespace.scheduler.now
        return connection

    def make(self, original: FlowTuple, reply: FlowTuple, lifetime: int) -> Connection:
        """An entry that a program asks for (ctnetlink_create_conntrack); `confirm` enters it."""
        connection = self._fresh(original)
        self._serial += 1
        connection.alter_reply(reply)
        connection.lifetime = lifetime
        if original.protocol == TCP:
            track_tcp.take_over(connection)
        elif original.protocol == SCTP:
            connection.tcp = SctpTracking()
        return connection

    def changed(self, connection: Connection) -> None:
        """A program has changed an entry."""
        self.record(connection, "state")
        self.tell(connection, "UPDATE", True)

    def record(self, connection: Connection, why: str) -> None:
        """Put what happened to an entry into the trace."""
        namespace = self.namespace
        namespace.trace.events.append((ConnectionChanged, namespace.name, line_of(connection, namespace.scheduler.now),
                                       why, connection.made_at))

    def note_news(self, connection: Connection) -> None:
        """A packet has changed an entry: who listens hears of it once one is through (nf_conntrack_event_cache)."""
        if self.namespace.netfilter.listeners and connection not in self.unsaid:
            self.unsaid += (connection,)

    def say_news(self, connection: Connection) -> None:
        """A packet of it is through (nf_ct_deliver_cached_events)."""
        if connection in self.unsaid:
            self.unsaid = tuple(other for other in self.unsaid if other is not connection)
            self.tell(connection, "UPDATE")

    def tell(self, connection: Connection, what: str, by_program: bool = False) -> None:
        """Those who listen hear of a change; what is over has no other news (nf_conntrack_event)."""
        for listener in self.namespace.netfilter.listeners:
            listener(connection, what, by_program)
        if what == "DESTROY" and self.unsaid:
            self.unsaid = tuple(other for other in self.unsaid if other is not connection)


def _bucket(flow: FlowTuple, size: int) -> int:
    """Where an entry stands in a hash table of so many buckets (hash_conntrack; ours is the same in every run)."""
    return crc32(repr(tuple(flow)).encode()) * size >> 32
