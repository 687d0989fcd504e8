"""One IPv4 address of an interface (struct in_ifaddr)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, SupportsIndex

from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.lifetime import Lifetime


class InterfaceAddress:
    """One IPv4 address of an interface, with what `ip addr` shows of it.

    Attributes:
        network: its subnet; with a peer, the peer's address and prefix length.  local: the address itself.
        lifetime: how long the interface has it; None for as long as nobody takes it away.
        metric: of the route to the subnet.  makes_route: whether there is one (else noprefixroute).
        joins: it is a group, and whoever has it is a member (autojoin).
    """

    __slots__ = ("broadcast", "joins", "label", "lifetime", "local", "makes_route", "metric", "network", "scope",
                 "secondary")

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
        self.joins = False

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

    __slots__ = ("_broadcasts", "_by_subnet")

    def __init__(self) -> None:
        super().__init__()
        self._by_subnet: list[InterfaceAddress] = []
        """By subnet, in each the primary one first and then as they came."""
        self._broadcasts: list[int] = []
        """Those of the primary addresses, ascending."""

    def insert(self, place: SupportsIndex, own: InterfaceAddress) -> None:
        super().insert(place, own)
        insort_right(self._by_subnet, own, key=_subnet_and_rank)
        for broadcast in _broadcasts(own):
            insort_right(self._broadcasts, broadcast)

    def remove(self, own: InterfaceAddress) -> None:
        super().remove(own)
        del self._by_subnet[self._by_subnet.index(own, bisect_left(self._by_subnet, _subnet(own), key=_subnet))]
        for broadcast in _broadcasts(own):
            del self._broadcasts[bisect_left(self._broadcasts, broadcast)]

    def in_subnet(self, network: Network) -> Sequence[InterfaceAddress]:
        """Those of an address's subnet, the primary one first and then as they came."""
        subnet = network.network, network.length
        first = bisect_left(self._by_subnet, subnet, key=_subnet)
        return self._by_subnet[first:bisect_right(self._by_subnet, subnet, first, key=_subnet)]

    def primary(self, network: Network) -> InterfaceAddress | None:
        """The one of them that is not secondary."""
        subnet = network.network, network.length
        first = bisect_left(self._by_subnet, subnet, key=_subnet)
        found = self._by_subnet[first] if first < len(self._by_subnet) else None
        return None if found is None or found.secondary or _subnet(found) != subnet else found

    def has_broadcast(self, address: int) -> bool:
        """Whether it is the broadcast address of a primary address."""
        place = bisect_left(self._broadcasts, address)
        return place < len(self._broadcasts) and self._broadcasts[place] == address


NO_ADDRESSES: Final = AddressList()
"""Of every device that has none, as the host's ends of cables to containers."""


def _subnet(own: InterfaceAddress) -> tuple[int, int]:
    return own.network.network, own.network.length


def _subnet_and_rank(own: InterfaceAddress) -> tuple[int, int, bool]:
    return *_subnet(own), own.secondary


def _broadcasts(own: InterfaceAddress) -> set[int]:
    if own.secondary:
        return set()
    return {own.network.broadcast} if own.broadcast is None else {own.broadcast, own.network.broadcast}
