"""What the web servers of the internet answer over plain http, by the Host field: a page, or another name."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from netsandbox.apps.calendar import http_date
from netsandbox.apps.http_server import HttpSession, Response
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.http import Head


class Page(NamedTuple):
    """One name's front page (moved: where it sends everybody instead, or empty)."""

    text: bytes = b""
    moved: str = ""


EXAMPLE = b"""<!doctype html><html lang="en"><head><title>Example Domain</title><meta name="viewport" \
content="width=device-width, initial-scale=1"></head><body><div><h1>Example Domain</h1><p>This domain is for use in \
documentation examples without needing permission. Avoid use in operations.</p><p><a \
href="https://iana.org/domains/example">Learn more</a></p></div></body></html>
"""
GOOGLE = (b'<!doctype html><html lang="en"><head><meta content="text/html; charset=UTF-8" http-equiv="Content-Type">'
          b"<title>Google</title></head><body></body></html>\n")
BAIDU = (b"<!DOCTYPE html>\n<html> <head><meta http-equiv=content-type content=text/html;charset=utf-8><title>"
         b"\xe7\x99\xbe\xe5\xba\xa6\xe4\xb8\x80\xe4\xb8\x8b"
         b"\xef\xbc\x8c\xe4\xbd\xa0\xe5\xb0\xb1\xe7\x9f\xa5\xe9\x81\x93</title></head> <body link=#0000cc> "
         b"</body> </html>\n")
"""Its title is in UTF-8."""
TO_BAIDU = b'<html>\n<meta http-equiv="refresh" content="0;url=http://www.baidu.com/">\n</html>\n'
DEBIAN = (b"<html><head><title>Welcome to deb.debian.org!</title></head><body><h1>deb.debian.org</h1>\n"
          b"<p>This is a mirror of the Debian archive.</p></body></html>\n")
MOVED = (b'<HTML><HEAD><meta http-equiv="content-type" content="text/html;charset=utf-8">\n'
         b"<TITLE>301 Moved</TITLE></HEAD><BODY>\n<H1>301 Moved</H1>\nThe document has moved\n"
         b'<A HREF="%s">here</A>.\n</BODY></HTML>\n')
"""The page that comes with a redirection."""
NO_TLS = (b"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n"
          b"<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port"
          b"</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
PAGES = {
    "example.com": Page(EXAMPLE), "google.com": Page(moved="http://www.google.com/"),
    "www.google.com": Page(GOOGLE), "baidu.com": Page(TO_BAIDU),
    "www.baidu.com": Page(BAIDU), "deb.debian.org": Page(DEBIAN)}
"""All other names send to https, as nearly every site does today."""


class PublicSite:
    """A server with many names, whose pages have no files in the lab."""

    knows_simple: ClassVar = True
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "accepted"
    https: ClassVar = 443  # The port where it takes TLS alone

    def __init__(self, _files: Files | None) -> None:
        """It has none."""

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        return True, True

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        if session.stream.socket.port == self.https:
            return Response(400, NO_TLS, closes=True)
        return self.page(session, head)

    def page(self, session: HttpSession, head: Head) -> Response:
        """What a request is answered with."""
        name = head.get("Host", "").partition(":")[0].lower()
        page = PAGES.get(name) or PAGES.get(name.removeprefix("www.")) or Page(moved=f"https://{name}/")
        if page.moved:
            return Response(301, MOVED % page.moved.encode(), modified=page.moved)
        path = head.start[1].partition("?")[0]
        if path in ("/", "/index.html") or path.startswith("http://"):
            return Response(200, page.text, "text/html; charset=UTF-8")
        return Response(404, b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>\n")

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        found = [("Location", response.modified)] if response.code == 301 else []
        found += [("Date", http_date(session.host.now)), ("Content-Type", response.kind),
                  ("Content-Length", str(len(response.body)))]
        return [*found, ("Connection", "keep-alive" if keeps else "close")]

    def refuse(self, session: HttpSession, _line: str) -> Response:
        return Response(400, b"", closes=True)

    def log(self, session: HttpSession, line: str, head: Head | None, response: Response, size: int) -> None:
        session.host.print(f"{session.peer} {line} {response.code}")
