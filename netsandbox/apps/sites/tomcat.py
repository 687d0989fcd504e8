"""Apache Tomcat as its image has it: no application, so that it finds nothing until a person puts one there."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from netsandbox.apps.calendar import http_date
from netsandbox.apps.http_server import HttpSession, Response, Site, find_file, path_of
from netsandbox.apps.sites.pages import media_type
from netsandbox.linux.core.files.file_system import Files
from netsandbox.wire.http import REASONS, Head

VERSION = "Apache Tomcat/11.0.15"
ROOT = "/usr/local/tomcat/webapps/ROOT"
STYLE = ("body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} "
         "h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} "
         ".line {height:1px;background-color:#525D76;border:none;}")
WHY = {404: "The origin server did not find a current representation for the target resource or is not willing to "
            "disclose that one exists.",
       400: "The server cannot or will not process the request due to something that is perceived to be a client error "
            "(e.g., malformed request syntax, invalid request message framing, or deceptive request routing)."}


class TomcatSite:
    """The files of one application, ROOT."""

    knows_simple: ClassVar = True
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "accepted"

    def __init__(self, files: Files | None) -> None:
        self._files = files
        if files is not None:
            files.system.furnish("/usr/local/tomcat/webapps", {})

    def before_body(self, session: HttpSession, head: Head) -> tuple[bool, bool]:
        return True, True

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        if head.version == "HTTP/1.1" and not head.get("Host"):
            return self._error(400)
        found, name = find_file(self._files, ROOT, path_of(head), None)
        if found is None:
            return self._error(404)
        return Response(200, found, media_type(name, "application/octet-stream"), http_date(0), f'W/"{len(found)}-0"',
                        reason="")

    @staticmethod
    def _error(code: int) -> Response:
        title, line = f"HTTP Status {code} – {REASONS[code]}", '<hr class="line" />'
        page = (f'<!doctype html><html lang="en"><head><title>{title}</title><style type="text/css">{STYLE}</style>'
                f"</head><body><h1>{title}</h1>{line}<p><b>Type</b> Status Report</p><p><b>Description</b> "
                f"{WHY[code]}</p>{line}<h3>{VERSION}</h3></body></html>")
        return Response(code, page.encode(), "text/html;charset=utf-8", reason="", closes=code == 400)

    def refuse(self, _session: HttpSession, _line: str) -> Response:
        return self._error(400)

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        found = [("Accept-Ranges", "bytes"), ("ETag", response.tag), ("Last-Modified", response.modified)]
        length = [("Content-Length", str(len(response.body))), ("Date", http_date(session.host.now))]
        language = [("Content-Language", "en")] if response.code != 200 else []
        return [*(found if response.tag else ()), ("Content-Type", response.kind), *language, *length,
                *(() if keeps else (("Connection", "close"),))]

    def log(self, session: HttpSession, line: str, head: Head | None, response: Response, size: int) -> None:
        """To a file of its own, which nobody reads here."""


TOMCAT_SITES: dict[str, Callable[[Files | None], Site]] = {"tomcat": TomcatSite}
