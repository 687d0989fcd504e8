"""Parts of a file that a request asks for (RFC 9110, 14)."""

from __future__ import annotations

import re

from netsandbox.apps.http_server import HttpSession, Response
from netsandbox.wire.http import Head

_ONE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


def asked(session: HttpSession, head: Head, page: Response) -> range | None:
    """Which bytes of a page are asked for: None for all, an empty range where there are none of those."""
    wish, unless = head.get("Range"), head.get("If-Range")
    if wish[:6].lower() != "bytes=" or page.code != 200 or not page.tag or unless not in ("", page.tag, page.modified):
        return None
    if "," in wish:
        session.host.complain("netsandbox: several parts in one Range are not modelled")
        return None
    found = _ONE.fullmatch(wish)
    if found is None or not (found[1] or found[2]):
        return range(0)
    total = len(page.body)
    first = int(found[1]) if found[1] else max(total - int(found[2]), 0)
    last = int(found[2]) if found[1] and found[2] else total - 1
    return range(first, min(last + 1, total))


def cut(page: Response, part: range) -> Response:
    """The part of it."""
    told = ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{len(page.body)}")
    return page._replace(code=206, body=page.body[part.start:part.stop], extra=(*page.extra, told))
