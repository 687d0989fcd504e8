"""Rules and single packets: what each counts, lets through and makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.ipv4 import icmp
from netsandbox.linux.netfilter import reject
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import HOST_UNREACHABLE, UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import ACK, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.linux.netfilter.router import OUTSIDE, Router, packet

INSIDE_HOST, OUTSIDE_HOST = parse_ipv4("10.0.0.2"), parse_ipv4("203.0.113.9")


def fragment(protocol: int, data: bytes, offset: int = 0, mf: bool = False) -> IPv4Packet:
    return IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, protocol, data, mf=mf, offset=offset)


def tcp_bytes(size: int = 20, offset: int = 5, flags: int = SYN) -> bytes:
    return (bytes.fromhex("03e8 0050 00000001 00000000") + bytes((offset << 4, flags)) + bytes(46))[:size]


def from_port(port: int) -> IPv4Packet:
    return packet("tcp", "10.0.0.2", "203.0.113.9", port)


@dataclass
class Row:
    """Rules of FORWARD, packets from inside to outside, how many packets each rule counts, and which get through."""

    name: str
    rules: tuple[str, ...]
    packets: tuple[IPv4Packet, ...]
    counts: tuple[int, ...]
    through: tuple[bool, ...] = ()
    settings: dict[str, int] = field(default_factory=dict)


ROWS = (
    Row("a TTL is below, above or at a number", ("-m ttl --ttl-lt 64", "-m ttl --ttl-gt 64", "-m ttl --ttl-eq 64",
                                                 "-m ttl ! --ttl-eq 64"),
        tuple(from_port(1).with_ttl(ttl) for ttl in (63, 64, 65)), (1, 1, 1, 2)),
    Row("connlimit counts connections, and each once", ("-m connlimit --connlimit-above 1",),
        (from_port(1), from_port(1), from_port(2)), (1,)),
    Row("up to so many connections", ("-m connlimit --connlimit-upto 1", "-m conntrack --ctstate NEW"),
        (from_port(1), from_port(1), from_port(2)), (2, 3)),
    Row("recent rules of one name share a table", ("-m recent --name X --set", "-m recent --name X --rcheck"),
        (from_port(1), from_port(2)), (2, 2)),
    Row("a later fragment has no options to a tcp match", ("-p tcp --tcp-option 8",),
        (fragment(TCP, tcp_bytes(), 24),), (0,), (True,)),
    Row("the fragment that would overwrite the flags is dropped", ("-p tcp --tcp-option 8",),
        (fragment(TCP, tcp_bytes(), 8),), (0,), (False,)),
    Row("a first fragment has options", ("-p tcp --tcp-option 8",),
        (fragment(TCP, tcp_bytes(24, 6)[:20] + b"\x01\x01\x01\x08", mf=True),), (1,), (True,)),
    Row("an option may end before it says how long it is", ("-p tcp --tcp-option 8", "-p tcp ! --tcp-option 8"),
        (fragment(TCP, tcp_bytes(24, 6)[:20] + b"\x01\x01\x01\x05", mf=True),), (0, 1), (True,)),
    Row("half a TCP header is dropped where options are asked for", ("-p tcp --tcp-option 8",),
        (fragment(TCP, tcp_bytes(19)), fragment(TCP, tcp_bytes(20, 4)), fragment(TCP, tcp_bytes(20, 6))), (0,),
        (False, False, False)),
    Row("nftables reads ports and flags of any fragment", ("-p tcp --dport 80", "-p tcp --tcp-flags SYN SYN"),
        (fragment(TCP, tcp_bytes(), 24), fragment(TCP, tcp_bytes(13), 24), fragment(TCP, tcp_bytes(3), 24)), (2, 1)),
    Row("half an ICMP header is dropped", ("-p icmp --icmp-type any",),
        (fragment(ICMP, bytes(7)), fragment(ICMP, bytes(7), 8)), (0,), (False, True)),
    Row("half a port is dropped by multiport", ("-p udp -m multiport --ports 0",),
        (fragment(UDP, bytes(3)), fragment(UDP, bytes(4)), fragment(UDP, bytes(3), 8)), (1,), (False, True, True)),
    Row("tcpmss asks fragments too", ("-p tcp -m tcpmss --mss 1:65535",),
        (fragment(TCP, bytes(8), 16), fragment(TCP, tcp_bytes(24, 6)[:20] + b"\x02\x04\x05\xb4", mf=True)), (1,),
        (False, True)),
    Row("hashlimit takes what stands where a port would, and ICMP has none",
        ("-m hashlimit --hashlimit-name h --hashlimit-upto 1/hour --hashlimit-burst 1 --hashlimit-mode srcport",),
        (fragment(UDP, b"12345678", 8), fragment(UDP, b"87654321", 8), fragment(UDP, b"123", 8),
         fragment(ICMP, b"12345678", 8), fragment(ICMP, b"87654321", 8)), (3,), (True, True, False, True, True)),
    Row("the numbers of its connection say nothing of a packet that has none",
        ("-m conntrack --ctorigsrc 10.0.0.2", "-m conntrack --ctstate UNTRACKED"),
        (packet("icmp", "10.0.0.2", "203.0.113.9"), fragment(50, bytes(8))), (1, 1),
        settings={"raw": 1}),
    Row("what --update finds it notes", ("-m recent --name X --update", "-m recent --name X --rcheck --hitcount 2",
                                         "-m recent --name X --set"), (from_port(1), from_port(2)), (1, 1, 2)),
    Row("there is no policy of IPsec, no helper, and one CPU",
        ("-m policy --dir in --pol none", "-m policy --dir out --pol ipsec", "-m helper --helper ftp",
         "-m helper ! --helper ftp", "-m cpu --cpu 0", "-m cpu --cpu 1", "-j AUDIT --type accept"), (from_port(1),),
        (1, 0, 0, 1, 1, 0, 1)),
    Row("IPsec's headers have numbers, but for those cut short, and later fragments",
        ("-p esp --espspi 1:5", "-p esp -m esp ! --espspi 5", "-p esp -m esp", "-p ah --ahspi 6"),
        (fragment(50, b"\0\0\0\5"), fragment(50, b"\0\0\0\6"), fragment(50, b"\0\0"), fragment(50, bytes(8), 8),
         fragment(51, b"\4\4\0\0\0\0\0\6"), fragment(51, bytes(7))), (1, 1, 2, 1),
        (True, True, False, True, True, False)),
    Row("nobody decides about what is queued", ("-p udp -j NFQUEUE --queue-bypass", "-p tcp -j NFQUEUE", "-p icmp"),
        (packet("udp", "10.0.0.2", "203.0.113.9"), packet("tcp", "10.0.0.2", "203.0.113.9"),
         packet("icmp", "10.0.0.2", "203.0.113.9")), (1, 1, 1), (True, False, True)),
    Row("devices have groups", ("-m devgroup --src-group 0", "-m devgroup ! --dst-group 0/0xf",
                                "-m devgroup --src-group 1 --dst-group 0"), (from_port(1),), (1, 0, 0)),
    Row("of a service the bits under its mask count", ("-m tos --tos 0x10/0x1f", "-m tos ! --tos 0x10"),
        (*2 * (IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, UDP, UdpDatagram(1, 2, b""), tos=0x30),), from_port(1)), (2, 3)),
    Row("what a connection has carried, and how much a packet had",
        tuple(f"-m connbytes --connbytes {least} --connbytes-dir original --connbytes-mode {mode}"
              for least, mode in ((50, "bytes"), (50, "avgpkt"), (36, "avgpkt"), (2, "packets"))),
        2 * (packet("udp", "10.0.0.2", "203.0.113.9"),), (1, 0, 2, 1)),
    Row("half a segment is refused without an answer", ("-p tcp -j REJECT --reject-with tcp-reset",),
        (fragment(TCP, tcp_bytes(10)),), (1,), (False,)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_rules_make_of_packets(row: Row) -> None:
    router = Router()
    if row.settings:
        router.iptables("-t raw -A PREROUTING -p 50 -j NOTRACK")
    for rule in row.rules:
        router.iptables(f"-A FORWARD {rule}")
    passed = tuple(router.pass_through(one, "eth0", "eth1") is not None for one in row.packets)
    rules = router.namespace.netfilter.tables["filter"].chains["FORWARD"].rules
    assert tuple(rule.packets for rule in rules) == row.counts
    assert passed == (row.through or (True,) * len(row.packets))


def _error(quoted: IPv4Packet, checksum: int | None = None) -> IPv4Packet:
    message = IcmpMessage(UNREACHABLE, HOST_UNREACHABLE, 0, quoted.emit()[:28], checksum)
    return IPv4Packet(OUTSIDE_HOST, parse_ipv4(OUTSIDE), ICMP, message)


def test_an_error_is_translated_back_with_what_it_quotes_unless_its_sum_is_wrong() -> None:
    router = Router()
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_checksum", 0)
    router.iptables("-t nat -A POSTROUTING -o eth1 -j MASQUERADE")
    sent = router.pass_through(packet("udp", "10.0.0.2", "203.0.113.9", 1000, 53), "eth0", "eth1")
    assert sent is not None
    assert sent.src == parse_ipv4(OUTSIDE)
    back = router.pass_through(_error(sent), "eth1", "eth0")
    assert back is not None
    assert back.dst == INSIDE_HOST
    assert isinstance(back.payload, IcmpMessage)
    assert IPv4Packet.parse(back.payload.data, quoted=True).src == INSIDE_HOST
    assert router.pass_through(_error(sent, 0x1234), "eth1", "eth0") is None


@pytest.mark.parametrize(("rule", "one", "seen"), [
    ("-A POSTROUTING -j SNAT --to-source 203.0.113.50 --random", packet("udp", "10.0.0.2", "203.0.113.9", 4000),
     lambda sent: sent.src == parse_ipv4("203.0.113.50") and sent.payload.sport != 4000),
    ("-A POSTROUTING -j SNAT --to-source 203.0.113.50", packet("udp", "10.0.0.2", "203.0.113.9", 4000),
     lambda sent: sent.src == parse_ipv4("203.0.113.50") and sent.payload.sport == 4000),
    ("-A PREROUTING -p udp -j DNAT --to-destination 203.0.113.7:50-60", packet("udp", "10.0.0.2", "203.0.113.9", 4000),
     lambda sent: sent.dst == parse_ipv4("203.0.113.7") and 50 <= sent.payload.dport <= 60),
    ("-A POSTROUTING -j MASQUERADE", fragment(50, bytes(8)), lambda sent: sent.src == parse_ipv4(OUTSIDE)),
])
def test_what_nat_makes_of_one_packet(rule: str, one: IPv4Packet, seen: Callable[[IPv4Packet], bool]) -> None:
    router = Router()
    router.iptables(f"-t nat {rule}")
    sent = router.pass_through(one, "eth0", "eth1")
    assert sent is not None
    assert seen(sent)


@pytest.mark.parametrize(("one", "is_told"), [
    (packet("udp", "10.0.0.2", "203.0.113.9"), True),
    (IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, UDP, UdpDatagram(1, 2, b"x", 0x1234)), False),
    (fragment(UDP, bytes(8), 8), False), (fragment(UDP, bytes(16), mf=True), True),
])
def test_whom_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch, one: IPv4Packet, is_told: bool) -> None:
    told = []
    monkeypatch.setattr(icmp, "send_error", lambda *arguments: told.append(arguments[2]))
    router = Router()
    router.iptables("-A FORWARD -j REJECT")
    assert router.pass_through(one, "eth0", "eth1") is None
    assert bool(told) is is_told


@pytest.mark.parametrize(("came_with", "is_told"), [("07070800000000", True), ("07070400000000", False)])
def test_a_refusal_is_not_told_where_the_host_has_written_into_the_options(monkeypatch: pytest.MonkeyPatch,
                                                                         came_with: str, is_told: bool) -> None:
    told = []
    monkeypatch.setattr(icmp, "send_error", lambda *arguments: told.append(arguments[2]))
    datagram = UdpDatagram(1, 2, b"x")
    now, before = (IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, UDP, datagram, options=bytes.fromhex(options) + b"\0")
                   for options in ("07070800000000", came_with))
    buffer = SocketBuffer(now)
    buffer.frame = Frame(1, 2, ETH_P_IP, before)
    reject.send_unreachable(Router().namespace, buffer, 3)
    assert bool(told) is is_told


def test_options_are_blotted_out() -> None:
    router = Router()
    router.iptables("-t mangle -A FORWARD -p tcp -j TCPOPTSTRIP --strip-options timestamp,mss")
    options = bytes.fromhex("020405b4 0402 080a0000000100000002 01 030307")
    sent = router.pass_through(IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, TCP, TcpSegment(1, 80, 1, 0, SYN, 100, options)),
                               "eth0", "eth1")
    assert sent is not None
    assert isinstance(sent.payload, TcpSegment)
    assert sent.payload.options == bytes.fromhex("01010101 0402 01010101010101010101 01 030307")


def test_what_is_sent_to_oneself_or_by_who_has_no_address_has_a_way_back() -> None:
    router = Router()
    router.iptables("-t raw -A PREROUTING -m rpfilter")
    rule = router.namespace.netfilter.tables["raw"].chains["PREROUTING"].rules[0]
    for name, source, destination, taken in (
            ("lo", "203.0.113.9", "10.0.0.1", 1), ("eth0", "203.0.113.9", "10.0.0.1", 1),
            ("eth0", "0.0.0.0", "255.255.255.255", 2), ("eth0", "0.0.0.0", "224.0.0.1", 3),
            ("eth0", "0.0.0.0", "224.0.1.1", 3), ("eth0", "9.0.0.0", "255.255.255.255", 3)):
        router.namespace.netfilter.traverse(router.namespace, Hook.PREROUTING, SocketBuffer(
            packet("udp", source, destination)), router.namespace.interfaces[name], None)
        assert rule.packets == taken, (name, source, destination)


def test_nat_leaves_a_wrong_checksum_as_wrong_as_it_was() -> None:
    router = Router()
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_checksum", 0)
    router.iptables("-t nat -A POSTROUTING -j SNAT --to-source 203.0.113.50")
    sent = router.pass_through(IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, UDP, UdpDatagram(1, 2, b"x", 0x1234)),
                               "eth0", "eth1")
    assert sent is not None
    assert isinstance(sent.payload, UdpDatagram)
    assert sent.payload.checksum is not None
    ends, moved = (INSIDE_HOST, OUTSIDE_HOST), (sent.src, sent.dst)
    wrong = 0x1234 - sent.payload.right_checksum(*ends)
    assert (sent.payload.checksum - sent.payload.right_checksum(*moved) - wrong) % 0xFFFF == 0


def test_a_syn_is_told_a_smaller_segment_size_and_nothing_else_is() -> None:
    router = Router()
    router.iptables("-t mangle -A FORWARD -p tcp -j TCPMSS --set-mss 500")
    options = bytes.fromhex("020405b4")
    for flags, found in ((SYN, bytes.fromhex("020401f4")), (SYN | ACK, bytes.fromhex("020401f4")), (ACK, b"")):
        segment = TcpSegment(1000, 80, 1, 0, flags, 100, options if flags & SYN else b"")
        sent = router.pass_through(IPv4Packet(INSIDE_HOST, OUTSIDE_HOST, TCP, segment), "eth0", "eth1")
        assert sent is not None
        assert isinstance(sent.payload, TcpSegment)
        assert sent.payload.options == found
