"""What tcpdump prints of what is in a frame besides IP and ARP: tags, and spanning tree messages behind LLC."""

from __future__ import annotations

from netsandbox.wire import stp
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.describe_out import Out, number

LLC = 3
_STP_LEAST, _STP_CONFIG = 4, 35
_FLAGS = ((0x01, "Topology change"), (0x80, "Topology change ACK"))


def tag_text(data: bytes) -> str:
    """`vlan 10, p 0`, of the two bytes behind the tag's EtherType (ieee8021q_tci_string)."""
    tci = number(data, 0, 2, "vlan")
    return f"vlan {tci & 0xFFF}, p {tci >> 13}" + (", DEI" if tci & 0x1000 else "")


def is_spanning_tree(data: bytes) -> bool:
    return data.startswith(stp.LLC)


def spanning_tree_text(out: Out, data: bytes, length: int) -> None:
    """LLC and what is behind it; the frame's own length field bounds both (llc_print, stp_print)."""
    if out.link:
        out.add("LLC, dsap STP (0x42) Individual, ssap STP (0x42) Command, ctrl 0x03: ")
    body = data[LLC:]
    if len(body) < _STP_LEAST:
        out.add(" (invalid)")
        return
    version, kind = body[2], body[3]
    if number(body, 0, 2, "stp") or version:
        out.add(f"unknown STP version, length {length - LLC}")
        return
    out.add("STP 802.1d, ")
    if kind == stp.TCN:
        out.add("Topology Change")
        return
    if kind != stp.CONFIG:
        out.add(f"Unknown BPDU Type (0x{kind:02x})")
        return
    if len(body) < _STP_CONFIG:
        out.add("Config (invalid)")
        return
    _config(out, body, length - LLC)


def _config(out: Out, body: bytes, length: int) -> None:
    flags = body[4]
    names = [name for bit, name in _FLAGS if flags & bit]
    bridge = f"{body[17:19].hex()}.{_mac(body, 19)}.{body[25:27].hex()}"
    out.add(f"Config, Flags [{', '.join(names) or 'none'}], bridge-id {bridge}, length {length}")
    if not out.verbose:
        return
    ages = [int.from_bytes(body[at:at + 2], "big") / stp.TICKS for at in (27, 29, 31, 33)]
    out.add(f"\n\tmessage-age {ages[0]:.2f}s, max-age {ages[1]:.2f}s, hello-time {ages[2]:.2f}s, "
            f"forwarding-delay {ages[3]:.2f}s")
    cost = int.from_bytes(body[13:17], "big")
    out.add(f"\n\troot-id {body[5:7].hex()}.{_mac(body, 7)}, root-pathcost {cost}")


def _mac(data: bytes, at: int) -> str:
    return format_mac(int.from_bytes(data[at:at + 6], "big"))
