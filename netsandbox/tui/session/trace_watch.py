"""What the timeline marks and the status counts, read off the trace once: drops, floods, and changes of the picture."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from typing import Any

from netsandbox.engine.trace import Alike, Trace, event_of, kind_of
from netsandbox.linux import events
from netsandbox.linux.drop import Dropped
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.tui.session.source import Mark

MOST_MARKS = 2000  # Marks of one kind that the timeline gets: the newest; it has a hundred cells or two

_QUIET: frozenset[type] = frozenset({
    events.FrameSent, events.FdbLearned, events.FdbForgotten, events.RouteChosen, events.RouteMissing,
    events.NeighbourChanged, events.PacketQueued, events.VerdictGiven, ConnectionChanged,
    events.IcmpErrorSent, events.PacketFragmented, events.FragmentHeld, events.PacketReassembled})
"""Events that change nothing the topology shows, and are no drop and no flood."""
_CALM = _QUIET | {events.FrameReceived, events.FrameBridged, events.PacketDropped}
"""Events that change nothing the topology shows."""

_DIRECTED = frozenset({events.Forwarding.KNOWN, events.Forwarding.LOCAL})


class TraceWatch:
    """Reads what is new in a trace; remembers drops and floods of the known history."""

    def __init__(self) -> None:
        self.marks_version = 0  # grows with every mark
        self._histories = 0  # How many were read: what two of them have alike, nobody knows
        self._changes = array("q")  # Record numbers after which the topology may look different, ascending
        self._older = 0  # Such records that the trace no longer has
        self._cursor = 0
        self._drops = array("q")  # Record numbers of the drops that the trace still has, ascending
        self._forgotten = 0  # Drops that it no longer has
        self._marks: dict[str, deque[Mark]] = {kind: deque(maxlen=MOST_MARKS) for kind in ("drop", "flood")}

    def forget(self, trace: Trace, since: int) -> None:
        """Another history, which went as the one before up to the step that made the record before `since`."""
        is_whole = not self._older + self._forgotten and all(len(one) < MOST_MARKS for one in self._marks.values())
        last = trace.step(trace.step_of(since - 1)) if since and is_whole else None
        self._cursor = min(self._cursor, last.first) if last is not None else 0
        self._forgotten = self._older = 0
        for numbers in (self._drops, self._changes):
            del numbers[bisect_left(numbers, self._cursor):]
        for marks in self._marks.values():
            while marks and (last is None or marks[-1].step >= last.number):
                marks.pop()
        self._histories += 1
        self.marks_version += 1

    def structure(self, end: int) -> tuple[int, int]:
        """What differs whenever the topology may look different: at the same one before `end`, it looks the same."""
        return self._histories, self._older + bisect_left(self._changes, end)

    def read(self, trace: Trace) -> None:
        """Look at the records that are new."""
        if self._cursor >= trace.end:
            return
        self._trim(trace.first)
        for first, raw in self._telling(trace):
            # Arrivals of a flood that are alike come by the hundred; only of drops each one counts.
            each = type(raw) is Alike and isinstance(raw[-1], Dropped)
            for seq in range(first, raw.end) if each else (first,):
                self._look_at(trace, seq, raw)
        self._cursor = trace.end

    def _telling(self, trace: Trace) -> Iterator[tuple[int, Any]]:
        """What is new but for the most that tells nothing: so nine of ten records take a tenth of the time."""
        place, fresh = trace.tail(self._cursor)
        found = [at for at, raw in enumerate(fresh, place) if
                 (raw[0] not in _CALM or type(raw[-1]) is Dropped
                  or (raw[0] is events.FrameBridged and raw[6] not in _DIRECTED)
                  if type(raw) is tuple else type(raw) not in _QUIET)]
        for at in found:
            raw = fresh[at - place]
            yield (max(raw.first, self._cursor) if type(raw) is Alike else trace.number_at(at)), raw

    def _look_at(self, trace: Trace, seq: int, raw: Any) -> None:
        kind = kind_of(raw)
        if kind not in _CALM:
            self._changes.append(seq)
        if kind is events.FrameReceived or kind is events.SendFailed or kind is events.PacketDropped:
            verdict = raw[-1]
            if isinstance(verdict, Dropped):
                self._drop(trace, seq, verdict)
        elif kind is events.FrameBridged:
            self._bridged(trace, seq, event_of(raw, seq))

    def _trim(self, first: int) -> None:
        """Forget the drops that the trace has forgotten."""
        gone = bisect_left(self._drops, first)
        del self._drops[:gone]
        self._forgotten += gone
        gone = bisect_left(self._changes, first)
        del self._changes[:gone]
        self._older += gone

    def _bridged(self, trace: Trace, seq: int, event: events.FrameBridged) -> None:
        copies = len(event.ports) + event.to_host
        if event.why not in _DIRECTED and copies > 1:
            self._mark(Mark(trace.step_of(seq), "flood", str(copies)))

    def _drop(self, trace: Trace, seq: int, verdict: Dropped) -> None:
        self._drops.append(seq)
        self._mark(Mark(trace.step_of(seq), "drop", verdict.reason.name))

    def _mark(self, mark: Mark) -> None:
        self._marks[mark.kind].append(mark)
        self.marks_version += 1

    def dropped(self, end: int) -> int:
        """How many records before `end` tell of a drop."""
        return self._forgotten + bisect_left(self._drops, end)

    def drop_beside(self, seq: int, direction: int) -> int | None:
        """The record of the next drop after, or the last before, a record."""
        at = bisect_left(self._drops, seq + (direction > 0)) - (direction < 0)
        return self._drops[at] if 0 <= at < len(self._drops) else None

    def marks(self) -> list[Mark]:
        """Drops and floods."""
        return [mark for marks in self._marks.values() for mark in marks]


