"""Network address translation (net/netfilter/nf_nat_core.c).

The nat table's rules are asked once a connection, about its first packet; what they say is kept in the connection's
reply tuple, and every later packet is translated by that, in both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import Hook, HookVerdict, SocketBuffer
from netsandbox.linux.core.jhash import jhash_address
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.ipv4.ip_output import reroute
from netsandbox.linux.netfilter import rewrite, track_tcp
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    DST_NAT,
    DST_NAT_DONE,
    ESTABLISHED,
    ESTABLISHED_REPLY,
    NAT_DONE,
    NAT_MASK,
    NEW,
    REPLY,
    SRC_NAT,
    SRC_NAT_DONE,
    WITH_PORTS,
    Connection,
    FlowTuple,
    direction_of,
)
from netsandbox.linux.netfilter.connection_table import ConnectionTable
from netsandbox.wire.icmp import REDIRECT, IcmpMessage
from netsandbox.wire.ipv4 import ICMP

if TYPE_CHECKING:
    from netsandbox.engine.chance import Stream

MOST_ATTEMPTS = 128
FEWEST_ATTEMPTS = 16
HARDER = 32  # So many attempts before the last one, what is over is taken out (NF_NAT_HARDER_THRESH)
SOURCE_HOOKS = frozenset({Hook.POSTROUTING, Hook.INPUT})
FOLLOWING = frozenset({ESTABLISHED, ESTABLISHED_REPLY})  # What a packet is to a connection whose translation is settled
POSTROUTING = Hook.POSTROUTING


class Range(NamedTuple):
    """What a target wants (struct nf_nat_range2)."""

    # first, last: addresses; 0 leaves the address as it is
    first: int = 0
    last: int = 0
    # low, high: ports or identifiers; None leaves them to the kernel
    low: int | None = None
    high: int | None = None
    base: int | None = None  # the port that the first port of the range stands for (a shifted range), or None
    # is_random, is_persistent: --random, --persistent
    is_random: bool = False
    is_persistent: bool = False


def is_source_hook(hook: Hook) -> bool:
    """HOOK2MANIP: whether the source is translated here, else the destination."""
    return hook in SOURCE_HOOKS


def is_settled(connection: Connection, is_source: bool) -> bool:
    """nf_nat_initialized."""
    return bool(connection.status & (SRC_NAT_DONE if is_source else DST_NAT_DONE))


def is_settled_at(hook: Hook, connection: Connection | None) -> bool:
    return connection is not None and is_settled(connection, is_source_hook(hook))


# -- choosing

class Chooser:
    """Finds the tuple that a connection gets."""

    def __init__(self, table: ConnectionTable, connection: Connection, wanted: Range, is_source: bool) -> None:
        self.table = table
        self.connection = connection
        self.range = wanted
        self.is_source = is_source

    def is_used(self, flow: FlowTuple) -> bool:
        """nf_nat_used_tuple: somebody else expects those answers."""
        return self.table.is_taken(flow.inverted(), self.connection)

    def choose(self, flow: FlowTuple) -> FlowTuple:
        """get_unique_tuple."""
        wanted = self.range
        if self.is_source and not wanted.is_random:
            if self._fits(flow):
                if not self.is_used(flow):
                    return flow
            else:
                known = self._known_source(flow)
                if known is not None and not self.is_used(known):
                    return known
        chosen = self._with_address(flow)
        if not wanted.is_random:
            if wanted.low is None:
                if not self.is_used(chosen):
                    return chosen
            elif wanted.base is None and self._has_port(chosen) and (wanted.low == wanted.high
                                                                   or not self.is_used(chosen)):
                return chosen
        return self._with_port(chosen)

    def _fits(self, flow: FlowTuple) -> bool:
        """in_range: the source is one that the range allows."""
        wanted = self.range
        if wanted.first and not wanted.first <= flow.src <= wanted.last:
            return False
        return wanted.low is None or self._has_port(flow)

    def _has_port(self, flow: FlowTuple) -> bool:
        low, high = self.range.low, self.range.high
        assert low is not None, "a range of ports has both ends"
        assert high is not None
        if flow.protocol == ICMP:
            return low <= flow.sport <= high
        if flow.protocol not in WITH_PORTS:
            return True
        return low <= (flow.sport if self.is_source else flow.dport) <= high

    def _known_source(self, flow: FlowTuple) -> FlowTuple | None:
        """find_appropriate_src: what the same source was mapped to before."""
        for other in self.table.by_source.get((flow.protocol, flow.src, flow.sport), ()):
            if other.original.zone != flow.zone:
                continue
            mapped = other.reply.inverted()
            known = flow._replace(src=mapped.src, sport=mapped.sport)
            if self._fits(known):
                return known
        return None

    def _with_address(self, flow: FlowTuple) -> FlowTuple:
        """find_best_ips_proto: of several addresses, the one that the two ends hash to."""
        wanted = self.range
        if not wanted.first:
            return flow
        address = wanted.first
        if wanted.first != wanted.last:
            seed = 0 if wanted.is_persistent else _swapped(flow.dst)
            address += jhash_address(_swapped(flow.src), seed) * (wanted.last - wanted.first + 1) >> 32
        return flow._replace(src=address) if self.is_source else flow.to(address, flow.dport)

    def _with_port(self, flow: FlowTuple) -> FlowTuple:
        """nf_nat_l4proto_unique_tuple: a port of the same class, or of the range, that is free."""
        bounds = self._bounds(flow)
        if bounds is None:
            return flow
        low, size = bounds
        stream = self.table.namespace.netfilter.chance(self.table.namespace)
        port = flow.sport if self.is_source or flow.protocol == ICMP else flow.dport
        attempts, offset = min(size, MOST_ATTEMPTS), self._first_offset(port, stream)
        while True:
            for attempt in range(attempts):
                chosen = self._ported(flow, low + offset % size)
                if not (self.is_used(chosen) if attempts - attempt > HARDER else self._is_used_still(chosen)):
                    return chosen
                offset = offset + 1 & 0xFFFF
            if attempts >= size or attempts < FEWEST_ATTEMPTS:
                return chosen
            attempts //= 2
            offset = stream.bits(16)

    def _is_used_still(self, flow: FlowTuple) -> bool:
        """nf_nat_used_tuple_harder: what is over makes way for a connection whose numbers begin beyond its own."""
        found = self.table.find(flow.inverted())
        if found is None or found[0] is self.connection:
            return False
        other, direction = found
        if direction == REPLY and other.status & ASSURED and track_tcp.is_succeeded(other, self.connection):
            self.table.forget(other, "succeeded")
            return False
        return self.is_used(flow)

    def _first_offset(self, port: int, stream: Stream) -> int:
        if self.range.base is not None:
            return port - self.range.base & 0xFFFF
        return stream.bits(16) if self.range.is_random or self.is_source else 0

    def _bounds(self, flow: FlowTuple) -> tuple[int, int] | None:
        """(the first port, how many) that may be used."""
        low, high = self.range.low, self.range.high
        if flow.protocol == ICMP:
            return (0, 65536) if low is None or high is None else (low, high - low + 1)
        if flow.protocol not in WITH_PORTS:
            return None
        if low is not None and high is not None:
            return low, high - low + 1
        if not self.is_source:
            return None
        if flow.sport >= 1024:
            return 1024, 65536 - 1024
        return (1, 511) if flow.sport < 512 else (600, 1024 - 600)

    def _ported(self, flow: FlowTuple, port: int) -> FlowTuple:
        return flow._replace(sport=port) if self.is_source or flow.protocol == ICMP else flow.to(flow.dst, port)


def _swapped(address: int) -> int:
    """An address as a little-endian processor reads it from the wire."""
    return int.from_bytes(address.to_bytes(4, "big"), "little")


def settle(table: ConnectionTable, connection: Connection, wanted: Range, is_source: bool) -> None:
    """nf_nat_setup_info: what answers to this connection will look like."""
    if connection.status & CONFIRMED:
        return
    current = connection.reply.inverted()
    chosen = Chooser(table, connection, wanted, is_source).choose(current)
    if chosen != current:
        connection.alter_reply(chosen.inverted())
        connection.status |= SRC_NAT if is_source else DST_NAT
    connection.status |= SRC_NAT_DONE if is_source else DST_NAT_DONE


def settle_unchanged(table: ConnectionTable, connection: Connection, is_source: bool) -> None:
    """nf_nat_alloc_null_binding: no rule wants anything, but two connections may still clash."""
    if is_source and not connection.status & CONFIRMED and table.find(connection.reply) is None:
        connection.status |= SRC_NAT_DONE
        return
    address = connection.reply.dst if is_source else connection.reply.src
    settle(table, connection, Range(address, address), is_source)


# -- the hook functions

def translate(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """nf_nat_inet_fn: ask the rules about a connection's first packet, and translate by what was settled."""
    connection = buffer.connection
    if connection is None:
        return None
    is_source, info = buffer.hook in SOURCE_HOOKS, buffer.info
    if info not in FOLLOWING:
        if info != NEW and buffer.packet.protocol == ICMP:
            return _translate_error(buffer, connection, is_source)
        if not is_settled(connection, is_source):
            verdict = _settle_by_rules(namespace, buffer, connection, is_source)
            if verdict is not None:
                return verdict
            _apply(buffer, connection, is_source)
            return None
    if connection.masquerade and has_moved(connection, buffer.hook, info, buffer.leaves):
        namespace.netfilter.connection_table(namespace).forget(connection, "another way out")
        return Dropped(DropReason.NETFILTER_DROP, ("moved",))
    if connection.status & NAT_MASK:
        _apply(buffer, connection, is_source)
    return None


