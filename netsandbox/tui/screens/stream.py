"""A connection followed, or who sends what to whom: a diagram, both directions as text and as bytes; kept as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.panes.line_view import LineView
from netsandbox.tui.streams import Stream
from netsandbox.tui.text import safe

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab

PICTURE, TEXT = "stream.svg", "stream.txt"  # Names that are proposed for a file of the diagram, and of what is read
RARELY = 10  # How much longer than a look is until the next one


class StreamScreen(Settling, ModalScreen[None]):
    """One stream in its views."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Close", show=False, id="stream.close"),
        Binding("tab", "view(1)", "Next view", show=False, priority=True, id="stream.next"),
        Binding("shift+tab", "view(-1)", "View before", show=False, priority=True, id="stream.before"),
        Binding("s", "save", "Save", show=False, id="stream.save"),
        Binding("y", "copy", "Copy", show=False, id="stream.copy"),
        Binding("question_mark,f1", "app.help", "Help", show=False, id="stream.help"),
    ]

    def __init__(self, stream: Callable[[], Stream], lab: LiveLab, glyphs: GlyphSet,
                 write: Callable[[str, str], str]) -> None:
        """Follow a stream.

        Args:
            stream: what it is by now.
            write: makes a file of a name and a text; what it gives back is told.
        """
        super().__init__()
        self._now = stream
        self._stream = stream()
        self._lab = lab
        self._seen = lab.version()
        self._due = 0.0  # When it may be looked at again while frames fly
        self._glyphs = glyphs
        self._write = write
        self._names = list(self._stream.views)
        self.view = self._names[0]

    def compose(self) -> ComposeResult:
        """The lines, and below them for a moment the name of a file."""
        with Vertical(classes="dialog"):
            yield LineView(self._glyphs)
            yield Input(placeholder=tr("stream.file"), compact=True)

    def on_mount(self) -> None:
        """Show the first view."""
        self.set_class(self._glyphs.ascii, "ascii")
        self.query_one(Input).display = False
        self.query_one(LineView).focus()
        self._show()

    def _show(self) -> None:
        self.query_one(LineView).show(self._stream.views[self.view]())
        self._entitle()
        self._tell(self._keys)

    @property
    def _keys(self) -> str:
        return (tr("stream.key.view") if len(self._names) > 1 else "") + tr("stream.keys")

    def _entitle(self) -> None:
        tabs = [f"[{tr('stream.' + name)}]" if name == self.view else tr("stream." + name) for name in self._names]
        title = f"{safe(self._stream.title)} ── {' '.join(tabs)}"
        self.query_one(".dialog").border_title = Content(self._glyphs.plain(title))

    def lab_moved(self) -> None:
        """Show what has come; while frames fly no more than a tenth of the time goes into looking."""
        version, begun = self._lab.version(), self._lab.clock()
        if version == self._seen or (self._lab.is_busy and begun < self._due):
            return
        self._seen, self._stream = version, self._now()
        self.query_one(LineView).grow(self._stream.views[self.view]())
        self._entitle()
        self._due = begun + RARELY * (self._lab.clock() - begun)

    def _tell(self, text: str) -> None:
        self.query_one(".dialog").border_subtitle = Content(self._glyphs.plain(safe(text)))

    def action_view(self, step: int) -> None:
        """Another view of the same."""
        if not self.query_one(Input).display:
            self.view = self._names[(self._names.index(self.view) + step) % len(self._names)]
            self._show()

    def action_copy(self) -> None:
        """Copy what is shown."""
        lines = self.query_one(LineView).lines
        self.app.copy_to_clipboard("\n".join(lines) + "\n")
        self._tell(tr("copied.lines", count=len(lines)))

    def action_save(self) -> None:
        """Ask where it is to be kept."""
        line = self.query_one(Input)
        line.display = True
        if line.value in ("", PICTURE, TEXT):
            line.value = PICTURE if self.view == "diagram" else TEXT
        line.focus()
        self._tell(tr("stream.file"))

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if name:
            text = self._stream.picture() if name.endswith(".svg") else "\n".join(self.query_one(LineView).lines) + "\n"
            self._tell(self._write(name, text))
        self._end_input()

    def _end_input(self) -> None:
        self.query_one(Input).display = False
        self.query_one(LineView).focus()

    def action_leave(self) -> None:
        """Out of the file's name, else out of it all."""
        if self.query_one(Input).display:
            self._end_input()
            self._tell(self._keys)
        else:
            self.dismiss()
