"""curl: HTTP over real connections; what it says is what curl 8.14 says."""

from __future__ import annotations

from netsandbox.apps.calendar import http_date
from netsandbox.apps.curl import glob
from netsandbox.apps.curl import options as curl_options
from netsandbox.apps.curl import where as curl_where
from netsandbox.apps.curl.parallel import Parallel
from netsandbox.apps.curl.request import VERSION, asks_first, credentials, request_head
from netsandbox.apps.curl.retry import Failure
from netsandbox.apps.curl.transfer import Transfer
from netsandbox.apps.errno import NUMBERS, TEXTS
from netsandbox.apps.http_client import HttpClient, Ipv6Error, open_socket, parse_url
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Reply
from netsandbox.apps.server import Speaker
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import SECOND, seconds
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none, parse_ipv4
from netsandbox.wire.http import Head

MOST_REDIRECTS = 50
PIECE = 65536  # Bytes that are read of a body at a time
NO_SIZE = "* no chunk, no close, no size. Assume close to signal end"
ASKED = 1.0  # Seconds that it waits for a `100 Continue`
CONNECT_PATIENCE = 300 * SECOND
HELP = "Usage: curl [options...] <url>\n" + curl_options.TABLE.usage()
REDIRECTS = (301, 302, 303, 307, 308)
KEEPS_POST = {301: "post301", 302: "post302", 303: "post303"}  # These make a GET of a POST, but for an option


