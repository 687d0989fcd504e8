"""ctrl+c and esc end a line that is at work: the app hears no key then, but the thread that reads them does."""

from __future__ import annotations

from collections.abc import Callable

from textual.driver import Driver
from textual.events import Key
from textual.message import Message

from netsandbox.engine import budget
from netsandbox.tui.painting.typed_ahead import apart


def listening(driver: type[Driver], is_long: Callable[[], bool]) -> type[Driver]:
    """A driver that stops the line at work when one of those keys is read, and then passes it on as ever.

    Args:
        is_long: a person waits for the line.  An escape right behind its enter, or while a lab opens, leaves the prompt
            or closes a page once the line is done, as it does in an app that is quick.
    """
    class Listening(driver):  # type: ignore[misc,valid-type]
        def process_message(self, message: Message) -> None:
            if isinstance(message, Key) and (message.key == "ctrl+c" or (message.key == "escape" and is_long())):
                budget.interrupt()
            for one in apart(message):
                super().process_message(one)
    return Listening
