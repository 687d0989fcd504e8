"""A captured frame as tcpdump prints it: time, link header where it is shown, and what is inside."""

from __future__ import annotations

import re
from struct import Struct
from typing import TYPE_CHECKING

from netsandbox.apps.calendar import civil_date
from netsandbox.apps.tap import BROADCAST, HOST, MULTICAST, OTHER, OUT, Seen
from netsandbox.apps.tcpdump.pcap_filter import COOKED_HEADER
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.wire.addresses import BROADCAST_MAC, format_mac
from netsandbox.wire.describe import ethertype_name, ethertype_text, line, payload_line
from netsandbox.wire.describe_link import LLC, is_spanning_tree
from netsandbox.wire.describe_out import Conversations, Out
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, HEADER, VLAN_TYPES
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.services import PROTOCOLS, service_name
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.vlan import SIZE as TAG

if TYPE_CHECKING:
    from netsandbox.apps.tcpdump.options import TcpdumpOptions

ETH_P_802_2, ETH_P_RARP = 0x0004, 0x8035
_DECODED = (ETH_P_IP, ETH_P_ARP, ETH_P_RARP, *VLAN_TYPES)
_MAC = re.compile(r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b")
_END = re.compile(r"(?<![\d.])(\d+\.\d+\.\d+\.\d+)(?:\.(\d+))?(?=[ :,)\n]|$)")
_UNREACHABLE = re.compile(r"(tcp|udp) port (\d+) unreachable")
_PROTOCOL = re.compile(r"\bip-proto-(\d+)\b")
_LINE_END = re.compile(rb"(?s)\r(?=\n|.?\Z)")
"""A carriage return that -A leaves out; one of the last two bytes it takes for such a one, whatever follows."""
_COOKED = Struct(">HHIHBB6s2x")
PACKET_TYPES = {HOST: 0, BROADCAST: 1, MULTICAST: 2, OTHER: 3, OUT: 4}
ARPHRD_ETHER, ARPHRD_LOOPBACK = 1, 772
LONGEST_LENGTH = 1500  # Up to here the type field is a length (IEEE 802.3)
ROW = 16  # Bytes in a line of a hex dump


class Lines:
    """The lines of one capture.

    Args:
        is_cooked: `-i any`: interface and packet type in place of the Ethernet header.
        names: host names by address, for lines without -n.
    """

    def __init__(self, options: TcpdumpOptions, is_cooked: bool, names: dict[str, int]) -> None:
        self.options = options
        self.is_cooked = is_cooked
        self._names = {address: name for name, address in names.items()}
        self._conversations: Conversations | None = None if options.absolute else {}
        self._first: int | None = None
        self._last: int | None = None
        self._count = 0
        self._is_cut = False  # Of the last frame, whose bytes are then all shown: no header of it was read to its end

    def of(self, seen: Seen) -> str:
        """One frame: one line, or several where tcpdump prints several."""
        self._count += 1
        self._is_cut = False
        number = f"{self._count:5d}  " if self.options.numbered else ""
        data = seen.frame.wire()
        start = number + self._time(seen.at)
        is_decoded = seen.frame.ethertype in _DECODED or is_spanning_tree(data[HEADER:])
        if seen.frame.ethertype <= LONGEST_LENGTH and not is_decoded:
            text = line(data, self.options.verbose, self._conversations)
            return start + text + self._hex(seen, data)
        if not is_decoded:
            return start + self._unknown(seen, data) + self._hex(seen, data)
        return start + self._link(seen, len(data)) + self._inside(seen, data) + self._hex(seen, data)

    # -- the parts

    def _inside(self, seen: Seen, data: bytes) -> str:
        """What is behind the link header."""
        options = self.options
        out = Out(options.verbose, self._conversations, options.link_header, options.quiet)
        out.trusts = options.trusts_sums
        out.dumps = not (options.quiet or options.hex_dump)
        text = payload_line(out, data, self.is_cooked)
        self._is_cut = out.is_cut
        return text if options.numeric else self._with_names(seen, text)

    def _link(self, seen: Seen, length: int) -> str:
        """The link header of a protocol that is decoded, or without -e what stands for it."""
        ethertype = seen.frame.ethertype
        name = ethertype_name(ethertype)
        if self.is_cooked:
            has_rest = self.options.link_header
            return self._cooked_head(seen) + (self._cooked_rest(seen, length, name) if has_rest else "")
        if not self.options.link_header:
            return ""
        what = name if self.options.quiet else f"ethertype {name} (0x{ethertype:04x})"
        if ethertype <= LONGEST_LENGTH:
            what, length = "802.3", ethertype
        return f"{self._mac(seen.frame.src)} > {self._mac(seen.frame.dst)}, {what}, length {length}: "

    def _unknown(self, seen: Seen, data: bytes) -> str:
        """The link header is always there when nothing behind it is decoded, and then bytes."""
        ethertype = seen.frame.ethertype
        name = ethertype_name(ethertype)
        if self.is_cooked:
            head = self._cooked_head(seen) + self._cooked_rest(seen, len(data), name)
        else:
            what = ethertype_text(ethertype, self.options.quiet)
            head = f"{self._mac(seen.frame.src)} > {self._mac(seen.frame.dst)}, {what}, length {len(data)}: "
        return head + ("" if self.options.quiet or self.options.hex_dump else _hex_rows(data[HEADER:], True))

    @staticmethod
    def _cooked_head(seen: Seen) -> str:
        return f"{seen.interface.name:<5} {seen.kind:<3} "

    def _cooked_rest(self, seen: Seen, length: int, name: str) -> str:
        ethertype = seen.frame.ethertype
        what = f"ethertype {name} (0x{ethertype:04x})" if ethertype > LONGEST_LENGTH else "802.2"
        what += f", length {length - HEADER + COOKED_HEADER}: "
        return f"ifindex {seen.interface.ifindex} {self._mac(seen.frame.src)} " + ("" if self.options.quiet else what)

    def _mac(self, mac: int) -> str:
        text = format_mac(mac)
        if self.options.numeric:
            return text
        return "Broadcast" if mac == BROADCAST_MAC else f"{text} (oui {'Unknown' if mac >> 24 else 'Ethernet'})"

    def _time(self, at: int) -> str:
        micros = (EPOCH + at) // MICROSECOND
        before = self._last if self.options.time_format == 3 else self._first
        self._first = micros if self._first is None else self._first
        self._last = micros
        match self.options.time_format:
            case 1:
                return ""
            case 2:
                return f"{micros // 1_000_000}.{micros % 1_000_000:06d} "
            case 3 | 5:
                return f" {_clock(micros - (micros if before is None else before))} "
            case 4:
                year, month, day = civil_date((EPOCH + at) // SECOND // 86400)
                return f"{year}-{month:02d}-{day:02d} {_clock(micros)} "
        return f"{_clock(micros)} "

    def _with_names(self, seen: Seen, text: str) -> str:
        """Hosts, ports and MAC addresses by name, as far as there are names."""
        packet = seen.frame.payload
        is_tcp = isinstance(packet, IPv4Packet) and isinstance(packet.payload, TcpSegment)
        if not is_tcp and seen.frame.ethertype > LONGEST_LENGTH:
            text = _MAC.sub(lambda match: self._mac(int(match[0].replace(":", ""), 16)), text)

        def end(match: re.Match[str]) -> str:
            host = next((name for address, name in self._names.items() if _dotted(address) == match[1]), match[1])
            return host if match[2] is None else f"{host}.{service_name(int(match[2]), 'tcp' if is_tcp else 'udp')}"
        text = _END.sub(end, text)
        text = _PROTOCOL.sub(lambda match: PROTOCOLS.get(int(match[1]), match[0]), text)
        return _UNREACHABLE.sub(
            lambda match: f"{match[1]} port {service_name(int(match[2]), match[1])} unreachable", text)

    def _hex(self, seen: Seen, data: bytes) -> str:
        """-x, -X and -A: what is behind the link header, or given twice all."""
        times = self.options.hex_dump or self.options.has_ascii
        if not times:
            return ""
        shown = data[_payload_at(data):]
        if times > 1 or self._is_cut:
            shown = (cooked_header(seen) if self.is_cooked else data[:HEADER]) + data[HEADER:]
        if self.options.hex_dump:
            return _hex_rows(shown, self.options.has_text)
        return "\n" + _ascii(shown) if shown else ""


def _payload_at(data: bytes) -> int:
    """What counts as a link header: the tags and LLC of what is decoded too."""
    at, ethertype = HEADER, int.from_bytes(data[12:14], "big")
    while ethertype in VLAN_TYPES:
        ethertype, at = int.from_bytes(data[at + 2:at + 4], "big"), at + TAG
    return at + (LLC if ethertype <= LONGEST_LENGTH and is_spanning_tree(data[at:]) else 0)


def cooked_header(seen: Seen) -> bytes:
    """LINKTYPE_LINUX_SLL2: protocol, interface, hardware type, packet type and sender."""
    ethertype = seen.frame.ethertype if seen.frame.ethertype > LONGEST_LENGTH else ETH_P_802_2
    return _COOKED.pack(ethertype, 0, seen.interface.ifindex,
                        ARPHRD_LOOPBACK if seen.interface.is_loopback else ARPHRD_ETHER,
                        PACKET_TYPES[seen.kind], 6, seen.frame.src.to_bytes(6, "big"))


def _dotted(address: int) -> str:
    return ".".join(str(octet) for octet in address.to_bytes(4, "big"))


def _clock(micros: int) -> str:
    """Time of day in UTC, or how much later."""
    seconds, rest = divmod(micros, 1_000_000)
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:06d}"


def _ascii(data: bytes) -> str:
    """Bytes as text: what is neither a letter nor white is a dot, and a line's end is a newline (ascii_print)."""
    shown = {9, 10, *range(32, 127)}
    return "".join(chr(octet) if octet in shown else "." for octet in _LINE_END.sub(b"", data))


def _hex_rows(data: bytes, has_text: bool) -> str:
    return "".join(_hex_row(at, data[at:at + ROW], has_text) for at in range(0, len(data), ROW))


def _hex_row(at: int, octets: bytes, has_text: bool) -> str:
    words = " ".join(octets[start:start + 2].hex() for start in range(0, len(octets), 2))
    if not has_text:
        return f"\n\t0x{at:04x}:  {words}"
    text = "".join(chr(octet) if 33 <= octet < 127 else "." for octet in octets)
    return f"\n\t0x{at:04x}:  {words:<39}  {text}"
