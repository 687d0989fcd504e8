"""LOG's lines in the kernel's log, as nf_log_syslog writes them (net/netfilter/nf_log_syslog.c)."""

from __future__ import annotations

from struct import Struct

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.printk import write_line
from netsandbox.linux.netfilter.events import PacketLogged
from netsandbox.linux.netfilter.matches.host import sender_of
from netsandbox.wire import icmp
from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import ICMP, TCP, UDP
from netsandbox.wire.tcp import ACK, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

FLAG_BITS = (("AE", 0x100), ("CWR", 0x80), ("ECE", 0x40), ("URG", 0x20), ("ACK", 0x10), ("PSH", 8), ("RST", 4),
             ("SYN", 2), ("FIN", 1))


def write(namespace: NetworkNamespace, buffer: SocketBuffer, prefix: str, options: frozenset[str]) -> None:
    """Put a line about the packet into the namespace's log."""
    line = prefix + line_of(namespace, buffer, options)
    write_line(namespace, line)
    namespace.record(PacketLogged(namespace.name, buffer.packet, line))


def line_of(namespace: NetworkNamespace, buffer: SocketBuffer, options: frozenset[str] = frozenset()) -> str:
    """`IN=eth0 OUT=docker0 MAC=… SRC=… DST=… LEN=60 …`."""
    entered, leaves, packet = buffer.entered, buffer.leaves, buffer.packet
    words = f"IN={entered.name if entered else ''} OUT={leaves.name if leaves else ''} "
    if buffer.physical_in is not None:
        words += f"PHYSIN={buffer.physical_in.name} "
    if buffer.physical_out is not None:
        words += f"PHYSOUT={buffer.physical_out.name} "
    if entered is not None:
        words += _mac_words(entered, buffer.frame, "--log-macdecode" in options)
    words += packet_words(packet.emit(), options)
    if packet.protocol in ENDING and words.endswith((CUT, TRUNCATED)):
        return words
    if "--log-uid" in options and _has_program(namespace, buffer):
        words += "UID=0 GID=0 "
    return f"{words}MARK={buffer.mark:#x} " if buffer.mark else words


def _mac_words(entered: Interface, frame: Frame | None, is_decoded: bool) -> str:
    """dump_mac_header; what lo hands over has a header of zeros."""
    if entered.is_loopback:
        return f"MAC={format_mac(0)}:{format_mac(0)}:08:00 "
    if frame is None:
        return "MAC= "
    if is_decoded:
        return f"MACSRC={format_mac(frame.src)} MACDST={format_mac(frame.dst)} MACPROTO={frame.ethertype:04x} "
    kind = frame.ethertype
    return f"MAC={format_mac(frame.dst)}:{format_mac(frame.src)}:{kind >> 8:02x}:{kind & 255:02x} "


