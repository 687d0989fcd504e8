"""What curl finds wrong with an answer's head, line by line (lib/http.c)."""

from __future__ import annotations

import re

from netsandbox.apps.curl.retry import Failure

NO_HTTP = Failure(1, "Received HTTP/0.9 when not allowed")
_SUBVERSION = re.compile(rb"HTTP/1\.(?![01] \d{3}(?: |$))")
_LENGTH = re.compile(rb"content-length:[ \t]*(?![ \t\d])", re.IGNORECASE)


def flaw(head: bytes) -> tuple[bytes, Failure] | None:
    """(what stands before the first line that is wrong, what is wrong with it), as far as lines are whole."""
    at = 0
    for line in head[:head.rfind(b"\n") + 1].splitlines(keepends=True):
        found = _wrong(line.rstrip(b"\r\n"), is_first=not at)
        if found is not None:
            return head[:at], found
        at += len(line)
    return None


def _wrong(line: bytes, *, is_first: bool) -> Failure | None:
    if is_first and _SUBVERSION.match(line):
        return Failure(1, "Unsupported HTTP/1 subversion in response")
    if is_first and line.startswith(b"HTTP/3"):
        return Failure(8, "Version mismatch (from HTTP/1 to HTTP/3)")
    if not is_first and _LENGTH.match(line):
        return Failure(8, "Invalid Content-Length: value")
    if not is_first and line and b":" not in line and line[:1] not in b" \t":
        return Failure(8, "Header without colon")
    return None
