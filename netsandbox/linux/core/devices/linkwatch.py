"""When a carrier that comes or goes is noticed: at most once a second, unless it is urgent (net/core/link_watch.c).

The carrier itself is gone at once; neighbours, routes, bridges and what stands on the device hear of it from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.linux.core.devices.interface import Interface

    Tell = Callable[[Interface], None]


class LinkWatch:
    """The events of one kernel."""

    __slots__ = ("is_running", "ran", "scheduler", "waiting")

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.ran = -SECOND  # when it last looked at all of them
        self.is_running = False  # it is telling of one; what loses its carrier by that waits for the next round
        self.waiting: dict[Interface, Tell] = {}  # devices without carrier that nobody has been told of

    def fire(self, interface: Interface, tell: Tell) -> None:
        """linkwatch_fire_event: what lost its carrier may wait, and where it is back by then nobody hears of it."""
        now = self.scheduler.now
        if interface.carrier and self.waiting.pop(interface, None) is not None:
            return
        in_time = now - self.ran >= SECOND or (now == self.ran and not self.is_running)
        if interface.up and not (in_time or interface.carrier or _is_urgent(interface)):
            if not self.waiting:
                self.scheduler.after(self.ran + SECOND - now, self._run)
            self.waiting[interface] = tell
            return
        if not interface.up:
            tell(interface)
            return
        if in_time:
            self.ran = now
        self._tell(interface, tell)

    def _tell(self, interface: Interface, tell: Tell) -> None:
        was_running, self.is_running = self.is_running, True
        tell(interface)
        self.is_running = was_running

    def sync(self, interface: Interface | None) -> None:
        """linkwatch_sync_dev: whoever asks about one device by its name or index has it looked at first."""
        tell = self.waiting.pop(interface, None) if interface is not None else None
        if tell is not None and interface is not None and not interface.carrier:
            self._tell(interface, tell)

    def touch(self) -> None:
        """A device that comes up has a carrier anew: an urgent event, of which nobody hears."""
        if self.scheduler.now - self.ran >= SECOND:
            self.ran = self.scheduler.now

    def _run(self, _argument: object) -> None:
        """__linkwatch_run_queue."""
        self.ran = self.scheduler.now
        waiting, self.waiting = self.waiting, {}
        for interface, tell in waiting.items():
            if interface.up and not interface.carrier:
                self._tell(interface, tell)


def _is_urgent(interface: Interface) -> bool:
    """linkwatch_urgent_event: the index of the device below, or of the peer, is another one; and all of a bond."""
    lower, master = interface.lower, interface.master
    return (lower is not None and lower.index != interface.index) or "bond" in (
        interface.kind, master.kind if master is not None else "")
