"""A captured frame as tcpdump prints it: time, link header where it is shown, and what is inside."""

from __future__ import annotations

import re
from struct import Struct
from typing import TYPE_CHECKING

from netsandbox.apps.calendar import civil_date
from netsandbox.apps.pcap_filter import COOKED_HEADER
from netsandbox.apps.tap import BROADCAST, HOST, MULTICAST, OTHER, OUT
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.wire.addresses import BROADCAST_MAC, format_mac
from netsandbox.wire.describe import Conversations, line
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, HEADER
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.services import PROTOCOLS, service_name
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

if TYPE_CHECKING:
    from netsandbox.apps.tap import Seen
    from netsandbox.apps.tcpdump_options import TcpdumpOptions

ETH_P_RARP = 0x8035
_PREFIX = {ETH_P_IP: "IP ", ETH_P_ARP: "ARP, ", ETH_P_RARP: "ARP, "}
_NAMES = {ETH_P_IP: "IPv4", ETH_P_ARP: "ARP", ETH_P_RARP: "Reverse ARP"}
_MAC = re.compile(r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b")
_END = re.compile(r"(?<![\d.])(\d+\.\d+\.\d+\.\d+)(?:\.(\d+))?(?=[ :,)\n]|$)")
_UNREACHABLE = re.compile(r"(tcp|udp) port (\d+) unreachable")
_PROTOCOL = re.compile(r"\bip-proto-(\d+)\b")
_AFTER_ENDS = re.compile(r"( > [^ ]+: ).*")
_LINE_END = re.compile(rb"(?s)\r(?=\n|.?\Z)")
"""A carriage return that -A leaves out; one of the last two bytes it takes for such a one, whatever follows."""
_ETHERTYPE = re.compile(r"ethertype (.+?) \(0x")
_COOKED = Struct(">HHIHBB6s2x")
PACKET_TYPES = {HOST: 0, BROADCAST: 1, MULTICAST: 2, OTHER: 3, OUT: 4}
ARPHRD_ETHER, ARPHRD_LOOPBACK = 1, 772
LONGEST_LENGTH = 1500
"""Up to here the type field is a length (IEEE 802.3)."""
ROW = 16
"""Bytes in a line of a hex dump."""


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

    def of(self, seen: Seen) -> str:
        """One frame: one line, or several where tcpdump prints several."""
        self._count += 1
        number = f"{self._count:5d}  " if self.options.numbered else ""
        data = seen.frame.wire()
        text = line(data, self.options.verbose > 0, self._conversations)
        start = number + self._time(seen.at)
        if seen.frame.ethertype <= LONGEST_LENGTH:
            return start + text + self._hex(seen, data)
        if seen.frame.ethertype not in _PREFIX:
            return start + self._unknown(seen, data, text) + self._hex(seen, data)
        return start + self._link(seen, len(data)) + self._inside(seen, text.partition(": ")[2]) + self._hex(seen, data)

    # -- the parts

    def _inside(self, seen: Seen, text: str) -> str:
        """What is behind the link header, of what `line` says."""
        if not self.options.link_header:
            text = text.replace("\n\t(tos ", "\n\tIP (tos ")
        if self.options.quiet:
            text = _quietly(seen, text)
        return text if self.options.numeric else self._with_names(seen, text)

    def _link(self, seen: Seen, length: int) -> str:
        """The link header of a protocol that is decoded, or without -e what stands for it."""
        ethertype = seen.frame.ethertype
        if self.is_cooked:
            has_rest = self.options.link_header
            rest = self._cooked_rest(seen, length, _NAMES[ethertype]) if has_rest else _PREFIX[ethertype]
            return self._cooked_head(seen) + rest
        if not self.options.link_header:
            return _PREFIX[ethertype]
        what = _NAMES[ethertype] if self.options.quiet else f"ethertype {_NAMES[ethertype]} (0x{ethertype:04x})"
        return f"{self._mac(seen.frame.src)} > {self._mac(seen.frame.dst)}, {what}, length {length}: "

    def _unknown(self, seen: Seen, data: bytes, text: str) -> str:
        """The link header is always there when nothing behind it is decoded, and then bytes."""
        found = _ETHERTYPE.search(text)
        name, ethertype = found[1] if found else "Unknown", seen.frame.ethertype
        if self.is_cooked:
            head = self._cooked_head(seen) + self._cooked_rest(seen, len(data), name)
        else:
            what = f"ethertype {name} (0x{ethertype:04x})"
            if self.options.quiet:
                what = f"Unknown Ethertype (0x{ethertype:04x})" if name == "Unknown" else name
            head = f"{self._mac(seen.frame.src)} > {self._mac(seen.frame.dst)}, {what}, length {len(data)}: "
        return head + ("" if self.options.quiet or self.options.hex_dump else _hex_rows(data[HEADER:], True))

    @staticmethod
    def _cooked_head(seen: Seen) -> str:
        return f"{seen.interface.name:<5} {seen.kind:<3} "

    def _cooked_rest(self, seen: Seen, length: int, name: str) -> str:
        what = f"ethertype {name} (0x{seen.frame.ethertype:04x}), length {length - HEADER + COOKED_HEADER}: "
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
        if not isinstance(packet, IPv4Packet):
            text = _MAC.sub(lambda match: self._mac(int(match[0].replace(":", ""), 16)), text)
        is_tcp = isinstance(packet, IPv4Packet) and isinstance(packet.payload, TcpSegment)

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
        header = b""
        if times > 1:
            header = cooked_header(seen) if self.is_cooked else data[:HEADER]
        shown = header + data[HEADER:]
        return _hex_rows(shown, self.options.has_text) if self.options.hex_dump else "\n" + _ascii(shown)


def cooked_header(seen: Seen) -> bytes:
    """LINKTYPE_LINUX_SLL2: protocol, interface, hardware type, packet type and sender."""
    return _COOKED.pack(seen.frame.ethertype, 0, seen.interface.ifindex,
                        ARPHRD_LOOPBACK if seen.interface.is_loopback else ARPHRD_ETHER,
                        PACKET_TYPES[seen.kind], 6, seen.frame.src.to_bytes(6, "big"))


def _quietly(seen: Seen, text: str) -> str:
    """-q: of TCP and UDP only how much they carry."""
    packet = seen.frame.payload
    if not isinstance(packet, IPv4Packet):
        return text
    inside = packet.payload
    if isinstance(inside, TcpSegment):
        return _AFTER_ENDS.sub(rf"\g<1>tcp {len(inside.data)}", text, count=1)
    if isinstance(inside, UdpDatagram):
        return _AFTER_ENDS.sub(rf"\g<1>UDP, length {len(inside.data)}", text, count=1)
    return text


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
