"""Queueing disciplines that hold frames back, lose and change them (net/sched/sch_netem.c, sch_tbf.c)."""

from __future__ import annotations

from bisect import insort
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

from netsandbox.engine.units import SECOND
from netsandbox.linux.device_events import FrameShaped
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FrameSent, SendFailed
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.engine.chance import Stream
    from netsandbox.linux.core.interface import Interface

WHOLE = (1 << 32) - 1
"""A chance of 100 %."""


class Discipline:
    """What both have: a queue of frames with the times at which they leave.

    Attributes:
        limit: the longest frame that the other end takes; `most`: how many frames, or bytes, may wait.
        bytes, packets, dropped, overlimits, requeues: as `tc -s` counts them.
        child: what its frames go through as well; parent: the other way round; parent_class: as that was called.
    """

    kind = ""
    is_before_child: ClassVar[bool] = True
    """A line first holds a frame and then gives it to its child; a bucket of tokens does it the other way round."""

    def __init__(self, interface: Interface, handle: int) -> None:
        self.interface = interface
        self.handle = handle
        self.limit = interface.peer_limit
        self.most = 1000
        self.waiting: list[tuple[int, int, Frame]] = []
        self.serial = 0
        self.child: Discipline | None = None
        self.parent: Discipline | None = None
        self.parent_class = ""
        self.bytes = self.packets = self.dropped = self.overlimits = self.requeues = 0

    def attach(self) -> None:
        """Have the interface's frames from now on."""
        interface = self.interface
        if interface.shaper is not None:
            interface.shaper.detach()
        self.limit = interface.peer_limit
        interface.shaper = self
        interface.peer_limit = -1
        interface.qdisc = self.kind

    def detach(self) -> None:
        """Give the interface back, or the frames to the parent alone: what waits is lost."""
        self.waiting = []
        if self.parent is not None:
            self.parent.forget(self)
            return
        self.interface.shaper = None
        self.interface.peer_limit = self.limit
        self.interface.qdisc = "noqueue"

    @property
    def children(self) -> list[Discipline]:
        """What its classes have, in their order."""
        return [self.child] if self.child is not None and self.child.handle else []

    def forget(self, _child: Discipline) -> None:
        """A child has gone."""
        self.child = None

    def adopt(self, child: Discipline, parent_class: str) -> None:
        """qdisc_graft."""
        self.child = child
        child.parent, child.parent_class = self, parent_class

    def length_of(self, frame: Frame) -> int:
        """qdisc_pkt_len: bytes, of which a tunnel's packets have none of Ethernet's."""
        return frame.size - (0 if self.interface.hardware in ("ether", "loopback") else self.interface.uncounted)

    def enqueue(self, frame: Frame) -> bool:
        raise NotImplementedError

    def admit(self, frame: Frame) -> bool:
        """Its own part, where the child has done with the frame."""
        raise NotImplementedError

    def admit_from(self, _child: Discipline, frame: Frame) -> bool:
        """The same, of what has several."""
        return self.admit(frame)

    def drop(self, frame: Frame, why: str) -> None:
        self.dropped += 1
        reason = Dropped(DropReason.QDISC_DROP, (self.interface.name, self.kind, why))
        self.interface.namespace.record(SendFailed(self.interface.place, frame, reason))

    def note(self, what: str, nanoseconds: int = 0) -> None:
        self.interface.namespace.record(FrameShaped(self.interface.label, self.kind, what, nanoseconds))

    def sorted_into(self, classid: str) -> FrameShaped:
        return FrameShaped(self.interface.label, f"{self.kind} {classid}", "sorted", 0)

    def hold(self, frame: Frame, when: int) -> None:
        """Let it leave at a time: behind those that leave no later."""
        scheduler = self.interface.namespace.scheduler
        if when <= scheduler.now and not self.waiting:
            self.release(frame)
            return
        self.serial += 1
        insort(self.waiting, (when, self.serial, frame), key=lambda held: held[:2])
        scheduler.after(max(when - scheduler.now, 0), self._on_time, foreground=True)

    def _on_time(self, _argument: object) -> None:
        now = self.interface.namespace.scheduler.now
        while self.waiting and self.waiting[0][0] <= now:
            self.release(self.waiting.pop(0)[2])
        self.look()

    def look(self) -> None:
        """Whoever sends asks for what may leave; a bucket of tokens counts how often that is nothing yet."""

    def release(self, frame: Frame) -> None:
        """It has waited for long enough here: to the child or the parent, or on the wire."""
        interface, parent = self.interface, self.parent
        if interface.shaper is not (parent or self) or not interface.running:
            return
        self.bytes += self.length_of(frame)
        self.packets += 1
        if self.child is not None and self.is_before_child:
            self.child.enqueue(frame)
        elif parent is not None and not parent.is_before_child:
            parent.admit_from(self, frame)
        else:
            self._put(frame)

    def _put(self, frame: Frame) -> None:
        interface, limit = self.interface, (self.parent or self).limit
        namespace = interface.namespace
        namespace.record((FrameSent, interface.place, frame))
        if interface.is_stacked:
            interface.put_through(frame)
        elif frame.size > limit:
            interface.fail_too_big(frame, limit)
        else:
            interface.put_through(frame)


