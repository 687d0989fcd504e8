"""What one packet's way through a router teaches about the next of its connection (net/netfilter/nf_flow_table_core.c).

The kernel offloads a flow to go around its hooks; here a later packet goes through them all the same, and each record
and counter is as if every function had been asked.  But what can only be said again is not asked again: it is the same
while the hooks' functions, the input route and the names of both devices are, and while the chains look at nothing but
what all packets of one direction have in common.  What is not quite as usual is left to ip_input, with nothing changed.
Connections between the same addresses that are translated alike go the same ways, where no rule looks at ports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.made import made_as
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter import conntrack, nat, rewrite
from netsandbox.linux.netfilter.connection import (
    CONFIRMED,
    DST_NAT,
    ESTABLISHED,
    ESTABLISHED_REPLY,
    NAT_MASK,
    SEEN_REPLY,
    SRC_NAT,
    FlowTuple,
)
from netsandbox.linux.netfilter.head import destination_of, offset_of, protocol_of, source_of, way_in_of, way_out_of
from netsandbox.linux.netfilter.headers import destination_port_of, source_port_of
from netsandbox.linux.netfilter.listing import belonging
from netsandbox.linux.netfilter.matches.state import direction_seen, states_of
from netsandbox.linux.netfilter.walk import ChainFunction
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface
    from netsandbox.linux.core.hooks import SocketBuffer
    from netsandbox.linux.ipv4.input_route import InputRoute
    from netsandbox.linux.ipv4.routing import OutputRoute
    from netsandbox.linux.netfilter.connection import Connection
    from netsandbox.linux.netfilter.connection_table import ConnectionTable
    from netsandbox.linux.netfilter.events import ChainWalk
    from netsandbox.linux.netfilter.megaflow import Megaflow, Passage
    from netsandbox.linux.netfilter.netfilter import Netfilter
    from netsandbox.linux.netfilter.ruleset import Table
    from netsandbox.wire.ethernet import Frame

    Steps = tuple[tuple[Megaflow, Table], ...]

INFO = ESTABLISHED, ESTABLISHED_REPLY  # What a packet of each direction is to its connection, once that is answered
ANSWERED = SEEN_REPLY | CONFIRMED
PREROUTING, FORWARD, POSTROUTING = Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING
OF_ENDS = frozenset({source_of, destination_of, protocol_of, offset_of, way_in_of, way_out_of, states_of,
                     direction_seen})
"""Fields that all packets of one direction between two addresses have in common, once both ends have been heard."""
OF_FLOW = OF_ENDS | {source_port_of, destination_port_of}
"""Those that all packets of one direction of a connection have in common."""
MOST = 256  # Pairs of addresses between which ways are remembered; then that begins anew
SETTLED = frozenset({conntrack.defragment, conntrack.track, conntrack.confirm, nat.translate})
"""Functions whose part in such a packet's way is done here."""


class Way:
    """How the packets of one direction go."""

    __slots__ = ("entered", "functions", "names", "out", "route", "steps")

    def __init__(self, netfilter: Netfilter, entered: Interface, route: InputRoute, out: OutputRoute) -> None:
        # entered, route, functions: what they come by, the input route, and the hooks' functions, as it was found
        self.entered = entered
        self.route = route
        self.functions = netfilter.functions
        self.out = out  # the way out that the route chose
        self.names = entered.name, out.interface.name  # of the devices that they come by and leave by
        # at each hook, the known ways through its chains; None: each packet has to ask
        self.steps: tuple[Steps, Steps, Steps] | None = None

    @property
    def is_of_ends(self) -> bool:
        """Whether packets of other connections between the same addresses go it as well."""
        return self.steps is not None and all(
            OF_ENDS.issuperset(flow.fields) for steps in self.steps for flow, _table in steps)

    def is_still(self, netfilter: Netfilter, entered: Interface) -> bool:
        """Whether rules and devices are as they were."""
        return (self.functions is netfilter.functions and self.entered is entered
                and self.names == (entered.name, self.out.interface.name))


# -- learning

def learn(netfilter: Netfilter, entered: Interface, route: InputRoute, onward: IPv4Packet,
          buffer: SocketBuffer) -> None:
    """A packet has been forwarded, as `onward`: see whether the next of its connection can be told how to go."""
    connection, out = buffer.connection, route.chosen
    if connection is None or out is None or buffer.info not in nat.FOLLOWING:
        return
    direction = buffer.info == ESTABLISHED_REPLY
    if connection.ways is NOTHING and netfilter.connections is not None:
        connection.ways = _of_ends(netfilter.connections, connection)
    known = connection.ways.get(direction)
    if known is None or known.route is not route or not known.is_still(netfilter, entered):
        way = Way(netfilter, entered, route, out)
        if _is_plain(connection, way, buffer):
            way.steps = _steps(way, onward, buffer)
        if not way.is_of_ends:
            connection.ways = {**connection.ways}
        connection.ways[direction] = way


def _of_ends(table: ConnectionTable, connection: Connection) -> dict[int, Way]:
    """The ways of all connections between the same addresses that are translated alike."""
    original, reply = connection.original, connection.reply
    ends = original.src, original.dst, reply.src, reply.dst, connection.status & NAT_MASK, connection.masquerade
    if len(table.ways) == MOST and ends not in table.ways:
        table.ways = {}
    return table.ways.setdefault(ends, {})


