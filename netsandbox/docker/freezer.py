"""docker pause: a container's programs stand still, as the freezer cgroup makes them; its kernel does not.

What would give one of its programs a turn is put aside: timers that it set, turns that it has yet to take, and what a
socket of its has to tell.  The sockets themselves are the kernel's: a connection is still made, and not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from netsandbox.apps.program import Task
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Socket

if TYPE_CHECKING:

    from netsandbox.docker.container import Container
    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.engine.timers import Timer


class Deaf:
    """A socket whose program does not hear."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.on_event: Callable[[], None] = socket.on_event
        self.has_news = False
        socket.on_event = self.note

    def note(self) -> None:
        self.has_news = True

    def hear(self, scheduler: Scheduler) -> None:
        """The program hears again, first of all what it has missed."""
        if self.socket.on_event == self.note:
            self.socket.on_event = self.on_event
            if self.has_news:
                scheduler.soon(_call, self.on_event)


def _call(on_event: Callable[[], None]) -> None:
    on_event()


class Frozen:
    """Programs that stand still, until `thaw` (programs: of one container)."""

    def __init__(self, namespace: NetworkNamespace, programs: list[Task]) -> None:
        self.scheduler = namespace.scheduler
        self.programs = [task for program in programs for task in family(program)]
        self.processes = {task.process for task in self.programs if task.process is not None}
        self.timers = self._timers_aside()
        ready = self.scheduler.ready
        self.turns = [turn for turn in ready if self._owns(turn[0], turn[1])]
        kept = [turn for turn in ready if not self._owns(turn[0], turn[1])]
        ready.clear()
        ready.extend(kept)
        sockets = [*namespace.sockets.sockets, *namespace.sockets.connections.values()]
        self.sockets = [Deaf(socket) for socket in dict.fromkeys(sockets)
                        if getattr(socket, "on_event", None) is not None and socket.process in self.processes]

    def _timers_aside(self) -> list[tuple[Timer, bool]]:
        """What its programs have set, each with whether somebody waits for it."""
        scheduler, found = self.scheduler, []
        for timer in scheduler.timers.put_aside(lambda timer: self._owns(timer.callback, timer.argument)):
            found.append((timer, timer.foreground))
            scheduler.foreground -= timer.foreground
            timer.foreground = False
        return found

    def _owns(self, callback: object, argument: object) -> bool:
        """Whether it is a program's turn that a callback gives."""
        return any(self._is_ours(one) for one in _involved(callback, argument))

    def _is_ours(self, one: object) -> bool:
        if any(task is one for task in self.programs):
            return True
        return not isinstance(one, Socket) and getattr(one, "process", None) in self.processes

    def thaw(self) -> None:
        """The programs go on; a time that came meanwhile has come now."""
        scheduler = self.scheduler
        waiting = [(timer, is_foreground) for timer, is_foreground in self.timers if timer.callback is not None]
        for timer, is_foreground in waiting:
            timer.foreground = is_foreground
            scheduler.foreground += is_foreground
        scheduler.timers.put_back([timer for timer, _is_foreground in waiting])
        scheduler.ready.extend(self.turns)
        for socket in self.sockets:
            socket.hear(scheduler)
        self.timers, self.turns, self.sockets = [], [], []


def _involved(callback: object, argument: object) -> Iterator[object]:
    """Whose method is called, or is to be called in its turn."""
    for one in (callback, argument, *(argument if isinstance(argument, tuple) else ())):
        inner = one.func if isinstance(one, partial) else one
        yield getattr(inner, "__self__", inner)


def family(program: Task) -> list[Task]:
    """A program and those that it has started."""
    found: list[Task] = []
    waiting = [program]
    while waiting:
        one = waiting.pop(0)
        if one.is_running and not any(one is other for other in found):
            found.append(one)
            waiting += one.children
    return found


def programs_of(container: Container) -> list[Task]:
    """Its first program, and those of docker exec."""
    first = container.program
    return [*([first] if first is not None else []), *(each.program for each in container.execs)]
