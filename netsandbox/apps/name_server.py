"""A name server: it answers for its zone, and asks others for the rest if it has any to ask (RFC 1034, 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from netsandbox.apps.program import Program
from netsandbox.apps.query import LENGTH, DatagramQuery, Query
from netsandbox.apps.resolv_conf import Settings
from netsandbox.apps.stream import Stream
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import Datagram, UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire import dns
from netsandbox.wire.errors import ParseError

UPSTREAM_TIMEOUT = 4  # Seconds that another server may take
BACKLOG = 4096
MOST_BY_TCP = 0xFFFF


Answered = Callable[[dict[int, dns.Message] | None, int], None]
"""Takes the responses by type and who gave them, or None where nobody did."""


class Zone(Protocol):
    """What a server knows."""

    def addresses(self, name: str) -> Sequence[int] | None:
        """The addresses of a name, in the order to give them; None for a name that it does not know."""

    def names(self, address: int) -> Sequence[str] | None:
        """The names of an address, None where it knows none."""


MOST_NAMES = 10  # Names of one address, which has none of its own where there are more: it is a content network's


class Names:
    """A zone that is a table, as a provider's server has it."""

    def __init__(self, table: Mapping[str, int]) -> None:
        self._table = {name.lower(): address for name, address in table.items()}

    def addresses(self, name: str) -> Sequence[int] | None:
        address = self._table.get(name.lower())
        return None if address is None else (address,)

    def names(self, address: int) -> Sequence[str] | None:
        found = [name for name, known in self._table.items() if known == address]
        return (found[:1] or None) if len(found) <= MOST_NAMES else None


class Pending(NamedTuple):
    """A question that waits for another server's answer."""

    asked: dns.Message
    datagram: Datagram


