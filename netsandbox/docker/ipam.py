"""Address management: the lowest free address of a network, and the lowest free subnet of the host's pools.

libnetwork's default IPAM driver (addrset.AddAny, address_space.go): network, broadcast and gateway are reserved, and
what was released is given out again at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netsandbox.wire.addresses import Network, format_ipv4, parse_network


class AddressInUseError(Exception):
    """The wanted address is taken."""


class PoolExhaustedError(Exception):
    """Every address of the subnet, or every subnet, is taken."""


class AddressPool:
    """The addresses of one subnet."""

    def __init__(self, subnet: Network, gateway: int) -> None:
        self.subnet = subnet
        self.gateway = gateway
        # what is given out unless a certain address is asked for (--ip-range); None for the whole subnet
        self.part: Network | None = None
        self.has_given_gateway = False  # a person gave the gateway
        self.broadcast = subnet.broadcast
        ends = {subnet.network, self.broadcast} if subnet.length < 31 else set[int]()
        self.used: set[int] = {*ends, gateway}
        self.lowest = subnet.network  # no address below is free

    def limit(self, part: Network | None, reserved: Iterable[int]) -> None:
        """Give addresses out of a part alone (--ip-range), and never those that are reserved."""
        self.part, self.lowest = part, (part or self.subnet).network
        self.used.update(reserved)

    def allocate(self, wanted: int | None = None) -> int:
        """The wanted address, or the lowest free one (AddressInUseError, PoolExhaustedError)."""
        if wanted is not None:
            if wanted not in self.subnet or wanted in self.used:
                raise AddressInUseError(format_ipv4(wanted))
            self.used.add(wanted)
            return wanted
        usable = self.part or self.subnet
        address = self.lowest
        while address in self.used:
            address += 1
        if address > usable.broadcast:
            raise PoolExhaustedError(str(usable))
        self.used.add(address)
        self.lowest = address
        return address

    def release(self, address: int) -> None:
        self.used.discard(address)
        if address in (self.part or self.subnet):
            self.lowest = min(self.lowest, address)


Pools = Sequence[tuple[Network, int]]  # Networks, each with the length of the subnets that are cut from it
PREDEFINED: Pools = tuple((parse_network(text), length) for text, length in (
    ("172.17.0.0/16", 16), ("172.18.0.0/16", 16), ("172.19.0.0/16", 16), ("172.20.0.0/14", 16), ("172.24.0.0/14", 16),
    ("172.28.0.0/14", 16), ("192.168.0.0/16", 20)))
"""Docker's local pools (ipamutils)."""


def predefined_subnets(pools: Pools = PREDEFINED) -> Iterator[Network]:
    """All subnets that a network can be given, in order: 15 of /16, then 16 of /20.

    Args:
        pools: others than Docker's own (default-address-pools).
    """
    for pool, size in pools:
        if size < pool.length:
            continue
        step = 1 << 32 - size
        yield from (Network(start, size) for start in range(pool.network, pool.broadcast + 1, step))


def free_subnet(taken: Iterable[Network], after: Network | None = None, pools: Pools = ()) -> Network:
    """The lowest predefined subnet that overlaps with nothing.

    Args:
        taken: the other networks' subnets, and those that the host has routes to.
        after: begin behind this one, as releases before 28 go round (updatePredefinedStartIndex).
        pools: what they are cut from; Docker's own unless told otherwise.

    Raises:
        PoolExhaustedError: there is none.
    """
    used = list(taken)
    subnets = list(predefined_subnets(pools or PREDEFINED))
    start = subnets.index(after) + 1 if after in subnets else 0
    for subnet in (*subnets[start:], *subnets[:start]):
        if not any(subnet.overlaps(other) for other in used):
            return subnet
    raise PoolExhaustedError("all predefined address pools have been fully subnetted")
