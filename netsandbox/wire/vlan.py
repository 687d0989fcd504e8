"""IEEE 802.1Q tags: four bytes between the source address and the EtherType."""

from __future__ import annotations

from typing import Protocol

ETH_P_8021Q = 0x8100
ETH_P_8021AD = 0x88A8
SIZE = 4
MAX_ID = 4094  # 0 says that the tag carries a priority alone; 4095 is reserved
ID_BITS = 0x0FFF


class _Headers(Protocol):
    """A payload that is headers, not bytes."""

    @property
    def size(self) -> int:
        """How many bytes it is."""

    def emit(self) -> bytes:
        """Its bytes."""


class VlanTag:
    """One tag with what is behind it. The tag's own EtherType (TPID) is the frame's."""

    __slots__ = ("ethertype", "payload", "tci")

    def __init__(self, tci: int, ethertype: int, payload: _Headers | bytes) -> None:
        self.tci = tci  # priority (3 bits), drop eligible (1), number of the VLAN (12)
        self.ethertype = ethertype  # of the payload
        self.payload = payload

    @property
    def vid(self) -> int:
        return self.tci & ID_BITS

    @property
    def priority(self) -> int:
        return self.tci >> 13

    @property
    def size(self) -> int:
        payload = self.payload
        return SIZE + (len(payload) if isinstance(payload, bytes) else payload.size)

    def emit(self) -> bytes:
        payload = self.payload
        return (self.tci << 16 | self.ethertype).to_bytes(SIZE, "big") + (
            payload if isinstance(payload, bytes) else payload.emit())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VlanTag) and (self.tci, self.ethertype, self.payload) == (
            other.tci, other.ethertype, other.payload)

    def __hash__(self) -> int:
        return hash((self.tci, self.ethertype))

    def __repr__(self) -> str:
        return f"VlanTag({self.vid}, 0x{self.ethertype:04x}, {self.payload!r})"
