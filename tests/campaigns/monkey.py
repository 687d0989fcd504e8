"""Random keys and mouse on the real app, palette and dialogs included: it outlives all of them, and so does its lab.

    python -m tests.campaigns.monkey 200 [--events 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import resource
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path
from traceback import extract_tb

from textual.events import Key, MouseDown, MouseEvent, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp

from netsandbox.tui.app import NetsandboxApp
from tests.tui.app_harness import Stage, stage
from tests.tui.in_no_time import painting

KEYS = ["up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "ctrl+p", "ctrl+c", "ctrl+d", "ctrl+f",
        "ctrl+r", "space", "f1", "f5", "f6", "f7", "home", "end", "pageup", "pagedown", "backspace", "delete", "ctrl+u",
        "ctrl+w", *"abcdefghijklmnopqrstuvwxyzGN0123456789:/?.,[]+-='\"|&;$(){}<>*\\"]
"""All but ctrl+q, which is to leave."""
PASSED_THROUGH = ("unbroken.py", "typed_ahead.py")
"""What every key passes through."""
LINES = ["ping nginx-1 nginx-2", "undo", "redo", "docker ps", "load docker0-ping", "next", "new", "back 3",
         "goto start", "exec nginx-1 ping -f 172.17.0.3 &", "enter nginx-1", "exit", "docker rm -f nginx-1",
         "for i in 1 2 3; do ip a; done"]


async def run_one(seed: str, events: int, directory: Path) -> str:
    """One run; what was wrong, or empty."""
    chance = random.Random(seed)
    try:
        async with stage(directory, size=chance.choice([(120, 40), (80, 24), (200, 60)])) as app:
            for number in range(events):
                await _event(app, chance)
                if number % 20 == 0:
                    app.clock.now += chance.choice([0.0, 0.1, 3.0])
                    app.app.tick()
                    await app.pilot.pause()
                if not app.app.is_running or app.app.return_code is not None:
                    left = app.app.return_code == 0  # the keys spelt `:q` or `:quit`, or ctrl+d at the prompt
                    return _told(app.app) if left else f"event {number}: the app ended with {app.app.return_code}"
            app.app.live.session.run("add-host alive")
            if "alive" not in app.app.live.session.lab.nodes:
                return "the lab is dead"
            return _told(app.app)
    except Exception as error:  # noqa: BLE001 - to find any is what this is for
        return f"{type(error).__name__}: {error}"
    return ""


def _told(app: NetsandboxApp) -> str:
    """A handler of ours that failed and was told; one of the library's own is told to the person, and that is all."""
    error, app._exception = app._exception, None
    ours = [frame.name for frame in extract_tb(error.__traceback__ if error else None)
            if "netsandbox/" in frame.filename and not frame.filename.endswith(PASSED_THROUGH)]
    return f"{ours[-1]}: {type(error).__name__}: {error}" if ours else ""


async def _event(app: Stage, chance: random.Random) -> None:
    """A key, a line, or something of the mouse; now and then several at once, as a fast hand does."""
    driver = app.app._driver
    assert driver is not None
    kind = chance.random()
    if kind < 0.02:
        await app.line(chance.choice(LINES)) if app.app.screen is app.app.main else None
    elif kind < 0.75:
        for _ in range(chance.choice([1, 1, 1, 3])):
            key = chance.choice(KEYS)
            driver.send_message(Key(key, key if len(key) == 1 else None))
    else:
        width, height = app.app.size
        x, y = chance.randrange(width), chance.randrange(height)
        kinds: list[type[MouseEvent]] = [MouseMove, MouseDown, MouseUp, MouseScrollDown, MouseScrollUp]
        for each in ([MouseDown, MouseUp] if chance.random() < 0.6 else [chance.choice(kinds)]):
            driver.process_message(each(None, x, y, 0, 0, chance.choice([0, 1, 1, 3]), False, False, False, x, y))
    if chance.random() < 0.5:
        await app.pilot.pause()


def run(count: int, events: int, seed: int) -> list[str]:
    """So many runs; what was wrong in each that was."""
    wrong = []
    for number in range(count):
        began = time.process_time()
        with tempfile.TemporaryDirectory() as directory, chdir(directory), painting():  # it writes files, too
            why = asyncio.run(run_one(f"{seed}-{number}", events, Path(directory)))
        gc.collect()
        if why:
            wrong.append(f"run {seed}-{number}: {why}")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"run {seed}-{number}: {time.process_time() - began:.0f} s of CPU, {most} MiB at most; {why or 'lives'}",
              file=sys.stderr, flush=True)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many runs")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    wrong = run(arguments.count, arguments.events, arguments.seed)
    print("\n".join(wrong[:20]))
    print(f"{arguments.count} runs of {arguments.events} events, seed {arguments.seed}: {len(wrong)} went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
