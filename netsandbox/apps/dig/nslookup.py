"""nslookup and host: a question to a name server, and the answer in a few lines."""

from __future__ import annotations

from netsandbox.apps.dig.dig import Asker
from netsandbox.apps.dig.options import Asked, read_host, read_nslookup
from netsandbox.apps.dig.text import Style, data_text, dotted, header_lines, question_text, record_text
from netsandbox.apps.program import Context, Program
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4

WORDS = {dns.A: "has address", dns.AAAA: "has IPv6 address", dns.PTR: "domain name pointer",
         dns.CNAME: "is an alias for", dns.MX: "mail is handled by", dns.TXT: "descriptive text",
         dns.NS: "name server"}


class Plain(Asker):
    """What both of BIND's say alike."""

    def names(self) -> list[str]:
        if self.asked.domain:
            self.settings = self.settings._replace(search=(self.asked.domain,))
        return [self.asked.name] if "nosearch" in self.asked.flags else self.searched()

    def warn(self, text: str) -> None:
        self.print(text)

    def no_server(self, why: str) -> None:
        self.complain(f"{self.name}: couldn't get address for '{self.asked.server}': {why}")
        self.exit(1)

    def unanswered(self) -> None:
        self.tell_failures()
        self.print(f";; no servers could be reached{chr(10) * (self.name == 'nslookup')}")
        self.exit(1)


class Nslookup(Plain):
    """nslookup of BIND."""

    name = "nslookup"

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        address = format_ipv4(server)
        first = next(iter(found.values()))
        if first.rcode == dns.SERVFAIL:
            self.print(f";; Got SERVFAIL reply from {address}")
        of_address = self.asked.name.endswith(".in-addr.arpa.")
        if not of_address:
            self.print(f"Server:\t\t{self.asked.server or address}\nAddress:\t{address}#53\n")
        records = [record for message in found.values() for record in message.answers]
        shown = self.asked.name.rstrip(".")
        if not records and first.rcode:
            code = dns.RCODES[first.rcode] if first.rcode < len(dns.RCODES) else "SERVFAIL"
            self.print(f"** server can't find {shown}: {code}\n")
            self.exit(1)
            return
        if not of_address and not all(message.flags & dns.AUTHORITATIVE for message in found.values()):
            self.print("Non-authoritative answer:")
        if not records:
            self.print(f"*** Can't find {shown}: No answer")
        for record in records:
            self.print(_told(record))
        self.print("")
        if not set(self.kinds()) & {dns.A, dns.AAAA}:
            self.print("Authoritative answers can be found from:\n")
        self.exit(0)


def _told(record: dns.Answer) -> str:
    if record.type == dns.PTR:
        return f"{record.name}\tname = {dotted(record.text)}"
    if record.type in (dns.A, dns.AAAA):
        return f"Name:\t{record.name}\nAddress: {data_text(record)}"
    return f"{record.name}\t{dns.TYPES.get(record.type, '?')} = {data_text(record)}"


class HostTool(Plain):
    """host of BIND: for a name that was given alone it asks for its addresses, mail servers and HTTPS record."""

    name = "host"

    def __init__(self, context: Context, asked: Asked) -> None:
        super().__init__(context, asked)
        self._kinds = list(asked.kinds)
        self._asked_so_far = 0

    def kinds(self) -> tuple[int, ...]:
        return (self._kinds[self._asked_so_far],)

    def again(self, name: str) -> None:
        if "verbose" in self.asked.flags:
            self.print(f'Trying "{name.removesuffix(".")}"')
        super().again(name)

    def tell(self, found: dict[int, dns.Message], server: int) -> None:
        (kind, message), = found.items()
        if self.asked.server and not self._asked_so_far:
            address = format_ipv4(server)
            self.print(f"Using domain server:\nName: {self.asked.server}\nAddress: {address}#53\nAliases: \n")
        if message.rcode:
            code = message.rcode if message.rcode < len(dns.RCODES) else dns.SERVFAIL
            self.print(f"Host {self.asked.name.rstrip('.')} not found: {code}({dns.RCODES[code]})")
            self.exit(1)
            return
        if "verbose" in self.asked.flags:
            self._tell_all(message, server)
        for record in () if "verbose" in self.asked.flags else message.answers:
            self.print(f"{record.name} {WORDS.get(record.type, 'has a record')} {data_text(record)}")
        if not message.answers and len(self._kinds) == 1 and "verbose" not in self.asked.flags:
            self.print(f"{self.asked.name.rstrip('.')} has no {dns.TYPES.get(kind, '?')} record")
        self._asked_so_far += 1
        if self._asked_so_far == len(self._kinds):
            self.exit(0)
        else:
            self.again(self.found_name)


    def _tell_all(self, message: dns.Message, server: int) -> None:
        """-v: the whole message, as dig shows it."""
        style = Style()
        for line in [*header_lines(message), "", ";; QUESTION SECTION:",
                     *(question_text(question, style) for question in message.questions), ""]:
            self.print(line)
        for title, records in (("ANSWER", message.answers), ("AUTHORITY", message.authority)):
            if records:
                self.print("\n".join([f";; {title} SECTION:", *(record_text(one, style) for one in records), ""]))
        size = next(iter(self._query.sizes.values()), 0) if self._query is not None else 0
        self.print(f"Received {size} bytes from {format_ipv4(server)}#{self.asked.port} in {self.elapsed()} ms")


def nslookup(context: Context) -> Program:
    """nslookup(1) (program.Maker)."""
    return Nslookup(context, read_nslookup(context.arguments))


def host(context: Context) -> Program:
    """host(1) (program.Maker)."""
    return HostTool(context, read_host(context.arguments))
