"""A sequence diagram as data: who sent what to whom, in time; of a connection, or of any rows of the frame log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from netsandbox.lab.flows import End, Flow, Segment, end_name
from netsandbox.lab.tables import LogRow
from netsandbox.linux.drop import OTHERHOST

TAKEN = frozenset({"accepted", "answered", "waits"})  # The verdicts of who has use for a frame
_ENDS = re.compile(r"^(\S+) > (\S+): (?:ICMP )?")
_DETAILS = re.compile(r", (?:win \d+|options \[[^]]*\])")
LOOPBACK = "127."
OWN = "127.0.0.1"  # What a node's programs have on lo, where they say nothing else
_SIZE = re.compile(r", length \d+$")


class Arrow(NamedTuple):
    """One thing that was sent."""

    # seq, at: its first record, and virtual nanoseconds
    seq: int
    at: int
    source: str
    targets: tuple[str, ...]  # the parties with whom it ended
    label: str
    dropped: bool
    marks: str  # what is to be said behind it: that it came again, the reason of its drop


class Sequence(NamedTuple):
    """The parties from left to right, and the arrows in time."""

    parties: tuple[str, ...]
    arrows: tuple[Arrow, ...]


def of_flow(flow: Flow, label: Callable[[Segment], str], named: Callable[[int, int], str],
            again: str = "again", told: Callable[[str], str] = str) -> Sequence:
    """A connection, segment by segment.

    Args:
        named: whose an address was at a record, or the address.
        again: the word for what was sent before, in front of the record that tells of that.
        told: the words for the name of a drop reason.
    """
    seq = flow.segments[0].seq if flow.segments else 0
    client, server = (_end(end, named(end[0], seq)) for end in (flow.client, flow.server))
    ends = client, server
    arrows = []
    for one in flow.segments:
        source, target = ends if one.from_client else ends[::-1]
        marks = " ".join(filter(None, (f"{again} #{one.again}" if one.again >= 0 else "",
                                       told(one.fate) if one.fate else "")))
        arrows.append(Arrow(one.seq, one.at, source, (target,), label(one), bool(one.fate), marks))
    return Sequence(ends, tuple(arrows))


def _end(end: End, owner: str) -> str:
    """`web 172.17.0.2:80`: whose it is, where anybody has the address."""
    text = end_name(end)
    return text if text.startswith(f"{owner}:") else f"{owner} {text}"


def of_rows(rows: Iterable[LogRow], told: Callable[[str], str] = str,
            said: Callable[[str], str] | None = None) -> Sequence:
    """Rows of the log: one arrow for the way of each frame, from who sent it to where it ended.

    Where NAT gives it another sender or receiver on its way, or a tunnel carries it, that part is an arrow of its own.

    Args:
        told: the words for the name of a drop reason.
        said: a frame's own line in other words than tcpdump's.
    """
    ways: dict[tuple[int, str, str], list[LogRow]] = {}
    nodes: set[str] = set()
    for row in rows:
        nodes.add(row.node)
        ways.setdefault((row.journey if row.journey >= 0 else row.seq, row.source, row.destination), []).append(row)
    arrows, talking, others = [], dict[str, None](), dict[str, None]()
    asked = set[tuple[str, str]]()  # Who spoke on lo to whom, both with one address
    for way in ways.values():
        first = way[0]
        ends = _ends_of(way)
        source, targets = _parties(first, ends, nodes, asked)
        dropped = ends[0].dropped
        arrows.append(Arrow(first.seq, first.at, source, targets, _label(first, said), dropped,
                            told(ends[0].reason) if dropped else ""))
        talking[source] = None
        (talking if ends[0].verdict in TAKEN else others).update(dict.fromkeys(targets))
    return Sequence(tuple(talking | others), tuple(arrows))  # who talk with one another stand side by side


def _parties(first: LogRow, ends: list[LogRow], nodes: set[str],
             asked: set[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """Who sent it, and with whom it ended."""
    if first.source.startswith(LOOPBACK) and first.destination.startswith(LOOPBACK):
        source, target = _parties_on_lo(first, asked)
        return source, (target,)
    source = first.source if first.source in nodes or first.direction == "in" else first.node
    to = first.destination if first.destination.startswith(LOOPBACK) else ""
    return source, tuple(dict.fromkeys(f"{first.node} {to}" if to else row.node for row in ends))


def _ends_of(way: list[LogRow]) -> list[LogRow]:
    """Where a frame ended: with who took it; where nobody did, where it was dropped last, or else with all who ignored
    it; what has none of these was seen last at its last row. A card that filters what is for another one is no end."""
    took = [row for row in way if row.verdict in TAKEN]
    if took:
        return took
    dropped = [row for row in way if row.dropped and (row.reason != OTHERHOST.reason.name or
                                                      row.node == row.destination)]
    return (dropped[-1:] or [row for row in way if row.verdict == "ignored"]
            or [row for row in way if not row.dropped][-1:] or way[-1:])


def _parties_on_lo(row: LogRow, asked: set[tuple[str, str]]) -> tuple[str, str]:
    """Who sent it and who has it: the node itself has 127.0.0.1; where both have that, the node is who spoke first."""
    if row.source != row.destination:
        source, target = (row.node if name == OWN else f"{row.node} {name}" for name in (row.source, row.destination))
        return source, target
    there = row.node, f"{row.node} {row.destination}"
    found = _ENDS.match(row.info)
    ends = (found[1], found[2]) if found else ("", "")
    if ends[::-1] in asked and ends[0] != ends[1]:
        return there[::-1]
    asked.add(ends)
    return there


def _label(row: LogRow, words: Callable[[str], str] | None) -> str:
    """What was sent, without what the arrow says already, and without what of a segment only the log has room for."""
    if words is not None:
        return f"{row.protocol} {words(row.info)}"
    said = _SIZE.sub("", _ENDS.sub("", row.info))
    said = _DETAILS.sub("", said) if row.protocol == "TCP" else said
    return said if said.lower().startswith(row.protocol.lower()) else f"{row.protocol} {said}"
