"""Layers of what stands between Ethernet and its payload: tags, LLC, spanning tree messages; GRE and VXLAN headers."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.wire import gre, names, stp, vlan, vxlan
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.layers import Layer, Row, bytes_layer, read_fields

Inside = Callable[[int, bytes, int, int], tuple[Layer, ...]]
"""The layers that an EtherType says: type, data, start, end."""


def _type(kind: int) -> str:
    return f"{names.ETHERTYPES.get(kind, 'unknown')} (0x{kind:04x})"


def _tci(number: int) -> str:
    return f"priority {number >> 13}, DEI {number >> 12 & 1}, VLAN {number & vlan.ID_BITS}"


_TAG: tuple[Row, ...] = ((0, 2, "Tag control information", _tci), (2, 2, "Type", _type))


def tag_layers(data: bytes, start: int, end: int, inside: Inside) -> tuple[Layer, ...]:
    """An 802.1Q tag and what it is in front of."""
    fields = tuple(read_fields(data, start, end, _TAG))
    if end - start < vlan.SIZE:
        return (Layer("802.1Q", f"cut off after {end - start} bytes", start, end, fields),) if fields else ()
    kind = int.from_bytes(data[start + 2:start + 4], "big")
    tag = Layer("802.1Q", f"VLAN {int.from_bytes(data[start:start + 2], 'big') & vlan.ID_BITS}", start,
                start + vlan.SIZE, fields)
    return tag, *inside(kind, data, start + vlan.SIZE, end)


def _identifier(number: int) -> str:
    return f"priority {number >> 48}, {format_mac(number & (1 << 48) - 1)}"


def _seconds(number: int) -> str:
    return f"{number / stp.TICKS:g} s"


_LLC: tuple[Row, ...] = ((0, 1, "DSAP", lambda n: f"0x{n:02x}"), (1, 1, "SSAP", lambda n: f"0x{n:02x}"),
                         (2, 1, "Control", lambda n: f"0x{n:02x}"))
_HEAD: tuple[Row, ...] = (
    (0, 2, "Protocol Identifier", str), (2, 1, "Protocol Version Identifier", str),
    (3, 1, "BPDU Type", lambda n: {0: "Configuration (0x00)", 128: "Topology Change Notification (0x80)"}.get(
        n, f"0x{n:02x}")))
_CONFIG: tuple[Row, ...] = (
    *_HEAD, (4, 1, "BPDU flags", lambda n: f"0x{n:02x}"), (5, 8, "Root Identifier", _identifier),
    (13, 4, "Root Path Cost", str), (17, 8, "Bridge Identifier", _identifier),
    (25, 2, "Port identifier", lambda n: f"0x{n:04x}"), (27, 2, "Message Age", _seconds), (29, 2, "Max Age", _seconds),
    (31, 2, "Hello Time", _seconds), (33, 2, "Forward Delay", _seconds))


def llc_layers(data: bytes, start: int, end: int) -> tuple[Layer, ...]:
    """LLC, and behind 42 42 03 a spanning tree message."""
    if data[start:start + 3] != stp.LLC:
        return bytes_layer("Data", data, start, end)
    llc = Layer("LLC", "spanning tree", start, start + 3, tuple(read_fields(data, start, start + 3, _LLC)))
    body = start + 3
    is_config = end - body > 3 and data[body + 3] == stp.CONFIG
    size = min(35 if is_config else 4, end - body)
    fields = tuple(read_fields(data, body, body + size, _CONFIG if is_config else _HEAD))
    if not fields:
        return (llc,)
    summary = "configuration" if is_config else "topology change notification"
    return llc, Layer("STP", summary, body, body + size, fields), *bytes_layer("Data", data, body + size, end)


def gre_layers(data: bytes, start: int, end: int, inside: Inside) -> tuple[Layer, ...]:
    """GRE and what it carries."""
    flags = int.from_bytes(data[start:start + 2], "big")
    rows: list[Row] = [(0, 2, "Flags and Version", lambda n: f"0x{n:04x}"), (2, 2, "Protocol Type", _type)]
    at = gre.HEADER
    for bit, name in ((gre.CHECKSUM, "Checksum and offset"), (gre.KEY, "Key"), (gre.SEQUENCE, "Sequence Number")):
        if flags & bit:
            rows.append((at, 4, name, str))
            at += 4
    stop = min(start + at, end)
    fields = tuple(read_fields(data, start, stop, rows))
    if end - start < at:
        return (Layer("GRE", f"cut off after {end - start} bytes", start, end, fields),) if fields else ()
    kind = int.from_bytes(data[start + 2:start + 4], "big")
    return Layer("GRE", f"carries {_type(kind)}", start, stop, fields), *inside(kind, data, stop, end)


_VXLAN: tuple[Row, ...] = (
    (0, 1, "Flags", lambda n: f"0x{n:02x}"), (1, 3, "Reserved", str), (4, 3, "VXLAN Network Identifier (VNI)", str),
    (7, 1, "Reserved", str))


def vxlan_layers(data: bytes, start: int, end: int, inside: Inside) -> tuple[Layer, ...]:
    """VXLAN and the frame that it carries."""
    stop = min(start + vxlan.HEADER, end)
    fields = tuple(read_fields(data, start, stop, _VXLAN))
    if end - start < vxlan.HEADER:
        return (Layer("VXLAN", f"cut off after {end - start} bytes", start, end, fields),) if fields else ()
    summary = f"VNI {int.from_bytes(data[start + 4:start + 7], 'big')}"
    return Layer("VXLAN", summary, start, stop, fields), *inside(gre.ETHERNET, data, stop, end)
