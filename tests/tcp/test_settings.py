"""Settings of TCP that change single steps: each on both of its sides."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.linux.tcp.events import TcpRetransmitted
from netsandbox.linux.tcp.listen import RETRY
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.linux.tcp.transmit import is_interactive
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import ACK, SYN, TcpSegment
from tests.tcp.net import PROCESS, RIGHT, Net


def segment_of(frame: Frame) -> TcpSegment | None:
    packet = frame.payload
    found = packet.payload if isinstance(packet, IPv4Packet) else None
    return found if isinstance(found, TcpSegment) else None


@pytest.mark.parametrize(("threshold", "turns", "wanted"), [(1, 0, False), (1, 1, True), (3, 2, False), (3, 3, True)])
def test_a_conversation_is_interactive_after_so_many_turns(threshold: int, turns: int, wanted: bool) -> None:
    conn = StreamSocket(Net(tcp_pingpong_thresh=threshold).left, PROCESS)
    conn.pingpong = turns
    assert is_interactive(conn) is wanted


@pytest.mark.parametrize(("signed", "offered"), [(0, 64240), (1, 32767)])
def test_a_window_without_a_scale_may_be_kept_below_the_sign(signed: int, offered: int) -> None:
    windows: list[int] = []

    def note(_number: int, frame: Frame) -> list[int]:
        segment = segment_of(frame)
        if segment is not None and not segment.flags & SYN and segment.dport == 80:
            windows.append(segment.window)
        return [0]
    net = Net(note, tcp_window_scaling=0, tcp_workaround_signed_windows=signed)
    net.listen(net.right)
    net.connect(net.left, RIGHT)
    net.run(0.1)
    assert windows == [offered]


def test_a_syn_that_comes_again_lets_the_time_until_the_next_syn_ack_begin_anew() -> None:
    """Without that the SYN,ACK would leave by itself as well, between the answers to two SYNs."""
    net = Net(lambda _number, frame: [] if (found := segment_of(frame)) and found.flags & ACK else [1000])
    listener = net.listen(net.right)
    net.connect(net.left, RIGHT)
    net.run(3.5)
    assert len([event for event in net.events(TcpRetransmitted) if event.what == "synack"]) == 1
    request, = listener.requests.values()
    assert request.timer is not None
    left = request.timer.when - net.scheduler.now
    assert RETRY < left < 2 * SECOND


def test_a_window_probe_is_no_retransmission() -> None:
    net = Net(tcp_rmem="4096 4096 4096")
    net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    client.send(bytes(16000))
    net.run(5)
    assert len([event for event in net.events(TcpRetransmitted) if event.what == "probe"]) > 2
    assert client.retransmitted <= 1  # the tail loss probe's
