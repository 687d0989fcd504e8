"""Wireshark's dissector reads our captures, and its fields lie where ours do (skipped where it is missing)."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netsandbox.wire.dissect import dissect
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame, Malformed, Payload
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.pcapng import PcapngWriter
from netsandbox.wire.udp import UdpDatagram
from tests.wire.samples import SAMPLES, kernel_frames

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

EPOCH = 1_767_225_600_000_000_000
CHECKS = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE"]
PROTOCOLS = "frame,eth,ethertype,arp,ip,icmp,udp,tcp,data"
"""What we take apart too. The captures have ports of DNS and others, but not always what belongs there."""
GOOD, NOT_PRESENT, UNVERIFIED = "1", "3", "2"


def tshark(capture: Path, *arguments: str) -> str:
    assert TSHARK is not None
    options = [text for check in CHECKS for text in ("-o", check)]
    run = subprocess.run([TSHARK, "-n", "-r", capture, "--only-protocols", PROTOCOLS, *options, *arguments],
                         capture_output=True, text=True, check=True, timeout=120)
    return run.stdout


def written(path: Path, frames: dict[str, bytes]) -> Path:
    """A capture of two interfaces that take turns; the comment of each packet is its name."""
    stream = io.BytesIO()
    writer = PcapngWriter(stream)
    interfaces = writer.interface("nginx-1:eth0"), writer.interface("host:docker0")
    for number, (name, data) in enumerate(frames.items()):
        writer.packet(interfaces[number % 2], EPOCH + number * 1001, data, number % 2 == 0, name)
    path.write_bytes(stream.getvalue())
    return path


def fields(capture: Path, *names: str, options: Sequence[str] = ()) -> list[list[str]]:
    wanted = [text for name in names for text in ("-e", name)]
    return [line.split("\t") for line in tshark(capture, *options, "-T", "fields", *wanted).splitlines()]


def test_capture_is_read_whole(tmp_path: Path) -> None:
    capture = written(tmp_path / "samples.pcapng", {name: frame.wire() for name, frame in SAMPLES.items()})
    rows = fields(capture, "frame.interface_name", "frame.comment", "frame.time_epoch", "frame.packet_flags_direction",
                  "frame.len", "_ws.malformed")
    assert rows == [[("nginx-1:eth0", "host:docker0")[number % 2], name, f"1767225600.{number * 1001:09d}",
                     ("0x00000002", "0x00000001")[number % 2], str(frame.size), ""]
                    for number, (name, frame) in enumerate(SAMPLES.items())]


def test_all_checksums_are_good(tmp_path: Path) -> None:
    capture = written(tmp_path / "samples.pcapng", {name: frame.wire() for name, frame in SAMPLES.items()})
    for _name, *statuses in fields(capture, "frame.comment", "ip.checksum.status", "icmp.checksum.status",
                                   "tcp.checksum.status", "udp.checksum.status"):
        ip, *transports = (status.split(",") for status in statuses)
        assert set(ip) <= {"", GOOD}
        # The first is the packet's own; that of a quoted packet is not always verified.
        assert {status[0] for status in transports} <= {"", GOOD, NOT_PRESENT}
        assert {found for status in transports for found in status} <= {"", GOOD, NOT_PRESENT, UNVERIFIED}


def test_what_is_malformed_for_us_is_for_wireshark(tmp_path: Path) -> None:
    frames = {str(number): data for number, data in enumerate(kernel_frames(with_partial_checksums=False))}
    capture = written(tmp_path / "kernel.pcapng", frames)
    for name, malformed, status in fields(capture, "frame.comment", "_ws.malformed", "ip.checksum.status",
                                          options=EACH_BY_ITSELF):
        frame = Frame.parse(frames[name])
        payload = frame.payload
        if malformed and frame.ethertype in (ETH_P_ARP, ETH_P_IP):
            assert is_broken(payload)
        if isinstance(payload, IPv4Packet):
            assert (status.split(",")[0] == GOOD) == payload.is_checksum_right


EACH_BY_ITSELF = ("-o", "ip.defragment:FALSE")
"""Wireshark's options for frames of many labs in one file, whose fragments it would put together across labs."""
IPIP = 4
QUOTING = (3, 5, 11, 12)
"""ICMP types whose messages quote a packet."""


