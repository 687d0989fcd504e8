"""An app that no key ends: an exception in a handler is logged and told, and everything goes on.

Textual ends an app at the first exception, and the part in which it happened hears nothing more.  Here each message is
handled on its own: the part that failed hears the next one.
"""

from __future__ import annotations

from asyncio import CancelledError

from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.events import Click, Key, Resize
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Button, Input, OptionList
from textual.worker import WorkerFailed

from netsandbox.tui.painting.typed_ahead import OrderedApp

MOST_FAILURES = 50  # Failures since the last key after which the app ends after all: something fails without end
PRESSED = (Button.Pressed, Input.Submitted, OptionList.OptionSelected)
"""What a person did on a page; one that was left in the meantime does nothing about it."""


class UnbrokenApp(OrderedApp):
    """See the module."""

    failures = 0  # Exceptions in handlers since the last key

    def tell_failure(self, error: Exception) -> None:
        """Log an exception and show that there was one; for the app to say how."""

    def _handle_exception(self, error: Exception) -> None:
        """Where Textual would end."""
        if self._is_left(error):
            return
        self.failures += 1
        if not self._is_mounted or self.failures > MOST_FAILURES:
            super()._handle_exception(error)
            return
        if self._exception is None:  # a test fails of it, at its end
            self._exception = error
        try:
            self.tell_failure(error)
        except Exception:  # noqa: BLE001 - what cannot be told is logged at least
            self.bell()

    def _is_left(self, error: Exception) -> bool:
        """Whether something was looked for on a page that closes, or is not there yet while the app ends."""
        if isinstance(error, WorkerFailed):
            return isinstance(error.error, NoMatches)
        return isinstance(error, NoMatches) and bool(self.screen_stack) and not self.screen.is_attached

    def pop_screen(self) -> AwaitComplete:
        """The last screen stays."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()


_dispatch = MessagePump._dispatch_message


def _is_gone(click: Click, options: OptionList) -> bool:
    """The line that was clicked was painted, and is no longer in the list: Textual would take what has its place."""
    option: int = click.style.meta.get("option", -1)
    return option >= options.option_count


async def _dispatch_on_its_own(pump: MessagePump, message: Message) -> None:
    """Handle one message; an exception is the app's to tell, and does not end the pump."""
    app = pump.app
    if not isinstance(app, UnbrokenApp) or not app._is_mounted:
        await _dispatch(pump, message)
        return
    if isinstance(message, PRESSED) and isinstance(pump, Screen) and pump not in app.screen_stack:
        return
    if isinstance(message, Resize) and isinstance(pump, Screen) and message.size != app.size:
        return  # laid out for what the terminal is no longer, a page would tell itself of it for ever
    if isinstance(message, Click) and isinstance(pump, OptionList) and _is_gone(message, pump):
        return
    if isinstance(message, Key):
        app.failures = 0
    try:
        await _dispatch(pump, message)
    except CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises
        if app.screen_stack:  # it ends: what is still pressed has no screen
            app._handle_exception(error)


MessagePump._dispatch_message = _dispatch_on_its_own  # type: ignore[assignment,method-assign]
