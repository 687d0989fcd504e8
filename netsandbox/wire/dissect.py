"""Any bytes to layers, fields and byte ranges, for the layers pane and the hex pane. Never raises.

It reads the bytes themselves and not the parsed headers, because it must also show a frame that is cut off or
contradicts itself: there every byte still belongs to a field, the last one being `Truncated`.
"""

from __future__ import annotations

from netsandbox.wire import names
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_ipv4, format_mac
from netsandbox.wire.dissect_ip import ipv4_layers
from netsandbox.wire.dissect_tag import llc_layers, tag_layers
from netsandbox.wire.ethernet import VLAN_TYPES
from netsandbox.wire.gre import ETHERNET as TEB
from netsandbox.wire.layers import Dissection, Field, Layer, Row, bytes_layer, preview, read_fields

_ETHERNET_HEADER = 14
_ARP_FIXED = 8
_ARP_SIZE = 28
DEEPEST = 20  # Headers inside each other, beyond which there are only bytes
_SMALLEST_ETHERTYPE = 0x0600  # Below it the field is a length (IEEE 802.3)


def dissect(data: bytes) -> Dissection:
    """A frame taken apart, whatever its bytes are."""
    end = len(data)
    return Dissection(_Walk().frame(data, 0, end), end)


class _Walk:
    """The way through headers inside each other, which ends somewhere."""

    def __init__(self) -> None:
        self.left = DEEPEST

    def frame(self, data: bytes, start: int, end: int) -> tuple[Layer, ...]:
        """A frame, on its own or inside a tunnel."""
        fields = tuple(read_fields(data, start, end, _ETHERNET))
        if end - start < _ETHERNET_HEADER:
            summary = f"cut off after {end - start} bytes"
            return (Layer("Ethernet", summary, start, end, fields),) if start < end else ()
        body = start + _ETHERNET_HEADER
        to, of, kind = (int.from_bytes(data[at:stop], "big") for at, stop in (
            (start, start + 6), (start + 6, start + 12), (start + 12, body)))
        ethernet = Layer("Ethernet", f"{format_mac(of)} → {format_mac(to)}, {_type_name(kind)}", start, body, fields)
        inside = self.payload(kind, data, body, end)
        covered = inside[-1].end if inside else body
        return ethernet, *inside, *bytes_layer("Trailer", data, covered, end)

    def payload(self, kind: int, data: bytes, start: int, end: int) -> tuple[Layer, ...]:
        """What an EtherType says."""
        if not self.left:
            return bytes_layer("Data", data, start, end)
        self.left -= 1
        try:
            return self._payload(kind, data, start, end)
        finally:
            self.left += 1

    def _payload(self, kind: int, data: bytes, start: int, end: int) -> tuple[Layer, ...]:
        if kind == 0x0800:
            return ipv4_layers(data, start, end, inside=self.payload)
        if kind == 0x0806:
            return _arp_layers(data, start, end)
        if kind in VLAN_TYPES:
            return tag_layers(data, start, end, self.payload)
        if kind == TEB:
            return self.frame(data, start, end)
        if kind < _SMALLEST_ETHERTYPE:
            return llc_layers(data, start, min(start + kind, end))
        return bytes_layer("Data", data, start, end)


def _arp_layers(data: bytes, start: int, end: int) -> tuple[Layer, ...]:
    fields = read_fields(data, start, end, _ARP)
    if end - start < _ARP_FIXED:
        return (Layer("ARP", f"cut off after {end - start} bytes", start, end, tuple(fields)),) if fields else ()
    if data[start:start + 6] not in _ARP_IPV4_ETHERNET:
        # Other address sizes put the addresses elsewhere, so nothing behind the fixed part can be named.
        fields = read_fields(data, start, end, _ARP[:5])
        if end > start + _ARP_FIXED:
            fields.append(Field("Addresses", preview(data[start + _ARP_FIXED:end]), start + _ARP_FIXED, end))
        return (Layer("ARP", "not for IPv4 over Ethernet", start, end, tuple(fields)),)
    if end - start < _ARP_SIZE:
        return (Layer("ARP", f"cut off after {end - start} bytes", start, end, tuple(fields)),)
    return (Layer("ARP", _arp_summary(data[start:start + _ARP_SIZE]), start, start + _ARP_SIZE, tuple(fields)),)


def _arp_summary(packet: bytes) -> str:
    operation = int.from_bytes(packet[6:8], "big")
    sha = format_mac(int.from_bytes(packet[8:14], "big"))
    spa, tpa = (format_ipv4(int.from_bytes(packet[at:at + 4], "big")) for at in (14, 24))
    if operation == 1 and spa == tpa:
        return f"{spa} announces {sha}"  # no longer, or 120 columns would cut the MAC
    if operation == 1 and spa == "0.0.0.0":
        return f"probe: who has {tpa}?"
    if operation == 1:
        return f"request: who has {tpa}? tell {spa}"
    if operation == 2:
        return f"reply: {spa} is at {sha}"
    return names.named(names.ARP_OPERATIONS, operation)


def _type_name(kind: int) -> str:
    if kind < _SMALLEST_ETHERTYPE:
        return f"IEEE 802.3, length {kind}"
    return names.ETHERTYPES.get(kind, f"0x{kind:04x}")


def _ethertype(kind: int) -> str:
    if kind < _SMALLEST_ETHERTYPE:
        return f"length {kind} (IEEE 802.3)"
    return f"{names.ETHERTYPES.get(kind, 'unknown')} (0x{kind:04x})"


def _mac(address: int) -> str:
    text = format_mac(address)
    if address == BROADCAST_MAC:
        return f"{text} (broadcast)"
    return f"{text} (multicast)" if address & MAC_GROUP_BIT else text


_ETHERNET: tuple[Row, ...] = (
    (0, 6, "Destination", _mac),
    (6, 6, "Source", _mac),
    (12, 2, "Type", _ethertype),
)

_ARP: tuple[Row, ...] = (
    (0, 2, "Hardware type", lambda number: names.named(names.ARP_HARDWARE, number)),
    (2, 2, "Protocol type", _ethertype),
    (4, 1, "Hardware size", str),
    (5, 1, "Protocol size", str),
    (6, 2, "Opcode", lambda number: names.named(names.ARP_OPERATIONS, number)),
    (8, 6, "Sender MAC address", _mac),
    (14, 4, "Sender IP address", format_ipv4),
    (18, 6, "Target MAC address", _mac),
    (24, 4, "Target IP address", format_ipv4),
)
_ARP_IPV4_ETHERNET = frozenset(bytes.fromhex(f"{hardware:04x}0800 06 04") for hardware in names.ARP_HARDWARE)
