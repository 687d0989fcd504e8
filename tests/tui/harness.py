"""A small app around one widget, and the plain text of what it shows."""

from __future__ import annotations

from textual._context import visible_screen_stack
from textual.app import App, ComposeResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tests.tui import in_no_time as in_no_time


class Harness(App[None]):
    """Shows the widgets it is given; keeps the messages that reach it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { layout: vertical; } PromptLine { dock: bottom; }"

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def of(self, kind: type[Message]) -> list[Message]:
        """The messages of one class that reached the test's hook."""
        return list({id(message): message for message in self.heard if type(message) is kind}.values())


def screen_text(app: App[None]) -> str:
    """The screen as plain text, lines without their trailing spaces."""
    return "\n".join(strip.text.rstrip() for strip in screen_strips(app)) + "\n"


def screen_strips(app: App[None]) -> list[Strip]:
    """The lines of the screen, with those that are below a page around it."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()
