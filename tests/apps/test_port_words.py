"""What tcpdump reads of a datagram or segment by its port, whatever was sent there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsandbox.apps.tap import HOST, Seen
from netsandbox.apps.tcpdump.lines import Lines
from netsandbox.apps.tcpdump.options import parse
from netsandbox.linux.place import Place
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.ethernet import Frame
from tests.apps import real

SOURCE, TARGET = 0x0A000101, 0x0A000202
KEPT = json.loads((Path(__file__).parent / "port_words.json").read_text(encoding="utf-8"))
"""Of the real tcpdump 4.99.5: port, payload, and what it says plainly, with -v and with -vv; null where the sandbox's
says the length alone, as it knows no more of that protocol."""


SEGMENTS = json.loads((Path(__file__).parent / "segment_words.json").read_text(encoding="utf-8"))
"""The same of a segment: behind its length, plainly and with -v."""


def frame(port: int, payload: bytes) -> bytes:
    datagram = b"".join(number.to_bytes(2, "big") for number in (40000, port, 8 + len(payload), 0)) + payload
    return packet(17, datagram, 6)


def segment(port: int, payload: bytes) -> bytes:
    head = (40000 << 16 | port).to_bytes(4, "big") + bytes.fromhex("000003e8000007d05018200000000000")
    return packet(6, head + payload, 16)


def packet(protocol: int, datagram: bytes, checksum: int) -> bytes:
    total = internet_checksum(pseudo_header(SOURCE, TARGET, protocol, len(datagram)) + datagram)
    datagram = datagram[:checksum] + (total or 0xFFFF).to_bytes(2, "big") + datagram[checksum + 2:]
    head = bytes.fromhex("4500") + (20 + len(datagram)).to_bytes(2, "big") + bytes.fromhex("0007400040")
    head += bytes([protocol]) + bytes(2)
    head += SOURCE.to_bytes(4, "big") + TARGET.to_bytes(4, "big")
    head = head[:10] + internet_checksum(head).to_bytes(2, "big") + head[12:]
    return bytes.fromhex("960f5ae273b83ed481572b0c0800") + head + datagram


def ours(data: bytes, options: str) -> str:
    seen = Seen(0, Place("n", "?", "veth", 4242, 2, 1), HOST, Frame.parse(data))
    return Lines(parse(["-tn", *options.split()]), False, {}).of(seen)


@pytest.mark.parametrize("row", KEPT, ids=lambda row: f"{row[0]}-{row[1][:12]!r}")
def test_by_its_port(row: list[str | None], tmp_path: Path) -> None:
    port, text, *said = row
    data = frame(int(str(port)), str(text).encode("latin-1"))
    for options, expected in zip(("", "-v", "-vv"), said, strict=True):
        found = ours(data, options).split(f".{port}: ", 1)[1]
        assert found == expected or (expected is None and "UDP, length" in found)
        if expected is not None and real.version()[:2] == (4, 99):
            real.write_pcap(tmp_path / "one.pcap", [(0, data)])
            _code, out, _err = real.run(tmp_path / "one.pcap", "-tn", *options.split())
            assert ours(data, options) + "\n" == out


@pytest.mark.parametrize("row", SEGMENTS, ids=lambda row: f"{row[0]}-{row[1][:12]!r}")
def test_what_a_segment_carries(row: list[str], tmp_path: Path) -> None:
    port, text, *said = row
    data = segment(int(port), text.encode("latin-1"))
    for options, expected in zip(("-S", "-S -v"), said, strict=True):
        found = ours(data, options)
        assert found.rpartition(f"win 8192, length {len(text)}")[2] == expected
        if real.version()[:2] == (4, 99):
            real.write_pcap(tmp_path / "one.pcap", [(0, data)])
            assert found + "\n" == real.run(tmp_path / "one.pcap", "-tn", *options.split())[1]


def test_a_probe_and_a_syslog_line_as_they_are_heard() -> None:
    session = KeptSession()
    session.run("tcpdump -lni lo udp > /tmp/seen &")
    session.run("traceroute -n -U -p 53 -q 1 127.0.0.1; echo '<14>hello' | nc -u -w 1 127.0.0.1 514")
    session.run("kill %1; sleep 0.1")
    seen = session.run("cat /tmp/seen").out
    assert "16449 op8 [b2&3=0x4243] [17991a] [17477q] [18505n] [19019au] [|domain]" in seen
    assert "SYSLOG user.info, length: 10" in seen
