"""A verb of the lab's own language, declared once.

The declaration serves the parser, the completion, the help, the palette and the documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.errors import CommandError
from netsandbox.commands.kinds import WORDS, Kind
from netsandbox.explain.words import NOTHING, Both

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell


class Effect(Enum):
    """What a command does to the lab."""

    LOOK = "look"  # Nothing
    ACT = "act"  # It changes it, or lets time pass: its line belongs into the journal
    SESSION = "session"  # It moves in time or touches the machine's own files, and stands outside of the journal


class Parameter(NamedTuple):
    """One word, or with `rest` all that follow."""

    name: str  # the key under which the handler finds the value
    kind: Kind = WORDS
    option: str | None = None  # `--image` for a named one; None for one that has a place
    required: bool = True
    default: Any = None
    rest: bool = False
    is_flag: bool = False  # an option without a value

    @property
    def usage(self) -> str:
        if self.option is not None:
            return f"[{self.option}]" if self.is_flag else f"[{self.option} {self.kind.noun}]"
        word = f"{self.kind.noun if self.kind is not WORDS else self.name.upper()}{' …' if self.rest else ''}"
        return word if self.required else f"[{word}]"


Handler = Callable[["Shell", "Job", dict[str, Any]], None]
Example = tuple[str, str, str]  # A line, and what it does in English and in 简体中文


class Verb(NamedTuple):
    """One verb."""

    name: str
    summary: Both  # one line
    parameters: tuple[Parameter, ...]
    handler: Handler
    details: Both = NOTHING  # paragraphs of its manual page.  Both in both languages
    examples: tuple[Example, ...] = ()
    group: str = "lab"  # the heading under which help lists it
    effect: Effect = Effect.ACT  # what its lines do to the lab
    alone: bool = False  # no other command can stand on its line
    aliases: tuple[str, ...] = ()
    reads_line: bool = False  # it reads its line itself, whatever a shell would make of it

    @property
    def usage(self) -> str:
        return " ".join([self.name, *(parameter.usage for parameter in self.parameters)])

    def parse(self, shell: Shell, words: list[str]) -> dict[str, Any]:
        """The values of a line's words (CommandError, LabError: a word is missing, too many, or wrong)."""
        values = {p.name: p.default for p in self.parameters}
        places = [p for p in self.parameters if p.option is None]
        options = {p.option: p for p in self.parameters if p.option is not None}
        rest = list(words)
        while rest:
            word = rest.pop(0)
            name, equals, value = word.partition("=")
            taking_rest = bool(places) and places[0].rest
            if name in options and not (taking_rest and values[places[0].name]):
                parameter = options[name]
                values[parameter.name] = self._option(shell, parameter, name, value if equals else None, rest)
            elif word.startswith("--") and not taking_rest and options:
                raise CommandError(f"{self.name}: unknown option {word[:40]!r}; usage: {self.usage}")
            elif not places:
                raise CommandError(f"{self.name}: {word[:40]!r} is one word too many; usage: {self.usage}")
            elif taking_rest:
                values[places[0].name] = [word, *rest]
                rest = []
            else:
                parameter = places.pop(0)
                values[parameter.name] = parameter.kind.parse(shell.lab, word)
        self._check_all_there(places, values)
        return values

    def _check_all_there(self, places: list[Parameter], values: dict[str, Any]) -> None:
        missing = next((p for p in places if p.required and values[p.name] in (None, [])), None)
        if missing is not None:
            raise CommandError(f"{self.name}: {missing.usage} is missing; usage: {self.usage}")

    def _option(self, shell: Shell, parameter: Parameter, name: str, value: str | None, rest: list[str]) -> Any:
        if parameter.is_flag:
            if value is not None:
                raise CommandError(f"{self.name}: {name} takes no value")
            return True
        if value is None:
            if not rest:
                raise CommandError(f"{self.name}: {name} needs {parameter.kind.noun}; usage: {self.usage}")
            value = rest.pop(0)
        return parameter.kind.parse(shell.lab, value)


def verb(name: str, summary: Both, *parameters: Parameter, details: Both = NOTHING,
         examples: tuple[Example, ...] = (), group: str = "lab", effect: Effect = Effect.ACT,
         alone: bool = False, aliases: tuple[str, ...] = (), reads_line: bool = False) -> Callable[[Handler], Verb]:
    """Declare a verb; the decorated function carries it out. commands/catalogue.py says where it is."""
    def declare(handler: Handler) -> Verb:
        return Verb(name, summary, parameters, handler, details, examples, group, effect,
                    alone or effect is Effect.SESSION, aliases, reads_line)
    return declare
