"""What waits for a neighbour's MAC (arp_queue of struct neighbour)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.route import Route
    from netsandbox.wire.ipv4 import IPv4Packet

    Waiting = tuple[IPv4Packet, Route | None]


def buffer_size(length: int) -> int:
    """Bytes of socket buffer that the kernel reckons for a packet of so many bytes (skb->truesize)."""
    needed = length + 31
    if needed <= 256:
        return 832
    return (1 << (needed + 319).bit_length()) + 256


class NeighbourQueue:
    """Packets in the order they came, each with the route that it is to take."""

    __slots__ = ("_bytes", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._bytes = 0

    def add(self, packet: IPv4Packet, route: Route | None, limit: int) -> list[IPv4Packet]:
        """One more waits; the oldest, which must go so that all take no more than `limit` bytes, are given back."""
        size, gone = buffer_size(packet.total_length), []
        while self._waiting and self._bytes + size > limit:
            oldest, _route = self._waiting.pop(0)
            self._bytes -= buffer_size(oldest.total_length)
            gone.append(oldest)
        self._waiting.append((packet, route))
        self._bytes += size
        return gone

    def take_all(self) -> list[Waiting]:
        taken, self._waiting, self._bytes = self._waiting, [], 0
        return taken

    @property
    def newest(self) -> IPv4Packet | None:
        return self._waiting[-1][0] if self._waiting else None

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[IPv4Packet]:
        return (packet for packet, _route in self._waiting)
