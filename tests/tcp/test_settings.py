"""Settings of TCP that change single steps: each on both of its sides."""

from __future__ import annotations

from itertools import pairwise

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.tcp import timewait
from netsandbox.linux.tcp.control import rack
from netsandbox.linux.tcp.events import TcpRetransmitted
from netsandbox.linux.tcp.handshake import listen
from netsandbox.linux.tcp.handshake.listen import RETRY
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.sending import burst, resend
from netsandbox.linux.tcp.sending.transmit import is_interactive
from netsandbox.linux.tcp.state import Sent, TcpState
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.linux.tcp.timewait import TimeWait
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


def _into_a_hole(**settings: int) -> list[float]:
    """Between which seconds a segment is sent again that nobody acknowledges."""
    net = Net(lambda _number, frame: [] if (found := segment_of(frame)) and found.data else [0], **settings)
    net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    client.send(b"x")
    net.run(20)
    times = [record.at / SECOND for record in net.trace.since(0) if isinstance(
        record.event, TcpRetransmitted) and record.event.why == "timeout"]
    return [round(later - earlier, 1) for earlier, later in pairwise(times)]


def test_a_timeout_doubles_up_to_what_is_allowed() -> None:
    assert _into_a_hole() == [0.4, 0.8, 1.7, 3.5, 6.7]  # in slots of the timer wheel
    assert _into_a_hole(tcp_rto_max_ms=1000)[:4] == [0.4, 0.8, 1.0, 1.0]


def test_a_thin_stream_is_tried_six_times_at_one_pace() -> None:
    assert _into_a_hole(tcp_thin_linear_timeouts=1)[:8] == [0.2] * 6 + [0.4, 0.8]


@pytest.mark.parametrize(("limit", "answers"), [(0, 3), (500, 2), (2000, 1)])
def test_what_does_not_fit_is_answered_so_often(limit: int, answers: int) -> None:
    conn = StreamSocket(Net(tcp_invalid_ratelimit=limit).left, PROCESS)
    request = Request(conn, (1, 2, 3, 4), 0, 0)
    scheduler = conn.namespace.scheduler
    scheduler.run_until(scheduler.now + 10 * SECOND)
    count = 0
    for wait in (0, 100, 500):
        scheduler.run_until(scheduler.now + wait * MILLISECOND)
        count += listen._may_challenge(request)
    assert count == answers


@pytest.mark.parametrize(("collapses", "sizes"), [(1, [200]), (0, [100, 100])])
def test_small_segments_leave_together_unless_told_not_to(collapses: int, sizes: list[int]) -> None:
    conn = StreamSocket(Net(tcp_retrans_collapse=collapses).left, PROCESS)
    conn.sent = [Sent(0, bytes(100), ACK, 0), Sent(100, bytes(100), ACK, 0)]
    conn.send_window = 1000
    resend._collapse(conn, 0, 1448)
    assert [len(segment.data) for segment in conn.sent] == sizes


@pytest.mark.parametrize(("most", "wanted"), [(300, 9), (4, 4)])
def test_segments_overtake_each_other_by_so_many_at_most(most: int, wanted: int) -> None:
    conn = StreamSocket(Net(tcp_max_reordering=most).left, PROCESS)
    conn.mss = 1000
    rack.note_reordering(conn, 0, 9000)
    assert conn.rack.reordering == wanted


@pytest.mark.parametrize(("delay", "passed", "free"), [(1000, 999, False), (1000, 1000, True), (100, 100, True)])
def test_a_pair_is_free_so_long_after_the_last_stamp(delay: int, passed: int, free: bool) -> None:
    net = Net(tcp_tw_reuse=1, tcp_tw_reuse_delay=delay)
    record = TimeWait(StreamSocket(net.left, PROCESS), TcpState.TIME_WAIT, 0)
    net.run(10)
    record.recent_at = net.scheduler.clock - passed * MILLISECOND
    assert timewait.reusable(record, False, False) is free


@pytest.mark.parametrize(("reflects", "wanted"), [(0, 0), (1, 0x48)])
def test_a_server_answers_with_the_clients_tos_if_it_is_told_to(reflects: int, wanted: int) -> None:
    seen: set[int] = set()

    def note(_number: int, frame: Frame) -> list[int]:
        segment = segment_of(frame)
        if segment is not None and segment.sport == 80 and isinstance(frame.payload, IPv4Packet):
            seen.add(frame.payload.tos)
        return [0]
    net = Net(note, tcp_reflect_tos=reflects)
    listener = net.listen(net.right)
    client = StreamSocket(net.left, PROCESS)
    client.tos = 0x48
    net.scheduler.begin()
    client.connect(RIGHT, 80)
    net.run(0.1)
    child = listener.accept()
    assert child is not None
    child.send(b"x")
    net.run(0.1)
    assert seen == {wanted}


@pytest.mark.parametrize(("share", "clamp"), [(31, 65536 - 1448), (0, 65536), (2, 49152)])
def test_a_share_of_the_buffer_is_kept_from_the_window(share: int, clamp: int) -> None:
    net = Net(tcp_app_win=share)
    net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    assert client.window_clamp == clamp


@pytest.mark.parametrize(("settings", "least", "count"), [
    ({}, 511, 45), ({}, 512, 23), ({"tcp_tso_rtt_log": 0}, 511, 2), ({}, 60_000, 2),
    ({"tcp_tso_rtt_log": 0, "tcp_min_tso_segs": 8}, 511, 8), ({"tcp_pacing_ss_ratio": 1000}, 60_000, 4)])
def test_how_many_segments_leave_as_one(settings: dict[str, int], least: int, count: int) -> None:
    conn = StreamSocket(Net(**settings).left, PROCESS)
    conn.round_trip.least, conn.round_trip.smoothed = least, 20_000 << 3
    assert burst.most_in_burst(conn, 1448) == count


@pytest.mark.parametrize(("most", "kept"), [(131072, 3), (2, 2), (0, 0)])
def test_no_more_closed_connections_are_remembered_than_may_be(most: int, kept: int) -> None:
    net = Net(tcp_max_tw_buckets=most)
    listener = net.listen(net.right)
    for _ in range(3):
        client = net.connect(net.left, RIGHT)
        net.run(0.1)
        client.close()
        child = listener.accept()
        assert child is not None
        child.close()
        net.run(0.5)
    assert sum(isinstance(one, TimeWait) for one in net.left.sockets.connections.values()) == kept
    assert len(net.left.sockets.connections) == kept
