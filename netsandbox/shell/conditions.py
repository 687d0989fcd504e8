"""What `test`, `[` and `[[` ask: files, texts, numbers (POSIX XCU test)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError, RegularFile, Symlink
from netsandbox.shell.streams import terminals

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin

UNARY = frozenset("bcdefgGhkLnNOprsStuvwxz")
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b, "-ne": lambda a, b: a != b, "-lt": lambda a, b: a < b, "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b, "-ge": lambda a, b: a >= b}
TEXTS = frozenset({"=", "==", "!=", "<", ">", "-nt", "-ot", "-ef"})


class ConditionError(Exception):
    """No condition; in bash's words behind `[: `."""


def number(text: str) -> int:
    """Raises: ConditionError: it is none."""
    stripped = text.strip()
    digits = stripped[1:] if stripped[:1] in ("-", "+") else stripped
    if not (digits.isascii() and digits.isdecimal()):
        raise ConditionError(f"{text}: integer expression expected")
    return int(stripped)


def unary(files: Files, operator: str, text: str, terminals: frozenset[int]) -> bool:
    """`-f FILE`, `-n TEXT` and the like; -t asks for a descriptor at a terminal."""
    letter = operator[1:]
    if letter in ("n", "z"):
        return bool(text) == (letter == "n")
    if letter == "t":
        return number(text) in terminals
    if letter in ("h", "L"):
        return isinstance(files.node(text), Symlink) or files.link(text) is not None
    if letter == "d":
        return files.is_directory(text)
    if letter in "bcgGkNOpStu":
        return letter in "GO" and files.exists(text)
    there = files.exists(text)
    if letter == "f":
        return there and not files.is_directory(text)
    if letter == "s":
        return there and (files.is_directory(text) or bool(files.read(text)))
    if letter == "x":
        return files.is_directory(text)
    return there


def binary(files: Files, left: str, operator: str, right: str) -> bool:
    """`A = B`, `1 -lt 2` and the like."""
    if operator in COMPARISONS:
        return COMPARISONS[operator](number(left), number(right))
    if operator in ("-nt", "-ot"):
        first, second = _changed(files, left), _changed(files, right)
        return first > second if operator == "-nt" else first < second
    if operator == "-ef":
        return files.exists(left) and files.exists(right) and files.canonical(left) == files.canonical(right)
    return {"<": left < right, ">": left > right, "!=": left != right}.get(operator, left == right)


def _changed(files: Files, path: str) -> int:
    node = files.node(path)
    return node.changed if isinstance(node, RegularFile) else -1


class Condition:
    """The words of `test`, read as POSIX says: by their number first, then with -a, -o, ! and parentheses."""

    def __init__(self, files: Files, words: list[str], terminals: frozenset[int] = frozenset()) -> None:
        self._files = files
        self._terminals = terminals
        self._words = words
        self._at = 0

    def holds(self) -> bool:
        """Raises: ConditionError: they are no condition."""
        words = self._words
        simple = self._by_number(words)
        if simple is not None:
            return simple
        found = self._either()
        if self._at < len(words):
            raise ConditionError("too many arguments")
        return found

    def _by_number(self, words: list[str]) -> bool | None:
        if len(words) < 2:
            return bool(words and words[0])
        if len(words) == 2:
            if words[0] == "!":
                return not words[1]
            if not _is_unary(words[0]):
                raise ConditionError(f"{words[0]}: unary operator expected")
            return unary(self._files, words[0], words[1], self._terminals)
        if len(words) == 3 and _is_binary(words[1]):
            return binary(self._files, words[0], words[1], words[2])
        if words[0] == "!" and len(words) <= 4:
            inner = self._by_number(words[1:])
            return None if inner is None else not inner
        if len(words) == 3 and words[1] not in ("-a", "-o") and not (words[0] == "(" and words[2] == ")"):
            raise ConditionError(f"{words[1]}: binary operator expected")
        return None

    def _peek(self, ahead: int = 0) -> str | None:
        place = self._at + ahead
        return self._words[place] if place < len(self._words) else None

    def _either(self) -> bool:
        found = self._both()
        while self._peek() == "-o":
            self._at += 1
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self._peek() == "-a":
            self._at += 1
            found = self._one() and found
        return found

    def _one(self) -> bool:
        word = self._peek()
        if word is None:
            raise ConditionError("argument expected")
        following = self._peek(1)
        if following is not None and _is_binary(following) and self._peek(2) is not None:
            self._at += 3
            return binary(self._files, word, following, str(self._words[self._at - 1]))
        if word == "!":
            self._at += 1
            return not self._one()
        if word == "(":
            self._at += 1
            found = self._either()
            if self._peek() != ")":
                raise ConditionError("`)' expected")
            self._at += 1
            return found
        if _is_unary(word) and following is not None:
            self._at += 2
            return unary(self._files, word, following, self._terminals)
        self._at += 1
        return bool(word)


def _is_unary(word: str) -> bool:
    return len(word) == 2 and word[0] == "-" and word[1] in UNARY


def _is_binary(word: str) -> bool:
    return word in COMPARISONS or word in TEXTS


def test(call: Builtin) -> int:
    words = list(call.arguments)
    if call.words[0] == "[":
        if words[-1:] != ["]"]:
            return call.fail("missing `]'" if call.state.dialect.name == "bash" else "missing ]", 2)
        words.pop()
    try:
        return int(not Condition(call.state.files, words, terminals(call.streams)).holds())
    except ConditionError as error:
        text = str(error)
        if call.state.dialect.name == "dash" and "integer expression expected" in text:
            text = f"Illegal number: {text.partition(': integer')[0]}"
        return call.fail(text, 2)
    except FileError:
        return 1
