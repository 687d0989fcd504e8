"""The pace of a lab: frames are delivered as a person can follow them.

While foreground work is left the player paces by steps: each hop is seen. When the lab is quiet, virtual time follows
the wall clock times the speed, so that tables age in front of the user.  The engine itself knows none of this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from netsandbox.engine.units import SECOND

STEPS_PER_SECOND = 10  # The pace of speed 1
BUDGET = 0.008  # Seconds of work in one go; then the loop is free for keys
FASTEST_BUDGET = 0.016  # The same as fast as it can: pictures come half as often, each after twice as many steps
CATCH_UP = 0.25  # Seconds that may be made up for; what is more is lost, not raced after


class Steppable(Protocol):
    """What is played: a scheduler, or a session around one."""

    @property
    def is_quiet(self) -> bool:
        """No foreground work is left."""

    @property
    def clock(self) -> int:
        """Virtual nanoseconds."""

    def step(self) -> bool:
        """Do one step; False when nothing is left."""

    def advance(self, when: int) -> None:
        """Let virtual time pass up to a moment, doing what is due."""


class Player:
    """Plays a lab: play, pause, step, speed."""

    def __init__(self, lab: Steppable, clock: Callable[[], float] = time.monotonic) -> None:
        self.lab = lab
        self.speed = 1.0  # 1 is ten steps a second, and virtual seconds as real ones when quiet; 0 is as fast as it can
        self.is_playing = False
        self.is_lagging = False  # the machine does not keep up with the speed asked for
        # whether something is to be done at this very moment, before a further step
        self.is_due: Callable[[], bool] = bool
        self._clock = clock
        self._last = 0.0
        self._owed = 0.0

    # -- the controls

    def play(self) -> None:
        """Let the lab run; `pump` moves it."""
        self.is_playing = True
        self._last = self._clock()
        self._owed = 0.0

    def pause(self) -> None:
        self.is_playing = False
        self.is_lagging = False

    def stand(self) -> None:
        """Let the time that has passed since the last look be nobody's."""
        self._last = self._clock()

    def step(self) -> bool:
        """Pause, and do one step."""
        self.pause()
        return self.lab.step()

    def set_speed(self, speed: float) -> None:
        """From 1 to 100, or 0 for as fast as it can (ValueError: it is neither)."""
        if speed != 0 and not 0.01 <= speed <= 1000:
            raise ValueError(f"the speed is a number from 0.01 to 1000, or 0 for as fast as it can, not {speed}")
        self.speed = speed

    # -- moving with the wall clock

    def pump(self) -> bool:
        """Do what the wall clock makes due, at most for the budget; whether anything moved."""
        if not self.is_playing:
            return False
        now = self._clock()
        passed, self._last = min(now - self._last, CATCH_UP), now
        return self._follow_clock(passed) if self.lab.is_quiet else self._pace_steps(passed, now)

    def _follow_clock(self, passed: float) -> bool:
        """Quiet: time passes, and tables age."""
        self._owed = 0.0
        self.is_lagging = False
        self.lab.advance(self.lab.clock + round(passed * (self.speed or 1) * SECOND))
        return True

    def _pace_steps(self, passed: float, started: float) -> bool:
        """Under way: so many steps a second."""
        self._owed += passed * self.speed * STEPS_PER_SECOND
        budget = BUDGET if self.speed else FASTEST_BUDGET
        moved = False
        while (self.speed == 0 or self._owed >= 1) and not self.lab.is_quiet:
            if not self.lab.step():
                break
            moved = True
            self._owed -= 1
            if self._clock() - started > budget or self.is_due():
                break
        self.is_lagging = self.speed > 0 and self._owed > STEPS_PER_SECOND * self.speed * CATCH_UP
        self._owed = max(0.0, min(self._owed, STEPS_PER_SECOND * max(self.speed, 1) * CATCH_UP))
        return moved