class Share:
    """A chance, and how much one draw is like the one before (struct crndstate)."""

    def __init__(self, chance: float = 0.0, likeness: float = 0.0) -> None:
        self.chance, self.likeness = chance, likeness
        self._last = 0

    def draw(self, stream: Stream) -> int:
        """get_crandom."""
        value = stream.bits(32)
        if self.likeness:
            rho = round(self.likeness * WHOLE)
            value = self._last = (value * ((1 << 32) - rho) + self._last * rho) >> 32
        return value

    def happens(self, stream: Stream) -> bool:
        return bool(self.chance) and round(self.chance * WHOLE) >= self.draw(stream)


class Gilbert:
    """A line that is good or bad, and loses more while it is bad (loss_gilb_ell).

    Attributes:
        worsens, mends: the chance to become bad, and good again.  lost, lost_when_good: that of a loss in each.
    """

    def __init__(self, worsens: float, mends: float, lost: float, lost_when_good: float) -> None:
        self.worsens, self.mends, self.lost, self.lost_when_good = worsens, mends, lost, lost_when_good
        self._is_bad = False

    def happens(self, stream: Stream) -> bool:
        turn = stream.bits(32) / WHOLE
        if not self._is_bad:
            self._is_bad = turn < self.worsens
            return stream.bits(32) / WHOLE < self.lost_when_good
        self._is_bad = turn >= self.mends
        return stream.bits(32) / WHOLE < self.lost


def normal(share: float) -> float:
    """How many deviations from the middle so large a share of all draws stays below."""
    return NormalDist().inv_cdf(share)


def pareto(share: float) -> float:
    """The same of a tail that is long: most come early, and some very late (tc/pareto.c)."""
    value: float = (1 / (1 - share)) ** (1 / 3) - 1.5
    return value * 4 / 3


DISTRIBUTIONS = {"normal": normal, "pareto": pareto}
STEPS = 4096
"""Rows of a table that tc loads."""


