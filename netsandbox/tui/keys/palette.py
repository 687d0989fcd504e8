"""The command palette's entries: every verb of the lab, every action that has a key, in a pane or everywhere, and, once
somebody looks for one, every lesson and file that can be opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.theme import ThemeProvider
from textual.widgets.option_list import Option

from netsandbox.commands.catalogue import verbs
from netsandbox.commands.verb import Verb
from netsandbox.explain.words import said
from netsandbox.session import shelf
from netsandbox.session.shelf import Work
from netsandbox.tui.i18n import described, language, tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.screens.help import key_names
from netsandbox.tui.screens.pane_table import PANES
from netsandbox.tui.session import lesson

if TYPE_CHECKING:
    from netsandbox.tui.app import NetsandboxApp


class Entry(NamedTuple):
    """One entry: its name, what it does, and what to do."""

    name: str
    note: str
    verb: Verb | None
    action: str = ""
    pane: int = 0  # The number of the pane whose key it is; 0 for a key that works everywhere


MOVES = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "escape"})
"""Keys that move within a pane: nobody looks for them by name."""


class LabPalette(Settling, CommandPalette):
    """Textual's palette; keys for a list that is not painted yet do nothing, where it would fail."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Textual's own, in the person's language."""
        self._stop_no_matches_countdown()
        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, partial(self._tell_none, search_value))

    def _tell_none(self, search_value: str) -> None:
        none = Option(Text(tr("palette.none"), justify="center"), disabled=True, id=self._NO_MATCHES)
        if search_value:
            self.query_one(CommandList).add_option(none)
        self._list_visible = bool(search_value)


def choose_theme(app: App[int]) -> None:
    """Textual's choice of a theme, in a palette as all others are."""
    app.push_screen(LabPalette(providers=[ThemeProvider], placeholder=tr("palette.themes")))


class LabCommands(Provider):
    """Verbs open the command line with their name typed; actions are done at once, and lessons opened."""

    _read: dict[str, Work]

    async def startup(self) -> None:
        """Nothing is read before somebody looks for it."""
        self._read = {}

    @property
    def _own(self) -> NetsandboxApp:
        return cast("NetsandboxApp", self.app)

    def _entries(self) -> Iterator[Entry]:
        for verb in verbs():
            yield Entry(verb.usage, said(verb.summary, language()), verb)
        yield from _keys(self._own.BINDINGS, 0, ())
        everywhere = {key for binding in self._own.BINDINGS if isinstance(binding, Binding) for key in _parts(binding)}
        for number, pane in enumerate(PANES, 1):
            yield from _keys(self._own.main.panes[pane.name].BINDINGS, number, MOVES | everywhere)

    async def discover(self) -> Hits:
        """All of them."""
        for entry in self._entries():
            yield DiscoveryHit(Content(entry.name), partial(self._do, entry), entry.name, entry.note)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score = max(matcher.match(entry.name), matcher.match(entry.note) * 0.8)
            if score > 0:
                yield Hit(score, _lit(matcher, entry.name), partial(self._do, entry), entry.name, entry.note)
        async for work in self._works():
            name, title = f"load {work.name}", lesson.said(work.title) or work.problem
            score = max(matcher.match(name), matcher.match(title) * 0.8)
            if score > 0:
                yield Hit(score, _lit(matcher, name), partial(self._own.open_work, work.name), name, title)

    async def _works(self) -> AsyncIterator[Work]:
        """What there is to open, read one by one: keys are answered meanwhile."""
        for name, kind in shelf.names(self._own.files.history("recent").lines):
            if name not in self._read:
                await asyncio.sleep(0)
                self._read[name] = shelf.read(name, kind)
            yield self._read[name]

    async def _do(self, entry: Entry) -> None:
        if entry.verb is not None:
            self._own.open_command(entry.verb)
        elif entry.pane:
            self._own.main.focus_pane(entry.pane)
            await self.app.run_action(entry.action, self._own.main.panes[PANES[entry.pane - 1].name])
        else:
            await self.app.run_action(entry.action)


def _lit(matcher: Matcher, text: str) -> Content:
    """A text with what it has of the query; Textual's own takes `[NAME]` of a usage for its markup, and eats it."""
    found = Content(text)
    for offset in matcher.fuzzy_search.match(matcher.query, text)[1]:
        found = found.stylize(matcher.match_style, offset, offset + 1) if not text[offset].isspace() else found
    return found


def _parts(binding: Binding) -> list[str]:
    return [key.strip().removeprefix("shift+") for key in binding.key.split(",")]


def _keys(bindings: Iterable[BindingType], pane: int, other: Iterable[str]) -> Iterator[Entry]:
    """The keys of a pane, or of the app, but for some that are others' or in no list."""
    for binding in bindings:
        if isinstance(binding, Binding) and binding.id and not set(other).intersection(_parts(binding)):
            word, tip = described(binding.id)
            left, right, colon = ("（", "）", "：") if language() == "zh" else (" (", ")", " ")
            where = tr("topic." + PANES[pane - 1].name) + colon if pane else ""
            yield Entry(f"{where}{word}{left}{key_names(binding)}{right}", tip, None, binding.action, pane)
