"""The resolver of a C library: /etc/hosts, then the name servers of /etc/resolv.conf, asked by UDP (resolver(5))."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.apps.events import NO_DATA, NOT_KNOWN, OTHER_FAMILY, TRY_AGAIN, NameUnknown
from netsandbox.apps.hosts import hosts_file, is_ipv6, lookup
from netsandbox.apps.program import Context
from netsandbox.apps.query import Answers, DatagramQuery
from netsandbox.apps.resolv_conf import LOCAL_SERVER, read_settings
from netsandbox.linux.core.socket import Process
from netsandbox.wire import dns

HOST_NAME = re.compile(r"(?!-)[\w.\\-]*", re.ASCII)
DOCKERS_SERVER = 0x7F00000B


class Reply(NamedTuple):
    """What a lookup came to: addresses, or why there are none."""

    addresses: tuple[int, ...]
    error: str = ""
    canonical: str = ""
    aliases: tuple[str, ...] = ()  # The other names of a line of /etc/hosts


def is_host_name(name: str) -> bool:
    """Whether a name is one that is asked for at all (res_hnok, and that a question holds it)."""
    return HOST_NAME.fullmatch(name) is not None and dns.fits(name)


def unknown(context: Context, name: str, error: str = NOT_KNOWN) -> str:
    """Record that a name has no address; returns what is said of it."""
    servers = tuple(server for server in read_settings(context.files).servers if server != LOCAL_SERVER)
    context.namespace.record(NameUnknown(context.namespace.name, name, error, servers))
    return error


class Lookup:
    """getaddrinfo(3) for IPv4: `done` is called once with a Reply, at once when no server need be asked (kinds: record
    types that are asked for at once)."""

    def __init__(self, context: Context, process: Process, name: str, done: Callable[[Reply], None],
                 kinds: tuple[int, ...] = (dns.A, dns.AAAA)) -> None:
        self.context = context
        self.process = process
        self.name = name
        self.done = done
        self.kinds = kinds
        self._settings = read_settings(context.files)
        self._names: list[str] = []
        self._query: DatagramQuery | None = None
        self._worst = NOT_KNOWN

    def start(self) -> None:
        name = self.name.rstrip(".")
        known = [record for record in hosts_file(self.context.files) if record.has(name)]
        if known:
            self.done(Reply(tuple(record.address for record in known), "", known[0].names[0], known[0].names[1:]))
            return
        asks_docker = self._settings.servers == (DOCKERS_SERVER,)  # which is asked by packets, and knows its own names
        number = lookup(self.name, {} if asks_docker else self.context.names)
        if number is not None:
            self.done(Reply((number,), "", name))
            return
        if not is_host_name(name):
            self._give_up(OTHER_FAMILY if is_ipv6(name) else NOT_KNOWN)
            return
        as_it_is = [name]
        searched = [] if self.name.endswith(".") else [f"{name}.{domain.strip('.')}" for domain in
                                                       self._settings.search if domain.strip(".")]
        enough = name.count(".") >= self._settings.ndots or self.name.endswith(".")
        self._names = list(filter(dns.fits, as_it_is + searched if enough else searched + as_it_is))
        self._ask()

    def _ask(self) -> None:
        if not self._names:
            self._give_up(self._worst)
            return
        self._query = DatagramQuery(self.context.namespace, self.process, self._settings, self._names.pop(0),
                                    self.kinds, self._answered)
        self._query.start()

    def _give_up(self, error: str) -> None:
        self.done(Reply((), unknown(self.context, self.name, error) if dns.A in self.kinds else error))

    def _answered(self, found: Answers, _server: int) -> None:
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


class ReverseLookup:
    """getnameinfo(3) for IPv4, of an address that is not in /etc/hosts: `done` is called once with the address and its
    name, which is empty where no server tells one.
    """

    def __init__(self, context: Context, process: Process, address: int, done: Callable[[int, str], None]) -> None:
        self.address = address
        self.done = done
        self._query = DatagramQuery(context.namespace, process, read_settings(context.files),
                                    dns.reverse_name(address), (dns.PTR,), self._answered)

    def start(self) -> None:
        self._query.start()

    def _answered(self, found: Answers, _server: int) -> None:
        answers = found[dns.PTR].answers if found is not None else ()
        self.done(self.address, next((record.text for record in answers if record.type == dns.PTR), ""))

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._query.stop()
