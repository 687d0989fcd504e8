"""The line that asks where the chosen frames are to be written."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.lab.tables import LogRow
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.session.source import LabSource

USUAL = "frames.pcapng"


class ExportLine(PromptLine):
    """A file name; when it cannot be written the line stays, to be mended."""

    HELP_TOPIC = "export"

    class Done(PromptLine.Submitted):
        """The frames were written; `line` says how many, and where."""

    def __init__(self, source: LabSource, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self.source = source
        self._rows: Sequence[LogRow] = ()

    def ask(self, rows: Sequence[LogRow]) -> None:
        """Ask where rows of the log are to be written."""
        self._rows = rows
        self.relabel()
        self.open(self.line or USUAL)

    def label(self) -> str:
        """How many frames it is about."""
        count = len(self._rows)
        return f" {tr('export.one') if count == 1 else tr('export.label', count=count)} "

    def submit(self, line: str) -> None:
        """Write them, and leave the line."""
        outcome = self.source.export(self._rows, line)
        if outcome.error:
            self.note(outcome.error, error=True)
            return
        self.post_message(self.Done(self, outcome.lines[0]))
        self.action_leave()
