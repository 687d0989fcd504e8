"""A bucket of tokens (net/sched/sch_tbf.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.discipline import Discipline
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface


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
