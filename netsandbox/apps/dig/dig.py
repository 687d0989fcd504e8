"""dig: questions to a name server, each answered with all that the response says; and what nslookup and host share."""

from __future__ import annotations

import re

from netsandbox.apps.calendar import MONTHS, moment
from netsandbox.apps.client import Client
from netsandbox.apps.dig.edns import COOKIE_SIZE, option_lines
from netsandbox.apps.dig.options import BANNER, OF_ALL, Asked, read_dig
from netsandbox.apps.dig.text import Style, data_text, header_lines, question_text, record_text
from netsandbox.apps.events import TRY_AGAIN
from netsandbox.apps.hosts import lookup
from netsandbox.apps.program import Context, Program
from netsandbox.apps.query import OneShotQuery, OneShotStreamQuery, Query
from netsandbox.apps.resolv_conf import read_settings
from netsandbox.apps.resolver import Reply
from netsandbox.engine.units import MICROSECOND, MILLISECOND
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4

NUMERIC = re.compile(r"[\d.]+", re.ASCII)
"""What BIND takes for an address, so that nobody is asked about it (isc_getaddresses)."""


class Asker(Client):
    """Asks a question and tells what came; how is a subclass's matter."""

    name = "dig"

    def __init__(self, context: Context, asked: Asked) -> None:
        super().__init__(context)
        self.asked = asked
        self.settings = read_settings(context.files)
        self.found_name = ""  # the name that was answered for, of those that the search list gives
        self._query: Query | None = None
        self._names: list[str] = []

    def start(self) -> None:
        for warning in self.asked.warnings:
            self.warn(warning)
        if self.asked.ndots is not None:
            self.settings = self.settings._replace(ndots=self.asked.ndots)
        self._names = self.names()
        if not self.asked.server:
            self._begin(self.settings.servers)
            return
        if NUMERIC.fullmatch(self.asked.server) and lookup(self.asked.server, {}) is None:
            self.no_server("not found")
            return
        self.look_up(self.asked.server)

    def resolved(self, reply: Reply) -> None:
        self._begin(reply.addresses)

    def unresolved(self, reply: Reply) -> None:
        self.no_server("failure" if reply.error == TRY_AGAIN else "not found")

    def _begin(self, servers: tuple[int, ...]) -> None:
        self.settings = self.settings._replace(
            servers=servers, timeout=self.asked.timeout, attempts=self.asked.tries, port=self.asked.port)
        self.again(self._names.pop(0))

    def again(self, name: str) -> None:
        """Ask about one name."""
        self.found_name = name
        try:
            dns.encode_name(name)
        except ValueError:
            self.illegal(name)
            return
        kind = OneShotStreamQuery if self.asked.by_tcp else OneShotQuery
        self._query = kind(self.namespace, self.process, self.settings, name, self.kinds(), self._answered,
                           self.asked.header_flags, self.asked.cls, self.opt_records())
        self._query.on_asked = self.asking
        self._query.start()

    def asking(self, message: dns.Message, size: int) -> None:
        """A question leaves, of so many bytes."""

    def opt_records(self) -> tuple[dns.Answer, ...]:
        """What is said of EDNS; the cookie is the client's for this server."""
        if self.asked.edns is None:
            return ()
        cookie = self.namespace.chance.stream(f"{self.namespace.name}/dns-cookie/{self.process.pid}/"
                                             f"{self.settings.servers}")
        return self.asked.edns.records(cookie.bits(8 * COOKIE_SIZE).to_bytes(COOKIE_SIZE, "big"))

    def _answered(self, found: dict[int, dns.Message] | None, server: int) -> None:
        if found is None:
            self.unanswered()
            return
        missing = all(message.rcode == dns.NXDOMAIN or not message.answers for message in found.values())
        if missing and self._names:
            self.again(self._names.pop(0))
            return
        self.tell(found, server)

    def elapsed(self) -> int:
        """Milliseconds since the question was asked."""
        started = self._query.started if self._query is not None else 0
        return (self.scheduler.clock - started) // MILLISECOND

    def kinds(self) -> tuple[int, ...]:
        """The types of record that are asked for at once."""
        return self.asked.kinds

    def names(self) -> list[str]:
        """The names to try: dig takes a name as it is."""
        name = self.asked.name
        return [name.removesuffix(".") if name != "." else name]

    def searched(self) -> list[str]:
        """With the search list, as the resolver does it."""
        name = self.asked.name.rstrip(".")
        more = [f"{name}.{domain}" for domain in self.settings.search]
        dotted = name.count(".") >= self.settings.ndots or self.asked.name.endswith(".")
        return [name] if self.asked.name.endswith(".") else [name, *more] if dotted else [*more, name]

    def tell_failures(self) -> None:
        """Who did not answer, and why."""
        for server, why in self._query.failures if self._query is not None else ():
            address, port = format_ipv4(server), self.asked.port
            if self.asked.by_tcp:
                self.print(f";; Connection to {address}#{port}({address}) for {self.found_name} failed: {why}.")
            else:
                self.print(f";; communications error to {address}#{port}: {why}")

    def warn(self, text: str) -> None:
        """What is odd about the command line."""
        self.complain(text)

    def no_server(self, why: str) -> None:
        """The server's name is not known, or nobody could be asked about it."""
        raise NotImplementedError

    def illegal(self, name: str) -> None:
        """No name can be like that."""
        why = ("unexpected end of input" if not name else "empty label" if "" in name.split(".") else
               "label too long" if max(map(len, name.split("."))) > 63 else "ran out of space")
        self.complain(f"{self.name}: '{name[:300]}' is not a legal name ({why})")
        self.exit(10 if self.name == "dig" else 1)

    def unanswered(self) -> None:
        """Nobody answers."""
        raise NotImplementedError

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        """Print the answers and exit."""
        raise NotImplementedError

    def stop(self) -> None:
        super().stop()
        if self._query is not None:
            self._query.stop()
            self._query = None


