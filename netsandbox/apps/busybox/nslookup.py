"""nslookup of BusyBox 1.37: all questions at once from one socket, and each answer told on its own."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import NamedTuple

from netsandbox.apps.bounds import bounded
from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.client import Client
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolv_conf import read_settings
from netsandbox.apps.resolver import Reply
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none
from netsandbox.wire.errors import ParseError

USAGE = usage("nslookup")
KINDS = {name: dns.TYPE_NUMBERS[name.upper()] for name in USAGE.rpartition(" ")[2].split(",")}
OPTIONS = ("type", "querytype", "port", "retry", "timeout", "debug", "t", "q")
PORT, RETRIES, TIMEOUT = 53, 2, 5
WORDS = {dns.CNAME: "canonical name =", dns.NS: "nameserver =", dns.PTR: "name =", dns.MX: "mail exchanger =",
         dns.TXT: "text =", KINDS["srv"]: "service ="}


class Wish(NamedTuple):
    """What is asked for on the command line."""

    host: str
    server: str
    kinds: tuple[int, ...]
    port: int = PORT
    retries: int = RETRIES
    timeout: int = TIMEOUT
    is_debug: bool = False


class Question:
    """One question, and what came back."""

    def __init__(self, ident: int, name: str, kind: int) -> None:
        self.name = name
        self.answer: dns.Message | None = None
        self.took = 0  # milliseconds
        asked = dns.Message(ident, dns.RECURSION_DESIRED, (dns.Question(name, kind),))
        self.message = asked.emit() if dns.fits(name) else b""  # empty where the name is none that a question holds
        self.ident = ident


class BusyBoxNslookup(Client):
    """One run: server after server, until one has answered something."""

    name = "nslookup"

    def __init__(self, context: Context, wish: Wish) -> None:
        super().__init__(context)
        self.wish = wish
        settings = read_settings(context.files)
        chance = context.namespace.chance.stream(f"{context.namespace.name}/nslookup/{self.process.pid}")
        first = chance.bits(16)
        self._questions = [Question((first + number) & 0xFFFF, name, kind)
                           for number, (name, kind) in enumerate(_asked(wish, settings.search))]
        self._servers = [(format_ipv4(server), server, wish.port) for server in settings.servers]
        self._socket: UdpSocket | None = None
        self._timers: list[Timer] = []
        self._began = self._spare = 0

    def start(self) -> None:
        if self.wish.server:
            host, _colon, port = self.wish.server.partition(":")
            self._servers = [(self.wish.server, 0, int(port) if port.isdecimal() else self.wish.port)]
            self.look_up(host)
        else:
            self._ask_server()

    def resolved(self, reply: Reply) -> None:
        (name, _address, port), = self._servers
        self._servers = [(name, reply.addresses[0], port)]
        self._ask_server()

    def unresolved(self, _reply: Reply) -> None:
        self.complain(f"nslookup: bad address '{self.wish.server}'")
        self.exit(1)

    # -- one server

    def _ask_server(self) -> None:
        if not self._servers:
            self.print(";; connection timed out; no servers could be reached\n")
            self.exit(1)
            return
        _name, address, port = self._servers[0]
        socket = self._socket = UdpSocket(self.namespace, self.process)
        try:
            socket.bind(0, 0)
            socket.connect(address, port)
        except SocketError as error:
            self.complain(f"nslookup: can't connect to remote host ({format_ipv4(address)}): {TEXTS[error.name]}")
            self.exit(1)
            return
        socket.on_event = self._look
        self._began = self.scheduler.clock
        pause = self.wish.timeout * SECOND // self.wish.retries
        self._timers = [self._after(pause * number, self._send_all) for number in range(1, self.wish.retries)]
        self._timers.append(self._after(self.wish.timeout * SECOND, self._time_out))
        self._send_all(None)

    def _send_all(self, _argument: object) -> None:
        """Each that is not answered; between two writes the kernel has its turn."""
        self._spare = 2 * len(self._questions)
        self._send_on([one for one in self._questions if one.answer is None])

    def _send_on(self, waiting: list[Question]) -> None:
        if waiting and self._write(waiting[0]) and waiting[1:]:
            self.scheduler.soon(self._send_on, waiting[1:])

    def _write(self, question: Question) -> bool:
        """Whether it left; else the next server is asked."""
        if self._socket is None:
            return False
        try:
            if not question.message:  # it writes -1 bytes
                raise SocketError("EMSGSIZE")
            self._socket.send(question.message)
        except SocketError as error:
            self.complain(f"nslookup: write to '{self._servers[0][0]}': {TEXTS[error.name]}")
            self._next_server()
            return False
        return True

    def _look(self) -> None:
        while self._socket is not None:
            try:
                datagram = self._socket.recv()
            except SocketError as error:
                self.complain(f"nslookup: read: {TEXTS[error.name]}")
                continue
            if datagram is None:
                return
            self._take(datagram.data)

    def _take(self, data: bytes) -> None:
        try:
            message = dns.parse(data)
        except ParseError:
            return
        question = next((one for one in self._questions if one.ident == message.ident and one.answer is None), None)
        if question is None:
            return
        if message.rcode == dns.SERVFAIL and self._spare:
            self._spare -= 1
            self._write(question)
            return
        question.answer, question.took = message, (self.scheduler.clock - self._began) // MILLISECOND
        if all(one.answer is not None for one in self._questions):
            self._tell()

    def _time_out(self, _argument: object) -> None:
        if any(one.answer is not None for one in self._questions):
            self._tell()
        else:
            self._next_server()

    def _next_server(self) -> None:
        self._leave()
        self._servers.pop(0)
        self._ask_server()

    def _leave(self) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        self._timers = []
        if self._socket is not None:
            self._socket.on_event = None
            self._socket.close()
            self._socket = None

    # -- what came

    def _tell(self) -> None:
        name, address, port = self._servers[0]
        self._leave()
        self.print(f"Server:\t\t{name}\nAddress:\t{format_ipv4(address)}:{port}\n")
        failed = 0
        for number, question in enumerate(self._questions):
            if self.wish.is_debug:
                self.print(f"Query #{number} completed in {question.took}ms:")
            failed += self._tell_one(question)
            self.print("")
        self.exit(int(bool(failed)))

    def _tell_one(self, question: Question) -> bool:
        """Whether it is a failure."""
        answer = question.answer
        if answer is None:
            self.print(f"*** Can't find {question.name}: No answer")
            return True
        if answer.rcode:
            code = dns.RCODES[answer.rcode] if answer.rcode < len(dns.RCODES) else str(answer.rcode)
            self.print(f"** server can't find {question.name}: {code}")
            return True
        if not answer.flags & dns.AUTHORITATIVE:
            self.print("Non-authoritative answer:")
        for record in answer.answers:
            self.print(_told(record))
        return False

    def _after(self, delay: int, callback: Callable[[object], None]) -> Timer:
        return self.scheduler.wake_after(delay, callback, foreground=self.foreground)

    def stop(self) -> None:
        super().stop()
        self._leave()


def _asked(wish: Wish, search: tuple[str, ...]) -> list[tuple[str, int]]:
    """Names and types: a name without a dot below each domain of the search list."""
    number = ipv4_or_none(wish.host)
    if not wish.kinds and number is not None:
        return [(dns.reverse_name(number), dns.PTR)]
    name = wish.host.rstrip(".") if wish.host.strip(".") else wish.host
    names = [f"{name}.{domain.strip('.')}" for domain in search if domain.strip(".")]
    kinds = wish.kinds or (dns.A, dns.AAAA)
    return [(one, kind) for kind in kinds
            for one in (names if names and "." not in wish.host and kind != dns.PTR else [name])]


def _told(record: dns.Answer) -> str:
    if record.type == dns.A and len(record.data) == 4:
        return f"Name:\t{record.name}\nAddress: {format_ipv4(int.from_bytes(record.data, 'big'))}"
    if record.type == dns.AAAA:
        return f"Name:\t{record.name}\nAddress: {IPv6Address(record.data)}"
    text = record.text.rstrip(".") or record.data[1:].decode("latin-1")
    if record.type == dns.TXT:
        text = f'"{record.data[1:1 + record.data[0]].decode("latin-1")}"' if record.data else '""'
    return f"{record.name}\t{WORDS.get(record.type, '?')} {text}"


def _read(arguments: list[str]) -> Wish:
    """Raises UsageError: in BusyBox's words."""
    kinds, rest, is_debug = list[int](), list(arguments), False
    numbers = {"port": PORT, "retry": RETRIES, "timeout": TIMEOUT}
    while rest and rest[0].startswith("-") and len(rest[0]) > 1:
        text, equals, value = rest.pop(0)[1:].partition("=")
        name = text if text in OPTIONS else next((one for one in OPTIONS if one.startswith(text)), "")
        if name in ("type", "querytype", "q") and equals:
            if value.lower() not in KINDS:
                raise UsageError(f'nslookup: invalid query type "{value}"', 1)
            kinds.append(KINDS[value.lower()])
        elif name in ("port", "retry", "timeout", "t") and equals:
            numbers["timeout" if name == "t" else name] = bounded("nslookup", value, 1, 65535)
        elif name == "debug" and not equals:
            is_debug = True
        else:
            raise UsageError(USAGE, 1)
    if not 1 <= len(rest) <= 2:
        raise UsageError(USAGE, 1)
    return Wish(rest[0], rest[1] if rest[1:] else "", tuple(kinds), numbers["port"], numbers["retry"],
                numbers["timeout"], is_debug)


def program(context: Context) -> Program:
    """BusyBox's nslookup (program.Maker)."""
    return BusyBoxNslookup(context, _read(context.arguments))
