"""What keys need when they are pressed for the first time, imported while nobody presses any."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

FIRST, NEXT = 1.0, 0.1
"""Seconds from the first picture until the first import, and between two of them."""
NEEDED = tuple(f"netsandbox.{name}" for name in (
    "commands.complete", "commands.capture_verbs", "commands.flow", "commands.trace", "commands.session_verbs",
    "commands.branch", "commands.show", "commands.help_verb", "apps.ping", "tui.row_story", "tui.screens.help",
    "tui.screens.stream", "tui.palette", "tui.screenshot", "session.scenario", "session.shelf", "tui.screens.browser"))
"""By the keys that need them: a letter of a command, w on a row, help, streams, the palette, pictures, the browser."""


class Warming:
    """Imports them, one at a time."""

    def __init__(self, pump: MessagePump, is_busy: Callable[[], bool]) -> None:
        self._pump = pump
        self._is_busy = is_busy
        self._left = [name for name in NEEDED if name not in sys.modules]

    def begin(self) -> None:
        """The first picture is there."""
        if self._left:
            self._pump.set_timer(FIRST, self._go_on)

    def _go_on(self) -> None:
        if not self._is_busy():
            import_module(self._left.pop(0))
        if self._left:
            self._pump.set_timer(NEXT, self._go_on)