def translate_own(namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
    """nf_nat_ipv4_local_fn: a packet of this host's own that is for another now goes another way."""
    verdict, connection = translate(namespace, buffer), buffer.connection
    if verdict is None and connection is not None:
        direction = direction_of(buffer.info)
        if connection.tuple(direction).dst != connection.tuple(not direction).src:
            return reroute(namespace, buffer)
    return verdict


def _settle_by_rules(namespace: NetworkNamespace, buffer: SocketBuffer, connection: Connection,
                     is_source: bool) -> HookVerdict:
    """What the rules of the present hook say; where they say nothing, what the packet has already."""
    verdict = namespace.netfilter.ask_nat(namespace, buffer)
    if verdict is None and not is_settled(connection, is_source):
        settle_unchanged(namespace.netfilter.connection_table(namespace), connection, is_source)
    return verdict


def has_moved(connection: Connection, hook: Hook, info: int, leaves: Interface | None) -> bool:
    """nf_nat_oif_changed: a masqueraded connection leaves by another interface than the one whose address it has."""
    return (bool(connection.masquerade) and hook is POSTROUTING and direction_of(info) != REPLY
            and leaves is not None and leaves.index != connection.masquerade)


def _apply(buffer: SocketBuffer, connection: Connection, is_source: bool) -> None:
    """nf_nat_packet: the packet is to look like what the other direction's packets answer."""
    is_reply = buffer.info >= ESTABLISHED_REPLY
    if connection.status & (DST_NAT if is_source is is_reply else SRC_NAT):
        answer = connection.original if is_reply else connection.reply
        buffer.packet = rewrite.translate(buffer.packet, answer, is_source)


def _translate_error(buffer: SocketBuffer, connection: Connection, is_source: bool) -> HookVerdict:
    """nf_nat_icmp_reply_translation: the packet that the error quotes is seen by its receiver as it was sent."""
    message, direction = buffer.packet.payload, direction_of(buffer.info)
    if not isinstance(message, IcmpMessage) or not message.is_checksum_right:
        return Dropped(DropReason.NETFILTER_DROP, ("icmp error",))
    if message.type == REDIRECT and (connection.status & NAT_DONE != NAT_DONE or connection.status & NAT_MASK):
        return Dropped(DropReason.NETFILTER_DROP, ("redirect",))
    if not connection.status & (DST_NAT if is_source is (direction == REPLY) else SRC_NAT):
        return None
    other = connection.tuple(not direction)
    quoted = rewrite.translate_quoted(message.data, other, not is_source)
    payload = IcmpMessage(message.type, message.code, message.rest, quoted)
    target = other.inverted()
    fields = {"src": target.src} if is_source else {"dst": target.dst}
    buffer.packet = rewrite.changed(buffer.packet, payload, **fields)
    return None
