"""What joins the commands of one line: `;`, `&&`, `||`, `|`, redirections to /dev/null, and `$(…)`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Container, Iterator, Mapping
from typing import NamedTuple

from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.words import check_characters
from netsandbox.engine.budget import Use, hold

Begin = Callable[[list[str], list[tuple[str, str]], bool], Job]
"""Begins a command: its words, where its output goes, whether the lab is not quiet while it waits."""
SUBSTITUTION = r"""(?>\$\((?:[^()'"]|'[^']*'|"[^"]*")*\)|`[^`]*`)"""
TOKEN = re.compile(rf"""
    (?P<space>\s+)
  | (?P<joint>&&|\|\||[;|])
  | (?P<redirection>[12&]?>>?(?:&[12])?)
  | (?P<comment>\#(?:\s.*)?$)
  | (?P<word>(?>{SUBSTITUTION}|[^\s'"\\;&|<>]|\\.|'[^']*'|"(?>\\.|{SUBSTITUTION}|[^"\\])*")+)
  | (?P<other>.)
""", re.VERBOSE | re.DOTALL)
PARTS = re.compile(rf"""\\.|(?P<quote>")|(?P<literal>'[^']*')|(?P<command>{SUBSTITUTION})|(?P<open>\$\(|`)
                       |(?P<variable>\$(?:[A-Za-z_]\w*|\{{[A-Za-z_]\w*\}}|\?))""", re.VERBOSE | re.DOTALL)
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
MARKS = frozenset(";&|<>$`")
"""Without one of these a line is one command."""
SPECIAL = MARKS | frozenset("'\"\\#")
"""Without one of these a line's words are what stands between blanks."""
SUDO = "sudo"
DEV_NULL = "/dev/null"
SETTING = "; `sysctl -w KEY=VALUE` changes a setting"
Streams = dict[str, str | None]
"""Where a stream goes: out, err, or None for nowhere."""


class Simple(NamedTuple):
    """One command as it is written.

    Attributes:
        joint: the operator before it, empty at first.
        words: as they are written, quotes and all.
    """

    joint: str
    words: list[str]
    streams: Streams


def tokens(line: str) -> list[tuple[str, str]]:
    """(kind, text) of what a line is made of; what stands in quotes is part of a word."""
    return [(str(match.lastgroup), match[0]) for match in TOKEN.finditer(line)]


def is_compound(line: str, variables: Container[str] = ()) -> bool:
    """Whether an operator, a redirection, `$(…)` or one of some variables stands in it, outside of quotes.

    A line that sets a variable is one too.
    """
    if MARKS.isdisjoint(line):
        return ASSIGNMENT.match(line.lstrip()) is not None
    return ASSIGNMENT.match(line.lstrip()) is not None or any(
        kind in ("joint", "redirection", "other") or (kind == "word" and _has_dollar(text) and any(
            match["command"] or match["open"] or match[0] == "\\$" or _name(match) in variables
            for match in _parts(text)))
        for kind, text in tokens(line))


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
            found.append("".join(shlex.split(text)))
    return found


def last_command(line: str) -> tuple[str, int]:
    """The operator before a line's last command, empty where there is none, and where that command starts."""
    joint, start, at = "", 0, 0
    for kind, text in tokens(line):
        at += len(text)
        if kind == "other":
            break
        if kind == "joint":
            joint, start = text, at
    return joint, start


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
            _redirect(found[-1].streams, redirection, plain(text))
            redirection = ""
        elif kind == "word":
            found[-1].words.append(text)
        elif "&" in text[1:]:
            _redirect(found[-1].streams, *text.split(">&"))
        else:
            redirection = text
    if redirection:
        raise CommandError(f"nothing stands behind {redirection}")
    return found


def has_substitution(word: str) -> bool:
    """Whether `$(…)` stands in a word, not in single quotes."""
    return _has_dollar(word) and any(match["command"] or match["open"] for match in _parts(word))


def changes(word: str) -> bool:
    """Whether what a word means depends on when it is read: `$(…)` or a variable stands in it."""
    return _has_dollar(word) and any(match["command"] or match["open"] or match["variable"] for match in _parts(word))


def _has_dollar(word: str) -> bool:
    return "$" in word or "`" in word


def _name(match: re.Match[str]) -> str:
    """The variable's name in `$NAME` or `${NAME}`, or empty."""
    return (match["variable"] or "")[1:].strip("{}")


def plain(word: str) -> str:
    """A word without its quotes.

    Raises:
        CommandError: it holds `$(…)`, which cannot stand there.
    """
    if has_substitution(word):
        raise CommandError(f"the sandbox's shell knows $(…) only among a command's words, not in {word[:40]}")
    return "".join(shlex.split(word))


def expanded(words: list[str], output_of: Callable[[str], str], variables: Mapping[str, str]) -> list[str]:
    """The words without quotes, each `$(…)` replaced by what its command prints, and each variable that there is.

    Raises:
        CommandError: one stands in another.
    """
    found: list[str] = []
    for word in words:
        found += shlex.split(_substituted(word, output_of, variables) if _has_dollar(word) else word)
    return found


def _parts(word: str) -> Iterator[re.Match[str]]:
    """What matters to substitution: quotes, commands; single quotes inside of double ones are letters."""
    in_quotes, at = False, 0
    while match := PARTS.search(word, at):
        at = match.start() + 1 if in_quotes and match["literal"] else match.end()
        in_quotes ^= bool(match["quote"])
        if not (in_quotes and match["literal"]):
            yield match


def _substituted(word: str, output_of: Callable[[str], str], variables: Mapping[str, str]) -> str:
    """The word, quoted so that it splits as a shell splits it: what is printed outside of quotes is several words."""
    result, at, in_quotes = "", 0, False
    for match in _parts(word):
        in_quotes ^= bool(match["quote"])
        if match["open"]:
            raise CommandError(f"the sandbox's shell knows no $(…) inside of another, as in {word[:40]}")
        if in_quotes and match[0] in ("\\$", "\\`"):  # of which shlex keeps the backslash
            result, at = result + word[at:match.start()] + match[0][1], match.end()
            continue
        text = variables.get(_name(match))
        if match["command"]:
            text = output_of(match["command"].strip("`") if match["command"][0] == "`" else match["command"][2:-1])
        if text is not None:
            result += word[at:match.start()] + (_escaped(text.rstrip("\n")) if in_quotes else shlex.join(text.split()))
            hold(Use.MEMORY, len(result))
            at = match.end()
    return result + word[at:]


def _escaped(text: str) -> str:
    """As it stands between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _redirect(streams: Streams, operator: str, target: str) -> None:
    """Send a stream to where another one goes, or to nowhere."""
    which = operator.rstrip(">")
    if target == DEV_NULL:
        goes: str | None = None
    elif target in ("1", "2") and not operator.endswith(">"):
        goes = streams["out" if target == "1" else "err"]
    else:
        raise CommandError(f"the sandbox's shell writes no files: {target[:40]!r} cannot take the output, only "
                           f"{DEV_NULL} can" + (SETTING if target.startswith("/proc/sys/") else ""))
    for stream in {"": ("out",), "1": ("out",), "2": ("err",), "&": ("out", "err")}[which]:
        streams[stream] = goes


def _refusal(text: str, line: str) -> str:
    if text in "'\"":
        return f"a quote is not closed in: {line[:60]}"
    if text == "&":
        return "the sandbox's shell knows & only at the end of a line, with a space before it"
    what = "nothing follows the last backslash" if text == "\\" else f"the sandbox's shell has no {text}"
    return f"{what} in: {line[:60]}"
