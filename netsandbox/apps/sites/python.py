"""The pages, headers and access log of python3 -m http.server."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import ClassVar

from netsandbox.apps.calendar import apache_time, http_date
from netsandbox.apps.http_server import NOT_MODIFIED, HttpSession, Response, find_file, path_of
from netsandbox.apps.sites.pages import media_type
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.http import Head

VERSION_NUMBER = re.compile(r"HTTP/(\d{1,10})\.\d{1,10}", re.ASCII)


class PythonSite:
    """python3 -m http.server: the files of a directory, HTTP/1.0."""

    knows_simple: ClassVar = True
    version: ClassVar = "HTTP/1.0"
    nodelay: ClassVar = "never"
    VERSION = "SimpleHTTP/0.6 Python/3.13.5"
    TEXTS: ClassVar = {404: "Nothing matches the given URI", 501: "Server does not support this operation",
                       505: "Cannot fulfill request",
             400: "Bad request syntax or unsupported method"}

    def __init__(self, files: Files | None, root: str) -> None:
        self.files = files
        self.root = root.rstrip("/")

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        return False, False

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        method, path = head.start[0], path_of(head)
        if method not in ("GET", "HEAD"):
            return self._error(session, 501, f"Unsupported method ('{method}')")
        is_folder = self.files is not None and self.files.is_directory(f"{self.root}/{path.strip('/')}")
        if is_folder and not path.endswith("/"):
            return Response(301, b"", "", closes=True, location=f"{path}/")
        found, name = find_file(self.files, self.root, path, None)
        if found is not None and _is_as_new(head, http_date(0)):
            return Response(NOT_MODIFIED, b"", closes=True)
        if found is not None:
            return Response(200, found, media_type(name, "application/octet-stream"), http_date(0), closes=True,
                            is_apart=True)
        listing = self._listing(path)
        if listing is None:
            return self._error(session, 404, "File not found")
        return Response(200, listing, "text/html; charset=utf-8", closes=True, is_apart=True)

    def _listing(self, path: str) -> bytes | None:
        """The page of a directory without index.html."""
        where = f"{self.root}/{path.strip('/')}".rstrip("/") or "/"
        if self.files is None or not self.files.is_directory(where):
            return None
        names = [name + "/" * self.files.is_directory(f"{where}/{name}") for name in self.files.names(where)]
        title = f"Directory listing for {path}"
        rows = "".join(f'<li><a href="{name}">{name}</a></li>\n' for name in sorted(names, key=str.lower))
        return to_bytes("<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n<hr>\n<ul>\n{rows}</ul>\n<hr>\n</body>\n"
                "</html>\n")

    def _error(self, session: HttpSession, code: int, message: str) -> Response:
        session.host.complain(f"{session.peer} - - [{_python_time(session.host.now)}] code {code}, message {message}")
        body = ('<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n'
                '        <meta charset="utf-8">\n        <title>Error response</title>\n    </head>\n    <body>\n'
                f"        <h1>Error response</h1>\n        <p>Error code: {code}</p>\n"
                f"        <p>Message: {message}.</p>\n        <p>Error code explanation: {code} - "
                f"{self.TEXTS[code]}.</p>\n    </body>\n</html>\n")
        return Response(code, to_bytes(body), "text/html;charset=utf-8", reason=message, closes=True, is_apart=True)

    def refuse(self, session: HttpSession, line: str) -> Response:
        """A line that says no version, or one of the future, is taken for HTTP/0.9's (parse_request)."""
        *words, last = line.split() or [""]
        number = VERSION_NUMBER.fullmatch(last)
        if len(words) < 2 and words[:1] in ([], ["GET"]):
            return self._error(session, 400, f"Bad request syntax ({line!r})")._replace(is_bare=True)
        if len(words) < 2:
            return self._error(session, 400, f"Bad HTTP/0.9 request type ({words[0]!r})")._replace(is_bare=True)
        if number is None:
            return self._error(session, 400, f"Bad request version ({last!r})")._replace(is_bare=True)
        if int(number[1]) > 1:
            found = self._error(session, 505, f"Invalid HTTP version ({last[5:]})")
            return found._replace(is_bare=True)
        return self._error(session, 400, f"Bad request syntax ({line!r})")

    def fields(self, session: HttpSession, response: Response, _keeps: bool) -> list[tuple[str, str]]:
        found = [("Server", self.VERSION), ("Date", http_date(session.host.now))]
        if response.code == NOT_MODIFIED:
            return found
        if response.location:
            return [*found, ("Location", response.location), ("Content-Length", "0")]
        if response.code != 200:
            return [*found, ("Connection", "close"), ("Content-Type", response.kind),
                    ("Content-Length", str(len(response.body)))]
        found += [("Content-type", response.kind), ("Content-Length", str(len(response.body)))]
        return [*found, ("Last-Modified", response.modified)] if response.modified else found

    def log(self, session: HttpSession, line: str, _head: Head | None, response: Response, _size: int) -> None:
        session.host.complain(f'{session.peer} - - [{_python_time(session.host.now)}] "{line}" {response.code} -')


def _is_as_new(head: Head, modified: str) -> bool:
    """Whether the client's copy is: the date that it has is that of the file, or a later one."""
    since = head.get("If-Modified-Since")
    if not since or head.get("If-None-Match"):
        return False
    try:
        dates = [parsedate_to_datetime(text) for text in (modified, since)]
    except ValueError:
        return False
    return dates[0] <= dates[1] if dates[1].tzinfo is not None else False


def _python_time(now: int) -> str:
    return apache_time(now).replace(":", " ", 1).partition(" +")[0]
