"""The protocol of redis in tcpdump's words (print-resp.c)."""

from __future__ import annotations

import re

from netsandbox.wire.describe_out import Cut, visible

_NUMBER = re.compile(rb"-?\d*")
_LINE_END = b"\r\n"
_LARGEST = 0x7FFFFFFF


def resp_text(data: bytes) -> str:
    """`: RESP "GET" "key"`."""
    reader = _Reader(data)
    try:
        while reader.rest:
            reader.read()
    except Cut as cut:
        reader.parts.append(f"[|{cut.protocol}]")
    return " ".join([": RESP", *reader.parts])


class _Reader:
    """What is still to be read, and the words of what was."""

    def __init__(self, data: bytes) -> None:
        self.rest = data
        self.parts: list[str] = []

    def read(self) -> None:
        """One element: an array's are read one by one, as if they stood alone."""
        match self.rest[:1]:
            case b"+" | b"-" | b":":
                line = self._line()
                self._say(line[1:])
            case b"$":
                size = self._size()
                if size is not None:
                    self._string(size)
            case b"*":
                self._array()
            case _:
                self._inline()

    def _say(self, octets: bytes) -> None:
        self.parts.append(f'"{"".join(visible(octet) for octet in octets)}"')

    def _line(self) -> bytes:
        """Up to the end of a line."""
        line, end, rest = self.rest.partition(_LINE_END)
        if not end:
            raise Cut("resp")
        self.rest = rest
        return line

    def _inline(self) -> None:
        """A command as a person types it: a return alone ends it, too."""
        found = re.match(rb"[\r\n]*([^\r\n]+)[\r\n]+", self.rest)
        if found is None:
            raise Cut("resp")
        self._say(found[1])
        self.rest = self.rest[found.end():]

    def _array(self) -> None:
        for _element in range(self._size() or 0):
            if not self.rest:
                raise Cut("resp")
            self.read()

    def _string(self, size: int) -> None:
        if size > len(self.rest):
            raise Cut("resp")
        if size:
            self._say(self.rest[:size])
        self.rest = self.rest[size:]
        self._line()

    def _size(self) -> int | None:
        """The number behind a mark; None where nothing follows that belongs to it."""
        found = _NUMBER.match(self.rest, 1)
        digits = found[0] if found else b""
        self.rest = self.rest[1 + len(digits):]
        if not self.rest:
            raise Cut("resp")
        if not digits.lstrip(b"-") or not self.rest.startswith(_LINE_END):
            self.parts.append("invalid")
            self.rest = self.rest[2 if self.rest[:1] == b"\r" and digits.lstrip(b"-") else 1:]
            return None
        self.rest = self.rest[len(_LINE_END):]
        return self._told(int(digits))

    def _told(self, size: int) -> int | None:
        """None where it is none to go by."""
        if 0 < size <= _LARGEST:
            return size
        words = {0: "empty", -1: "null"}
        self.parts.append("length too large" if size > 0 else words.get(size, "length negative and not -1"))
        return None if size else 0