class Curl(Transfer):
    """One run of curl: its transfers, one after another (apps.http_client.ClientOwner)."""

    # -- the transfers, one after another

    def start(self) -> None:
        if not self.options.may_begin(self):
            return
        try:
            for host, port, addresses in curl_where.pinned(self.options):
                self._say(f"* Added {host}:{port}:{addresses} to DNS cache")
        except curl_where.ResolveError as error:
            self._status, self._place = 49, len(self.options.urls)
            self._complain_of(Failure(49, str(error)))
        self._next(None)

    def _next(self, _argument: object) -> None:
        self._place += 1
        if self._place >= len(self.options.urls):
            self._close_all()
            self.scheduler.soon(self._leave)
            return
        self._retries = 0
        self._begin(None)

    def _begin(self, _argument: object) -> None:
        """Begin a transfer, or begin it again."""
        self._times = {"start": self.scheduler.clock}
        self._redirects = self._connections = self._head_size = 0
        self._drops_body = False
        self._method = self.options.values.get("request", "") or (
            "HEAD" if "head" in self.options.flags else "POST" if self.options.has_body else "GET")
        limit = self.options.number("max-time")
        if limit:
            self._timers.append(self.scheduler.wake_after(seconds(limit), self._time_out, foreground=self.foreground))
        query = "&".join(self.options.lists["url-query"])
        text = self.options.urls[self._place].text
        self._fetch(f"{text}{'&' if '?' in text else '?'}{query}" if query else text)

    def _leave(self, _argument: object) -> None:
        """What was closed has said so by now, as ending takes a process longer than a segment its way."""
        self.exit(self._status)

    def _fetch(self, text: str) -> None:
        self._body, self._size, self._sent, self._unsent = b"", 0, 0, b""
        self._interim = None
        if text[:7].lower() == "file://":
            self._show_file(text[7:].removeprefix("localhost"))
            return
        if not self._read_url(text):
            return
        problem = curl_where.scheme_problem(self.url.scheme)
        if problem is not None:
            flags = self.options.flags  # -s hides curl's own errors, and not what the sandbox has not
            if "not modelled" in problem[1] and "silent" in flags and "show-error" not in flags:
                self.complain(f"netsandbox: curl: {problem[1]}")
            self._fail(*problem)
        else:
            self.find_connection(None)

    def find_connection(self, _argument: object) -> None:
        """One that is open, or a new one; of parallel transfers those to one server wait for the first (PIPEWAIT)."""
        if self._reuses():
            assert self.client is not None
            self.client.owner, self.client.on_interim = self, self._got_interim
            self._say(f"* Re-using existing http: connection with host {self.url.host}")
            self._request()
            return
        waits = self.pool.waits(self, self._peer())
        for number in self.pool.connecting(self._peer()):
            self._say(f"* Connection #{number} is not open enough, cannot reuse")
        if waits:
            self._say("* Found pending candidate for reuse and CURLOPT_PIPEWAIT is set\n"
                      "* Waiting on connection to negotiate possible multiplexing.")
        else:
            self._resolve()

    def _read_url(self, text: str) -> bool:
        """Whether it is one; with -G, what is to be sent is part of it."""
        try:
            self.url = curl_where.with_plain_host(parse_url(text))
        except Ipv6Error as error:
            self._fail(7, str(error))
            return False
        except ValueError as error:
            self._say(f"* URL rejected: {error}\n* closing connection #-1")
            self._fail(3, f"URL rejected: {error}")
            return False
        if self._redirects and (self._is_trusted or self.url.origin == self._first.origin):
            self.url = self.url._replace(user=self.url.user or self._first.user)
        elif not self._redirects:
            self._first = self.url
        if "get" in self.options.flags and self.options.data and not self._redirects:
            joint = "&" if "?" in self.url.target else "?"
            self.url = self.url._replace(target=self.url.target + joint + "&".join(self.options.data))
        return True

    def _show_file(self, path: str) -> None:
        """file://, which has a head of its own (lib/file.c)."""
        files = self.context.files
        try:
            content, node = to_bytes(files.read(path)), files.node(path)
        except FileError:
            self._fail(37, f"Couldn't open file {path}")
            return
        flags, changed = self.options.flags, node.changed if node is not None else 0
        head = to_bytes(f"Content-Length: {len(content)}\r\nAccept-ranges: bytes\r\n"
                f"Last-Modified: {http_date(changed)}\r\n\r\n")
        self._size = 0 if "head" in flags else len(content)
        self._body = head * bool(flags & {"show-headers", "head"}) + content * ("head" not in flags)
        self._end(None)

    def _resolve(self) -> None:
        self._times["lookup"] = self._times["connect"] = self._times["first"] = self.scheduler.clock
        host, port = self._peer()
        for known, known_port, addresses in curl_where.pinned(self.options):
            if known.lower() in (host.lower(), "*") and known_port == str(port):
                self._say(f"* Hostname {host} was found in DNS cache")
                self._connect_to(addresses.partition(",")[0])
                return
        if (host, port) in self.pool.addresses:
            self._say(f"* Hostname {host} was found in DNS cache")
            self._connect_to(self.pool.addresses[host, port])
            return
        self.look_up(host)

    def unresolved(self, _reply: Reply) -> None:
        self._fail(*((5, f"Could not resolve proxy: {self._peer()[0]}") if "proxy" in self.options.values else
                     (6, f"Could not resolve host: {self._peer()[0]}")))

    def resolved(self, reply: Reply) -> None:
        address = format_ipv4(reply.addresses[0])
        if address != self._peer()[0]:
            self._say(f"* Host {self._peer()[0]}:{self._peer()[1]} was resolved.")
            self._say("* IPv6: (none)")
            self._say(f"* IPv4: {', '.join(format_ipv4(found) for found in reply.addresses)}")
        self.pool.addresses[self._peer()] = address
        self._connect_to(address)

    def _connect_to(self, text: str) -> None:
        self._address = address = parse_ipv4(text)
        port = self._peer()[1]
        self._times["lookup"] = self.scheduler.clock
        self._say(f"*   Trying {text}:{port}...")
        self.client = client = HttpClient(self.namespace, self.process, self)
        client.number = self.pool.open(self._peer())
        client.on_interim = self._got_interim
        client.bare = Head(("HTTP/0", ""), ()) if "http0.9" in self.options.flags else None
        client.socket.nodelay = True
        client.socket.keep_alive(self.options.keepalive)
        interface = self.options.values.get("interface", "").removeprefix("if!").removeprefix("host!")
        problem = open_socket(client, interface, _addresses(interface)) if interface else ""
        if problem:
            self._refuse_interface(interface, problem)
            return
        limit = self.options.number("connect-timeout")
        patience = seconds(limit) if limit else CONNECT_PATIENCE
        self._timers.append(self.scheduler.wake_after(patience, self._give_up, foreground=self.foreground))
        try:
            client.connect(address, port)
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
        self._known = *self._peer(), self._address
        self.pool.connected(client.number)
        self._say(f"* Connected to {self._known[0]} ({format_ipv4(self._address)}) port {self._known[1]}")
        self._say("* using HTTP/1.x")
        self._request()

    def _request(self) -> None:
        assert self.client is not None
        self._times["request"] = self.scheduler.clock
        body = to_bytes("&".join(self.options.data)) if self.options.has_body and not self._drops_body else None
        if self._is_trusted and credentials(self.options, self.url).startswith("Basic"):
            user = self.options.values.get("user", "") or self.url.user
            self._say(f"* Server auth using Basic with user '{user.partition(':')[0]}'")
        head = request_head(self.options, self.url, self._method, body, is_trusted=self._is_trusted)
        for line in head.decode("latin-1").split("\r\n")[:-1]:
            self._say(f"> {line}")
        if body is None:
            self._say("* Request completely sent off")
        asks_head_alone = "head" in self.options.flags  # with -X HEAD curl waits for a body that does not come
        method = self._method if asks_head_alone or self._method != "HEAD" else "GET"
        if not body or not asks_first(head):
            self.client.request(method, head + (body or b""))
            self._tell_sent(body, PIECE - len(head))
            return
        self._unsent = body
        patience = seconds(self.options.number("expect100-timeout") or ASKED)
        self._timers.append(self.scheduler.wake_after(patience, self._ask_no_more, foreground=self.foreground))
        self.client.request(method, head)

    def _tell_sent(self, body: bytes | None, most: int = PIECE) -> None:
        if body is None:
            return
        self._sent = len(body)
        if body and self._target is not None:
            self._say(f"}} [{min(len(body), most)} bytes data]")
        self._say(f"* upload completely sent off: {len(body)} bytes")

    def _ask_no_more(self, _argument: object) -> None:
        if self._unsent:
            self._say("* Done waiting for 100-continue")
            self._send_body()

    def _send_body(self) -> None:
        body, self._unsent = self._unsent, b""
        if body and self.client is not None:
            self.client.send(body)
            self._tell_sent(body)

    def _got_interim(self, raw: bytes) -> None:
        self._take_head(raw)
        self._send_body()

    def got_head(self, client: HttpClient, raw: bytes, head: Head) -> None:
        self._times["first"] = self.scheduler.clock
        self._interim = head
        if self._found_flaw(raw):
            return
        if head.version == "HTTP/1.0":
            self._say("* HTTP 1.0, assume close after body")
        stops = self._unsent and self._code >= 300 and client.keeps_alive
        self._take_head(raw, "* HTTP error before end of send, stop sending\n* abort upload" if stops else
                        NO_SIZE if client.is_unbounded else "")
        if stops:
            client.keeps_alive, self._unsent = False, b""
        elif self._code < 300:
            self._send_body()

    def _take_head(self, raw: bytes, remark: str = "") -> None:
        """Note and show it; a remark stands before its last line, which is empty."""
        self._head_size += len(raw)
        for line in raw.decode("latin-1").replace("\r\n", "\n").split("\n")[:-1]:
            self._say(f"{remark}\n< " if remark and not line else f"< {line}")
        if self.options.flags & {"show-headers", "head"}:
            self._body += raw
        self._heads += raw.decode("latin-1").replace("\r\n", "\n")

    def got_body(self, client: HttpClient, data: bytes) -> None:
        if not self._size and self._target is not None:
            self._say(f"{{ [{len(data)} bytes data]")
            if not self._hides_body() and self._cannot_write():
                self._body = b""
                self._fail(23, f"client returned ERROR on write of {len(data)} bytes")
                return
        self._size += len(data)
        if not self._hides_body():
            self._body += data

    def _hides_body(self) -> bool:
        failed = "fail" in self.options.flags and self._code >= 400
        return failed or bool(self._goes_on())

    def _goes_on(self) -> str:
        """Where -L leads."""
        if "location" not in self.options.flags or self._code not in REDIRECTS or self._interim is None:
            return ""
        return self._interim.get("Location")

    def finished(self, client: HttpClient) -> None:
        client_lives = client.keeps_alive and client.is_open
        if self.options.flags & {"fail", "fail-with-body"} and self._code >= 400:
            self._fail(22, f"The requested URL returned error: {self._code}")
            return
        where = self._goes_on()
        if client.excess:
            self._say(f"* Excess found writing body: excess = {client.excess}, size = {self._size}, "
                      f"maxdownload = {self._size}, bytecount = {self._size}")
        if client_lives:
            self._say(f"* Connection #{client.number} to host {self.url.host} left intact")
        else:
            if self._unsent:
                self._say("* we are done reading and this is set to close, stop send\n* abort upload")
                self._unsent = b""
            self._say(f"* shutting down connection #{client.number}")
            client.close()
            self.client = None
        if where:
            self._follow(where)
            return
        self._end(None)

    def _follow(self, where: str) -> None:
        self._redirects += 1
        most = self.options.number("max-redirs")
        if "max-redirs" not in self.options.values:
            most = MOST_REDIRECTS
        if most is not None and self._redirects > most:
            self._fail(47, f"Maximum ({round(most)}) redirects followed")
            return
        text = curl_where.redirected(self.url, where)
        if self.options.has_body and KEEPS_POST.get(self._code, "location") not in self.options.flags:
            self._drops_body = True
            self._method = self.options.values.get("request", "") or "GET"
        self._say(f"* Issue another request to this URL: '{text}'")
        self._fetch(text)


def _addresses(text: str) -> dict[str, int]:
    address = ipv4_or_none(text)
    return {} if address is None else {text: address}


def program(context: Context) -> Program:
    """curl(1) (program.Maker)."""
    options = curl_options.parse(context.arguments, context.files)
    for flag, text in (("help", HELP), ("version", f"curl 8.14.1 (netsandbox) lib{VERSION}\nProtocols: http")):
        if flag in options.flags:
            return Speaker(context.namespace, "curl", [("out", text)], context.next_pid())
    proxy = options.values.get("proxy", "")
    if "://" in proxy and not proxy.startswith("http://"):
        raise UsageError(f"curl: -x {proxy.partition('://')[0]}:// is not modelled", 2)
    if "globoff" not in options.flags:
        try:
            options.urls = [one for url in options.urls for one in glob.expand(url.text, url.place)]
        except glob.GlobError as error:
            is_quiet = "silent" in options.flags and "show-error" not in options.flags
            raise UsageError("" if is_quiet else f"curl: (3) {error}", 3) from None
    return Parallel(context, options, Curl) if "parallel" in options.flags else Curl(context, options)
