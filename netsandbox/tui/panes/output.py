"""What the lines said: the transcript of the command line. Words are wrapped; a table's lines stay lines, and left and
right move along those that are wider than the pane.

What a line prints bit by bit is followed; what is longer than the pane and comes at once is shown from its top, where a
person begins to read; so is what comes in one go a moment after its line.  Of lines that were entered together the last
one's is shown.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, dropwhile, takewhile
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.strip import Strip

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.log.columns import marked
from netsandbox.tui.painting.styles import Painted
from netsandbox.tui.panes.growing import GrowingView
from netsandbox.tui.panes.lesson import FRAME
from netsandbox.tui.panes.sought import Sought
from netsandbox.tui.session.source import KEPT, Said
from netsandbox.tui.text import cell_len, crop, fit, safe, window, wrap

if TYPE_CHECKING:
    from netsandbox.tui.session.live_jobs import Jobs

_GAP = re.compile("^ +| {2,}")  # What stands before a column of a table
_TABLE = re.compile(r"\S {2,}\S.*\S {2,}\S")
"""A line of three columns: broken, nobody could tell which word belongs to which."""
_COLUMNS = re.compile(r"\S {2,}\S")
_INDENT = " " * 10  # What a further line of a cell in a table begins with at least
_NEWEST_LAST = re.compile(r"^[^❯#]*[❯#] (?:history|journal|dmesg|docker (?:compose |container )?logs)\b")
"""Lines of which one wants the end of what they print."""
SIDEWAYS = 16  # Cells that left and right move by
TABLE = 100  # Rows above and below that are looked at for the widest of a table
MOST_ROWS = 6000  # Lines on the screen's scale that are kept
_MARKS = {"hold": "✓ ", "fail": "✗ ", "goal": "✗ "}
_ASCII_MARKS = {"hold": "ok ", "fail": "NO ", "goal": "NO "}
OF_LESSON = frozenset({"say", "goal", "wrong"})  # What the lesson's own pane says too


class OutputPane(GrowingView, Painted, can_focus=True):
    """The output of commands; `show` gives it what is new."""

    STYLES = "output--"
    ALLOW_SELECT = False
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = "output"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "sideways(-1)", "Left along a wide table", show=False, id="output.left"),
        Binding("right", "sideways(1)", "Right along a wide table", show=False, id="output.right"),
        Binding("f3", "find_next(1)", "Find next", show=False, id="output.find-next"),
        Binding("shift+f3,f15", "find_next(-1)", "Find previous", show=False, id="output.find-previous"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"output--{kind}"
        for kind in ("line", "out", "err", "say", "hold", "fail", "why", "job", "end", "goal", "wrong", "match")
    }

    DEFAULT_CSS = """
    OutputPane {
        overflow: hidden scroll;
        scrollbar-size: 1 1;
        & .output--line { color: $text-primary; text-style: bold; }
        & .output--out { color: $foreground; }
        & .output--err { color: $text-error; }
        & .output--why, & .output--wrong { color: $text-muted; }
        & .output--job, & .output--end { color: $text-primary; }
        & .output--say { color: $text-secondary; text-style: italic; }
        & .output--hold { color: $text-success; }
        & .output--match { text-style: reverse; }
        & .output--fail, & .output--goal { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._said: deque[Said] = deque(maxlen=KEPT)
        self._rows: list[Said] = []
        self._known = dict[tuple[Said, bool], list[Said]]()
        """The rows of what was said, in the present width: what comes is placed, counted and shown."""
        self._seen = 0
        self._at_once = 0, 0  # The lines that came at once with the one typed: how many were there before and after
        self._is_open = False  # The line typed last still ran when it was shown, and nothing has come since
        self._is_late = False  # What came at once has its place to find when the pane is on the screen
        self._width = 0
        self._only = 0  # The line whose output alone is shown; 0 for all
        self._left = 0  # Cells of a wide table that are to the left of what is shown of it
        self.needle = ""  # What is searched for, which is marked
        self._hit = -1  # The row that a search went to last
        self._told_wide = ""
        self._told_goals = ""
        self._has_more = False  # There is more below what is in view
        self._is_beside = False  # The lesson stands beside it and says itself what its steps say

    def on_mount(self) -> None:
        """Name the pane, and follow."""
        self._entitle()
        self.anchor()

    def show(self, jobs: Jobs) -> None:
        """Take what was said since the last time."""
        new = jobs.since(self._seen)
        if jobs.forward != self._only:
            self._show_only(jobs)
            return
        if self._is_beside != self._has_lesson_beside:
            self._break_anew()
        if not new:
            return
        self._seen = jobs.said
        is_whole = self._mark_whole(jobs, new)
        new = [said for said in new if self._only in (0, said.job)]
        self._said.extend(new)
        if self._width:
            self._rows.extend(self._wrapped(new))
        if len(self._rows) > MOST_ROWS:
            del self._rows[: -MOST_ROWS // 2]
        self._resized()
        self._is_late = False
        if is_whole:
            self._place()

    def _mark_whole(self, jobs: Jobs, new: list[Said]) -> bool:
        """Note what is to be seen at once, a line with all that it says; whether something is."""
        typed = any(said.kind == "line" for said in new)
        begun, is_over = self._at_once[0], jobs.running is None
        is_whole = typed or (self._is_open and is_over)
        self._left = 0 if typed else self._left
        self._is_open = typed and not is_over
        if is_whole:
            before = 0 if jobs.is_lesson else max((at for at, one in enumerate(new) if one.kind == "line"), default=0)
            self._at_once = self._seen - len(new) + before if typed else begun, self._seen
        return is_whole

    def _show_only(self, jobs: Jobs) -> None:
        """Show what one line says, or again what all say."""
        self._only = jobs.forward
        self._seen = jobs.said
        begun = jobs.begun_at.get(self._only, 0)  # another line had this number before
        self._said = deque((said for said in jobs.since(begun) if self._only in (0, said.job)), KEPT)
        self._rows = self._wrapped(self._said) if self._width else []
        self._entitle()
        self._resized()
        self.anchor()

    def _place(self) -> None:
        """Begin with the first line of what came at once, if not all of it can be seen; of a log with its newest."""
        begun, ended = self._at_once
        said = list(self._said)
        later = len(said) - (self._seen - ended)
        came = said[max(later - (ended - begun), 0) : later]
        if not (self.screen.has_class("-short") or self.screen.has_class("-narrow")):
            came = list(dropwhile(lambda one: one.kind == "say", came))  # a lesson's words stand beside or below
        rows = len(self._wrapped(came)) if self._width else 0
        height = self.scrollable_content_region.height
        self._is_late = not height
        typed = next((one.text for one in came if one.kind == "line"), "")
        if rows > height > 0 and not _NEWEST_LAST.search(typed):
            top = len(self._rows) - len(self._wrapped(said[later:])) - rows
            self.scroll_to(y=max(top, 0), animate=False, immediate=True, force=True)
        else:
            self.anchor()

    @property
    def _has_lesson_beside(self) -> bool:
        screen = self.screen
        is_alone = screen.maximized is not None or screen.has_class("-narrow")
        return screen.has_class("view-lesson") and not is_alone

    def cuts(self, lines: Iterable[str]) -> bool:
        """Whether a table of these lines is wider than the pane."""
        rows = _with_tables([Said("out", line) for line in lines])
        return any(is_row and cell_len(said.text.expandtabs()) > self._width for said, is_row in rows)

    def _wrapped(self, lines: Iterable[Said]) -> list[Said]:
        found: list[Said] = []
        if self._is_beside:
            lines = [said for said in lines if said.kind not in OF_LESSON]
        if len(self._known) > MOST_ROWS:
            self._known.clear()
        for said, is_row in _with_tables(list(lines)):
            rows = self._known.get((said, is_row))
            if rows is None:
                rows = self._known[said, is_row] = self._rows_of(said, is_row)
            found += rows
        return found

    def _rows_of(self, said: Said, is_row: bool) -> list[Said]:
        marks = _ASCII_MARKS if self.glyphs.ascii else _MARKS
        shown = self.glyphs.plain(safe(marks.get(said.kind, "") + said.text.expandtabs()))
        return [Said(said.kind, row) for row in ([shown] if is_row else hanging(shown, self._width))]

    def search(self, needle: str) -> None:
        """Mark what has a text, and go to the first line that does, from the top of what is in view on."""
        self.needle, self._hit = needle, self.scroll_offset.y - 1
        self.refresh()
        if needle:
            self.action_find_next(1)

    def action_find_next(self, step: int) -> None:
        """Go to the next or the previous line that has what is searched for, behind the last to the first."""
        if not self.needle:
            raise SkipAction
        hits = [at for at, row in enumerate(self._rows) if self.needle.lower() in row.text.lower()]
        further = [at for at in hits[::step] if (at - self._hit) * step > 0]
        if hits:
            self._hit = (further or hits[::step])[0]
            self._show_hit()
        self.post_message(Sought(self, self.needle, is_round=not further, is_nowhere=not hits))

    def _show_hit(self) -> None:
        """Scroll no further than needed, down and along."""
        text, height, top = self._rows[self._hit].text, self.scrollable_content_region.height, self.scroll_offset.y
        if not top <= self._hit < top + height:
            self.scroll_to(y=self._hit, animate=False, immediate=True, force=True)
        begin = cell_len(text[: text.lower().find(self.needle.lower())])
        if cell_len(text) > self._width and not self._left <= begin < self._left + self._width - SIDEWAYS:
            self._left = max(min(begin - SIDEWAYS, cell_len(text) - self._width), 0)
        self._tell_hidden()
        self.refresh()

    def to_copy(self) -> Sequence[str]:
        """The lines in view, each as wide as it is."""
        top = self.scroll_offset.y
        return [row.text.rstrip() for row in self._rows[top : top + self.scrollable_content_region.height]]

    @property
    def widest(self) -> int:
        """Cells of the widest line in view."""
        top = self.scroll_offset.y
        rows = self._rows[top : top + self.scrollable_content_region.height]
        return max((cell_len(row.text) for row in rows), default=0)

    @property
    def is_wide(self) -> bool:
        """A line in view has no room, so that left and right move along it."""
        return self._left > 0 or self.widest > self._width

    def action_sideways(self, step: int) -> None:
        """Move along what is wider than the pane; elsewhere the key is for another."""
        if not self.is_wide:
            raise SkipAction
        self._left = max(min(self._left + step * SIDEWAYS, self.widest - self._width), 0)
        self.refresh()

    def _resized(self) -> None:
        self.grow(self._width, len(self._rows))
        self._tell_hidden()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other lines are in view, and may be wide."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_hidden()

    def _tell_hidden(self) -> None:
        """Name the keys that show all of what has no room, which at the prompt are the line's own; say that there is
        more below."""
        arrows = "<>" if self.glyphs.ascii else "←→"
        wide = tr("output.wide", arrows=arrows) if self._width and self.is_wide else ""
        height = self.scrollable_content_region.height
        has_more = 0 < height < len(self._rows) - self.scroll_offset.y
        if (wide, has_more) != (self._told_wide, self._has_more):
            self._told_wide, self._has_more = wide, has_more
            self._entitle()

    def tell(self, text: str) -> None:
        """Say on the pane's edge how a lesson stands that it hides; empty of one that is seen."""
        if text != self._told_goals:
            self._told_goals = text
            self._entitle()

    def _entitle(self) -> None:
        """Its name, whose output it is, and the keys along a wide table: above it, where it has no line below."""
        gap = " -- " if self.glyphs.ascii else " ── "
        told = self.glyphs.plain(safe(gap.join(filter(None, (self._told_wide, self._told_goals)))))
        has_foot = bool(self.styles.border_bottom[0])
        name = tr("output.title") + (f" [{self._only}]" if self._only else "")
        more = tr("lesson.more", where=self.glyphs.down) if self._has_more else ""
        room = self.outer_size.width - FRAME - cell_len(gap.join(("", *filter(None, (name, more)))))
        head = "" if has_foot else crop(told, max(room, 0), self.glyphs.ellipsis)
        self.border_title = Content(gap.join(filter(None, (name, head, more))))
        self.border_subtitle = Content(told if has_foot else "")

    def on_resize(self) -> None:
        """Break the lines anew."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._known.clear()
            self._break_anew()
            self._is_late = True
            self._entitle()
        if self._is_late:
            self.call_after_refresh(self._place)  # only then is it known how far it scrolls
        self._resized()

    def _break_anew(self) -> None:
        self._is_beside = self._has_lesson_beside
        self._rows = self._wrapped(self._said) if self._width > 0 else []

    def _is_beside_wide(self, at: int) -> bool:
        """Whether a row is of a table that goes along: its head may be narrow enough to stay, above other columns."""
        if not _is_of_table(self._rows[at]):
            return False
        above = takewhile(_is_of_table, reversed(self._rows[max(at - TABLE, 0) : at]))
        below = takewhile(_is_of_table, self._rows[at + 1 : at + TABLE])
        return any(cell_len(row.text) > self._width for row in chain(above, below))

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, at = self.scrollable_content_region.width, y + self.scroll_offset.y
        if at >= len(self._rows):
            text = tr("output.empty") if not self._rows and y == 0 else ""
            return self.book.strip([Run(fit(text, width), "out")])
        kind, text, _job = self._rows[at]
        if cell_len(text) > width or (self._left and self._is_beside_wide(at)):
            text = window(text, self._left, width, self.glyphs.ellipsis)
        return self.book.strip(marked(fit(text, width), kind, self.needle))


def _is_of_table(row: Said) -> bool:
    return row.kind == "out" and (row.text.startswith(_INDENT) or bool(_COLUMNS.search(row.text)))


def _with_tables(lines: list[Said]) -> list[tuple[Said, bool]]:
    """Each line, and whether it is a table's: one of three columns, or of two beside one, as the head of ss is, or what
    goes on in a column below one."""
    are = [one.kind in ("out", "job", "end") and bool(_TABLE.search(one.text.expandtabs())) for one in lines]
    found: list[tuple[Said, bool]] = []
    for at, one in enumerate(lines):
        is_beside = one.kind == "out" and any(are[max(at - 1, 0):at + 2]) and bool(_COLUMNS.search(one.text))
        goes_on = one.kind == "out" and bool(found) and found[-1][1] and one.text.startswith(_INDENT)
        found.append((one, are[at] or is_beside or goes_on))
    return found


def hanging(text: str, width: int) -> list[str]:
    """Break a line of output; what does not fit goes on below its own column, as in a table, or below its indent.

    A column that begins where hardly a word has room is a line of its own.
    """
    if cell_len(text) <= width:
        return [text]
    starts = [0, *(gap.end() for gap in _GAP.finditer(text))]
    at = max((start for start in starts if cell_len(text[:start]) <= width * 3 // 5), default=0)
    head, indent = text[:at], cell_len(text[:at])
    late = next((start for start in starts if start > at and cell_len(text[:start].rstrip()) <= width), 0)
    if late:
        return [text[:late].rstrip(), *(" " * (indent + 2) + row for row in wrap(text[late:], width - indent - 2))]
    first, *others = wrap(text[at:], width - indent)
    return [head + first, *(" " * indent + row for row in others)]
