"""The line that asks where a picture of the screen is to be written; it is of what was on the screen before."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.session.source import LabSource

if TYPE_CHECKING:
    from netsandbox.tui.screenshot import Seen

USUAL = "netsandbox.svg"
KINDS = ".svg", ".png", ""


class PictureLine(PromptLine):
    """A file name: `.png` for a bitmap, `.svg` or none for SVG; when it cannot be written the line stays."""

    HELP_TOPIC = "picture"

    class Done(PromptLine.Submitted):
        """The picture was written; `line` says where."""

    def __init__(self, source: LabSource, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self.source = source
        self._seen: Seen | None = None

    def ask(self, seen: Seen) -> None:
        """Ask where a picture of it is to be written."""
        self._seen = seen
        self.open(self.line or USUAL)

    def label(self) -> str:
        """What is asked."""
        return f" {tr('picture.label')} "

    def submit(self, line: str) -> None:
        """Write it, and leave the line."""
        from netsandbox.tui.screenshot import NoBitmapError, bitmap  # not needed for the first picture

        svg = self._seen.picture() if self._seen is not None else ""
        suffix = PurePath(line).suffix.lower()
        if suffix not in KINDS:
            self.note(tr("picture.kind", suffix=suffix), error=True)
            return
        try:
            content = bitmap(svg) if suffix == ".png" else svg
            problem = self.source.keep(line, content)
        except NoBitmapError as error:
            problem = str(error)
        if problem:
            self.note(problem, error=True)
            return
        self.post_message(self.Done(self, tr("stream.written", file=line)))
        self.action_leave()
