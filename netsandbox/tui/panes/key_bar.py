"""The footer: the keys that matter where the focus is, in the language in use; each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.strip import Strip

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.text import cell_len


class Key(NamedTuple):
    """One key: what it is called, what it does in a word, and the action of a click."""

    key: str
    word: str
    action: str


class KeyBar(Painted):
    """One line of keys; those that do not fit are left out from the end, but never the last two."""

    STYLES = "keys--"
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word"}
    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $panel;
        & .keys--key { color: $text-primary; text-style: bold; }
        & .keys--word { text-style: dim; }
    }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.keys: Sequence[Key] = ()
        self._spans: list[tuple[int, int, str]] = []

    def show(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        if keys != self.keys:
            self.keys = keys
            self.refresh()

    def _fitting(self, width: int) -> list[Key]:
        keys = list(self.keys)
        while len(keys) > 2 and sum(cell_len(f" {key.key} {key.word} ") for key in keys) > width:
            del keys[-3]
        return keys

    def render_line(self, y: int) -> Strip:
        """The keys."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        runs: list[Run] = []
        self._spans.clear()
        x = 0
        for key in self._fitting(width):
            size = cell_len(f" {key.key} {key.word} ")
            self._spans.append((x, x + size, key.action))
            runs += [Run(f" {key.key}", "key"), Run(f" {key.word} ", "word")]
            x += size
        return self.book.strip(runs).adjust_cell_length(width, self.rich_style)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would."""
        for start, end, action in self._spans:
            if start <= event.x < end:
                await self.app.run_action(action)
