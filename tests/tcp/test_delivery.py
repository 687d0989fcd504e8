"""Whatever a network does, what arrives is what was sent, once and in order; and a good network sees nothing twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.apps.stream import Stream
from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.tcp.events import TcpRetransmitted
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import Frame
from tests.tcp.net import RIGHT, Acceptor, Collector, Net, steady

OPTIONS = st.fixed_dictionaries({"tcp_sack": st.integers(0, 1), "tcp_timestamps": st.integers(0, 1),
                                 "tcp_window_scaling": st.integers(0, 1),
                                 "tcp_congestion_control": st.sampled_from(["reno", "cubic"])})


def exchange(net: Net, up: bytes, down: bytes, seconds: float = 4000) -> tuple[Collector, Collector]:
    """A client sends `up`, a server `down`; both close when the other has."""
    server = Acceptor(net.listen(net.right), down)
    client = Collector(up)
    Stream(net.connect(net.left, RIGHT), client)
    net.run(seconds)
    return client, server.owners[0]


@settings(max_examples=30, deadline=None)
@given(fates=st.lists(st.sampled_from(["ok", "ok", "ok", "lost", "twice", "late"]), min_size=1, max_size=40),
       sizes=st.tuples(st.integers(0, 60_000), st.integers(0, 20_000)), options=OPTIONS)
def test_bytes_received_are_bytes_sent(fates: list[str], sizes: tuple[int, int],
                                       options: dict[str, int | str]) -> None:
    def fate(number: int, frame: Frame) -> list[int]:
        if isinstance(frame.payload, ArpPacket):
            return [MILLISECOND]  # three lost questions would be an answer
        what = [*fates, "ok", "ok"][(number + number // 5) % (len(fates) + 2)] if number < 120 else "ok"
        return {"ok": [2 * MILLISECOND], "lost": [], "twice": [2 * MILLISECOND, 3 * MILLISECOND],
                "late": [9 * MILLISECOND]}[what]

    up, down = (bytes(place % 251 for place in range(size)) for size in sizes)
    patient = dict.fromkeys(("tcp_orphan_retries", "tcp_retries2", "tcp_syn_retries", "tcp_synack_retries"), 40)
    client, server = exchange(Net(fate, **options, **patient), up, down, 20_000)
    assert (server.data, client.data) == (up, down)
    assert client.has_ended
    assert server.has_ended
    assert not client.error
    assert not server.error


def test_a_network_that_loses_nothing_sees_nothing_twice() -> None:
    net = Net(steady)
    up = bytes(1000) * 300
    client, server = exchange(net, up, b"thanks", 100)
    assert (len(server.data), client.data) == (len(up), b"thanks")
    assert net.events(TcpRetransmitted) == []


def test_a_lost_segment_is_sent_again_before_the_timer_rings() -> None:
    lost: list[int] = []

    def fate(number: int, frame: Frame) -> list[int]:
        if frame.size > 1400 and not lost:
            lost.append(number)
            return []
        return [10 * MILLISECOND]

    net = Net(fate)
    _client, server = exchange(net, bytes(60_000), b"", 100)
    assert len(server.data) == 60_000
    assert [event.why for event in net.events(TcpRetransmitted)] == ["fast"]


def test_a_shut_window_is_asked_about_and_opens_again() -> None:
    net = Net(steady)
    listener = net.listen(net.right)
    client = Collector(bytes(400_000))
    Stream(net.connect(net.left, RIGHT), client)
    net.run(3)
    child = listener.accept()
    assert child is not None
    assert any(event.what == "probe" for event in net.events(TcpRetransmitted))
    slow = Collector()
    Stream(child, slow).begin()
    net.run(60)
    assert len(slow.data) == 400_000


def test_both_may_begin_at_once() -> None:
    net = Net(steady)
    sockets = []
    for namespace, port, address, other in ((net.left, 1000, RIGHT, 2000), (net.right, 2000, 0x0A000001, 1000)):
        socket = net.listen(namespace, port)
        socket.close()
        socket = type(socket)(namespace, socket.process)
        socket.bind(0, port)
        net.scheduler.begin()
        socket.connect(address, other)
        sockets.append(socket)
    net.run(1)
    left, right = sockets
    assert left.is_connected
    assert right.is_connected
    left.send(b"at once")
    net.run(1)
    assert right.recv(100) == b"at once"


MOSTLY_THERE = st.lists(st.sampled_from(["ok", "ok", "ok", "lost", "twice"]), min_size=1, max_size=20).filter(
    lambda fates: 2 * fates.count("lost") <= len(fates))
"""With fewer frames a connection is given up before it stands."""


@settings(max_examples=8, deadline=None)
@given(fates=MOSTLY_THERE, sizes=st.tuples(st.integers(0, 40_000), st.integers(0, 20_000)))
def test_rules_see_bursts_whole_and_the_wire_sees_the_same(fates: list[str], sizes: tuple[int, int]) -> None:
    """Netfilter is handed several segments at once, counts each traversal once, and what leaves does not change."""
    up, down = (bytes(place % 251 for place in range(size)) for size in sizes)

    def run(has_rules: bool) -> tuple[Net, list[bytes]]:
        wire: list[bytes] = []

        def fate(number: int, frame: Frame) -> list[int]:
            wire.append(frame.payload.emit())  # type: ignore[union-attr]
            what = "ok" if isinstance(frame.payload, ArpPacket) or number > 80 else fates[number % len(fates)]
            return {"ok": [2 * MILLISECOND], "lost": [], "twice": [2 * MILLISECOND, 3 * MILLISECOND]}[what]

        net = Net(fate, tcp_orphan_retries=40, tcp_retries2=40, tcp_syn_retries=40, tcp_synack_retries=40)
        for rule in ("-A OUTPUT -p tcp", "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT") if has_rules else ():
            iptables.execute(net.left, rule.split())
        client, server = exchange(net, up, down, 3000)
        assert (server.data, client.data) == (up, down)
        return net, wire

    net, wire = run(True)
    assert wire == run(False)[1]
    walked = [record.event for record in net.trace.since(0) if isinstance(record.event, VerdictGiven)]
    chains = net.left.netfilter.tables["filter"].chains
    assert chains["OUTPUT"].rules[0].packets == sum(event.hook == "OUTPUT" for event in walked)
    assert chains["OUTPUT"].rules[0].bytes == sum(event.packet.total_length for event in walked
                                                  if event.hook == "OUTPUT")
