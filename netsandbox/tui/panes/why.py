"""Why: the decision in words, what it looked at, and the chain of causes up to the command, each a step back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import Cause, Why
from netsandbox.tui.why_lines import Piece, why_lines

_STYLES = {"decision": "$text", "operand": "$text-muted", "reference": "$text-muted italic", "caused": "$text-muted",
           "cause": "$text-primary underline"}


class _WhyText(Static):
    """The text; clicks on a cause come here."""

    def action_cause(self, index: int) -> None:
        """A cause was clicked."""
        pane = self.parent
        if isinstance(pane, WhyPane):
            pane.choose(index)


class WhyPane(VerticalScroll, can_focus=True):
    """The explanation of one record; `show` gives it one."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = "why"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "point(-1)", "Cause left", show=False, id="why.left"),
        Binding("right", "point(1)", "Cause right", show=False, id="why.right"),
        Binding("enter", "follow", "More", tooltip="Go to the cause, or show all", id="why.follow"),
        Binding("escape", "unpoint", "No cause", show=False, id="why.unpoint"),
    ]
    """
    | Key | Description |
    | :- | :- |
    | left / right | Choose a cause. |
    | enter | Go to the chosen cause; without one, show the rest or the short form. |
    """

    DEFAULT_CSS = """
    WhyPane { scrollbar-size: 1 1; scrollbar-gutter: stable; }
    WhyPane > Static { height: auto; }
    """

    class CauseChosen(Message):
        """A cause is to be looked at."""

        def __init__(self, cause: Cause) -> None:
            super().__init__()
            self.cause = cause

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.why: Why | None = None
        self.hurried = False  # Frames fly by too fast for anybody to read why
        self.expanded = False
        self.pointed: int | None = None  # Index of the cause chosen by the keys

    def compose(self) -> ComposeResult:
        """The text."""
        yield _WhyText(markup=False)

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = Content(tr("why.title"))

    def show(self, why: Why | None, *, hurried: bool = False) -> None:
        """Show another explanation, in its short form; none is shown while frames fly by in a hurry."""
        if (why, hurried) != (self.why, self.hurried):
            self.why, self.hurried = why, hurried
            self.expanded = False
            self.pointed = None
            self._paint()
            self.scroll_to(0, 0, animate=False)

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._paint()

    def choose(self, index: int) -> None:
        """Go to a cause."""
        if self.why is not None and 0 <= index < len(self.why.causes):
            self.post_message(self.CauseChosen(self.why.causes[index]))

    def action_point(self, step: int) -> None:
        """Choose the next cause or the one before."""
        if self.why is not None and self.why.causes:
            last = len(self.why.causes) - 1
            start = -1 if step > 0 else last + 1
            self.pointed = min(max((start if self.pointed is None else self.pointed) + step, 0), last)
            self._paint()

    def action_unpoint(self) -> None:
        """Choose no cause."""
        if self.pointed is None:
            raise SkipAction
        self.pointed = None
        self._paint()

    def action_follow(self) -> None:
        """Go to the chosen cause, or change between the short and the long form."""
        if self.pointed is not None:
            self.choose(self.pointed)
        else:
            self.expanded = not self.expanded
            self._paint()

    def to_copy(self) -> Sequence[str]:
        """All of the explanation."""
        why = self.why
        if why is None:
            return []
        reference = [f"  [{why.reference}]"] if why.reference else []
        return [*why.decision.splitlines(), *(f"  {one}" for one in why.operands), *reference,
                *(f"  {self.glyphs.plain('←')} {cause.text}" for cause in why.causes)]

    def _paint(self) -> None:
        if not self.children:
            return
        text = self.query_one(_WhyText)
        width, height = self.scrollable_content_region.size
        if self.why is None:
            text.update(Content.styled(tr("why.hurried" if self.hurried else "why.empty"), "$text-muted"))
        elif width > 0:
            lines = why_lines(self.why, width, self.expanded, self.glyphs, height)
            text.update(Content("\n").join(Content("").join(map(self._content, line)) for line in lines))

    def _content(self, piece: Piece) -> Content:
        style = _STYLES[piece.style]
        if piece.cause is None:
            return Content.styled(piece.text, style)
        if piece.cause == self.pointed:
            style += " reverse"
        click = Style.from_meta({"@click": f"cause({piece.cause})"})
        return Content.styled(piece.text, style).stylize(click)
