"""Where curl puts what it has got: files, and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.http_client import Url
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

if TYPE_CHECKING:
    from netsandbox.apps.curl.glob import Wanted
    from netsandbox.apps.curl.options import CurlOptions


def target(options: CurlOptions, wanted: Wanted, url: Url) -> str | None:
    """The file that a body goes to; None for standard output."""
    names = options.lists["output"]
    if wanted.place < len(names):
        name = wanted.named(names[wanted.place])
        if name == "-":
            return None
    elif options.flags & {"remote-name", "remote-name-all"}:
        name = url.target.partition("?")[0].rstrip("/").rpartition("/")[2] or "curl_response"
    else:
        return None
    folder = options.values.get("output-dir", "")
    return f"{folder}/{name}" if folder else name


def write(options: CurlOptions, files: Files, name: str, text: str) -> str:
    """Write a file; what went wrong, empty if nothing."""
    if "create-dirs" in options.flags:
        path = ""
        for part in name.split("/")[:-1]:
            path += f"{part}/"
            if part and not files.exists(path):
                files.make_directory(path)
    try:
        files.write(name, text)
    except FileError as error:
        return str(error)
    return ""
