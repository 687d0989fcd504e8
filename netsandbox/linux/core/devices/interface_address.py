"""One IPv4 address of an interface (struct in_ifaddr)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, SupportsIndex

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
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

    __slots__ = ("broadcast", "local", "network", "rare", "scope", "secondary")

    joins = Rare(False)
    label = Rare("")
    lifetime: Rare[Lifetime | None] = Rare(None)
    makes_route = Rare(True)
    metric = Rare(0)

    def __init__(self, network: Network, broadcast: int | None, scope: str, local: int | None = None) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.network = network
        self.local = network.address if local is None else local
        self.broadcast = broadcast
        self.scope = scope
        self.secondary = False

    @property
    def has_peer(self) -> bool:
        return self.local != self.network.address

    @property
    def with_length(self) -> Network:
        """The address and its prefix length."""
        return Network(self.local, self.network.length) if self.has_peer else self.network


class Index(NamedTuple):
    """What is found of many addresses without going through them."""

    by_subnet: list[InterfaceAddress]  # in each the primary one first and then as they came
    broadcasts: list[int]  # those of the primary addresses, ascending


class AddressList(list[InterfaceAddress]):
    """The addresses of an interface, in the order in which it names them (in_dev->ifa_list).

    Nobody has to go through all of them to know what one subnet has, or whose broadcast address something is.
    """

    __slots__ = ("_index",)

    def __init__(self, *addresses: InterfaceAddress) -> None:
        super().__init__(addresses)
        self._index: Index | None = None  # None until somebody asks

    def insert(self, place: SupportsIndex, own: InterfaceAddress) -> None:
        super().insert(place, own)
        if self._index is not None:
            insort_right(self._index.by_subnet, own, key=_subnet_and_rank)
            for broadcast in _broadcasts(own):
                insort_right(self._index.broadcasts, broadcast)

    def remove(self, own: InterfaceAddress) -> None:
        super().remove(own)
        if self._index is not None:
            by_subnet, broadcasts = self._index
            del by_subnet[by_subnet.index(own, bisect_left(by_subnet, _subnet(own), key=_subnet))]
            for broadcast in _broadcasts(own):
                del broadcasts[bisect_left(broadcasts, broadcast)]

    def _indexed(self) -> Index:
        if self._index is None:
            self._index = Index(sorted(self, key=_subnet_and_rank), sorted(
                broadcast for own in self for broadcast in _broadcasts(own)))
        return self._index

    def in_subnet(self, network: Network) -> Sequence[InterfaceAddress]:
        """Those of an address's subnet, the primary one first and then as they came."""
        subnet, by_subnet = (network.network, network.length), self._indexed().by_subnet
        first = bisect_left(by_subnet, subnet, key=_subnet)
        return by_subnet[first:bisect_right(by_subnet, subnet, first, key=_subnet)]

    def primary(self, network: Network) -> InterfaceAddress | None:
        """The one of them that is not secondary."""
        if not self:
            return None
        found = next(iter(self.in_subnet(network)), None)
        return None if found is None or found.secondary else found

    def has_broadcast(self, address: int) -> bool:
        """Whether it is the broadcast address of a primary address."""
        broadcasts = self._indexed().broadcasts
        place = bisect_left(broadcasts, address)
        return place < len(broadcasts) and broadcasts[place] == address


NO_ADDRESSES: Final = AddressList()  # Of every device that has none, as the host's ends of cables to containers


def _subnet(own: InterfaceAddress) -> tuple[int, int]:
    return own.network.network, own.network.length


def _subnet_and_rank(own: InterfaceAddress) -> tuple[int, int, bool]:
    return *_subnet(own), own.secondary


def _broadcasts(own: InterfaceAddress) -> set[int]:
    if own.secondary:
        return set()
    return {own.network.broadcast} if own.broadcast is None else {own.broadcast, own.network.broadcast}