def is_broken(payload: Payload) -> bool:
    """Whether the codec found no header where one should be, or a wrong length in it."""
    if not isinstance(payload, IPv4Packet):
        return isinstance(payload, Malformed)
    inside = payload.payload
    if isinstance(inside, IcmpMessage) and inside.type in QUOTING:
        return True  # Wireshark goes into the quoted packet, of which there may be only a beginning
    if isinstance(inside, UdpDatagram):
        return not inside.is_length_right
    if payload.protocol == IPIP:
        return True  # Wireshark goes into the packet within, of which random labs send nonsense
    return is_cut_short(payload)


def is_cut_short(payload: Payload) -> bool:
    """Whether a packet ends before its transport header does."""
    return (isinstance(payload, IPv4Packet) and isinstance(payload.payload, bytes) and not payload.is_fragment
            and payload.protocol in (ICMP, TCP, UDP))


def is_source_routed(data: bytes) -> bool:
    """Wireshark shows the last hop of a source route as one more destination."""
    payload = Frame.parse(data).payload
    return isinstance(payload, IPv4Packet) and payload.options[:1] in (b"\x83", b"\x89")


OURS = {
    "eth.dst": "Destination", "eth.src": "Source", "eth.type": "Type",
    "arp.hw.type": "Hardware type", "arp.proto.type": "Protocol type", "arp.hw.size": "Hardware size",
    "arp.proto.size": "Protocol size", "arp.opcode": "Opcode", "arp.src.hw_mac": "Sender MAC address",
    "arp.src.proto_ipv4": "Sender IP address", "arp.dst.hw_mac": "Target MAC address",
    "arp.dst.proto_ipv4": "Target IP address",
    "ip.version": "Version", "ip.hdr_len": "Header Length", "ip.dsfield": "Differentiated Services Field",
    "ip.len": "Total Length", "ip.id": "Identification", "ip.flags": "Flags", "ip.frag_offset": "Fragment Offset",
    "ip.ttl": "Time to Live", "ip.proto": "Protocol", "ip.checksum": "Header Checksum", "ip.src": "Source Address",
    "ip.dst": "Destination Address",
    "icmp.type": "Type", "icmp.code": "Code", "icmp.checksum": "Checksum", "icmp.ident": "Identifier",
    "icmp.seq": "Sequence Number", "icmp.mtu": "MTU of next hop", "icmp.redir_gw": "Gateway Address",
    "udp.srcport": "Source Port", "udp.dstport": "Destination Port", "udp.length": "Length", "udp.checksum": "Checksum",
    "tcp.srcport": "Source Port", "tcp.dstport": "Destination Port", "tcp.seq_raw": "Sequence Number",
    "tcp.ack_raw": "Acknowledgment Number", "tcp.hdr_len": "Header Length", "tcp.flags": "Flags",
    "tcp.window_size_value": "Window", "tcp.checksum": "Checksum", "tcp.urgent_pointer": "Urgent Pointer",
}
"""Wireshark's filter names, and the labels that both show for them."""

LOOSE = {"ip.flags", "ip.frag_offset", "tcp.flags", "tcp.hdr_len", "ip.dsfield"}
"""The same bits, written in another way."""


def wireshark_fields(packet: ET.Element) -> Iterator[tuple[str, int, int, str]]:
    """Filter name, start, end and text of each field that we show too, without the padded copies."""
    for field in packet.iter("field"):
        name, size = field.get("name", ""), int(field.get("size", "0"))
        if name in OURS and size:
            start = int(field.get("pos", "0"))
            yield name, start, start + size, field.get("show", "")


def test_fields_lie_where_wiresharks_do(tmp_path: Path) -> None:
    frames = {name: frame.wire() for name, frame in SAMPLES.items()}
    frames |= {str(number): data for number, data in enumerate(kernel_frames()[::9])
               if not isinstance(payload := Frame.parse(data).payload, Malformed)
               and not is_cut_short(payload) and not is_source_routed(data)}
    capture = written(tmp_path / "frames.pcapng", frames)
    root = ET.fromstring(tshark(capture, *EACH_BY_ITSELF, "-T", "pdml"))
    seen = set()
    for data, packet in zip(frames.values(), root.iter("packet"), strict=True):
        ours = {(field.name, field.start, field.end): field.value
                for _depth, layer in dissect(data).walk() for field in layer.fields}
        for name, start, end, text in wireshark_fields(packet):
            value = ours[OURS[name], start, end]
            assert name in LOOSE or re.search(rf"(?<!\w){re.escape(text)}(?!\w)", value), (name, text, value)
            seen.add(name)
    assert seen == OURS.keys()
