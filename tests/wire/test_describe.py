"""Descriptions are tcpdump's own: against lines it once printed, and against itself where it is installed."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.describe import info, line, protocol_name
from netsandbox.wire.describe_out import Conversations
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, UDP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from tests.wire import strategies, tcpdump
from tests.wire.samples import SAMPLES, kernel_frames


@functools.cache
def saved() -> dict[str, Any]:
    contents: dict[str, Any] = json.loads(tcpdump.SAVED.read_text())
    return contents


def without_header(text: str) -> str:
    """The first line of what tcpdump prints, without the Ethernet header where the type is decoded."""
    first = text.partition("\n")[0]
    found = re.match(r"\S+ > \S+, ethertype (?:IPv4|ARP|Reverse ARP) \S+ length \d+:(.*)", first)
    return (found[1] if found else first).strip().removesuffix(":")


def test_saved_lines() -> None:
    for entry in saved()["frames"]:
        data = bytes.fromhex(entry["hex"])
        assert line(data) == entry["line"]
        assert line(data, verbose=True) == entry["verbose"]
        if len(data) >= 14:
            assert info(Frame.parse(data)) == without_header(entry["line"])


def test_saved_connection_with_relative_numbers() -> None:
    brief: Conversations = {}
    verbose: Conversations = {}
    for entry in saved()["conversation"]:
        data = bytes.fromhex(entry["hex"])
        assert line(data, conversations=brief) == entry["line"]
        assert line(data, verbose=True, conversations=verbose) == entry["verbose"]
    assert len(brief) == 1


needs_tcpdump = pytest.mark.skipif(tcpdump.version()[:2] != (4, 99), reason="tcpdump 4.99 is not installed")


UNKNOWN_HERE = re.compile(r": (?:(?:FTP|SMTP|sctp|DCCP|AH)\b| \[\|(?:rx|esp)\])")
"""Protocols that tcpdump goes into and we do not."""


def has_no_ethernet_header(data: bytes) -> bool:
    """Whether a frame was captured on a tunnel of layer 3, where it begins with the IPv4 header."""
    return data[0] == 0x45 and int.from_bytes(data[2:4], "big") == len(data)


@needs_tcpdump
@pytest.mark.parametrize("verbose", [False, True], ids=["brief", "verbose"])
@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
def test_every_frame_of_the_kernel_as_the_installed_tcpdump_has_it(verbose: bool, relative: bool) -> None:
    frames = [*(frame.wire() for frame in SAMPLES.values()), *tcpdump.rarities(), *kernel_frames()]
    texts = tcpdump.run(frames, "-e", *(["-v"] if verbose else []), *([] if relative else ["-S"]))
    conversations: Conversations | None = {} if relative else None
    compared = unknown = 0
    for data, text in zip(frames, texts, strict=True):
        ours = line(data, verbose, conversations)
        unknown += UNKNOWN_HERE.search(text) is not None or has_no_ethernet_header(data)
        if tcpdump.is_decoded(data) and not is_broken_for_another_version(text) and not UNKNOWN_HERE.search(text):
            assert ours == text
            compared += 1
    assert compared > 0.99 * (len(frames) - unknown)


def is_broken_for_another_version(text: str) -> bool:
    """Releases differ in their words for what is broken; the saved lines are from one of them."""
    return list(tcpdump.version()) != saved()["tcpdump"] and "(invalid)" in text


@pytest.mark.skipif(list(tcpdump.version()) != json.loads(tcpdump.SAVED.read_text())["tcpdump"],
                    reason="the tcpdump release that the saved lines are from is not installed")
def test_damaged_frames_as_the_installed_tcpdump_has_them() -> None:
    frames = tcpdump.damaged(3000)
    for verbose in (False, True):
        texts = tcpdump.run(frames, "-e", "-S", *(["-v"] if verbose else []))
        for data, text in zip(frames, texts, strict=True):
            assert line(data, verbose) == text


@given(strategies.any_frame_bytes | st.binary(max_size=20), st.booleans())
def test_any_bytes_have_a_line(data: bytes, verbose: bool) -> None:
    assert line(data, verbose)
    assert line(data, verbose, {})
    if len(data) >= 14:
        frame = Frame.parse(data)
        text = info(frame)
        assert text
        assert text == text.strip()
        assert "\n" not in text
        assert protocol_name(frame)


@pytest.mark.parametrize(("sample", "protocol", "text"), [
    ("ARP request", "ARP", "Request who-has 172.17.0.3 tell 172.17.0.2, length 28"),
    ("ARP reply", "ARP", "Reply 172.17.0.3 is-at 96:0f:5a:e2:73:b8, length 28"),
    ("echo request", "ICMP", "172.17.0.2 > 172.17.0.3: ICMP echo request, id 16824, seq 1, length 64"),
    ("datagram", "UDP", "172.17.0.2.40000 > 172.17.0.3.9: UDP, length 5"),
    ("RST", "TCP", "172.17.0.3.8000 > 172.17.0.2.40000: Flags [R.], seq 0, ack 18328859, win 0, length 0"),
    ("first fragment", "ICMP", "172.17.0.2 > 172.17.0.3: ICMP echo request, id 7, seq 1, length 1480"),
    ("last fragment", "IPv4", "172.17.0.2 > 172.17.0.3: ip-proto-1"),
    ("port unreachable", "ICMP", "172.17.0.1 > 172.17.0.2: ICMP 172.17.0.3 udp port 9 unreachable, length 41"),
    ("unknown protocol", "IPv4", "172.17.0.2 > 172.17.0.3:  ip-proto-253 10"),
    ("unknown EtherType", "0x88b5",
     "3e:d4:81:57:2b:0c > ff:ff:ff:ff:ff:ff, ethertype Unknown (0x88b5), length 30"),
])
def test_protocol_and_information(sample: str, protocol: str, text: str) -> None:
    assert protocol_name(SAMPLES[sample]) == protocol
    assert info(SAMPLES[sample]) == text


@pytest.mark.parametrize(("data", "name"), [
    (bytes(12) + b"\x08\x06\x00", "ARP"),
    (bytes(12) + b"\x08\x00\x45", "IPv4"),
    (bytes(12) + b"\x00\x26", "802.3"),
    (bytes(12) + b"\x86\xdd", "IPv6"),
    (Frame(1, 2, ETH_P_IP, IPv4Packet(1, 2, 2, b"")).wire(), "IGMP"),
], ids=["broken ARP", "broken IPv4", "a length", "IPv6", "IGMP"])
def test_protocol_names_of_the_rest(data: bytes, name: str) -> None:
    assert protocol_name(Frame.parse(data)) == name


def test_tunnels_and_quotes_in_each_other_come_to_an_end() -> None:
    """More of them than Python has stack for fit into one frame."""
    message = IcmpMessage(3, 1, 0, b"")
    for _ in range(1500):
        message = IcmpMessage(3, 1, 0, IPv4Packet(1, 2, ICMP, message.emit()).emit())
    assert line(Frame(1, 2, ETH_P_IP, IPv4Packet(1, 2, ICMP, message)).wire(), verbose=True)
    tunnel = b""
    for _ in range(1200):
        datagram = UdpDatagram(1, 4789, bytes(8) + tunnel)
        tunnel = Frame(1, 2, ETH_P_IP, IPv4Packet(1, 2, UDP, datagram)).wire()
    assert line(tunnel)
    packet = IPv4Packet(1, 2, 4, b"")
    for _ in range(3000):
        packet = IPv4Packet(1, 2, 4, packet.emit())
    assert line(Frame(1, 2, ETH_P_IP, packet).wire())


def test_a_type_is_no_length_though_what_follows_looks_like_a_spanning_tree_message() -> None:
    message = bytes.fromhex("4242030000000081800002000000430800000045800002000006a10080030000140002000f00")
    text = info(Frame.parse(bytes.fromhex("01807f06000002007f00a1034526") + message))
    assert "STP" not in text
    assert "\n" not in text
