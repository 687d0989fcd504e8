"""The browser: lessons, scenarios, saved labs and recent files, to be searched and opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from netsandbox.explain.refusals import translated
from netsandbox.session import shelf
from netsandbox.session.search import found
from netsandbox.session.shelf import Work
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.session.lesson import said
from netsandbox.tui.text import crop, fit, safe, wrap

AT_ONCE = 4  # Files parsed between two pictures: a key is answered at once while the others come
NAME_WIDTH = 22  # Cells of a name: those of the longest bundled one
HOW_FAR = 5
ABOUT_LINES = 4
Progress = Mapping[str, tuple[int, int]]  # How far a person came in a lesson: (steps done, steps)


class _SearchLine(Input):
    """Words to look for; no search begins with a key that begins a command or goes on."""

    keys = ":"
    is_asked = False  # What is chosen is asked about: the key that goes on is no letter, whatever is typed

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is a letter of the line."""
        is_key = character is not None and character in self.keys and not self.value
        return not is_key and not (self.is_asked and key == "p") and super().check_consume_key(key, character)


class _Works(OptionList):
    """The chosen one stays in sight when a longer text about it leaves the list fewer rows."""

    def on_resize(self) -> None:
        """It may stand below the edge now."""
        self.scroll_to_highlight()


class BrowserScreen(Settling, ModalScreen[str]):
    """A list with a search line; what is chosen is the result, empty when nothing is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False, id="browser.close"),
        Binding("colon", "command", "Command", show=False, priority=True, id="browser.command"),
        Binding("enter", "open", "Open", show=False, priority=True, id="browser.open"),
        Binding("p", "open", "Open", show=False, priority=True, id="browser.go-on"),
        Binding("down", "move(1)", "Down", show=False, priority=True, id="browser.down"),
        Binding("up", "move(-1)", "Up", show=False, priority=True, id="browser.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True, id="browser.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True, id="browser.page-up"),
        Binding("home", "end(-1)", "First", show=False, priority=True, id="browser.first"),
        Binding("end", "end(1)", "Last", show=False, priority=True, id="browser.last"),
    ]

    def __init__(self, glyphs: GlyphSet, recent: Sequence[str], progress: Progress,
                 command: Callable[[str | None], None], first: str = "", *, begins_line: bool = False,
                 is_line: Callable[[str], bool] = lambda _text: False, present: str = "",
                 doubt: Callable[[str], str] = lambda _name: "") -> None:
        """Make the page.

        Args:
            recent: files that were opened before.
            progress: how far a person came in each.
            command: goes to the command line, perhaps with a line to begin with.
            first: the work that the cursor stands on at first, and that a key leads to; without one, `present`.
            begins_line: who leaves it goes to the command line: there was nothing before it to go back to.
            is_line: whether what is looked for is a command line, typed in the wrong place.
            present: the lesson that one is in; without one the cursor stands on the first that is not done.
            doubt: why one is to be chosen twice, as the lab that it takes the place of is in no file; or empty.
        """
        super().__init__()
        self._wanted = first
        self._stands_on = first or present
        self._glyphs = glyphs
        self._progress = progress
        self._command = command
        self._begins_line = begins_line
        self._is_line = is_line
        self._doubt = doubt
        self._doubted: Work | None = None  # The one that was asked about
        self._unread = shelf.names(recent)
        self.works: list[Work] = []
        self._listed: list[Work] = []
        self._moved = False  # A person has chosen one
        self._is_seen = False
        self._opens = False  # What is looked for is to be opened once all is read

    def compose(self) -> ComposeResult:
        """The search line, the list, and what the chosen one is about."""
        with Vertical(classes="dialog"):
            yield _SearchLine(placeholder=tr("browser.search"), compact=True)
            yield _Works(markup=False)
            yield Static("", markup=False)

    def on_mount(self) -> None:
        """Begin to read."""
        self.set_class(self._glyphs.ascii, "ascii")
        dialog = self.query_one(".dialog")
        dialog.border_title = Content(tr("browser.title"))
        search = self.query_one(_SearchLine)
        search.keys = ":p" if self._wanted else ":"  # who comes by that key presses it again
        search.focus()
        self.call_after_refresh(self._painted)
        self._read_on()

    def _painted(self) -> None:
        self._is_seen = True

    def on_resize(self) -> None:
        """The list has as much room as there is now; before its first picture it had none."""
        self.call_after_refresh(self._list)

    def _read_on(self) -> None:
        self.works += shelf.some(self._unread, AT_ONCE)
        self._list()
        if self._unread:
            self.call_later(self._read_on)
        elif self._opens:
            self.action_open()

    @on(Input.Changed)
    def _list(self) -> None:
        """The works that the search line finds; the chosen one stays chosen."""
        query = self.query_one(Input).value
        keys = tr("browser.goes-on") if self._wanted else tr("browser.keys")
        self.query_one(".dialog").border_subtitle = Content(tr("browser.typing") if query else keys)
        chosen = self.chosen
        self._listed = found(self.works, query)
        options = self.query_one(OptionList)
        options.clear_options()
        width = max(options.size.width - 2, NAME_WIDTH + 20)
        options.add_options(Option(self._row(work, width)) for work in self._listed)
        if not self._listed and not self._unread:
            options.add_option(Option(wrap(_nothing(query), width, 1)[0], disabled=True))
        if self._listed:
            stays = self._moved and chosen in self._listed
            first = 0 if query.strip() else self._first()
            options.highlighted = self._listed.index(chosen) if chosen is not None and stays else first
        self._tell()

    @property
    def chosen(self) -> Work | None:
        """The work under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self._listed[at] if at is not None and at < len(self._listed) else None

    def _row(self, work: Work, width: int) -> str:
        done, of = self._progress.get(work.name, (0, work.steps))
        how_far = tr("browser.finished") if of and done >= of else f"{done}/{of}" if of else ""
        title = safe(said(work.title)) or (tr("browser.wrong") if work.problem else "")
        room = width - NAME_WIDTH - HOW_FAR - 2
        title = fit(crop(title, room, self._glyphs.ellipsis), room)
        return self._glyphs.plain(f"{fit(safe(work.name), NAME_WIDTH)} {title} {fit(how_far, HOW_FAR, 'right')}")

    @on(OptionList.OptionHighlighted)
    def _tell(self) -> None:
        work = self.chosen
        self._ask_about(None)
        text = translated(work.problem, language()) or said(work.about) if work is not None else ""
        width = max(self.query_one(OptionList).size.width, 40)
        lines = wrap(self._glyphs.plain(safe(" ".join(text.split()))), width, ABOUT_LINES, self._glyphs.ellipsis)
        if work is not None and not work.problem:
            lines.append(_needs(work))
        self.query_one(Static).update(Content("\n".join(lines)))

    def _first(self) -> int:
        """The one that was asked for or is open, else the first lesson that was not gone through to its end."""
        named = next((at for at, work in enumerate(self._listed) if work.name == self._stands_on), None)
        if named is not None:
            return named
        done = [self._progress.get(work.name, (0, 0))[0] for work in self._listed]
        return next((at for at, work in enumerate(self._listed) if work.steps > done[at]), 0)

    def action_move(self, rows: int) -> None:
        """Choose another; the search line keeps the keys."""
        options = self.query_one(OptionList)
        if self._listed:
            self._moved = True
            at = options.highlighted or 0
            options.highlighted = max(0, min(len(self._listed) - 1, at + rows))

    def action_page(self, step: int) -> None:
        """Choose one a page further: a row of this one stays in sight."""
        self.action_move(step * max(self.query_one(OptionList).size.height - 1, 1))

    def action_end(self, step: int) -> None:
        """Choose the first or the last."""
        self.action_move(step * len(self._listed))

    @on(OptionList.OptionSelected)
    def action_open(self) -> None:
        """Open the chosen one: none that nobody saw or named, and what is looked for when all is read."""
        text = self.query_one(Input).value
        is_sought = bool(text)
        if is_sought and not self._moved and self._is_line(text):
            self.action_command(text)
            return
        if not (self._is_seen or is_sought or self._moved or self._wanted):
            return
        self._opens = is_sought and bool(self._unread)
        work = None if self._opens else self.chosen
        if work is None or work.problem:
            return
        why = self._doubt(work.name) if work is not self._doubted else ""
        if not why:
            self.dismiss(work.name)
            return
        self._ask_about(work)
        self.query_one(Static).update(Content.styled(why, "$text-error"))

    def _ask_about(self, work: Work | None) -> None:
        """What is chosen again now is opened, by the key that goes on as well where that led here; None: nothing is
        asked."""
        self._doubted = work
        self.query_one(_SearchLine).is_asked = work is not None and bool(self._wanted)

    def action_command(self, line: str | None = None) -> None:
        """To the command line, as anywhere; a line that was typed here goes along."""
        self.dismiss("")
        self._command(line)

    def action_leave(self) -> None:
        """Enough of it."""
        self.dismiss("")
        if self._begins_line:
            self._command(None)


def _nothing(query: str) -> str:
    """That no work has the words, in the list's place, where one waits for it."""
    is_of_ipv6 = "ipv6" in query.lower()
    return tr("browser.ipv6" if is_of_ipv6 else "browser.none")


def _needs(work: Work) -> str:
    """How long it is, and what it needs."""
    size = tr("browser.size", steps=work.steps, goals=work.goals) if work.steps else tr("browser.lab")
    asks = tr("browser.asks", asks=work.asks) if work.asks else ""
    return size + asks + (tr("browser.uplink") if work.uplink else "")
