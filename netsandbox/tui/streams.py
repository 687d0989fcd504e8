"""What a connection carried and a diagram of it, or of any rows of the log, as lines to look at.  No Textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.verbs import flow_text, sequence_text
from netsandbox.commands.verbs.sequence_svg import svg
from netsandbox.engine.trace import Trace, event_of
from netsandbox.explain.frame_words import words_in
from netsandbox.explain.refusals import translated
from netsandbox.explain.verdicts import drop_words
from netsandbox.lab.flows import End, Flow, end_name, flows
from netsandbox.lab.log_filter import PROTOCOLS
from netsandbox.lab.names import Namer
from netsandbox.lab.sequence import Sequence as Diagram
from netsandbox.lab.sequence import of_flow, of_rows
from netsandbox.lab.tables import ConnectionRow, LogRow
from netsandbox.linux.event_subject import frame_of, packet_of
from netsandbox.linux.tcp.errors import QUOTED
from netsandbox.tui.i18n import language
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.errors import ParseError
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment

if TYPE_CHECKING:
    from netsandbox.tui.session.lab_view import LabView

WITH_PORTS = ("tcp", "udp")


class Stream(NamedTuple):
    """Something to follow."""

    title: str  # whose it is
    views: dict[str, Callable[[], list[str]]]  # name of a view -> its lines, made when they are looked at
    diagram: Diagram  # for a picture

    def picture(self) -> str:
        """The diagram as SVG."""
        return svg(self.diagram, self.title)


def of_connection(found: Flow, named: Namer) -> Stream:
    """A TCP connection: its segments, and both directions as text and as bytes."""
    diagram = of_flow(found, flow_text.label, named.of_address, translated("again", language()), _told)
    return Stream(found.name, {"diagram": lambda: sequence_text.text(diagram),
                               "text": lambda: _said(flow_text.text(found)),
                               "hex": lambda: _said(flow_text.hexdump(found))}, diagram)


def _said(lines: list[str]) -> list[str]:
    """What was carried, or in the reader's language that it is nothing."""
    return [translated(line, language()) for line in lines] if len(lines) == 1 else lines


def of_selection(rows: Sequence[LogRow]) -> Stream:
    """Rows of the log: who sends what to whom."""
    return _of_rows(" … ".join(dict.fromkeys(f"#{row.seq}" for row in (rows[0], rows[-1]))), rows)


def of_exchange(lab: LabView, row: LogRow, rows: Sequence[LogRow]) -> Stream:
    """Of some rows those of the frames between the two addresses that one is between: a TCP connection has a diagram
    of its own, and a frame without addresses is shown among those of its protocol."""
    ends = _addresses(lab.session.trace, row.seq)
    found = [one for one in rows if one.seq == row.seq or
             (one.protocol != "TCP" and _addresses(lab.session.trace, one.seq) == ends
              and (ends or one.protocol == row.protocol))]
    found = found or [row]  # one that is marked may be behind those that are shown
    named = [(lab.named.of_address(address, row.seq), format_ipv4(address)) for address in sorted(ends)]
    title = " ↔ ".join(" ".join(dict.fromkeys(names)) for names in named) or row.protocol
    return _of_rows(title, lab.whole_ways(found))


def _of_rows(title: str, rows: Sequence[LogRow]) -> Stream:
    diagram = of_rows(rows, _told, words_in(language()))
    return Stream(title, {"diagram": lambda: sequence_text.text(diagram)}, diagram)


def _told(reason: str) -> str:
    return drop_words(reason, language())


def _addresses(trace: Trace, seq: int) -> frozenset[int]:
    """Between which a frame goes, or one of which an ICMP error tells; none where it has no addresses of IPv4."""
    event = event_of(trace.raw(seq), seq) if trace.first <= seq < trace.end else None
    packet = packet_of(event) if event is not None and frame_of(event) is not None else None
    if isinstance(packet, ArpPacket):
        return frozenset((packet.spa, packet.tpa))
    if not isinstance(packet, IPv4Packet):
        return frozenset()
    packet = _told_of(packet) or packet
    return frozenset((packet.src, packet.dst))


def _told_of(packet: IPv4Packet) -> IPv4Packet | None:
    """What an ICMP error quotes."""
    told = packet.payload
    if not isinstance(told, IcmpMessage) or not told.is_error:
        return None
    try:
        return IPv4Packet.parse(told.data, quoted=True)
    except ParseError:
        return None


def at_record(trace: Trace, seq: int) -> Flow | None:
    """The connection that a record's frame belongs to, or that an ICMP error in it tells of.

    None where it is no TCP, or the trace has forgotten it.
    """
    record = trace.get(seq)
    packet = packet_of(record.event) if record is not None and frame_of(record.event) is not None else None
    ends = _ends(packet) if isinstance(packet, IPv4Packet) else None
    if ends is None:
        return None
    found = [one for one in flows(trace) if {one.client, one.server} == ends and one.segments[0].seq <= seq]
    return found[-1] if found else None


def by_now(trace: Trace, found: Flow) -> Flow:
    """The same connection with what it has carried since."""
    known = flows(trace, found.segments[0].seq)
    return next((one for one in known if (one.client, one.server) == (found.client, found.server)), found)


def _ends(packet: IPv4Packet) -> set[End] | None:
    """Both ends of a segment, or of the one that an ICMP error quotes."""
    told = packet.payload
    if isinstance(told, IcmpMessage) and told.is_error:
        quoted = _told_of(packet)
        head = quoted.payload_bytes() if quoted is not None else b""
        if quoted is None or quoted.protocol != TCP or len(head) < QUOTED:
            return None
        packet = quoted
        sport, dport = (int.from_bytes(port, "big") for port in (head[:2], head[2:4]))
    elif isinstance(told, TcpSegment):
        sport, dport = told.sport, told.dport
    else:
        return None
    return {(packet.src, sport), (packet.dst, dport)}


def of_row(trace: Trace, row: ConnectionRow) -> Flow | None:
    """The newest connection of a row of `conntrack -L`, as whoever began it has it; where NAT gave it another end
    before a frame of it left, as that has it."""
    known = flows(trace)
    for ends in map(set, (row.original, row.reply)):
        found = [one for one in known if {end_name(one.client), end_name(one.server)} == ends]
        if found:
            return found[-1]
    return None


def filter_for(row: ConnectionRow) -> str:
    """A filter of the log for the frames of one connection, before and behind NAT."""
    original, reply = ([end.partition(" ")[0] for end in ends] for ends in (row.original, row.reply))  # no ICMP type
    there, back = _between(row.protocol, original), _between(row.protocol, reply)
    return there if set(original) == set(reply) else f"({there}) or ({back})"


def _between(protocol: str, ends: list[str]) -> str:
    words = [protocol] if protocol in PROTOCOLS else []
    for address, _colon, port in (end.partition(":") for end in ends):
        words.append(f"host {address}")
        if protocol in WITH_PORTS and port.isdecimal():
            words.append(f"port {port}")
    return " and ".join(words)
