"""A line that holds frames back, loses and changes them (net/sched/sch_netem.c)."""

from __future__ import annotations

from statistics import NormalDist

from netsandbox.engine.chance import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.wire.ethernet import Frame

WHOLE = (1 << 32) - 1  # A chance of 100 %


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
STEPS = 4096  # Rows of a table that tc loads


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
    """Let an interface send as over a bad line (loss: from 0 to 1.  rate: bits a second, or 0)."""
    netem = Netem(interface, 0x8001 + number)
    netem.loss, netem.rate = Share(loss), rate // 8
    netem.attach()
