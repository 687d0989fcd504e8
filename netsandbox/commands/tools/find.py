"""find: files below a place, by name, kind and size (findutils)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel_files import size_of
from netsandbox.commands.tools.process_namespaces import link_of
from netsandbox.engine.budget import Use, spend
from netsandbox.linux.core.inode import FileError
from netsandbox.shell.patterns import matches

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

VALUED = ("-name", "-iname", "-path", "-wholename", "-ipath", "-type", "-size", "-maxdepth", "-mindepth")
PLAIN = ("-empty", "-true", "-false", "-prune", "-depth")
ACTIONS = ("-print", "-print0", "-delete", "-exec")
JOINS = ("(", ")", "-a", "-and", "-o", "-or", "!", "-not")
NOT_MODELLED = frozenset({
    "-amin", "-anewer", "-atime", "-cmin", "-cnewer", "-ctime", "-execdir",
    "-fstype", "-follow", "-gid", "-group", "-ilname", "-inum", "-iregex", "-links", "-lname", "-ls",
    "-mmin", "-mount", "-mtime", "-newer", "-nogroup", "-nouser", "-ok", "-perm", "-printf",
    "-quit", "-readable", "-regex", "-regextype", "-samefile", "-uid", "-used", "-user", "-writable",
    "-xdev", "-xtype", "-H", "-L", "-P", "-D", "-O", "-context", "-daystart", "-d", "-executable",
    "-files0-from", "-fls", "-fprint", "-fprint0", "-fprintf", "-help", "--help", "-ignore_readdir_race",
    "-newermt", "-noleaf", "-okdir", "-version", "--version", "-warn", "-nowarn", ","})
KINDS = "bcdpflsD"
UNITS = {"c": 1, "w": 2, "b": 512, "": 512, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}
EMPTY = {"": "expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('",
         ")": "empty parentheses are not allowed."}
MISPLACED = "you have used a binary operator '{word}' with nothing before it."
SIZE = re.compile(r"([+-]?)(\d+)([cwbkMG]?)", re.ASCII)
MOST_DEPTH = 1_000_000
MOST_NESTED = 50
"""Parentheses in each other."""
DIRECTORY = 4096
"""Bytes of a directory, as ext4 has it."""
FILE_WORK = 100
"""Pieces of work that a path is: whether it is a link, a directory or a file."""


class Place(NamedTuple):
    """One file that was come to."""

    path: str
    kind: str


class Walk:
    """One run of find: what it writes, and where it does not go on.

    Attributes:
        depth_first: what is in a directory comes before it.
        pruned: directories that are not looked into.
    """

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self.out = self.errors = ""
        self.least, self.most = 0, MOST_DEPTH
        self.depth_first = self.acts = False
        self.pruned = set[str]()


Test = Callable[[Walk, Place], bool]


def find(context: ToolContext, arguments: list[str]) -> ToolResult:
    at = next((at for at, word in enumerate(arguments) if word[:1] == "-" or word in ("!", "(", ")")), len(arguments))
    walk = Walk(context)
    wanted = Reader(walk, arguments[at:]).read()
    for start in arguments[:at] or ["."]:
        if not files_of(context).exists(start) and files_of(context).link(start) is None:
            walk.errors += f"find: ‘{start}’: No such file or directory\n"
            continue
        for place in _below(walk, start):
            if wanted(walk, place) and not walk.acts:
                walk.out += f"{place.path}\n"
    return ToolResult(1 if walk.errors else 0, walk.out, walk.errors)


class Reader:
    """The expression, by precedence: `,` is not modelled, -o, and (which may be left out), !, parentheses."""

    def __init__(self, walk: Walk, words: list[str]) -> None:
        self.walk = walk
        self.words = words
        self.nested = 0

    def read(self) -> Test:
        if not self.words:
            return _always
        found = self._any()
        if self.words:
            raise ToolError(1, "find: you have too many ')'")
        return found

    def _any(self) -> Test:
        ways = [self._all()]
        while self.words[:1] and self.words[0] in ("-o", "-or"):
            self.words.pop(0)
            ways.append(self._all())
        return ways[0] if len(ways) == 1 else lambda walk, place: any(way(walk, place) for way in ways)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.words and self.words[0] not in ("-o", "-or", ")"):
            if self.words[0] in ("-a", "-and"):
                self.words.pop(0)
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda walk, place: all(test(walk, place) for test in tests)

    def _one(self) -> Test:
        if not self.words or self.words[0] in ("-o", "-or", "-a", "-and", ")"):
            word = self.words[0] if self.words else ""
            raise ToolError(1, f"find: invalid expression; {EMPTY.get(word, MISPLACED.format(word=word))}")
        word = self.words.pop(0)
        if word in ("!", "-not"):
            test = self._one()
            return lambda walk, place: not test(walk, place)
        if word == "(":
            return self._parenthesis()
        return self._primary(word)

    def _parenthesis(self) -> Test:
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise ToolError(1, "netsandbox: find with so many parentheses in each other is not modelled")
        found = self._any()
        if self.words[:1] != [")"]:
            raise ToolError(1, "find: invalid expression; I was expecting to find a ')' somewhere but did not see one.")
        self.words.pop(0)
        self.nested -= 1
        return found

    def _primary(self, word: str) -> Test:
        value = self._value(word)
        if word == "-mindepth":
            self.walk.least = min(int(value), MOST_DEPTH)
        elif word == "-maxdepth":
            self.walk.most = min(int(value), MOST_DEPTH)
        self.walk.depth_first |= word in ("-depth", "-delete")
        self.walk.acts |= word in ACTIONS
        if word == "-exec":
            words = self._command()
            return lambda walk, place: _execute(walk, place, words)
        return _TESTS.get(word, _always) if not value else _valued(word, value)

    def _value(self, word: str) -> str:
        """What stands behind a word that takes something.

        Raises:
            ToolError: the word or its value is none that find knows, or that the sandbox has.
        """
        if word in NOT_MODELLED:
            raise ToolError(1, f"netsandbox: find {word} is not modelled")
        if word not in (*VALUED, *PLAIN, *ACTIONS):
            raise ToolError(1, f"find: unknown predicate `{word}'" if word[:1] == "-" else
                            f"find: paths must precede expression: `{word}'")
        if word not in VALUED:
            return ""
        if not self.words:
            raise ToolError(1, f"find: missing argument to `{word}'")
        value = self.words.pop(0)
        if word in ("-mindepth", "-maxdepth") and not (value.isascii() and value.isdecimal()):
            raise ToolError(1, f"find: Expected a positive decimal integer argument to {word}, but got ‘{value}’")
        wrong = next((one for one in value.split(",") if len(one) != 1 or one not in KINDS), None)
        if word == "-type" and wrong is not None:
            raise ToolError(1, f"find: Unknown argument to -type: {wrong}")
        if word == "-size" and SIZE.fullmatch(value) is None:
            is_unit = value[-1:].isdecimal() or value[-1:] in UNITS
            raise ToolError(1, f"find: Invalid argument `{value}' to -size" if is_unit else
                            f"find: invalid -size type `{value[-1:]}'")
        return value

    def _command(self) -> list[str]:
        """The words of -exec; `{} +` runs once for each file too.

        Raises:
            ToolError: nothing ends it.
        """
        words = list[str]()
        while self.words:
            word = self.words.pop(0)
            if word == ";" or (word == "+" and words[-1:] == ["{}"]):
                return words
            words.append(word)
        raise ToolError(1, "find: missing argument to `-exec'")


def _always(_walk: Walk, _place: Place) -> bool:
    return True


def _valued(word: str, value: str) -> Test:
    if word == "-type":
        return lambda _walk, place: place.kind in value.split(",")
    if word == "-size":
        return lambda walk, place: _has_size(walk, place, value)
    if word in ("-name", "-iname"):
        pattern = value.lower() if word == "-iname" else value
        return lambda _walk, place: matches(pattern, _name(place).lower() if word == "-iname" else _name(place))
    if word in ("-path", "-wholename", "-ipath"):
        pattern = value.lower() if word == "-ipath" else value
        return lambda _walk, place: matches(pattern, place.path.lower() if word == "-ipath" else place.path)
    return _always


def _name(place: Place) -> str:
    return place.path.rstrip("/").rpartition("/")[2] or "/"


def _bytes(walk: Walk, place: Place) -> int:
    """As lstat(2) tells: a link is as long as what it says."""
    files = files_of(walk.context)
    link = files.link(place.path) if place.kind == "l" else None
    return len(link.encode()) if link is not None else size_of(files, place.path) if place.kind == "f" else DIRECTORY


def _has_size(walk: Walk, place: Place, value: str) -> bool:
    found = SIZE.fullmatch(value)
    assert found is not None
    blocks = -(-_bytes(walk, place) // UNITS[found[3]])
    wanted = int(found[2])
    return blocks > wanted if found[1] == "+" else blocks < wanted if found[1] == "-" else blocks == wanted


def _is_empty(walk: Walk, place: Place) -> bool:
    if place.kind == "d":
        return not files_of(walk.context).names(place.path)
    return place.kind == "f" and not _bytes(walk, place)


def _print(walk: Walk, place: Place) -> bool:
    walk.out += f"{place.path}\n"
    return True


def _print0(walk: Walk, place: Place) -> bool:
    walk.out += f"{place.path}\0"
    return True


def _prune(walk: Walk, place: Place) -> bool:
    walk.pruned.add(place.path)
    return True


def _delete(walk: Walk, place: Place) -> bool:
    files = files_of(walk.context)
    try:
        if place.kind == "d" and place.path not in (".", "./"):
            files.remove_directory(place.path)
        elif place.kind != "d":
            files.remove(place.path)
    except FileError as error:
        walk.errors += f"find: cannot delete ‘{place.path}’: {error}\n"
        return False
    return True


def _execute(walk: Walk, place: Place, words: list[str]) -> bool:
    if walk.context.run is None:
        return False
    done = walk.context.run(walk.context, [word.replace("{}", place.path) for word in words])
    walk.out, walk.errors = walk.out + done.out, walk.errors + done.err
    return done.code == 0


_TESTS: dict[str, Test] = {"-empty": _is_empty, "-false": lambda _walk, _place: False, "-prune": _prune,
                           "-print": _print, "-print0": _print0, "-delete": _delete}


def is_link(context: ToolContext, path: str) -> bool:
    """Whether it is a symbolic link, or one of /proc/PID/ns."""
    files = files_of(context)
    return files.link(path) is not None or link_of(files, context.namespace, context.machine, path) is not None


def _below(walk: Walk, start: str) -> Iterator[Place]:
    """What is there, links not followed; a directory before what is in it, unless asked otherwise."""
    context, waiting = walk.context, [(start, 0, False)]
    files = files_of(context)
    while waiting:
        path, depth, is_done = waiting.pop()
        spend(Use.WORK, FILE_WORK)
        kind = "l" if is_link(context, path) else "d" if files.is_directory(path) else "f"
        is_shown = depth >= walk.least
        if walk.depth_first and kind == "d" and not is_done:
            waiting.append((path, depth, True))
        elif is_shown:
            yield Place(path, kind)
        if kind == "d" and depth < walk.most and not is_done and path not in walk.pruned:
            waiting += [(f"{path.rstrip('/')}/{name}", depth + 1, False) for name in reversed(files.names(path))]