class Dig(Asker):
    """dig of BIND: one question after another."""

    def __init__(self, context: Context, questions: list[Asked]) -> None:
        super().__init__(context, questions[0])
        self._others = questions[1:]
        self._said_banner = False
        self._status = 0

    def names(self) -> list[str]:
        if self.asked.domain:
            self.settings = self.settings._replace(search=(self.asked.domain,))
        return self.searched() if self.asked.domain or self._is_on("search", False) else super().names()

    def _is_on(self, flag: str, usual: bool = True) -> bool:
        """Whether +FLAG holds: as it was said, else as +all or +noall says of what can be left out."""
        flags = self.asked.flags
        if flag in flags or f"no{flag}" in flags:
            return flag in flags
        return usual and not (flag in OF_ALL and "noall" in flags)

    @property
    def style(self) -> Style:
        return Style(self._is_on("ttlid") or self._is_on("ttlunits", False), self._is_on("class"),
                     self._is_on("ttlunits", False), self._is_on("multiline", False))

    def _banner(self) -> None:
        if self._said_banner or "short" in self.asked.flags or not self._is_on("cmd"):
            return
        self._said_banner = True
        self.print(f"\n; <<>> {BANNER} <<>> {' '.join(self.context.arguments)}")
        if self.asked.server:
            self.print("; (1 server found)")
        self.print(";; global options: +cmd")

    def no_server(self, why: str) -> None:
        self.complain(f"dig: couldn't get address for '{self.asked.server}': {why}")
        self.exit(1)

    def unanswered(self) -> None:
        self.tell_failures()
        if not self.asked.by_tcp:
            self._banner()
        self.print(";; no servers could be reached")
        self._status = 9
        self._go_on()

    def _go_on(self) -> None:
        """The next question."""
        if not self._others:
            self.exit(self._status)
            return
        self.asked = self._others.pop(0)
        self.settings = read_settings(self.context.files)
        self.start()

    def asking(self, message: dns.Message, size: int) -> None:
        """+qr shows it."""
        if not self._is_on("qr", False) or "short" in self.asked.flags:
            return
        self._banner()
        if self._is_on("comments"):
            self._tell_header(message, "Sending")
        if self._is_on("question"):
            self._tell_questions(message)
        if self._is_on("stats"):
            self.print(f";; QUERY SIZE: {size}\n")

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        message, = found.values()
        if "short" in self.asked.flags:
            where = f" from server {format_ipv4(server)} in {self.elapsed()} ms."
            who = where if self._is_on("identify", False) else ""
            for record in message.answers:
                self.print(data_text(record) + who)
            self._go_on()
            return
        self._banner()
        if self._is_on("comments"):
            self._tell_header(message, "Got answer")
        if self._is_on("question") and message.questions:
            self._tell_questions(message)
        self._tell_section("ANSWER", "answer", message.answers)
        self._tell_section("AUTHORITY", "authority", message.authority)
        if self._is_on("stats"):
            self._tell_statistics(server)
        self._go_on()

    def _tell_header(self, message: dns.Message, title: str) -> None:
        self.print(f";; {title}:")
        for line in header_lines(message):
            self.print(line)
        asks = message.flags & (dns.RECURSION_DESIRED | dns.RECURSION_AVAILABLE) == dns.RECURSION_DESIRED
        if asks and message.is_response:
            self.print(";; WARNING: recursion requested but not available")
        self.print("")
        if message.opt is not None:
            is_dnssec = message.opt.ttl & dns.DNSSEC_OK
            self.print(f";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:{' do' if is_dnssec else ''}; "
                       f"udp: {message.opt.cls}")
            for line in option_lines(message.opt.data):
                self.print(line)

    def _tell_questions(self, message: dns.Message) -> None:
        has_titles = self._is_on("comments")
        if has_titles:
            self.print(";; QUESTION SECTION:")
        for question in message.questions:
            self.print(question_text(question, self.style))
        if has_titles:
            self.print("")

    def _tell_section(self, title: str, name: str, records: tuple[dns.Answer, ...]) -> None:
        if not records or not self._is_on(name):
            return
        if self._is_on("comments"):
            self.print(f";; {title} SECTION:")
        for record in records:
            self.print(record_text(record, self.style))
        if self._is_on("comments"):
            self.print("")

    def _tell_statistics(self, server: int) -> None:
        at = moment(self.scheduler.now)
        size = next(iter(self._query.sizes.values()), 0) if self._query is not None else 0
        address = format_ipv4(server)
        started = self._query.started if self._query is not None else 0
        self.print(f";; Query time: {(self.scheduler.clock - started) // MICROSECOND} usec"
                   if "microseconds" in self.asked.flags else f";; Query time: {self.elapsed()} msec")
        self.print(f";; SERVER: {address}#{self.asked.port}({self.asked.server or address}) "
                   f"({'TCP' if self.asked.by_tcp else 'UDP'})")
        self.print(f";; WHEN: {at.weekday} {MONTHS[at.month - 1]} {at.day:02d} {at.clock} UTC {at.year}")
        self.print(f";; MSG SIZE  rcvd: {size}\n")


def dig(context: Context) -> Program:
    """dig(1) (program.Maker)."""
    return Dig(context, read_dig(context.arguments))
