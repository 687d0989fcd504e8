"""Frames that many tests look at: one of each kind the lab sends, and every frame the kernel was seen to send."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from netsandbox.wire import icmp, ipv4
from netsandbox.wire.addresses import BROADCAST_MAC, parse_ipv4, parse_mac
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage, echo
from netsandbox.wire.ipv4 import IPv4Packet, Transport
from netsandbox.wire.tcp import ACK, PSH, RST, SYN, TcpSegment
from netsandbox.wire.udp import NO_CHECKSUM, UdpDatagram

NGINX_1, NGINX_2 = parse_mac("3e:d4:81:57:2b:0c"), parse_mac("96:0f:5a:e2:73:b8")
IP_1, IP_2, GATEWAY, FAR = (parse_ipv4(text) for text in ("172.17.0.2", "172.17.0.3", "172.17.0.1", "192.168.1.99"))
PING_DATA = bytes(range(56))

CASES = Path(__file__).parent.parent / "kernel" / "cases"


def _ip(payload: Transport, protocol: int = ipv4.ICMP, src: int = IP_1, dst: int = IP_2, mf: bool = False,
        offset: int = 0, options: bytes = b"", tos: int = 0, df: bool = False) -> Frame:
    return Frame(NGINX_2, NGINX_1, ETH_P_IP, IPv4Packet(src, dst, protocol, payload, 64, 16824, df, tos, mf, offset,
                                                        options))


def _error(kind: int, code: int, rest: int, quoted: Frame) -> Frame:
    message = IcmpMessage(kind, code, rest, quoted.wire()[14:])
    return Frame(NGINX_1, NGINX_2, ETH_P_IP, IPv4Packet(GATEWAY, IP_1, ipv4.ICMP, message, 64, 5, tos=0xC0))


def _samples() -> dict[str, Frame]:
    request = _ip(echo(icmp.ECHO_REQUEST, 16824, 1, PING_DATA), df=True)
    datagram = _ip(UdpDatagram(40000, 9, b"hello"), ipv4.UDP, df=True)
    syn_options = bytes.fromhex("020405b4 0402 080a 756e1d37 00000000 01 030307")
    fragmented = echo(icmp.ECHO_REQUEST, 7, 1, bytes(2000)).emit()
    return {
        "ARP request": Frame(BROADCAST_MAC, NGINX_1, ETH_P_ARP, ArpPacket(REQUEST, NGINX_1, IP_1, 0, IP_2)),
        "ARP reply": Frame(NGINX_1, NGINX_2, ETH_P_ARP, ArpPacket(REPLY, NGINX_2, IP_2, NGINX_1, IP_1)),
        "ARP probe, unicast": Frame(NGINX_1, NGINX_2, ETH_P_ARP, ArpPacket(REQUEST, NGINX_2, IP_2, NGINX_1, IP_1)),
        "ARP duplicate address detection": Frame(BROADCAST_MAC, NGINX_1, ETH_P_ARP,
                                                 ArpPacket(REQUEST, NGINX_1, 0, BROADCAST_MAC, IP_2)),
        "ARP announcement, padded": Frame(BROADCAST_MAC, NGINX_1, ETH_P_ARP,
                                          ArpPacket(REQUEST, NGINX_1, IP_1, 0, IP_1), bytes(18)),
        "echo request": request,
        "echo reply": _ip(echo(icmp.ECHO_REPLY, 16824, 1, PING_DATA), src=IP_2, dst=IP_1),
        "echo reply, padded": Frame(NGINX_2, NGINX_1, ETH_P_IP, IPv4Packet(
            IP_1, IP_2, ipv4.ICMP, echo(icmp.ECHO_REPLY, 7, 3, b"abc")), bytes(15)),
        "datagram": datagram,
        "datagram without checksum": _ip(UdpDatagram(5000, 5001, b"", NO_CHECKSUM), ipv4.UDP, tos=2),
        "SYN": _ip(TcpSegment(40000, 8000, 18328858, 0, SYN, 64240, syn_options), ipv4.TCP, df=True),
        "SYN, ACK": _ip(TcpSegment(8000, 40000, 4029972260, 18328859, SYN | ACK, 65160, syn_options), ipv4.TCP,
                        src=IP_2, dst=IP_1, df=True),
        "data": _ip(TcpSegment(40000, 8000, 18328859, 4029972261, PSH | ACK, 502, b"", b"hello"), ipv4.TCP, df=True),
        "RST": _ip(TcpSegment(8000, 40000, 0, 18328859, RST | ACK, 0), ipv4.TCP, src=IP_2, dst=IP_1),
        "first fragment": _ip(fragmented[:1480], mf=True),
        "last fragment": _ip(fragmented[1480:], offset=1480),
        "port unreachable": _error(icmp.UNREACHABLE, icmp.PORT_UNREACHABLE, 0, datagram),
        "host unreachable": _error(icmp.UNREACHABLE, icmp.HOST_UNREACHABLE, 0, request),
        "fragmentation needed": _error(icmp.UNREACHABLE, icmp.FRAGMENTATION_NEEDED, 1400, request),
        "time exceeded": _error(icmp.TIME_EXCEEDED, icmp.TTL_EXCEEDED, 0, request),
        "redirect": _error(icmp.REDIRECT, icmp.REDIRECT_HOST, FAR, request),
        "router alert": _ip(b"\x16\x00\x09\x04\xe0\x00\x00\xfb", 253, options=bytes.fromhex("94040000")),
        "recorded route": _ip(echo(icmp.ECHO_REQUEST, 16824, 2, PING_DATA),
                              options=bytes.fromhex("01070b08 ac110001 00000000")),
        "unknown protocol": _ip(b"some bytes", 253),
        "unknown EtherType": Frame(BROADCAST_MAC, NGINX_1, 0x88B5, b"local experiment"),
    }


SAMPLES = _samples()
CARRIED = {name: bytes.fromhex(text) for name, text in {
    "tagged ARP request": "ffffffffffff f62073eb2ee6 8100 0005 0806 "
                          "0001080006040001f62073eb2ee60a4e00010000000000000a4e0002",
    "DNS answer": "f62073eb2ee6 d6a04b53b2f6 0800 4500004950e6400040116662c0a80101c0a8010a 0035cfc80035fd33 "
                  "2d1081800001000100000000076578616d706c6503636f6d0000010001c00c000100010000025800045db8d70e",
    "ARP through a VXLAN": "d6a04b53b2f6 f62073eb2ee6 0800 4500004edd4d0000401119f6c0a8010ac0a80101 acb012b5003a85bc "
                           "0800000000000700 ffffffffffff 9ec9b4092bd6 0806 "
                           "00010800060400019ec9b4092bd60a4d00010000000000000a4d0002",
    "GRE": "d6a04b53b2f6 f62073eb2ee6 0800 4500003468684000402f4edbc0a8010ac0a80101 00000800 "
           "4500001c777d40004001aec70a4f00010a4f0002 0800 f3e6 0419 0001 00000000",
    "IP in IP": "d6a04b53b2f6 f62073eb2ee6 0800 45000030c98540004004edecc0a8010ac0a80101 "
                "4500001c777e40004001aec40a5000010a500002 0800 f3e5 041a 0001 00000000",
    "spanning tree": "0180c2000000 56a99f4616db 0026 424203000000000080004a95f5e4ceab00000000"
                     "80004a95f5e4ceab80010000140002000f00",
}.items()}
"""Frames inside others, tags, and what stands above UDP: as tcpdump decodes them."""


@functools.cache
def kernel_frames(with_partial_checksums: bool = True) -> tuple[bytes, ...]:
    """Every frame of the kernel's captures once, in the order of the files.

    Args:
        with_partial_checksums: also those seen on `lo`, whose transport
            checksum the kernel never filled in.
    """
    if not CASES.is_dir():
        pytest.skip("the kernel's captures (tests/kernel/cases) are not here")
    seen: dict[bytes, bool] = {}
    for path in sorted(CASES.glob("*.json")):
        for frames in json.loads(path.read_text())["frames"].values():
            for frame in frames:
                data = bytes.fromhex(frame["hex"])
                seen[data] = seen.get(data, False) or bool(frame.get("csum_partial"))
    return tuple(data for data, partial in seen.items() if with_partial_checksums or not partial)
