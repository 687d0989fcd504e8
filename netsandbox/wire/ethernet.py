"""Ethernet II frames, as a tap sees them: no preamble, no FCS, no padding on veth."""

from __future__ import annotations

from typing import TypeAlias

from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.vlan import ETH_P_8021AD, ETH_P_8021Q, SIZE, VlanTag

HEADER = 14
ETH_P_IP = 0x0800
ETH_P_ARP = 0x0806
VLAN_TYPES = (ETH_P_8021Q, ETH_P_8021AD)  # EtherTypes of a tag in front of the real one (IEEE 802.1Q)


class Malformed:
    """A payload whose EtherType promises a header that the bytes do not hold."""

    __slots__ = ("data", "message", "reason")

    def __init__(self, data: bytes, reason: str, message: str) -> None:
        self.data = data
        self.reason = reason
        self.message = message

    @property
    def size(self) -> int:
        return len(self.data)

    def emit(self) -> bytes:
        return self.data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Malformed) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)


Payload: TypeAlias = ArpPacket | IPv4Packet | VlanTag | Malformed | bytes


class Frame:
    """One Ethernet frame, never changed once sent: all receivers of a flood share it.

    It is made either of parsed headers or of bytes; bytes are encoded when someone looks, and then kept.
    """

    __slots__ = ("_wire", "dst", "ethertype", "payload", "size", "src", "trailer")

    def __init__(self, dst: int, src: int, ethertype: int, payload: Payload, trailer: bytes = b"") -> None:
        self.dst = dst
        self.src = src
        self.ethertype = ethertype
        self.payload = payload
        self.trailer = trailer  # bytes behind the payload that belong to no header (padding)
        size = len(payload) if type(payload) is bytes else payload.size  # type: ignore[union-attr]
        # bytes on the wire, 14 bytes of header included; without the outer tag that this machine put in, which is kept
        # beside the frame (skb->vlan_tci)
        self.size: int = HEADER + size + len(trailer) if trailer else HEADER + size
        self._wire: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Frame:
        """The frame that some bytes hold (ParseError: fewer than 14 bytes)."""
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"an Ethernet frame has at least {HEADER} bytes, here are {len(data)}")
        ethertype = data[12] << 8 | data[13]
        payload = parse_payload(ethertype, data[HEADER:])
        size = len(payload) if isinstance(payload, bytes) else payload.size
        frame = cls(int.from_bytes(data[:6], "big"), int.from_bytes(data[6:12], "big"), ethertype, payload,
                    data[HEADER + size:])
        frame._wire = data
        return frame

    def wire(self) -> bytes:
        """The frame's bytes, as on the wire."""
        data = self._wire
        if data is None:
            data = self._wire = self.encode()
        return data

    def tagged(self, vid: int, tpid: int = ETH_P_8021Q, priority: int = 0) -> Frame:
        """The same with a tag in front of the payload, which no limit and no counter minds (__vlan_hwaccel_put_tag)."""
        tag = VlanTag(priority << 13 | vid, self.ethertype, self.payload)
        made = Frame(self.dst, self.src, tpid, tag, self.trailer)
        made.size -= SIZE
        return made

    def untagged(self) -> Frame:
        """The same without its outer tag (skb_vlan_untag)."""
        tag = self.payload
        assert isinstance(tag, VlanTag), "only a tagged frame has a tag to take off"
        return Frame(self.dst, self.src, tag.ethertype, tag.payload, self.trailer)  # type: ignore[arg-type]

    def trace_key(self) -> bytes:
        """What stands for the frame in a trace's digest."""
        return self.wire()

    def encode(self) -> bytes:
        """The bytes made anew from the headers, whatever was kept."""
        payload = self.payload
        body = payload if isinstance(payload, bytes) else payload.emit()
        head = (self.dst << 64 | self.src << 16 | self.ethertype).to_bytes(HEADER, "big")
        return head + body + self.trailer

    def fields(self) -> tuple[object, ...]:
        return self.dst, self.src, self.ethertype, self.payload, self.trailer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((self.dst, self.src, self.ethertype, self.size))

    def __repr__(self) -> str:
        return f"Frame({self.src:012x} > {self.dst:012x}, 0x{self.ethertype:04x}, {self.payload!r})"


def parse_payload(ethertype: int, data: bytes) -> Payload:
    """What follows the Ethernet header, parsed where its type is known."""
    try:
        if ethertype == ETH_P_ARP:
            return ArpPacket.parse(data)
        if ethertype == ETH_P_IP:
            return IPv4Packet.parse(data)
        if ethertype in VLAN_TYPES and len(data) >= SIZE:
            inner = data[2] << 8 | data[3]
            return VlanTag(data[0] << 8 | data[1], inner, parse_payload(inner, data[SIZE:]))
    except ParseError as error:
        return Malformed(data, error.reason, str(error))
    return data