def _has_program(namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
    """Whether the packet has a socket that a program holds (nf_log_dump_sk_uid_gid); all programs are root's.

    One that comes in has it where its connection was looked up before its route (ip_early_demux).
    """
    packet, inside, entered = buffer.packet, buffer.packet.payload, buffer.entered
    if entered is None:
        is_answer = isinstance(inside, TcpSegment) and inside.flags & (SYN | ACK) == SYN | ACK
        return not is_answer and sender_of(namespace, buffer) == "program"
    if buffer.hook is not Hook.INPUT or entered.is_loopback or not namespace.sysctls.get("net.ipv4.ip_early_demux"):
        return False
    if isinstance(inside, TcpSegment) and namespace.sysctls.get("net.ipv4.tcp_early_demux"):
        found = namespace.sockets.connections.get((packet.dst, inside.dport, packet.src, inside.sport))
        return getattr(found, "orphan", True) is False and getattr(found, "parent", None) is None
    if isinstance(inside, UdpDatagram) and namespace.sysctls.get("net.ipv4.udp_early_demux"):
        best = namespace.sockets.best("udp", packet.dst, inside.dport, packet.src, inside.sport, entered)
        return best is not None and bool(best.peer)
    return False


# -- the packet itself, byte by byte: what is quoted may end anywhere

IP_HEADER, TCP_HEADER = Struct("!BBHHHBBHII"), Struct("!HHIIHHHH")
UDPLITE, ESP, AH = 136, 50, 51
NAMES = {ICMP: "ICMP", TCP: "TCP", UDP: "UDP", UDPLITE: "UDPLITE", ESP: "ESP", AH: "AH"}
NEEDED = {ICMP: 8, TCP: TCP_HEADER.size, UDP: 8, UDPLITE: 8, ESP: 8, AH: 12}
ENDING, CUT, TRUNCATED = (TCP, UDP, UDPLITE), " bytes] ", "OPT (TRUNCATED)"
"""Protocols of which nothing more is told where their header is cut short."""
QUOTING = (icmp.UNREACHABLE, icmp.SOURCE_QUENCH, icmp.REDIRECT, icmp.TIME_EXCEEDED)
ICMP_NEEDED = {**dict.fromkeys((*QUOTING, icmp.PARAMETER_PROBLEM), 28), 13: 20, 14: 20, 17: 12, 18: 12}


def packet_words(data: bytes, options: frozenset[str], is_quoted: bool = False) -> str:
    """The IP header and what is behind it (dump_ipv4_packet)."""
    if len(data) < IP_HEADER.size:
        return "TRUNCATED"
    version, tos, length, ident, place, ttl, protocol, _sum, source, destination = IP_HEADER.unpack_from(data)
    size, offset = (version & 15) * 4, place & 0x1FFF
    words = (f"SRC={format_ipv4(source)} DST={format_ipv4(destination)} LEN={length or len(data)} "
             f"TOS=0x{tos & 0x1E:02X} PREC=0x{tos & 0xE0:02X} TTL={ttl} ID={ident} "
             + "".join(name for name, bit in (("CE ", 0x8000), ("DF ", 0x4000), ("MF ", 0x2000)) if place & bit))
    if offset:
        words += f"FRAG:{offset} "
    if size > IP_HEADER.size and "--log-ip-options" in options:
        words += f"OPT ({data[IP_HEADER.size:size].hex().upper()}) "
    words += f"PROTO={NAMES.get(protocol, protocol)} "
    body = data[size:]
    if offset or protocol not in NEEDED:
        return words
    if len(body) < NEEDED[protocol]:
        return f"{words}INCOMPLETE [{len(body)}{CUT}"
    return words + _transport_words(protocol, body, options, is_quoted)


def _transport_words(protocol: int, body: bytes, options: frozenset[str], is_quoted: bool) -> str:
    if protocol == TCP:
        return _tcp_words(body, options)
    if protocol == ICMP:
        return _icmp_words(body, options, is_quoted)
    if protocol in (UDP, UDPLITE):
        return f"SPT={_short(body, 0)} DPT={_short(body, 2)} LEN={_short(body, 4)} "
    return f"SPI={int.from_bytes(body[:4] if protocol == ESP else body[4:8], 'big'):#x} "


def _short(body: bytes, place: int) -> int:
    return int.from_bytes(body[place:place + 2], "big")


def _icmp_words(body: bytes, options: frozenset[str], is_quoted: bool) -> str:
    kind, code = body[0], body[1]
    words = f"TYPE={kind} CODE={code} "
    if len(body) < ICMP_NEEDED.get(kind, 0):
        return f"{words}INCOMPLETE [{len(body)}{CUT}"
    if kind in (icmp.ECHO_REQUEST, icmp.ECHO_REPLY):
        return f"{words}ID={_short(body, 4)} SEQ={_short(body, 6)} "
    if kind == icmp.PARAMETER_PROBLEM:
        return f"{words}PARAMETER={body[4]} "
    if kind == icmp.REDIRECT:
        words += f"GATEWAY={format_ipv4(int.from_bytes(body[4:8], 'big'))} "
    if kind in QUOTING and not is_quoted:
        words += f"[{packet_words(body[8:], options, True)}] "
    return f"{words}MTU={_short(body, 6)} " if kind == icmp.UNREACHABLE and code == icmp.FRAGMENTATION_NEEDED else words


def _tcp_words(body: bytes, options: frozenset[str]) -> str:
    sport, dport, seq, ack, flags, window, _sum, urgent = TCP_HEADER.unpack_from(body)
    words = f"SPT={sport} DPT={dport} "
    if "--log-tcp-sequence" in options:
        words += f"SEQ={seq} ACK={ack} "
    words += f"WINDOW={window} RES=0x{(flags & 0xE00) >> 6:02x} "
    words += "".join(f"{name} " for name, bit in FLAG_BITS if flags & bit)
    words += f"URGP={urgent} "
    size = (flags >> 12) * 4
    if size > TCP_HEADER.size and "--log-tcp-options" in options:
        if size > len(body):
            return words + TRUNCATED
        words += f"OPT ({body[TCP_HEADER.size:size].hex().upper()}) "
    return words
