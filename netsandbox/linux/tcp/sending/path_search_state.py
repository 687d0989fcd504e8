"""What a sender knows of a path's MTU that nobody tells (struct inet_connection_sock's icsk_mtup)."""

from __future__ import annotations


class PathSearch:
    """The search for the largest segment that arrives.

    Attributes:
        is_on: whether one goes on.  low, high: the MTU that is sure, and the one that is hoped for; 0 before.
        size: the MTU of the probe under way, or 0.  start, end: its sequence numbers.
        began: in virtual nanoseconds.
    """

    __slots__ = ("began", "end", "high", "is_on", "low", "size", "start")

    def __init__(self) -> None:
        self.is_on = False
        self.low = self.high = self.size = self.start = self.end = self.began = 0
