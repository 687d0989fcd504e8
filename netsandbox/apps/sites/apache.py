"""The pages, headers and access log of httpd."""

from __future__ import annotations

from typing import ClassVar

from netsandbox.apps import ranges
from netsandbox.apps.calendar import apache_time, http_date
from netsandbox.apps.http_server import HttpSession, Response, find_file, path_of
from netsandbox.apps.sites.pages import APACHE_PAGE, media_type
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.http import REASONS, Head


class ApacheSite:
    """Apache httpd as its image has it."""

    knows_simple: ClassVar = False
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "accepted"
    VERSION = "Apache/2.4.66 (Unix)"
    ROOT = "/usr/local/apache2/htdocs"
    MODIFIED = "Mon, 11 Jun 2007 18:53:14 GMT"
    TEXTS: ClassVar = {404: "The requested URL was not found on this server.",
             400: "Your browser sent a request that this server could not understand.<br />",
             416: "None of the range-specifier values in the Range\nrequest-header field overlap the current extent\n"
                  "of the selected resource.",
             501: "not supported for current URL.<br />"}

    def __init__(self, files: Files | None) -> None:
        self.files = files
        self.furnish(files)

    @classmethod
    def furnish(cls, files: Files | None) -> None:
        """The directory that the image brings, with its page."""
        if files is not None:
            files.system.furnish(cls.ROOT, {"index.html": APACHE_PAGE})

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        return True, True

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        if head.version == "HTTP/1.1" and not head.get("Host"):
            return self._error(400, closes=True)
        found, name = find_file(self.files, self.ROOT, path_of(head), APACHE_PAGE)
        if head.start[0] not in ("GET", "HEAD", "POST"):
            return self._error(501, f"{head.start[0]} {self.TEXTS[501]}")
        if found is None:
            return self._error(404)
        page = Response(200, found, media_type(name, ""), self.MODIFIED, f'"{len(found):x}-432a5e4a73a80"')
        part = ranges.asked(session, head, page)
        return page if part is None else ranges.cut(page, part) if part else self._error(416)

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
        found += [("Content-Length", str(len(response.body))), *response.extra]
        if not keeps:
            found.append(("Connection", "close"))
        return [*found, ("Content-Type", response.kind)] if response.kind else found

    def log(self, session: HttpSession, line: str, _head: Head | None, response: Response, size: int) -> None:
        session.host.print(f'{session.peer} - - [{apache_time(session.host.now)}] "{line}" {response.code} '
                           f'{len(response.body) if size else "-"}')
