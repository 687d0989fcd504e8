"""What a terminal shows of what a program paints: enough of one for an app that puts whole pieces at their places.

It has synchronized updates, and says so, so that nobody takes half a picture for a whole one.
"""

from __future__ import annotations

import codecs
import re

from netsandbox.tui.text import cell_len

TOKEN = re.compile(r"\x1b\[([0-9;?<>=]*)([ -/]*[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\r\n\x08]|"
                   r"[^\x1b\r\n\x08]+")
BEGUN = re.compile(r"\x1b(?:\[[0-9;?<>=]*[ -/]*|\][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
"""A sequence whose end has not come yet."""


HAS_UPDATES = b"\x1b[?2026;2$y"


class Screen:
    """The cells of a terminal; a wide character is in its first one, and the second is empty.

    Attributes:
        is_whole: no picture is being painted.
        answers: what the terminal has to say to the program, until somebody takes it.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.is_whole, self.answers = True, b""
        self._cells = [[" "] * columns for _ in range(rows)]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""
        self._x = self._y = 0

    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(row) for row in self._cells]

    def cells(self, row: int) -> list[str]:
        """The cells of a row."""
        return self._cells[row]

    def feed(self, painted: bytes) -> None:
        """Take what was painted."""
        text = self._begun + self._decoder.decode(painted)
        begun = BEGUN.search(text)
        self._begun = begun[0] if begun is not None else ""
        for token in TOKEN.finditer(text, 0, len(text) - len(self._begun)):
            first = token[0][0]
            if first == "\x1b":
                self._obey(token[1] or "", token[2] or "")
            elif first == "\r":
                self._x = 0
            elif first == "\n":
                self._y = min(self._y + 1, self.rows - 1)
            elif first == "\x08":
                self._x = max(self._x - 1, 0)
            else:
                self._put(token[0])

    def _obey(self, given: str, what: str) -> None:
        if what == "H":
            row, _, column = given.partition(";")
            self._y = min(int(row or 1), self.rows) - 1
            self._x = min(int(column or 1), self.columns) - 1
        elif (given, what) == ("?2026", "$p"):
            self.answers += HAS_UPDATES
        elif given == "?2026" and what in ("h", "l"):
            self.is_whole = what == "l"
        elif what == "J" and given == "2":
            self._cells = [[" "] * self.columns for _ in range(self.rows)]
        elif what == "K" and given in ("", "0"):
            self._cells[self._y][self._x:] = [" "] * (self.columns - self._x)

    def _put(self, text: str) -> None:
        cells = list(text) if text.isascii() else [cell for one in text for cell in _cells_of(one)]
        row = self._cells[self._y]
        row[self._x : self._x + len(cells)] = cells[: self.columns - self._x]
        self._x = min(self._x + len(cells), self.columns)


def _cells_of(character: str) -> list[str]:
    width = cell_len(character)
    return [character, ""][:width] if width else []
