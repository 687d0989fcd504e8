"""One line of input at the foot of the screen: its keys, its completion, its older lines and the search in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.kept.history import History
from netsandbox.tui.panes.noted_line import LISTED, NotedLine
from netsandbox.tui.panes.prompt_entry import Entry, common_start
from netsandbox.tui.session.source import Completion


class PromptLine(NotedLine):
    """The common part of the command line, the filter and the search: override the hooks at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=True, id="prompt.leave"),
        Binding("tab", "complete(1)", "Complete", show=True, id="prompt.complete"),
        Binding("shift+tab", "complete(-1)", "Complete back", show=False, id="prompt.complete-back"),
        Binding("up", "older", "Older line", show=False, id="prompt.older"),
        Binding("down", "newer", "Newer line", show=False, id="prompt.newer"),
        Binding("ctrl+r", "search", "Older line with this in it", show=False, id="prompt.search"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | enter | Run the line. |
    | escape | Leave the line. |
    | tab / shift+tab | Complete as far as it is clear; again: go through the list, as up and down then do. |
    | right | Accept the completion shown behind the cursor. |
    | up / down | Older / newer lines that begin with what is typed. |
    | ctrl+r | List older lines that hold what is typed; again: an older one. enter runs it, tab puts it in. |
    """

    class OfLine(Message):
        """Something was done with a line."""

        def __init__(self, prompt: PromptLine) -> None:
            super().__init__()
            self.prompt = prompt

        @property
        def control(self) -> PromptLine:
            """The prompt line."""
            return self.prompt

    class Left(OfLine):
        """It was left with escape; focus belongs elsewhere now."""

    class Submitted(OfLine):
        """A line was entered."""

        def __init__(self, prompt: PromptLine, line: str) -> None:
            super().__init__(prompt)
            self.line = line

    def __init__(
        self,
        glyphs: GlyphSet = UNICODE,
        *,
        history: History | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(glyphs, id=id)
        self.history = history if history is not None else History()
        self._cycle: tuple[str, int] | None = None
        """While tab goes through the list: the line before it, and which completion is in."""
        self._clear_to: tuple[str, int] | None = None
        """The line and the cursor where tab found nothing further that all agree on: the next one chooses."""
        self._before_search: str | None = None  # While older lines are searched: what was typed before
        self._came_from: Widget | None = None
        self._written = ""  # The line as this widget wrote it last, to tell its own changes from a person's

    @property
    def came_from(self) -> Widget | None:
        """Where the keys were before the line had them, if that is still to be seen."""
        pane = self._came_from
        return pane if pane is not None and pane.is_on_screen and pane.can_focus else None

    @property
    def is_searching(self) -> bool:
        """Older lines are searched, and what is typed is what they are to hold."""
        return self._before_search is not None

    # --- opening and leaving ---

    def open(self, line: str | None = None) -> None:
        """Take the focus, perhaps with a line to begin with."""
        if line is not None:
            self._write(line)
        focused = self.screen.focused
        if not isinstance(focused, Input):
            self._came_from = focused
        # At once, not in a later message: the keys that follow in the same burst belong into the line.
        self.screen.set_focus(self.input)
        self._look()

    def action_leave(self) -> None:
        """Give the focus away; what was typed stays for the next time.  Out of a search, only back to the line."""
        if self._before_search is not None:
            self._end_search(self._before_search)
            return
        self._list(())
        self.note("")
        self.left()
        self.post_message(self.Left(self))

    def _write(self, line: str) -> None:
        self._written = line
        self.input.value = line
        self.input.cursor_position = len(line)

    # --- what a person does ---

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self._written:
            self._written = event.value
            self._cycle = None
            self.history.leave()
        self._look()

    @on(Input.Submitted)
    def _search_ended(self, event: Input.Submitted) -> None:
        event.stop()
        if self.is_searching:
            line = self.taken(self._chosen_text())
            self._end_search(line)
            self._enter(line)

    def _entered(self, value: str) -> bool:
        """Enter was pressed; of a search, what was typed before it is to be looked for first."""
        if self.is_searching:
            return False
        self._enter(self.taken(value))
        return True

    def _enter(self, line: str) -> None:
        self._list(())
        self._cycle = None
        if self.accepts(line):
            self.history.add(line)
            self.submit(line)

    @on(Entry.Pasted)
    def _pasted(self, event: Entry.Pasted) -> None:
        event.stop()
        self.pasted(event.text)

    # --- searching older lines ---

    def action_search(self) -> None:
        """List the older lines that hold what is typed; pressed again, go to the next older one."""
        if self._before_search is None:
            self._before_search = self.line
            self.relabel(f" {tr('prompt.search')} ")
            self._look()
        elif self._options is not None:
            self._options.action_cursor_down()

    def _chosen_text(self) -> str:
        at = self._options.highlighted if self._options is not None else None
        return self._found[at].text if at is not None and at < len(self._found) else ""

    def _end_search(self, line: str) -> None:
        self._before_search = None
        self.relabel()
        self._write(line)
        self._look()

    def action_complete(self, step: int) -> None:
        """Complete as far as all completions agree; pressed again, put in one after the other."""
        if self._before_search is not None:
            self._end_search(self._chosen_text() or self.line)
            return
        if self._cycle is not None:
            base, at = self._cycle
            self._choose(base, (at + step) % len(self._found))
            return
        line, cursor = self.line, self.input.cursor_position
        self._found = self.completions(line, cursor)
        if not self._found:
            return
        if len(self._found) == 1:
            self._insert(self._found[0])
            return
        typed = line[self._found[0].start : cursor]
        shared = common_start([found.text for found in self._found])
        if shared.startswith(typed) and len(shared) > len(typed):
            self._replace(self._found[0].start, cursor, shared)
            self._clear_to = self.line, self.input.cursor_position
        elif self._clear_to != (line, cursor):
            self._clear_to = line, cursor
        else:
            self._choose(line[:cursor], 0 if step > 0 else len(self._found) - 1)

    def _choose(self, base: str, at: int) -> None:
        """Put completion number `at` in place of what was typed, and show it in the list."""
        found = self._found
        self._cycle = (base, at)
        self._write(base[: found[at].start] + found[at].text)
        self._highlight(at)

    def _insert(self, found: Completion) -> None:
        self._replace(found.start, self.input.cursor_position, found.text + " ")

    def _replace(self, start: int, end: int, text: str) -> None:
        line = self.line
        self._write(line[:start] + text + line[end:].removeprefix(" " if text.endswith(" ") else ""))
        self.input.cursor_position = start + len(text)

    def action_older(self) -> None:
        """Show an older line that begins with what is typed; while tab chooses, the one before."""
        if self._before_search is not None and self._options is not None:
            self._options.action_cursor_up()
        elif self._cycle is not None:
            self.action_complete(-1)
        else:
            self._write(self.history.older(self.line))

    def action_newer(self) -> None:
        """Show a newer line; while tab chooses, the next."""
        if self._before_search is not None and self._options is not None:
            self._options.action_cursor_down()
            return
        if self._cycle is not None or (self._clear_to == (self.line, self.input.cursor_position) and self._found):
            self.action_complete(1)
            return
        line = self.history.newer()
        if line is not None:
            self._write(line)

    # --- what is shown beside the line ---

    def _look(self) -> None:
        """List what the line may become, and say what is known of it."""
        if self._before_search is not None:
            self._list([Completion(line, 0, "") for line in self.history.holding(self.line)[:LISTED]])
            self._highlight(0)
            self.note("" if self._found else tr("prompt.nothing"))
            return
        if self._cycle is None:
            self._list(self.completions(self.line, self.input.cursor_position) if self.input.has_focus else ())
            self._offer()
        self.look(self.line)

    def _offer(self) -> None:
        """Of what is listed the first, behind a cursor at the end of the line."""
        line, found = self.line, self._found
        is_open = bool(line and found) and self.input.cursor_position == len(line)
        self.input.offer(line[: found[0].start] + found[0].text if is_open else "")

    # --- hooks ---

    def completions(self, line: str, cursor: int) -> Sequence[Completion]:
        """How the line may go on at the cursor."""
        return ()

    def look(self, line: str) -> None:
        """Called at every change of the line: show a note, check it."""

    def taken(self, value: str) -> str:
        """The line of what was typed."""
        return value.strip()

    def accepts(self, line: str) -> bool:
        """Whether enter takes the line."""
        return bool(line)

    def submit(self, line: str) -> None:
        """Enter was pressed on a line that is accepted."""
        self.post_message(self.Submitted(self, line))

    def pasted(self, text: str) -> None:
        """Several lines were pasted: here they become one."""
        self.input.insert_text_at_cursor(" ".join(text.split()))

    def left(self) -> None:
        """Escape was pressed."""
