"""Expansion of words (POSIX XCU 2.6): tilde, parameters, `$(…)`, `$((…))`, fields, file names, quotes.

It never waits: where the output of a command is needed that has not run yet it raises `Pending`, and is done again
once the command has run. What it changes meanwhile (`${X:=1}`, `$((i++))`) counts only when it comes to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsandbox.shell.arithmetic import CalculationError, NumberError, evaluate
from netsandbox.shell.array import Array
from netsandbox.shell.array_expansion import all_of, array_of, element, item, set_item
from netsandbox.shell.braces import TooManyError, braced
from netsandbox.shell.errors import DiscardError, RefusedError
from netsandbox.shell.fields import Fields, Joined, Segment, pattern_of
from netsandbox.shell.globbing import file_names
from netsandbox.shell.parameters import changed_case, part_of, replaced, trimmed
from netsandbox.shell.patterns import is_pattern
from netsandbox.shell.tree import Arithmetic, Command, List, Parameter, Part, Text, Word

if TYPE_CHECKING:
    from netsandbox.shell.state import State
    from netsandbox.shell.streams import Streams

MOST_FIELDS = 100_000
SPECIAL = frozenset({"?", "$", "#", "-", "!", "LINENO"})
DESCRIPTORS, LAST_DESCRIPTOR = "/dev/fd", 63  # Where `<(…)` is a file, and the first number that bash takes
HOMES = {"": "/root", "root": "/root"}


class Pending(Exception):  # noqa: N818 - no error: what has to run first
    """A command whose output is needed (body: it; is_file: its output is a file's (`<(…)`))."""

    def __init__(self, body: List, is_file: bool) -> None:
        super().__init__()
        self.body, self.is_file = body, is_file


class Expansion:
    """One go at expanding a command's words.

    Args:
        outputs: what the commands of `$(…)` printed and their statuses, in the order in which they are met, behind
            an empty one with the status of the command before.
        dynamic: values of names that change by themselves, as SECONDS.
    """

    def __init__(self, state: State, outputs: list[tuple[str, int]], dynamic: dict[str, str], streams: Streams) -> None:
        self.state = state
        self.streams = streams
        self._outputs = outputs
        self._dynamic = dynamic
        self._met = 0
        self._changes: dict[str, str] = {}
        self.arrays: dict[str, Array] = {}
        self.files: list[str] = []  # Made for `<(…)`

    def commit(self) -> None:
        """What was changed on the way is so now."""
        self.tell(self.state)
        self._changes, self.arrays = {}, {}

    def tell(self, state: State) -> None:
        """What was changed on the way, to another state: a subshell's."""
        for name, array in self.arrays.items():
            state.set_array(name, array)
        for name, value in self._changes.items():
            state.set(name, value)

    def forget(self, names: Iterable[str]) -> None:
        """What these were set to was only for the words behind."""
        for name in names:
            self._changes.pop(name, None)
        self.arrays = {}

    # -- words

    def fields(self, words: Iterable[Word]) -> list[str]:
        """The words that a command gets.

        Raises:
            Pending: a command has to run first.
            RefusedError: something cannot be expanded.
        """
        found: list[str] = []
        for word in words:
            for one in self._braced(word):
                out = Fields(self.state.separators)
                self._word(one, out)
                out.end()
                for segments in out.done:
                    found += self._files(segments)
            if len(found) > MOST_FIELDS:
                raise RefusedError("Argument list too long", 126)
        return found

    def _braced(self, word: Word) -> list[Word]:
        if not self.state.dialect.braces:
            return [word]
        try:
            return braced(word)
        except TooManyError as error:
            raise RefusedError(f"brace expansion: {error}") from None

    def _files(self, segments: list[Segment]) -> list[str]:
        text = "".join(text for text, _quoted in segments)
        if "f" in self.state.options or not any(
                not quoted and not {"*", "?", "["}.isdisjoint(text) for text, quoted in segments):
            return [text]
        pattern = pattern_of(segments)
        return (file_names(self.state.files, pattern) if is_pattern(pattern) else []) or [text]

    def text(self, word: Word, is_assignment: bool = False) -> str:
        """As one text, as in an assignment, behind `case` or `>`."""
        out = Joined()
        self._word(word, out, is_assignment)
        return out.text

    def pattern(self, word: Word) -> str:
        """As a pattern, in which what is quoted stands for itself."""
        out = Joined()
        self._word(word, out)
        return out.pattern

    def number(self, expression: Word) -> int:
        """Of an arithmetic expression."""
        text = self.text(expression)
        if not text.strip() and self.state.dialect.name == "dash":
            raise RefusedError(f'arithmetic expression: expecting primary: "{text}"', 2, True)
        try:
            return evaluate(text, self, nests=self.state.dialect.name != "dash")
        except NumberError as error:
            raise RefusedError(f"Illegal number: {error}", 2, True) from None
        except CalculationError as error:
            if self.state.dialect.name == "dash":
                what = f'division by zero: "{text}"' if "division" in str(error) else f'expecting primary: "{text}"'
                raise RefusedError(f"arithmetic expression: {what}", 2, True) from None
            raise DiscardError(f"{error.expression}: {error}") from None

    def _word(self, word: Word, out: Fields | Joined, is_assignment: bool = False) -> None:
        parts = word.parts
        if parts and isinstance(parts[0], Text) and not parts[0].quoted and "~" in parts[0].text:
            parts = (*self._tilde(parts[0].text, len(parts) > 1, is_assignment), *parts[1:])
        for part in parts:
            self._part(part, out)

    def _tilde(self, text: str, goes_on: bool, is_assignment: bool) -> list[Text]:
        found: list[Text] = []
        pieces = text.split(":") if is_assignment else [text]
        for number, piece in enumerate(pieces):
            user, slash, _rest = piece[1:].partition("/")
            is_whole = slash or not (goes_on and number == len(pieces) - 1)
            home = self._home(user) if piece.startswith("~") and is_whole else None
            found += [Text(":")] if number else []
            found += [Text(home, True), Text(piece[1 + len(user):])] if home is not None else [Text(piece)]
        return found

    def _home(self, user: str) -> str | None:
        if user in ("", "+", "-"):
            return self.get({"": "HOME", "+": "PWD", "-": "OLDPWD"}[user])
        return HOMES.get(user)

    def _part(self, part: Part, out: Fields | Joined, is_argument: bool = False) -> None:
        if isinstance(part, Text):
            if is_argument and not part.quoted:
                out.split(part.text)
            else:
                out.add(part.text, part.quoted)
        elif isinstance(part, Parameter):
            self._parameter(part, out)
        else:
            self._value(self._output(part) if isinstance(part, Command) else self._calculated(part), part.quoted, out)

    def _value(self, text: str, quoted: bool, out: Fields | Joined) -> None:
        if quoted:
            out.add(text, True)
        else:
            out.split(text)

    def _output(self, part: Command) -> str:
        self._met += 1
        if self._met == len(self._outputs):
            raise Pending(part.body, part.is_file)
        text = self._outputs[self._met][0]
        if part.is_file:
            self.files.append(f"{DESCRIPTORS}/{LAST_DESCRIPTOR - len(self.files)}")
            self.state.files.make_directories(DESCRIPTORS)
            self.state.files.write(self.files[-1], text)
            return self.files[-1]
        return text if part.is_whole else text.rstrip("\n")

    def _calculated(self, part: Arithmetic) -> str:
        return str(self.number(part.expression))

    # -- parameters

    def get(self, name: str) -> str | None:
        """A variable's or a special parameter's value; None if it is not set."""
        state = self.state
        if name in self._changes:
            return self._changes[name]
        if name.endswith("]"):
            return item(self, name)
        if name in self.arrays:
            return self.arrays[name].first
        if name.isdecimal():
            number = int(name)
            own = [state.name, *state.positional]
            return own[number] if number < len(own) else None
        if name in ("@", "*"):
            return (state.separators[:1] if name == "*" else " ").join(state.positional)
        if name in SPECIAL:
            return self._special(name)
        return state.values.get(name, self._dynamic.get(name))

    def _special(self, name: str) -> str | None:
        state = self.state
        if name == "!":
            return str(state.background) if state.background else None
        if name == "-":
            return "".join(sorted(state.options))
        met = self._met if state.dialect.name == "bash" else 0
        return str({"?": self._outputs[met][1], "$": state.pid, "#": len(state.positional)}.get(name, state.line))

    def set(self, name: str, value: str) -> None:
        """To count from now on, and for the shell once the whole expansion comes to its end."""
        if name in self.state.readonly:
            self.state.set(name, value)
        if name.endswith("]"):
            set_item(self, name, value)
        elif name in self.state.arrays:
            set_item(self, f"{name}[0]", value)
        else:
            self._changes[name] = value

    def _parameter(self, part: Parameter, out: Fields | Joined) -> None:
        operator = part.operator
        if operator == "length":
            size = len(all_of(self, part)) if part.several else len(self._needed(part))
            self._value(str(size), part.quoted, out)
        elif operator in ("-", ":-", "=", ":=", "?", ":?", "+", ":+"):
            self._default(part, out)
        elif part.several and operator == ":":
            self._values(self._slice(part), part, out)
        elif part.several:
            self._values([self._worked(part, value) for value in all_of(self, part)], part, out)
        elif operator == "!":
            self._value(self.get(self._needed(part)) or "", part.quoted, out)
        else:
            self._value(self._worked(part, self._needed(part)), part.quoted, out)

    def _needed(self, part: Parameter) -> str:
        value = element(self, part)
        if value is None and "u" in self.state.options and not part.several:
            if self.state.dialect.name == "bash":
                index = f"[{self.text(part.subscript)}]" if part.subscript is not None else ""
                raise RefusedError(f"{part.name}{index}: unbound variable", 127, True)
            raise RefusedError(f"{part.name}: parameter not set", 2, True)
        return value or ""

    def _values(self, values: list[str], part: Parameter, out: Fields | Joined) -> None:
        """Those of `$@` or `$*`, or of an array."""
        if part.several == "*" and part.quoted:
            out.add(self.state.separators[:1].join(values), True)
            return
        if not out.splits:
            is_star = part.several == "*" or self.state.dialect.name == "dash"
            out.add((self.state.separators[:1] if is_star else " ").join(values), part.quoted)
            return
        for number, value in enumerate(values):
            if number:
                out.end()
            self._value(value, part.quoted, out)

    def _default(self, part: Parameter, out: Fields | Joined) -> None:
        """`${X:-word}` and the three like it."""
        argument = part.argument or Word()
        values = all_of(self, part._replace(operator="")) if part.several else []
        value = element(self, part) if not part.several else " ".join(values) if values else None
        is_missing = value is None or (part.operator[0] == ":" and not value)
        kind = part.operator[-1]
        if kind == "+" and is_missing:
            if part.quoted:
                out.add("", True)
        elif kind == "+":
            self._argument(argument, part.quoted, out)
        elif is_missing:
            self._missing(part, argument, kind, out)
        else:
            self._parameter(part._replace(operator="", argument=None), out)

    def _missing(self, part: Parameter, argument: Word, kind: str, out: Fields | Joined) -> None:
        if kind == "-":
            self._argument(argument, part.quoted, out)
            return
        text = self.text(argument)
        if kind == "?":
            is_bash = self.state.dialect.name == "bash"
            default = "parameter null or not set" if part.operator[0] == ":" else "parameter not set"
            raise RefusedError(f"{part.name}: {text or default}", 127 if is_bash else 2, True)
        if not part.name.isidentifier() or part.subscript is not None:
            raise RefusedError(f"${part.name}: cannot assign in this way")
        self.set(part.name, text)
        self._value(text, part.quoted, out)

    def _argument(self, word: Word, quoted: bool, out: Fields | Joined) -> None:
        if quoted and not word.parts:
            out.add("", True)
        parts = word.parts
        if parts and isinstance(parts[0], Text) and not parts[0].quoted and parts[0].text.startswith("~"):
            parts = (*self._tilde(parts[0].text, len(parts) > 1, False), *parts[1:])
        for part in parts:
            self._part(part, out, is_argument=True)

    def _worked(self, part: Parameter, value: str) -> str:
        """A value behind `#`, `%`, `/`, `:`, `^` or `,`."""
        operator = part.operator
        if not operator or part.argument is None:
            return value
        if operator == ":":
            start, length = self._bounds(part)
            return part_of(value, start, length)
        if operator[0] in "^,":
            return changed_case(value, operator, self.pattern(part.argument))
        if operator[0] == "/":
            with_what = self.text(part.second) if part.second is not None else ""
            return replaced(value, operator, self.pattern(part.argument), with_what)
        return trimmed(value, operator, self.pattern(part.argument))

    def _bounds(self, part: Parameter) -> tuple[int, int | None]:
        start = self.number(part.argument or Word())
        return start, self.number(part.second) if part.second is not None else None

    def _slice(self, part: Parameter) -> list[str]:
        start, length = self._bounds(part)
        if part.subscript is not None:
            return array_of(self, part.name).part(start, length)
        own = [self.state.name, *self.state.positional]
        first = start if start >= 0 else max(0, len(own) + start)
        return own[first:] if length is None else own[first:first + max(0, length)]
