"""nginx's answers: files, redirects, texts and what a proxied server says, as its configuration wants it."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

from netsandbox.apps import ranges
from netsandbox.apps.calendar import apache_time, http_date, log_date
from netsandbox.apps.http_server import HttpSession, Response, path_of
from netsandbox.apps.nginx.log import NginxLog, furnish_logs
from netsandbox.apps.nginx.packaged import ROOT, Packaged, furnish_configuration
from netsandbox.apps.nginx.proxy import Exchange, Group
from netsandbox.apps.nginx.request import FUTURE, has_long_field, is_too_long, makes_sense, normal
from netsandbox.apps.nginx.servers import Configuration, Scope, location_of, milliseconds, proxied, size
from netsandbox.apps.nginx.text import expand, variables
from netsandbox.apps.sites.pages import TYPES
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.wire.addresses import parse_ipv4, parse_network
from netsandbox.wire.http import REASONS, Head

VERSION = "nginx/1.29.5"
MODIFIED = "Tue, 09 Dec 2025 18:28:10 GMT"
REDIRECTS = (301, 302, 303, 307, 308)
BODILESS = (204, 304)
USUALLY_IDLE = "75s"  # What keepalive_timeout is where nothing says so
LAST = frozenset({400, 413, 414, 500, 501})  # After these the connection ends (ngx_http_special_response_handler)
ADDED = frozenset({200, 201, 204, 206, *REDIRECTS, 304})  # What add_header adds to unless it says `always`
STATUS = {**{code: REASONS[code] for code in (301, 307, 308, 400, 403, 404, 500, 501, 502, 505)},
          302: "Moved Temporarily", 303: "See Other", 401: "Unauthorized", 402: "Payment Required", 405: "Not Allowed",
          406: "Not Acceptable", 408: "Request Time-out", 409: "Conflict", 410: "Gone", 411: "Length Required",
          412: "Precondition Failed", 413: "Request Entity Too Large", 414: "Request-URI Too Large",
          415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable", 421: "Misdirected Request",
          429: "Too Many Requests", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out",
          507: "Insufficient Storage"}
"""What nginx calls the statuses that have a page."""
PAGES = {**STATUS, 302: "Found", 401: "Authorization Required"}


class Request(NamedTuple):
    """One request and the place of the configuration that it belongs to."""

    session: HttpSession
    head: Head
    body: bytes
    server: Scope
    place: Scope
    path: str
    values: dict[str, str]

    @property
    def told(self) -> str:
        """What the error log says of it."""
        return (f'client: {self.session.peer}, server: {_first_name(self.server)}, request: '
                f'"{" ".join(self.head.start)}", host: "{self.head.get("Host")}"')


class NginxSite:
    """nginx with one configuration.

    Args:
        files: the container's, None for a server that has none.
        configuration: as it was read when nginx was started.
    """

    knows_simple: ClassVar = True
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "kept"

    def __init__(self, files: Files | None, configuration: Configuration) -> None:
        self.files = files
        self.configuration = configuration
        self.groups: dict[str, Group] = {}  # Of upstream servers, with addresses; filled before the first request
        self.exchanges: list[Exchange] = []
        self.owner: tuple[NetworkNamespace, Process] | None = None  # Where it connects from, and as whom
        self._log = NginxLog(files, self.configuration)

    # -- asked

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response | None:
        if is_too_long(head):
            return self._error(self.configuration.http, 414)
        if has_long_field(head):
            return self._error(self.configuration.http, 400, "Request Header Or Cookie Too Large")
        if not makes_sense(head) or normal(path_of(head)) is None:
            return self._error(self.configuration.http, 400)
        request = self._request(session, head, body)
        found = self._error(request.place, 413) if self._is_too_large(request) else self._returned(request)
        if found is None and not _is_allowed(request):
            self.note(session, f"access forbidden by rule, {request.told}")
            found = self._error(request.place, 403)
        if found is None and request.place.own.get("proxy_pass"):
            self._proxy(request)
            return None
        if found is None:
            found = self._static(request)
        return self._ranged(request, self._finished(request, found))

    def _ranged(self, request: Request, found: Response) -> Response:
        """The part of it that is asked for (ngx_http_range_header_filter)."""
        part = ranges.asked(request.session, request.head, found)
        if part is None:
            return found
        if part:
            return ranges.cut(found, part)
        return self._error(request.place, 416)._replace(
            idle=found.idle, extra=(("Content-Range", f"bytes */{len(found.body)}"),))

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        """An upstream server gets the body; a text of `return` says 100 too, an error does not (expect_tested)."""
        request = self._request(session, head, b"")
        found = self._returned(request)
        if found is None and _is_allowed(request) and request.place.own.get("proxy_pass"):
            return (True, True) if not self._is_too_large(request) else (False, False)
        return found is not None and found.code < 300, False

    def refuse(self, _session: HttpSession, line: str) -> Response:
        return self._error(self.configuration.http, 505 if FUTURE.search(line) else 400)

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        found = [("Server", response.software or VERSION), ("Date", http_date(session.host.now))]
        if response.code not in BODILESS:
            found += [("Content-Type", response.kind)] if response.kind else []
            found.append(("Content-Length", response.length or str(len(response.body))))
        if response.modified:
            found.append(("Last-Modified", response.modified))
        if response.location:
            found.append(("Location", response.location))
        found.append(("Connection", "keep-alive" if keeps else "close"))
        if response.tag:
            found.append(("ETag", response.tag))
        if response.tag and response.code not in (206, *BODILESS):
            found.append(("Accept-Ranges", "bytes"))
        return [*found, *response.extra]

    def log(self, session: HttpSession, line: str, head: Head | None, response: Response, size: int) -> None:
        agent, referer, via = ((head.get(name, "-") if head is not None else "-")
                               for name in ("User-Agent", "Referer", "X-Forwarded-For"))
        request = self._request(session, head, b"") if head is not None else None
        values = request.values if request is not None else {"remote_addr": session.peer}
        self._log.access(session.host, request.place if request is not None else self.configuration.http, {
            **values, "remote_user": "-", "time_local": apache_time(session.host.now), "request": line,
            "status": str(response.code), "body_bytes_sent": str(size), "http_referer": referer,
            "http_user_agent": agent, "http_x_forwarded_for": via, "upstream_addr": response.upstream or "-"})

    def stop(self) -> None:
        """nginx ends: what it asks of others is not waited for."""
        for exchange in self.exchanges:
            exchange.stop()
        self.exchanges = []

    # -- what a request comes to

    def _request(self, session: HttpSession, head: Head, body: bytes) -> Request:
        host = head.get("Host").partition(":")[0].lower()
        server = self.configuration.server(session.address, session.stream.socket.port, host)
        path = normal(path_of(head)) or "/"
        values = {**variables(session, head, _first_name(server), self._hostname()), "uri": path, "document_uri": path}
        return Request(session, head, body, server, location_of(server, path), path, values)

    @staticmethod
    def _is_too_large(request: Request) -> bool:
        length = request.head.get("Content-Length")
        if not (length.isascii() and length.isdecimal()):
            return False
        most = size(request.place.word("client_max_body_size", "1m"))
        return bool(most) and int(length) > most

    def _hostname(self) -> str:
        try:
            return self.files.read("/etc/hostname").strip() if self.files is not None else "localhost"
        except FileError:
            return "localhost"

    def _returned(self, request: Request) -> Response | None:
        """`return`, of the place or the server around it, which goes before every place."""
        found = request.server.own.get("return") or request.place.own.get("return")
        if not found:
            return None
        first, *texts = found[0].words
        if not first.isdecimal():
            first, texts = "302", [first]
        code, text = int(first), expand(texts[0], request.values) if texts else ""
        if code in REDIRECTS and texts:
            return self._redirect(request, code, text)
        if code >= 300 and not texts:
            return self._error(request.place, code)
        return Response(code, to_bytes(text), self._kind(request.place, request.path))

    def _redirect(self, request: Request, code: int, target: str) -> Response:
        """To a path, of which absolute_redirect makes an address, or to an address, which stands behind the others."""
        return self.moved(request, self._error(request.place, code), target)

    @staticmethod
    def moved(request: Request, response: Response, target: str) -> Response:
        if not target.startswith("/"):
            return response._replace(extra=(*response.extra, ("Location", target)))
        port = request.session.stream.socket.port
        return response._replace(location=f"http://{request.values['host']}{'' if port == 80 else f':{port}'}{target}")

    def _static(self, request: Request) -> Response:
        """A file below root or alias."""
        if request.head.start[0] not in ("GET", "HEAD"):
            return self._error(request.place, 405)
        tried = request.place.find("try_files")
        if not tried:
            return self._file(request, request.path)
        *paths, last = tried[-1].words
        for path in (expand(word, request.values) for word in paths):
            where = self._where(request.place, path)
            if self._is_file(where) or (path.endswith("/") and self._is_directory(where)):
                return self._file(request, path)
        return self._error(request.place, int(last[1:])) if last[:1] == "=" and last[1:].isdecimal() else (
            self._file(request, expand(last, request.values)))

    def _file(self, request: Request, path: str) -> Response:
        where = self._where(request.place, path)
        names = [where]
        if path.endswith("/"):
            found = request.place.find("index")
            names = [where + name for name in (found[-1].words if found else ("index.html",))]
        elif self._is_directory(where):
            return self._redirect(request, 301, f"{path}/")
        for name in names:
            text = self._text(name)
            if text is None:
                continue
            page = Response(200, text, self._kind(request.place, name), MODIFIED, _tag(text),
                            is_apart=self._sends_apart(request.place))
            return page._replace(code=304, body=b"") if _is_known(request.head, page) else page
        if path.endswith("/") and self._is_directory(where):
            self.note(request.session, f'directory index of "{where}" is forbidden, {request.told}')
            return self._error(request.place, 403)
        self.note(request.session, f'open() "{names[0]}" failed (2: No such file or directory), {request.told}')
        return self._error(request.place, 404)

    @staticmethod
    def _sends_apart(place: Scope) -> bool:
        """sendfile(2) sends a file behind the head, without the cork of tcp_nopush (ngx_linux_sendfile_chain)."""
        return place.word("sendfile", "off") == "on" and place.word("tcp_nopush", "off") == "off"

    def _where(self, place: Scope, path: str) -> str:
        if place.own.get("alias"):
            return place.word("alias", "") + path.removeprefix(place.words[-1])
        root = place.word("root", "html")
        return (root if root.startswith("/") else f"/etc/nginx/{root}").rstrip("/") + path

    def _is_directory(self, where: str) -> bool:
        return self.files.is_directory(where) if self.files is not None else where.rstrip("/") == ROOT

    def _is_file(self, where: str) -> bool:
        return self._text(where) is not None

    def _text(self, where: str) -> bytes | None:
        """A file's bytes; without a file system there are the packaged ones."""
        try:
            reader = self.files if self.files is not None else Packaged()
            return None if reader.is_directory(where) else to_bytes(reader.read(where))
        except FileError:
            return None

    def _kind(self, place: Scope, name: str) -> str:
        ending, types = name.rpartition("/")[2].rpartition(".")[2], place.find("types")
        found = next((one.name for one in types if ending in one.words), "")
        built_in = TYPES.get(ending, "") if not types and ending == "html" else ""
        return found or built_in or place.word("default_type", "text/plain")

    # -- pages of its own

    def _software(self, place: Scope) -> str:
        return VERSION if place.word("server_tokens", "on") != "off" else VERSION.partition("/")[0]

    def _error(self, place: Scope, code: int, more: str = "") -> Response:
        software, page = self._software(place), PAGES.get(code)
        if page is None:
            return Response(code, b"", "", reason=REASONS.get(code, ""), software=software)
        lines = ["<html>", f"<head><title>{code} {more or page}</title></head>", "<body>",
                 f"<center><h1>{code} {page}</h1></center>", *([f"<center>{more}</center>"] if more else []),
                 f"<hr><center>{software}</center>", "</body>", "</html>", ""]
        return Response(code, "\r\n".join(lines).encode(), reason=STATUS[code], closes=code in LAST, software=software)

    def _finished(self, request: Request, found: Response, is_proxied: bool = False) -> Response:
        """With error_page, and the fields that add_header wants."""
        for page in request.place.find("error_page") if found.code >= 300 and not is_proxied else ():
            target = page.words[-1]
            if str(found.code) in page.words[:-1] and target.startswith("/"):
                place = location_of(request.server, target)
                text = self._text(self._where(place, target))
                if text is not None:
                    found = found._replace(body=text, kind=self._kind(place, target), extra=(("ETag", _tag(text)),))
                break
        extra = tuple((one.words[0], expand(one.words[1], request.values)) for one in request.place.find("add_header")
                      if found.code in ADDED or "always" in one.words[2:])
        idle = milliseconds(request.place.word("keepalive_timeout", USUALLY_IDLE)) * MILLISECOND
        return found._replace(extra=(*found.extra, *extra), software=self._software(request.place), idle=idle)

    # -- asking others

    def _proxy(self, request: Request) -> None:
        directive = request.place.own["proxy_pass"][-1]
        host, port, uri = proxied(directive)
        name = f"{host}:{port}" if port else host
        target = request.head.start[1]
        if uri is not None:
            target = uri + target.removeprefix(request.place.words[-1])
        exchange = Exchange(self, request, self.groups[name], name, target)
        self.exchanges.append(exchange)
        exchange.start()

    @property
    def has_room(self) -> bool:
        """Whether one more connection to another server may be made; each has its client's beside it."""
        return 2 * len(self.exchanges) <= self.configuration.connections

    def proxied(self, exchange: Exchange, response: Response | int) -> None:
        """Another server has answered; or none did, and the client gets a page of that status."""
        request = exchange.request
        self.exchanges.remove(exchange)
        if isinstance(response, int):
            found = self._finished(request, self._error(request.place, response))
        else:
            found = self._finished(request, response, is_proxied=True)
        asked = ", ".join(exchange.asked)
        request.session.answer_later(request.head, found._replace(upstream=asked))

    def note(self, session: HttpSession, text: str, level: str = "error") -> None:
        """To the error log."""
        self._log.error(session.host, f"{log_date(session.host.now)} [{level}] 29#29: *{session.number} {text}")


def _is_known(head: Head, found: Response) -> bool:
    """Whether the client says that it has just this (ngx_http_not_modified_filter_module)."""
    since, tags = head.get("If-Modified-Since"), head.get("If-None-Match")
    if (since and since != found.modified) or not (since or tags):
        return False
    return not tags or tags == "*" or found.tag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]


def _tag(text: bytes) -> str:
    return f'"69386a3a-{len(text):x}"'


def _first_name(server: Scope) -> str:
    found = server.own.get("server_name")
    return found[0].words[0] if found else ""


def _is_allowed(request: Request) -> bool:
    """allow and deny: the first that fits the client counts (ngx_http_access_module)."""
    client = parse_ipv4(request.session.peer)
    for rule in request.place.find("access"):
        if rule.words[0] == "all" or client in parse_network(rule.words[0]):
            return rule.name == "allow"
    return True


@cache
def packaged() -> Configuration:
    """The image's own."""
    return Configuration(Packaged())


def furnish(files: Files | None) -> None:
    """What the image brings: the page, the configuration, and where the logs go."""
    if files is not None:
        furnish_configuration(files)
        furnish_logs(files)
