"""A frame in one line, in the words of tcpdump 4.99.

What tcpdump decodes and we do not (IPv6, 802.3, DNS and other protocols above UDP and TCP) ends where our knowledge
does: as tcpdump ends with what it does not know, with bytes in hexadecimal or with the length of the data.
"""

from __future__ import annotations

from netsandbox.wire import names
from netsandbox.wire.addresses import format_ipv4, format_mac, parse_ipv4
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.describe_ip import packet_text
from netsandbox.wire.describe_link import is_spanning_tree, spanning_tree_text, tag_text
from netsandbox.wire.describe_out import Conversations, Cut, Out, number
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, HEADER, VLAN_TYPES, Frame
from netsandbox.wire.gre import ETHERNET as TEB
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from netsandbox.wire.vlan import SIZE, VlanTag

_ETH_P_RARP = 0x8035
_ETH_P_TRAIL = 0x1000
_LONGEST_LENGTH = 1500  # Up to here the type field is a length (IEEE 802.3)
_ARP_FIXED = 8
DOCKER_RESOLVER = parse_ipv4("127.0.0.11")

_ETHERTYPES = {
    0x00FE: "GRE-OSI", 0x0200: "PUP", 0x0500: "Sprite", 0x0600: "NS", 0x0707: "GeoNet (old)", 0x0800: "IPv4",
    0x0806: "ARP", 0x1000: "Trail", 0x1111: "CALM FAST", 0x6001: "MOP DL", 0x6002: "MOP RC", 0x6003: "DN",
    0x6004: "LAT", 0x6007: "SCA", 0x6558: "TEB", 0x8035: "Reverse ARP", 0x8038: "Lanbridge", 0x803C: "DEC DNS",
    0x803E: "DEC DTS", 0x805B: "VEXP", 0x805C: "VPROD", 0x809B: "Appletalk", 0x80F3: "Appletalk ARP", 0x8100: "802.1Q",
    0x8137: "IPX", 0x86DD: "IPv6", 0x8808: "MPCP", 0x8809: "Slow Protocols", 0x880B: "PPP", 0x8847: "MPLS unicast",
    0x8848: "MPLS multicast", 0x8863: "PPPoE D", 0x8864: "PPPoE S", 0x886F: "MS NLB heartbeat", 0x8870: "Jumbo",
    0x888E: "EAPOL", 0x8899: "Realtek protocols", 0x88A2: "AoE", 0x88A8: "802.1Q-QinQ", 0x88CA: "TIPC", 0x88CC: "LLDP",
    0x88E5: "802.1AE MACsec", 0x88F7: "PTP", 0x8902: "CFM", 0x893A: "IEEE1905.1", 0x8947: "GeoNet", 0x894F: "NSH",
    0x9000: "Loopback", 0x9100: "802.1Q-9100", 0x9200: "802.1Q-9200", 0xABCD: "CFM (old)",
    0xD28B: "Arista Vendor Specific Protocol", 0xFEFE: "OSI",
}
_ARP_HARDWARE = {1: "Ethernet", 6: "TokenRing", 7: "ArcNet", 15: "FrameRelay", 19: "ATM", 23: "Strip",
                 24: "IEEE 1394", 32: "InfiniBand"}
_ARP_OPERATIONS = {1: "Request", 2: "Reply", 3: "Reverse Request", 4: "Reverse Reply", 8: "Inverse Request",
                   9: "Inverse Reply", 10: "NACK Reply"}


def protocol_name(frame: Frame) -> str:
    """The innermost protocol that the frame was parsed as: `ARP`, `ICMP`, `UDP`, `TCP`, `IPv4` for a later fragment."""
    frame = _untagged(frame)
    payload = frame.payload
    if isinstance(payload, ArpPacket):
        return "ARP"
    if _is_spanning_tree(frame):
        return "STP"
    if not isinstance(payload, IPv4Packet):
        return "802.3" if frame.ethertype <= _LONGEST_LENGTH else names.ETHERTYPES.get(
            frame.ethertype, f"0x{frame.ethertype:04x}")
    inside = payload.payload
    if isinstance(inside, IcmpMessage):
        return "ICMP"
    if isinstance(inside, UdpDatagram):
        return "UDP"
    if isinstance(inside, TcpSegment):
        return "TCP"
    return "IPv4" if payload.offset else names.IP_PROTOCOLS.get(payload.protocol, "IPv4")


def _untagged(frame: Frame) -> Frame:
    while isinstance(frame.payload, VlanTag):
        frame = frame.untagged()
    return frame


def _is_spanning_tree(frame: Frame) -> bool:
    """Whether LLC follows the header, which then has a length and no type, and a spanning tree message in it."""
    payload = frame.payload
    return isinstance(payload, bytes) and frame.ethertype <= _LONGEST_LENGTH and is_spanning_tree(payload)


