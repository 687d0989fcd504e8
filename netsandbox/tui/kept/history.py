"""The lines that were typed before, walked with up and down.  No Textual."""

from __future__ import annotations

import re
from collections.abc import Iterable

EVENT = re.compile(r"(?P<before>sudo |)!(?:!|(?P<begin>[A-Za-z][^\s!]*))(?P<after>.*)")
"""A line before that is meant, at the beginning of a line."""


class History:
    """Lines, oldest first; walking shows only those that begin with what was typed."""

    def __init__(self, lines: Iterable[str] = (), limit: int = 1000) -> None:
        self.limit = limit
        self.lines: list[str] = []
        self._typed = ""
        self._at: int | None = None
        for line in lines:
            self.add(line)

    def add(self, line: str) -> None:
        """Remember a line as the newest; it is kept once."""
        if line.strip():
            if line in self.lines:
                self.lines.remove(line)
            self.lines.append(line)
            del self.lines[: -self.limit]
        self._at = None

    def leave(self) -> None:
        """Stop walking: something else was typed."""
        self._at = None

    def _fits(self, line: str) -> bool:
        return line.startswith(self._typed)

    def holding(self, text: str) -> list[str]:
        """The lines that hold a text, newest first."""
        return [line for line in reversed(self.lines) if text in line]

    def expanded(self, line: str) -> str:
        """A line with bash's `!!`, the line before, or `!ping`, the newest that begins so, written out."""
        found = EVENT.fullmatch(line)
        wanted = found["begin"] or "" if found is not None else ""
        event = next((old for old in reversed(self.lines) if old.startswith(wanted)), None)
        return line if found is None or event is None else f"{found['before']}{event}{found['after']}"

    def older(self, typed: str) -> str:
        """The line before the one shown.

        Args:
            typed: what stands there when the walk begins; the lines shown begin with it.
        """
        if self._at is None:
            self._typed, self._at = typed, len(self.lines)
        for at in range(self._at - 1, -1, -1):
            if self._fits(self.lines[at]):
                self._at = at
                return self.lines[at]
        return self.lines[self._at] if self._at < len(self.lines) else self._typed

    def newer(self) -> str | None:
        """The line after the one shown, at the end what was typed; None when not walking."""
        if self._at is None:
            return None
        for at in range(self._at + 1, len(self.lines)):
            if self._fits(self.lines[at]):
                self._at = at
                return self.lines[at]
        self._at = None
        return self._typed
