"""python3 -m http.server: the one module of Python that is there."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.http_server import HttpSession, Site
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.sites.python import PythonSite
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

BACKLOG = 5
USAGE = ("usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: ")
UNMODELLED = ("python3: the sandbox has `python3 -m http.server [PORT] [-b ADDRESS] [-d DIRECTORY]` and "
              "`python3 -m json.tool` alone")
TRACEBACK = "Traceback (most recent call last):\n  …\nOSError: [Errno 98] Address already in use"


class PythonServer(Program):
    """The server, until it is stopped (site: what it answers)."""

    name = "python3"
    is_endless = True
    listens = True

    def __init__(self, context: Context, address: int, port: int, site: Site) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.address = address
        self.port = port
        self.socket = StreamSocket(context.namespace, self.process, reuse=True)
        self._site = site
        self._sessions: list[HttpSession] = []
        self._accepted = 0

    def start(self) -> None:
        try:
            self.socket.bind(self.address, self.port)
            self.socket.listen(BACKLOG)
        except SocketError as error:
            self.complain(self.cannot(error))
            self.exit(1)
            return
        self.socket.foreground = False
        self.socket.on_event = self._accept
        self.greet()

    def cannot(self, error: SocketError) -> str:
        """What is said of a port that cannot be had."""
        return (TRACEBACK if error.name == "EADDRINUSE" else
                TRACEBACK.partition("OSError")[0] + "OSError: [Errno 99] Cannot assign requested address")

    def greet(self) -> None:
        host = format_ipv4(self.address)
        self.print(f"Serving HTTP on {host} port {self.port} (http://{host}:{self.port}/) ...")

    def _accept(self) -> None:
        while (child := self.socket.accept()) is not None:
            self._accepted += 1
            session = HttpSession(self, self._site, child, self._accepted)
            self._sessions.append(session)
            session.begin()

    def forget(self, session: Any) -> None:
        """A session is over."""
        if session in self._sessions:
            self._sessions.remove(session)

    def interrupt(self) -> None:
        self.complain("\nKeyboard interrupt received, exiting.")
        self.exit(0)

    def stop(self) -> None:
        for session in self._sessions:
            session.drop()
        self._sessions = []
        self.socket.close()


def _value(option: str, rest: list[str]) -> str:
    if not rest:
        raise UsageError(f"{USAGE}argument {option}: expected one argument", 2)
    return rest.pop(0)


def program(context: Context) -> Program:
    """python3(1) (program.Maker) (UsageError: anything but `-m http.server`, and what argparse refuses)."""
    words = context.arguments
    if words[:2] != ["-m", "http.server"]:
        raise UsageError(UNMODELLED, 127)
    address, port, root = 0, 8000, "."
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        if word in ("-b", "--bind"):
            address = _address(_value("-b/--bind", rest))
        elif word in ("-d", "--directory"):
            root = _value("-d/--directory", rest)
        elif word.isascii() and word.isdecimal() and int(word) < 65536:
            port = int(word)
        else:
            raise UsageError(f"{USAGE}argument port: invalid int value: '{word}'" if not word.startswith("-") else
                             f"{USAGE}unrecognized arguments: {word}", 2)
    return PythonServer(context, address, port, PythonSite(context.files, context.files.canonical(root)))


def _address(text: str) -> int:
    try:
        return parse_ipv4("127.0.0.1" if text == "localhost" else text)
    except AddressError:
        raise UsageError("socket.gaierror: [Errno -2] Name or service not known", 1) from None
