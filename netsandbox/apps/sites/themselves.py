"""Web servers that show themselves and who asks: traefik/whoami, http-echo, nginxdemos/hello and their like."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from netsandbox.apps.calendar import apache_time, http_date
from netsandbox.apps.http_server import HttpSession, Response, Site
from netsandbox.apps.sites.asker import AskerSite
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.wire.http import Head


class SelfSite(AskerSite):
    """Its answers name the container's host name, which it reads in /etc/hostname."""

    kind = "text/plain; charset=utf-8"

    def __init__(self, files: Files | None) -> None:
        self._files = files

    @property
    def hostname(self) -> str:
        try:
            return self._files.read("/etc/hostname").strip() if self._files is not None else "localhost"
        except FileError:
            return "localhost"

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        return Response(200, to_bytes(self.text(session, head)), self.kind)

    def text(self, session: HttpSession, head: Head) -> str:
        raise NotImplementedError


class GoSite(SelfSite):
    """By Go's net/http, which finds out the type of what is written, and tells it last."""

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        return [("Date", http_date(session.host.now)), ("Content-Length", str(len(response.body))),
                ("Content-Type", response.kind)]


def told(words: tuple[str, ...], *names: str) -> str:
    """What a command line says behind an option as Go's flag package reads it: -name VALUE, --name=VALUE; or empty."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name.startswith("-") and name.lstrip("-") in names:
            return value if equals else next(iter(words[place + 1:]), "")
    return ""


def written(head: Head) -> list[str]:
    """The fields of a request as Go writes them: Host first, then User-Agent, then the others."""
    others = [f"{name}: {value}" for name, value in head.fields if name.lower() != "host"]
    return [f"Host: {head.get('Host', '')}", *sorted(others, key=lambda line: line.partition(":")[0] != "User-Agent")]


class TraefikWhoami(GoSite):
    """The host name, both ends' addresses, and the request as it came."""

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        path = head.start[1].partition("?")[0]
        if path == "/api":
            return Response(200, (json.dumps(self._seen(session, head), separators=(",", ":")) + "\n").encode(),
                            "application/json")
        if path in ("/bench", "/health"):
            return Response(200, b"1" if path == "/bench" else b"", self.kind)
        if path in ("/data", "/echo", "/upload"):
            return Response(501, b"the sandbox's whoami has /, /api, /bench and /health\n", self.kind)
        return super().answer(session, head, body)

    def _seen(self, session: HttpSession, head: Head) -> dict[str, object]:
        headers: dict[str, list[str]] = {}
        for name, value in sorted(head.fields):
            if name.lower() != "host":
                headers.setdefault(name, []).append(value)
        name = told(session.host.words, "name")
        return {"hostname": self.hostname, "ip": ["127.0.0.1", session.address], "headers": headers,
                "url": head.start[1], "host": head.get("Host", ""), "method": head.start[0],
                **({"name": name} if name else {}), "remoteAddr": self._asker(session)}

    def _asker(self, session: HttpSession) -> str:
        return f"{session.peer}:{session.stream.socket.peer_port}"

    def text(self, session: HttpSession, head: Head) -> str:
        name = told(session.host.words, "name")
        lines = [*([f"Name: {name}"] if name else []), f"Hostname: {self.hostname}", "IP: 127.0.0.1",
                 f"IP: {session.address}", f"RemoteAddr: {self._asker(session)}", " ".join(head.start)]
        return "\n".join([*lines, *written(head), "", ""])


class HttpEcho(GoSite):
    """hashicorp/http-echo: the text that it was given."""

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        status, words = told(session.host.words, "status-code"), session.host.words
        if head.start[1].partition("?")[0] == "/health":
            return Response(200, b'{"status":"ok"}\n', "application/json")
        text = told(words, "text") or "hello-world"
        code = int(status) if status.isascii() and status.isdecimal() else 200
        return Response(code, to_bytes(f"{text}\n"), self.kind)

    def fields(self, session: HttpSession, response: Response, keeps: bool) -> list[tuple[str, str]]:
        own = [("X-App-Name", "http-echo"), ("X-App-Version", "1.0.0")]
        return [*own, *super().fields(session, response, keeps)]


