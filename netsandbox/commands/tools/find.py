"""find: files below a place, by name and kind (findutils)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.process_namespaces import link_of
from netsandbox.engine.budget import Use, spend
from netsandbox.shell.patterns import matches

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

VALUED = ("-name", "-iname", "-path", "-wholename", "-type", "-maxdepth", "-mindepth")
ACTIONS = ("-print", "-exec")
JOINS = ("-a", "-and", "-o", "-or", "!", "-not")
NOT_MODELLED = frozenset({
    "(", ")", "-amin", "-anewer", "-atime", "-cmin", "-cnewer", "-ctime", "-delete", "-depth", "-empty", "-execdir",
    "-fstype", "-follow", "-gid", "-group", "-ilname", "-inum", "-ipath", "-iregex", "-links", "-lname", "-ls",
    "-mmin", "-mount", "-mtime", "-newer", "-nogroup", "-nouser", "-ok", "-perm", "-print0", "-printf", "-prune",
    "-quit", "-readable", "-regex", "-regextype", "-samefile", "-size", "-uid", "-used", "-user", "-writable",
    "-xdev", "-xtype", "-H", "-L", "-P", "-D", "-O", "-context", "-daystart", "-d", "-executable", "-false",
    "-files0-from", "-fls", "-fprint", "-fprint0", "-fprintf", "-help", "--help", "-ignore_readdir_race",
    "-newermt", "-noleaf", "-okdir", "-true", "-version", "--version", "-warn", "-nowarn", ","})
KINDS = "bcdpflsD"
MOST_DEPTH = 1_000_000
FILE_WORK = 100
"""Pieces of work that a path is: whether it is a link, a directory or a file."""


class Test(NamedTuple):
    """One predicate: its name, what it is compared with, and whether it is turned round."""

    name: str
    value: str
    negated: bool

    def holds(self, path: str, kind: str) -> bool:
        name = path.rstrip("/").rpartition("/")[2] or "/"
        found = kind in self.value.split(",") if self.name == "-type" else matches(*{
            "-name": (self.value, name), "-iname": (self.value.lower(), name.lower())}.get(
                self.name, (self.value, path)))
        return found != self.negated


class Expression(NamedTuple):
    """What is asked for.

    Attributes:
        ways: tests that must all hold, in one way or the other (-o).
        actions: what is done with each file: its words for -exec, else its name alone.
    """

    ways: tuple[tuple[Test, ...], ...]
    actions: tuple[tuple[str, ...], ...]
    least: int
    most: int


def find(context: ToolContext, arguments: list[str]) -> ToolResult:
    at = next((at for at, word in enumerate(arguments) if word[:1] == "-" or word in ("!", "(", ")")), len(arguments))
    wanted, out, errors = _read(arguments[at:]), "", ""
    for start in arguments[:at] or ["."]:
        if not files_of(context).exists(start) and files_of(context).link(start) is None:
            errors += f"find: ‘{start}’: No such file or directory\n"
            continue
        for path, kind in _below(context, start, wanted):
            if any(all(test.holds(path, kind) for test in way) for way in wanted.ways):
                done = _act(context, path, wanted)
                out, errors = out + done.out, errors + done.err
    return ToolResult(1 if errors else 0, out, errors)


def _read(words: list[str]) -> Expression:
    ways, actions, negated = [list[Test]()], list[tuple[str, ...]](), False
    depth, rest = {"-mindepth": 0, "-maxdepth": MOST_DEPTH}, iter(words)
    for word in rest:
        value = _value(word, rest)
        if word in depth:
            depth[word] = min(int(value), MOST_DEPTH)
        elif word in VALUED:
            ways[-1].append(Test(word, value, negated))
        elif word in ACTIONS:
            actions.append((word, *_command(rest)) if word == "-exec" else (word,))
        elif word in ("-o", "-or"):
            ways.append([])
        negated = word in ("!", "-not")
    return Expression(tuple(map(tuple, ways)), tuple(actions) or (("-print",),), depth["-mindepth"], depth["-maxdepth"])


def _value(word: str, rest: Iterator[str]) -> str:
    """What stands behind a word that takes something.

    Raises:
        ToolError: the word or its value is none that find knows, or that the sandbox has.
    """
    if word in NOT_MODELLED:
        raise ToolError(1, f"netsandbox: find {word} is not modelled")
    if word not in (*VALUED, *ACTIONS, *JOINS):
        raise ToolError(1, f"find: unknown predicate `{word}'" if word[:1] == "-" else
                        f"find: paths must precede expression: `{word}'")
    value = next(rest, None) if word in VALUED else ""
    if value is None:
        raise ToolError(1, f"find: missing argument to `{word}'")
    if word in ("-mindepth", "-maxdepth") and not (value.isascii() and value.isdecimal()):
        raise ToolError(1, f"find: Expected a positive decimal integer argument to {word}, but got ‘{value}’")
    wrong = next((one for one in value.split(",") if len(one) != 1 or one not in KINDS), None)
    if word == "-type" and wrong is not None:
        raise ToolError(1, f"find: Unknown argument to -type: {wrong}")
    return value


def _command(rest: Iterator[str]) -> list[str]:
    """The words of -exec; `{} +` runs once for each file too.

    Raises:
        ToolError: nothing ends it.
    """
    words = list[str]()
    for word in rest:
        if word == ";" or (word == "+" and words[-1:] == ["{}"]):
            return words
        words.append(word)
    raise ToolError(1, "find: missing argument to `-exec'")


def is_link(context: ToolContext, path: str) -> bool:
    """Whether it is a symbolic link, or one of /proc/PID/ns."""
    files = files_of(context)
    return files.link(path) is not None or link_of(files, context.namespace, context.machine, path) is not None


def _below(context: ToolContext, start: str, wanted: Expression) -> Iterator[tuple[str, str]]:
    """(path, kind) of what is there, a directory before what is in it, links not followed."""
    files, waiting = files_of(context), [(start, 0)]
    while waiting:
        path, depth = waiting.pop()
        spend(Use.WORK, FILE_WORK)
        kind = "l" if is_link(context, path) else "d" if files.is_directory(path) else "f"
        if depth >= wanted.least:
            yield path, kind
        if kind == "d" and depth < wanted.most:
            waiting += [(f"{path.rstrip('/')}/{name}", depth + 1) for name in reversed(files.names(path))]


def _act(context: ToolContext, path: str, wanted: Expression) -> ToolResult:
    out = errors = ""
    for action, *words in wanted.actions:
        if action == "-print":
            out += f"{path}\n"
        elif context.run is not None:
            done = context.run(context, [word.replace("{}", path) for word in words])
            out, errors = out + done.out, errors + done.err
    return ToolResult(0, out, errors)
