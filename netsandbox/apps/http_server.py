"""HTTP as web servers speak it; what each has for its pages, headers and access log is a site (NAME_site.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.errors import ParseError
from netsandbox.wire.http import REASONS, Head, build_head, parse_head

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

NOT_MODIFIED = 304
CONTINUE = "100-continue"
SILENT = 444  # A status that nginx alone knows: the connection is closed without an answer


class Response(NamedTuple):
    """What a server answers."""

    code: int
    body: bytes
    kind: str = "text/html"
    modified: str = ""  # a Last-Modified date, or empty
    tag: str = ""
    reason: str | None = None  # the phrase behind the status, None for the usual one
    closes: bool = False  # whether the connection ends with it
    location: str = ""  # where it sends the client
    extra: tuple[tuple[str, str], ...] = ()  # header fields behind the others
    software: str = ""  # what calls itself the server
    upstream: str = ""  # which other servers were asked
    length: str = ""  # what Content-Length says where it is not the body's
    is_apart: bool = False  # the body is written behind the head, and not with it: a segment of its own
    is_bare: bool = False  # there is no head, as in HTTP/0.9
    # nanoseconds that the connection waits for another request; 0: it ends, None: it waits for ever
    idle: int | None = None


class Site(Protocol):
    """One kind of web server."""

    version: ClassVar[str]  # that its answers begin with
    knows_simple: ClassVar[bool]  # whether it answers a request of HTTP/0.9, with the page alone
    nodelay: ClassVar[str]  # when it sets TCP_NODELAY: on what it has accepted, what it keeps alive, or never

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response | None:
        """What to say to a request; None where the site calls `answer_later` once it knows."""

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        """What `Expect: 100-continue` comes to: (whether it says 100 Continue, whether it waits for the body)."""

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

    @property
    def words(self) -> tuple[str, ...]:
        """Its command line."""

    def print(self, text: str) -> None:
        """To its access log."""

    def complain(self, text: str) -> None:
        """To its error log."""

    def forget(self, session: Any) -> None:
        """The session is over."""


class HttpSession:
    """One connection to a web server (apps.stream.StreamOwner) (number: of the connection, as nginx counts them)."""

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
        self._wanted = self._skipped = 0  # Bytes of the request's body, and of one that came too late
        self._is_asked = False  # The client was answered whether it may send the body
        self._waits = False  # An answer is still to come
        self._timer: Timer | None = None

    def connected(self, _stream: Stream) -> None:
        """It was, before it was accepted."""

    def received(self, _stream: Stream, data: bytes) -> None:
        self._data += data[self._skipped:]
        self._skipped = max(self._skipped - len(data), 0)
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
        if len(self._data) < self._wanted and self._waits_for_body(self._head):
            return False
        head, body = self._head, self._data[:self._wanted]
        self._head, self._data, self._is_asked = None, self._data[self._wanted:], False
        self._skipped = self._wanted - len(body)
        is_simple = len(head.start) == 2 and self.site.knows_simple and head.start[0] == "GET"
        if not is_simple and (len(head.start) != 3 or not head.version.startswith("HTTP/1.")):
            self._respond(None, self.site.refuse(self, " ".join(head.start)))
            return False
        response = self.site.answer(self, head, body)
        self._waits = response is None
        if response is not None:
            self._respond(head, response)
        return bool(self._data)

    def _waits_for_body(self, head: Head) -> bool:
        """Whether the answer comes after the body; a client that asks whether it may send it is told."""
        if self._is_asked or self._data or head.get("Expect").lower() != CONTINUE or head.version != "HTTP/1.1":
            return True
        self._is_asked = True
        says, waits = self.site.before_body(self, head)
        if says:
            self.stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return waits

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
        reason = REASONS.get(response.code, "") if response.reason is None else response.reason
        start = f"{self.site.version} {response.code} {reason}"
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
                return to_bytes(files.read(name)), name
        except FileError:
            continue
    is_index = files is None and (not parts or parts == ["index.html"])
    return (default if is_index else None), names[-1] if not parts else where
