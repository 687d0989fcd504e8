"""One IPv4 address of an interface (struct in_ifaddr)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, SupportsIndex

from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.lifetime import Lifetime


class InterfaceAddress:
    """One IPv4 address of an interface, with what `ip addr` shows of it.

    Attributes:
        network: its subnet; with a peer, the peer's address and prefix length.  local: the address itself.
        lifetime: how long the interface has it; None for as long as nobody takes it away.
        metric: of the route to the subnet.  makes_route: whether there is one (else noprefixroute).
    """

    __slots__ = ("broadcast", "label", "lifetime", "local", "makes_route", "metric", "network", "scope", "secondary")

    def __init__(self, network: Network, broadcast: int | None, scope: str, local: int | None = None) -> None:
        self.network = network
        self.local = network.address if local is None else local
        self.broadcast = broadcast
        self.scope = scope
        self.secondary = False
        self.lifetime: Lifetime | None = None
        self.label = ""
        self.metric = 0
        self.makes_route = True

    @property
    def has_peer(self) -> bool:
        return self.local != self.network.address

    @property
    def with_length(self) -> Network:
        """The address and its prefix length."""
        return Network(self.local, self.network.length)


class AddressList(list[InterfaceAddress]):
    """The addresses of an interface, in the order in which it names them (in_dev->ifa_list).

    Nobody has to go through all of them to know what one subnet has, or whose broadcast address something is.
    """

    __slots__ = ("_broadcasts", "_subnets")

    def __init__(self) -> None:
        super().__init__()
        self._subnets: dict[Network, list[InterfaceAddress]] = {}
        self._broadcasts: dict[int, int] = {}
        """How many primary addresses each belongs to."""

    def insert(self, place: SupportsIndex, own: InterfaceAddress) -> None:
        super().insert(place, own)
        subnet = self._subnets.setdefault(_subnet(own.network), [])
        subnet.insert(len(subnet) if own.secondary else 0, own)
        for broadcast in _broadcasts(own):
            self._broadcasts[broadcast] = self._broadcasts.get(broadcast, 0) + 1

    def remove(self, own: InterfaceAddress) -> None:
        super().remove(own)
        subnet = _subnet(own.network)
        rest = self._subnets[subnet]
        rest.remove(own)
        if not rest:
            del self._subnets[subnet]
        for broadcast in _broadcasts(own):
            self._broadcasts[broadcast] -= 1
            if not self._broadcasts[broadcast]:
                del self._broadcasts[broadcast]

    def in_subnet(self, network: Network) -> Sequence[InterfaceAddress]:
        """Those of an address's subnet, the primary one first and then as they came."""
        return self._subnets.get(_subnet(network), ())

    def primary(self, network: Network) -> InterfaceAddress | None:
        """The one of them that is not secondary."""
        found = self.in_subnet(network)
        return found[0] if found and not found[0].secondary else None

    def has_broadcast(self, address: int) -> bool:
        """Whether it is the broadcast address of a primary address."""
        return address in self._broadcasts


def _subnet(network: Network) -> Network:
    return Network(network.network, network.length)


def _broadcasts(own: InterfaceAddress) -> set[int]:
    if own.secondary:
        return set()
    return {own.network.broadcast} if own.broadcast is None else {own.broadcast, own.network.broadcast}
