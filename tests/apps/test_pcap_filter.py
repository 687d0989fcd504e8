"""pcap filter expressions: what they mean, what they refuse, and that they mean what libpcap means."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.apps.tcpdump.pcap_filter import Filter
from netsandbox.wire.addresses import parse_ipv4, prefix_mask
from tests.apps import filters, real
from tests.wire.samples import CARRIED, SAMPLES, kernel_frames

FRAMES = [frame.wire() for frame in SAMPLES.values()] + [
    *CARRIED.values(), *(bytes(data) for data in kernel_frames()[:150])]


def matching(text: str, names: dict[str, list[int]] | None = None) -> set[str]:
    """Which of the samples an expression lets through."""
    wanted = Filter(text, names)
    return {name for name, frame in SAMPLES.items() if wanted.matches(frame.wire())}


def test_an_empty_expression_lets_all_through() -> None:
    assert matching("") == matching("  ") == set(SAMPLES)


@pytest.mark.parametrize(("text", "same"), [
    ("not arp", "ip or ether proto 0x88b5"),
    ("icmp", "ip proto 1"), ("icmp", "ip proto \\icmp"),
    ("host 172.17.0.2", "src 172.17.0.2 or dst 172.17.0.2"),
    ("host 172.17.0.2 or 172.17.0.9", "host 172.17.0.2 or host 172.17.0.9"),
    ("host 172.17.0.2 and not 172.17.0.3", "host 172.17.0.2 and not host 172.17.0.3"),
    ("host (172.17.0.2 or 172.17.0.9)", "host 172.17.0.2 or host 172.17.0.9"),
    ("src and dst net 172.17", "src net 172.17.0.0/16 and dst net 172.17.0.0 mask 255.255.0.0"),
    ("port 9", "udp port 9"), ("port discard", "port 9"), ("tcp port 8000", "tcp portrange 8000"),
    ("portrange 9000-8000", "portrange 8000-9000"), ("dst net not 172.17", "not dst net 172.17"),
    ("udp port not 9", "not udp port 9"), ("port not (9 or 8000)", "not port 9 and not port 8000"),
    ("broadcast", "ether dst ff:ff:ff:ff:ff:ff"), ("broadcast", "ether[0:4] = 0xffffffff and ether[4:2] = 0xffff"),
    ("multicast", "ether[0] & 1 != 0"),
    ("icmp[icmptype] == icmp-echo", "icmp[0] = 8"),
    ("tcp[tcpflags] & tcp-syn != 0", "tcp[13] & 2 = 2"),
    ("arp or icmp and udp", "(arp or icmp) and udp"),
    ("not arp and icmp", "(not arp) and icmp"),
    ("arp && !icmp || udp", "(arp and not icmp) or udp"),
    ("less 60", "len <= 60"), ("greater 60", "len >= 60")])
def test_two_ways_to_say_the_same(text: str, same: str) -> None:
    assert matching(text) == matching(same)


@pytest.mark.parametrize(("text", "names"), [
    ("arp", {"ARP request", "ARP reply", "ARP probe, unicast", "ARP duplicate address detection",
             "ARP announcement, padded"}),
    ("arp and broadcast", {"ARP request", "ARP duplicate address detection", "ARP announcement, padded"}),
    ("arp src 172.17.0.3", {"ARP reply"} | {"ARP probe, unicast"}),
    ("udp", {"datagram", "datagram without checksum"}),
    ("tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn", {"SYN"}),
    ("icmp[icmptype] = icmp-timxceed", {"time exceeded"}),
    ("ip[6:2] & 0x1fff != 0", {"last fragment"}),
    ("tcp port 8000 and not tcp[13] & 2 != 0", {"data", "RST"}),
    ("ether proto 0x88b5", {"unknown EtherType"})])
def test_meaning(text: str, names: set[str]) -> None:
    assert matching(text) == names


def test_a_later_fragment_has_no_ports() -> None:
    datagram = bytearray(SAMPLES["datagram"].wire())
    assert Filter("udp port 9").matches(bytes(datagram))
    datagram[20:22] = struct.pack(">H", 5)
    assert not Filter("udp port 9").matches(bytes(datagram))
    assert Filter("udp").matches(bytes(datagram))


def test_looking_behind_the_end_rejects_the_frame_whatever_else_is_asked() -> None:
    frame = SAMPLES["ARP request"].wire()[:20]
    assert not Filter("host 172.17.0.2").matches(frame)
    assert not Filter("not host 172.17.0.2").matches(frame)
    assert Filter("arp").matches(frame)


def test_names_have_all_their_addresses() -> None:
    names = {"router": [parse_ipv4("10.9.9.9"), parse_ipv4("172.17.0.3")]}
    assert matching("host router", names) == matching("host 172.17.0.3 or host 10.9.9.9")
    assert matching("src router or nginx-1", {**names, "nginx-1": [parse_ipv4("172.17.0.2")]}) == matching(
        "src 172.17.0.2 or src 172.17.0.3")


def test_ip_broadcast_depends_on_the_netmask() -> None:
    data = bytearray(SAMPLES["echo request"].wire())
    data[30:34] = parse_ipv4("172.17.255.255").to_bytes(4, "big")
    assert Filter("ip broadcast", mask=prefix_mask(16)).matches(bytes(data))
    assert not Filter("ip broadcast", mask=prefix_mask(8)).matches(bytes(data))
    assert not Filter("ip broadcast").matches(bytes(data))


def test_direction() -> None:
    frame = SAMPLES["ARP request"].wire()
    assert Filter("outbound").matches(frame, is_out=True)
    assert not Filter("inbound").matches(frame, is_out=True)
    assert Filter("inbound and arp").matches(frame)


# What libpcap 1.10.5 was seen to answer.
REFUSALS = [
    ("foo", "can't parse filter expression: syntax error"), ("host", "can't parse filter expression: syntax error"),
    ("(", "can't parse filter expression: syntax error"), ("arp)", "can't parse filter expression: syntax error"),
    ("arp icmp", "can't parse filter expression: syntax error"), ("not", "can't parse filter expression: syntax error"),
    ("10.0.0.1", "can't parse filter expression: syntax error"),
    ("ip proto tcp", "can't parse filter expression: syntax error"),
    ("src tcp port 80", "can't parse filter expression: syntax error"),
    ("arp or", "can't parse filter expression: syntax error"),
    ("and arp", "can't parse filter expression: syntax error"),
    ("port x", "unknown port 'x'"), ("port 80-90", "unknown port '80-90'"),
    ("port 70000", "illegal port number 70000 > 65535"), ("port 080", "number 080 contains non-octal digit"),
    ("portrange a-b", "'a' is not a valid port"),
    ("portrange 1-2-3", "port range '1-2-3' contains more than one hyphen"),
    ("udp port http", "port 'http' is tcp"), ("port 80 or arp or 81", "syntax error in filter expression"),
    ("(host 1.1.1.1) or 2.2.2.2", "syntax error in filter expression"),
    ("net 1.2.3.4/40", "mask length must be <= 32"), ("net 10.0.1.1/24", 'non-network bits set in "10.0.1.1/24"'),
    ("net 1.2.3.4 mask 255.255.0.0", 'non-network bits set in "1.2.3.4 mask 255.255.0.0"'),
    ("host 10.0.0.0/8", "Mask syntax for networks only"), ("host 10.0.0.300", "invalid IPv4 address '10.0.0.300'"),
    ("host nosuch", "unknown host 'nosuch'"), ("arp port 80", "illegal qualifier of 'port'"),
    ("tcp host 1.2.3.4", "'tcp' modifier applied to host"), ("ether host 1", "illegal link layer address"),
    ("host 02:00:00:00:00:01", "ethernet address used in non-ether expression"),
    ("arp broadcast", "only link-layer/IP broadcast filters supported"),
    ("arp proto 1", "arp does not encapsulate another protocol"), ("ip[0:3] = 1", "data size must be 1, 2, or 4"),
    ("ether", "link layer applied in wrong context"), ("gateway foo", "'gateway' not supported in this configuration"),
    ("vlan 4096", "VLAN tag 4096 greater than maximum 4095"), ("tcp proto 5", "'tcp proto' is bogus"),
    ("gateway 10.0.0.1", "'gateway' requires a name"), ("ip proto foo", "unknown ip proto 'foo'"),
    ("proto 1.2.3.4", "'proto' modifier applied to IP address"), ("mpls 5", "'mpls' is not modelled")]


@pytest.mark.parametrize(("text", "message"), REFUSALS)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(FilterError) as refusal:
        Filter(text)
    assert refusal.value.message == message


COOKED_MULTICAST = ("link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/"
                    "Fibre Channel")


@pytest.mark.parametrize(("text", "message"), [
    ("broadcast", "not a broadcast link"),
    ("multicast", COOKED_MULTICAST),
    ("ether src 02:00:00:00:00:01",
     "ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel")])
def test_a_cooked_capture_has_no_ethernet_header(text: str, message: str) -> None:
    with pytest.raises(FilterError) as refusal:
        Filter(text, is_cooked=True)
    assert refusal.value.message == message
    assert Filter("ip multicast", is_cooked=True)


def test_deep_and_long_expressions_are_refused_or_work() -> None:
    frame = SAMPLES["ARP request"].wire()
    assert Filter("not " * 400 + "arp").matches(frame)
    assert Filter(" or ".join(["icmp"] * 200 + ["arp"])).matches(frame)
    assert Filter("(" * 50 + "arp" + ")" * 50).matches(frame)
    for text in ("(" * 51 + "arp" + ")" * 51, "arp or " * 600 + "arp", "(" * 60 + "1" + ")" * 60 + " = 1", "ip[" * 70):
        with pytest.raises(FilterError):
            Filter(text)


@given(filters.broken)
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        wanted = Filter(text)
    except FilterError:
        return
    for data in FRAMES[:40]:
        assert wanted.matches(data) in (True, False)


@given(filters.expressions, st.binary(min_size=14, max_size=80) | st.sampled_from(FRAMES))
def test_whatever_the_frame_there_is_an_answer(text: str, data: bytes) -> None:
    assert Filter(text).matches(data) == Filter(f"({text})").matches(data) == Filter(f"not not ({text})").matches(data)


@given(filters.expressions, filters.expressions, st.sampled_from(FRAMES))
def test_the_laws_of_logic(one: str, other: str, data: bytes) -> None:
    def holds(text: str) -> bool:
        return Filter(text).matches(data)
    if holds(f"({one}) or not ({one})") and holds(f"({other}) or not ({other})"):
        assert holds(f"not ({one})") is not holds(one)
        assert holds(f"({one}) and ({other})") is (holds(one) and holds(other))
        assert holds(f"({one}) or ({other})") is (holds(one) or holds(other))
        assert holds(f"not (({one}) and ({other}))") is holds(f"not ({one}) or not ({other})")


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames as a file; the number of each is its time in seconds."""
    path = tmp_path_factory.mktemp("filter") / "frames.pcap"
    real.write_pcap(path, [(number * 1_000_000_000, data) for number, data in enumerate(FRAMES)])
    return path


