"""Programs that bind a port and wait: the servers of the images.

What each writes when the port is taken is its own; nginx tries five times, 500 ms apart, before it gives up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps import errno
from netsandbox.apps.calendar import MONTHS, log_date
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.sessions import SERVICES, Session
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import ANY, Socket, SocketError
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:

    from netsandbox.engine.timers import Timer

NGINX_TRIES = 5
NGINX_PAUSE = 500 * MILLISECOND

REFUSALS: dict[str, tuple[str, ...]] = {
    "httpd": ("(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:{port}",
              "no listening sockets available, shutting down", "AH00015: Unable to open logs"),
    "redis": (("1:M {redis} # Warning: Could not create server TCP listening socket *:{port}: bind: "
               "Address already in use"),
              "1:M {redis} # Failed listening on port {port} (tcp), aborting."),
    "memcached": ("failed to listen on TCP port {port}: Address already in use",),
    "mysql": ("{mysql} 0 [ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: Address already in use",
              "{mysql} 0 [ERROR] [MY-010119] [Server] Aborting"),
}
"""What a server writes before it exits with 1; {redis}, {mysql} and {nginx} are the time as each of them writes it."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FOR_EVER = 1e9  # Seconds after which nobody waits for a `sleep`
EXIT_CODES = {"memcached": 71}

FAREWELLS: dict[str, tuple[str, ...]] = {
    "nginx": ("{nginx} [notice] 1#1: signal {number} (SIG{signal}) received, {how}", "{nginx} [notice] 1#1: exit"),
    "httpd": ("[mpm_event:notice] [pid 1:tid 1] AH00491: caught SIG{signal}, shutting down",),
    "redis": ("1:signal-handler (0) Received SIG{signal} scheduling shutdown...",
              "1:M {redis} # Redis is now ready to exit, bye bye..."),
    "memcached": ("Signal handled: {signal}.",),
}
"""What a server writes when a signal ends it."""


KEEPALIVE = {"redis": Keepalive(300, 100, 3), "mysql": Keepalive()}
"""What servers ask for on the connections that they accept: redis by its tcp-keepalive 300, mysqld by the sysctls."""


class Server(Program):
    """A server that listens on its ports until it is stopped (sockets: what it has bound)."""

    is_endless = True

    def __init__(self, namespace: NetworkNamespace, name: str, kind: str, ports: tuple[int, ...], backlog: int,
                 dual_stack: bool, pid: int, greeting: tuple[str, ...] = (), ready: tuple[str, ...] = (),
                 files: Files | None = None) -> None:
        self.name = name
        super().__init__(namespace, pid)
        self.kind = kind
        self.ports = ports
        self.backlog = backlog
        self.families = ("inet", "inet6") if dual_stack else ("inet",)
        self.sockets: list[Socket] = []
        self._greeting = greeting
        self._ready = ready
        self._tries = 0
        self._timer: Timer | None = None
        self._service = SERVICES[kind](self, kind, files) if kind in SERVICES else None
        self._sessions: list[Session] = []
        self._accepted = 0

    def start(self) -> None:
        """Bind the ports, or fail in the server's own way."""
        for line in self._greeting:
            self.print(line)
        self._attempt(None)

    def _attempt(self, _argument: object) -> None:
        if self.code is not None:
            return
        self._tries += 1
        refused = [where for end in self.ends() for where in [self.bind(*end)] if where]
        if not refused:
            for line in self._ready:
                self.complain(self._worded(line))
            return
        self.stop()
        if self.kind == "nginx":
            self._complain_as_nginx(refused)
        else:
            for line in REFUSALS.get(self.kind, ("bind: Address already in use",)):
                self.complain(self._worded(line))
            self.exit(EXIT_CODES.get(self.kind, 1))

    def ends(self) -> list[tuple[str, int, int]]:
        """(family, address, port) of each socket to listen on."""
        return [(family, ANY, port) for port in self.ports for family in self.families]

    def bind(self, family: str, address: int, port: int) -> str:
        """Empty when the port is ours now, else what nginx says of it."""
        kind = StreamSocket if family == "inet" else Socket
        socket = kind(self.namespace, self.process, reuse=True)
        socket.family = family
        try:
            socket.bind(address, port)
            socket.listen(self.backlog)
        except SocketError as error:
            where = format_ipv4(address) if family == "inet" else "[::]"
            return f"bind() to {where}:{port} failed ({errno.NUMBERS.get(error.name)}: {errno.TEXTS.get(error.name)})"
        self.sockets.append(socket)
        if isinstance(socket, StreamSocket):
            socket.foreground = False
            socket.on_event = self._accept
        return ""

    def _accept(self) -> None:
        """Take the connections that wait; each has a session of its own."""
        for listener in self.sockets:
            while isinstance(listener, StreamSocket) and (child := listener.accept()) is not None:
                child.keep_alive(self.keepalive(child.port))
                session = self.session(child, self._accepted + 1)
                if session is None:
                    child.close()
                    continue
                self._accepted += 1
                self._sessions.append(session)
                session.begin()

    def keepalive(self, port: int) -> Keepalive | None:
        """What it asks for on connections to a port of its own."""
        return KEEPALIVE.get(self.kind)

    def session(self, socket: StreamSocket, number: int) -> Session | None:
        """Who speaks with a client; nobody where the protocol is not known."""
        return self._service.open(socket, number) if self._service is not None else None

    def forget(self, session: Session) -> None:
        """A session is over."""
        if session in self._sessions:
            self._sessions.remove(session)

    def _complain_as_nginx(self, refused: list[str]) -> None:
        stamp = log_date(self.scheduler.now)
        for text in refused:
            self.complain(f"{stamp} [emerg] 1#1: {text}")
            self.complain(f"nginx: [emerg] {text}")
        if any("(98:" not in text for text in refused):
            self.exit(1)
            return
        self.complain(f"{stamp} [notice] 1#1: try again to bind() after 500ms")
        then = self._attempt if self._tries < NGINX_TRIES else self._give_up_as_nginx
        self._timer = self.scheduler.after(NGINX_PAUSE, then, foreground=True)

    def _give_up_as_nginx(self, _argument: object) -> None:
        if self.code is None:
            self.complain(f"{log_date(self.scheduler.now)} [emerg] 1#1: still could not bind()")
            self.complain("nginx: [emerg] still could not bind()")
            self.exit(1)

    def _worded(self, line: str, number: int = 0, signal: str = "") -> str:
        nginx = log_date(self.scheduler.now)
        year, month, day = (int(part) for part in nginx.partition(" ")[0].split("/"))
        clock = nginx.partition(" ")[2]
        how = "shutting down" if signal == "QUIT" else "exiting"
        port = self.ports[0] if self.ports else 0
        return line.format(port=port, nginx=nginx, redis=f"{day:02d} {MONTHS[month - 1]} {year} {clock}.000",
                           mysql=f"{nginx.partition(' ')[0].replace('/', '-')}T{clock}.000000Z", number=number,
                           postgres=f"{nginx.replace('/', '-')}.000 UTC", signal=signal, how=how)

    def say_farewell(self, number: int, signal: str) -> None:
        """What it logs when a signal is about to end it."""
        for line in FAREWELLS.get(self.kind, ()):
            self.complain(self._worded(line, number, signal))

    def stop(self) -> None:
        for session in self._sessions:
            session.drop()
        for socket in self.sockets:
            socket.close()
        self.sockets, self._sessions = [], []
        self.scheduler.cancel(self._timer)


