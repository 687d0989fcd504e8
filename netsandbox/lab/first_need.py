"""The default host is made when a line first needs it; where that line is refused, it was not needed."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from netsandbox.engine.snapshot import CopyError, Snapshot
from netsandbox.lab.copying import RULES, left_out

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab


class FirstNeed:
    """A lab as it was before a line made its default host, and with the host just made.

    Attributes:
        start, end: the trace's records of how the host was made; equal as long as it was not.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._made: Snapshot | None = None
        self.start = self.end = 0

    def __enter__(self) -> None:
        """The host is about to be made."""
        lab = self._lab
        self._nodes, self._macs, self._last_pid = set(lab.nodes), copy(lab.macs), lab.last_pid
        self._numbers, self.start = lab.scheduler.numbers, lab.trace.end

    def __exit__(self, error: type[BaseException] | None, *_rest: object) -> None:
        """It is made; or it could not be, and to ask for it here would be to try again, and again."""
        if error is not None:
            return
        self._run = self._lab.docker().run
        self._made, self.end = self._now(), self._lab.trace.end

    def take_back(self) -> bool:
        """Be without the host again, its records included, if nothing at all has changed since it was made."""
        lab = self._lab
        if not self._is_as_made():
            return False
        lab.docker().run = self._run  # who spoke to dockerd last stays, and is not looked into
        left_out([lab.nodes.pop(name) for name in set(lab.nodes) - self._nodes], lab)
        lab.macs, lab.last_pid, lab.scheduler.numbers = self._macs, self._last_pid, self._numbers
        lab.trace.cut(self.start, self.end)
        return True

    def _is_as_made(self) -> bool:
        """But for who makes containers' programs, which is whoever spoke to dockerd last."""
        if self._made is None:
            return False
        docker = self._lab.docker()
        last, docker.run = docker.run, self._run
        is_like = self._made.is_like(self._now())
        docker.run = last
        return is_like

    def _now(self) -> Snapshot | None:
        """Of all that is there, the files as well, which are made when somebody looks."""
        lab, scheduler = self._lab, self._lab.scheduler
        waiting = scheduler.queue, scheduler.ready, scheduler.timers, scheduler.wheel, scheduler.watchers
        try:
            return Snapshot(({**vars(lab), "last_pid": 0}, waiting, lab.host().files.root), RULES,
                            (lab, lab.trace, lab.trace.record, scheduler))
        except CopyError:
            return None
