"""What a sender keeps for RACK (RFC 8985; struct tcp_sock's rack and reordering)."""

from __future__ import annotations


class Rack:
    """Of the segments that have arrived, the one that left last; and how far they overtake each other.

    Attributes:
        at, end: when it left, in virtual nanoseconds, and where it ends.  trip: its round trip, in microseconds.
        advanced: an ACK has brought news that nobody has looked at yet.
        reordering: by how many segments they have overtaken each other.  seen: how often they have.
    """

    __slots__ = ("advanced", "at", "end", "reordering", "seen", "trip")

    def __init__(self, reordering: int) -> None:
        self.at = self.end = self.trip = self.seen = 0
        self.advanced = False
        self.reordering = reordering
