"""What the scenario tells of its present step, in a few lines above the timeline."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.text import crop, safe, wrap

MOST_LINES = 5  # What is longer ends in dots here, and is whole in the lesson's pane and in the output
BESIDE = 19  # Lines of the screen that prompt, keys, log and picture need


class SayLine(Static):
    """A short text; hidden while there is none."""

    DEFAULT_CSS = """
    SayLine { height: auto; padding: 0 1; color: $text-secondary; display: none; }
    SayLine.-said { display: block; }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self.glyphs = glyphs
        self.text = ""

    def say(self, text: str) -> None:
        """Show a text, or none."""
        if text != self.text:
            self.text = text
            self.set_class(bool(text), "-said")
            self._wrap()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._wrap()

    def _wrap(self) -> None:
        width, height = (self.screen.size.width or 80) - 2, self.screen.size.height or 24
        most = min(max(height - BESIDE, 1), MOST_LINES)
        lines = [row for line in self.text.split("\n") for row in wrap(self.glyphs.plain(safe(line)), width)]
        if len(lines) > most:
            lines = [*lines[: most - 1], crop(lines[most - 1] + self.glyphs.ellipsis, width, self.glyphs.ellipsis)]
        self.update(Content("\n".join(lines)))
