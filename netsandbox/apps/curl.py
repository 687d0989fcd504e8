"""curl: HTTP over real connections; what it says is what curl 8.14 says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps import curl_options
from netsandbox.apps.client import Client
from netsandbox.apps.curl_request import VERSION, request_head, upload
from netsandbox.apps.curl_text import METER_HEAD, Counts, meter, variables, write_out
from netsandbox.apps.errno import NUMBERS, TEXTS
from netsandbox.apps.http_client import HttpClient, Url, open_socket, parse_url
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Reply
from netsandbox.apps.server import Speaker
from netsandbox.engine.units import MILLISECOND, SECOND, seconds
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4
from netsandbox.wire.http import Head

if TYPE_CHECKING:
    from netsandbox.apps.curl_options import CurlOptions
    from netsandbox.engine.scheduler import Timer

MOST_REDIRECTS = 50
CONNECT_PATIENCE = 300 * SECOND
REDIRECTS = (301, 302, 303, 307, 308)


class Failure(NamedTuple):
    """How a transfer ended badly: curl's number for it, and its words."""

    code: int
    text: str


class Curl(Client):
    """One run of curl."""

    name = "curl"

    def __init__(self, context: Context, options: CurlOptions) -> None:
        super().__init__(context)
        self.options = options
        self.client: HttpClient | None = None
        self.url = Url("http", "", 80, "/")
        self._place = -1
        self._status = 0
        self._connections = self._redirects = 0
        self._timers: list[Timer] = []
        self._times: dict[str, int] = {}
        self._body = b""
        self._size = self._head_size = self._sent = 0
        self._method = "GET"
        self._address = 0
        self._known: tuple[str, int, int] | None = None
        """Whom the open connection leads to: host, port, address."""
        self._interim: Head | None = None

    # -- the transfers, one after another

    def start(self) -> None:
        for entry in self.options.lists["resolve"]:
            host, _colon, rest = entry.lstrip("+").partition(":")
            port, _colon, address = rest.partition(":")
            self._say(f"* Added {host}:{port}:{address} to DNS cache")
        self._next(None)

    def _next(self, _argument: object) -> None:
        self._place += 1
        if self._place >= len(self.options.urls):
            if self.client is not None:
                self.client.close()
            self.scheduler.soon(self._leave)
            return
        self._times = {"start": self.scheduler.clock}
        self._redirects = self._connections = 0
        self._method = self.options.values.get("request", "") or (
            "HEAD" if "head" in self.options.flags else "POST" if self._has_body else "GET")
        limit = self.options.number("max-time")
        if limit:
            self._timers.append(self.scheduler.wake_after(seconds(limit), self._time_out, foreground=self.foreground))
        self._fetch(self.options.urls[self._place])

    def _leave(self, _argument: object) -> None:
        """What was closed has said so by now, as ending takes a process longer than a segment its way."""
        self.exit(self._status)

    @property
    def _has_body(self) -> bool:
        return bool(self.options.data) and "get" not in self.options.flags

    def _fetch(self, text: str) -> None:
        self._body, self._size, self._head_size, self._sent = b"", 0, 0, 0
        self._interim = None
        try:
            self.url = parse_url(text)
        except ValueError as error:
            self._fail(3, f"URL rejected: {error}")
            return
        if "get" in self.options.flags and self.options.data:
            joint = "&" if "?" in self.url.target else "?"
            self.url = self.url._replace(target=self.url.target + joint + "&".join(self.options.data))
        if self.url.scheme == "https":
            self._fail(35, "TLS is not modelled: the sandbox speaks http:// alone")
        elif self.url.scheme != "http":
            self._fail(1, f'Protocol "{self.url.scheme}" not supported')
        elif self.client is not None and self.client.is_open and self._known and self._known[:2] == self.url[1:3]:
            self._say(f"* Re-using existing http: connection with host {self.url.host}")
            self._request()
        else:
            self._resolve()

    def _resolve(self) -> None:
        self._times["lookup"] = self._times["connect"] = self._times["first"] = self.scheduler.clock
        for entry in self.options.lists["resolve"]:
            host, _colon, rest = entry.lstrip("+").partition(":")
            port, _colon, address = rest.partition(":")
            if host.lower() == self.url.host.lower() and port == str(self.url.port):
                self._say(f"* Hostname {self.url.host} was found in DNS cache")
                self._connect_to(address.partition(",")[0].strip("[]"))
                return
        self.look_up(self.url.host)

    def unresolved(self, _reply: Reply) -> None:
        self._fail(6, f"Could not resolve host: {self.url.host}")

    def resolved(self, reply: Reply) -> None:
        address = format_ipv4(reply.addresses[0])
        if address != self.url.host:
            self._say(f"* Host {self.url.host}:{self.url.port} was resolved.")
            self._say("* IPv6: (none)")
            self._say(f"* IPv4: {', '.join(format_ipv4(found) for found in reply.addresses)}")
        self._connect_to(address)

    def _connect_to(self, text: str) -> None:
        try:
            address = parse_ipv4(text)
        except AddressError:
            self._fail(49, f"Couldn't parse CURLOPT_RESOLVE entry '{text}'")
            return
        self._address = address
        self._times["lookup"] = self.scheduler.clock
        self._say(f"*   Trying {text}:{self.url.port}...")
        self.client = client = HttpClient(self.namespace, self.process, self)
        interface = self.options.values.get("interface", "").removeprefix("if!").removeprefix("host!")
        problem = open_socket(client, interface, _addresses(interface)) if interface else ""
        if problem:
            self._refuse_interface(interface, problem)
            return
        limit = self.options.number("connect-timeout")
        patience = seconds(limit) if limit else CONNECT_PATIENCE
        self._timers.append(self.scheduler.wake_after(patience, self._give_up, foreground=self.foreground))
        try:
            client.connect(address, self.url.port)
        except SocketError as error:
            self._say(f"* Immediate connect fail for {text}: {TEXTS[error.name]}")
            self._cannot_connect(error.name)

    def _refuse_interface(self, interface: str, problem: str) -> None:
        number, text = NUMBERS[problem], TEXTS[problem]
        if problem == "ENODEV":
            self._fail(45, f"Couldn't bind to '{interface}' with errno {number}: {text}")
            return
        self._say(f"* bind failed with errno {number}: {text}")
        self._fail(45, f"bind failed with errno {number}: {text}")

    # -- how it goes on (apps.http_client.ClientOwner)

    def connected(self, client: HttpClient) -> None:
        self._times["connect"] = self.scheduler.clock
        self._connections += 1
        self._known = self.url.host, self.url.port, self._address
        self._say(f"* Connected to {self.url.host} ({format_ipv4(self._address)}) port {self.url.port}")
        self._say("* using HTTP/1.x")
        self._request()

    def _request(self) -> None:
        assert self.client is not None
        self._times["request"] = self.scheduler.clock
        body = upload(self.options, self.context.files) if self._has_body else None
        head = request_head(self.options, self.url, self._method, body)
        for line in head.decode("latin-1").split("\r\n")[:-1]:
            self._say(f"> {line}")
        self._sent = len(body or b"")
        if body:
            self._say(f"* upload completely sent off: {len(body)} bytes")
        else:
            self._say("* Request completely sent off")
        self.client.request(self._method, head + (body or b""))

    def got_head(self, client: HttpClient, raw: bytes, head: Head) -> None:
        self._times["first"] = self.scheduler.clock
        self._head_size += len(raw)
        self._interim = head
        if head.version == "HTTP/1.0":
            self._say("* HTTP 1.0, assume close after body")
        for line in raw.decode("latin-1").split("\r\n")[:-1]:
            self._say(f"< {line}")
        if "include" in self.options.flags or "head" in self.options.flags:
            self._body += raw

    def got_body(self, client: HttpClient, data: bytes) -> None:
        if not self._size and self._target is not None:
            self._say(f"{{ [{len(data)} bytes data]")
        self._size += len(data)
        if not self._hides_body():
            self._body += data

    def _hides_body(self) -> bool:
        failed = "fail" in self.options.flags and self._code >= 400
        return failed or bool(self._goes_on())

    @property
    def _code(self) -> int:
        word = self._interim.start[1] if self._interim is not None else ""
        return int(word) if word.isascii() and word.isdecimal() else 0

    def _goes_on(self) -> str:
        """Where -L leads."""
        if "location" not in self.options.flags or self._code not in REDIRECTS or self._interim is None:
            return ""
        return self._interim.get("Location")

    def finished(self, client: HttpClient) -> None:
        client_lives = client.keeps_alive and client.is_open
        if "fail" in self.options.flags and self._code >= 400:
            self._fail(22, f"The requested URL returned error: {self._code}")
            return
        where = self._goes_on()
        if client_lives:
            self._say(f"* Connection #{max(self._connections - 1, 0)} to host {self.url.host} left intact")
        else:
            self._say(f"* shutting down connection #{max(self._connections - 1, 0)}")
            client.close()
            self.client = None
        if where:
            self._follow(where)
            return
        self._end(None)

    def _follow(self, where: str) -> None:
        self._redirects += 1
        most = self.options.number("max-redirs")
        if self._redirects > (MOST_REDIRECTS if most is None else most):
            self._fail(47, f"Maximum ({MOST_REDIRECTS if most is None else round(most)}) redirects followed")
            return
        text = where if "://" in where else f"{self.url.scheme}://{self.url.authority}/{where.lstrip('/')}"
        if self._code in (301, 302, 303) and self._method == "POST" and "request" not in self.options.values:
            self._method = "GET"
            self.options.data.clear()
        self._say(f"* Issue another request to this URL: '{text}'")
        self._fetch(text)

    def broken(self, client: HttpClient, what: str, error: str) -> None:
        if what == "connect":
            local = f"{format_ipv4(client.socket.address)} port {client.socket.port}"
            self._say(f"* connect to {format_ipv4(self._address)} port {self.url.port} from {local} failed: "
                      f"{TEXTS.get(error, error)}")
            self._cannot_connect(error)
        elif what == "empty":
            self._say(f"* shutting down connection #{max(self._connections - 1, 0)}")
            self._fail(52, "Empty reply from server")
        elif what == "partial":
            self._fail(18, f"end of response with {error} bytes missing")
        elif error == "HTTP":
            self._fail(1, "Received HTTP/0.9 when not allowed")
        else:
            self._fail(56, f"Recv failure: {TEXTS.get(error, error)}")

    # -- ends

    def _elapsed(self) -> int:
        return (self.scheduler.clock - self._times["start"]) // MILLISECOND

    def _cannot_connect(self, error: str) -> None:
        self._fail(28 if error == "ETIMEDOUT" else 7, f"Failed to connect to {self.url.host} port {self.url.port} "
                   f"after {self._elapsed()} ms: Could not connect to server")

    def _give_up(self, _argument: object) -> None:
        if self.client is not None and self.client.socket.is_connecting:
            self._fail(28, f"Connection timed out after {self._elapsed()} milliseconds")

    def _time_out(self, _argument: object) -> None:
        if self.is_looking_up:
            self._fail(28, f"Resolving timed out after {self._elapsed()} milliseconds")
        elif self.client is not None and self.client.socket.is_connecting:
            self._fail(28, f"Connection timed out after {self._elapsed()} milliseconds")
        else:
            length = self.client.head.get("Content-Length") if self.client and self.client.head else ""
            out_of = f" out of {length}" if length else ""
            self._fail(28, f"Operation timed out after {self._elapsed()} milliseconds with {self._size}{out_of} "
                           "bytes received")

    def _fail(self, code: int, text: str) -> None:
        if code not in (1, 3, 6, 22, 35):
            self._say(f"* {text}" if code != 22 else "")
        if self.client is not None:
            self._say("* closing connection #0")
            self.client.close()
            self.client = None
        self._end(Failure(code, text))

    def _end(self, failure: Failure | None) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        self._timers.clear()
        if self._target is not None and "silent" not in self.options.flags and (failure is None or failure.code > 6):
            shown = meter(self._size, self._sent, (self.scheduler.clock - self._times["start"]) / SECOND)
            self.output.append(("err", f"{METER_HEAD}{shown}\n"))
        if failure is None or self._body:
            self._deliver()
        if failure is not None:
            self._status = failure.code
            if "silent" not in self.options.flags or "show-error" in self.options.flags:
                self.complain(f"curl: ({failure.code}) {failure.text}")
        self._write_out(failure)
        self.scheduler.go_on(self._next)

    @property
    def _target(self) -> str | None:
        """The file that the body goes to; None for standard output."""
        names = self.options.lists["output"]
        if self._place < len(names):
            return None if names[self._place] == "-" else names[self._place]
        if "remote-name" in self.options.flags:
            return self.url.target.partition("?")[0].rpartition("/")[2] or "curl_response"
        return None

    def _deliver(self) -> None:
        text = self._body.decode("utf-8", "replace").replace("\r\n", "\n") if self._target is None else (
            self._body.decode("utf-8", "replace"))
        if self._target is None:
            if text:
                self.output.append(("out", text))
            return
        try:
            self.context.files.write(self._target, text)
        except FileError as error:
            self.complain(f"Warning: Failed to open the file {self._target}: {error}")
            self.complain("curl: (23) client returned ERROR on write, "
                          f"{len(self._body)} was not {len(self._body)}")
            self._status = 23

    def _write_out(self, failure: Failure | None) -> None:
        template = self.options.values.get("write-out", "")
        if template:
            text, unknown = write_out(template, self._variables(failure))
            for name in unknown:
                self.complain(f"curl: unknown --write-out variable: '{name}'")
            self.output.append(("out", text))

    def _variables(self, failure: Failure | None) -> dict[str, str]:
        socket = self.client.socket if self.client is not None else None
        return variables(self._times, self.scheduler.clock, self._interim, Counts(
            self._size, self._sent, self._head_size, self._connections, self._redirects)) | {
            "remote_ip": format_ipv4(self._known[2]) if self._known else "",
            "remote_port": str(self.url.port) if self._known else "0",
            "local_ip": format_ipv4(socket.address) if socket else "",
            "local_port": str(socket.port) if socket else "0", "url_effective": str(self.url),
            "url": self.options.urls[self._place], "method": self._method, "scheme": self.url.scheme,
            "exitcode": str(failure.code if failure else 0), "errormsg": failure.text if failure else "",
            "filename_effective": self._target or "", "redirect_url": self._interim.get("Location")
            if self._interim and "location" not in self.options.flags else ""}

    def _say(self, text: str) -> None:
        if "verbose" in self.options.flags:
            self.complain(text)

    def stop(self) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        super().stop()
        if self.client is not None:
            self.client.close()


def _addresses(text: str) -> dict[str, int]:
    try:
        return {text: parse_ipv4(text)}
    except AddressError:
        return {}


def program(context: Context) -> Program:
    """curl(1) (program.Maker)."""
    if context.arguments[:1] in (["--version"], ["-V"]):
        return Speaker(context.namespace, "curl", [("out", f"curl 8.14.1 (netsandbox) lib{VERSION}"),
                                                   ("out", "Protocols: http")], context.next_pid())
    return Curl(context, curl_options.parse(context.arguments))
