"""The command palette's entries: every verb of the lab, and every action that has a key."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from rich.text import Text
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets.option_list import Option

from netsandbox.commands.catalogue import verbs
from netsandbox.commands.verb import Verb
from netsandbox.explain.words import said
from netsandbox.tui.i18n import described, language, tr
from netsandbox.tui.screens.help import key_names

if TYPE_CHECKING:
    from netsandbox.tui.app import NetsandboxApp


class Entry(NamedTuple):
    """One entry: its name, what it does, and what to do."""

    name: str
    note: str
    verb: Verb | None
    action: str = ""


class LabPalette(CommandPalette):
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


class LabCommands(Provider):
    """Verbs open the command line with their name typed; actions are done at once."""

    @property
    def _own(self) -> NetsandboxApp:
        return cast("NetsandboxApp", self.app)

    def _entries(self) -> Iterator[Entry]:
        for verb in verbs():
            yield Entry(verb.usage, said(verb.summary, language()), verb)
        for binding in self._own.BINDINGS:
            if isinstance(binding, Binding) and binding.id and binding.id.startswith("app."):
                word, tip = described(binding.id)
                yield Entry(f"{word} ({key_names(binding)})", tip or word, None, binding.action)

    async def discover(self) -> Hits:
        """All of them."""
        for entry in self._entries():
            yield DiscoveryHit(entry.name, partial(self._do, entry), entry.name, entry.note)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score = max(matcher.match(entry.name), matcher.match(entry.note) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.name), partial(self._do, entry), entry.name, entry.note)

    async def _do(self, entry: Entry) -> None:
        if entry.verb is not None:
            self._own.open_command(entry.verb)
        else:
            await self.app.run_action(entry.action)
