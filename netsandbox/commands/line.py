"""A line, parsed once: what it runs, whether in the background, and what it does to the lab."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.errors import CommandError
from netsandbox.commands.late import Late
from netsandbox.commands.looking import only_looks
from netsandbox.commands.prompt.survey_parts import ASSIGNMENT, SUDO, Survey
from netsandbox.commands.verb import Effect
from netsandbox.commands.words import check_characters
from netsandbox.shell.dialect import BASH, Dialect, syntax_error
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.tree import List

PLAIN = re.compile(r"[\w@%+:,./= \t-]*")  # Without another character a line's words are what stands between blanks
MARK = re.compile(r"\s#(?=\d)")
"""A record's number, as the lab's verbs take it; no comment."""
GROUP = re.compile(r"\{ (.*); \}(\s+#.*)?", re.DOTALL)
RESERVED = frozenset({"if", "for", "while", "case", "function", "select", "time", "coproc", "do", "done", "then",
                      "else", "elif", "fi", "esac", "in"})
CLOSERS = {"for": "done", "while": "done", "until": "done", "select": "done", "if": "fi", "case": "esac", "{": "}",
           "(": ")", ")": ")"}
"""What ends a construct, by the word with which the parser says that it is open."""
PARSER: Late[str, Callable[[str, Dialect], List]] = Late({"parse": "netsandbox.shell.parser:parse"})
BARE: Late[str, Callable[[str, Dialect], str]] = Late({"code": "netsandbox.shell.parser:without_comment"})
SURVEY: Late[str, Callable[[List], Survey]] = Late({"survey": "netsandbox.commands.prompt.survey:survey"})
EXPANDED: Late[str, Callable[[str, Mapping[str, str], Dialect], str]] = Late({
    "text": "netsandbox.shell.aliases:expanded"})
"""Most lines are plain; to import the parser would take longer than to run them."""


class Line(NamedTuple):
    """One line."""

    text: str  # without the `&` at its end
    background: bool  # whether it is only begun
    words: tuple[str, ...] | None  # of its only command, if all of them are literal; else None
    body: List | None  # what it runs where it is more than that
    survey: Survey

    @property
    def told(self) -> str:
        """The line as a record tells it: that commands in a row are begun together needs no braces there."""
        group = GROUP.fullmatch(self.text.strip()) if self.background else None
        return f"{group[1]}{group[2] or ''}" if group else self.text.strip()

    @property
    def is_empty(self) -> bool:
        return not self.words if self.body is None else not self.body.items

    @property
    def head(self) -> str:
        return self.survey.heads[0] if self.survey.heads else ""

    @property
    def verb(self) -> str:
        """Its first word, if that is a verb of the lab's."""
        return self.head if self.head in VERBS else ""

    @property
    def effect(self) -> Effect:
        """What it does to the lab: of several commands the strongest counts."""
        if self.verb and VERBS[self.verb].reads_line:
            return VERBS[self.verb].effect
        found = [effect_of(head) for head in self.survey.heads]
        if not found:
            return Effect.LOOK if self.is_empty else Effect.ACT
        if Effect.ACT in found:
            return Effect.ACT
        return Effect.SESSION if Effect.SESSION in found else Effect.LOOK

    @property
    def only_looks(self) -> bool:
        """Whether it changes nothing, though it may stand in the journal, as what a tool is asked does."""
        if not self.acts:
            return True
        return not self.background and (only_looks(self.words) if self.words is not None else self.survey.looks)

    @property
    def acts(self) -> bool:
        """Whether it belongs into the journal."""
        return self.effect is Effect.ACT and not self.is_empty


class IncompleteError(CommandError):
    """More lines have to follow (closer: what the last of them has to hold; empty when that may be any)."""

    def __init__(self, message: str, closer: str = "") -> None:
        super().__init__(message)
        self.closer = closer


def effect_of(name: str) -> Effect:
    """What a command does to the lab; all that is no verb may do something."""
    return VERBS[name].effect if name in VERBS else Effect.ACT


