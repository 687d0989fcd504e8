"""The pictures in screenshots/: `python -m netsandbox.tui.shots [DIRECTORY]` makes them anew from scenarios.

Each is the real app, driven by keys, with a clock that only this module moves; so they are the same at every run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.i18n import set_language
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.options import Options
from netsandbox.tui.screenshot import NoBitmapError, bitmap, seen

QUIET = "quiet"  # Not a key: let the lab go on until nothing is under way


class Shot(NamedTuple):
    """One picture: what is opened, at which size, and what is done."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str]
    scenario: str = ""
    language: str = "en"
    theme: str = ""
    ascii: bool = False


def typed(line: str) -> tuple[str, ...]:
    """The keys of a command line."""
    names = {" ": "space", "-": "minus", ".": "full_stop", ":": "colon", "/": "slash"}
    return ("colon", *(names.get(character, character) for character in line), "enter")


HELD_PING = ("space", "p", "n", "n", "n")
SHOTS = (
    Shot("ping", (120, 40), HELD_PING),
    Shot("ping-80x24", (80, 24), HELD_PING),
    Shot("ping-200x50", (200, 50), HELD_PING),
    Shot("why-80x24", (80, 24), ("p", QUIET, "w")),
    Shot("device-80x24", (80, 24), ("p", QUIET, "enter")),
    Shot("output", (120, 40), ("p", QUIET, *typed("exec nginx-1 ip neigh"), *typed("bridge fdb show br docker0"))),
    Shot("drop", (120, 40), (*typed("exec nginx-1 ping -c 1 172.17.0.99"), "escape", QUIET, "comma", "w")),
    Shot("help", (120, 40), ("question_mark",)),
    Shot("scenario", (120, 40), ("p", QUIET, "p", QUIET), scenario="docker0-ping"),
    Shot("chinese", (120, 40), HELD_PING, language="zh"),
    Shot("light", (120, 40), HELD_PING, theme="textual-light"),
    Shot("ascii", (120, 40), HELD_PING, ascii=True),
)
HERO = "ping"


class Clock:
    """Seconds, as the pictures need them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def shoot(shot: Shot) -> str:
    """One picture as SVG."""
    set_language(shot.language)
    clock = Clock()
    options = Options(shot.scenario, ascii=shot.ascii, theme=shot.theme, tour=False)
    with tempfile.TemporaryDirectory() as directory:
        app = NetsandboxApp(options, StateFiles(Path(directory)), clock)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause()
            await pilot.pause()
            for key in shot.keys:
                if key == QUIET:
                    _pass_time(app, clock)
                else:
                    await pilot.press(key)
                await pilot.pause()
            while app.main.topology.moving:
                app.main.topology.tick()
            await pilot.pause()
            return seen(app).picture()


def _pass_time(app: NetsandboxApp, clock: Clock) -> None:
    for _ in range(2000):
        if not app.live.is_busy:
            break
        clock.now += 0.1
        app.tick()
    app.sync()


async def _all(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        svg = await shoot(shot)
        (directory / f"{shot.name}.svg").write_text(svg, encoding="utf-8")
        print(directory / f"{shot.name}.svg")
        if shot.name == HERO:
            _raster(svg, directory / "hero.png")


def _raster(svg: str, path: Path) -> None:
    """The picture of the README, as a bitmap, where one can be drawn."""
    try:
        path.write_bytes(bitmap(svg))
    except NoBitmapError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
    else:
        print(path)


def main(words: Sequence[str] | None = None) -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(prog="python -m netsandbox.tui.shots", description="Make the pictures anew.")
    parser.add_argument("directory", nargs="?", default="screenshots", metavar="DIRECTORY")
    asyncio.run(_all(Path(parser.parse_args(words).directory)))


if __name__ == "__main__":
    main()
