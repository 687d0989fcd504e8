"""Segmentation offload: TCP hands several segments down as one packet, which is cut up only on its way out.

All that happens before, netfilter's OUTPUT and POSTROUTING among it, happens to
the one packet (net/ipv4/tcp_offload.c, af_inet.c).
"""

from __future__ import annotations

from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import CWR, FIN, PSH, BurstSegment, TcpSegment


def cut(packet: IPv4Packet, size: int) -> list[IPv4Packet]:
    """The packets of one segment each that a packet of several stands for.

    Args:
        size: bytes of data in each but the last (gso_size).
    """
    whole = packet.payload
    assert isinstance(whole, TcpSegment)
    pieces: list[IPv4Packet] = []
    for start in range(0, len(whole.data), size):
        part = whole.data[start:start + size]
        flags = whole.flags if start + size >= len(whole.data) else whole.flags & ~(FIN | PSH)
        flags = flags & ~CWR if start else flags
        segment = BurstSegment(whole.sport, whole.dport, (whole.seq + start) & 0xFFFFFFFF, whole.ack, flags,
                             whole.window, whole.options, part, whole.urgent, whole.reserved)
        ident = (packet.ident + len(pieces)) & 0xFFFF
        piece = packet.__class__(packet.src, packet.dst, packet.protocol, segment, packet.ttl, ident, packet.df,
                                 packet.tos, options=packet.options)
        piece.confirms = packet.confirms
        pieces.append(piece)
    return pieces
