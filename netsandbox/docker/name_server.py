"""127.0.0.11: dockerd's name server in the namespace of a container that is on a network which a person made.

It listens on ports of its own, to which two rules in the container's nat table lead (resolver_unix.go); what it does
not know it asks the host's servers, from the host, or those of --dns, from the container.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netsandbox.apps.name_server import Answered, NameServer, Pending
from netsandbox.apps.query import DatagramQuery, Query, StreamQuery
from netsandbox.docker import links, name_server_rules
from netsandbox.docker.container import Container
from netsandbox.docker.files import asks_from_host, external_servers, sets_ndots
from netsandbox.docker.name_server_rules import ADDRESS
from netsandbox.docker.network import BridgeNetwork
from netsandbox.docker.sandbox import gateway_of, in_gateway_order
from netsandbox.docker.service_names import dns_names
from netsandbox.linux.ipv4.udp import Datagram
from netsandbox.wire import dns
from netsandbox.wire.addresses import AddressError, parse_ipv4

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

TTL = 600


class ServiceNames:
    """What the server tells one container: who is on its networks (apps.name_server.Zone)."""

    def __init__(self, engine: DockerEngine, container: Container) -> None:
        self.engine = engine
        self.container = container

    def addresses(self, name: str) -> Sequence[int] | None:
        """All owners of a name on the first network that knows it, in an order that changes (Sandbox.ResolveName).

        A name a.b.c is looked for as it is, as a.b on the network c, and as a on the network b.c.
        """
        words = name.rstrip(".").split(".")
        for size in range(len(words), 0, -1):
            wanted, network = ".".join(words[:size]), ".".join(words[size:])
            networks = [own for own in self._networks() if network in ("", own.name)]
            found = next(filter(None, [*(self._linked(own, wanted) for own in networks),
                                       *(self._members(own, wanted) for own in networks)]), None)
            if found:
                start = self.engine.random.below(len(found))
                return [*found[start:], *found[:start]]
        return None

    def _networks(self) -> list[BridgeNetwork]:
        """Those that have names, the one first that would give the gateway."""
        return [endpoint.network for endpoint in in_gateway_order(self.container) if not endpoint.network.is_default]

    def _linked(self, network: BridgeNetwork, alias: str) -> list[int]:
        """Of --link, whose small and capital letters differ."""
        return [address for name in links.meant(self.container, network.name, alias)
                for address in self._members(network, name)]

    def _members(self, network: BridgeNetwork, name: str) -> list[int]:
        return [member.endpoints[network.name].address for member in network.members.values()
                if name.lower() in {one.lower() for one in dns_names(member, network.name)}]

    def names(self, address: int) -> Sequence[str] | None:
        return next(([f"{member.name}.{network.name}"] for network in self._networks()
                     for member in network.members.values()
                     if member.endpoints[network.name].address == address), None)


class EmbeddedServer(NameServer):
    """The server of one container, by UDP and TCP."""

    def __init__(self, engine: DockerEngine, container: Container) -> None:
        assert container.namespace is not None
        super().__init__(container.namespace, "dockerd", 1, ServiceNames(engine, container), ADDRESS, 0, (), TTL)
        self.engine = engine
        self.container = container
        self.asks_from = engine.namespace if asks_from_host(engine, container) else container.namespace

    def start(self) -> None:
        """Listen, and let the rules lead here."""
        super().start()
        name_server_rules.lead(self.namespace, self.port, self.tcp.port)

    def look_for_upstreams(self) -> None:
        """Whom to ask: nobody, where no network leads out."""
        found = []
        for text in external_servers(self.engine, self.container) if gateway_of(self.container) is not None else ():
            try:
                found.append(parse_ipv4(text))
            except AddressError:
                continue
        self.upstreams = tuple(found)

    def take(self, datagram: Datagram) -> None:
        """Answer one message; the servers to ask are looked up anew."""
        self.look_for_upstreams()
        super().take(datagram)

    forwards_all = True

    def know(self, question: dns.Question) -> tuple[dns.Answer, ...] | None:
        """Addresses, names, and that a name has no AAAA and MX; all else is asked elsewhere (resolver.go serveDNS).

        Where ndots was set, a name without a dot is not: who asks has to try it with the domains to search.
        """
        known = super().know(question) if question.type in (dns.A, dns.AAAA, dns.MX, dns.PTR) else None
        is_bare = question.type in (dns.A, dns.AAAA) and "." not in question.name.rstrip(".")
        return () if known is None and is_bare and sets_ndots(self.engine, self.container) else known

    def offers_recursion(self, code: int) -> bool:
        return code != dns.SERVFAIL

    def respond(self, pending: Pending, code: int, answers: tuple[dns.Answer, ...], authoritative: bool = False,
                compress: bool = False, additional: tuple[dns.Answer, ...] = ()) -> None:
        """Its own answers repeat the names, and have no OPT record."""
        super().respond(pending, code, answers, authoritative, compress, additional)

    def room_by_udp(self, asked: dns.Message) -> int:
        """As much as who asks says (resolver.go truncateResp)."""
        return asked.opt.cls if asked.opt is not None else dns.LARGEST

    def pass_on(self, pending: Pending, message: dns.Message) -> None:
        self.respond(pending, message.rcode, message.answers, compress=True, additional=message.additional)

    def query(self, pending: Pending, done: Answered) -> Query:
        """The client's own message, by TCP where it was asked by TCP."""
        plain, asked = super().query(pending, done), pending.asked
        kind = StreamQuery if pending.datagram.port in self.clients else DatagramQuery
        return kind(plain.namespace, plain.process, plain.settings, plain.name, plain.types, done, asked.flags,
                    plain.cls, asked.additional, asked.ident)

    @property
    def refusal(self) -> int:
        """What an unknown name is answered with when there is nobody to ask."""
        return dns.SERVFAIL


def serve(engine: DockerEngine, container: Container) -> None:
    """Start the container's server, if it is on a network that has one and does not have it yet."""
    has_own_stack = container.namespace is not None and container.namespace is not engine.namespace
    if container.name_server is None and has_own_stack and not container.joined and any(
            not endpoint.network.is_default for endpoint in container.endpoints.values()):
        container.name_server = EmbeddedServer(engine, container)
        container.name_server.start()


def end(container: Container) -> None:
    if container.name_server is not None:
        container.name_server.exit(0)
        container.name_server = None