def info(frame: Frame, with_inner: bool = False) -> str:
    """What `tcpdump -n -S` prints behind the time and the protocol, its first line: `Request who-has 172.17.0.3 …`;
    and what is asked of Docker's name server also where NAT has given that another port.

    Where the type is unknown, the addresses and the type.

    Args:
        with_inner: of what goes through a VXLAN the frame inside stands behind it, which tcpdump prints below, and
            what a name server was asked stands in its answer, as with -vv.
    """
    out = Out(verbose=0, conversations=None, resolver=DOCKER_RESOLVER)
    out.asked = with_inner
    while isinstance(frame.payload, VlanTag):
        out.add(f"vlan {frame.payload.vid}, ")
        frame = frame.untagged()
    data = frame.wire()
    if _is_spanning_tree(frame):
        _finish(out, data[HEADER:], frame.ethertype)
        return "".join(out.parts).partition("\n")[0].partition(": ")[2]
    if frame.ethertype in (ETH_P_ARP, ETH_P_IP, _ETH_P_RARP):
        _finish(out, data[HEADER:], frame.ethertype)
    else:
        _link_header(out, data, len(data), number(data, 12, 2, "ether"))
    first, _newline, inner = "".join(out.parts).partition("\n")
    carried = inner.partition("\n")[0].strip() if with_inner and ", vni " in first else ""
    return f"{first}: {carried}" if carried else first.strip().removesuffix(":")


def ethertype_name(ethertype: int) -> str:
    return _ETHERTYPES.get(ethertype, "Unknown")


def ethertype_text(ethertype: int, quiet: bool) -> str:
    """`ethertype IPv4 (0x0800)`, with -q `IPv4`."""
    name = ethertype_name(ethertype)
    if quiet:
        return f"Unknown Ethertype (0x{ethertype:04x})" if name == "Unknown" else name
    return f"ethertype {name} (0x{ethertype:04x})"


def payload_line(out: Out, data: bytes, is_cooked: bool = False) -> str:
    """What tcpdump prints of a frame behind its link header."""
    try:
        at, ethertype = _tags(out, data, is_cooked)
        if not (out.link or is_cooked):
            _unknown_header(out, data, len(data), ethertype)
        _payload(out, data[at:], len(data) - at, ethertype)
    except Cut as cut:
        out.add(f" [|{cut.protocol}]")
        out.is_cut = True
    return "".join(out.parts)


def line(data: bytes, verbose: int = 0, conversations: Conversations | None = None) -> str:
    """What `tcpdump -e -n` prints of a frame behind the time; several lines where tcpdump prints several.

    Args:
        verbose: how many times -v.
        conversations: an empty dictionary for each capture, kept by the caller between its frames: TCP numbers then
            count from the first ones seen. None: they are absolute, as with `-S`.
    """
    out = Out(verbose, conversations)
    try:
        _frame(out, data, len(data))
    except Cut as cut:
        out.add(f" [|{cut.protocol}]")
    return "".join(out.parts)


def _finish(out: Out, data: bytes, ethertype: int) -> None:
    """The payload, and the mark where it is cut off."""
    try:
        _payload(out, data, len(data), ethertype)
    except Cut as cut:
        out.add(f" [|{cut.protocol}]")


def _frame(out: Out, data: bytes, length: int) -> None:
    """Add a frame (data: the frame, as far as it is there; length: how long it is)."""
    if length < len(data):
        out.add(f"[length {length} < caplen {len(data)}] (invalid)")
        return
    if len(data) < HEADER:
        raise Cut("ether")
    if out.link:
        _link_header(out, data, length, number(data, 12, 2, "ether"))
    at, ethertype = _tags(out, data)
    if not out.link:
        _unknown_header(out, data, length, ethertype)
    _payload(out, data[at:], length - at, ethertype)


def _tags(out: Out, data: bytes, is_cooked: bool = False) -> tuple[int, int]:
    """Add a frame's VLAN tags, which -e shows; where what is behind them begins, and its type (is_cooked: with
    LINUX_SLL2 the type's name stands without -e too, its number never)."""
    at, ethertype = HEADER, number(data, 12, 2, "ether")
    while ethertype in VLAN_TYPES:
        tag = tag_text(data[at:])
        ethertype, at = number(data, at + 2, 2, "vlan"), at + SIZE
        out.add(f"{tag}, " if out.link else "")
        if ethertype <= _LONGEST_LENGTH:
            break
        name = ethertype_name(ethertype)
        if is_cooked:
            out.add("" if out.quiet else f"ethertype {name}, ")
        elif out.link:
            out.add(f"{ethertype_text(ethertype, out.quiet)}, ")
    return at, ethertype


