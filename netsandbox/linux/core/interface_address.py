"""One IPv4 address of an interface (struct in_ifaddr)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
