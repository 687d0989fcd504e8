"""Keys typed in one burst are the keys that were typed: esc and what follows it, and none before its turn.

A terminal sends escape and a letter as it sends alt and the letter.  No key of the app is one with alt, so that it is
escape, then the letter; of `ESC b` and `ESC f` some terminals make words of a line, and those stay.
"""

from __future__ import annotations

import re
from asyncio import sleep
from collections.abc import Iterable, Iterator
from itertools import chain
from unicodedata import category

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widgets import Input

ESCAPE = "\x1b"
_LETTER = "[^\x00-\x20\\[\\]OPX^_bf\x7f]"  # What begins no sequence behind an escape
_KEY = "[27u"
"""What makes of an escape the key, for good: the sequence of terminals that tell it from the beginning of others."""
_LINE = re.compile(r"[a-z][a-z0-9-]+(?= \S)")  # How a command line begins
_ALONE = re.compile(f"(?<={ESCAPE})(?={_LETTER})")
_STRAY = re.compile(f"{ESCAPE}(?!\\[|$)")  # An escape in what is pasted: Textual would take what follows for keys
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
TURNS = 20  # Turns of the loop that a key waits at most for what those before it have set going
PATIENCE = 1000  # Turns that it waits at most for a page to open, and for letters to be in their line

_feed = XTermParser.feed


class LineBegins(Event):
    """The keys that follow came all at once, and may be a line that somebody pasted without a prompt."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word


class _Parser(XTermParser):
    """What is remembered of a parser between two reads."""

    is_pasting = False
    tail = ""  # How the last read ended: a sequence may go on in the next one


def _feed_apart(parser: _Parser, data: str) -> Iterable[Message]:
    """Read what the terminal sent; an escape that begins no sequence is a key of its own."""
    tail = getattr(parser, "tail", "")
    begins, ends = (tail + data).rfind(_PASTE), (tail + data).rfind(_PASTED)
    pastes = getattr(parser, "is_pasting", False) or begins >= 0
    parser.is_pasting, parser.tail = pastes and ends <= begins, data[1 - len(_PASTE) :]
    if pastes:
        return _feed(parser, _STRAY.sub("", data))
    waits = tail.endswith(ESCAPE) and parser._timeout_time is not None
    goes_on = waits and re.match(_LETTER, data)
    line = _LINE.match(data)
    keys = _feed(parser, (_KEY if goes_on else "") + _ALONE.sub(_KEY, data))
    return chain([LineBegins(line[0])], keys) if line else keys


XTermParser.feed = _feed_apart  # type: ignore[assignment,method-assign]


def apart(message: Message) -> Iterator[Message]:
    """A key with alt as escape and the key; enter as enter; a blank of any width as space; anything else as it is.

    What is typed before the app has the terminal comes through the terminal's line mode, which makes ctrl+j of enter.
    An input method for Chinese has a wide blank on the space bar, which Textual takes for no character.
    """
    if isinstance(message, Key) and message.key.startswith("alt+") and message.is_printable:
        yield Key("escape", ESCAPE)
        yield Key(message.key.removeprefix("alt+"), message.character)
    elif isinstance(message, Key) and message.key == "ctrl+j":
        yield Key("enter", "\r")
    elif isinstance(message, Key) and message.character and category(message.character) == "Zs":
        yield Key("space", " ")
    else:
        yield message


class OrderedApp(App[int]):
    """An app in which a key finds the focus where the keys before it have put it."""

    _may_move = False  # The last key may have changed the focus: it was no letter of a line

    _held: list[Event] | None = None  # What was typed while nothing was there to take it

    @property
    def holds_keys(self) -> bool:
        """Nothing is there yet to take what is typed."""
        return self._held is not None

    def hold_keys(self) -> None:
        """Keep what is typed until `release_keys`."""
        self._held = self._held or []

    def release_keys(self) -> None:
        """Take what was kept, before what is typed from now on."""
        for event in self._held or ():
            self.call_next(self.on_event, event)
        self._held = None

    async def on_event(self, event: Event) -> None:
        """Let whoever has the keys take one that may change the focus before the next comes."""
        if self._held is not None and isinstance(event, Key | Paste | LineBegins):
            self._held.append(event)
            return
        if isinstance(event, Key) and not event.is_forwarded:
            if self._may_move or not self._is_letter(event):
                await self._caught_up()
            self._may_move = not self._is_letter(event)
        await super().on_event(event)

    def _is_letter(self, key: Key) -> bool:
        """Whether a line takes it; some keys are letters only behind others, which may still be on their way there."""
        line = self.focused
        return key.is_printable and isinstance(line, Input) and line.check_consume_key(key.key, key.character)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key means; only letters of a line are first for the widget that has the focus.

        Textual asks the widgets, and lets the key come back to the app for its meaning: behind all that was typed
        meanwhile, so that `esc` would close a page when what was meant for after it had been typed into the page.
        """
        if await super()._check_bindings(key, priority):
            return True
        at_once = priority and self._may_move and not (self.focused is not None and self.focused.message_queue_size)
        return at_once and await super()._check_bindings(key)

    async def _caught_up(self) -> None:
        for turn in range(PATIENCE):
            focused = self.focused
            waiting = [focused, *focused.ancestors_with_self] if focused is not None else [self.screen]
            if turn >= TURNS:
                waiting = waiting[:1]
            if self.screen.is_mounted and not any(one.message_queue_size for one in waiting if one is not self):
                return
            await sleep(0)
