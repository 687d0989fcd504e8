"""LOG's lines in the kernel's log, as nf_log_syslog writes them (net/netfilter/nf_log_syslog.c)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.netfilter.events import PacketLogged
from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

LOG_LINES = 1000
"""How much of the kernel's log is kept."""

if TYPE_CHECKING:
    from netsandbox.linux.core.hooks import SocketBuffer
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.wire.ipv4 import IPv4Packet

FLAG_BITS = (("CWR", 0x80), ("ECE", 0x40), ("URG", 0x20), ("ACK", 0x10), ("PSH", 8), ("RST", 4), ("SYN", 2), ("FIN", 1))


def write(namespace: NetworkNamespace, buffer: SocketBuffer, prefix: str, options: frozenset[str]) -> None:
    """Put a line about the packet into the namespace's log."""
    line = prefix + line_of(buffer, options)
    write_line(namespace, line)
    namespace.record(PacketLogged(namespace.name, buffer.packet, line))


def write_line(namespace: NetworkNamespace, line: str) -> None:
    """Put a line into the namespace's log."""
    netfilter = namespace.netfilter
    if netfilter.log is None:
        netfilter.log = deque(maxlen=LOG_LINES)
    netfilter.log.append((namespace.scheduler.clock, line))


def write_limited(namespace: NetworkNamespace, line: str) -> None:
    """net_ratelimit: of what is said of packets so many lines are written in some seconds, then how many were not."""
    netfilter, now, read = namespace.netfilter, namespace.scheduler.now, namespace.sysctls.get
    since, written, missed = netfilter.limited or (now, 0, 0)
    if now >= since + read("net.core.message_cost") * SECOND:
        if missed:
            write_line(namespace, f"net_ratelimit: {missed} callbacks suppressed")
        since, written, missed = now, 0, 0
    is_told = written < read("net.core.message_burst")
    if is_told:
        write_line(namespace, line)
    netfilter.limited = since, written + 1, missed + (not is_told)


def line_of(buffer: SocketBuffer, options: frozenset[str] = frozenset()) -> str:
    """`IN=eth0 OUT=docker0 MAC=… SRC=… DST=… LEN=60 …`."""
    entered, leaves = buffer.entered, buffer.leaves
    words = f"IN={entered.name if entered else ''} OUT={leaves.name if leaves else ''} "
    if buffer.physical_in is not None:
        words += f"PHYSIN={buffer.physical_in.name} "
    if buffer.physical_out is not None:
        words += f"PHYSOUT={buffer.physical_out.name} "
    if entered is not None:
        frame = buffer.frame
        mac = "" if frame is None or entered.is_loopback else (
            f"{format_mac(frame.dst)}:{format_mac(frame.src)}:{frame.ethertype >> 8:02x}:{frame.ethertype & 255:02x}")
        words += f"MAC={mac} "
    words += packet_words(buffer.packet, options)
    if buffer.mark:
        words += f"MARK={buffer.mark:#x} "
    return words


def packet_words(packet: IPv4Packet, options: frozenset[str] = frozenset()) -> str:
    """The IP header and what is behind it (dump_ipv4_packet)."""
    words = (f"SRC={format_ipv4(packet.src)} DST={format_ipv4(packet.dst)} LEN={packet.total_length} "
             f"TOS=0x{packet.tos & 0x1E:02X} PREC=0x{packet.tos & 0xE0:02X} TTL={packet.ttl} ID={packet.ident} ")
    words += f"{'CE ' * packet.reserved}{'DF ' * packet.df}{'MF ' * packet.mf}"
    if packet.offset:
        words += f"FRAG:{packet.offset // 8} "
    if packet.options and "--log-ip-options" in options:
        words += f"OPT ({packet.options.hex().upper()}) "
    inside = packet.payload
    if isinstance(inside, TcpSegment):
        return words + _tcp_words(inside, options)
    if isinstance(inside, UdpDatagram):
        return f"{words}PROTO=UDP SPT={inside.sport} DPT={inside.dport} LEN={inside.length} "
    if isinstance(inside, IcmpMessage):
        words += f"PROTO=ICMP TYPE={inside.type} CODE={inside.code} "
        return f"{words}ID={inside.ident} SEQ={inside.seq} " if inside.type in (ECHO_REQUEST, ECHO_REPLY) else words
    return f"{words}PROTO={ {1: 'ICMP', 6: 'TCP', 17: 'UDP'}.get(packet.protocol, packet.protocol)} "


def _tcp_words(segment: TcpSegment, options: frozenset[str]) -> str:
    words = f"PROTO=TCP SPT={segment.sport} DPT={segment.dport} "
    if "--log-tcp-sequence" in options:
        words += f"SEQ={segment.seq} ACK={segment.ack} "
    words += f"WINDOW={segment.window} RES=0x{segment.reserved << 2:02x} "
    words += "".join(f"{name} " for name, bit in FLAG_BITS if segment.flags & bit)
    words += f"URGP={segment.urgent} "
    if segment.options and "--log-tcp-options" in options:
        words += f"OPT ({segment.options.hex().upper()}) "
    return words