def _is_plain(connection: Connection, way: Way, buffer: SocketBuffer) -> bool:
    """Whether nothing but the functions of the hooks and the route decided on the packet."""
    out, is_translated = way.out, connection.status & NAT_MASK
    return not (way.route.redirect or out.rule is not None or out.path is not None or out.next_hop is None
                or buffer.skips_prerouting or buffer.mark or buffer.priority is not None or buffer.is_copied
                or buffer.traced or buffer.largest_piece
                or nat.has_moved(connection, POSTROUTING, buffer.info, out.interface)
                or (is_translated and nat.translate not in way.functions.get(PREROUTING, ())))


def _steps(way: Way, onward: IPv4Packet, buffer: SocketBuffer) -> tuple[Steps, Steps, Steps] | None:
    """The ways through the chains of each hook, found again as the packet met them; None where that is not all."""
    packet, leaves, last = buffer.frame.payload if buffer.frame is not None else None, way.out.interface, buffer.packet
    if not isinstance(packet, IPv4Packet) or not isinstance(packet.payload, TcpSegment):
        return None
    first = _steps_at(PREROUTING, way, (packet, onward), None, buffer)
    second = _steps_at(FORWARD, way, (onward, onward), leaves, buffer)
    third = _steps_at(POSTROUTING, way, (onward, last), leaves, buffer)
    return None if first is None or second is None or third is None else (first, second, third)


def _steps_at(hook: Hook, way: Way, packets: tuple[IPv4Packet, IPv4Packet], leaves: Interface | None,
              buffer: SocketBuffer) -> Steps | None:
    """Those of one hook, to which the packet came as the first of these, and behind nat it was the second."""
    buffer.hook, buffer.leaves, found = hook, leaves, []
    buffer.packet, translated = packets
    for function in way.functions.get(hook, ()):
        if function is nat.translate:
            buffer.packet = translated
        if function in SETTLED:
            continue
        chain = getattr(function, "__self__", None)
        if not isinstance(chain, ChainFunction) or chain.known is None:
            return None
        flow = chain.known.find(buffer)
        if flow is None or flow.verdict is not None or flow.last is not None or not OF_FLOW.issuperset(flow.fields):
            return None
        found.append((flow, chain.table))
    return tuple(found)


# -- following

def pass_on(netfilter: Netfilter, entered: Interface, frame: Frame, packet: IPv4Packet) -> bool:
    """Forward a packet as the one before it of its connection; False, with nothing done, where it may go otherwise."""
    segment, table = packet.payload, netfilter.connections
    if table is None or not isinstance(segment, TcpSegment):
        return False
    found = table.by_tuple.get(made_as(FlowTuple, (TCP, packet.src, packet.dst, segment.sport, segment.dport, 0)))
    if found is None:
        return False
    connection, direction = found
    way = connection.ways.get(direction)
    if way is None or way.steps is None or not way.is_still(netfilter, entered) or (
            not _is_usual(connection, way, frame, packet)):
        return False
    answer, status = connection.original if direction else connection.reply, connection.status
    after = rewrite.translate(packet, answer, False) if status & (SRC_NAT if direction else DST_NAT) else packet
    namespace = entered.namespace
    if namespace.routes.input_cache.get((entered, after.src, after.dst, 0)) is not way.route or (
            not conntrack.follow(table, packet, segment, connection, direction, namespace.sysctls)):
        return False
    onward = after.with_ttl(after.ttl - 1)
    last = rewrite.translate(onward, answer, True) if status & (DST_NAT if direction else SRC_NAT) else onward
    _record(connection, direction, way, (packet, after, onward, last))
    out, next_hop = way.out, way.out.next_hop
    assert next_hop is not None, "only such a way is followed"
    namespace.neighbours.output(out.interface, next_hop, last, out.route)
    return True


def _is_usual(connection: Connection, way: Way, frame: Frame, packet: IPv4Packet) -> bool:
    """Whether the connection goes on, and nothing about the packet could lead it anywhere else."""
    namespace = way.entered.namespace
    return (connection.status & ANSWERED == ANSWERED and connection.expires > namespace.scheduler.now
            and not frame.dst & MAC_GROUP_BIT and not packet.options and packet.ttl > 1
            and packet.total_length <= way.out.mtu and way.entered.stack is None
            and not namespace.routes.is_particular)


def _record(connection: Connection, direction: int, way: Way,
            packets: tuple[IPv4Packet, IPv4Packet, IPv4Packet, IPv4Packet]) -> None:
    """What the hooks say of a packet: as it came, behind PREROUTING, as it goes on, and behind POSTROUTING."""
    packet, after, onward, last = packets
    namespace, (came, leaves), steps = way.entered.namespace, way.names, way.steps
    assert steps is not None, "only such a way is followed"
    size, record, name = packet.total_length, namespace.trace.events.append, namespace.name
    info, made_at = INFO[direction], connection.made_at
    words = connection.words.get(info) or belonging(connection, info)
    record((VerdictGiven, name, "PREROUTING", packet, None, _follow(steps[0], size), came, "",
            None if after is packet else after, words, made_at))
    record((VerdictGiven, name, "FORWARD", onward, None, _follow(steps[1], size), came, leaves, None, words, made_at))
    record(way.out.chosen)
    record((VerdictGiven, name, "POSTROUTING", onward, None, _follow(steps[2], size), came, leaves,
            None if last is onward else last, words, made_at))


def _follow(steps: Steps, size: int) -> tuple[ChainWalk | Passage, ...]:
    """Lead a packet through the chains of a hook, of which there is seldom more than one."""
    if not steps:
        return ()
    if len(steps) > 1:
        return tuple([flow.follow(table, size) for flow, table in steps])
    (flow, table), = steps
    return flow.follow(table, size),