@real.needs_tcpdump
@settings(max_examples=150)
@given(text=filters.expressions | filters.tagged)
def test_beside_the_real_one(capture: Path, text: str) -> None:
    """-O: libpcap's optimizer leaves out looks behind a frame's end whose outcome it does not need."""
    done = subprocess.run(["tcpdump", "-O", "-r", str(capture), "-w", "-", text], capture_output=True, check=False)
    expected = [] if b"expression rejects all packets" in done.stderr else _numbers(done.stdout)
    wanted = Filter(text)
    assert [number for number, data in enumerate(FRAMES) if wanted.matches(data)] == expected


@real.needs_tcpdump
@pytest.mark.parametrize(("text", "message"), REFUSALS)
def test_refusals_beside_the_real_one(text: str, message: str) -> None:
    if text in ("host nosuch", "mpls 5"):
        pytest.skip("the real one asks a name server, or knows MPLS")
    done = subprocess.run(["tcpdump", "-y", "EN10MB", "-d", text], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == f"tcpdump: {message}"


def _numbers(data: bytes) -> list[int]:
    found, at = [], 24
    while at < len(data):
        seconds, _micros, kept, _length = struct.unpack_from("<IIII", data, at)
        found.append(seconds - 1_767_225_600)
        at += 16 + kept
    return found
