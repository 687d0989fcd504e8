"""The same tours in a real terminal: keys are written to a pty, and what is painted is read.

`python -m tests.campaigns.pty_tours [SCENARIO…]` goes through all of them in both languages and tells what is wrong.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.tui.i18n import set_language, tr
from tests.campaigns.tours import LANGUAGES, by_hand
from tests.tui.measure import Terminal

PATIENCE = 90
"""Seconds until something has to be on the screen: other work may be on the machine."""
FASTEST = "+" * 7
ANEW = 10
"""Seconds after which all is painted anew to look for a text: what was painted may have been a part of it."""
PAINTING = 5
"""Seconds until a screen of another size begins to be painted."""
SILENCE = 0.4
"""Seconds without a picture after which a key has done what it does."""
LONGEST = 6
"""Seconds after which it has though there are pictures: a bond looks at its links, and time goes on, without end."""


def tour(name: str, language: str, directory: Path) -> list[str]:
    """What is wrong with one scenario for a reader at a terminal; nothing when all is well.

    Lines that run beside one in the background come too late at full speed: there the reader only goes on.
    """
    set_language(language)
    path, lines = by_hand(name, directory)
    steps = load_scenario(find_scenario(name)).steps
    goes_on = any(line.endswith("&") for typed in lines for line in typed)
    one = Terminal(["-m", "netsandbox", "open", "--lang", language, name if goes_on else str(path)], directory)
    faults, crossed = [], False
    try:
        begun = time.monotonic()
        _shown(one, tr("lesson.step", number=0, count=len(steps)))
        # On a busy machine a line is at work for longer, and the key that leaves the prompt would end it.
        silence = max(SILENCE, (time.monotonic() - begun) / 3)
        one.press(FASTEST)
        for number, (step, typed) in enumerate(zip(steps, lines, strict=True), 1):
            if goes_on and step.ask:
                one.press("p")
                _shown(one, tr("lesson.answer"))
            one.press("p")
            _shown(one, tr("lesson.step", number=number, count=len(steps)))
            one.settle(SILENCE, longest=LONGEST)
            crossed = crossed or "✗".encode() in one.seen + _painted_anew(one, 121)
            typed = () if goes_on and not step.task else typed
            if not step.expect:
                _type(one, typed, silence)
                continue
            if not _meets(one, typed, len(step.expect), silence):
                faults.append(f"{name} {language} step {number}: {_seen(one)}")
                break
        if not faults and any(step.expect and step.run for step in steps) and not crossed and not goes_on:
            faults.append(f"{name} {language}: no goal was unmet before its step")
    except TimeoutError as error:
        faults.append(f"{name} {language}: {error}")
    finally:
        one.close()
    return faults


def _shown(one: Terminal, text: str) -> None:
    """Wait until a text is on the screen.

    Raises:
        TimeoutError: it is not, for long.
    """
    end, attempt = time.monotonic() + PATIENCE, 0
    while True:
        try:
            one.until(text, ANEW)
            return
        except TimeoutError:
            attempt += 1
            one.seen = _painted_anew(one, 121 - attempt % 2)
            if text.encode() in one.seen:
                return
            if time.monotonic() > end:
                raise


def _type(one: Terminal, lines: Sequence[str], silence: float) -> None:
    """Type lines one by one; each is done after so many seconds without a picture."""
    for line in lines:
        one.press(":" + line.replace("\n", "\r") + "\r")
        one.settle(silence, longest=LONGEST + silence)
    one.press("\x1b\x1b")
    one.settle(SILENCE, longest=LONGEST)


def _meets(one: Terminal, lines: Sequence[str], count: int, silence: float) -> bool:
    """Type a step's lines; whether the lesson's pane says that all its goals are met, once they are looked at."""
    _type(one, lines, silence)
    one.press("6")
    one.settle(SILENCE, longest=LONGEST)
    for attempt in range(8):
        one.press("r")
        one.settle(SILENCE, longest=LONGEST)
        one.seen = _painted_anew(one, 121 - attempt % 2)
        if tr("lesson.goals", met=count, count=count).encode() in one.seen:
            return True
    return False


def _painted_anew(one: Terminal, columns: int) -> bytes:
    """The whole screen, as a terminal of another size gets it."""
    fcntl.ioctl(one.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    os.kill(one.process.pid, signal.SIGWINCH)
    painted, wait, end = b"", PAINTING, time.monotonic() + LONGEST
    while time.monotonic() < end and (piece := one.read(wait)):
        painted, wait = painted + piece, SILENCE
    return painted


def _seen(one: Terminal) -> str:
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", " ", one.seen.decode(errors="replace"))
    return " ".join(text.split())[-400:]


def run(names: Sequence[str] = (), languages: Sequence[str] = LANGUAGES) -> list[str]:
    """All faults of some scenarios, or of all."""
    found: list[str] = []
    for name in names or bundled():
        for language in languages:
            with tempfile.TemporaryDirectory() as directory:
                found += tour(name, language, Path(directory))
    return found


if __name__ == "__main__":
    told = run(sys.argv[1:])
    print("\n".join(told) or "all is well")
    sys.exit(bool(told))
