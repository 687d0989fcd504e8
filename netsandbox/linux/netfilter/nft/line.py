"""A command of nft's, and where each of its words stands, so that a complaint can point at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from netsandbox.linux.netfilter.nft.tokens import NftError, token

WORDS = re.compile(r'"[^"]*"|[{};]|[^\s{};"#]+|#')
CRLF = "\r\n"
NO_INTERFACES: Mapping[str, int] = {}


class Token(NamedTuple):
    """A word and its place: the first row and column are 0."""

    text: str
    row: int
    column: int

    @property
    def end(self) -> int:
        return self.column + len(self.text)


class Source(NamedTuple):
    """What the words were read from: a file, or (without a name) the command line."""

    name: str
    rows: list[str]

    def tokens(self) -> list[Token]:
        """Its words, and a newline behind each row that no backslash joins to the next."""
        found: list[Token] = []
        for row, text in enumerate(self.rows):
            for match in WORDS.finditer(text):
                if match[0] == "#":
                    break
                found.append(Token(match[0], row, match.start()))
            else:
                found += [Token(CRLF, row, len(text) - 1)] * text.endswith("\r")
            if found and found[-1].text == "\\":
                found.pop()
            else:
                found.append(Token("\n", row, len(text)))
        return found

    def complaint(self, message: str, row: int, start: int, marks: str) -> NftError:
        """`FILE:ROW:FROM-TO: Error: MESSAGE`, the row, and what marks a part of it."""
        text = self.rows[min(row, len(self.rows) - 1)] if self.rows else ""
        blanks = "".join(" " if mark != "\t" else mark for mark in text[:start]).ljust(start)
        where = f"{self.name}:{row + 1}:{start + 1}-{start + len(marks.lstrip(' ~')) or 1}: " if self.name else ""
        return NftError(f"{where}Error: {message}\n{text}\n{blanks if '~' not in marks else ''}{marks}\n")


class Line:
    """A command."""

    def __init__(self, tokens: list[Token], source: Source, interfaces: Mapping[str, int] = NO_INTERFACES,
                 in_block: bool = False) -> None:
        self.tokens = tokens
        self.words = [one.text for one in tokens]  # of the command, with those that were left out
        self.source = source
        self.interfaces = interfaces  # the numbers of the namespace's, by name
        self.in_block = in_block  # what a table's or chain's braces held: its first words are theirs

    def insert(self, at: int, word: str) -> None:
        """Put in a word that was left out; complaints show the line as it was typed."""
        self.words.insert(at, word)
        self.tokens.insert(at, self.tokens[at] if at < len(self.tokens) else self._last())

    def _last(self) -> Token:
        """The place behind the last word."""
        return Token("", self.tokens[-1].row, self.tokens[-1].end)

    def interface(self, text: str) -> str | None:
        """The interface of a name or a number; None: there is none."""
        number = int(text) if text.isdecimal() and len(text) < 10 else 0
        return text if text in self.interfaces else next(
            (name for name, index in self.interfaces.items() if index == number), None)

    def check_letters(self) -> None:
        """Raises NftError: a letter or digit of another alphabet stands in it, and in no quotes."""
        for at, word in enumerate(self.words):
            if not word.isascii() and word[0] != '"':
                offset = next(place for place, letter in enumerate(word) if not letter.isascii())
                raise self.complaint("syntax error, unexpected junk", at, offset=offset, until=1)

    def complaint(self, message: str, at: int, cause: int = -1, until: int = -1, offset: int = 0,
                  led: bool = False) -> NftError:
        """`Error: MESSAGE`, the line, and a mark below the word; below its cause another one.

        Args:
            until: the last word that is marked; behind an offset, how many characters.
            offset: of the first character of the word that is marked.
            led: the cause has a second word, where it leads to.
        """
        if at >= len(self.words):
            end = self._last()
            return self.source.complaint(message, end.row, end.column, "^")
        found = self.tokens[at]
        if offset and cause < 0:
            return self.source.complaint(message, found.row, found.column + offset, "^" * max(until, 1))
        width = token(found.text)[1] if "unexpected" in message else len(found.text)
        width = self.tokens[until].end - found.column if until > at else width
        if cause < 0 or self.tokens[cause].row != found.row:
            return self.source.complaint(message, found.row, found.column, "^" * width)
        before = self.tokens[cause]
        column = found.column + offset
        width_before = self.tokens[cause + led].end - before.column
        marks = f"{' ' * before.column}{'~' * width_before}".ljust(column) + "^" * (width - offset)
        return self.source.complaint(message, found.row, found.column, marks)

    def complaint_of(self, message: str, part: str, at: int) -> NftError:
        """About one of several values, with commas between them, the first in a word or behind it."""
        for found in self.tokens[at:]:
            if part in found.text.replace('"', "").split(","):
                marked = found.text if found.text[0] == '"' else part
                return self.source.complaint(message, found.row, found.column + found.text.index(marked),
                                             "^" * len(marked))
        return self.complaint(message, at)

    def whole(self, message: str) -> NftError:
        """A complaint about all of the line."""
        first, last = self.tokens[5 if self.in_block else 0], self.tokens[-1]
        width = last.end - first.column + (not self.in_block) if first.row == last.row else len(first.text)
        return self.source.complaint(f"Could not process rule: {message}", first.row, first.column, "^" * width)
