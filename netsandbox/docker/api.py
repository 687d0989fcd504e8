"""dockerd's API at a TCP port ("hosts" in daemon.json): who reaches it may do everything.

A client in the sandbox asks here which Engine it has reached; what it then does, it does at once.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from netsandbox.apps.calendar import http_date
from netsandbox.apps.http_server import HttpSession, Response
from netsandbox.docker.daemon_settings import FAILED_TO_LISTEN, SOCKET, DaemonError
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.socket import ANY, Process, SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.http import Head

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

PORT = 2375
BACKLOG = 4096
DOCKERD = Process("dockerd", 1)
INSECURE = ("Binding to IP address without --tlsverify is insecure and gives root access on this machine to everyone "
            "who has access to your network.")


def identity(engine: DockerEngine) -> str:
    """The Engine's own ID, which /info tells."""
    text = sha256(to_bytes(f"engine of {engine.namespace.name}")).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def places(hosts: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """(as it was written, address, port) of the TCP ports to listen at (DaemonError: one is no such place)."""
    found = []
    for text in hosts or (SOCKET,):
        scheme, _separator, rest = text.partition("://")
        if scheme in ("unix", "fd"):
            continue
        address, _colon, port = rest.partition(":")
        try:
            if scheme != "tcp" or not (port or str(PORT)).isdecimal() or int(port or PORT) > 65535:
                raise AddressError(text)
            found.append((text, parse_ipv4(address) if address else 0x7F000001, int(port or PORT)))
        except AddressError:
            raise DaemonError(f"{FAILED_TO_LISTEN}invalid bind address format: {text}") from None
    return found


def listen(engine: DockerEngine) -> None:
    """Take the ports (DaemonError: one cannot be had; none is kept)."""
    for text, address, port in places(engine.settings.hosts):
        try:
            engine.doors.append(Door(engine, address, port))
        except SocketError as error:
            close(engine)
            why = {"EADDRINUSE": "address already in use"}.get(error.name, "cannot assign requested address")
            raise DaemonError(f"{FAILED_TO_LISTEN}listen tcp {text.removeprefix('tcp://')}: bind: {why}") from None
        engine.journal.append((engine.scheduler.clock, INSECURE))


def close(engine: DockerEngine) -> None:
    doors, engine.doors = engine.doors, []
    for door in doors:
        door.close()


class Door:
    """One port (apps.http_server.Host and Site) (SocketError: it cannot be had)."""

    knows_simple: ClassVar = False
    version: ClassVar = "HTTP/1.1"
    nodelay: ClassVar = "accepted"
    words = ("dockerd",)

    def __init__(self, engine: DockerEngine, address: int, port: int) -> None:
        self.engine = engine
        self.sessions: list[HttpSession] = []
        socket = self.socket = StreamSocket(engine.namespace, DOCKERD, reuse=True)
        socket.foreground = False
        socket.bind(address if address != ANY else ANY, port)
        socket.listen(BACKLOG)
        socket.on_event = self._accept

    def _accept(self) -> None:
        while self.socket.listening and (child := self.socket.accept()) is not None:
            session = HttpSession(self, self, child, len(self.sessions) + 1)
            self.sessions.append(session)
            session.begin()

    def close(self) -> None:
        self.socket.on_event = None
        self.socket.close()
        sessions, self.sessions = self.sessions, []
        for session in sessions:
            session.drop()

    # -- as a program

    @property
    def now(self) -> int:
        """Virtual nanoseconds."""
        return self.engine.scheduler.now

    def print(self, _text: str) -> None:
        """dockerd keeps no log of requests."""

    def complain(self, _text: str) -> None:
        """Nor of errors."""

    def before_body(self, _session: HttpSession, _head: Head) -> tuple[bool, bool]:
        return True, True

    def forget(self, session: Any) -> None:
        if session in self.sessions:
            self.sessions.remove(session)

    # -- as a web server

    def answer(self, _session: HttpSession, head: Head, _body: bytes) -> Response:
        path = head.start[1].partition("?")[0]
        version, _slash, rest = path.removeprefix("/").partition("/")
        path = f"/{rest}" if version.startswith("v1.") else path
        if path == "/_ping":
            return Response(200, b"OK", "text/plain; charset=utf-8")
        told = {"/info": self._info, "/version": self._version}.get(path)
        if told is not None:
            return Response(200, json.dumps(told()).encode() + b"\n", "application/json")
        return Response(501, json.dumps({"message": f"netsandbox: {path} is not modelled; `docker -H` does what there "
                                                    "is"}).encode() + b"\n", "application/json")

    def _info(self) -> dict[str, Any]:
        engine = self.engine
        running = sum(container.is_running for container in engine.containers.values())
        return {"ID": identity(engine), "Containers": len(engine.containers), "ContainersRunning": running,
                "Name": engine.namespace.name, "ServerVersion": engine.profile.version}

    def _version(self) -> dict[str, Any]:
        profile = self.engine.profile
        return {"Version": profile.version, "ApiVersion": profile.api, "MinAPIVersion": profile.lowest_api,
                "Os": "linux", "Arch": "amd64"}

    def fields(self, _session: HttpSession, response: Response, _keeps: bool) -> list[tuple[str, str]]:
        profile = self.engine.profile
        return [("Api-Version", profile.api), ("Content-Type", response.kind), ("Docker-Experimental", "false"),
                ("Ostype", "linux"), ("Server", f"Docker/{profile.version} (linux)"), ("Date", http_date(self.now)),
                ("Content-Length", str(len(response.body)))]

    def refuse(self, _session: HttpSession, _line: str) -> Response:
        return Response(400, b"400 Bad Request", "text/plain; charset=utf-8", closes=True)

    def log(self, session: HttpSession, line: str, head: Head | None, response: Response, size: int) -> None:
        """dockerd keeps none."""