def _unknown_header(out: Out, data: bytes, length: int, ethertype: int) -> None:
    """Without -e too the header is there where nothing behind it is decoded."""
    if ethertype not in (ETH_P_IP, ETH_P_ARP, _ETH_P_RARP) and ethertype > _LONGEST_LENGTH:
        _link_header(out, data, length, ethertype)


def _link_header(out: Out, data: bytes, length: int, ethertype: int) -> None:
    source, destination = number(data, 6, 6, "ether"), number(data, 0, 6, "ether")
    out.add(f"{format_mac(source)} > {format_mac(destination)}, ")
    if ethertype <= _LONGEST_LENGTH:
        out.add(f"802.3, length {min(ethertype, length - HEADER)}: ")
    else:
        out.add(f"{ethertype_text(ethertype, out.quiet)}, length {length}: ")


def _payload(out: Out, data: bytes, length: int, ethertype: int) -> None:
    if ethertype == ETH_P_IP:
        packet_text(out, data, length, _inside)
    elif ethertype in (ETH_P_ARP, _ETH_P_RARP):
        _arp(out, data, length)
    elif ethertype <= _LONGEST_LENGTH and is_spanning_tree(data):
        spanning_tree_text(out, data[:ethertype], ethertype)
    elif out.dumps:
        out.add(_dump(data if ethertype > _LONGEST_LENGTH else data[:ethertype]))


def _inside(out: Out, data: bytes, length: int, ethertype: int) -> None:
    if ethertype == TEB:
        _frame(out, data, length)
    else:
        _payload(out, data, length, ethertype)


def _arp(out: Out, data: bytes, length: int) -> None:
    hardware, protocol = number(data, 0, 2, "arp"), number(data, 2, 2, "arp")
    if len(data) < _ARP_FIXED:
        raise Cut("arp")
    hlen, plen, operation = data[4], data[5], number(data, 6, 2, "arp")
    if len(data) < _ARP_FIXED + 2 * (hlen + plen):
        raise Cut("arp")
    out.add("" if out.link else "ARP, ")
    is_ip = protocol in (ETH_P_IP, _ETH_P_TRAIL)
    if not is_ip or plen != 4 or hlen == 0 or out.verbose:
        kind = _ARP_HARDWARE.get(hardware, f"Unknown Hardware ({hardware})")
        name = _ETHERTYPES.get(protocol, f"Unknown Protocol (0x{protocol:04x})")
        out.add(f"{kind} (len {hlen}), {name} (len {plen})")
        if not out.verbose:
            out.add(f", length {length}")
            return
        out.add(", ")
    out.add(f"{_ARP_OPERATIONS.get(operation, f'Unknown ({operation})')} ")
    text = _arp_text(operation, _arp_addresses(data, hlen, plen, is_ip))
    out.add(_dump(data) if text is None else f"{text}, length {length}")


def _arp_addresses(data: bytes, hlen: int, plen: int, is_ip: bool) -> dict[str, str]:
    """The four addresses by their names in RFC 826; `known` is empty where the target's hardware address is zero."""
    spans, at = {}, _ARP_FIXED
    for name, size in (("sha", hlen), ("spa", plen), ("tha", hlen), ("tpa", plen)):
        spans[name] = data[at:at + size]
        at += size
    texts = {name: spans[name].hex(":") or "<empty>" for name in ("sha", "tha")}
    for name in ("spa", "tpa"):
        texts[name] = ("<wrong proto type>" if not is_ip else "<wrong len>" if plen != 4 else
                       format_ipv4(int.from_bytes(spans[name], "big")))
    texts["known"] = f" ({texts['tha']})" if any(spans["tha"]) else ""
    return texts


def _arp_text(operation: int, address: dict[str, str]) -> str | None:
    match operation:
        case 1:
            return f"who-has {address['tpa']}{address['known']} tell {address['spa']}"
        case 2:
            return f"{address['spa']} is-at {address['sha']}"
        case 3 | 8:
            return f"who-is {address['tha']} tell {address['sha']}"
        case 4:
            return f"{address['tha']} at {address['tpa']}"
        case 9:
            return f"{address['sha']} at {address['spa']}"
        case _:
            return None


def _dump(data: bytes) -> str:
    """Bytes in hexadecimal and as text, 16 a line."""
    lines = []
    for at in range(0, len(data), 16):
        octets = data[at:at + 16]
        words = " ".join(octets[start:start + 2].hex() for start in range(0, len(octets), 2))
        text = "".join(chr(octet) if 33 <= octet < 127 else "." for octet in octets)
        lines.append(f"\n\t0x{at:04x}:  {words:<39}  {text}")
    return "".join(lines)
