"""The resolver of a C library: /etc/hosts, then the name servers of /etc/resolv.conf, asked by UDP (resolver(5))."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.events import NO_DATA, NOT_KNOWN, TRY_AGAIN, NameUnknown
from netsandbox.apps.hosts import hosts_file, lookup, text_of
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire import dns
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.errors import ParseError

if TYPE_CHECKING:
    from netsandbox.apps.program import Context
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.core.files import Files
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.socket import Process

MOST_SERVERS, MOST_SEARCHED = 3, 6
LOCAL_SERVER, DOCKERS_SERVER = 0x7F000001, 0x7F00000B


class Settings(NamedTuple):
    """What /etc/resolv.conf says.

    Attributes:
        timeout: seconds until the next server is asked.  attempts: rounds of asking.
        ndots: a name with so many dots is tried as it is before the search list.
    """

    servers: tuple[int, ...]
    search: tuple[str, ...]
    ndots: int = 1
    timeout: int = 5
    attempts: int = 2


def read_settings(files: Files | None) -> Settings:
    """resolv.conf(5); what is not there has its default, and unknown words mean nothing, as in glibc."""
    servers: list[int] = []
    search: tuple[str, ...] = ()
    numbers = {"ndots": 1, "timeout": 5, "attempts": 2}
    for line in text_of(files, "/etc/resolv.conf").splitlines():
        words = line.split()
        if not words or line[:1] in "#;":
            continue
        if words[0] == "nameserver" and len(words) > 1 and len(servers) < MOST_SERVERS:
            try:
                servers.append(parse_ipv4(words[1]))
            except AddressError:
                continue
        elif words[0] in ("search", "domain"):
            search = tuple(words[1:][:MOST_SEARCHED])
        elif words[0] == "options":
            for word in words[1:]:
                name, _colon, value = word.partition(":")
                if name in numbers and value.isascii() and value.isdecimal():
                    numbers[name] = min(int(value), 30 if name == "timeout" else 15)
    return Settings(tuple(servers) or (LOCAL_SERVER,), search, numbers["ndots"], max(numbers["timeout"], 1),
                    max(min(numbers["attempts"], 5), 1))


class Reply(NamedTuple):
    """What a lookup came to: addresses, or why there are none."""

    addresses: tuple[int, ...]
    error: str = ""
    canonical: str = ""
    aliases: tuple[str, ...] = ()
    """The other names of a line of /etc/hosts."""


class Query:
    """One question to the name servers: sent, repeated, and answered once by a call of `done`.

    Args:
        types: record types asked for at once, each by a datagram of its own.
        done: called with (the responses by type, the server that gave them), or (None, 0) when nobody answers.

    Attributes:
        sizes: of the responses, in bytes, by type.
        failures: the servers that did not answer, and why, in order.
    """

    def __init__(self, namespace: NetworkNamespace, process: Process, settings: Settings, name: str,
                 types: tuple[int, ...], done: Callable[[dict[int, dns.Message] | None, int], None],
                 flags: int = dns.RECURSION_DESIRED) -> None:
        self.namespace = namespace
        self.process = process
        self.settings = settings
        self.name = name
        self.types = types
        self.done = done
        self.flags = flags
        self.tries = 0
        self.started = namespace.scheduler.clock
        self.sizes: dict[int, int] = {}
        self.failures: list[tuple[int, str]] = []
        self._socket: UdpSocket | None = None
        self._timer: Timer | None = None
        self._found: dict[int, dns.Message] = {}
        self._idents: dict[int, int] = {}

    @property
    def server(self) -> int:
        """Who is asked now."""
        return self.settings.servers[self.tries % len(self.settings.servers)]

    def start(self, _argument: object = None) -> None:
        """Ask a server."""
        if self.tries >= self.settings.attempts * len(self.settings.servers):
            self.done(None, 0)
            return
        scheduler = self.namespace.scheduler
        socket = self._socket = UdpSocket(self.namespace, self.process)
        self._timer = scheduler.wake_after(self.settings.timeout * SECOND, self._next, "timed out")
        stream = self.namespace.chance.stream(
            f"{self.namespace.name}/dns/{self.name}/{scheduler.now}/{self.tries}/{self.started}")
        try:
            socket.bind(0, 0)
            socket.connect(self.server, dns.PORT)
            socket.on_event = self._look
            for kind in self.types:
                if kind not in self._found:
                    self._idents[kind] = stream.bits(16)
                    socket.send(dns.Message(self._idents[kind], self.flags,
                                            (dns.Question(self.name, kind),)).emit())
        except SocketError:
            scheduler.soon(self._next, "network unreachable")

    def _look(self) -> None:
        socket = self._socket
        while socket is not None and socket is self._socket:
            try:
                datagram = socket.recv()
            except SocketError as error:
                self._next("connection refused" if error.name == "ECONNREFUSED" else "host unreachable")
                return
            if datagram is None:
                return
            self._take(datagram.data)

    def _take(self, data: bytes) -> None:
        try:
            message = dns.parse(data)
        except ParseError:
            return
        kind = next((kind for kind, ident in self._idents.items() if ident == message.ident), None)
        if kind is None or not message.is_response or kind in self._found:
            return
        if message.rcode in (dns.SERVFAIL, dns.NOTIMP, dns.REFUSED) and self._has_more():
            self._next(dns.RCODES[message.rcode])
            return
        self._found[kind] = message
        self.sizes[kind] = len(data)
        if len(self._found) == len(self.types):
            server = self.server
            self.stop()
            self.done(self._found, server)

    def _has_more(self) -> bool:
        return self.tries + 1 < len(self.settings.servers)

    def _next(self, why: str) -> None:
        self.failures.append((self.server, why))
        self.stop()
        self.tries += 1
        self.start()

    def stop(self) -> None:
        """Give the socket and the timer back."""
        self.namespace.scheduler.cancel(self._timer)
        if self._socket is not None:
            self._socket.on_event = None
            self._socket.close()
            self._socket = None


def unknown(context: Context, name: str, error: str = NOT_KNOWN) -> str:
    """Record that a name has no address; returns what is said of it."""
    servers = tuple(server for server in read_settings(context.files).servers if server != LOCAL_SERVER)
    context.namespace.record(NameUnknown(context.namespace.name, name, error, servers))
    return error


class Lookup:
    """getaddrinfo(3) for IPv4: `done` is called once with a Reply, at once when no server need be asked.

    Args:
        kinds: record types that are asked for at once.
    """

    def __init__(self, context: Context, process: Process, name: str, done: Callable[[Reply], None],
                 kinds: tuple[int, ...] = (dns.A, dns.AAAA)) -> None:
        self.context = context
        self.process = process
        self.name = name
        self.done = done
        self.kinds = kinds
        self._settings = read_settings(context.files)
        self._names: list[str] = []
        self._query: Query | None = None
        self._worst = NOT_KNOWN

    def start(self) -> None:
        name = self.name.rstrip(".")
        known = [record for record in hosts_file(self.context.files) if record.has(name)]
        if known:
            self.done(Reply(tuple(record.address for record in known), "", known[0].names[0], known[0].names[1:]))
            return
        asks_docker = self._settings.servers == (DOCKERS_SERVER,)  # which is asked by packets, and knows its own names
        number = lookup(name, {} if asks_docker else self.context.names)
        if number is not None:
            self.done(Reply((number,), "", name))
            return
        if not name or any(not part or len(part) > dns.MOST_LABEL for part in name.split(".")) or not name.isascii():
            self._give_up(NOT_KNOWN)
            return
        as_it_is = [name]
        searched = [] if self.name.endswith(".") else [f"{name}.{domain.strip('.')}" for domain in
                                                       self._settings.search if domain.strip(".")]
        enough = name.count(".") >= self._settings.ndots or self.name.endswith(".")
        self._names = as_it_is + searched if enough else searched + as_it_is
        self._ask()

    def _ask(self) -> None:
        if not self._names:
            self._give_up(self._worst)
            return
        self._query = Query(self.context.namespace, self.process, self._settings, self._names.pop(0),
                            self.kinds, self._answered)
        self._query.start()

    def _give_up(self, error: str) -> None:
        self.done(Reply((), unknown(self.context, self.name, error)))

    def _answered(self, found: dict[int, dns.Message] | None, _server: int) -> None:
        if found is None:
            self._give_up(TRY_AGAIN)
            return
        response = found[self.kinds[0]]
        addresses = tuple(int.from_bytes(record.data, "big") for record in response.answers
                          if record.type == dns.A and len(record.data) == 4)
        if addresses:
            last = next((record.name for record in response.answers if record.type == dns.A), self.name)
            self.done(Reply(addresses, "", last))
            return
        if response.rcode == dns.NOERROR:
            self._worst = NO_DATA
        elif response.rcode != dns.NXDOMAIN:
            self._worst = TRY_AGAIN
        self._ask()

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self._query is not None:
            self._query.stop()
