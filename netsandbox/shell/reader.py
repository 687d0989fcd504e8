"""From text to tokens: words with their quotes, operators, here-documents (POSIX XCU 2.2, 2.3, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.shell.dialect import Dialect
from netsandbox.shell.dollar import dollar
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.tree import Command, List, Part, Text, Word, joined

OPERATORS = (";;&", "<<<", "&>>", "<<-", "&&", "||", ";;", ";&", "&>", "|&", "<<", "<&", "<>", ">>", ">&", ">|",
             "&", "|", ";", "<", ">", "(", ")")
BEYOND_POSIX = frozenset({";;&", ";&", "<<<", "|&"})
AMPERSANDS = frozenset({"&>", "&>>"})
METACHARACTERS = frozenset(" \t\n;&|<>()")
PLAIN = re.compile(r"[^\s;&|<>()'\"\\$`]+")
SUBSCRIPT = re.compile(r"""[A-Za-z_][A-Za-z0-9_]*\[(?:[^]["'`\\$\n]|\$(?!\())*(?=\]\+?=)""")
"""`NAME[INDEX` of an assignment, in whose index blanks and operators end nothing."""
AN_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[.*\])?\+?=", re.DOTALL)
IN_FRONT = frozenset({"!", "{", "do", "elif", "else", "if", "then", "time", "until", "while"})
"""Reserved words behind which a command begins."""
MOST_NESTED = 30  # Constructs within one another


class Token(NamedTuple):
    """One token."""

    kind: str  # word, op, newline, end, or io for the number before a redirection
    text: str
    line: int
    start: int  # where it begins in the text
    word: Word | None = None


class Reader:
    """Reads tokens from a text, forwards.

    Args:
        parse: reads commands up to a closing parenthesis, for `$(…)`; it gets this reader.
    """

    def __init__(self, text: str, dialect: Dialect, parse: Callable[[Reader], List], line: int = 1,
                 depth: int = 0) -> None:
        self.text = text
        self.dialect = dialect
        self.at = 0
        self.comment = len(text)  # where the last comment begins
        self.line = line
        self.depth = depth
        self._may_assign = dialect.name == "bash"  # The next word may be `NAME[INDEX]=…` (assignment_acceptable)
        self._behind: dict[int, int] = {}  # By the place of a line's end, where the here-documents that follow it end
        self.parse = parse
        self._operators = tuple(operator for operator in OPERATORS if self._knows(operator))

    def _knows(self, operator: str) -> bool:
        if operator in BEYOND_POSIX:
            return self.dialect.arithmetic
        return operator not in AMPERSANDS or self.dialect.extended

    def peek(self, length: int = 1) -> str:
        return self.text[self.at:self.at + length]

    def deeper(self) -> None:
        """One construct more within another (ScriptError: there are too many)."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise ScriptError("", self.line, text=f"more than {MOST_NESTED} constructs within one another")

    # -- tokens

    def token(self) -> Token:
        """The next one (ScriptError: a quote or the like is open)."""
        found = self._token()
        self._may_assign = self.dialect.name == "bash" and (
            found.word is None or found.text in IN_FRONT or AN_ASSIGNMENT.match(found.text) is not None)
        return found

    def _token(self) -> Token:
        self._skip_blanks()
        start, line = self.at, self.line
        if self.at >= len(self.text):
            return Token("end", "", line, start)
        if self.peek() == "\n":
            self.at = self._behind.get(start, start + 1)
            self.line += self.text.count("\n", start, self.at)
            return Token("newline", "newline", line, start)
        number = re.compile(r"[0-9]+(?=[<>])").match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            return Token("io", number[0], line, start)
        operator = next((one for one in self._operators if self.text.startswith(one, self.at)), None)
        if operator is not None:
            self.at += len(operator)
            return Token("op", operator, line, start)
        index = SUBSCRIPT.match(self.text, self.at) if self._may_assign else None
        word = self.word(whole_to=index.end() if index is not None else 0)
        return Token("word", self.text[start:self.at], line, start, word)

    def _skip_blanks(self) -> None:
        while self.at < len(self.text):
            if self.peek() in " \t":
                self.at += 1
            elif self.peek(2) == "\\\n":
                self.at += 2
                self.line += 1
            elif self.peek() == "#":
                self.comment = self.at
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    # -- words

    def word(self, end: str = "", quoted: bool = False, whole_to: int = 0) -> Word:
        """A word; with `end` all up to that character, as inside of `${…}`; nothing ends it before `whole_to`."""
        parts: list[Part] = []
        opened = self.line
        while self.at < len(self.text):
            char = self.peek()
            if char == end or (not end and char in METACHARACTERS and self.at >= whole_to):
                return Word(joined(parts))
            self.part(parts, char, quoted, bool(end))
        if end:
            raise ScriptError("", self.line, opened=end, opened_line=opened, is_quote=True)
        return Word(joined(parts))

    def part(self, parts: list[Part], char: str, quoted: bool, inside: bool) -> None:
        if char == "\\":
            self._escape(parts, quoted)
        elif char == "'" and not quoted:
            parts.append(Text(self._single(), True))
        elif char == '"':
            parts += self.double()
        elif char == "`":
            parts.append(self._backquoted(quoted))
        elif char == "$":
            parts += dollar(self, quoted)
        else:
            plain = PLAIN.match(self.text, self.at)
            text = plain[0] if plain is not None and not inside else char
            self.at += len(text)
            self.line += text.count("\n")
            parts.append(Text(text, quoted))

    def _escape(self, parts: list[Part], quoted: bool) -> None:
        following = self.text[self.at + 1:self.at + 2]
        self.at += 2
        if following == "\n":
            self.line += 1
        elif quoted and following not in '$`"\\}':
            parts.append(Text("\\" + following, True))
        else:
            parts.append(Text(following or "\\", True))

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise self.open("'")
        text = self.text[self.at + 1:end]
        self.at, self.line = end + 1, self.line + text.count("\n")
        return text

    def open(self, what: str) -> ScriptError:
        opened = self.line
        return ScriptError("", opened + self.text.count("\n", self.at), opened=what, opened_line=opened, is_quote=True)

    def double(self) -> list[Part]:
        start, line = self.at, self.line
        self.at += 1
        parts: list[Part] = []
        while self.at < len(self.text):
            if self.peek() == '"':
                self.at += 1
                return list(joined(parts)) or [Text("", True)]
            self.in_quotes(parts)
        self.at, self.line = start, line
        raise self.open('"')

    def in_quotes(self, parts: list[Part], is_document: bool = False) -> None:
        """One part of what stands in double quotes, or in a here-document."""
        char = self.peek()
        if char == "\\":
            following = self.text[self.at + 1:self.at + 2]
            self.at += 2
            kept = following in ("$", "`", "\\", "" if is_document else '"')
            self.line += following == "\n"
            if following != "\n":
                parts.append(Text(following if kept and following else "\\" + following, True))
        elif char == "`":
            parts.append(self._backquoted(True))
        elif char == "$":
            parts += dollar(self, True)
        else:
            end = re.compile(r'[^"\\`$]+' if not is_document else r"[^\\`$]+").match(self.text, self.at)
            text = end[0] if end is not None else char
            self.at, self.line = self.at + len(text), self.line + text.count("\n")
            parts.append(Text(text, True))

    def _backquoted(self, quoted: bool) -> Part:
        found, at = "", self.at + 1
        while True:
            char = self.text[at:at + 1]
            if not char:
                raise self.open("`")
            if char == "`":
                break
            following = self.text[at + 1:at + 2]
            escapes = char == "\\" and following in ("$", "`", "\\", '"' if quoted else "$")
            found += following if escapes else char
            at += 2 if escapes else 1
        line, self.line = self.line, self.line + self.text.count("\n", self.at, at)
        self.at = at + 1
        return Command(self.parse(self.inside(found, line)), quoted)

    # -- here-documents

    def document(self, delimiter: Word, strips_tabs: bool) -> Word:
        """The text of a here-document whose end was just read; it stands behind this line (ScriptError: it does not
        end)."""
        word = delimiter.literal
        if word is None:
            raise ScriptError("", self.line, text="a here-document's end is a word without expansions")
        newline = self.text.find("\n", self.at)
        at = self._behind.get(newline, newline + 1)
        lines, first = list[str](), self.line + self.text.count("\n", self.at, at)
        while True:
            if newline < 0 or at >= len(self.text):
                last = self.line + self.text.count("\n", self.at)
                raise ScriptError("", last, opened=word, opened_line=self.line, is_quote=True)
            end = self.text.find("\n", at)
            line = self.text[at:] if end < 0 else self.text[at:end]
            at = len(self.text) if end < 0 else end + 1
            line = line.lstrip("\t") if strips_tabs else line
            if line == word:
                break
            lines.append(line + "\n")
        self._behind[newline] = at
        text = "".join(lines)
        return Word((Text(text, True),)) if delimiter.is_quoted else self.inside(text, first).quoted_text()

    def quoted_text(self) -> Word:
        """All of the text, as in a here-document."""
        parts: list[Part] = [Text("", True)]
        while self.at < len(self.text):
            self.in_quotes(parts, is_document=True)
        return Word(joined(parts))

    def inside(self, text: str, line: int) -> Reader:
        """A reader of a text that stood within this one."""
        inner = Reader(text, self.dialect, self.parse, line, self.depth)
        inner.deeper()
        return inner
