"""Web servers: httpd and python3 -m http.server, each with its pages, headers and access log; nginx is nginx_site."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from netsandbox.apps.calendar import apache_time, http_date
from netsandbox.apps.stream import Stream
from netsandbox.apps.web_pages import APACHE_PAGE, media_type
from netsandbox.linux.core.inode import FileError
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.errors import ParseError
from netsandbox.wire.http import REASONS, Head, build_head, parse_head

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.core.files import Files
    from netsandbox.linux.tcp.stream import StreamSocket

NOT_MODIFIED, VERSION_NUMBER = 304, re.compile(r"HTTP/(\d{1,10})\.\d{1,10}", re.ASCII)
SILENT = 444
"""A status that nginx alone knows: the connection is closed without an answer."""


class Response(NamedTuple):
    """What a server answers.

    Attributes:
        modified: a Last-Modified date, or empty.
        reason: the phrase behind the status, None for the usual one.
        closes: whether the connection ends with it.
        location: where it sends the client.  extra: header fields behind the others.
        software: what calls itself the server.  upstream: which other servers were asked.
        length: what Content-Length says where it is not the body's.
        is_apart: the body is written behind the head, and not with it: a segment of its own.
        is_bare: there is no head, as in HTTP/0.9.
        idle: nanoseconds that the connection waits for another request; 0: it ends, None: it waits for ever.
    """

    code: int
    body: bytes
    kind: str = "text/html"
    modified: str = ""
    tag: str = ""
    reason: str | None = None
    closes: bool = False
    location: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    software: str = ""
    upstream: str = ""
    length: str = ""
    is_apart: bool = False
    is_bare: bool = False
    idle: int | None = None


class Site(Protocol):
    """One kind of web server.

    Attributes:
        knows_simple: whether it answers a request of HTTP/0.9, with the page alone.
        nodelay: when it sets TCP_NODELAY: on what it has accepted, what it keeps alive, or never.
    """

    knows_simple: ClassVar[bool]
    nodelay: ClassVar[str]

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response | None:
        """What to say to a request; None where the site calls `answer_later` once it knows."""

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        """The header fields of a response, in the server's order."""

    def refuse(self, session: HttpSession, line: str) -> Response:
        """What to say to something that is no request, as its first line shows."""

    def log(self, session: HttpSession, line: str, head: Head | None, response: Response, size: int) -> None:
        """Note a request that was answered."""


class Host(Protocol):
    """The program that a session belongs to."""

    @property
    def now(self) -> int:
        """Virtual nanoseconds."""

    def print(self, text: str) -> None:
        """To its access log."""

    def complain(self, text: str) -> None:
        """To its error log."""

    def forget(self, session: Any) -> None:
        """The session is over."""


