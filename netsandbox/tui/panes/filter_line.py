"""The lines that change what the frame log shows: its filter, checked while it is typed, and its search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from netsandbox.lab.log_filter import FilterError, validate
from netsandbox.lab.log_match import Names, Predicate, compile_filter, complete_filter, strangers
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.kept.history import History
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.session.source import Completion
from netsandbox.tui.text import cell_len, safe


class FilterLine(PromptLine):
    """A filter in tcpdump's manner: green and applied while it is valid, red with the reason while it is not."""

    HELP_TOPIC = "filter"

    class Changed(PromptLine.Submitted):
        """A valid filter was typed; `test` is None for the empty one, and `doubt` says why nothing can pass."""

        def __init__(self, prompt: FilterLine, line: str, test: Predicate | None, doubt: str) -> None:
            super().__init__(prompt, line)
            self.test = test
            self.doubt = doubt

    def __init__(
        self,
        names: Callable[[], Names],
        glyphs: GlyphSet = UNICODE,
        *,
        history: History | None = None,
        id: str | None = None,
    ) -> None:
        """Make a filter line (names: what the filter may know of the lab, asked while typing)."""
        super().__init__(glyphs, history=history, id=id)
        self._names = names
        self._applied = ""

    def label(self) -> str:
        """What is typed here."""
        return f" {tr('filter.label')} / "

    def completions(self, line: str, cursor: int) -> Sequence[Completion]:
        """The words of the filter language, and the names of the lab."""
        found = complete_filter(line, cursor, self._names())
        return [Completion(one.text, one.start, tr("filter." + one.kind)) for one in found]

    def look(self, line: str) -> None:
        """Check the filter, and apply it as soon as it is valid."""
        error = validate(line)
        self.set_class(error is not None, "-invalid")
        self.set_class(error is None and bool(line.strip()), "-valid")
        if error is not None:
            self.note(self.complaint(line, error), error=True)
            return
        doubt = self.doubt(line)
        self.note(doubt)
        if line.strip() != self._applied:
            self._applied = line.strip()
            test = compile_filter(line, self._names()) if self._applied else None
            self.post_message(self.Changed(self, self._applied, test, doubt))

    def doubt(self, line: str) -> str:
        """What is said of a valid filter by which nothing can pass: a name is not typed to its end yet, or wrong."""
        unknown = strangers(line, self._names()) if line.strip() else []
        if not unknown:
            return ""
        name, there = unknown[0]
        near = [one for one in there if one.startswith(name)] or get_close_matches(name, there, 1)
        hint = tr("filter.near", name=near[0]) if near else ""
        return tr("filter.stranger", name=name) + hint

    def action_leave(self) -> None:
        """What is no filter is not kept: the one that is applied stands there again."""
        if not self.is_searching and validate(self.line) is not None:
            self.put(self._applied)
        super().action_leave()

    def put(self, line: str) -> None:
        """Apply a filter that nobody typed."""
        self._write(line)
        self.look(line)

    def complaint(self, line: str, error: FilterError) -> str:
        """What is wrong, and where when that is not the end of the line."""
        from netsandbox.explain.refusals import translated

        message = translated(error.message, language())
        if error.start >= len(line.rstrip()):
            return message
        return message + tr("filter.column", column=cell_len(safe(line[: error.start])) + 1)

    def accepts(self, line: str) -> bool:
        """An invalid filter is not taken; the empty one is."""
        return validate(line) is None

    def submit(self, line: str) -> None:
        """The filter is applied already: leave the line."""
        self.post_message(self.Submitted(self, line))
        self.action_leave()


class SearchLine(PromptLine):
    """A text to look for in the log; `Submitted` carries it."""

    def label(self) -> str:
        """What is typed here."""
        return f" {tr('search.label')} "

    def submit(self, line: str) -> None:
        """Look for it, and leave the line."""
        self.post_message(self.Submitted(self, line))
        self.action_leave()