class Netem(Discipline):
    """A bad line: delay, loss, duplicates, disorder, errors, and a rate.

    Attributes:
        distribution: of the delay; one of DISTRIBUTIONS, or empty: anywhere between.  model: a line with two states.
        delay, jitter: nanoseconds.  rate: bytes a second, or 0.  gap: every so many frames one may overtake.
        framing: bytes that the line adds to a packet, those of a cell that it is cut into, and those added to each.
    """

    kind = "netem"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.delay = self.jitter = self.rate = self.gap = 0
        self.delays = Share()
        self.distribution = ""
        self.model: Gilbert | None = None
        self.framing: tuple[int, ...] = (0, 0, 0)
        self.loss, self.duplicate, self.reorder, self.corrupt = Share(), Share(), Share(), Share()
        self.seed = 0
        self._counter = 0
        self._stream: Stream | None = None

    @property
    def stream(self) -> Stream:
        if self._stream is None:
            chance = self.interface.namespace.chance
            if not self.seed:
                self.seed = chance.stream(f"{self.interface.label}/netem").bits(63) + 1
            self._stream = chance.stream(f"netem/{self.seed}")
        return self._stream

    @property
    def drawn_seed(self) -> int:
        """The seed, which is drawn with the first frame or look."""
        _drawn = self.stream
        return self.seed

    def reseed(self) -> None:
        self._stream = None

    def enqueue(self, frame: Frame) -> bool:
        """netem_enqueue."""
        stream = self.stream
        copies = 1 + self.duplicate.happens(stream) - (self.model or self.loss).happens(stream)
        if not copies:
            self.drop(frame, "loss")
            return True
        if copies > 1:
            self.note("duplicated")
        told = True
        for number in range(copies):
            told = self._take(frame, stream) and (told or number > 0)
        return told

    def _take(self, frame: Frame, stream: Stream) -> bool:
        if self.corrupt.happens(stream):
            data = bytearray(frame.wire())
            data[stream.below(len(data))] ^= 1 << stream.below(8)
            frame = Frame.parse(bytes(data))
            self.note("corrupted")
        if len(self.waiting) >= self.most:
            self.drop(frame, "limit")
            return False
        now = self.interface.namespace.scheduler.now
        if self.gap and self._counter >= self.gap - 1 and self.reorder.happens(stream):
            self._counter = 0
            self.requeues += 1
            self.note("reordered")
            self.release(frame)
            return True
        delay = self._draw_delay(stream)
        if self.rate:
            last = self.waiting[-1][0] if self.waiting else now
            delay = max(0, delay - (last - now)) + self._length_on_line(frame) * SECOND // self.rate
            when = last + delay
        else:
            when = now + delay
        self._counter += 1
        if when > now:
            self.note("delayed", when - now)
        self.hold(frame, when)
        return True

    def _length_on_line(self, frame: Frame) -> int:
        """packet_time_ns."""
        overhead, cell, cell_overhead = self.framing
        length = self.length_of(frame) + overhead
        return max(-(-length // cell) * (cell + cell_overhead) if cell else length, 0)

    def _draw_delay(self, stream: Stream) -> int:
        """tabledist: by its table; without one anywhere between."""
        if not self.jitter:
            return self.delay
        if self.distribution:
            share = (self.delays.draw(stream) % STEPS + 0.5) / STEPS
            return max(0, self.delay + round(self.jitter * DISTRIBUTIONS[self.distribution](share)))
        return max(0, self.delays.draw(stream) % (2 * self.jitter) + self.delay - self.jitter)


def make_line(interface: Interface, loss: float, rate: int, number: int) -> None:
    """Let an interface send as over a bad line.

    Args:
        loss: from 0 to 1.  rate: bits a second, or 0.
    """
    netem = Netem(interface, 0x8001 + number)
    netem.loss, netem.rate = Share(loss), rate // 8
    netem.attach()


class Noop(Discipline):
    """Swallows everything, and no sender hears of it: what a bucket is left with without its child (noop_qdisc)."""

    kind = "noop"

    def enqueue(self, frame: Frame) -> bool:
        (self.parent or self).drop(frame, "noop")
        return True


class Tbf(Discipline):
    """A bucket of tokens: so many bytes a second, and so many at once.

    Attributes:
        rate: bytes a second.  burst: bytes.  most: bytes that may wait.  _queued: bytes that do.
    """

    kind = "tbf"
    is_before_child = False

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.rate, self.burst = 1, 0
        self._tokens = -1
        self._since = self._queued = 0

    def detach(self) -> None:
        super().detach()
        self._queued = 0

    def forget(self, _child: Discipline) -> None:
        """tbf_graft, of nothing."""
        self.child = Noop(self.interface, 0)
        self.child.parent = self

    def enqueue(self, frame: Frame) -> bool:
        is_taken = self.child.enqueue(frame) if self.child is not None else self.admit(frame)
        self.look()
        return is_taken

    def admit(self, frame: Frame) -> bool:
        """tbf_enqueue: it waits until there are tokens for it."""
        length = self.length_of(frame)
        if length > self.burst:
            self.drop(frame, "burst")
            return False
        if self._queued + length > self.most:
            self.drop(frame, "limit")
            return False
        when = self._reserve(length)
        if when > self.interface.namespace.scheduler.now:
            self.note("shaped", when - self.interface.namespace.scheduler.now)
        self._queued += length
        self.hold(frame, when)
        return True

    def release(self, frame: Frame) -> None:
        self._queued -= self.length_of(frame)
        super().release(frame)

    def look(self) -> None:
        self.overlimits += bool(self.waiting)

    def _reserve(self, length: int) -> int:
        """tbf_dequeue: the time at which there are tokens for so many bytes more."""
        now = self.interface.namespace.scheduler.now
        full = self.burst * SECOND // self.rate
        if self._tokens < 0:
            self._tokens, self._since = full, now
        begins = max(now, self._since)
        tokens = min(full, self._tokens + begins - self._since)
        needed = length * SECOND // self.rate
        when = begins + max(0, needed - tokens)
        self._tokens, self._since = max(0, tokens - needed), when
        return when
