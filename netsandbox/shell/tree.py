"""The syntax tree of a script: immutable values, parsed once, and run as often as one likes."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Text(NamedTuple):
    """Characters; quoted ones are no patterns and are not split."""

    text: str
    quoted: bool = False


class Parameter(NamedTuple):
    """`$NAME`, `${NAME}` and all that can stand behind the name."""

    name: str
    quoted: bool = False
    # empty, `#` in front (then `length`), `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`,
    # `/#`, `/%`, `:` (a part), `^`, `^^`, `,`, `,,` or `!` (the variable that it names)
    operator: str = ""
    argument: Word | None = None  # what stands behind the operator
    second: Word | None = None  # behind a second `/` or `:`
    subscript: Word | None = None  # in the brackets of `${NAME[INDEX]}`

    @property
    def several(self) -> str:
        """`@` or `*` where it is all of the parameters, or of an array; else empty."""
        text = self.name if self.subscript is None else self.subscript.literal
        return text if text in ("@", "*") else ""


class Command(NamedTuple):
    """`$(…)`; with its last newlines where it is `<(…)`, which is a file's name where no `<` stands before it."""

    body: List
    quoted: bool = False
    is_whole: bool = False
    is_file: bool = False


class Arithmetic(NamedTuple):
    """`$((…))`."""

    expression: Word
    quoted: bool = False


Part: TypeAlias = Text | Parameter | Command | Arithmetic


class Word(NamedTuple):
    """One word as it is written."""

    parts: tuple[Part, ...] = ()

    @property
    def bare(self) -> str | None:
        """Its text if nothing in it is quoted or replaced; only such a word can be `if`."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Text) and not self.parts[0].quoted:
            return self.parts[0].text
        return None

    @property
    def literal(self) -> str | None:
        """Its text if it means the same whenever it is read; None if something in it is replaced."""
        found = ""
        for part in self.parts:
            if not isinstance(part, Text):
                return None
            found += part.text
        return found

    @property
    def is_quoted(self) -> bool:
        return any(part.quoted for part in self.parts)


class Redirect(NamedTuple):
    """`2> FILE`."""

    fd: int | None  # None for what the operator means by itself
    operator: str  # `<`, `>`, `>>`, `>|`, `<>`, `<&`, `>&`, `&>`, `&>>`, `<<` or `<<<`
    target: Word  # a file's name, a descriptor, or a here-document's text


class Element(NamedTuple):
    """One of an array's `( … )`: a word, or `[INDEX]=VALUE`."""

    value: Word
    subscript: Word | None = None
    appends: bool = False
    braced: Word | None = None  # all of `[INDEX]={a,b}`, which is words of their own where keys are numbers


class Assignment(NamedTuple):
    """`NAME=VALUE`, `NAME+=VALUE`, `NAME[INDEX]=VALUE` or `NAME=( … )`."""

    name: str
    value: Word
    appends: bool = False
    subscript: Word | None = None
    elements: tuple[Element, ...] | None = None

    @property
    def inner(self) -> list[Word]:
        """All words that are expanded for it."""
        own = [self.value, *([self.subscript] if self.subscript is not None else [])]
        return own + [word for element in self.elements or () for word in (element.value, element.subscript)
                      if word is not None]


class Simple(NamedTuple):
    """A command with its words (declared: arrays among the words of `declare` and the like, where only their names
    stand)."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int
    declared: tuple[Assignment, ...] = ()


class If(NamedTuple):
    """Attributes: branches: (condition, body); otherwise: behind `else`."""

    branches: tuple[tuple[List, List], ...]
    otherwise: List | None


class For(NamedTuple):
    """`for NAME in WORDS`; words None means the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: List
    line: int


class CountingFor(NamedTuple):
    """`for ((START; CONDITION; STEP))`."""

    start: Word
    condition: Word
    step: Word
    body: List
    line: int


class While(NamedTuple):
    """`while`, or `until`."""

    condition: List
    body: List
    is_until: bool


class Clause(NamedTuple):
    """One arm of a `case`; its end is `;;`, `;&` or `;;&`."""

    patterns: tuple[Word, ...]
    body: List
    end: str


class Case(NamedTuple):
    word: Word
    clauses: tuple[Clause, ...]
    line: int


class Group(NamedTuple):
    """`{ …; }`."""

    body: List


class Subshell(NamedTuple):
    """`( … )`."""

    body: List


class Function(NamedTuple):
    """A definition."""

    name: str
    body: Runnable


class Calculation(NamedTuple):
    """`(( … ))`."""

    expression: Word
    line: int


class Condition(NamedTuple):
    """`[[ … ]]`: its words and operators, as `test` reads them."""

    words: tuple[Word, ...]
    line: int


class Redirected(NamedTuple):
    """A compound command with redirections behind it."""

    command: Runnable
    redirects: tuple[Redirect, ...]
    line: int


class Broken(NamedTuple):
    """Where a script cannot be read any further; what stands on the lines before it is carried out."""

    said: str  # what the shell says of it
    status: int
    ends: bool = True  # whether the shell ends there, and not only the file that it reads


Runnable: TypeAlias = (Simple | If | For | CountingFor | While | Case | Group | Subshell | Function | Calculation |
                       Condition | Redirected | Broken)


class Pipeline(NamedTuple):
    """Attributes: negated: `!` stands before it."""

    commands: tuple[Runnable, ...]
    negated: bool = False


class AndOr(NamedTuple):
    """Pipelines, each but the first behind `&&` or `||`; with `&` at the end in the background."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    background: bool = False
    text: str = ""  # as it is written
    ends_line: bool = False  # a newline follows


class List(NamedTuple):
    """Commands one after the other."""

    items: tuple[AndOr, ...] = ()


def joined(parts: list[Part]) -> tuple[Part, ...]:
    """Neighbouring texts as one."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Text) and isinstance(last, Text) and part.quoted == last.quoted:
            found[-1] = Text(last.text + part.text, part.quoted)
        else:
            found.append(part)
    return tuple(found)


def says(node: object, names: frozenset[str]) -> bool:
    """Whether one of these stands as a plain word somewhere in a part of a script."""
    if isinstance(node, Word):
        return node.bare in names
    return isinstance(node, tuple) and any(says(part, names) for part in node)
