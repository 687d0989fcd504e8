"""NAT is undone on every reply, whatever the rules; no two connections look alike; nothing is kept for ever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.engine.chance import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter.connection import ASSURED
from netsandbox.linux.netfilter.rewrite import changed
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.icmp import ECHO_REPLY, IcmpMessage
from netsandbox.wire.ipv4 import TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import ACK, FIN, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.linux.netfilter.router import OUTSIDE, Router, packet

NAT_RULES = (
    "-A POSTROUTING -o eth1 -j MASQUERADE", "-A POSTROUTING -o eth1 -p udp -j MASQUERADE --to-ports 2000-2010",
    "-A POSTROUTING -s 10.0.0.0/24 -j SNAT --to-source 203.0.113.50-203.0.113.53",
    "-A POSTROUTING -o eth1 -p tcp -j SNAT --to-source 203.0.113.1:3000-3001",
    "-A PREROUTING -d 192.0.2.1 -p udp -j DNAT --to-destination 203.0.113.9:5353",
    "-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 203.0.113.9-203.0.113.10",
    "-A PREROUTING -d 192.0.2.0/24 -j NETMAP --to 203.0.113.0/24", "-A POSTROUTING -j ACCEPT")
PACKETS = st.tuples(st.sampled_from(("tcp", "udp", "icmp")), st.sampled_from(("10.0.0.7", "10.0.0.8")),
                    st.sampled_from(("192.0.2.1", "192.0.2.2")), st.integers(1, 65535), st.sampled_from((53, 80)))


def reply_to(sent: IPv4Packet) -> IPv4Packet:
    """What its receiver answers."""
    inside = sent.payload
    if isinstance(inside, UdpDatagram):
        answer: UdpDatagram | TcpSegment | IcmpMessage = UdpDatagram(inside.dport, inside.sport, b"answer")
    elif isinstance(inside, TcpSegment):
        answer = TcpSegment(inside.dport, inside.sport, 9, inside.seq + 1, SYN | ACK, 100)
    else:
        assert isinstance(inside, IcmpMessage)
        answer = IcmpMessage(ECHO_REPLY, 0, inside.rest, inside.data)
    return IPv4Packet(sent.dst, sent.src, sent.protocol, answer)


def ends(one: IPv4Packet) -> tuple[int, ...]:
    inside = one.payload
    if isinstance(inside, IcmpMessage):
        return one.src, one.dst, inside.ident
    assert isinstance(inside, UdpDatagram | TcpSegment)
    return one.src, one.dst, inside.sport, inside.dport


@settings(max_examples=120, deadline=None)
@given(rules=st.lists(st.sampled_from(NAT_RULES), max_size=4, unique=True), sent=st.lists(PACKETS, max_size=8))
def test_each_reply_comes_back_as_an_answer_to_what_was_sent(rules: list[str], sent: list[tuple[str, str, str, int,
                                                                                               int]]) -> None:
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate INVALID -j DROP")
    for rule in rules:
        router.iptables(f"-t nat {rule}")
    seen: dict[tuple[int, ...], tuple[int, ...]] = {}
    for protocol, src, dst, sport, dport in sent:
        made = packet(protocol, src, dst, sport, dport)
        went = router.pass_through(made, "eth0", "eth1")
        if went is None:
            continue
        outside, inside = (went.protocol, *ends(went)), (made.protocol, *ends(made))
        assert seen.setdefault(outside, inside) == inside, "two connections look alike"
        back = router.pass_through(reply_to(went), "eth1", "eth0")
        assert back is not None
        assert ends(back) == ends(reply_to(made))
        assert back.emit() == changed(back).emit()
    table = router.namespace.netfilter.connections
    assert table is not None
    router.scheduler.run_until(router.scheduler.now + 1_000_000 * SECOND)
    assert len(table) == 0
    assert not table.by_tuple
    assert not table.by_source


def test_the_checksums_are_right_behind_nat() -> None:
    router = Router()
    router.iptables("-t nat -A POSTROUTING -o eth1 -j MASQUERADE")
    for protocol in ("tcp", "udp", "icmp"):
        went = router.pass_through(packet(protocol, "10.0.0.7", "192.0.2.1"), "eth0", "eth1")
        assert went is not None
        assert went.src == parse_ipv4(OUTSIDE)
        again = IPv4Packet.parse(went.emit())
        assert again.is_checksum_right
        assert getattr(again.payload, "checksum", None) is None


@pytest.mark.parametrize(("most", "buckets", "gives_way"), [(5, 262_144, False), (300, 1, True)])
def test_a_full_table_drops_what_finds_no_entry_that_is_not_assured_near_it(most: int, buckets: int,
                                                                            gives_way: bool) -> None:
    """Of a large hash table eight buckets are empty ones: the first connections stay, and the newest is dropped."""
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate NEW -j ACCEPT")
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_max", most)
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_buckets", buckets)
    went = [router.pass_through(packet("udp", "10.0.0.7", "192.0.2.1", port), "eth0", "eth1") is not None
            for port in range(1, most + 21)]
    assert went == [True] * most + [gives_way] * 20
    table = router.namespace.netfilter.connections
    assert table is not None
    assert len(table) <= most
    assert table.statistics["drop"] == 20 * (not gives_way)
    assert (table.statistics["early_drop"] >= most + 20 - len(table) > 0) == gives_way
    router.scheduler.run_until(router.scheduler.now + 6 * SECOND)
    router.pass_through(packet("udp", "10.0.0.7", "192.0.2.1", 1000), "eth0", "eth1")
    lines = [line for _at, line in router.namespace.netfilter.log or ()]
    full = "nf_conntrack: nf_conntrack: table full, dropping packet"  # printk.c: ten in five seconds
    assert lines == ([*10 * [full], "net_ratelimit: 10 callbacks suppressed", full] if not gives_way else [])
    told = [record.event for record in router.scheduler.trace.since(0) if isinstance(record.event, VerdictGiven)]
    dropped = [event.connection for event in told if event.verdict is not None]
    assert dropped == [""] * 21 * (not gives_way)  # it is of no connection, but not INVALID either


def test_a_first_packet_meets_a_full_table_before_its_checksum_is_looked_at() -> None:
    """`conntrack -S` of Linux 6.12: what is of an entry, or finds room, is invalid; the others are dropped."""
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate NEW -j ACCEPT")
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_max", 1)

    def passes(port: int, checksum: int) -> bool:
        datagram = UdpDatagram(port, 9, b"abcd", checksum)
        return router.pass_through(IPv4Packet(0x0A000007, 0xC0000201, UDP, datagram), "eth0", "eth1") is not None
    went = [passes(1000, 0x1234), passes(2000, 0), passes(2001, 0x1234), passes(2000, 0x1234), passes(2002, 0)]
    assert went == [True, True, False, True, False]
    table = router.namespace.netfilter.connections
    assert table is not None
    assert (table.statistics["invalid"], table.statistics["drop"], len(table)) == (2, 2, 1)


@pytest.mark.parametrize(("most", "buckets", "flows", "assured", "dropped", "early"), [
    (64, 512, 400, 0, 38, 298), (256, 512, 600, 0, 0, 346), (64, 16_384, 400, 0, 316, 20), (64, 512, 400, 64, 400, 0),
    (64, 512, 400, 32, 144, 224)])
def test_a_full_table_gives_way_as_often_as_the_kernels(most: int, buckets: int, flows: int, assured: int,
                                                        dropped: int, early: int) -> None:
    """`conntrack -S` of Linux 6.12 after so many new UDP flows: which entries are near a new one is a matter of the
    hash, and how many are is not."""
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate NEW -j ACCEPT")
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_max", most)
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_buckets", buckets)
    for port in range(20_000, 20_000 + assured):
        assert router.pass_through(packet("udp", "10.0.0.7", "192.0.2.1", port), "eth0", "eth1") is not None
    table = router.namespace.netfilter.connections
    assert table is not None or not assured
    for connection in table or ():
        connection.status |= ASSURED
    went = sum(router.pass_through(packet("udp", "10.0.0.7", "192.0.2.1", port), "eth0", "eth1") is not None
               for port in range(1000, 1000 + flows))
    table = router.namespace.netfilter.connections
    assert table is not None
    assert table.statistics["drop"] == flows - went
    assert abs(table.statistics["drop"] - dropped) <= max(dropped, early) // 6
    assert abs(table.statistics["early_drop"] - early) <= max(dropped, early) // 6
    assert len(table) == assured + went - table.statistics["early_drop"] <= most


@pytest.mark.parametrize(("port", "offset", "chosen"), [
    (2000, 0, 1024), (2000, 64511, 65535), (1024, 1, 1025), (700, 0, 600), (700, 423, 1023), (511, 0, 1), (550, 0, 600),
    (80, 510, 511)])
def test_a_port_that_is_taken_is_changed_for_one_of_its_own_class(monkeypatch: pytest.MonkeyPatch, port: int,
                                                                  offset: int, chosen: int) -> None:
    router = Router()
    router.iptables("-t nat -A POSTROUTING -o eth1 -j MASQUERADE")
    monkeypatch.setattr(Stream, "bits", lambda _stream, _count: offset)
    for host, expected in (("10.0.0.7", port), ("10.0.0.8", chosen)):
        went = router.pass_through(packet("udp", host, "192.0.2.1", port), "eth0", "eth1")
        assert went is not None
        assert ends(went)[2] == expected


@pytest.mark.parametrize(("first", "is_over", "passes"), [(2000, True, True), (999, True, False), (2000, False, False)])
def test_a_connection_that_is_over_gives_its_port_to_one_whose_numbers_begin_beyond_its_own(
        first: int, is_over: bool, passes: bool) -> None:
    """nf_nat_used_tuple_harder: else the one port that SNAT may use would be lost for the two minutes of TIME_WAIT."""
    router = Router()
    router.iptables("-t nat -A POSTROUTING -o eth1 -p tcp -j SNAT --to-source 203.0.113.1:6000")
    client, server = ("10.0.0.7", "192.0.2.1"), ("192.0.2.1", "203.0.113.1")
    spoken = [(client, 1000, 0, SYN), (server, 500, 1001, SYN | ACK), (client, 1001, 501, ACK),
              (client, 1001, 501, FIN | ACK), (server, 501, 1002, FIN | ACK), (client, 1002, 502, ACK)]
    for (src, dst), seq, ack, flags in spoken if is_over else spoken[:3]:
        ports, ways = ((1000, 80), ("eth0", "eth1")) if src == client[0] else ((80, 6000), ("eth1", "eth0"))
        segment = TcpSegment(*ports, seq, ack, flags, 1000)
        assert router.pass_through(IPv4Packet(parse_ipv4(src), parse_ipv4(dst), TCP, segment), *ways) is not None
    late = IPv4Packet(parse_ipv4("10.0.0.8"), parse_ipv4("192.0.2.1"), TCP, TcpSegment(1000, 80, first, 0, SYN, 1000))
    assert (router.pass_through(late, "eth0", "eth1") is not None) == passes
