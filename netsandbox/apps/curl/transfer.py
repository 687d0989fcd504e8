"""A transfer of curl: what is known of it, what is said about it, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.client import Client
from netsandbox.apps.curl import output, where
from netsandbox.apps.curl.faults import NO_HTTP, flaw
from netsandbox.apps.curl.pool import Pool
from netsandbox.apps.curl.retry import Failure, again
from netsandbox.apps.curl.text import METER_HEAD, Counts, meter, variables, write_out
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.http_client import HttpClient, Url
from netsandbox.apps.output import at_terminal
from netsandbox.apps.program import Context
from netsandbox.engine.octets import to_text
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND, seconds
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.http import Head

if TYPE_CHECKING:
    from netsandbox.apps.curl.options import CurlOptions


NOT_WRITTEN = frozenset({"json", "header_json", "certs", "size_request", "time_posttransfer", "time_queue", "xfer_id"})
"""Variables of curl 8.14 that have no value here; and the parts of an URL."""


class Transfer(Client):
    """What one run of curl holds; Curl says how it goes on."""

    name = "curl"

    def __init__(self, context: Context, options: CurlOptions, pool: Pool | None = None) -> None:
        super().__init__(context)
        self.options = options
        self.pool = pool or Pool()
        self._owns_pool = pool is None
        self.client: HttpClient | None = None
        self.url = self._first = Url("http", "", 80, "/")  # The one it is at, and the one it began with
        self._place = -1
        self._status = 0
        self._connections = self._redirects = 0
        self._timers: list[Timer] = []
        self._times: dict[str, int] = {}
        self._body = b""
        self._size = self._head_size = self._sent = 0
        self._method = "GET"
        self._address = 0
        self._known: tuple[str, int, int] | None = None  # Whom the open connection leads to: host, port, address
        self._unsent = b""  # The body, while curl waits for a `100 Continue`
        self._interim: Head | None = None
        self._heads = ""
        self._retries = 0
        self._drops_body = False  # A redirection has made a GET of the POST

    @property
    def _is_trusted(self) -> bool:
        """Whether the server may be told the secrets that were given for the first one (Curl_auth_allowed_to_host)."""
        return "location-trusted" in self.options.flags or self.url.origin == self._first.origin

    def _next(self, _argument: object) -> None:
        """Go on with the next URL."""
        raise NotImplementedError

    def _begin(self, _argument: object) -> None:
        """Begin a transfer, or begin it again."""
        raise NotImplementedError

    def _take_head(self, raw: bytes, remark: str = "") -> None:
        """Note a head and show it."""
        raise NotImplementedError

    def _peer(self) -> tuple[str, int]:
        return where.peer(self.options, self.url)

    @property
    def _code(self) -> int:
        word = self._interim.start[1] if self._interim is not None else ""
        return int(word) if word.isascii() and word.isdecimal() else 0

    def _elapsed(self) -> int:
        return (self.scheduler.clock - self._times["start"]) // MILLISECOND

    def _fail(self, code: int, text: str) -> None:
        if code not in (1, 3, 6, 22, 35):
            self._say(f"* {text}" if code != 22 else "")
        if self.client is not None:
            self._say(f"* closing connection #{self._number}")
            self.client.close()
            self.client = None
        self._end(Failure(code, text))

    def _end(self, failure: Failure | None) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        self._timers.clear()
        if self._shows_meter and (failure is None or failure.code > 6):
            shown = meter(self._size, self._sent, (self.scheduler.clock - self._times["start"]) / SECOND)
            self.output.append(("err", f"{METER_HEAD}{shown}\n"))
        if failure is None or self._body:
            failure = self._deliver() or failure
        self._status = failure.code if failure is not None else 0  # the last transfer's is curl's
        if failure is not None:
            self._complain_of(failure)
        if self._will_retry(failure):
            return
        self._write_out(failure)
        if failure is not None and "fail-early" in self.options.flags:
            self._place = len(self.options.urls)
        self.scheduler.go_on(self._next)

    @property
    def _shows_meter(self) -> bool:
        """curl shows how far it is where the body itself is not on the terminal (tool_operate.c)."""
        is_away = self._target is not None or not at_terminal(self.output)
        return is_away and "progress-meter" in self.options.flags and "silent" not in self.options.flags

    @property
    def _number(self) -> int:
        return self.client.number if self.client is not None else max(self.pool.count - 1, 0)

    @property
    def got_answer(self) -> bool:
        return self._interim is not None

    @property
    def amount(self) -> tuple[int, int, int]:
        """Bytes that came and were sent, and how many there would have been, -1 where nobody said."""
        length = self._interim.get("Content-Length") if self._interim is not None else "0"
        return self._size, self._sent, int(length) if length.isascii() and length.isdecimal() else -1

    def _complain_of(self, failure: Failure) -> None:
        if "silent" not in self.options.flags or "show-error" in self.options.flags:
            self.complain(f"curl: ({failure.code}) {failure.text}")

    def _will_retry(self, failure: Failure | None) -> bool:
        more = again(self.options, failure, self._code, self._retries)
        if more is None:
            return False
        self._retries += 1
        self._status = 0
        if "silent" not in self.options.flags:
            self.complain(more.warning)
        self._timers.append(self.scheduler.wake_after(seconds(more.pause), self._begin, foreground=self.foreground))
        return True

    @property
    def _target(self) -> str | None:
        return output.target(self.options, self.options.urls[self._place], self.url)

    def _cannot_write(self) -> bool:
        """Open the file that the body goes to, and tell what is wrong with it."""
        problem = output.write(self.options, self.context.files, self._target, "") if self._target is not None else ""
        if problem and "silent" not in self.options.flags:
            self.complain(f"Warning: Failed to open the file {self._target}: {problem}")
        return bool(problem)

    def _deliver(self) -> Failure | None:
        text, name = to_text(self._body), self._target
        heads = self.options.values.get("dump-header", "")
        if heads == "-":
            self.output.append(("out", self._heads))
        elif heads:
            output.write(self.options, self.context.files, heads, self._heads)
        if name is None:
            if text:
                self.output.append(("out", text.replace("\r\n", "\n")))
            return None
        if self._cannot_write():
            return Failure(23, f"client returned ERROR on write of {len(self._body)} bytes")
        output.write(self.options, self.context.files, name, text)
        return None

    def _write_out(self, failure: Failure | None) -> None:
        template = self.options.values.get("write-out", "")
        if template:
            pieces, unknown = write_out(template, self._variables(failure), self._interim)
            for name in unknown:
                self.complain(f"curl: -w %{{{name}}} is not modelled"
                              if name in NOT_WRITTEN or name.startswith(("url.", "urle.")) else
                              f"curl: unknown --write-out variable: '{name}'")
            self.output += [(stream, text) for stream, text in pieces if text]

    def _variables(self, failure: Failure | None) -> dict[str, str]:
        socket = self.client.socket if self.client is not None else None
        return variables(self._times, self.scheduler.clock, self._interim, Counts(
            self._size, self._sent, self._head_size, self._connections, self._redirects)) | {
            "remote_ip": format_ipv4(self._known[2]) if self._known else "",
            "remote_port": str(self.url.port) if self._known else "0",
            "local_ip": format_ipv4(socket.address) if socket else "",
            "local_port": str(socket.port) if socket else "0", "url_effective": str(self.url),
            "url": self.options.urls[self._place].text, "method": self._method, "scheme": self.url.scheme,
            "exitcode": str(failure.code if failure else 0), "errormsg": failure.text if failure else "",
            "num_retries": str(self._retries), "urlnum": str(max(self._place, 0)), "conn_id": str(self._number),
            "referer": self.options.values.get("referer", ""), "num_certs": "0", "tls_earlydata": "0",
            "proxy_used": str(int("proxy" in self.options.values)), "proxy_ssl_verify_result": "0",
            "ftp_entry_path": "", "onerror": "",
            "filename_effective": self._target or "", "redirect_url": self._redirect_url}

    # -- how it ends otherwise

    def broken(self, client: HttpClient, what: str, error: str) -> None:
        if client is not self.client:
            return
        if what == "connect":
            local = f"{format_ipv4(client.socket.address)} port {client.socket.port}"
            self._say(f"* connect to {format_ipv4(self._address)} port {self._peer()[1]} from {local} failed: "
                      f"{TEXTS.get(error, error)}")
            self._cannot_connect(error)
        elif what == "empty":
            self._say(f"* shutting down connection #{client.number}")
            self._fail(52, "Empty reply from server")
        elif what == "partial":
            self._fail(18, f"end of response with {error} bytes missing" if error else
                       "transfer closed with outstanding read data remaining")
        elif what == "chunk":
            self._fail(56, error)
        elif error in ("", "HTTP"):
            self._got_no_head(client, error)
        else:
            self._fail(56, f"Recv failure: {TEXTS.get(error, error)}")

    def _found_flaw(self, head: bytes) -> bool:
        found = flaw(head)
        if found is not None:
            self._take_head(found[0])
            self._fail(*found[1])
        return found is not None

    def _got_no_head(self, client: HttpClient, error: str) -> None:
        """It makes no sense, or was cut off."""
        if self._found_flaw(client.unread):
            return
        if error:
            self._say(f"* {NO_HTTP.text}")
            self._fail(*NO_HTTP)
        elif not client.end_head():
            self._fail(52, "Empty reply from server")

    # -- how long it waits

    def _cannot_connect(self, error: str) -> None:
        self._fail(28 if error == "ETIMEDOUT" else 7, f"Failed to connect to {self._peer()[0]} port {self._peer()[1]} "
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

    # -- what is said of it

    @property
    def _redirect_url(self) -> str:
        """Where -L would lead."""
        found = self._interim.get("Location") if self._interim and "location" not in self.options.flags else ""
        return where.redirected(self.url, found) if found else ""

    def _say(self, text: str) -> None:
        if "verbose" in self.options.flags:
            self.complain(text)

    def stop(self) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        super().stop()
        self._close_all()

    def _close_all(self) -> None:
        """The open connections, or leave the last one to the others."""
        if self._owns_pool:
            self.pool.close()
        elif self.client is not None and self._known is not None and self.client.is_idle:
            self.pool.keep(self.client, self._known)
            self.client = None
        if self.client is not None:
            self.client.close()
            self.client = None

    def _reuses(self) -> bool:
        """Whether an open connection leads there, which is `client` then."""
        if self.client is not None and self._known is not None:
            self.pool.keep(self.client, self._known)
            self.client = None
        found = self.pool.take(self._peer())
        if found is None:
            return False
        self.client, self._known = found
        return True