class RequestServed(GoSite):
    """jmalloc/echo-server."""

    def text(self, session: HttpSession, head: Head) -> str:
        return "\n".join([f"Request served by {self.hostname}", "", " ".join(head.start), "", *written(head), "", ""])


class JwilderWhoami(GoSite):
    """One line."""

    def text(self, session: HttpSession, head: Head) -> str:
        return f"I'm {self.hostname}\n"


class NginxHello(SelfSite):
    """nginxdemos/hello, in the form of its plain-text tag; its page has the same words."""

    kind = "text/plain"

    def text(self, session: HttpSession, head: Head) -> str:
        return (f"Server address: {session.address}:{session.stream.socket.port}\nServer name: {self.hostname}\n"
                f"Date: {apache_time(session.host.now)}\nURI: {head.start[1]}\nRequest ID: {session.number:032x}\n")


class HelloFrom(SelfSite):
    """strm/helloworld-http."""

    kind = "text/html"

    def text(self, session: HttpSession, head: Head) -> str:
        return (f"<html><head><title>HTTP Hello World</title></head><body><h1>Hello from {self.hostname}</h1></body>"
                "</html>")


class Flask(SelfSite):
    """training/webapp: the words of every first Flask application."""

    kind = "text/html; charset=utf-8"

    def text(self, session: HttpSession, head: Head) -> str:
        return "Hello world!"


class Elasticsearch(SelfSite):
    """What it tells of itself at `/`; there is no index to ask for."""

    kind = "application/json"

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        if head.start[1] in ("/", ""):
            return super().answer(session, head, body)
        return Response(404, b'{"error":"the sandbox\'s elasticsearch has no indices","status":404}\n', self.kind)

    def text(self, session: HttpSession, head: Head) -> str:
        own = {"name": self.hostname, "cluster_name": "docker-cluster", "version": {"number": "8.19.0"},
               "tagline": "You Know, for Search"}
        return json.dumps(own, indent=2) + "\n"


class Registry(SelfSite):
    """An empty one (OCI distribution specification): its API's version, and a catalogue with nothing in it."""

    kind = "application/json"

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        pages = {"/v2/": "{}", "/v2/_catalog": '{"repositories":[]}\n', "/": ""}
        page = pages.get(head.start[1])
        if page is None:
            return Response(404, b"404 page not found\n", "text/plain; charset=utf-8")
        return Response(200, to_bytes(page), self.kind)


class HelloApp(GoSite):
    """google-samples/hello-app 1.0."""

    def text(self, session: HttpSession, head: Head) -> str:
        return f"Hello, world!\nVersion: 1.0.0\nHostname: {self.hostname}\n"


class Httpbin(SelfSite):
    """kennethreitz/httpbin: what was asked, and by whom."""

    kind = "application/json"

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        path, _mark, query = head.start[1].partition("?")
        if found := re.fullmatch(r"/status/([2-5]\d\d)", path):
            return Response(int(found[1]), b"", "text/html; charset=utf-8")
        headers, host = {name.title(): value for name, value in head.fields}, head.get("Host", "")
        origin = {"origin": session.peer}
        asked = {"args": dict(parse_qsl(query)), "headers": headers, **origin, "url": f"http://{host}{head.start[1]}"}
        pages = {"/ip": origin, "/get": asked, "/headers": {"headers": headers},
                 "/user-agent": {"user-agent": head.get("User-Agent", "")}}
        page = pages.get(path)
        if page is None:
            return Response(404, b"the sandbox's httpbin has /get, /headers, /ip, /status/CODE and /user-agent\n")
        return Response(200, (json.dumps(page, indent=2, sort_keys=True) + "\n").encode(), self.kind)


class NoPages(SelfSite):
    """Of an application that is reached and whose pages nobody has written down here."""

    def answer(self, session: HttpSession, head: Head, body: bytes) -> Response:
        return Response(503, b"the sandbox has none of this application's pages\n", self.kind)


SELF_SITES: dict[str, Callable[[Files | None], Site]] = {
    "whoami": TraefikWhoami, "http-echo": HttpEcho, "request served": RequestServed, "i am": JwilderWhoami,
    "hello": NginxHello, "hello from": HelloFrom, "flask": Flask, "elasticsearch": Elasticsearch, "registry": Registry,
    "hello-app": HelloApp, "httpbin": Httpbin, "no pages": NoPages}
