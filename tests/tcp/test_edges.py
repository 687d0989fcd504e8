"""The edges of what TCP decides by: one byte, one try or one tick more, and it goes the other way."""

from __future__ import annotations

import pytest

from netsandbox.apps.stream import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.drop import Dropped
from netsandbox.linux.tcp.control.undo import any_again, keep_open
from netsandbox.linux.tcp.events import TcpResetSent, TcpRetransmitted, TcpStateChanged
from netsandbox.linux.tcp.handshake import listen
from netsandbox.linux.tcp.options import Options, of_data, read
from netsandbox.linux.tcp.receiving import receive, window
from netsandbox.linux.tcp.receiving.input import _hold, _is_too_old, process
from netsandbox.linux.tcp.sending import burst, output, send_buffer
from netsandbox.linux.tcp.state import Chunk, Recovery, Sent
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.linux.tcp.timewait import TimeWait, reusable, take
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.sequence import MASK
from netsandbox.wire.tcp import ACK, PSH, RST, TcpSegment
from tests.tcp.net import PROCESS, RIGHT, Acceptor, Collector, Net, steady


@pytest.fixture
def conn() -> StreamSocket:
    return StreamSocket(Net().left, PROCESS)


@pytest.mark.parametrize(("seq", "size", "inside"), [
    (99, 0, False), (99, 1, False), (99, 2, True), (100, 0, True), (109, 5, True), (110, 0, True), (110, 1, False),
    (111, 0, False)])
def test_a_half_open_connection_takes_what_its_window_holds(seq: int, size: int, inside: bool) -> None:
    """tcp_in_window, of a window of ten bytes from 100 on."""
    segment = TcpSegment(1, 2, seq, 0, ACK, 0, b"", bytes(size))
    assert listen._is_inside(segment, 100, 10) is inside


def test_the_first_tries_of_a_syn_come_each_second_and_then_ever_later() -> None:
    net = Net(lambda _number, frame: [0] if isinstance(frame.payload, ArpPacket) else [])
    conn = net.connect(net.left, RIGHT)
    net.run(80)
    tries = [round((record.at - conn.created) / SECOND) for record in net.trace.since(0)
             if isinstance(record.event, TcpRetransmitted)]
    assert tries[:8] == [1, 2, 3, 4, 5, 7, 11, 19]  # tcp_syn_linear_timeouts 4, and the timers' slots grow coarser
    assert len(tries) == 10  # and tcp_syn_retries 6


@pytest.mark.parametrize(("recent", "stamp", "passed", "segment", "is_late"), [
    (1000, 1000, 0, b"x", False), (1000, 999, 0, b"x", False), (1000, 998, 0, b"x", True),  # as Linux 6.18 takes them
    (0, MASK - 4, 0, b"x", False), (1, MASK - 4, 0, b"x", True), (5, 5 + (1 << 31), 0, b"x", False),
    (5, 6 + (1 << 31), 0, b"x", True),
    (MASK, 0, 0, b"x", False), (0, 1 << 31, 0, b"x", False), (1000, 1, 2146, b"x", True), (1000, 1, 2147, b"x", False),
    (1000, 760, 0, b"", False), (1000, 759, 0, b"", True)])  # a bare ACK, of a timeout of 200 ms
def test_a_segment_with_an_older_timestamp_is_an_old_duplicate(conn: StreamSocket, recent: int, stamp: int, passed: int,
                                                               segment: bytes, is_late: bool) -> None:
    """PAWS: one tick does not count, nor what is older than half an hour, nor a 0."""
    conn.has_stamps, conn.recent_stamp = True, recent
    conn.recent_at = conn.namespace.scheduler.clock - passed * SECOND
    conn.round_trip.timeout, conn.send_window, conn.expected, conn.window_seq = SECOND // 5, 100, 50, 50
    found = TcpSegment(1, 2, 50, conn.una, ACK, 100, of_data((stamp, 0), ()), segment)
    assert _is_too_old(conn, found, read(found.options, False)) is is_late
    if not segment:  # one that tells of more room, or of none, is not merely late
        for size in (101, 0):
            found = TcpSegment(1, 2, 50, conn.una, ACK, size, found.options)
            assert _is_too_old(conn, found, read(found.options, False))


def test_what_goes_back_is_the_newest_timestamp_that_came(conn: StreamSocket) -> None:
    conn.recent_at, conn.recent_stamp = conn.namespace.scheduler.clock, 1000
    for stamp, kept in ((999, 1000), (1001, 1001), (1002 + (1 << 31), 1001), (1005, 1005)):
        receive.replace_stamp(conn, Options(stamp=(stamp, 0)), conn.acked_up_to)
        assert conn.recent_stamp == kept


def test_a_window_that_cannot_grow_makes_no_acknowledgement_quick(conn: StreamSocket) -> None:
    conn.window_clamp = conn.slow_start = 30_000
    window.grow(conn, 1448, 2304)
    assert (conn.slow_start, conn.quick) == (30_000, 0)
    conn.window_clamp += 1
    window.grow(conn, 1448, 2304)
    assert (conn.slow_start, conn.quick) == (30_001, 1)


