"""getent: hosts, ahosts, ahostsv4 and services, as the C library finds them."""

from __future__ import annotations

from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.services import SERVICES
from netsandbox.wire.addresses import format_ipv4

HOSTS = ("hosts", "ahosts", "ahostsv4")
NOT_FOUND = 2


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
        self._lookup: Lookup | None = None

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
        self._lookup = Lookup(self.context, self.process, self._key, self._found)
        self._lookup.start()

    def _service(self) -> None:
        name, _slash, protocol = self._key.partition("/")
        found = SERVICES.get(name)
        if found is None or (protocol and protocol not in found[1]):
            self._status = NOT_FOUND
        else:
            self.print(f"{name:<21} {found[0]}/{protocol or found[1][0]}")
        self._next()

    def _found(self, reply: Reply) -> None:
        self._lookup = None
        if reply.error:
            self._status = NOT_FOUND
        elif self.database == "hosts":
            self.print(f"{format_ipv4(reply.addresses[0]):<15} {reply.canonical or self._key}")
        else:
            for address in reply.addresses:
                for number, kind in enumerate(("STREAM", "DGRAM", "RAW")):
                    name = f" {reply.canonical or self._key}" if not number and address == reply.addresses[0] else ""
                    self.print(f"{format_ipv4(address):<15} {kind:<6}{name}")
        self._next()

    def stop(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()


def program(context: Context) -> Program:
    """getent(1) (program.Maker)."""
    words = context.arguments
    if not words:
        raise UsageError("Usage: getent [OPTION...] database [key ...]", 1)
    if words[0] not in (*HOSTS, "services"):
        raise UsageError(f"Unknown database: {words[0]}\nTry `getent --help' or `getent --usage' for more information.",
                         1)
    if len(words) < 2:
        raise UsageError(f"getent: enumerating {words[0]} is not modelled: give a name", 1)
    return Getent(context, words[0], words[1:])
