"""Which requests nginx takes, and what it makes of their paths (ngx_http_parse.c, ngx_http_request.c)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from netsandbox.wire.http import Head

FUTURE = re.compile(r"^[A-Z]+ /\S* HTTP/([2-9]|[1-9][0-9]{1,2})(\.[0-9]{1,3})?$", re.ASCII)
"""A request of a version that is not there yet."""
BUFFER = 8192  # Bytes that a line may have, its ending among them (large_client_header_buffers)
_METHOD = re.compile("[A-Z_-]+")
_TARGET = re.compile(r"(?:/|https?://)(?:[^%?#]|%[0-9a-fA-F]{2})*(?:[?#].*)?")


def makes_sense(head: Head) -> bool:
    """Whether it is no `400 Bad Request`."""
    hosts, lengths = ([value for key, value in head.fields if key.lower() == name] for name in
                      ("host", "content-length"))
    if len(hosts) > 1 or len(lengths) > 1 or not all(re.fullmatch("[0-9]+", one) for one in lengths):
        return False
    if head.version == "HTTP/1.1" and not any(hosts):
        return False
    return bool(_METHOD.fullmatch(head.start[0]) and _TARGET.fullmatch(head.start[1]))


def is_too_long(head: Head) -> bool:
    """Of the request line: 414."""
    return len(" ".join(head.start)) + 2 > BUFFER


def has_long_field(head: Head) -> bool:
    """Of the others: 400, which has a page of its own."""
    return any(len(name) + len(value) + 4 > BUFFER for name, value in head.fields)


def normal(path: str) -> str | None:
    """A path without `.`, `..`, `//` and %-escapes; None where it leads above the root."""
    parts = list[str]()
    words = unquote(path).split("/")[1:]
    for part in words[:-1]:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    last = words[-1] if words else ""
    if last == ".." and not parts:
        return None
    if last in (".", ".."):
        parts, last = parts[:-1] if last == ".." else parts, ""
    return "/" + "".join(f"{part}/" for part in parts) + last
