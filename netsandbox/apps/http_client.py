"""One HTTP exchange from a client's side: a connection, a request, and the response as it comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol
from urllib.parse import urljoin

from netsandbox.apps.stream import Stream
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process, SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.errors import ParseError
from netsandbox.wire.http import Head, parse_head

BODILESS = (204, 304)
INTERIM = frozenset({"100", "102", "103"})
STATUS = b"HTTP/"  # What an answer begins with; one of HTTP/0.9 does not


class Url(NamedTuple):
    """The parts of an http URL.

    Attributes:
        port: 80 unless given.  is_default_port: whether it was not given, or is 80.
        target: path and query, as a request names them.
        user: what stands before the @.
    """

    scheme: str
    host: str
    port: int
    target: str
    user: str = ""

    @property
    def authority(self) -> str:
        """What the Host field says."""
        usual = {"http": 80, "https": 443}.get(self.scheme)
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def joined(self, where: str) -> str:
        """Where a Location of its answer leads (RFC 3986, 5.2)."""
        return urljoin(str(self), where)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What of it says whom secrets may be told."""
        return self.scheme, self.host.lower(), self.port


class Ipv6Error(ValueError):
    """An URL with an address that nothing here has."""


def parse_url(text: str) -> Url:
    """An URL, with http:// taken for granted (ValueError: it has no host, or no such port; the text says which)."""
    scheme, separator, rest = text.partition("://")
    rest = rest.removeprefix("/") if scheme.lower() != "file" else rest  # a third slash does no harm
    if not separator:
        scheme, rest = "http", text.removeprefix("http:").lstrip("/") if text.startswith("http:/") else text
    authority, slash, path = rest.partition("/")
    authority, question, query = authority.partition("?")
    target = f"/?{query}" if question else slash + path
    user, _at, place = authority.rpartition("@")
    if place.startswith("["):
        raise Ipv6Error("IPv6 is not modelled")
    host, colon, port = place.partition(":")
    if not host:
        raise ValueError("No host part in the URL")
    if any(character <= " " or character == "\x7f" for character in text):
        raise ValueError("Malformed input to a URL function")
    if colon and port and not (port.isascii() and port.isdecimal() and int(port) < 65536):
        raise ValueError("Port number was not a decimal number between 0 and 65535")
    number = int(port) if port else {"https": 443}.get(scheme.lower(), 80)
    return Url(scheme.lower(), host, number, target.partition("#")[0] or "/", user)


class ClientOwner(Protocol):
    """Who is told how an exchange goes on."""

    def connected(self, client: HttpClient) -> None:
        """The handshake is done: a request may be sent."""

    def got_head(self, client: HttpClient, raw: bytes, head: Head) -> None:
        """The response's head has come."""

    def got_body(self, client: HttpClient, data: bytes) -> None:
        """A part of the body."""

    def finished(self, client: HttpClient) -> None:
        """The response is whole."""

    def broken(self, client: HttpClient, what: str, error: str) -> None:
        """It ends otherwise: `what` is connect, empty, partial, chunk or receive, `error` an errno name, how many bytes
        miss, or what is wrong with a chunk."""


