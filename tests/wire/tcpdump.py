"""Runs the real tcpdump, and writes what it says about a choice of frames into tcpdump_lines.json.

    python -m tests.wire.tcpdump

The choice: every sample, rare messages and options, one kernel frame of each
shape, damaged samples, and one TCP connection in its order.
"""

from __future__ import annotations

import functools
import json
import random
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netsandbox.wire import stp
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, VLAN_TYPES, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from tests.wire.samples import CARRIED, CASES, IP_1, IP_2, NGINX_1, NGINX_2, SAMPLES, kernel_frames

SAVED = Path(__file__).with_name("tcpdump_lines.json")
TCPDUMP = shutil.which("tcpdump")
CONVERSATION = "tcp_http", "c1:eth0"
_MARK = 123457
"""Microseconds of every time stamp: what begins a new frame's text."""
_KEPT_WHOLE = {12, 13, 23, 34, 35, 36, 37, 51, 62, 63, 64, 65}
"""Bytes that stay when a frame is damaged, EtherType, protocol and ports: tcpdump decodes many that we do not."""

_CODES = {3: 17, 4: 1, 5: 5, 10: 1, 11: 3, 12: 2, 13: 1, 14: 1, 15: 1, 16: 1, 17: 1, 18: 1, 30: 1}
"""How many codes of each ICMP type are looked at."""
_IP_OPTIONS = (
    "44080500 00000001", "440c0901 ac110001 00000001", "44140f31 ac110001 00000001 ac110002 00000002",
    "44080502 00000001", "830b04 ac110001 ac110002 00", "890708 ac110001 00", "82040000", "94040001",
    "070b0c ac110001 ac110002 00", "5204 0000", "d5040000")
_TCP_OPTIONS = (
    "0101 050a 00000001 00000009", "0101 0512 00000001 00000009 00000020 00000030", "0101 0509 01020304050607",
    "4604 0102", "06060000 00010101", "02030101", "0402 0000", "03030e00")


@functools.cache
def version() -> tuple[int, ...]:
    """The version of the installed tcpdump; (0,) without one."""
    if TCPDUMP is None:
        return (0,)
    text = subprocess.run([TCPDUMP, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"tcpdump version (\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def run(frames: Sequence[bytes], *options: str) -> list[str]:
    """What tcpdump prints of each frame behind its time stamp."""
    assert TCPDUMP is not None
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, data in enumerate(frames):
            file.write(struct.pack("<IIII", number, _MARK, len(data), len(data)) + data)
        file.flush()
        output = subprocess.run([TCPDUMP, "-tt", "-n", *options, "-r", file.name], capture_output=True, check=True,
                                timeout=120).stdout.decode("latin-1")
    parts = re.split(rf"(?m)^(\d+)\.{_MARK} ", output)
    texts = {int(number): text[:-1] for number, text in zip(parts[1::2], parts[2::2], strict=True)}
    return [texts[number] for number in range(len(frames))]


IGMP, PIM = bytes([2]), bytes([103])


def is_decoded(data: bytes) -> bool:
    """Whether tcpdump goes as far with this frame as we do: what else it decodes is not ours."""
    ethertype = int.from_bytes(data[12:14], "big")
    if ethertype == ETH_P_IP and data[23:24] in (IGMP, PIM):
        return False
    while ethertype in VLAN_TYPES:
        ethertype, data = int.from_bytes(data[16:18], "big"), data[4:]
    return ethertype in (ETH_P_ARP, ETH_P_IP, 0x8035, 0x88B5, 0x88F5) or data[14:17] == stp.LLC


def damaged(count: int) -> list[bytes]:
    """Samples with up to three bytes changed and some cut off, the same ones every time."""
    chance = random.Random(20260101)
    samples = [frame.wire()[:150] for name, frame in SAMPLES.items() if name != "unknown EtherType"]
    frames = []
    for _ in range(count):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(14, min(len(data), 100))
            if at not in _KEPT_WHOLE:
                data[at] = chance.choice([0, 1, 2, 4, 5, 8, 0x45, 0x46, 0x4F, 255, chance.randrange(256)])
        if chance.random() < 0.4:
            del data[chance.randrange(10, len(data)):]
        frames.append(bytes(data))
    return frames


def rarities() -> list[bytes]:
    """Every ICMP type and code that has words, and options that the lab does not send."""
    quoted = SAMPLES["datagram"].wire()[14:]
    messages = [IcmpMessage(kind, code, 0x0C000578, quoted) for kind, count in _CODES.items() for code in range(count)]
    packets = [IPv4Packet(IP_1, IP_2, ICMP, message) for message in messages]
    packets += [IPv4Packet(IP_1, IP_2, 253, b"", options=bytes.fromhex(options)) for options in _IP_OPTIONS]
    for options in map(bytes.fromhex, _TCP_OPTIONS):
        padded = options + bytes(-len(options) % 4)
        segment = TcpSegment(40000, 8000, 5, 7, 0xF7, 502, padded, b"hello", 3)
        packets.append(IPv4Packet(IP_1, IP_2, TCP, segment, tos=1))
    return [*(Frame(NGINX_2, NGINX_1, ETH_P_IP, packet).wire() for packet in packets), *overlays()]


def overlays() -> list[bytes]:
    """VXLAN at the port that Linux took first, where tcpdump reads OTV; whole, without its flag, and cut off."""
    one = CARRIED["ARP through a VXLAN"].replace(bytes.fromhex("12b5003a85bc"), bytes.fromhex("2118003a7759"))
    return [one, one[:42] + b"\0" + one[43:], one[:46], one[:44]]


def conversation() -> list[bytes]:
    """The frames of one HTTP exchange as one interface saw them."""
    case, interface = CONVERSATION
    frames = json.loads((CASES / f"{case}.json").read_text())["frames"][interface]
    return [bytes.fromhex(frame["hex"]) for frame in frames]


def _shapes(frames: Sequence[bytes]) -> list[bytes]:
    """The shortest frame for every text that is another one when numbers and flags are left out."""
    best: dict[str, bytes] = {}
    for data, text in zip(frames, run(frames, "-e"), strict=True):
        shape = re.sub(r"\b[0-9a-f]*\d[0-9a-f]*\b|(?<=Flags \[)[^]]+|0x[0-9a-f]+: .*", "N", text)
        if is_decoded(data) and len(data) < len(best.get(shape, bytes(1 << 16))):
            best[shape] = data
    return list(best.values())


def _entries(frames: Sequence[bytes], *options: str) -> list[dict[str, str]]:
    texts = zip(frames, run(frames, "-e", *options), run(frames, "-e", "-v", *options), strict=True)
    return [{"hex": data.hex(), "line": line, "verbose": verbose} for data, line, verbose in texts]


def _write() -> None:
    choice = [*(frame.wire() for frame in SAMPLES.values()), *rarities()]
    choice += [*_shapes(kernel_frames()), *_shapes(damaged(600))]
    saved = {"tcpdump": version(), "frames": _entries(choice, "-S"), "conversation": _entries(conversation())}
    SAVED.write_text(json.dumps(saved, indent=0) + "\n")


if __name__ == "__main__":
    _write()
