"""The command line: what the lab can be told, completed from what it holds now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.kept.history import History
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.session.source import GOES_ON, Completion, LabSource, Outcome
from netsandbox.tui.text import safe


class CommandLine(PromptLine):
    """Runs lines by `LabSource.execute`; what it said stays under the eyes until the next is typed."""

    HELP_TOPIC = "command"
    BINDINGS: ClassVar[list[BindingType]] = [
        *PromptLine.BINDINGS,
        Binding("pageup", "app.scroll_output(-1)", "Output, a page up", show=False, id="command.page-up"),
        Binding("pagedown", "app.scroll_output(1)", "Output, a page down", show=False, id="command.page-down"),
    ]

    class Executed(PromptLine.Submitted):
        """A line was run; `outcome` says how it went."""

        def __init__(self, prompt: CommandLine, line: str, outcome: Outcome) -> None:
            super().__init__(prompt, line)
            self.outcome = outcome

    def __init__(
        self,
        source: LabSource,
        glyphs: GlyphSet = UNICODE,
        *,
        history: History | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(glyphs, history=history, id=id)
        self.source = source
        self._told = False  # What the last line said is shown; it stays until something is typed
        self._shell = ""  # The prompt of the shell that is shown
        self.doubt: Callable[[str], str] = lambda line: ""
        """Why a line is to be entered twice; empty of one that is not."""
        self._doubted = ""  # The line that was asked about

    def label(self) -> str:
        """The lab's own prompt, or that of the shell that was entered, which ends in a mark of its own."""
        prompt = safe(self.source.prompt())
        mark = "" if prompt.endswith("#") else ">" if self.glyphs.ascii else "❯"
        return f" {prompt} {mark}".rstrip() + " "

    def completions(self, line: str, cursor: int) -> Sequence[Completion]:
        """As the lab's commands have it."""
        return self.source.complete(line, cursor) if line and line != self._doubted else ()

    def look(self, line: str) -> None:
        """Say how the command is used, in place of what the last one said."""
        if (self._told and not line) or (line and line == self._doubted):
            return
        self._told = False
        self.note(self.source.hint(line) if line and self.input.has_focus else "")

    @property
    def goes_on(self) -> bool:
        """A line was begun: in what follows blanks at the beginning mean something, and so does an empty line."""
        return self.source.prompt() == GOES_ON

    def taken(self, value: str) -> str:
        """What was typed, as it is in a line that was begun, else without blanks around it; a line before for `!!`."""
        return value if self.goes_on else self.history.expanded(value.strip())

    def accepts(self, line: str) -> bool:
        """Whether enter takes the line; one that is in doubt is told of, and taken when it is entered again."""
        if self.goes_on:
            return True
        why = self.doubt(line) if line and line != self._doubted else ""
        self._doubted = line if why else ""
        if why:
            self.input.offer("")  # what is asked about is this line, and not what it could become
            self.note(why, error=True)
        return bool(line) and not why

    def submit(self, line: str) -> None:
        """Run the line; what it said stays until the next is typed, and `up` brings a failed one back."""
        outcome = self.source.execute(line)
        self.relabel()
        self._write("")
        self._told = True
        # More lines than one have a pane of their own.
        self.note(outcome.error or (outcome.lines[0] if len(outcome.lines) == 1 else ""), error=bool(outcome.error))
        self.post_message(self.Executed(self, line, outcome))

    def pasted(self, text: str) -> None:
        """Run the lines one after another; one that has no end yet is left to be typed on."""
        begun, cursor = self.line, self.input.cursor_position
        whole = begun[:cursor] + text
        *lines, last = (whole + begun[cursor:]).splitlines() if whole[-1:] not in "\r\n" else (*whole.splitlines(), "")
        for line in lines:
            if line.strip():
                self.history.add(line.strip())
        if any(line.strip() for line in lines):
            self.submit("\n".join(lines))
        self._write(last)

    def follow(self, text: str, *, error: bool) -> None:
        """Show the latest line of what runs, unless one is being typed; it may have entered another shell."""
        shell = self.source.prompt()
        if shell != self._shell and self._before_search is None:
            self._shell = shell
            self.relabel()
        if not self.line or not self.input.has_focus:
            self._told = True
            self.note(text, error=error)

    @property
    def is_begun(self) -> bool:
        """Whether somebody types the next line already: not one letter, once or some times, which is a key."""
        return self.input.has_focus and len(set(self.line)) > 1

    def handed_over(self) -> str:
        """The letters of no line, which are typed no more."""
        letters, self.input.value = (self.line if self.input.has_focus else ""), ""
        return letters

    def left(self) -> None:
        """Forget what was said."""
        self._told = False
        self._doubted = ""
