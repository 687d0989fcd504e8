"""Apps under test without what costs time and shows nothing: real pauses, and CSS that was parsed before.

Textual's pilot lets a real fiftieth of a second pass after each key, and more of them until the process rests.  Here
an app's event loop has a clock of its own that goes on only where the loop would wait, to its next timer: all timers
fire that would have, in their order, and in the same one however busy the machine is.
Nor is painted what nobody sees: without a terminal Textual throws each picture away once it is made.
Importing this module does it for the process.
"""

from __future__ import annotations

import asyncio
import time
from asyncio.events import _get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import textual.app
import textual.pilot
from textual import _time
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from netsandbox.tui.painting.stylesheet import Found, KnownStyles, Way

SLICE = 0.02
"""Seconds that pass at least, and in which no timer may fire at the end: Textual's own `SLEEP_GRANULARITY`."""


class OwnTime:
    """An event loop's selector and its clock: a wait for the next timer is over at once, and it is as late as that."""

    def __init__(self, loop: Any) -> None:
        self.loop, self.now, self._selector = loop, loop.time(), loop._selector
        loop._selector = self
        loop.time = self.seconds

    def seconds(self) -> float:
        """What the loop's `time` says, since the machine's start."""
        return self.now

    def select(self, timeout: float | None = None) -> list[Any]:
        """What can be read or written; where nothing can, the time is over that would have been waited."""
        events: list[Any] = self._selector.select(0 if timeout else timeout)
        if not events and timeout:
            self.now += timeout
        return events

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)

    async def anything_happens(self, until: float) -> bool:
        """Let all pass that is ready or will be until then; whether there was a timer among it."""
        happened = False
        while True:
            while self.loop._ready:
                await asyncio.sleep(0)
            due = min((timer.when() for timer in self.loop._scheduled if not timer.cancelled()), default=until)
            self.now = max(self.now, min(due, until))
            if due >= until:
                return happened
            await asyncio.sleep(0)
            happened = True


def own_time() -> OwnTime:
    """That of the loop that runs."""
    loop: Any = asyncio.get_running_loop()
    return loop._selector if isinstance(loop._selector, OwnTime) else OwnTime(loop)


async def rest(min_sleep: float = SLICE, max_sleep: float = 1) -> None:
    """Wait until nothing happens but that time passes: what `textual._wait.wait_for_idle` does."""
    own = own_time()
    latest = own.now + max_sleep
    while await own.anything_happens(own.now + SLICE) and own.now < latest:
        pass


async def _done_what_waits(_pilot: textual.pilot.Pilot[Any], timeout: float = 0) -> bool:
    """Wait until all has been done that can be by now: Textual's pilot has each widget of the screen say so."""
    own = own_time()
    await own.anything_happens(own.now)
    return True


def _seconds() -> float:
    """What Textual's timers and messages take for the time."""
    loop = _get_running_loop()
    return loop.time() if loop else time.monotonic()


_run_test = textual.app.App.run_test


def _run_test_in_no_time(self: textual.app.App[Any], *arguments: Any, **named: Any) -> Any:
    own_time()
    return _run_test(self, *arguments, **named)


textual.app.App.run_test = _run_test_in_no_time  # type: ignore[method-assign]
_time.get_time = _seconds
textual.app.wait_for_idle = textual.pilot.wait_for_idle = rest  # type: ignore[attr-defined]

textual.pilot.Pilot._wait_for_screen = _done_what_waits  # type: ignore[method-assign]

_paint = Compositor.render_update


def _paint_what_is_seen(self: Compositor, full: bool = False, screen_stack: Any = None, simplify: bool = False) -> Any:
    """What a test looks at is painted whole, when it does: for its picture or its text."""
    if full:
        return _paint(self, full, screen_stack, simplify)
    visible_screen_stack.set(screen_stack or [])
    self._dirty_regions.clear()
    return None


Compositor.render_update = _paint_what_is_seen  # type: ignore[method-assign]


@contextmanager
def painting() -> Iterator[None]:
    """For a test of what painting takes or meets: all is painted that a terminal would get."""
    Compositor.render_update = _paint  # type: ignore[method-assign]
    try:
        yield
    finally:
        Compositor.render_update = _paint_what_is_seen  # type: ignore[method-assign]


_parsed: dict[object, list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, *arguments: object, **named: object) -> list[RuleSet]:
    """The rules of a text: those of the same text with the same variables, where an app before had them."""
    key = frozenset(self._variables.items()), arguments, tuple(named.items())
    if key not in _parsed:
        _parsed[key] = _parse(self, *arguments, **named)  # type: ignore[arg-type]
    return _parsed[key]


Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]

_found: dict[tuple[int, ...], dict[Way, Found]] = {}


def _found_before(self: KnownStyles) -> dict[Way, Found]:
    """The styles that an app before found by the same rules."""
    return _found.setdefault(tuple(map(id, self.rules)), {})


KnownStyles._nothing_known = _found_before  # type: ignore[method-assign]
