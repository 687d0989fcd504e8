"""What joins the commands of one line: `;`, `&&`, `||`, `|`, and redirections to /dev/null."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.words import check_characters

Begin = Callable[[list[str], list[tuple[str, str]], bool], Job]
"""Begins a command: its words, where its output goes, whether the lab is not quiet while it waits."""
TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<joint>&&|\|\||[;|])
  | (?P<redirection>[12&]?>>?(?:&[12])?)
  | (?P<comment>\#(?:\s.*)?$)
  | (?P<word>(?:[^\s'"\\;&|<>]|\\.|'[^']*'|"(?:\\.|[^"\\])*")+)
  | (?P<other>.)
""", re.VERBOSE | re.DOTALL)
MARKS = frozenset(";&|<>")
"""Without one of these a line is one command."""
SPECIAL = MARKS | frozenset("'\"\\#")
"""Without one of these a line's words are what stands between blanks."""
SUDO = "sudo"
DEV_NULL = "/dev/null"
Streams = dict[str, str | None]
"""Where a stream goes: out, err, or None for nowhere."""


class Simple(NamedTuple):
    """One command as it is written.

    Attributes:
        joint: the operator before it, empty at first.
    """

    joint: str
    words: list[str]
    streams: Streams


def tokens(line: str) -> list[tuple[str, str]]:
    """(kind, text) of what a line is made of; what stands in quotes is part of a word."""
    return [(str(match.lastgroup), match[0]) for match in TOKEN.finditer(line)]


def is_compound(line: str) -> bool:
    """Whether an operator or a redirection stands outside of quotes."""
    return not MARKS.isdisjoint(line) and any(kind in ("joint", "redirection", "other") for kind, _ in tokens(line))


def first_words(line: str) -> list[str]:
    """The words with which a line's commands begin, those behind a pipe and `sudo` left out."""
    if SPECIAL.isdisjoint(line):
        return [word for word in line.split(maxsplit=2)[:2] if word != SUDO][:1]
    found, at_start = list[str](), True
    for kind, text in tokens(line):
        if kind == "joint":
            at_start = text != "|"
        elif kind == "word" and at_start and text != SUDO:
            at_start = False
            found.append(_unquoted(text))
    return found


def commands_of(line: str) -> list[Simple]:
    """The commands of a line, those behind a pipe too; the first one and one behind `;` may be empty.

    Raises:
        CommandError: a quote is not closed, or the sandbox's shell has not this.
    """
    check_characters(line)
    found = [Simple("", [], {"out": "out", "err": "err"})]
    redirection = ""
    for kind, text in tokens(line):
        if kind in ("space", "comment"):
            continue
        if redirection and kind != "word":
            break
        if kind == "joint":
            found.append(Simple(text, [], {"out": "out", "err": "err"}))
        elif kind == "other":
            raise CommandError(_refusal(text, line))
        elif redirection:
            _redirect(found[-1].streams, redirection, _unquoted(text))
            redirection = ""
        elif kind == "word":
            found[-1].words.append(_unquoted(text))
        elif "&" in text[1:]:
            _redirect(found[-1].streams, *text.split(">&"))
        else:
            redirection = text
    if redirection:
        raise CommandError(f"nothing stands behind {redirection}")
    return found


def _unquoted(word: str) -> str:
    return "".join(shlex.split(word))


def _redirect(streams: Streams, operator: str, target: str) -> None:
    """Send a stream to where another one goes, or to nowhere."""
    which = operator.rstrip(">")
    if target == DEV_NULL:
        goes: str | None = None
    elif target in ("1", "2") and not operator.endswith(">"):
        goes = streams["out" if target == "1" else "err"]
    else:
        raise CommandError(f"the sandbox's shell writes no files: {target[:40]!r} cannot take the output, only "
                           f"{DEV_NULL} can")
    for stream in {"": ("out",), "1": ("out",), "2": ("err",), "&": ("out", "err")}[which]:
        streams[stream] = goes


def _refusal(text: str, line: str) -> str:
    if text in "'\"":
        return f"a quote is not closed in: {line[:60]}"
    if text == "&":
        return "the sandbox's shell knows & only at the end of a line, with a space before it"
    what = "nothing follows the last backslash" if text == "\\" else f"the sandbox's shell has no {text}"
    return f"{what} in: {line[:60]}"
