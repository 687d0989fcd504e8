"""Lines without a colon before them: pasted onto a pane, sent in one burst, or typed by somebody who does not know."""

from __future__ import annotations

from functools import partial
from unicodedata import normalize

from textual.binding import Binding
from textual.events import Event, Key, Paste
from textual.keys import _character_to_key, key_to_character
from textual.widgets import Input

from netsandbox.explain.questions import LETTERS
from netsandbox.tui.i18n import tr
from netsandbox.tui.lab_app import LabApp
from netsandbox.tui.painting.typed_ahead import LineBegins
from netsandbox.tui.session.source import TOUR

CHINESE_STOPS = str.maketrans("。、", "./")  # What an input method makes of these keys
SHORTEST = 3  # Letters of a word that are hardly typed as keys by chance
HARDLY_KEYS = 4  # Letters that begin a command and that nobody types one after another as keys
AT_ONCE = 0.5  # Seconds in which the next letter of a word is typed, and hardly another key
AFTER_KEY = 0.2  # Seconds, so that what the last key does says nothing over it


def _begun_command(letters: str, least: int) -> str:
    """The last letters, if they are the first ones of a verb or a tool, and so many that they were hardly typed as
    keys by chance."""
    if len(letters) < least:
        return ""
    from netsandbox.commands.catalogue import VERBS
    from netsandbox.commands.programs import PROGRAMS
    from netsandbox.commands.tools.registry import TOOLS

    tail = letters[-least:]
    return tail if any(name.startswith(tail) for name in (*VERBS, *PROGRAMS, *TOOLS, "docker")) else ""


class LineKeys(LabApp):
    """Where a letter is a key, a whole line is a line."""

    _letters = ""  # The keys that were typed last, as far as they may be a word
    _typed_last = 0.0  # When the last of them came

    def open_line(self) -> None:
        """To the command line: a hook for the app that has one."""

    @property
    def _letters_are_keys(self) -> bool:
        return self.screen is self.main and not isinstance(self.main.focused, Input)

    @property
    def _may_begin(self) -> bool:
        return self._letters_are_keys or self.screen.name == TOUR

    def on_line_begins(self, event: LineBegins) -> None:
        """A burst of keys that begins with a command is typed, not done."""
        if self._letters_are_keys and self.live.is_command(event.word):
            self.open_line()

    def on_paste(self, event: Paste) -> None:
        """What nobody took was pasted onto a pane: it is for the command line, and run there if it is several lines."""
        if not self._letters_are_keys:
            return
        self.open_line()
        if len(event.text.splitlines()) > 1:
            self.main.command.pasted(event.text)
        else:
            self.main.command.input.insert_text_at_cursor(event.text.strip())

    async def on_event(self, event: Event) -> None:
        """Tell somebody who types a command key by key how it is typed."""
        if isinstance(event, Key) and not event.is_forwarded and not self.holds_keys:
            if self._letters_are_keys or (self.screen is self.main and self.main.status.trouble):
                self.main.status.say("")  # what a key said, or what went wrong, is over with the next one
            if self._letters_are_keys:
                self.main.command.fold()
            event = self._meant(event)
            word = self._letters
            self._note(event)
            opens_shell = event.key == "e" and event.time - self._typed_last < AT_ONCE  # what follows would be its line
            begun = self._begun_card(event, word) or _begun_command(self._letters, 2 if opens_shell else HARDLY_KEYS)
            if begun:
                await self._type_on(begun)
            self._typed_last = event.time
        await super().on_event(event)

    def _meant(self, event: Key) -> Key:
        """A wide letter, as an input method left on gives it, is the letter; one of a question's answers answers."""
        if not self._letters_are_keys or not event.character:
            return event
        letter = normalize("NFKC", event.character).translate(CHINESE_STOPS)
        if len(letter) > 1:
            return event
        stand = self.live.lesson.stand()
        if stand is not None and letter.upper() in LETTERS[: len(stand.answers)]:
            letter = letter.upper()
        return event if letter == event.character else Key(_character_to_key(letter), letter)

    async def _type_on(self, begun: str) -> None:
        """Go on in the command line: what was typed so far begins a command, and the next letters do worse than it."""
        self._letters = ""
        await self._caught_up()
        if self.screen.name == TOUR:
            await self.screen.run_action("command")
        elif self._letters_are_keys:
            self.open_line()
        else:
            return
        self.main.command.input.insert_text_at_cursor(begun[:-1])
        self._may_move = True
        self.main.status.say(tr("line.begun", word=begun.strip()))

    def _begun_card(self, event: Key, word: str) -> str:
        """A word that a space ends over the tour, whose pages it would turn otherwise."""
        is_word = event.key == "space" and self.screen.name == TOUR and len(word) > 1
        return f"{word} " if is_word and self.live.is_command(word) else ""

    def _note(self, event: Key) -> None:
        is_letter = self._may_begin and event.character is not None and event.character.isalpha()
        word, self._letters = self._letters, self._letters + (event.character or "") if is_letter else ""
        if event.key == "space" and len(word) >= SHORTEST and self._letters_are_keys and self.live.is_command(word):
            self.set_timer(AFTER_KEY, partial(self.main.status.say, tr("line.how", word=word), trouble=True))

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key means; one that means nothing is not taken in silence."""
        taken = await super()._check_bindings(key, priority)
        if not taken and not priority and self._letters_are_keys and (typed := key_to_character(key)):
            await self._take_unknown(key, typed)
        return taken

    async def _take_unknown(self, key: str, typed: str) -> None:
        """Say whose key it is, if it is one of another pane's; a lesson's keys, which its goals name, act at once."""
        lesson = self.live.lesson.stand() is not None
        told = tr("line.no-key", typed=typed)
        for number, (name, pane) in enumerate(self.main.panes.items(), 1):
            binding = next((one for one in Binding.make_bindings(type(pane).BINDINGS) if one.key == key), None)
            if binding is not None and name == "lesson" and lesson:
                self.main.set_view(name)
                await self.run_action(binding.action, pane)
                return
            if binding is not None and name == "lesson":
                told = tr("line.no-lesson", typed=typed)
            elif binding is not None:
                is_here = self.main.focused is not None and pane in self.main.focused.ancestors_with_self
                self.main.status.say(tr("line.nothing" if is_here else "line.elsewhere", typed=typed,
                                        pane=tr("topic." + name), number=number))
                return
        self.main.status.say(told)
