"""The request that curl sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.inode import FileError
from netsandbox.wire.http import build_head

if TYPE_CHECKING:
    from netsandbox.apps.curl_options import CurlOptions
    from netsandbox.apps.http_client import Url
    from netsandbox.linux.core.files import Files

VERSION = "curl/8.14.1"


def upload(options: CurlOptions, files: Files) -> bytes:
    """The body of -d: its parts joined by &; a part that begins with @ is a file, without its newlines."""
    parts = []
    for part in options.data:
        if part.startswith("@"):
            try:
                part = files.read(part[1:]).replace("\n", "")
            except FileError:
                part = ""
        parts.append(part)
    return "&".join(parts).encode()


def request_head(options: CurlOptions, url: Url, method: str, body: bytes | None) -> bytes:
    """The request line and the fields, in curl's order; -H replaces, adds, or with nothing behind the colon removes."""
    fields = [("Host", url.authority), ("User-Agent", options.values.get("user-agent", VERSION)), ("Accept", "*/*")]
    if "referer" in options.values:
        fields.append(("Referer", options.values["referer"]))
    for entry in options.lists["header"]:
        name, colon, value = entry.partition(":")
        fields = [field for field in fields if field[0].lower() != name.strip().lower()]
        if colon and value.strip():
            fields.append((name.strip(), value.strip()))
    if body is not None:
        given = {name.lower() for name, _value in fields}
        fields.append(("Content-Length", str(len(body))))
        if "content-type" not in given:
            fields.append(("Content-Type", "application/x-www-form-urlencoded"))
    version = "HTTP/1.0" if "http1.0" in options.flags else "HTTP/1.1"
    return build_head(f"{method} {url.target} {version}", [field for field in fields if field[1]])
