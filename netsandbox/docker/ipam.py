"""Address management of a network: the lowest free address, first fit.

libnetwork's default IPAM driver (addrset.AddAny): network, broadcast and
gateway are reserved, and a released address is given out again at once.
"""

from __future__ import annotations

from netsandbox.wire.addresses import Network, format_ipv4


class AddressInUseError(Exception):
    """The wanted address is taken."""


class PoolExhaustedError(Exception):
    """Every address of the subnet is taken."""


class AddressPool:
    """The addresses of one subnet."""

    def __init__(self, subnet: Network, gateway: int) -> None:
        self.subnet = subnet
        self.gateway = gateway
        self.used: set[int] = {subnet.network, subnet.broadcast, gateway}
        self._lowest = subnet.network

    def allocate(self, wanted: int | None = None) -> int:
        """The wanted address, or the lowest free one.

        Raises:
            AddressInUseError, PoolExhaustedError
        """
        if wanted is not None:
            if wanted not in self.subnet or wanted in self.used:
                raise AddressInUseError(format_ipv4(wanted))
            self.used.add(wanted)
            return wanted
        address = self._lowest
        while address in self.used:
            address += 1
        if address > self.subnet.broadcast:
            raise PoolExhaustedError(str(self.subnet))
        self.used.add(address)
        self._lowest = address
        return address

    def release(self, address: int) -> None:
        self.used.discard(address)
        self._lowest = min(self._lowest, address)