class HttpSession:
    """One connection to a web server (apps.stream.StreamOwner).

    Attributes:
        number: of the connection, as nginx counts them.
    """

    def __init__(self, host: Host, site: Site, socket: StreamSocket, number: int) -> None:
        self.host = host
        self.site = site
        self.number = number
        self.peer = format_ipv4(socket.peer)
        self.peer_port = socket.peer_port
        self.address = format_ipv4(socket.address)
        socket.nodelay = site.nodelay == "accepted"
        self.stream = Stream(socket, self)
        self._data = b""
        self._head: Head | None = None
        self._wanted = 0
        self._waits = False
        """An answer is still to come."""
        self._timer: Timer | None = None

    def connected(self, _stream: Stream) -> None:
        """It was, before it was accepted."""

    def received(self, _stream: Stream, data: bytes) -> None:
        self._data += data
        if data:
            self._rest()
        while not self.stream.is_over and not self._waits and self._take_one():
            pass

    def ended(self, _argument: object) -> None:
        self.stream.close()
        self.failed(self.stream, "")

    def failed(self, _stream: Stream, _error: str) -> None:
        self._rest()
        self.host.forget(self)

    def _rest(self, idle: int | None = None) -> None:
        """Wait no more for another request, or so long from now on."""
        scheduler = self.stream.socket.namespace.scheduler
        scheduler.cancel(self._timer)
        self._timer = scheduler.wake_after(idle, self.ended, foreground=False) if idle else None

    def _take_one(self) -> bool:
        """Answer one request, if it is whole."""
        try:
            if self._head is None:
                found = parse_head(self._data)
                if found is None:
                    return False
                self._head, self._data = found
                length = self._head.get("Content-Length", "0")
                self._wanted = int(length) if length.isascii() and length.isdecimal() and len(length) < 10 else 0
        except ParseError:
            self._respond(None, self.site.refuse(self, self._first_line()))
            return False
        if len(self._data) < self._wanted:
            return False
        head, body = self._head, self._data[:self._wanted]
        self._head, self._data = None, self._data[self._wanted:]
        is_simple = len(head.start) == 2 and self.site.knows_simple and head.start[0] == "GET"
        if not is_simple and (len(head.start) != 3 or not head.version.startswith("HTTP/1.")):
            self._respond(None, self.site.refuse(self, " ".join(head.start)))
            return False
        response = self.site.answer(self, head, body)
        self._waits = response is None
        if response is not None:
            self._respond(head, response)
        return bool(self._data)

    def _first_line(self) -> str:
        return self._data[:200].decode("latin-1").partition("\n")[0].rstrip("\r")

    def answer_later(self, head: Head, response: Response) -> None:
        """What the site did not know at once; a client that has gone gets none."""
        self._waits = False
        if not self.stream.is_over:
            self._respond(head, response)
            self.received(self.stream, b"")

    def drop(self) -> None:
        """The server ends."""
        self.stream.drop()

    def begin(self) -> None:
        """Look at what came with the connection."""
        self.stream.begin()

    def _respond(self, head: Head | None, response: Response) -> None:
        keeps = head is not None and head.keeps_alive and not response.closes and response.code != SILENT
        keeps = keeps and response.idle != 0
        fields = self.site.fields(self, response, keeps)
        version = "HTTP/1.0" if isinstance(self.site, PythonSite) else "HTTP/1.1"
        reason = REASONS.get(response.code, "") if response.reason is None else response.reason
        start = f"{version} {response.code} {reason}"
        body = b"" if head is not None and head.start[0] == "HEAD" else response.body
        line = " ".join(head.start) if head is not None else self._first_line()
        self.site.log(self, line, head, response, len(body))
        is_simple = response.is_bare or (head is not None and len(head.start) == 2)
        start_line = b"" if is_simple else build_head(start, fields)
        if response.code != SILENT:
            for part in (start_line, body) if response.is_apart else (start_line + body,):
                self.stream.write(part)
        if not keeps:
            self.stream.close()
            self.host.forget(self)
            return
        self.stream.socket.nodelay |= self.site.nodelay == "kept"
        self._rest(response.idle)


def path_of(head: Head) -> str:
    """The path of a request's target, without its query."""
    target = head.start[1]
    if target.startswith("http://"):
        target = "/" + target[7:].partition("/")[2]
    return target.partition("?")[0].partition("#")[0]


