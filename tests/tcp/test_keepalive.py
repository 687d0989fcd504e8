"""Is the peer still there? As a kernel asked with keepalive_time 3, keepalive_intvl 1 and keepalive_probes 3."""

from __future__ import annotations

from itertools import pairwise

from netsandbox.engine.units import SECOND
from netsandbox.linux.events import FrameSent
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.wire.tcp import ACK, RST, TcpSegment
from tests.tcp.net import LEFT, RIGHT, Net

ASKED = {"tcp_keepalive_time": 3, "tcp_keepalive_intvl": 1, "tcp_keepalive_probes": 3}


def test_a_peer_that_answers_is_asked_again_and_one_that_does_not_is_given_up() -> None:
    net = Net(**ASKED)
    net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    assert client.is_connected
    client.keep_alive(Keepalive())
    net.run(40)
    assert client.is_connected, "more probes than may fail were answered"
    iptables.run(net.right, ["-A", "INPUT", "-j", "DROP"])
    begin = net.scheduler.now
    net.run(10)
    assert client.error == "ETIMEDOUT"
    left = [(record.at - begin, record.event.frame.payload.payload) for record in net.trace.since(0)
            if isinstance(record.event, FrameSent) and record.at >= begin
            and getattr(record.event.frame.payload, "src", 0) == LEFT]
    segments = [segment for _at, segment in left if isinstance(segment, TcpSegment)]
    assert [segment.flags for segment in segments] == [ACK, ACK, ACK, RST | ACK]
    assert [segment.seq - segments[0].seq for segment in segments] == [0, 0, 0, 1]
    pauses = [(later - earlier) / SECOND for (earlier, _one), (later, _other) in pairwise(left)]
    assert all(1 <= pause < 1.04 for pause in pauses)


def test_the_last_quarter_of_the_half_open_ones_is_not_for_strangers() -> None:
    net = Net(tcp_syncookies=0, tcp_max_syn_backlog=4)
    listener = net.listen(net.right)
    iptables.run(net.left, ["-A", "INPUT", "-j", "DROP"])
    for _client in range(6):
        net.connect(net.left, RIGHT)
    net.run(0.1)
    assert len(listener.requests) == 4
