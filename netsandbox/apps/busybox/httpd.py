"""httpd of BusyBox 1.37, as the image busybox has it: the files of a directory, one connection a request."""

from __future__ import annotations

import re
from typing import ClassVar

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.calendar import http_date
from netsandbox.apps.errno import TEXTS as TEXTS_OF_ERRNO
from netsandbox.apps.http_server import HttpSession, Response, find_file, path_of
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.python_server import PythonServer
from netsandbox.apps.sites.pages import media_type
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.http import REASONS, Head

OPTIONS = OptionTable("httpd", 1, usage("httpd"), acts="f v p= h=", refused="u= i c= r= m= e= d=")
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)
TEXTS = {404: "The requested URL was not found", 501: "The requested method is not recognized",
         400: "Unsupported method"}


class BusyboxSite:
    """Its answers (verbosity: -v tells of the answers, -vv of the requests too)."""

    knows_simple: ClassVar = True
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "never"

    def __init__(self, files: Files, root: str, verbosity: int) -> None:
        self.files = files
        self.root = root.rstrip("/")
        self.verbosity = verbosity

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        return False, False

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        path = path_of(head)
        if head.start[0] not in ("GET", "HEAD"):
            return self._error(501)
        where = f"{self.root}/{path.strip('/')}".rstrip("/") or "/"
        if self.files.is_directory(where) and not path.endswith("/"):
            return Response(302, b"", "text/html", closes=True, location=f"{path}/")
        found, name = find_file(self.files, self.root, f"{path}index.html" if path.endswith("/") else path, None)
        if found is None:
            return self._error(404)
        node = self.files.node(name)
        changed = node.changed if node is not None else 0
        kind, tag = media_type(name, "application/octet-stream"), f'"{(EPOCH + changed) // SECOND:x}-{len(found):x}"'
        if tag in head.get("If-None-Match", ""):
            return Response(304, b"", kind, closes=True)
        part = _part(head.get("Range", ""), len(found))
        whole = Response(200, found, kind, http_date(changed), tag, closes=True, is_apart=True)
        if part is None:
            return whole
        first, last = part
        return whole._replace(code=206, body=found[first:last + 1],
                              extra=(("Content-Range", f"bytes {first}-{last}/{len(found)}"),))

    @staticmethod
    def _error(code: int) -> Response:
        title = f"{code} {REASONS[code]}"
        body = f"<HTML><HEAD><TITLE>{title}</TITLE></HEAD>\n<BODY><H1>{title}</H1>\n{TEXTS[code]}\n</BODY></HTML>\n"
        return Response(code, to_bytes(body), closes=True)

    def refuse(self, _session: HttpSession, _line: str) -> Response:
        return self._error(400)

    def fields(self, session: HttpSession, response: Response, _keeps: bool) -> list[tuple[str, str]]:
        found = [("Date", http_date(session.host.now)), ("Connection", "close"), ("Content-type", response.kind)]
        if response.location:
            found.append(("Location", response.location))
        if response.code in (200, 206):
            found += [*response.extra, ("Accept-Ranges", "bytes"), ("Last-Modified", response.modified),
                      ("ETag", response.tag), ("Content-Length", str(len(response.body)))]
        return found

    def log(self, session: HttpSession, _line: str, head: Head | None, response: Response, _size: int) -> None:
        who = f"[::ffff:{session.peer}]:{session.peer_port}"
        if self.verbosity > 1 and head is not None:
            session.host.complain(f"{who}: url:{path_of(head)}")
        if self.verbosity:
            session.host.complain(f"{who}: response:{response.code}")


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that a Range asks for; None where it is one that this server passes over."""
    match = RANGE.fullmatch(wanted)
    first, last = (int(match[1]), int(match[2] or size)) if match else (size, size)
    return (first, min(last, size - 1)) if first < size and first <= last else None


class BusyboxHttpd(PythonServer):
    """The server, until it is stopped."""

    name = "httpd"

    def __init__(self, context: Context, address: int, port: int, site: BusyboxSite) -> None:
        super().__init__(context, address, port, site)

    def cannot(self, error: SocketError) -> str:
        return f"httpd: bind: {TEXTS_OF_ERRNO[error.name]}"

    def greet(self) -> None:
        """It says nothing."""

    def interrupt(self) -> None:
        self.exit(130)


def program(context: Context) -> Program:
    """httpd (program.Maker) (UsageError: an option or a place that there is not, or no -f)."""
    read = OPTIONS.read(context.arguments)
    if "f" not in read:
        raise UsageError("httpd: netsandbox: it goes on in the background with `httpd -f … &` alone", 1)
    host, _colon, port = read.values.get("p", "80").rpartition(":")
    home = read.values.get("h", ".")
    if not context.files.is_directory(home):
        raise UsageError(f"httpd: can't change directory to '{home}': No such file or directory", 1)
    try:
        address = parse_ipv4(host) if host else 0
    except AddressError:
        raise UsageError(f"httpd: bad address '{host}'", 1) from None
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise UsageError(f"httpd: bad port '{port[:40]}'", 1)
    verbosity = sum(one.option.name == "v" for one in read.given)
    site = BusyboxSite(context.files, context.files.canonical(home), verbosity)
    return BusyboxHttpd(context, address, int(port), site)
