"""ctrl+c and esc end a line that is at work: the app hears no key then, but the thread that reads them does."""

from __future__ import annotations

from textual.driver import Driver
from textual.events import Key
from textual.message import Message

from netsandbox.engine import budget
from netsandbox.tui.typed_ahead import apart

ENDS = frozenset({"ctrl+c", "escape"})


def listening(driver: type[Driver]) -> type[Driver]:
    """A driver that stops the line at work when one of those keys is read, and then passes it on as ever."""
    class Listening(driver):  # type: ignore[misc,valid-type]
        def process_message(self, message: Message) -> None:
            if isinstance(message, Key) and message.key in ENDS:
                budget.interrupt()
            for one in apart(message):
                super().process_message(one)
    return Listening
