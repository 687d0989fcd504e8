"""The request that curl sends."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from netsandbox.apps.http_client import Url
from netsandbox.engine.octets import to_bytes
from netsandbox.wire.http import build_head

if TYPE_CHECKING:
    from netsandbox.apps.curl.options import CurlOptions

VERSION = "curl/8.14.1"
EXPECTED = 1 << 20  # Bytes: for a longer body it asks first (EXPECT_100_THRESHOLD)
ENCODINGS = "deflate, gzip, br, zstd"
SECRETS = frozenset({"authorization", "cookie"})


def credentials(options: CurlOptions, url: Url) -> str:
    """What the Authorization field says, empty for none."""
    user = options.values.get("user", "") or url.user
    if user:
        return "Basic " + b64encode(to_bytes(user if ":" in user else f"{user}:")).decode()
    token = options.values.get("oauth2-bearer", "")
    return f"Bearer {token}" if token else ""


def asks_first(head: bytes) -> bool:
    """Whether the request's body waits for a `100 Continue`."""
    return re.search(rb"\r\nexpect: *100-continue\r\n", head, re.IGNORECASE) is not None


def request_head(options: CurlOptions, url: Url, method: str, body: bytes | None, *, is_trusted: bool = True) -> bytes:
    """The request line and the fields, in curl's order; -H replaces, adds, or with nothing behind the colon removes.
    A server that another one led to is told no secrets, other than a cookie of -b."""
    values, flags = options.values, options.flags
    fields = [("Host", url.authority), ("Authorization", credentials(options, url) if is_trusted else ""),
              ("Range", f"bytes={values['range']}" if "range" in values else ""),
              ("User-Agent", values.get("user-agent", VERSION)), ("Accept", "*/*"),
              ("Accept-Encoding", ENCODINGS if "compressed" in flags else ""), ("Referer", values.get("referer", "")),
              ("Proxy-Connection", "Keep-Alive" if "proxy" in values else ""), ("Cookie", values.get("cookie", ""))]
    given = [entry.partition(":") for entry in options.lists["header"]]
    if "json" in flags:
        own = {name.strip().lower() for name, _colon, _value in given}
        given += [(name, ":", "application/json") for name in ("Content-Type", "Accept") if name.lower() not in own]
    for name, colon, value in given:
        if not is_trusted and name.strip().lower() in SECRETS:
            continue
        fields = [field for field in fields if field[0].lower() != name.strip().lower()]
        if colon and value.strip():
            fields.append((name.strip(), value.strip()))
    if body is not None:
        known = {name.lower() for name, _value in fields}
        fields.append(("Content-Length", str(len(body))))
        if "content-type" not in known:
            fields.append(("Content-Type", "application/x-www-form-urlencoded"))
        own = {name.strip().lower() for name, _colon, _value in given}
        if len(body) > EXPECTED and "http1.0" not in flags and "expect" not in own:
            fields.append(("Expect", "100-continue"))
    version = "HTTP/1.0" if "http1.0" in flags else "HTTP/1.1"
    where = values.get("request-target") or (f"http://{url.authority}{url.target}" if "proxy" in values else url.target)
    return build_head(f"{method} {where} {version}", [field for field in fields if field[1]])
