"""A bucket of tokens (net/sched/sch_tbf.c)."""

from __future__ import annotations

from typing import ClassVar

from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline, Held, Xmit
from netsandbox.linux.core.queueing.fifo import ByteFifo, plain_queue
from netsandbox.linux.core.queueing.leaf import Leaf
from netsandbox.wire.ethernet import Frame


class Noop(Discipline):
    """Swallows everything, and no sender hears of it: what a bucket is left with without its child (noop_qdisc)."""

    kind = "noop"

    def enqueue(self, frame: Frame) -> bool:
        (self.parent or self).drop(frame, "noop")
        return True


class Tbf(Discipline):
    """A bucket of tokens: so many bytes a second, and so many at once.

    Attributes:
        rate: bytes a second.  burst: bytes.  most: bytes that may wait, where no other discipline stands in it.
    """

    kind = "tbf"
    state: ClassVar[tuple[str, ...]] = (*Discipline.state, "_leaf", "_timer")
    is_before_child = False

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.rate, self.burst = 1, 0
        self._tokens, self._since = -1, 0
        self._timer: Timer | None = None
        self._leaf = Leaf(plain_queue(self, ByteFifo))

    def detach(self) -> None:
        super().detach()
        self.interface.namespace.scheduler.cancel(self._timer)

    def adopt(self, child: Discipline, parent_class: str) -> None:
        super().adopt(child, parent_class)
        self._leaf = Leaf(child)

    def forget(self, _child: Discipline) -> None:
        """tbf_graft, of nothing."""
        self.child = Noop(self.interface, 0)
        self.child.parent = self
        self._leaf = Leaf(self.child)

    @property
    def waiting(self) -> list[Held]:
        return [(0, 0, frame) for frame in self._leaf.frames]

    def purge(self) -> None:
        self._leaf.purge()

    def enqueue(self, frame: Frame) -> bool:
        """tbf_enqueue."""
        if self.length_of(frame) > self.burst:
            self.drop(frame, "burst")
            return False
        if self.child is None and isinstance(self._leaf.discipline, ByteFifo):
            self._leaf.discipline.most = self.most
        taken = self._leaf.put(frame)
        self._run(None)
        return taken is not Xmit.DROP

    def look(self, times: int) -> None:
        self.overlimits += times * (self._leaf.peek() is not None)

    def admit_from(self, _child: Discipline, frame: Frame) -> bool:
        """The child has times of its own, and has done with it."""
        self._leaf.ready.append(frame)
        self._run(None)
        return True

    def _run(self, _argument: object) -> None:
        """tbf_dequeue, for as long as there are tokens; then it comes back when there are."""
        scheduler = self.interface.namespace.scheduler
        scheduler.cancel(self._timer)
        self._timer = None
        while (frame := self._leaf.peek()) is not None:
            wait = self._spend(self.length_of(frame))
            if wait:
                self.overlimits += 1
                self._timer = scheduler.after(wait, self._run, foreground=True)
                return
            frame, waited = self._leaf.take(scheduler.now)
            if waited:
                self.note("waited", waited)
            self.release(frame)

    def _spend(self, length: int) -> int:
        """Pay for so many bytes; or in how many nanoseconds that can be done."""
        now = self.interface.namespace.scheduler.now
        full = self.burst * SECOND // self.rate
        tokens = full if self._tokens < 0 else min(full, self._tokens + now - self._since)
        needed = length * SECOND // self.rate
        if tokens < needed:
            return needed - tokens
        self._tokens, self._since = tokens - needed, now
        return 0
