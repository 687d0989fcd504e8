"""What the scenario tells of its present step, in a few lines above the timeline."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.text import safe


class SayLine(Static):
    """A short text; hidden while there is none."""

    DEFAULT_CSS = """
    SayLine { height: auto; max-height: 4; padding: 0 1; color: $text-secondary; display: none; }
    SayLine.-said { display: block; }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__("", markup=False, id=id)
        self.glyphs = glyphs
        self.text = ""

    def say(self, text: str) -> None:
        """Show a text, or none."""
        if text != self.text:
            self.text = text
            self.set_class(bool(text), "-said")
            self.update(Content(self.glyphs.plain(safe(text))))