def test_the_room_for_what_is_sent_ends_at_tcp_wmem(conn: StreamSocket) -> None:
    conn.namespace.write_sysctl("net.ipv4.tcp_wmem", "4096 16384 20000")
    send_buffer.expand(conn)
    assert conn.send_buffer == 20_000
    conn.namespace.write_sysctl("net.ipv4.tcp_wmem", "4096 16384 4194304")
    send_buffer.expand(conn)
    assert conn.send_buffer > 20_000


@pytest.mark.parametrize(("memory", "offered"), [
    (0, 10_000), (16_000, 2_000), (17_108, 1_446), (17_110, 0), (18_000, 0)])
def test_a_window_smaller_than_a_segment_is_shut(conn: StreamSocket, memory: int, offered: int) -> None:
    """__tcp_select_window, RFC 9293, 3.8.6.2.2: half of a buffer of 20,000 bytes is for data."""
    conn.receive_buffer, conn.ratio, conn.segment_size = 20_000, 128, 1_445
    conn.window_clamp = conn.slow_start = 10_000
    conn.receive_scale, conn.memory = 1, memory
    assert window.wanted(conn) == offered


def test_a_window_is_taken_back_only_where_the_host_may(conn: StreamSocket) -> None:
    """tcp_shrink_window: what is free is told as it is, in whole units of the scale."""
    conn.receive_buffer, conn.ratio, conn.segment_size, conn.receive_scale = 200_000, 128, 1_448, 7
    conn.window_clamp = conn.slow_start = conn.receive_window = 90_000
    conn.memory = 60_001
    assert window.select(conn) == -(-90_000 // 128)
    conn.namespace.write_sysctl("net.ipv4.tcp_shrink_window", 1)
    assert window.select(conn) == 69_999 // 128


@pytest.mark.parametrize(("defers", "sent"), [(1, (0, 1)), (0, (3, 3))])
def test_what_waited_for_the_program_is_acknowledged_once(defers: int, sent: tuple[int, int]) -> None:
    """tcp_backlog_ack_defer: three segments that came while a call went on; ACKs while it does, and once it is over."""
    net = Net(tcp_backlog_ack_defer=defers)
    listener = net.listen(net.right)
    left = net.connect(net.left, RIGHT)
    net.run(1)
    conn = listener.accept()
    assert conn is not None
    before, conn.owned = conn.counts.segments_out, True
    for index in range(3):
        segment = TcpSegment(left.port, 80, left.nxt + 1448 * index & MASK, conn.nxt, ACK, 100, b"", bytes(1448))
        process(conn, IPv4Packet(left.address, RIGHT, TCP, segment), segment)
    during = conn.counts.segments_out - before
    conn._run()
    assert (during, conn.counts.segments_out - before) == sent


def test_what_fills_a_nearly_shut_window_is_timed_by_itself() -> None:
    """tcp_write_wakeup: it is pushed, and its round trip begins when it leaves."""
    net = Net()
    net.listen(net.right)
    conn = net.connect(net.left, RIGHT)
    net.run(1)
    conn.send_window = 40
    conn.unsent.append(Chunk(conn.written))
    conn.unsent[0].data += bytes(100)
    assert output.fill_window(conn)
    assert conn.sent[-1].at == net.scheduler.clock
    assert conn.wire is not None
    assert (len(conn.wire.data), conn.wire.flags & PSH) == (40, PSH)


@pytest.mark.parametrize(("fin", "waits"), [(False, True), (True, False)])
def test_a_burst_waits_for_the_next_ack_though_the_window_would_take_it(conn: StreamSocket, fin: bool,
                                                                        waits: bool) -> None:
    """tcp_tso_should_defer: a tenth of the window is not worth a burst, unless nothing can come to it."""
    conn.congestion.window, conn.send_window, conn.round_trip.smoothed = 30, 60_000, 800
    conn.sent = [Sent(1448 * at, bytes(1448), ACK, 0) for at in range(27)]
    conn.nxt, conn.write_began = 1448 * 27, 60_000
    chunk = Chunk(conn.nxt)
    chunk.data += bytes(1944)
    chunk.fin = fin
    conn.unsent.append(chunk)
    assert burst._defers(conn, chunk, 1448) is waits


def test_what_waits_becomes_one_as_far_as_its_memory_goes(conn: StreamSocket) -> None:
    """tcp_add_backlog: 1408 bytes that left alone have a head of 2048, 128 bytes of which are free."""
    for start, size in ((0, 1408), (1408, 100), (1508, 28), (1536, 1)):
        segment = TcpSegment(1, 2, start, 0, ACK, 100, b"", bytes(size))
        _hold(conn, IPv4Packet(RIGHT, RIGHT, TCP, segment), segment)
    assert [(len(one.segment.data), one.merged, one.room) for one in conn.held] == [(1536, 3, 0), (1, 1, 63)]


def test_blocks_of_sack_join_and_the_newest_is_first(conn: StreamSocket) -> None:
    conn.has_sack = True
    for block in ((10, 20), (30, 40), (50, 60), (70, 80), (90, 95)):
        receive._add_sack(conn, *block)
    assert conn.sacks == [(90, 95), (70, 80), (50, 60), (30, 40)]
    receive._add_sack(conn, 60, 70)
    assert conn.sacks == [(50, 80), (90, 95), (30, 40)]
    receive._add_sack(conn, 41, 49)
    assert conn.sacks[0] == (41, 49)


def test_nothing_under_way_leaves_the_state_open(conn: StreamSocket) -> None:
    assert not any_again(conn)
    conn.recovery = Recovery.DISORDER
    keep_open(conn)
    assert conn.recovery is Recovery.OPEN


def test_states_and_resets_are_told() -> None:
    net = Net()
    conn = net.connect(net.left, RIGHT, 81)
    net.run(1)
    assert [(event.old, event.new) for event in net.events(TcpStateChanged)] == [
        ("CLOSE", "SYN_SENT"), ("SYN_SENT", "CLOSE")]
    assert [event.namespace for event in net.events(TcpResetSent)] == ["right"]
    assert conn.error == "ECONNREFUSED"
    assert not any(isinstance(one, TimeWait) for one in net.left.sockets.connections.values())


@pytest.mark.parametrize(("flags", "seconds", "is_late"), [
    (RST, 50, True), (RST, 61, False), (ACK, 61, True), (RST | ACK, 61, False)])
def test_a_minute_after_the_last_timestamp_a_reset_with_an_older_one_ends_the_wait(flags: int, seconds: int,
                                                                                   is_late: bool) -> None:
    """tcp_paws_reject, as Linux 6.18 and 6.12 answered; a late ACK had made the wait longer."""
    records: list[TimeWait] = []
    net = Net(lambda *_frame: [] if records else [0])  # the peer does not answer what the wait repeats
    Acceptor(net.listen(net.right))
    Stream(net.connect(net.left, RIGHT), Collector(b"question"))
    net.run(0.9)
    records += [one for one in net.left.sockets.connections.values() if isinstance(one, TimeWait)]
    record, = records
    stamp = of_data((record.recent - 1000, 0), ())
    for at, kind in ((30, ACK), (seconds, flags)):
        net.run((record.recent_at - net.scheduler.clock) / SECOND + at)
        late = TcpSegment(80, record.key[1], record.expected, record.nxt, kind, 100, stamp)
        verdict = take(record, IPv4Packet(record.key[2], record.key[0], TCP, b""), late)
    assert isinstance(verdict, Dropped) is is_late
    assert (record in net.left.sockets.connections.values()) is is_late


def test_who_closes_first_waits_and_may_use_the_pair_again_as_tcp_tw_reuse_says() -> None:
    net = Net()
    Acceptor(net.listen(net.right))
    Stream(net.connect(net.left, RIGHT), Collector(b"question"))
    net.run(0.9)
    record, = (one for one in net.left.sockets.connections.values() if isinstance(one, TimeWait))
    free: dict[tuple[int, bool], bool] = {}
    for mode in (0, 1, 2):
        net.left.write_sysctl("net.ipv4.tcp_tw_reuse", mode)
        free |= {(mode, is_loopback): reusable(record, False, is_loopback) for is_loopback in (False, True)}
    assert not any(free.values())
    assert reusable(record, True, False)
    net.run(1)
    for mode in (0, 1, 2):
        net.left.write_sysctl("net.ipv4.tcp_tw_reuse", mode)
        free |= {(mode, is_loopback): reusable(record, False, is_loopback) for is_loopback in (False, True)}
    assert {key for key, is_free in free.items() if is_free} == {(1, False), (1, True), (2, True)}


def test_both_that_close_at_once_wait() -> None:
    net = Net(steady)
    listener = net.listen(net.right)
    left = net.connect(net.left, RIGHT)
    net.run(1)
    right = listener.accept()
    assert right is not None
    left.close()
    right.close()
    net.run(1)
    assert [event.new for event in net.events(TcpStateChanged) if event.new == "CLOSING"] == ["CLOSING", "CLOSING"]
    assert all(isinstance(one, TimeWait) for end in (net.left, net.right) for one in end.sockets.connections.values())
    assert len(net.left.sockets.connections) == len(net.right.sockets.connections) == 1


def test_a_full_buffer_takes_nothing_while_an_earlier_call_goes_on() -> None:
    """A program that writes again before its last call is done gets no more than the buffer holds."""
    net = Net(steady)
    net.listen(net.right)
    conn = net.connect(net.left, RIGHT)
    net.run(1)
    assert conn.send(bytes(100_000)) == 46_336
    conn.owned = True
    assert conn.send(bytes(100_000)) == 0
