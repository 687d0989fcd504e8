"""A captured frame as tcpdump prints it: time, link header where it is shown, and what is inside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.apps.pcap_filter import COOKED_HEADER
from netsandbox.apps.pcap_words import SERVICE_PROTOCOLS, SERVICES
from netsandbox.apps.server import civil_date
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.wire.addresses import BROADCAST_MAC, format_mac
from netsandbox.wire.describe import Conversations, line
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, HEADER
from netsandbox.wire.ipv4 import IPv4Packet
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
_AFTER_ENDS = re.compile(r"( > [^ ]+: ).*")
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
        known = seen.frame.ethertype in _PREFIX
        if known:
            text = text.partition(": ")[2]
            if self.options.quiet:
                text = _quietly(seen, text)
            if not self.options.numeric:
                text = self._with_names(seen, text)
        return number + self._time(seen.at) + self._link(seen, len(data), known) + text + self._hex(data)

    # -- the parts

    def _link(self, seen: Seen, length: int, known: bool) -> str:
        """The link header, or without -e what stands for it."""
        ethertype = seen.frame.ethertype
        head = f"{seen.interface.name:<5} {seen.kind:<3} " if self.is_cooked else ""
        if known and not self.options.link_header:
            return head + _PREFIX[ethertype]
        if self.is_cooked:
            source = self._mac(seen.frame.src)
            return (f"{head}ifindex {seen.interface.index} {source} ethertype {_NAMES.get(ethertype, 'Unknown')} "
                    f"(0x{ethertype:04x}), length {length - HEADER + COOKED_HEADER}: ")
        if not known:
            return ""
        what = _NAMES[ethertype] if self.options.quiet else f"ethertype {_NAMES[ethertype]} (0x{ethertype:04x})"
        return f"{self._mac(seen.frame.src)} > {self._mac(seen.frame.dst)}, {what}, length {length}: "

    def _mac(self, mac: int) -> str:
        text = format_mac(mac)
        if self.options.numeric:
            return text
        return "Broadcast" if mac == BROADCAST_MAC else f"{text} (oui Unknown)"

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
            return _MAC.sub(lambda match: self._mac(int(match[0].replace(":", ""), 16)), text)
        protocol = "tcp" if isinstance(packet.payload, TcpSegment) else "udp"

        def end(match: re.Match[str]) -> str:
            host = next((name for address, name in self._names.items() if _dotted(address) == match[1]), match[1])
            return host if match[2] is None else f"{host}.{_service(protocol, match[2])}"
        text = _END.sub(end, text)
        return _UNREACHABLE.sub(lambda match: f"{match[1]} port {_service(match[1], match[2])} unreachable", text)

    def _hex(self, data: bytes) -> str:
        if not self.options.hex_dump:
            return ""
        rest = data if self.options.hex_dump > 1 else data[HEADER:]
        return "".join(_hex_row(at, rest[at:at + ROW], self.options.has_text) for at in range(0, len(rest), ROW))


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


def _service(protocol: str, port: str) -> str:
    """A port's name in /etc/services, or its number."""
    return next((name for name, number in SERVICES.items()
                 if number == int(port) and name in SERVICE_PROTOCOLS[protocol]), port)


def _dotted(address: int) -> str:
    return ".".join(str(octet) for octet in address.to_bytes(4, "big"))


def _clock(micros: int) -> str:
    """Time of day in UTC, or how much later."""
    seconds, rest = divmod(micros, 1_000_000)
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:06d}"


def _hex_row(at: int, octets: bytes, has_text: bool) -> str:
    words = " ".join(octets[start:start + 2].hex() for start in range(0, len(octets), 2))
    if not has_text:
        return f"\n\t0x{at:04x}:  {words}"
    text = "".join(chr(octet) if 33 <= octet < 127 else "." for octet in octets)
    return f"\n\t0x{at:04x}:  {words:<39}  {text}"
