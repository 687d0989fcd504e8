"""Apps under test without what costs time and shows nothing: real pauses, and CSS that was parsed before.

Textual's pilot lets a real fiftieth of a second pass after each key, and more of them until the process rests.  Here
the event loop's clock is put forward instead, to the next timer: all timers fire that would have, in their order.
Importing this module does it for the process.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import textual.app
import textual.pilot
from textual import _time
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

SLICE = 0.02
"""Seconds that pass at least, and in which no timer may fire at the end: Textual's own `SLEEP_GRANULARITY`."""


class LoopClock:
    """The monotonic clock, as far as it was put forward."""

    ahead = 0.0

    @classmethod
    def now(cls, _loop: object = None) -> float:
        """Seconds."""
        return time.monotonic() + cls.ahead

    @classmethod
    def put_forward(cls, until: float) -> None:
        """It is as late as that, or later."""
        cls.ahead += max(0.0, until - cls.now())


async def rest(min_sleep: float = SLICE, max_sleep: float = 1) -> None:
    """Wait until nothing happens but that time passes: what `textual._wait.wait_for_idle` does."""
    latest = LoopClock.now() + max_sleep
    while await _anything_happens(LoopClock.now() + SLICE) and LoopClock.now() < latest:
        pass


async def _anything_happens(until: float) -> bool:
    """Let all pass that is ready or will be until then; whether there was a timer among it."""
    loop: Any = asyncio.get_running_loop()
    happened = False
    while True:
        while loop._ready:
            await asyncio.sleep(0)
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=until)
        if due >= until:
            LoopClock.put_forward(until)
            return happened
        LoopClock.put_forward(due)
        await asyncio.sleep(0)
        happened = True


asyncio.BaseEventLoop.time = LoopClock.now  # type: ignore[method-assign]
_time.get_time = LoopClock.now
textual.app.wait_for_idle = textual.pilot.wait_for_idle = rest  # type: ignore[attr-defined]

_parsed: dict[object, list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, *arguments: object, **named: object) -> list[RuleSet]:
    """The rules of a text: those of the same text with the same variables, where an app before had them."""
    key = frozenset(self._variables.items()), arguments, tuple(named.items())
    if key not in _parsed:
        _parsed[key] = _parse(self, *arguments, **named)  # type: ignore[arg-type]
    return _parsed[key]


Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