@lru_cache(4096)
def read_line(text: str, dialect: Dialect = BASH) -> Line:
    """Parse a line (IncompleteError: more lines have to follow; CommandError: it is none)."""
    check_characters(text)
    if (len(text) - len(text.rstrip("\\"))) % 2:
        raise IncompleteError("bash: syntax error: unexpected end of file: nothing follows the last backslash")
    plain = _plain(text)
    if plain is not None:
        return plain
    try:
        body = PARSER["parse"](text, dialect)
    except ScriptError as error:
        said = syntax_error(dialect, error, dialect.name if dialect.name == "bash" else "sh", None)
        if not error.is_incomplete:
            raise CommandError(said) from None
        raise IncompleteError(said, error.opened if error.is_quote else CLOSERS.get(error.opened, "")) from None
    return _scripted(text, body)


def _plain(text: str) -> Line | None:
    """A line of one command without anything special in it, and one that its verb reads itself."""
    words = text.split()
    first = words[1:2] if words[:1] == [SUDO] else words[:1]
    if first and first[0] in VERBS and (VERBS[first[0]].reads_line or (first[0] == "until" and "do" not in words)):
        is_background = words[-1] == "&"
        shown = text.rstrip()[:-1].rstrip() if is_background else text
        return Line(shown, is_background, tuple(shown.split()), None, Survey((first[0],), (), (), False, None))
    if first and first[0] in VERBS and MARK.search(text) and PLAIN.fullmatch(MARK.sub(" ", text)):
        return Line(text, False, tuple(words), None, Survey(tuple(first), (), (), False, tuple(words)))
    if text.lstrip().startswith("#") and "\n" not in text:
        return Line("", False, (), None, Survey((), (), (), False, ()))
    if PLAIN.fullmatch(text) is None or not RESERVED.isdisjoint(words[:1]) or (
            words and ASSIGNMENT.match(words[words[0] == "export" and len(words) > 1]) is not None) or (
            words[:1] == ["until"]):
        return None
    return Line(text, False, tuple(words), None, Survey(tuple(first), (), (), False, tuple(words)))


def _scripted(text: str, body: List) -> Line:
    """A line of one list with `&` behind it is only begun; in a longer one, the shell begins what stands before it."""
    is_background = len(body.items) == 1 and body.items[0].background
    if is_background:
        items = (*body.items[:-1], body.items[-1]._replace(background=False))
        body = body._replace(items=items)
        code = BARE["code"](text, BASH)
        text = code[:code.rindex("&")].rstrip() + text[len(code):]
    found = SURVEY["survey"](body)
    return Line(text, is_background, found.words, body, found)


def verb_of(text: str) -> str:
    """The verb with which a line begins, empty where it begins with none or cannot be read."""
    try:
        return read_line(text).verb
    except CommandError:
        return ""


def changes_nothing(text: str) -> bool:
    """Whether a line only looks; one that cannot be read may do something."""
    try:
        return read_line(text).only_looks
    except CommandError:
        return False


def is_background(text: str) -> bool:
    """Whether a line is only begun; of one that cannot be read, whether it asks for it (`in_background`)."""
    try:
        return read_line(text).background
    except CommandError:
        return text.endswith(" &")


def in_background(text: str) -> str:
    """The same line, only begun: of several commands in a row, `&` alone would begin the last."""
    try:
        body = read_line(text).body
    except CommandError:
        body = None
    if body is None:
        return f"{text} &"
    code = BARE["code"](text, BASH)
    comment = text[len(code):]
    return f"{code} &{comment}" if len(body.items) == 1 else f"{{ {code}; }} &{comment}"


def closer_of(text: str) -> str | None:
    """What a further line has to hold that ends this text, empty when that may be any; None when it is whole."""
    try:
        read_line(text)
    except IncompleteError as error:
        return error.closer
    except CommandError:
        return None
    return None


def is_whole(text: str) -> bool:
    """Whether no more lines have to follow."""
    return closer_of(text) is None