class Sleeper(Program):
    """`sleep N`, or a shell without a terminal, which ends at once (0 seconds) (seconds: None to run until it is
    stopped)."""

    def __init__(self, namespace: NetworkNamespace, name: str, seconds: float | None, pid: int) -> None:
        self.name = name
        super().__init__(namespace, pid)
        self.seconds = seconds
        self._timer: Timer | None = None

    @property
    def is_endless(self) -> bool:
        return self.seconds is None

    def start(self) -> None:
        if self.seconds is not None:
            self._timer = self.scheduler.after(round(self.seconds * SECOND), self.exit, 0,
                                               foreground=self.foreground or not self.seconds)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)


class Speaker(Program):
    """A program that says something and ends (lines: (stream, line), without the newline)."""

    def __init__(self, namespace: NetworkNamespace, name: str, lines: list[tuple[str, str]], pid: int,
                 status: int = 0) -> None:
        self.name = name
        super().__init__(namespace, pid)
        self._lines = lines
        self._status = status

    def start(self) -> None:
        for stream, line in self._lines:
            self.output.append((stream, line + "\n"))
        self.exit(self._status)


def sleep(context: Context) -> Sleeper:
    """sleep(1) (program.Maker)."""
    if not context.arguments:
        raise UsageError("sleep: missing operand", 1)
    return Sleeper(context.namespace, "sleep", sleep_seconds(context.arguments[0]), context.next_pid())


def sleep_inside(namespace: NetworkNamespace, argv: list[str], pid: int, has_busybox: bool) -> Program:
    """The same in a container, whose main program it may be: it says itself what it does not understand."""
    try:
        if len(argv) > 1:
            return Sleeper(namespace, "sleep", sleep_seconds(argv[1]), pid)
        why = "sleep: missing operand"
    except UsageError as error:
        why = f"sleep: invalid number '{argv[1]}'" if has_busybox else str(error)
    return Speaker(namespace, "sleep", [("err", why)], pid, 1)


def sleep_seconds(text: str) -> float | None:
    """`1.5`, `2m` or `inf` in seconds; None for ever, which thirty years are (UsageError: as coreutils words it)."""
    number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1)
    try:
        seconds = float(number) * unit
    except ValueError:
        seconds = -1
    if not seconds >= 0:
        raise UsageError(f"sleep: invalid time interval ‘{text}’", 1)
    return seconds if seconds < FOR_EVER else None