class NameServer(Program):
    """A name server that runs until it is stopped.

    Args:
        address, port: where it listens; 0.0.0.0 for every address.
        upstreams: whom it asks about names that its zone does not have; nobody, and they are NXDOMAIN.
        ttl: seconds that its answers hold.
        datagram: bytes of a datagram that it takes and gives (RFC 6891); 0 for a server that knows nothing of EDNS.
        by_tcp: whether it can be asked by TCP too.
    """

    is_endless = True

    def __init__(self, namespace: NetworkNamespace, name: str, pid: int, zone: Zone, address: int = 0,
                 port: int = dns.PORT, upstreams: tuple[int, ...] = (), ttl: int = 600,
                 is_authoritative: bool = False, datagram: int = 0, by_tcp: bool = True) -> None:
        self.name = name
        super().__init__(namespace, pid)
        self.foreground = False
        self.zone = zone
        self.address = address
        self.port = port
        self.upstreams = upstreams
        self.ttl = ttl
        self.is_authoritative = is_authoritative
        self.datagram = datagram
        self.socket: UdpSocket | None = None
        self.by_tcp = by_tcp
        self.tcp = StreamSocket(namespace, self.process)
        self.clients: dict[int, Client] = {}  # Those who ask by TCP, by a number that is no port
        self.asks_from = namespace
        self._asking: list[Forwarded] = []

    forwards_all = False  # Whether it asks others also where nobody wanted it to (RD is off)

    def start(self) -> None:
        """Bind the port, or two where it is for the kernel to choose (SocketError: it is taken)."""
        socket = self.socket = UdpSocket(self.namespace, self.process)
        socket.bind(self.address, self.port)
        socket.on_event = self._look
        if self.by_tcp:
            self.tcp.bind(self.address, self.port)
            self.tcp.listen(BACKLOG)
            self.tcp.foreground = False
            self.tcp.on_event = self._accept
        self.port = socket.port

    def stop(self) -> None:
        for asked in self._asking:
            asked.query.stop()
        self._asking = []
        for client in list(self.clients.values()):
            client.stream.drop()
        self.tcp.close()
        if self.socket is not None:
            self.socket.on_event = None
            self.socket.close()

    def _accept(self) -> None:
        while self.tcp.listening and (child := self.tcp.accept()) is not None:
            number = min(self.clients, default=0) - 1
            self.clients[number] = client = Client(self, number, child)
            client.stream.begin()

    def _look(self) -> None:
        while self.socket is not None:
            try:
                datagram = self.socket.recv()
            except SocketError:
                continue
            if datagram is None:
                return
            self.take(datagram)

    def take(self, datagram: Datagram) -> None:
        """Answer one message."""
        try:
            asked = dns.parse(datagram.data)
        except ParseError:
            return
        if asked.is_response:
            return
        if len(asked.questions) != 1:
            self.respond(Pending(asked, datagram), dns.FORMERR, ())
            return
        question = asked.questions[0]
        answer = self.know(question)
        if answer is not None:
            self.respond(Pending(asked, datagram), dns.NOERROR, answer, self.is_authoritative)
        elif self.upstreams and (asked.flags & dns.RECURSION_DESIRED or self.forwards_all):
            self.forward(Pending(asked, datagram))
        else:
            self.respond(Pending(asked, datagram), self.refusal, (), self.is_authoritative)

    def know(self, question: dns.Question) -> tuple[dns.Answer, ...] | None:
        """The zone's records for a question; empty for a name that has none of this type."""
        if question.type == dns.PTR:
            address = dns.reversed_address(question.name)
            names = self.zone.names(address) if address is not None else None
            return None if names is None else tuple(
                dns.Answer(question.name, dns.PTR, self.ttl, b"", name) for name in names)
        addresses = self.zone.addresses(question.name)
        if addresses is None:
            return None
        if question.type not in (dns.A, dns.ANY):
            return ()
        return tuple(dns.Answer(question.name, dns.A, self.ttl, address.to_bytes(4, "big")) for address in addresses)

    def respond(self, pending: Pending, code: int, answers: tuple[dns.Answer, ...],
                authoritative: bool = False, compress: bool = True,
                additional: tuple[dns.Answer, ...] = ()) -> None:
        """Send an answer; one that is too long is cut and says so."""
        asked, datagram = pending
        additional = additional or self.edns(asked)
        flags = (dns.RESPONSE | asked.flags & (dns.RECURSION_DESIRED | dns.CHECKING_DISABLED) | code
                 | (dns.RECURSION_AVAILABLE if self.offers_recursion(code) else 0)
                 | (dns.AUTHORITATIVE if authoritative else 0))
        data = dns.Message(asked.ident, flags, asked.questions, answers, (), additional).emit(compress)
        if len(data) > self.room(pending):
            data = dns.Message(asked.ident, flags | dns.TRUNCATED, asked.questions, additional=additional).emit()
        self.send(datagram, data)

    def edns(self, asked: dns.Message) -> tuple[dns.Answer, ...]:
        """Its own OPT record, for whoever sent one; cookies it does not know."""
        given = asked.opt
        if given is None or not self.datagram:
            return ()
        return (dns.opt(self.datagram, bool(given.ttl & dns.DNSSEC_OK)),)

    def room(self, pending: Pending) -> int:
        """Bytes that an answer may have."""
        return MOST_BY_TCP if pending.datagram.port in self.clients else self.room_by_udp(pending.asked)

    def room_by_udp(self, asked: dns.Message) -> int:
        return max(min(asked.opt.cls, self.datagram), dns.LARGEST) if asked.opt is not None else dns.LARGEST

    def offers_recursion(self, _code: int) -> bool:
        """Whether an answer says that this server asks others."""
        return bool(self.upstreams) or not self.is_authoritative

    def forward(self, pending: Pending) -> None:
        """Ask the other servers."""
        forwarded = Forwarded(self, pending)
        self._asking.append(forwarded)
        forwarded.query.start()

    def query(self, pending: Pending, done: Answered) -> Query:
        """The question as the other servers are asked it."""
        question = pending.asked.questions[0]
        settings = Settings(self.upstreams, (), 1, UPSTREAM_TIMEOUT, 1)
        return DatagramQuery(self.asks_from, self.process, settings, question.name, (question.type,), done,
                             cls=question.cls)

    def pass_on(self, pending: Pending, message: dns.Message) -> None:
        """Answer as another server did."""
        self.respond(pending, message.rcode, message.answers)

    @property
    def refusal(self) -> int:
        """What a name is answered with that is not in the zone, when there is nobody to ask."""
        return dns.NXDOMAIN

    def send(self, datagram: Datagram, data: bytes) -> None:
        """Give an answer to who asked."""
        client = self.clients.get(datagram.port)
        try:
            if client is not None:
                client.stream.write(len(data).to_bytes(LENGTH, "big") + data)
            elif self.socket is not None:
                self.socket.send(data, datagram.source, datagram.port)
        except SocketError:
            return

    def forget(self, forwarded: Forwarded) -> None:
        """A question to another server is answered, or given up."""
        if forwarded in self._asking:
            self._asking.remove(forwarded)


class Client:
    """Who asks by TCP (apps.stream.StreamOwner)."""

    def __init__(self, server: NameServer, number: int, socket: StreamSocket) -> None:
        self.server = server
        self.number = number
        self.stream = Stream(socket, self)
        self._data = b""

    def connected(self, stream: Stream) -> None:
        """It is, since it was accepted."""

    def received(self, stream: Stream, data: bytes) -> None:
        self._data += data
        while len(self._data) >= LENGTH + (size := int.from_bytes(self._data[:LENGTH], "big")) and size:
            message, self._data = self._data[LENGTH:LENGTH + size], self._data[LENGTH + size:]
            self.server.take(Datagram(message, self.server.address, self.number, self.server.address))

    def ended(self, stream: Stream) -> None:
        stream.close()
        self.server.clients.pop(self.number, None)

    def failed(self, stream: Stream, error: str) -> None:
        self.server.clients.pop(self.number, None)


class Forwarded:
    """A question that is asked of other servers for somebody."""

    def __init__(self, server: NameServer, pending: Pending) -> None:
        self.server = server
        self.pending = pending
        self.query = server.query(pending, self._answered)

    def _answered(self, found: dict[int, dns.Message] | None, _server: int) -> None:
        self.server.forget(self)
        if found is None:
            self.server.respond(self.pending, dns.SERVFAIL, ())
            return
        message, = found.values()
        self.server.pass_on(self.pending, message)
