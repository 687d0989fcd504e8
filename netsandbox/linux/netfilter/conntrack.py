"""Connection tracking: which connection a packet belongs to (net/netfilter/nf_conntrack_core.c).

A connection is entered when its first packet leaves or is delivered; what is
dropped on its way leaves no trace.  Entries whose time is over are forgotten
when somebody looks, as the kernel does (nf_ct_is_expired).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import crc32

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter import kernel_log, track_tcp
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    DYING,
    ESTABLISHED,
    ESTABLISHED_REPLY,
    NEW,
    ORIGINAL,
    QUESTIONS,
    RELATED,
    RELATED_REPLY,
    REPLY,
    SEEN_REPLY,
    Connection,
    FlowTuple,
    direction_of,
    tuple_of,
)
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.linux.netfilter.listing import connection_text
from netsandbox.wire.errors import ParseError
from netsandbox.wire.icmp import REDIRECT, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.linux.core.hooks import HookVerdict, SocketBuffer
    from netsandbox.linux.core.namespace import NetworkNamespace

LAST_ICMP_TYPE = 18
ERRORS = frozenset({3, 4, REDIRECT, 11, 12})
FEW = 256
"""Entries below which nobody looks for those that are over."""
STREAM_AFTER = 2 * SECOND
"""A UDP conversation that goes on for so long is a stream."""
EVICTION_RANGE = 8
"""Buckets of the hash table in which a full table looks for entries that may go (NF_CT_EVICTION_RANGE)."""
PAGE_OF_BUCKETS = 512
"""nf_ct_alloc_hashtable rounds up to whole pages."""
FULL = "nf_conntrack: nf_conntrack: table full, dropping packet"
STATISTICS = ("found", "invalid", "insert", "insert_failed", "drop", "early_drop", "error", "search_restart",
              "clash_resolve", "chaintoolong")


class ConnectionTable:
    """The connections of one namespace.

    Attributes:
        by_tuple: both tuples of every entry.
        by_source: entries by (protocol, source address, source port) of their original tuple, for NAT.
        statistics: how often what went wrong (struct ip_conntrack_stat).
    """

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.by_tuple: dict[FlowTuple, tuple[Connection, int]] = {}
        self.by_source: dict[tuple[int, int, int], list[Connection]] = {}
        self.statistics = dict.fromkeys(STATISTICS, 0)
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
        return [connection for connection, direction in self.by_tuple.values() if direction == ORIGINAL]

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self.entries())

    # -- changing

    def sweep(self) -> None:
        """Forget the entries whose time is over (gc_worker)."""
        now = self.namespace.scheduler.now
        over = [connection for connection, direction in self.by_tuple.values()
                if direction == ORIGINAL and connection.expires <= now]
        for connection in over:
            self.forget(connection, "expired")

    def begin(self, packet: IPv4Packet, original: FlowTuple) -> Connection | Dropped | None:
        """init_conntrack: an entry for a first packet, not in the table yet; None where none can begin so."""
        namespace = self.namespace
        if not self._has_room(original):
            self.statistics["drop"] += 1
            kernel_log.write_line(namespace, FULL)
            return Dropped(DropReason.NETFILTER_DROP, ("table full",))
        connection = self._fresh(original)
        payload = packet.payload
        if isinstance(payload, TcpSegment):
            if not track_tcp.begin(connection, payload, namespace.sysctls):
                return None
        elif isinstance(payload, UdpDatagram):
            connection.stream_from = namespace.scheduler.now + STREAM_AFTER
        elif original.protocol == ICMP and original.dport >> 8 not in QUESTIONS:
            return None
        self._serial += 1
        return connection

    def _has_room(self, wanted: FlowTuple) -> bool:
        """Below nf_conntrack_max, or entries near the new one's place in the hash table give way."""
        most = self.namespace.sysctls.get("net.netfilter.nf_conntrack_max")
        if len(self.by_tuple) < 2 * self._sweep_at and not (most and len(self.by_tuple) // 2 >= most):
            return True
        self.sweep()
        self._sweep_at = max(FEW, len(self.by_tuple))
        if not most or len(self.by_tuple) // 2 < most:
            return True
        return self._drop_early(wanted)

    def _drop_early(self, wanted: FlowTuple) -> bool:
        """early_drop: of a few buckets, the first with entries that are not assured loses all of these."""
        size = -(-self.namespace.sysctls.get("net.netfilter.nf_conntrack_buckets") // PAGE_OF_BUCKETS) * PAGE_OF_BUCKETS
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

    def confirm(self, connection: Connection) -> bool:
        """__nf_conntrack_confirm: enter the connection; False where another has one of its tuples."""
        if connection.status & DYING or self.find(connection.original) or self.find(connection.reply):
            self.statistics["insert_failed"] += 1
            return False
        connection.status |= CONFIRMED
        connection.expires = self.namespace.scheduler.now + connection.lifetime
        self.by_tuple[connection.reply] = connection, REPLY
        self.by_tuple[connection.original] = connection, ORIGINAL
        self.by_source.setdefault(connection.original[:2] + connection.original[3:4], []).append(connection)
        self._record(connection, "new")
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
        self._record(connection, why)

    def refresh(self, connection: Connection, lifetime: int) -> None:
        """nf_ct_refresh: from now on it is kept for so many nanoseconds."""
        connection.lifetime = lifetime
        connection.expires = self.namespace.scheduler.now + lifetime

    def _fresh(self, original: FlowTuple) -> Connection:
        """An entry, with counters where there are to be some (nf_conntrack_acct)."""
        connection = Connection(original, self._serial, self.namespace.trace.end)
        if self.namespace.sysctls.get("net.netfilter.nf_conntrack_acct"):
            connection.counts = [0, 0], [0, 0]
        return connection

    def make(self, original: FlowTuple, reply: FlowTuple, lifetime: int) -> Connection:
        """An entry that a program asks for (ctnetlink_create_conntrack); `confirm` enters it."""
        connection = self._fresh(original)
        self._serial += 1
        connection.reply, connection.lifetime = reply, lifetime
        if original.protocol == TCP:
            track_tcp.take_over(connection)
        return connection

    def changed(self, connection: Connection) -> None:
        """A program has changed an entry."""
        self._record(connection, "state")

    def _record(self, connection: Connection, why: str) -> None:
        namespace = self.namespace
        namespace.record(ConnectionChanged(namespace.name, connection_text(connection, namespace.scheduler.now), why,
                                           connection.made_at))
        self.tell(connection, {"new": "NEW", "state": "UPDATE"}.get(why, "DESTROY"))

    def tell(self, connection: Connection, what: str) -> None:
        """Those who listen hear of a change (nf_conntrack_event)."""
        for listener in self.namespace.netfilter.listeners:
            listener(connection, what)


# -- the hook functions

def track(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """nf_conntrack_in: find or begin the packet's connection, unless it has one already or is not to be tracked."""
    if buffer.connection is not None or buffer.is_untracked:
        return None
    packet, table = buffer.packet, namespace.netfilter.connections
    assert table is not None, "there is a table where packets are tracked"
    if packet.protocol == ICMP:
        related = _about_connection(namespace, table, buffer)
        if related is not True:
            return None
    wanted = tuple_of(packet)
    if wanted is None or not _makes_sense(namespace, buffer):
        table.statistics["error"] += 1
        return None
    if buffer.zone:
        wanted = wanted._replace(zone=buffer.zone)
    try:
        return _resolve(namespace, table, buffer, wanted)
    except track_tcp.ReopenedError as over:
        table.forget(over.connection, "reopened")
        buffer.connection = None
        return _resolve(namespace, table, buffer, wanted)


def _resolve(namespace: NetworkNamespace, table: ConnectionTable, buffer: SocketBuffer,
             wanted: FlowTuple) -> HookVerdict:
    """resolve_normal_ct, nf_conntrack_handle_packet."""
    found = table.find(wanted)
    if found is None:
        connection = table.begin(buffer.packet, wanted)
        if connection is None or isinstance(connection, Dropped):
            return connection
        info = NEW
    else:
        connection, direction = found
        seen = connection.status & SEEN_REPLY
        info = ESTABLISHED_REPLY if direction == REPLY else ESTABLISHED if seen else NEW
    buffer.connection, buffer.info = connection, info
    before = connection.state, connection.status
    if not _handle(namespace, table, buffer.packet, connection, info):
        table.statistics["invalid"] += 1
        buffer.connection = None
    elif info == ESTABLISHED_REPLY:
        connection.status |= SEEN_REPLY
    if before != (connection.state, connection.status) and connection.status & CONFIRMED:
        _tell(table, connection, before[0])
    return None


def _tell(table: ConnectionTable, connection: Connection, old_state: int) -> None:
    """What a packet changed: its TCP state, which is recorded, or that it is answered or assured."""
    if connection.status & DYING:
        return
    if connection.state != old_state:
        table.changed(connection)
    else:
        table.tell(connection, "UPDATE")


def _handle(namespace: NetworkNamespace, table: ConnectionTable, packet: IPv4Packet, connection: Connection,
            info: int) -> bool:
    """The protocol's part: whether the packet is valid."""
    sysctls, payload = namespace.sysctls, packet.payload
    if isinstance(payload, TcpSegment):
        is_valid, lifetime = track_tcp.track(connection, payload, info, sysctls)
        if is_valid and lifetime == 0:
            if connection.is_confirmed:
                table.forget(connection, "reset")
        elif is_valid and lifetime is not None:
            table.refresh(connection, lifetime)
        if is_valid and lifetime is not None:
            _count(connection, packet, info)
        return is_valid
    _count(connection, packet, info)
    if packet.protocol == UDP:
        _track_udp(namespace, table, connection)
    else:
        name = "icmp" if packet.protocol == ICMP else "generic"
        table.refresh(connection, sysctls.get(f"net.netfilter.nf_conntrack_{name}_timeout") * SECOND)
    return True


def _count(connection: Connection, packet: IPv4Packet, info: int) -> None:
    """nf_ct_acct_update: packets and bytes of each direction, IP headers included."""
    if connection.counts is not None:
        count = connection.counts[direction_of(info)]
        count[0] += 1
        count[1] += packet.total_length


def _track_udp(namespace: NetworkNamespace, table: ConnectionTable, connection: Connection) -> None:
    """nf_conntrack_udp_packet: assured, and kept longer, once it has gone on for a while in both directions."""
    is_stream = bool(connection.status & SEEN_REPLY) and namespace.scheduler.now > connection.stream_from
    key = "net.netfilter.nf_conntrack_udp_timeout" + ("_stream" if is_stream else "")
    table.refresh(connection, namespace.sysctls.get(key) * SECOND)
    if is_stream:
        connection.status |= ASSURED


def _makes_sense(namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
    """tcp_error, udp_error: lengths, flags, and, where the packet came in, checksums."""
    packet, payload = buffer.packet, buffer.packet.payload
    checks = buffer.hook is Hook.PREROUTING and bool(namespace.sysctls.get("net.netfilter.nf_conntrack_checksum"))
    if isinstance(payload, TcpSegment):
        if checks and payload.checksum is not None and not payload.is_checksum_right(packet.src, packet.dst):
            return False
        return track_tcp.has_valid_flags(payload)
    if isinstance(payload, UdpDatagram):
        if not payload.is_length_right:
            return False
        return not (checks and payload.checksum and not payload.is_checksum_offloaded)
    if isinstance(payload, IcmpMessage):
        return not (checks and payload.checksum is not None and not payload.is_checksum_right) and (
            payload.type <= LAST_ICMP_TYPE)
    return packet.protocol not in (TCP, UDP, ICMP)


def _about_connection(namespace: NetworkNamespace, table: ConnectionTable, buffer: SocketBuffer) -> bool:
    """nf_conntrack_icmp_error: an error belongs to the connection that it quotes; True where it is no error."""
    message = buffer.packet.payload
    if not isinstance(message, IcmpMessage) or not _makes_sense(namespace, buffer):
        return False
    if message.type not in ERRORS:
        return True
    inner = quoted_tuple(message.data)
    found = table.find(inner.inverted()._replace(zone=buffer.zone or 0)) if inner is not None else None
    if found is None:
        return False
    connection, direction = found
    if connection.tuple(direction).dst != buffer.packet.dst:
        return False
    buffer.connection, buffer.info = connection, RELATED_REPLY if direction == REPLY else RELATED
    return False


def quoted_tuple(data: bytes) -> FlowTuple | None:
    """The tuple of the packet that an ICMP error quotes."""
    try:
        return tuple_of(IPv4Packet.parse(data, quoted=True))
    except ParseError:
        return None


def confirm(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """nf_conntrack_confirm: the packet leaves or is delivered, so its connection is real."""
    connection, table = buffer.connection, namespace.netfilter.connections
    if connection is None or connection.status & (CONFIRMED | DYING) or direction_of(buffer.info) != ORIGINAL:
        return None
    if table is None or table.confirm(connection):
        return None
    return Dropped(DropReason.NETFILTER_DROP, ("clash",))


def defragment(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """ipv4_conntrack_defrag: rules and NAT see whole packets only."""
    return namespace.netfilter.gather(namespace, buffer)


def _bucket(flow: FlowTuple, size: int) -> int:
    """Where an entry stands in a hash table of so many buckets (hash_conntrack; ours is the same in every run)."""
    return crc32(repr(tuple(flow)).encode()) * size >> 32