class HttpClient:
    """A connection to a web server (apps.stream.StreamOwner)."""

    def __init__(self, namespace: NetworkNamespace, process: Process, owner: ClientOwner) -> None:
        self.socket = StreamSocket(namespace, process)
        self.owner = owner
        self.stream: Stream | None = None
        self.head: Head | None = None
        self.left: int | None = None  # Bytes of the body that are still to come; None until the connection ends
        self.excess = 0  # Bytes that came behind the body
        self.keeps_alive = False
        self.number = 0  # Of the connection, among those of its program
        self.on_interim: Callable[[bytes], None] | None = None
        """Is told the head of what is no answer yet (RFC 9110, 15.2)."""
        self.bare: Head | None = None
        """What an answer without a head is taken to have for one, as HTTP/0.9's; None refuses it."""
        self._method = ""
        self._data = b""
        self._chunks: Any = None

    def connect(self, address: int, port: int) -> None:
        """Begin (SocketError: as StreamSocket.connect)."""
        self.stream = Stream(self.socket, self)
        self.socket.connect(address, port)

    def request(self, method: str, data: bytes) -> None:
        """Send a request; the response is told to the owner."""
        self._method, self._data, self.head, self.left, self._chunks = method, b"", None, None, None
        self.send(data)

    def send(self, data: bytes) -> None:
        """More of the request."""
        assert self.stream is not None
        self.stream.write(data)

    @property
    def is_open(self) -> bool:
        return self.stream is not None and not self.stream.is_over and not self.stream.saw_end

    @property
    def is_unbounded(self) -> bool:
        """Whether the body goes on until the connection ends, which the head of HTTP/1.1 did not say."""
        head = self.head
        return (head is not None and self.left is None and self._chunks is None and head.version == "HTTP/1.1"
                and "close" not in head.get("Connection").lower())

    @property
    def is_idle(self) -> bool:
        """Whether another request may follow on it."""
        return self.is_open and self.head is not None and self.keeps_alive and not self.left

    def close(self) -> None:
        if self.stream is not None:
            self.stream.drop()
        else:
            self.socket.close()

    # -- what comes

    def connected(self, _stream: Stream) -> None:
        self.owner.connected(self)

    def received(self, _stream: Stream, data: bytes) -> None:
        while self.head is None:
            self._data += data
            try:
                if not self._data.startswith(STATUS[:len(self._data)]):
                    raise ParseError("HTTP", "no status line")
                found = parse_head(self._data)
            except ParseError:
                found = (self.bare, self._data) if self.bare is not None else None
                if found is None or self._data.startswith(STATUS):
                    self.owner.broken(self, "receive", "HTTP")
                    return
            if found is None:
                return
            head, rest = found
            raw = self._data[:len(self._data) - len(rest)]
            if head.start[1] in INTERIM:
                self._data, data = b"", rest
                if self.on_interim is not None:
                    self.on_interim(raw)
                if not rest or self.stream is None or self.stream.is_over:
                    return
                continue
            self._begin_body(head)
            self.owner.got_head(self, raw, head)
            data = rest
        if self.stream is not None and not self.stream.is_over:
            self._take_body(data)

    def _begin_body(self, head: Head) -> None:
        self.head = head
        code = head.start[1]
        self.keeps_alive = head.keeps_alive
        length = head.get("Content-Length")
        if self._method == "HEAD" or (code.isdecimal() and (int(code) in BODILESS or int(code) < 200)):
            self.left = 0
        elif "chunked" in head.get("Transfer-Encoding").lower():
            self._chunks = Chunks()
        elif length.isascii() and length.isdecimal() and len(length) < 16:
            self.left = int(length)
        else:
            self.keeps_alive = False

    def _take_body(self, data: bytes) -> None:
        if self._chunks is not None:
            data = self._chunks.take(data)
            is_whole = self._chunks.is_whole
            self.left = 0 if is_whole else None
        elif self.left is not None:
            self.excess = max(len(data) - self.left, 0)
            data = data[:self.left]
            self.left -= len(data)
            is_whole = not self.left
        else:
            is_whole = False
        if data:
            self.owner.got_body(self, data)
        if self.stream is None or self.stream.is_over:
            return
        if self._chunks is not None and self._chunks.fault:
            self.owner.broken(self, "chunk", self._chunks.fault)
        if is_whole:
            self.keeps_alive = self.keeps_alive and not self.excess
            self.owner.finished(self)

    def ended(self, _stream: Stream) -> None:
        if self.head is None:
            self.owner.broken(self, "empty" if not self._data else "receive", "")
        elif self.left is None and self._chunks is None:
            self.owner.finished(self)
        elif self.left != 0:
            self.owner.broken(self, "partial", str(self.left or ""))

    @property
    def unread(self) -> bytes:
        """What came of a head that makes no sense, or is not whole."""
        return self._data

    def end_head(self) -> bool:
        """Of a head that was cut off, what came of it may be the whole: as a client does that looks at each line."""
        whole = self._data[:self._data.rfind(b"\n") + 1]
        try:
            found = parse_head(whole + b"\n") if whole else None
        except ParseError:
            found = None
        if found is None or self.stream is None:
            return False
        self._begin_body(found[0])
        self.owner.got_head(self, whole, found[0])
        self.ended(self.stream)
        return True

    def failed(self, _stream: Stream, error: str) -> None:
        what = "connect" if self.stream is not None and not self.stream.sent and not self.stream.taken else "receive"
        self.owner.broken(self, what, error)


class Chunks:
    """A body in chunks (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self.is_whole = self._is_last = False
        self.fault = ""  # Why what came is no chunk
        self._data = b""
        self._left = 0

    def take(self, data: bytes) -> bytes:
        """What of the body some more bytes are."""
        self._data += data
        out = b""
        while self._data and not self.is_whole:
            if self._left:
                part = self._data[:self._left]
                out += part[:max(self._left - 2, 0)]
                self._data = self._data[len(part):]
                self._left -= len(part)
                continue
            line, newline, rest = self._data.partition(b"\r\n")
            if not newline:
                break
            self._data = rest
            if self._is_last:  # Trailers stand behind the last chunk, until a line that is empty
                self.is_whole = not line
                continue
            digits = re.match(rb"[0-9a-fA-F]*", line)
            assert digits is not None
            if not digits[0]:
                self.fault = f"chunk hex-length char not a hex digit: 0x{(line or newline)[0]:x}"
                break
            size = int(digits[0], 16)
            self._is_last = not size
            self._left = size + 2 if size else 0
        return out


def open_socket(client: HttpClient, interface: str, names: dict[str, int]) -> str:
    """Bind a client's socket to an address or an interface, by its name; the errno name of what goes wrong."""
    namespace = client.socket.namespace
    device = namespace.interfaces.get(interface)
    if device is not None:
        client.socket.interface = device
        return ""
    address = names.get(interface)
    if address is None:
        return "ENODEV"
    try:
        client.socket.bind(address, 0)
    except SocketError as error:
        return error.name
    return ""
