"""dig, nslookup and host: one question to a name server, told in three ways."""

from __future__ import annotations

from netsandbox.apps.calendar import MONTHS, moment
from netsandbox.apps.dig_options import Asked, read_dig, read_simple
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Lookup, Query, Reply, Settings, read_settings
from netsandbox.engine.units import MILLISECOND
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4

BANNER = "DiG 9.20.15"


class Asker(Program):
    """Asks one question and tells what came; how is a subclass's matter."""

    name = "dig"

    def __init__(self, context: Context, asked: Asked) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self.asked = asked
        self.settings = read_settings(context.files)
        self._lookup: Lookup | None = None
        self._query: Query | None = None
        self._names: list[str] = []

    def start(self) -> None:
        if not self.asked.server:
            self._begin(self.settings.servers)
            return
        self._lookup = Lookup(self.context, self.process, self.asked.server, self._found_server)
        self._lookup.start()

    def _found_server(self, reply: Reply) -> None:
        self._lookup = None
        if reply.error:
            self.no_server(reply.error)
            return
        self._begin(reply.addresses)

    def _begin(self, servers: tuple[int, ...]) -> None:
        self.settings = Settings(servers, self.settings.search, self.settings.ndots, self.asked.timeout,
                                 self.asked.tries)
        self._names = self.names()
        self._ask()

    def _ask(self) -> None:
        name = self._names.pop(0)
        try:
            dns.encode_name(name)
        except ValueError:
            self.illegal(name)
            return
        self._query = Query(self.namespace, self.process, self.settings, name, self.asked.kinds, self._answered)
        self._query.start()

    def _answered(self, found: dict[int, dns.Message] | None, server: int) -> None:
        if found is None:
            self.unanswered()
            return
        missing = all(message.rcode == dns.NXDOMAIN or not message.answers for message in found.values())
        if missing and self._names:
            self._ask()
            return
        self.tell(found, server)

    def elapsed(self) -> int:
        """Milliseconds since the question was asked."""
        started = self._query.started if self._query is not None else 0
        return (self.scheduler.clock - started) // MILLISECOND

    def names(self) -> list[str]:
        """The names to try: dig takes a name as it is."""
        return [self.asked.name.rstrip(".") or "."]

    def searched(self) -> list[str]:
        """With the search list, as the resolver does it."""
        name = self.asked.name.rstrip(".")
        more = [f"{name}.{domain}" for domain in self.settings.search]
        dotted = name.count(".") >= self.settings.ndots or self.asked.name.endswith(".")
        return [name] if self.asked.name.endswith(".") else [name, *more] if dotted else [*more, name]

    def no_server(self, why: str) -> None:
        """The server's name is not known."""
        raise NotImplementedError

    def illegal(self, name: str) -> None:
        """No name can be like that."""
        self.complain(f"{self.name}: '{name[:80]}' is not a legal name (label too long)")
        self.exit(10 if self.name == "dig" else 1)

    def unanswered(self) -> None:
        """Nobody answers."""
        raise NotImplementedError

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        """Print the answers and exit."""
        raise NotImplementedError

    def stop(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()
        if self._query is not None:
            self._query.stop()


class Dig(Asker):
    """dig of BIND."""

    def _has(self, section: str) -> bool:
        flags = self.asked.flags
        return section in flags or ("noall" not in flags and f"no{section}" not in flags)

    def _banner(self) -> None:
        if self._has("cmd") and "short" not in self.asked.flags:
            self.print(f"\n; <<>> {BANNER} <<>> {' '.join(self.context.arguments)}")
            self.print(";; global options: +cmd")

    def start(self) -> None:
        super().start()

    def no_server(self, why: str) -> None:
        self.complain(f"dig: couldn't get address for '{self.asked.server}': not found")
        self.exit(10)

    def unanswered(self) -> None:
        servers = self.settings.servers
        for _try in range(self.asked.tries):
            for server in servers:
                self.print(f";; communications error to {format_ipv4(server)}#53: timed out")
        self._banner()
        self.print(";; no servers could be reached")
        self.exit(9)

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        message, = found.values()
        if "short" in self.asked.flags:
            for record in message.answers:
                self.print(data_text(record))
            self.exit(0)
            return
        self._banner()
        if self._has("comments"):
            self._tell_header(message)
        if self._has("question") and message.questions:
            self.print(";; QUESTION SECTION:")
            for question in message.questions:
                self.print(f";{dotted(question.name)}\t\t{'' if len(question.name) > 14 else chr(9)}IN\t"
                           f"{dns.TYPES.get(question.type, f'TYPE{question.type}')}")
            self.print("")
        self._tell_section("ANSWER", "answer", message.answers)
        self._tell_section("AUTHORITY", "authority", message.authority)
        if self._has("stats"):
            self._tell_statistics(server)
        self.exit(0)

    def _tell_header(self, message: dns.Message) -> None:
        flags = [name for bit, name in ((dns.RESPONSE, "qr"), (dns.AUTHORITATIVE, "aa"), (dns.TRUNCATED, "tc"),
                                        (dns.RECURSION_DESIRED, "rd"), (dns.RECURSION_AVAILABLE, "ra"))
                 if message.flags & bit]
        status = dns.RCODES[message.rcode] if message.rcode < len(dns.RCODES) else f"RESERVED{message.rcode}"
        self.print(";; Got answer:")
        self.print(f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {message.ident}")
        self.print(f";; flags: {' '.join(flags)}; QUERY: {len(message.questions)}, ANSWER: {len(message.answers)}, "
                   f"AUTHORITY: {len(message.authority)}, ADDITIONAL: {len(message.additional)}")
        if not message.flags & dns.RECURSION_AVAILABLE:
            self.print(";; WARNING: recursion requested but not available")
        self.print("")

    def _tell_section(self, title: str, name: str, records: tuple[dns.Answer, ...]) -> None:
        if not records or not self._has(name):
            return
        if self._has("comments"):
            self.print(f";; {title} SECTION:")
        for record in records:
            self.print(f"{dotted(record.name)}\t\t{record.ttl}\tIN\t{dns.TYPES.get(record.type, '?')}\t"
                       f"{data_text(record)}")
        if self._has("comments"):
            self.print("")

    def _tell_statistics(self, server: int) -> None:
        at = moment(self.scheduler.now)
        size = next(iter(self._query.sizes.values()), 0) if self._query is not None else 0
        address = format_ipv4(server)
        self.print(f";; Query time: {self.elapsed()} msec")
        self.print(f";; SERVER: {address}#53({self.asked.server or address}) (UDP)")
        self.print(f";; WHEN: {at.weekday} {MONTHS[at.month - 1]} {at.day:02d} {at.clock} UTC {at.year}")
        self.print(f";; MSG SIZE  rcvd: {size}\n")


class Nslookup(Asker):
    """nslookup of BIND, or of BusyBox."""

    name = "nslookup"
    is_busybox = False

    def names(self) -> list[str]:
        return self.searched()

    def no_server(self, why: str) -> None:
        self.complain(f"nslookup: couldn't get address for '{self.asked.server}': not found")
        self.exit(1)

    def unanswered(self) -> None:
        for _try in range(self.asked.tries):
            for server in self.settings.servers:
                self.print(f";; communications error to {format_ipv4(server)}#53: timed out")
        self.print(";; no servers could be reached\n")
        self.exit(1)

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        address = format_ipv4(server)
        port = ":53" if self.is_busybox else "#53"
        self.print(f"Server:\t\t{self.asked.server or address}\nAddress:\t{address}{port}\n")
        records = [record for message in found.values() for record in message.answers]
        first = next(iter(found.values()))
        if not records:
            shown = self.asked.name.rstrip(".")
            code = dns.RCODES[first.rcode] if first.rcode < len(dns.RCODES) else "SERVFAIL"
            self.print(f"** server can't find {shown}: {code}\n" if first.rcode else
                       f"*** Can't find {shown}: No answer\n")
            self.exit(1)
            return
        if not all(message.flags & dns.AUTHORITATIVE for message in found.values()):
            self.print("Non-authoritative answer:")
        for record in records:
            if record.type == dns.PTR:
                self.print(f"{record.name}\tname = {dotted(record.text)}")
            elif record.type in (dns.A, dns.AAAA):
                self.print(f"Name:\t{record.name}\nAddress: {data_text(record)}")
            else:
                self.print(f"{record.name}\t{dns.TYPES.get(record.type, '?')} = {data_text(record)}")
        self.print("")
        self.exit(0)


class BusyBoxNslookup(Nslookup):
    """BusyBox's, which says so in one thing."""

    is_busybox = True


class HostTool(Asker):
    """host of BIND."""

    name = "host"

    def names(self) -> list[str]:
        return self.searched()

    def no_server(self, why: str) -> None:
        self.complain(f"host: couldn't get address for '{self.asked.server}': not found")
        self.exit(1)

    def unanswered(self) -> None:
        self.print(";; communications error to "
                   f"{format_ipv4(self.settings.servers[0])}#53: timed out\n;; no servers could be reached\n")
        self.exit(1)

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        records = [record for message in found.values() for record in message.answers]
        if self.asked.server:
            address = format_ipv4(server)
            self.print(f"Using domain server:\nName: {self.asked.server}\nAddress: {address}#53\nAliases: \n")
        if not records:
            first = next(iter(found.values()))
            code = first.rcode if first.rcode < len(dns.RCODES) else dns.SERVFAIL
            self.print(f"Host {self.asked.name.rstrip('.')} not found: {code}({dns.RCODES[code]})" if code else
                       f"{self.asked.name.rstrip('.')} has no A record")
            self.exit(1 if code else 0)
            return
        for record in records:
            words = {dns.A: "has address", dns.AAAA: "has IPv6 address", dns.PTR: "domain name pointer",
                     dns.CNAME: "is an alias for"}.get(record.type, "has a record")
            self.print(f"{record.name} {words} {data_text(record)}")
        self.exit(0)


def dotted(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


def data_text(record: dns.Answer) -> str:
    """A record's data as zone files write it."""
    if record.text:
        return dotted(record.text)
    if record.type == dns.A and len(record.data) == 4:
        return format_ipv4(int.from_bytes(record.data, "big"))
    if record.type == dns.TXT and record.data:
        return '"' + record.data[1:1 + record.data[0]].decode("latin-1") + '"'
    return f"\\# {len(record.data)} {record.data.hex().upper()}"


def dig(context: Context) -> Program:
    """dig(1) (program.Maker)."""
    return Dig(context, read_dig(context.arguments))


def nslookup(context: Context) -> Program:
    """nslookup(1) (program.Maker)."""
    return Nslookup(context, read_simple(context.arguments, "nslookup"))


def busybox_nslookup(context: Context) -> Program:
    """BusyBox's nslookup (program.Maker)."""
    return BusyBoxNslookup(context, read_simple(context.arguments, "nslookup"))


def host(context: Context) -> Program:
    """host(1) (program.Maker)."""
    return HostTool(context, read_simple(context.arguments, "host"))
