"""What a sender keeps for RACK (RFC 8985; struct tcp_sock's rack and reordering)."""

from __future__ import annotations


class Rack:
    """Of the segments that have arrived, the one that left last; and how far they overtake each other.

    Attributes:
        at, end: when it left, in virtual nanoseconds, and where it ends.  trip: its round trip, in microseconds.
        advanced: an ACK has brought news that nobody has looked at yet.
        reordering: by how many segments they have overtaken each other.  reordering_seen: whether they ever have.
    """

    __slots__ = ("advanced", "at", "end", "reordering", "reordering_seen", "trip")

    def __init__(self, reordering: int) -> None:
        self.at = self.end = self.trip = 0
        self.advanced = self.reordering_seen = False
        self.reordering = reordering
