"""Captures of a lab in pcapng: every frame at every interface it passed, with the reason as comment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from netsandbox.engine.trace import Record, Trace
from netsandbox.engine.units import EPOCH
from netsandbox.linux.core.capture import Passing, passings
from netsandbox.wire.pcapng import PcapngWriter

Comment = Callable[[Passing], str | None]  # What is written beside a packet, if anything


class CaptureFile:
    """A capture that grows with the trace; one interface block per interface, where it first has a frame.

    Args:
        is_wanted: which passings to write; all when None.
    """

    def __init__(self, stream: BinaryIO, trace: Trace, comment: Comment,
                 is_wanted: Callable[[Passing], bool] | None = None) -> None:
        self._writer = PcapngWriter(stream)
        self._trace = trace
        self._comment = comment
        self._is_wanted = is_wanted
        self._cursor = trace.first
        self._interfaces: dict[str, int] = {}

    def update(self) -> int:
        """Write what has happened since the last time; returns how many packets."""
        return self.write(self._trace.since(self._cursor))

    def write(self, records: Iterator[Record]) -> int:
        count = 0
        for passing in passings(records):
            if self._is_wanted is not None and not self._is_wanted(passing):
                continue
            label = passing.interface.label
            number = self._interfaces.get(label)
            if number is None:
                number = self._interfaces[label] = self._writer.interface(label)
            self._writer.packet(number, EPOCH + passing.record.at, passing.frame.wire(), passing.is_out,
                                self._comment(passing))
            count += 1
        self._cursor = self._trace.end
        return count
