"""A line of input with what stands above it: a list of what it may become, and a note.

List and note lie over the panes, as wide as the screen: nothing is laid out anew while somebody types.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.panes.prompt_entry import Entry
from netsandbox.tui.session.source import Completion
from netsandbox.tui.text import cell_len, crop, fit, safe, wrap

ERROR_LINES = 4  # The most that an error takes of the screen; it is whole in the output
LISTED = 6  # Completions listed at most; typing on narrows them down


class NotedLine(Vertical):
    """Shows what it is told to; what is typed is the business of those who are made of it."""

    DEFAULT_CSS = """
    NotedLine {
        height: auto;
        & OptionList {
            height: auto; max-height: 6; border: none; padding: 0; scrollbar-size: 1 1; display: none;
            overlay: screen; background: $panel;
        }
        &.-listing OptionList { display: block; }
        & .prompt--note {
            height: auto; display: none; color: $text-muted; overlay: screen; background: $panel; width: 100%;
        }
        &.-note .prompt--note { display: block; }
        &.-error .prompt--note { color: $text-error; }
        & Horizontal { height: 1; }
        & .prompt--label { width: auto; color: $text-primary; text-style: bold; }
        & Input { width: 1fr; border: none; padding: 0; height: 1; background: transparent; }
        & Input:focus { border: none; }
        &.-invalid Input { color: $text-error; }
        &.-valid Input { color: $text-success; }
    }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._found: Sequence[Completion] = ()
        self._options: OptionList | None = None
        self._note_lines = 1
        self._noted = ""

    def compose(self) -> ComposeResult:
        """The note, the prompt and the input; above them the list, once there is something to list."""
        yield Static("", markup=False, classes="prompt--note")
        with Horizontal():
            yield Static(self.label(), markup=False, classes="prompt--label")
            # The blink is a wall clock: it would make every picture of the screen a lottery.
            cursor = Entry(self, self._entered)
            cursor.cursor_blink = False
            yield cursor

    @property
    def input(self) -> Entry:
        """The input."""
        return self.query_one(Entry)

    @property
    def line(self) -> str:
        """What is typed."""
        return self.input.value

    def relabel(self, label: str = "") -> None:
        """Show the prompt anew, another namespace's shell was entered; or another in its place."""
        self.query_one(".prompt--label", Static).update(Content(label or self.label()))

    def note(self, text: str, *, error: bool = False, most: int = ERROR_LINES) -> None:
        """Show a text: in the empty line itself, above one that is typed; an error takes more rows where it must."""
        self._noted = text
        above = bool(text) and (error or bool(self.line))
        plain = self.glyphs.plain(safe(text.expandtabs(1).strip()))
        inside = f" {self.glyphs.separator} {plain}" if plain and not above else ""
        self.input.placeholder = crop(inside, self.input.size.width or cell_len(inside), self.glyphs.ellipsis)
        self.set_class(above, "-note")
        self.set_class(above and error, "-error")
        if above:
            lead = f" {self.glyphs.dropped} " if error else " "
            lines = wrap(plain, self.app.size.width - len(lead) - 1, most if error else 1, self.glyphs.ellipsis)
            self.query_one(".prompt--note", Static).update(Content(lead + "\n   ".join(lines)))
            self._note_lines = len(lines)
        self._place()

    def fold(self) -> None:
        """Somebody looks at a pane, of which an error leaves all but a row: it is whole in the output."""
        if self._note_lines > 1 and self.has_class("-error"):
            self.note(self._noted, error=True, most=1)

    def _place(self) -> None:
        """Put the note right above the line, and the list above the note."""
        note = self._note_lines if self.has_class("-note") else 0
        self.query_one(".prompt--note").styles.offset = (0, -note)
        if self._options is not None:
            self._options.styles.offset = (0, -note - min(len(self._found), LISTED))

    def _list(self, found: Sequence[Completion]) -> None:
        self._found = found
        if self._options is None:
            if not found:
                return
            self._options = OptionList(markup=False)
            self._options.can_focus = False  # it is only looked at
            self.mount(self._options, before=0)
        options = self._options
        options.clear_options()
        width = max((cell_len(safe(one.text)) for one in found[:LISTED]), default=0) + 2
        notes = [safe(one.note) for one in found[:LISTED]]
        if len(found) > LISTED:
            notes[-1] = f"{notes[-1]}  {self.glyphs.ellipsis} +{len(found) - LISTED}".strip()
        for one, note in zip(found, notes, strict=False):
            options.add_option(Option(Text.assemble(f" {fit(safe(one.text), width)}", (note, "dim"))))
        self.set_class(bool(found), "-listing")
        self._place()

    def _highlight(self, at: int) -> None:
        """Show which of them is meant."""
        if self._options is not None and self._found:
            self._options.highlighted = min(at, LISTED - 1)

    @on(OptionList.OptionSelected)
    def _listed(self, event: OptionList.OptionSelected) -> None:
        """A completion was clicked."""
        event.stop()
        if event.option_index < len(self._found):
            self._insert(self._found[event.option_index])
            self.input.focus()

    # --- hooks ---

    def label(self) -> str:
        """The prompt."""
        return ""

    def _entered(self, value: str) -> bool:
        """Enter was pressed; False where it is to be told of later."""
        return False

    def _insert(self, found: Completion) -> None:
        """One of the list is to be put in."""
