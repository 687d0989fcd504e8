"""HTTP/1.1 messages (RFC 9112): the first line and the header fields; bodies are counted elsewhere."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.wire.errors import ParseError

LONGEST_HEAD = 32768  # Bytes of a head that anybody here reads
END = re.compile(rb"\r?\n\r?\n")  # RFC 9112, 2.2: a line may end without its carriage return
LINE = re.compile(r"\r?\n")

REASONS = {200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
           302: "Found", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
           400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           408: "Request Timeout", 413: "Payload Too Large", 414: "URI Too Long",
           416: "Requested Range Not Satisfiable", 500: "Internal Server Error",
           501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
           505: "HTTP Version Not Supported"}


class Head(NamedTuple):
    """A message's first line, and its header fields in order."""

    start: tuple[str, ...]  # the words of the first line, three at most
    fields: tuple[tuple[str, str], ...]  # (name, value) as they came

    def get(self, name: str, default: str = "") -> str:
        """A field's value, whatever the case of its name; the first of several."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), default)

    @property
    def version(self) -> str:
        """HTTP/1.0 or HTTP/1.1; of a request its last word, of a response its first."""
        return self.start[0] if self.start and self.start[0].startswith("HTTP/") else self.start[-1]

    @property
    def keeps_alive(self) -> bool:
        """RFC 9112, 9.3: whether another message may follow on this connection."""
        wish = self.get("Connection").lower()
        return "close" not in wish and (self.version == "HTTP/1.1" or "keep-alive" in wish)


def parse_head(data: bytes) -> tuple[Head, bytes] | None:
    """The head at the beginning of some bytes and what follows it; None while it is not whole.

    A request of two words is HTTP/0.9's, which has no more than that line; a first line that makes no sense is refused
    before the others are there.

    Raises:
        ParseError: it makes no sense, or does not end.
    """
    first, newline, behind = data.partition(b"\n")
    if newline:
        start = tuple(first.rstrip(b"\r").decode("latin-1").split(" ", 2))
        if len(start) < 2 or not all(part.isprintable() for part in start):
            raise ParseError("HTTP", "no request or status line")
        if len(start) == 2 and not start[0].startswith("HTTP/"):
            return Head(start, ()), behind
    end = END.search(data)
    if end is None:
        if len(data) > LONGEST_HEAD:
            raise ParseError("HTTP", "a head that does not end")
        return None
    fields = []
    for line in LINE.split(data[:end.start()].decode("latin-1"))[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ParseError("HTTP", "a header field without a name")
        fields.append((name, value.strip()))
    return Head(start, tuple(fields)), data[end.end():]


def build_head(start: str, fields: list[tuple[str, str]]) -> bytes:
    """A head as bytes."""
    return "\r\n".join([start, *(f"{name}: {value}" for name, value in fields), "", ""]).encode("latin-1", "replace")
