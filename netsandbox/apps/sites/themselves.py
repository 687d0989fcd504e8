"""Web servers that show themselves and who asks: traefik/whoami, jwilder/whoami and nginxdemos/hello."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from netsandbox.apps.calendar import apache_time
from netsandbox.apps.http_server import HttpSession, Response, Site
from netsandbox.apps.sites.asker import AskerSite
from netsandbox.linux.core.files import Files
from netsandbox.linux.core.inode import FileError
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
        return Response(200, self.text(session, head).encode(), self.kind)

    def text(self, session: HttpSession, head: Head) -> str:
        raise NotImplementedError


class TraefikWhoami(SelfSite):
    """The host name, both ends' addresses, and the request as it came."""

    def text(self, session: HttpSession, head: Head) -> str:
        lines = [f"Hostname: {self.hostname}", "IP: 127.0.0.1", f"IP: {session.address}",
                 f"RemoteAddr: {session.peer}:{session.stream.socket.peer_port}", " ".join(head.start)]
        host = [f"Host: {head.get('Host', '')}"]
        others = [f"{name}: {value}" for name, value in head.fields if name.lower() != "host"]
        return "\n".join([*lines, *host, *sorted(others, key=lambda line: line.partition(":")[0] != "User-Agent"),
                          "", ""])


class JwilderWhoami(SelfSite):
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
        return Response(200, page.encode(), self.kind)


class HelloApp(SelfSite):
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
    "whoami": TraefikWhoami, "i am": JwilderWhoami, "hello": NginxHello,
    "hello from": HelloFrom, "flask": Flask, "elasticsearch": Elasticsearch, "registry": Registry,
    "hello-app": HelloApp, "httpbin": Httpbin, "no pages": NoPages}
