"""getent: hosts, ahosts, ahostsv4, ahostsv6, passwd, group and services, as the C library finds them."""

from __future__ import annotations

from netsandbox.apps.hosts import host_lines, hosts_file, text_of
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Lookup, Reply, ReverseLookup
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none, parse_ipv4
from netsandbox.wire.services import service_line

HOSTS = ("hosts", "ahosts", "ahostsv4", "ahostsv6")
NOT_FOUND = 2


OF_FILES = ("group", "passwd")  # Databases of which files tell, a line each
OTHERS = ("aliases", "ethers", "gshadow", "initgroups", "netgroup", "networks", "protocols", "rpc", "shadow")
"""Databases of a real one that the sandbox has not."""
KNOWN = (*HOSTS, *OF_FILES, "services")
TRY = "Try `getent --help' or `getent --usage' for more information."


class Getent(Program):
    """One run of getent: keys, one after another."""

    name = "getent"

    def __init__(self, context: Context, database: str, keys: list[str]) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self.database = database
        self._keys = keys
        self._key = ""
        self._status = 0
        self._lookup: Lookup | ReverseLookup | None = None

    def start(self) -> None:
        self._next()

    def _next(self) -> None:
        if not self._keys:
            self.exit(self._status)
            return
        self._key = self._keys.pop(0)
        if self.database == "services":
            self._service()
            return
        if self.database in OF_FILES:
            self._row()
            return
        if self.database == "hosts" and ipv4_or_none(self._key) is not None:
            self._reverse()
            return
        if self.database == "hosts" and self._is_written_for_ipv6():
            self._next()
            return
        if self.database == "hosts":
            self._lookup = Lookup(self.context, self.process, self._key, self._found_v6, (dns.AAAA,))
        else:
            self._lookup = Lookup(self.context, self.process, self._key, self._found)
        self._lookup.start()

    def _found_v6(self, reply: Reply) -> None:
        """gethostbyname2 with AF_INET6 comes first, and with AF_INET only where that finds nothing."""
        if reply.addresses:
            self._found(reply)
            return
        self._lookup = Lookup(self.context, self.process, self._key, self._found, (dns.A,))
        self._lookup.start()

    def _is_written_for_ipv6(self) -> bool:
        """Tells what /etc/hosts has for the name at an IPv6 address, and nothing else where it has that."""
        found = [(address, names) for address, names in host_lines(text_of(self.context.files, "/etc/hosts"))
                 if ":" in address and self._key.lower() in map(str.lower, names)]
        for address, names in found:
            self.print(f"{address:<15} {' '.join(names)}")
        return bool(found)

    def _reverse(self) -> None:
        """gethostbyaddr: the names of an address."""
        address = parse_ipv4(self._key)
        known = next((record for record in hosts_file(self.context.files) if record.address == address), None)
        if known is not None:
            self._tell(address, " ".join(known.names))
            self._next()
            return
        self._lookup = ReverseLookup(self.context, self.process, address, self._named)
        self._lookup.start()

    def _named(self, address: int, name: str) -> None:
        if name:
            self._tell(address, name)
        else:
            self._status = NOT_FOUND
        self._next()

    def _tell(self, address: int, names: str) -> None:
        self.print(f"{format_ipv4(address):<15} {names}")

    def _service(self) -> None:
        name, _slash, protocol = self._key.partition("/")
        found = service_line(name, protocol)
        if found:
            self.print(found)
        else:
            self._status = NOT_FOUND
        self._next()

    def _row(self) -> None:
        """Of a user or group by name or number."""
        rows = [row for row in text_of(self.context.files, f"/etc/{self.database}").splitlines()
                if self._key in row.split(":")[0:3:2]]
        for row in rows[:1]:
            self.print(row)
        self._status = self._status if rows else NOT_FOUND
        self._next()

    def _found(self, reply: Reply) -> None:
        self._lookup = None
        if reply.error:
            self._status = NOT_FOUND
        elif self.database == "hosts":
            for address in reply.addresses:
                self._tell(address, " ".join((reply.canonical or self._key, *reply.aliases)))
        else:
            mapped = "::ffff:" * (self.database == "ahostsv6")
            for address in reply.addresses:
                for number, kind in enumerate(("STREAM", "DGRAM", "RAW")):
                    name = reply.canonical or self._key if not number and address == reply.addresses[0] else ""
                    self.print(f"{mapped + format_ipv4(address):<15} {kind:<6} {name}")
        self._next()

    def stop(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()


def program(context: Context) -> Program:
    """getent(1) (program.Maker)."""
    words = context.arguments
    if not words:
        raise UsageError("getent: wrong number of arguments", 1, TRY)
    if words[0] not in KNOWN:
        if words[0] in OTHERS:
            raise UsageError(f"getent: {words[0]} is not modelled; there are {', '.join(KNOWN)}", 1)
        raise UsageError(f"Unknown database: {words[0]}", 1, TRY)
    if len(words) < 2 and words[0] in OF_FILES:
        return Getent(context, words[0], [row.partition(":")[0] for row in text_of(
            context.files, f"/etc/{words[0]}").splitlines()])
    if len(words) < 2:
        raise UsageError(f"getent: enumerating {words[0]} is not modelled: give a name", 1)
    return Getent(context, words[0], words[1:])
