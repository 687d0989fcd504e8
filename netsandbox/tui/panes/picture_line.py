"""The line that asks where a picture of the screen is to be written; the picture is made before it opens."""

from __future__ import annotations

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.source import LabSource

USUAL = "netsandbox.svg"


class PictureLine(PromptLine):
    """A file name: `.png` for a bitmap, anything else for SVG; when it cannot be written the line stays."""

    HELP_TOPIC = "picture"

    class Done(PromptLine.Submitted):
        """The picture was written; `line` says where."""

    def __init__(self, source: LabSource, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self.source = source
        self._svg = ""

    def ask(self, svg: str) -> None:
        """Ask where a picture is to be written."""
        self._svg = svg
        self.open(self.line or USUAL)

    def label(self) -> str:
        """What is asked."""
        return f" {tr('picture.label')} "

    def submit(self, line: str) -> None:
        """Write it, and leave the line."""
        from netsandbox.tui.screenshot import NoBitmapError, bitmap  # not needed for the first picture

        try:
            content = bitmap(self._svg) if line.lower().endswith(".png") else self._svg
            problem = self.source.keep(line, content)
        except NoBitmapError as error:
            problem = str(error)
        if problem:
            self.note(problem, error=True)
            return
        self.post_message(self.Done(self, tr("stream.written", file=line)))
        self.action_leave()
