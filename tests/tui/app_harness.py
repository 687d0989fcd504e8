"""The real app on a lab of its own, with a clock that only a test moves and files in a directory of the test's."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from netsandbox.engine.collector import Settled
from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.options import Options
from tests.tui import in_no_time as in_no_time


class Clock:
    """Seconds, as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """The app, its pilot, and its clock."""

    def __init__(self, app: NetsandboxApp, pilot: Pilot[int], clock: Clock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def line(self, text: str) -> None:
        """Type a command line."""
        await self.press("colon")
        self.app.main.command.input.value = text
        await self.press("enter")

    async def pass_time(self, seconds: float) -> None:
        """Let the clock go on, a tenth of a second at a time, as long as the app would look at it."""
        for _ in range(round(seconds * 10)):
            self.clock.now += 0.1
            self.app.tick()
        await self.pilot.pause()

    async def quiet(self) -> None:
        """Let the lab go on until nothing is under way."""
        for _ in range(2000):
            if not self.app.live.is_busy:
                break
            self.clock.now += 0.1
            self.app.tick()
        self.app.sync()
        await self.pilot.pause()

    async def to_step(self, number: int) -> None:
        """Go on until a step of the lesson is done, over questions, and tasks that nobody does."""
        for _ in range(9 * number):
            stand = self.app.live.lesson.stand()
            assert stand is not None
            if stand.number == number and not stand.unmet:
                break
            await self.press("p")
            await self.quiet()


@asynccontextmanager
async def stage(
    directory: Path, options: Options | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Stage]:
    clock, thresholds = Clock(), gc.get_threshold()
    app = NetsandboxApp(options or Options(tour=False), StateFiles(directory), clock)
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.pause()
            yield Stage(app, pilot, clock)
    finally:  # an app keeps all for its process's lifetime, which is not that of the tests
        Settled.is_on = False
        gc.unfreeze()
        gc.set_threshold(*thresholds)
