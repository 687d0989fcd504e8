"""Putting other addresses and ports into a packet, as NAT and other targets do (nf_nat_proto.c).

A packet is never changed, it is made anew; a wrong checksum stays as wrong as
it was, for the kernel only corrects it by the difference (RFC 1624).
"""

from __future__ import annotations

from netsandbox.linux.netfilter.connection import INVERSE_TYPES, SCTP, UDP_LITE, WITH_PORTS, FlowTuple
from netsandbox.wire.checksum import sctp_checksum
from netsandbox.wire.errors import ParseError
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet, Transport
from netsandbox.wire.tcp import HEADER as TCP_HEADER
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import HEADER as UDP_HEADER
from netsandbox.wire.udp import OffloadedDatagram, UdpDatagram

UDP_CHECKSUM, TCP_CHECKSUM = 6, 16  # Where the checksum begins in each header
SCTP_CHECKSUM, SCTP_HEADER = 8, 12
MANGLED_0 = 0xFFFF  # What a UDP checksum of 0 is written as, which would say that there is none (CSUM_MANGLED_0)


def changed(packet: IPv4Packet, payload: Transport | None = None, src: int | None = None, dst: int | None = None,
            ttl: int | None = None, tos: int | None = None) -> IPv4Packet:
    """The packet with other fields; the header's checksum follows."""
    twin = packet.with_ttl(packet.ttl if ttl is None else ttl)
    if src is not None:
        twin.src = src
    if dst is not None:
        twin.dst = dst
    if tos is not None:
        twin.tos = tos
    if twin.checksum is not None:
        twin.checksum = _updated(twin.checksum, _sum(packet.src) + _sum(packet.dst) + packet.tos,
                                 _sum(twin.src) + _sum(twin.dst) + twin.tos)
    if payload is not None:
        twin.payload = payload
        size = len(payload) if isinstance(payload, bytes) else payload.size
        twin.size = twin.total_length = packet.header_size + size
    return twin


def translate(packet: IPv4Packet, answer: FlowTuple, is_source: bool) -> IPv4Packet:
    """nf_nat_ipv4_manip_pkt: the packet with the source, or the destination, that a tuple answers to."""
    if is_source:
        old, address, port = packet.src, answer.dst, answer.dport
    else:
        old, address, port = packet.dst, answer.src, answer.sport
    payload = packet.payload
    if isinstance(payload, TcpSegment):
        payload = payload.with_ports(port, payload.dport) if is_source else payload.with_ports(payload.sport, port)
        if payload.checksum is not None:
            _correct(payload, packet.payload, old, address)
    elif isinstance(payload, UdpDatagram):
        sport, dport = (port, payload.dport) if is_source else (payload.sport, port)
        if isinstance(payload, OffloadedDatagram):
            ends = (address, packet.dst) if is_source else (packet.src, address)
            payload = OffloadedDatagram.between(*ends, sport, dport, payload.data)
        else:
            payload = UdpDatagram(sport, dport, payload.data, payload.checksum, payload.length)
            _correct(payload, packet.payload, old, address)
    elif packet.protocol in (SCTP, UDP_LITE):
        head = bytearray(packet.payload_bytes())
        _translate_transport(head, 0, packet.protocol, answer, port, is_source, _sum(old) - _sum(address))
        payload = bytes(head)
    elif isinstance(payload, IcmpMessage) and payload.type in INVERSE_TYPES:
        rest = answer.sport << 16 | payload.rest & 0xFFFF
        payload = IcmpMessage(payload.type, payload.code, rest, payload.data)
    twin = packet.with_ttl(packet.ttl)
    if is_source:
        twin.src = address
    else:
        twin.dst = address
    if twin.checksum is not None:
        twin.checksum = _updated(twin.checksum, _sum(old), _sum(address))
    twin.payload = payload
    return twin


def _correct(payload: UdpDatagram | TcpSegment, old: Transport, old_address: int, address: int) -> None:
    """A checksum that was wrong stays as far from the right one as it was."""
    is_udp = isinstance(payload, UdpDatagram)
    if payload.checksum is None or (is_udp and not payload.checksum) or not isinstance(old, UdpDatagram | TcpSegment):
        return
    before, after = _sum(old_address) + old.sport + old.dport, _sum(address) + payload.sport + payload.dport
    payload.checksum = _updated(payload.checksum, before, after) or MANGLED_0 * is_udp


def _sum(address: int) -> int:
    return (address >> 16) + (address & 0xFFFF)


def _updated(checksum: int, before: int, after: int) -> int:
    """The checksum once the words it covers sum up to something else."""
    return -((~checksum & 0xFFFF) - before + after) % 0xFFFF


def translate_quoted(data: bytes, target: FlowTuple, is_source: bool) -> bytes:
    """The packet that an ICMP error quotes, with the source or the destination of a tuple."""
    try:
        quoted = IPv4Packet.parse(data, quoted=True)
    except ParseError:
        return data
    address, port = (target.src, target.sport) if is_source else (target.dst, target.dport)
    head = bytearray(data)
    old = quoted.src if is_source else quoted.dst
    at = 12 if is_source else 16
    head[at:at + 4] = address.to_bytes(4, "big")
    _put(head, 10, _updated(_word(head, 10), _sum(old), _sum(address)))
    start = quoted.header_size
    if not quoted.offset and len(data) >= start + 8:
        _translate_transport(head, start, quoted.protocol, target, port, is_source, _sum(old) - _sum(address))
    return bytes(head)


def _translate_transport(head: bytearray, start: int, protocol: int, target: FlowTuple, port: int, is_source: bool,
                         gone: int) -> None:
    if protocol == ICMP:
        if head[start] in INVERSE_TYPES:
            old = _word(head, start + 4)
            _put(head, start + 4, target.sport)
            _put(head, start + 2, _updated(_word(head, start + 2), old, target.sport))
        return
    if protocol not in WITH_PORTS:
        return
    at = start + (0 if is_source else 2)
    old = _word(head, at)
    _put(head, at, port)
    if protocol == SCTP:
        if len(head) >= start + SCTP_HEADER:  # it is summed up anew, so that a wrong one becomes right
            head[start + SCTP_CHECKSUM:start + SCTP_HEADER] = sctp_checksum(head[start:])
        return
    size, place = (TCP_HEADER, TCP_CHECKSUM) if protocol == TCP else (UDP_HEADER, UDP_CHECKSUM)
    if len(head) >= start + size and (protocol != UDP or _word(head, start + place)):
        checksum = _updated(_word(head, start + place), old + gone, port)
        _put(head, start + place, checksum or MANGLED_0 * (protocol != TCP))


def _word(data: bytearray, at: int) -> int:
    return data[at] << 8 | data[at + 1]


def _put(data: bytearray, at: int, word: int) -> None:
    data[at:at + 2] = word.to_bytes(2, "big")
