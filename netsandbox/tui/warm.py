"""What keys need when they are pressed for the first time, imported while nobody presses any."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module

from textual.message_pump import MessagePump

FIRST, NEXT = 1.0, 0.1  # Seconds from the first picture until the first import, and between two of them
NEEDED = tuple(f"netsandbox.{name}" for name in (
    "commands.complete", "commands.verbs.lab_verbs", "commands.verbs.program_verbs", "commands.verbs.server_verbs",
    "commands.verbs.capture_verbs", "commands.verbs.flow", "commands.verbs.why", "commands.verbs.trace",
    "commands.verbs.session_verbs", "commands.verbs.branch", "commands.verbs.show", "commands.expect",
    "commands.verbs.help_verb", "apps.ping.ping", "tui.device.row_story", "tui.screens.help", "tui.screens.stream",
    "tui.keys.palette", "tui.screenshot", "session.scenario", "session.shelf", "tui.screens.browser"))
"""By the keys that need them: a letter of a command, w on a row, help, streams, the palette, pictures, the browser."""
AT_ONCE = 4  # Files that the browser and the palette show, parsed at once


class Warming:
    """Imports them, one at a time, and parses the bundled scenarios' files, which takes a third of a second in all."""

    def __init__(self, pump: MessagePump, is_busy: Callable[[], bool]) -> None:
        self._pump = pump
        self._is_busy = is_busy
        self._steps = self._each()

    def begin(self) -> None:
        """The first picture is there."""
        self._pump.set_timer(FIRST, self._go_on)

    def _each(self) -> Iterator[bool]:
        for name in NEEDED:
            if name not in sys.modules:
                import_module(name)
                yield True
        from netsandbox.session import library, shelf

        unread = [(name, shelf.BUNDLED) for name in library.bundled()]
        while unread:
            shelf.some(unread, AT_ONCE)
            yield True

    def _go_on(self) -> None:
        if self._is_busy() or next(self._steps, False):
            self._pump.set_timer(NEXT, self._go_on)
