"""What tcpdump prints of what is in a frame besides IP and ARP: tags, and spanning tree messages behind LLC."""

from __future__ import annotations

from netsandbox.wire import stp
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.describe_out import Out, number

LLC = 3
_STP_LEAST, _STP_CONFIG, _STP_RAPID, _STP_MULTIPLE = 4, 35, 36, 102
_RAPID = 2
_STANDARDS = {0: "802.1d", 2: "802.1w", 3: "802.1s"}
_KINDS = {stp.CONFIG: "Config", _RAPID: "Rapid STP", stp.TCN: "Topology Change"}
_FLAGS = ((0x01, "Topology change"), (0x02, "Proposal"), (0x10, "Learn"), (0x20, "Forward"), (0x40, "Agreement"),
          (0x80, "Topology change ACK"))
_ROLES = ("Unknown", "Alternate", "Root", "Designated")


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
    if number(body, 0, 2, "stp") or version not in _STANDARDS:
        out.add(f"unknown STP version, length {length - LLC}")
        return
    name = _KINDS.get(kind)
    out.add(f"STP {_STANDARDS[version]}, {name or f'Unknown BPDU Type (0x{kind:02x})'}")
    if name is None or kind == stp.TCN or (kind == _RAPID and not version):
        return
    least = _STP_CONFIG if kind == stp.CONFIG else _STP_RAPID if version == _RAPID else _STP_MULTIPLE
    if len(body) < least:
        out.add(" (invalid)")
    elif least == _STP_MULTIPLE:
        _multiple(out, body, length - LLC)
    else:
        _config(out, body, length - LLC, has_role=version == _RAPID)


def _flags(flags: int) -> str:
    return ", ".join(name for bit, name in _FLAGS if flags & bit) or "none"


def _ages(body: bytes) -> str:
    ages = [int.from_bytes(body[at:at + 2], "big") / stp.TICKS for at in (27, 29, 31, 33)]
    return (f"\n\tmessage-age {ages[0]:.2f}s, max-age {ages[1]:.2f}s, hello-time {ages[2]:.2f}s, "
            f"forwarding-delay {ages[3]:.2f}s")


def _role(flags: int) -> str:
    return f"port-role {_ROLES[flags >> 2 & 3]}"


def _config(out: Out, body: bytes, length: int, has_role: bool) -> None:
    bridge = f"{_bridge(body, 17)}.{body[25:27].hex()}"
    out.add(f", Flags [{_flags(body[4])}], bridge-id {bridge}, length {length}")
    if out.verbose:
        out.add(_ages(body) + f"\n\troot-id {_bridge(body, 5)}, root-pathcost {int.from_bytes(body[13:17], 'big')}")
        out.add(f", {_role(body[4])}" if has_role else "")


def _multiple(out: Out, body: bytes, length: int) -> None:
    """MSTP's message, of which the instances behind the common tree are not told (stp_print_mstp_bpdu)."""
    out.add(f", CIST Flags [{_flags(body[4])}], length {length}")
    if out.verbose:
        name = body[39:71].partition(b"\0")[0].decode("latin-1")
        out.add(f"\n\t{_role(body[4])}, CIST root-id {_bridge(body, 5)}, CIST ext-pathcost "
                f"{int.from_bytes(body[13:17], 'big')}\n\tCIST regional-root-id {_bridge(body, 17)}, CIST port-id "
                f"{body[25:27].hex()},{_ages(body)}\n\tv3len {int.from_bytes(body[36:38], 'big')}, MCID Name {name}, "
                f"rev {int.from_bytes(body[71:73], 'big')},\n\t\tdigest {body[73:89].hex()}, CIST int-root-pathcost "
                f"{int.from_bytes(body[89:93], 'big')},\n\tCIST bridge-id {_bridge(body, 93)}, CIST remaining-hops "
                f"{body[101]}")


def _bridge(data: bytes, at: int) -> str:
    return f"{data[at:at + 2].hex()}.{_mac(data, at + 2)}"


def _mac(data: bytes, at: int) -> str:
    return format_mac(int.from_bytes(data[at:at + 6], "big"))
