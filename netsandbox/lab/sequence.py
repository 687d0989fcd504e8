"""A sequence diagram as data: who sent what to whom, in time; of a connection, or of any rows of the frame log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.lab.flows import End, Flow, Segment, end_name

if TYPE_CHECKING:
    from netsandbox.lab.tables import LogRow

EVERYONE = ("everyone", "group")
"""What the log calls those who are nobody in particular."""
_ENDS = re.compile(r"^\S+ > \S+: (?:ICMP )?")
_DETAILS = re.compile(r", (?:win \d+|options \[[^]]*\])")
LOOPBACK = "127."
_SIZE = re.compile(r", length \d+$")


class Arrow(NamedTuple):
    """One thing that was sent.

    Attributes:
        seq, at: its first record, and virtual nanoseconds.
        target: a party; None for everyone.
        marks: what is to be said behind it: that it came again, the reason of its drop.
    """

    seq: int
    at: int
    source: str
    target: str | None
    label: str
    dropped: bool
    marks: str


class Sequence(NamedTuple):
    """The parties from left to right, and the arrows in time."""

    parties: tuple[str, ...]
    arrows: tuple[Arrow, ...]


def of_flow(flow: Flow, label: Callable[[Segment], str], named: Callable[[int, int], str],
            again: str = "again") -> Sequence:
    """A connection, segment by segment.

    Args:
        named: whose an address was at a record, or the address.
        again: the word for what was sent before, in front of the record that tells of that.
    """
    seq = flow.segments[0].seq if flow.segments else 0
    client, server = (_end(end, named(end[0], seq)) for end in (flow.client, flow.server))
    ends = client, server
    arrows = []
    for one in flow.segments:
        source, target = ends if one.from_client else ends[::-1]
        marks = " ".join(filter(None, (f"{again} #{one.again}" if one.again >= 0 else "", one.fate)))
        arrows.append(Arrow(one.seq, one.at, source, target, label(one), bool(one.fate), marks))
    return Sequence(ends, tuple(arrows))


def _end(end: End, owner: str) -> str:
    """`web 172.17.0.2:80`: whose it is, where anybody has the address."""
    text = end_name(end)
    return text if text.startswith(f"{owner}:") else f"{owner} {text}"


def of_rows(rows: Iterable[LogRow]) -> Sequence:
    """Rows of the log: one arrow for the way of each frame, from who sent it to whom it is for.

    Where NAT gives it another sender or receiver on its way, or a tunnel carries it, that part is an arrow of its own.
    """
    arrows: dict[tuple[int, str, str], Arrow] = {}
    parties: dict[str, None] = {}
    for row in rows:
        source, destination = _party(row, row.source), _party(row, row.destination)
        key = row.journey if row.journey >= 0 else row.seq, source, destination
        known = arrows.get(key)
        if known is None:
            target = None if destination in EVERYONE else destination
            parties.update(dict.fromkeys(filter(None, (source, target))))
            known = arrows[key] = Arrow(row.seq, row.at, source, target, _label(row), False, "")
        if row.dropped and row.reason not in known.marks.split():
            arrows[key] = known._replace(dropped=True, marks=f"{known.marks} {row.reason or row.verdict}".strip())
    return Sequence(tuple(parties), tuple(arrows.values()))


def _party(row: LogRow, name: str) -> str:
    """Who that is; a loopback address is one of the node's own."""
    return f"{row.node} {name}" if name.startswith(LOOPBACK) else name


def _label(row: LogRow) -> str:
    """What was sent, without what the arrow says already, and without what of a segment only the log has room for."""
    said = _SIZE.sub("", _ENDS.sub("", row.info))
    said = _DETAILS.sub("", said) if row.protocol == "TCP" else said
    return said if said.lower().startswith(row.protocol.lower()) else f"{row.protocol} {said}"
