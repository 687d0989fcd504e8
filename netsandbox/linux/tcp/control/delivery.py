"""How fast data arrives at the peer, as `ss -i` tells it (net/ipv4/tcp_rate.c).

Each segment remembers how much had arrived when it left; what has arrived since, over the time that it took, is a
sample. One that a program's lack of data made small counts only while no larger one is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.engine.made import made_as
from netsandbox.engine.units import MICROSECOND
from netsandbox.wire.sequence import MASK, after

if TYPE_CHECKING:
    from netsandbox.linux.tcp.connection import Connection
    from netsandbox.linux.tcp.state import Sent


class Departure(NamedTuple):
    """How things stood when a segment left: times in virtual nanoseconds, and segments that had arrived."""

    first_at: int  # when the round of sending that it is of began
    arrived_at: int  # when an ACK had brought news last
    delivered: int  # how many had arrived
    is_app_limited: bool  # the program had no more to send


class Delivery:
    """The rate of one connection.

    Attributes:
        first_at: when the segment left that arrived last, or the first of those under way.
        arrived_at: when an ACK brought news last (delivered_mstamp).
        limited_until: what is delivered until then is what the program gave (app_limited); 0 where it had enough.
        segments, microseconds: the sample that counts.  is_app_limited: whether it is one of too little data.
    """

    __slots__ = ("arrived_at", "first_at", "is_app_limited", "limited_until", "microseconds", "segments")

    def __init__(self) -> None:
        self.first_at = self.arrived_at = 0
        self.limited_until = -1
        self.segments = self.microseconds = 0
        self.is_app_limited = True

    def departure(self, conn: Connection, now: int) -> Departure:
        """What a segment that leaves now is to remember (tcp_rate_skb_sent)."""
        if not conn.sent:
            self.first_at = self.arrived_at = now
        return made_as(Departure, (self.first_at, self.arrived_at, conn.delivered, bool(self.limited_until)))

    def sample(self, conn: Connection, latest: Sent, now: int) -> None:
        """`latest` is what left last of all that has just arrived (tcp_rate_gen)."""
        if self.limited_until and conn.delivered > self.limited_until:
            self.limited_until = 0
        self.arrived_at = now
        then = latest.departure
        if then is None:
            return
        self.first_at = latest.at
        segments = conn.delivered - then.delivered
        passed = now - then.arrived_at
        if passed < latest.at - then.first_at:
            passed = latest.at - then.first_at
        passed //= MICROSECOND
        least = conn.round_trip.least
        if least is None or passed < least:
            return
        if not then.is_app_limited or segments * self.microseconds >= self.segments * passed:
            self.segments, self.microseconds, self.is_app_limited = segments, passed, then.is_app_limited


def later_of(latest: Sent | None, segment: Sent) -> Sent:
    """Which of two segments left later (tcp_skb_sent_after)."""
    if latest is None or segment.at > latest.at or (segment.at == latest.at and after(segment.end, latest.end)):
        return segment
    return latest


def note_program(conn: Connection) -> None:
    """A program writes: was there too little of its data under way? (tcp_rate_check_app_limited)"""
    if ((conn.written - conn.nxt) & MASK < conn.mss and conn.in_flight < conn.congestion.window
            and conn.lost_out <= conn.again_out):
        conn.delivery.limited_until = conn.delivered + conn.in_flight or 1
