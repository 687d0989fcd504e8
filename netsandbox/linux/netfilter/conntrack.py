"""Connection tracking: which connection a packet belongs to (net/netfilter/nf_conntrack_core.c).

A connection is entered when its first packet leaves or is delivered; what is dropped on its way leaves no trace.
"""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.hooks import Hook, HookVerdict, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.table import Sysctls
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter import track_sctp, track_tcp
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    DYING,
    ESTABLISHED,
    ESTABLISHED_REPLY,
    GRE,
    NEW,
    ORIGINAL,
    RELATED,
    RELATED_REPLY,
    REPLY,
    SCTP,
    SEEN_REPLY,
    UDP_LITE,
    Connection,
    FlowTuple,
    direction_of,
    tuple_of,
)
from netsandbox.linux.netfilter.connection_table import ConnectionTable
from netsandbox.linux.netfilter.tcp_states import VALID_FLAGS
from netsandbox.wire import udp
from netsandbox.wire.checksum import internet_checksum, pseudo_header, sctp_checksum
from netsandbox.wire.errors import ParseError
from netsandbox.wire.icmp import REDIRECT, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

LAST_ICMP_TYPE = 18
LONG = 120 * SECOND  # A TCP connection that has no more left than this is not hurried
SCTP_HEADER = 12
PREROUTING = Hook.PREROUTING
ERRORS = frozenset({3, 4, REDIRECT, 11, 12})


