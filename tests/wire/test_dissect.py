"""Any bytes are taken apart without an error, and every byte has a place in the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.dissect import dissect
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.layers import Dissection, Field, Layer
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.wire import strategies
from tests.wire.samples import SAMPLES, kernel_frames


def check_tree(dissection: Dissection, data: bytes) -> None:
    """Layers cover the frame without a gap; fields and inner layers cover each layer and stay inside."""
    assert dissection.size == len(data)
    at = 0
    for layer in dissection.layers:
        assert layer.start == at
        at = layer.end
        check_layer(layer)
    assert at == len(data)
    assert all(narrowest(dissection))


def narrowest(dissection: Dissection) -> list[tuple[Layer, Field] | None]:
    """Of each byte the innermost layer that holds it, and the narrowest of its fields that does."""
    found: list[tuple[Layer, Field] | None] = [None] * dissection.size
    for _depth, layer in dissection.walk():
        found[layer.start:layer.end] = [None] * (layer.end - layer.start)
        for field in sorted(layer.fields, key=lambda field: field.end - field.start)[::-1]:
            found[field.start:field.end] = [(layer, field)] * (field.end - field.start)
    assert len(found) == dissection.size
    return found


def check_layer(layer: Layer) -> None:
    assert layer.name
    assert layer.summary
    covered: set[int] = set()
    parts: list[Field | Layer] = [*layer.fields, *layer.layers]
    for part in parts:
        assert layer.start <= part.start < part.end <= layer.end
        covered.update(range(part.start, part.end))
    assert covered == set(range(layer.start, layer.end))
    for inner in layer.layers:
        check_layer(inner)


@given(strategies.any_frame_bytes | st.binary(max_size=20))
def test_any_bytes_have_a_tree(data: bytes) -> None:
    check_tree(dissect(data), data)


def test_every_frame_of_the_kernel_has_a_tree() -> None:
    for data in kernel_frames():
        check_tree(dissect(data), data)


@pytest.mark.parametrize("frame", SAMPLES.values(), ids=SAMPLES.keys())
def test_a_sample_cut_anywhere_has_a_tree(frame: Frame) -> None:
    data = frame.wire()
    for kept in range(min(len(data), 130)):
        check_tree(dissect(data[:kept]), data[:kept])


def tree(frame: Frame) -> list[str]:
    return ["  " * depth + f"{layer.name}: {layer.summary}" for depth, layer in dissect(frame.wire()).walk()]


@pytest.mark.parametrize(("sample", "lines"), [
    ("ARP request", ["Ethernet: 3e:d4:81:57:2b:0c → ff:ff:ff:ff:ff:ff, ARP",
                     "ARP: request: who has 172.17.0.3? tell 172.17.0.2"]),
    ("ARP reply", ["Ethernet: 96:0f:5a:e2:73:b8 → 3e:d4:81:57:2b:0c, ARP",
                   "ARP: reply: 172.17.0.3 is at 96:0f:5a:e2:73:b8"]),
    ("ARP duplicate address detection", ["Ethernet: 3e:d4:81:57:2b:0c → ff:ff:ff:ff:ff:ff, ARP",
                                         "ARP: probe: who has 172.17.0.3?"]),
    ("ARP announcement, padded", ["Ethernet: 3e:d4:81:57:2b:0c → ff:ff:ff:ff:ff:ff, ARP",
                                  "ARP: 172.17.0.2 announces 3e:d4:81:57:2b:0c",
                                  "Trailer: 18 bytes"]),
    ("echo request", ["Ethernet: 3e:d4:81:57:2b:0c → 96:0f:5a:e2:73:b8, IPv4",
                      "IPv4: 172.17.0.2 → 172.17.0.3, ICMP, TTL 64",
                      "ICMP: Echo request, id 16824, seq 1"]),
    ("echo reply, padded", ["Ethernet: 3e:d4:81:57:2b:0c → 96:0f:5a:e2:73:b8, IPv4",
                            "IPv4: 172.17.0.2 → 172.17.0.3, ICMP, TTL 64",
                            "ICMP: Echo reply, id 7, seq 3",
                            "Trailer: 15 bytes"]),
    ("SYN", ["Ethernet: 3e:d4:81:57:2b:0c → 96:0f:5a:e2:73:b8, IPv4",
             "IPv4: 172.17.0.2 → 172.17.0.3, TCP, TTL 64",
             "TCP: 40000 → 8000, SYN"]),
    ("last fragment", ["Ethernet: 3e:d4:81:57:2b:0c → 96:0f:5a:e2:73:b8, IPv4",
                       "IPv4: 172.17.0.2 → 172.17.0.3, ICMP, TTL 64, fragment at 1480, the last",
                       "Fragment data: 528 bytes"]),
    ("port unreachable", ["Ethernet: 96:0f:5a:e2:73:b8 → 3e:d4:81:57:2b:0c, IPv4",
                          "IPv4: 172.17.0.1 → 172.17.0.2, ICMP, TTL 64",
                          "ICMP: Destination unreachable: Port unreachable",
                          "  IPv4: 172.17.0.2 → 172.17.0.3, UDP, TTL 64",
                          "  UDP: 40000 → 9, 5 bytes",
                          "  Data: 5 bytes"]),
    ("unknown EtherType", ["Ethernet: 3e:d4:81:57:2b:0c → ff:ff:ff:ff:ff:ff, 0x88b5",
                           "Data: 16 bytes"]),
])
def test_layers_and_summaries(sample: str, lines: list[str]) -> None:
    assert tree(SAMPLES[sample]) == lines


def values(data: bytes, name: str) -> dict[str, str]:
    layer = next(layer for _depth, layer in dissect(data).walk() if layer.name == name)
    return {field.name: field.value for field in layer.fields}


def test_fields_say_what_they_mean() -> None:
    ip = values(SAMPLES["echo request"].wire(), "IPv4")
    assert ip["Flags"] == "0x2 (Don't fragment)"
    assert ip["Header Length"] == "20 bytes (5)"
    assert ip["Protocol"] == "ICMP (1)"
    assert ip["Time to Live"] == "64"
    assert ip["Source Address"] == "172.17.0.2"
    assert values(SAMPLES["port unreachable"].wire(), "IPv4")["Differentiated Services Field"] == (
        "0xc0 (DSCP CS6, Not-ECT)")
    assert values(SAMPLES["fragmentation needed"].wire(), "ICMP")["MTU of next hop"] == "1400"
    assert values(SAMPLES["redirect"].wire(), "ICMP")["Gateway Address"] == "192.168.1.99"
    assert values(SAMPLES["datagram without checksum"].wire(), "UDP")["Checksum"] == "0x0000 (none)"
    tcp = values(SAMPLES["SYN"].wire(), "TCP")
    assert tcp["Flags"] == "0x002 (SYN)"
    assert tcp["Maximum segment size"] == "1460"
    assert tcp["Window scale"] == "7 (multiply by 128)"
    assert tcp["Timestamps"] == "TSval 1970150711, TSecr 0"


def test_checksums_are_checked_where_all_bytes_are_there() -> None:
    for name, frame in SAMPLES.items():
        for _depth, layer in dissect(frame.wire()).walk():
            for field in layer.fields:
                if "hecksum" in field.name and name != "datagram without checksum":
                    assert field.value.endswith(" (correct)") or name == "first fragment"
    packet = IPv4Packet(1, 2, ICMP, IcmpMessage(8, 0, 0, b"", 7), checksum=9)
    assert values(Frame(1, 2, ETH_P_IP, packet).wire(), "IPv4")["Header Checksum"] == "0x0009 (should be 0x7adf)"
    segment = IPv4Packet(1, 2, TCP, TcpSegment(1, 2, 3, 4, 5, 6, checksum=1))
    assert values(Frame(1, 2, ETH_P_IP, segment).wire(), "TCP")["Checksum"] == "0x0001 (should be 0xafcd)"
    plain = UdpDatagram(1, 2, b"\x00\x00")
    datagram = UdpDatagram(1, 2, plain.right_checksum(1, 2).to_bytes(2, "big"), checksum=5)
    assert values(Frame(1, 2, ETH_P_IP, IPv4Packet(1, 2, UDP, datagram)).wire(), "UDP")["Checksum"] == (
        "0x0005 (should be 0xffff)")
    assert values(SAMPLES["first fragment"].wire(), "ICMP")["Checksum"] == "0xf7f7"


def test_an_error_about_an_error_is_taken_apart_once() -> None:
    """A chain of thousands fits into one frame, and must not exhaust the stack."""
    message = IcmpMessage(3, 1, 0, b"")
    for _ in range(1500):
        message = IcmpMessage(3, 1, 0, IPv4Packet(1, 2, ICMP, message.emit()).emit())
    data = Frame(1, 2, ETH_P_IP, IPv4Packet(1, 2, ICMP, message)).wire()
    assert [depth for depth, _layer in dissect(data).walk()] == [0, 0, 0, 1, 1]
    check_layer(dissect(data).layers[-1])


def test_the_narrowest_field_answers_for_a_byte() -> None:
    held_by = [held for held in narrowest(dissect(SAMPLES["port unreachable"].wire())) if held is not None]
    assert [held_by[offset][1].name for offset in (0, 6, 14, 20, 23)] == [
        "Destination", "Source", "Version", "Flags", "Protocol"]
    layer, field = held_by[64]
    assert (layer.name, field.name, field.value) == ("UDP", "Destination Port", "9")
