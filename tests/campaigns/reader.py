"""A reader at a terminal: presses keys, types lines, and looks at the screen until there is what was to come."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from netsandbox.tui.i18n import tr
from tests.campaigns.screen import Screen
from tests.tui.measure import Terminal

Found = TypeVar("Found")
PATIENCE = 30.0
"""Seconds of the app's own, which it works or sleeps, until something has to be on the screen: those in which it waits
for a core of a busy machine do not count."""
GLANCE = 0.05
"""Seconds between two looks at a screen on which nothing is painted."""
BELOW = 3
"""Rows under the panes: the timeline, the prompt, the keys."""


PROMPT = re.compile("#❯|[❯#>]")
TAIL = 30
"""Letters of a long line that are seen in the prompt whatever its width."""


class StuckError(Exception):
    """What was to be on the screen is not."""


class Reader:
    """A person with an app that has a scenario open.

    Attributes:
        worked: seconds of CPU that the app had used when it was left.
    """

    def __init__(self, opened: str, language: str, size: tuple[int, int], directory: Path) -> None:
        self._terminal = Terminal(["-m", "netsandbox", "open", "--lang", language, opened], directory, size)
        self.screen = Screen(*size)
        self.worked = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.worked = self._terminal.cpu()
        self._terminal.close()

    def press(self, keys: str) -> None:
        """Press keys, one behind the other."""
        self._terminal.press(keys)

    def until(self, what: str, found: Callable[[], Found | None], again: Callable[[], None] | None = None) -> Found:
        """Wait for what is to be on the screen.

        Args:
            found: looks for it; None or nothing while it is not there.
            again: what a reader does every second or so while it does not come.

        Raises:
            StuckError: it does not come.
        """
        begun = told = self._own_time()
        patience = 0.0
        while True:
            self._take(patience)
            patience = GLANCE
            value = found() if self.screen.is_whole else None
            if value:
                return value
            now = self._own_time()
            if now - begun > PATIENCE or self._terminal.process.poll() is not None:
                raise StuckError(f"{what} does not come")
            if again is not None and now - told > 1.5:
                again()
                told = now

    def _own_time(self) -> float:
        """Seconds, without those in which the app waited for a core."""
        try:
            return time.monotonic() - self._terminal.used().waited
        except OSError:  # one of its threads has just ended
            return time.monotonic()

    def _take(self, patience: float) -> None:
        """Take all that is painted now, or wait for it for a little."""
        piece = self._terminal.read(patience)
        while piece:
            self.screen.feed(piece)
            piece = self._terminal.read(0)
        if self.screen.answers:
            os.write(self._terminal.master, self.screen.answers)
            self.screen.answers = b""

    # -- what is where

    def says(self, text: str) -> bool:
        """Whether a text is in a row of the screen."""
        return any(text in line for line in self.screen.lines())

    @property
    def status(self) -> str:
        """The first row."""
        return self.screen.lines()[0]

    @property
    def is_typing(self) -> bool:
        """The command line has the keys."""
        return tr("footer.leave") in self.screen.lines()[-1]

    @property
    def is_at_rest(self) -> bool:
        """No line is at work."""
        return any(f" {tr('status.' + word)} " in self.status for word in ("waits", "quiet", "paused"))

    def has_typed(self, line: str) -> bool:
        """Whether the prompt holds a line, or its end where that is longer."""
        typed, wanted = PROMPT.split(squeezed(self.screen.lines()[-2]), maxsplit=1)[-1], squeezed(line)
        if typed.startswith("·"):  # what the line before it printed
            return False
        return typed.startswith(wanted) or (len(wanted) > TAIL and wanted[-TAIL:] in typed)

    # -- what a reader does

    def hold(self, what: str, keys: str, found: Callable[[], bool]) -> None:
        """Press keys, and wait until they have done what they do."""
        self.press(keys)
        self.until(what, found)

    def type(self, lines: tuple[str, ...]) -> None:
        """Type lines at the prompt, each when the one before was taken, and leave the prompt."""
        self.begin_typing()
        for line in lines:
            self.hold(f"{line!r} in the prompt", line, lambda line=line: self.has_typed(line))
            self.hold(f"an end of {line!r}", "\r", lambda line=line: not self.has_typed(line))

    def begin_typing(self) -> None:
        """Go to the prompt."""
        self.hold("the prompt", ":", lambda: self.is_typing)

    def leave_prompt(self, waits: bool = True) -> None:
        """Go back to the panes, once what was typed is done, if anybody waits for that."""
        if waits:
            self.until("an end of the lines", lambda: self.is_at_rest)
        self.hold("the panes' keys", "\x1b", lambda: not self.is_typing)


def squeezed(text: str) -> str:
    """A text without its spaces and breaks."""
    return "".join(text.split())
