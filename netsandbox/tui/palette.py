"""The command palette's entries: every verb of the lab, and every action that has a key."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider

from netsandbox.commands.catalogue import verbs
from netsandbox.commands.verb import Verb
from netsandbox.explain.words import said
from netsandbox.tui.i18n import described, language
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