def find_file(files: Files | None, root: str, path: str, default: bytes | None) -> tuple[bytes | None, str]:
    """(a file's bytes or None, its path); without a file system there is the default page."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        return None, path
    where = f"{root}/{'/'.join(parts)}".rstrip("/")
    names = [where, f"{where}/index.html"] if parts else [f"{where}/index.html"]
    for name in names if files is not None else ():
        try:
            if files is not None and not files.is_directory(name):
                return files.read(name).encode(), name
        except FileError:
            continue
    is_index = files is None and (not parts or parts == ["index.html"])
    return (default if is_index else None), names[-1] if not parts else where


class ApacheSite:
    """Apache httpd as its image has it."""

    knows_simple: ClassVar = False
    nodelay: ClassVar = "accepted"
    VERSION = "Apache/2.4.66 (Unix)"
    ROOT = "/usr/local/apache2/htdocs"
    MODIFIED = "Mon, 11 Jun 2007 18:53:14 GMT"
    TEXTS: ClassVar = {404: "The requested URL was not found on this server.",
             400: "Your browser sent a request that this server could not understand.<br />",
             501: "not supported for current URL.<br />"}

    def __init__(self, files: Files | None) -> None:
        self.files = files
        self.furnish(files)

    @classmethod
    def furnish(cls, files: Files | None) -> None:
        """The directory that the image brings, with its page."""
        if files is not None:
            files.system.furnish(cls.ROOT, {"index.html": APACHE_PAGE})

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        if head.version == "HTTP/1.1" and not head.get("Host"):
            return self._error(400, closes=True)
        found, name = find_file(self.files, self.ROOT, path_of(head), APACHE_PAGE)
        if head.start[0] not in ("GET", "HEAD", "POST"):
            return self._error(501, f"{head.start[0]} {self.TEXTS[501]}")
        if found is None:
            return self._error(404)
        return Response(200, found, media_type(name, ""), self.MODIFIED, f'"{len(found):x}-432a5e4a73a80"')

    def _error(self, code: int, text: str = "", closes: bool = False) -> Response:
        reason = REASONS[code]
        body = ('<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
                f"<title>{code} {reason}</title>\n</head><body>\n<h1>{reason}</h1>\n"
                f"<p>{text or self.TEXTS[code]}</p>\n</body></html>\n")
        return Response(code, body.encode(), "text/html; charset=iso-8859-1", closes=closes)

    def refuse(self, _session: HttpSession, _line: str) -> Response:
        return self._error(400, closes=True)

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        found = [("Date", http_date(session.host.now)), ("Server", self.VERSION)]
        if response.modified:
            found += [("Last-Modified", response.modified), ("ETag", response.tag), ("Accept-Ranges", "bytes")]
        found.append(("Content-Length", str(len(response.body))))
        if not keeps:
            found.append(("Connection", "close"))
        return [*found, ("Content-Type", response.kind)] if response.kind else found

    def log(self, session: HttpSession, line: str, _head: Head | None, response: Response, size: int) -> None:
        session.host.print(f'{session.peer} - - [{apache_time(session.host.now)}] "{line}" {response.code} '
                           f'{len(response.body) if size else "-"}')


class PythonSite:
    """python3 -m http.server: the files of a directory, HTTP/1.0."""

    knows_simple: ClassVar = True
    nodelay: ClassVar = "never"
    VERSION = "SimpleHTTP/0.6 Python/3.13.5"
    TEXTS: ClassVar = {404: "Nothing matches the given URI", 501: "Server does not support this operation",
                       505: "Cannot fulfill request",
             400: "Bad request syntax or unsupported method"}

    def __init__(self, files: Files | None, root: str) -> None:
        self.files = files
        self.root = root.rstrip("/")

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
        return ("<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n<hr>\n<ul>\n{rows}</ul>\n<hr>\n</body>\n"
                "</html>\n").encode()

    def _error(self, session: HttpSession, code: int, message: str) -> Response:
        session.host.complain(f"{session.peer} - - [{_python_time(session.host.now)}] code {code}, message {message}")
        body = ('<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n'
                '        <meta charset="utf-8">\n        <title>Error response</title>\n    </head>\n    <body>\n'
                f"        <h1>Error response</h1>\n        <p>Error code: {code}</p>\n"
                f"        <p>Message: {message}.</p>\n        <p>Error code explanation: {code} - "
                f"{self.TEXTS[code]}.</p>\n    </body>\n</html>\n")
        return Response(code, body.encode(), "text/html;charset=utf-8", reason=message, closes=True, is_apart=True)

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


SITES: dict[str, Callable[[Files | None], Site]] = {"httpd": ApacheSite}