def track(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """nf_conntrack_in: find or begin the packet's connection, unless it has one already or is not to be tracked."""
    if buffer.connection is not None or buffer.is_untracked:
        return None
    packet, table = buffer.packet, namespace.netfilter.connections
    assert table is not None, "there is a table where packets are tracked"
    if packet.protocol == ICMP:
        related = _about_connection(namespace, table, buffer)
        if related is not True:
            table.statistics["error"] += buffer.connection is None
            return None
    wanted = tuple_of(packet)
    if wanted is not None and buffer.zone:
        wanted = wanted._replace(zone=buffer.zone)
    if wanted is None or not _makes_sense(namespace, buffer):  # room is asked for before that
        full = table.refusal(wanted) if wanted is not None and table.find(wanted) is None else None
        table.statistics["invalid"] += full is None
        return full
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
            table.statistics["invalid"] += connection is None
            return connection
        info = NEW
    else:
        connection, direction = found
        seen = connection.status & SEEN_REPLY
        info = ESTABLISHED_REPLY if direction == REPLY else ESTABLISHED if seen else NEW
    buffer.connection, buffer.info = connection, info
    state, status = connection.state, connection.status
    if not _handle(namespace, table, buffer.packet, connection, info):
        table.statistics["invalid"] += 1
        buffer.connection, buffer.refused = None, connection if found is not None else None
    elif info == ESTABLISHED_REPLY:
        connection.status |= SEEN_REPLY
    if (connection.state != state or connection.status != status) and connection.status & CONFIRMED:
        _tell(table, connection, state)
    return None


def _tell(table: ConnectionTable, connection: Connection, old_state: int) -> None:
    """What a packet changed: its TCP state, which is recorded, or that it is answered or assured."""
    if connection.status & DYING:
        return
    if connection.state != old_state:
        table.record(connection, "state")
    table.note_news(connection)


def _handle(namespace: NetworkNamespace, table: ConnectionTable, packet: IPv4Packet, connection: Connection,
            info: int) -> bool:
    """The protocol's part: whether the packet is valid."""
    sysctls, payload = namespace.sysctls, packet.payload
    if isinstance(payload, TcpSegment):
        is_valid, lifetime = track_tcp.track(connection, payload, info, sysctls)
        if is_valid and lifetime is not None:
            _keep(table, packet, connection, direction_of(info), lifetime)
        elif lifetime is not None and connection.expires - namespace.scheduler.now > max(lifetime, LONG):
            table.refresh(connection, lifetime)
        return is_valid
    if packet.protocol == SCTP:
        is_valid, lifetime = track_sctp.track(connection, packet.payload_bytes(), info, sysctls)
        if is_valid and lifetime is not None:
            table.refresh(connection, lifetime)
        if connection.counts is not None and is_valid and lifetime is not None:
            _count(connection.counts, packet, direction_of(info))
        return is_valid
    if connection.counts is not None:
        _count(connection.counts, packet, direction_of(info))
    if packet.protocol == UDP:
        _track_stream(namespace, table, connection, "udp", namespace.scheduler.now > connection.stream_from)
    elif packet.protocol == GRE:
        _track_stream(namespace, table, connection, "gre", True)
    elif packet.protocol == UDP_LITE:
        _track_stream(namespace, table, connection, "udp", True)
    else:
        name = "icmp" if packet.protocol == ICMP else "generic"
        table.refresh(connection, sysctls.get(f"net.netfilter.nf_conntrack_{name}_timeout") * SECOND)
    return True


def _keep(table: ConnectionTable, packet: IPv4Packet, connection: Connection, direction: int, lifetime: int) -> None:
    """A segment fits its connection, which is over, or is kept for so much longer."""
    if connection.counts is not None:
        _count(connection.counts, packet, direction)
    if lifetime:
        table.refresh(connection, lifetime)
    elif connection.is_confirmed:
        table.forget(connection, "reset")


def follow(table: ConnectionTable, packet: IPv4Packet, segment: TcpSegment, connection: Connection, direction: int,
           sysctls: Sysctls) -> bool:
    """As `track`, of a segment that is what most are; False, with nothing changed, where it is not."""
    if segment.checksum is not None or not VALID_FLAGS[segment.flags]:
        return False
    state, status = connection.state, connection.status
    lifetime = track_tcp.follow(connection, segment, direction, sysctls)
    if lifetime is None:
        return False
    _keep(table, packet, connection, direction, lifetime)
    if connection.state != state or connection.status != status:
        _tell(table, connection, state)
        if table.unsaid:
            table.say_news(connection)
    return True


def _count(counts: tuple[list[int], list[int]], packet: IPv4Packet, direction: int) -> None:
    """nf_ct_acct_update: packets and bytes of each direction, IP headers included."""
    count = counts[direction]
    count[0] += 1
    count[1] += packet.total_length


def _track_stream(namespace: NetworkNamespace, table: ConnectionTable, connection: Connection, name: str,
                  is_old: bool) -> None:
    """nf_conntrack_udp_packet, nf_conntrack_gre_packet: assured, and kept longer, once there was an answer (is_old: it
    has gone on for long enough)."""
    is_stream = is_old and bool(connection.status & SEEN_REPLY)
    key = f"net.netfilter.nf_conntrack_{name}_timeout" + ("_stream" if is_stream else "")
    table.refresh(connection, namespace.sysctls.get(key) * SECOND)
    if is_stream:
        connection.status |= ASSURED


def _makes_sense(namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
    """tcp_error, udp_error, sctp_error and their like: lengths, flags, and, where the packet came in, checksums."""
    packet, payload = buffer.packet, buffer.packet.payload
    if isinstance(payload, TcpSegment) and payload.checksum is None:
        return VALID_FLAGS[payload.flags]
    checks = buffer.hook is PREROUTING and bool(namespace.sysctls.get("net.netfilter.nf_conntrack_checksum"))
    if isinstance(payload, TcpSegment):
        return (not checks or payload.is_checksum_right(packet.src, packet.dst)) and (VALID_FLAGS[payload.flags])
    if isinstance(payload, UdpDatagram):
        if not payload.is_length_right:
            return False
        return not (checks and payload.checksum and not payload.is_checksum_offloaded)
    if isinstance(payload, IcmpMessage):
        return not (checks and payload.checksum is not None and not payload.is_checksum_right) and (
            payload.type <= LAST_ICMP_TYPE)
    if packet.protocol == SCTP:
        data = packet.payload_bytes()
        return len(data) > SCTP_HEADER and not (checks and sctp_checksum(data) != data[8:SCTP_HEADER])
    if packet.protocol == UDP_LITE:
        return _lite_makes_sense(packet, checks)
    return packet.protocol not in (TCP, UDP, ICMP)


def _lite_makes_sense(packet: IPv4Packet, checks: bool) -> bool:
    """udplite_error: its checksum has to be there, and covers as much as is said where UDP tells the length.

    It is summed up under UDP's number, which no sender does, so that no right one is found right.
    """
    data = packet.payload_bytes()
    covered = int.from_bytes(data[4:6], "big") or len(data)
    if not udp.HEADER <= covered <= len(data) or data[6:8] == b"\0\0":
        return False
    header = pseudo_header(packet.src, packet.dst, UDP, len(data))
    return not checks or internet_checksum(header + data[:covered]) in (0, 0xFFFF)


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
    if connection is None or table is None:
        return None
    if connection.status & (CONFIRMED | DYING) or direction_of(buffer.info) != ORIGINAL:
        if table.unsaid:
            table.say_news(connection)
        return None
    if table.confirm(connection):
        return None
    table.statistics["drop"] += 1
    return Dropped(DropReason.NETFILTER_DROP, ("clash",))


def defragment(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """ipv4_conntrack_defrag: rules and NAT see whole packets only."""
    packet = buffer.packet
    return namespace.netfilter.gather(namespace, buffer) if packet.mf or packet.offset else None
