"""The ping over docker0 as a film: `python -m netsandbox.tui.cast [FILE]` writes screenshots/ping.cast anew.

It is an asciicast, version 2, for `asciinema play`: the real app on the scenario's own clock, so that it is the same at
every run.  A picture holds only the lines that differ from the one before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from textual.pilot import Pilot

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.options import Options
from netsandbox.tui.shots import Clock

SIZE = (120, 36)
RATE = 10  # Pictures a second
SCRIPT = (
    ("minus", 2.0), ("p", 6.0), ("plus", 0.5), ("w", 3.0), ("escape", 0.5), ("space", 0.5),
    ("b", 0.7), ("b", 0.7), ("b", 2.0),
)
"""Keys, and how many seconds pass after each."""


class Film:
    """Takes pictures of the app's screen."""

    def __init__(self, app: NetsandboxApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.events: list[tuple[float, str]] = []
        self._console = Console(color_system="truecolor", force_terminal=True, file=StringIO(), width=SIZE[0])
        self._lines: list[str] = []

    async def take(self, pilot: Pilot[int]) -> None:
        """One picture, once nothing is laid out anew any more: the lines that have changed."""
        lines, seen = self._painted(), self._lines
        while lines != seen:
            await pilot.pause()
            lines, seen = self._painted(), lines
        before = self._lines or [""] * len(lines)
        changed = "".join(f"\x1b[{number};1H{line}\x1b[0m" for number, (line, old) in
                          enumerate(zip(lines, before, strict=True), 1) if line != old)
        self._lines = lines
        if changed:
            self.events.append((round(self.clock.now, 3), changed))

    def _painted(self) -> list[str]:
        return [strip.render(self._console) for strip in self.app.screen._compositor.render_strips()]


async def film(script: Sequence[tuple[str, float]] = SCRIPT) -> str:
    """The asciicast as text; a shorter script gives the beginning of it."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as directory:
        app = NetsandboxApp(Options(tour=False), StateFiles(Path(directory)), clock)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            film = Film(app, clock)
            for key, seconds in script:
                await pilot.press(key)
                for _ in range(round(seconds * RATE)):
                    await pilot.pause()
                    await film.take(pilot)
                    clock.now += 1 / RATE
                    app.tick()
    head = {"version": 2, "width": SIZE[0], "height": SIZE[1], "title": "netsandbox: a ping over docker0"}
    events = [(0.0, "o", "\x1b[2J\x1b[?25l"), *((at, "o", text) for at, text in film.events)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (head, *events))


def main(words: Sequence[str] | None = None) -> None:
    """Write the film."""
    parser = argparse.ArgumentParser(prog="python -m netsandbox.tui.cast", description="Make the film anew.")
    parser.add_argument("file", nargs="?", default="screenshots/ping.cast", metavar="FILE")
    path = Path(parser.parse_args(words).file)
    path.write_text(asyncio.run(film()), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
