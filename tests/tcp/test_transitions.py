"""Single steps of a sender and a receiver: each condition of the kernel's functions on both of its sides."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.tcp import timers
from netsandbox.linux.tcp.control import ecn, recovery, undo
from netsandbox.linux.tcp.receiving import receive
from netsandbox.linux.tcp.sending import burst, resend
from netsandbox.linux.tcp.state import ATO_MIN, Recovery, Sent
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import ACK, CWR, ECE, TcpSegment
from tests.tcp.net import PROCESS, Net

FIFTH = 200 * MILLISECOND
MS = MILLISECOND


@pytest.fixture
def conn() -> StreamSocket:
    return StreamSocket(Net().left, PROCESS)


@pytest.mark.parametrize(("retries", "first", "wanted"), [
    (0, FIFTH, FIFTH), (3, FIFTH, 3 * SECOND), (9, FIFTH, 204_600 * MS), (10, FIFTH, 324_600 * MS),
    (15, FIFTH, 924_600 * MS), (6, SECOND, 127 * SECOND), (7, SECOND, 247 * SECOND)])
def test_so_many_retries_take_so_long(retries: int, first: int, wanted: int) -> None:
    """tcp_model_timeout: each twice as long as the one before, and none more than two minutes."""
    assert timers.patience(retries, first) == wanted


@pytest.mark.parametrize(("before", "gap", "ato", "quick"), [
    (0, SECOND, ATO_MIN, True), (100 * MS, ATO_MIN // 2, 50 * MS + ATO_MIN // 2, False),
    (100 * MS, ATO_MIN // 2 + 1, 50 * MS + ATO_MIN // 2 + 1, False), (100 * MS, 99 * MS, 149 * MS, False),
    (100 * MS, 100 * MS, 100 * MS, False), (100 * MS, SECOND, 100 * MS, False),
    (100 * MS, SECOND + 1, 100 * MS, True), (SECOND + 200 * MS, SECOND, SECOND, False)])
def test_an_ack_waits_as_long_as_data_usually_takes_to_come(conn: StreamSocket, before: int, gap: int, ato: int,
                                                           quick: bool) -> None:
    """tcp_event_data_recv, with a retransmission timeout of a second."""
    conn.ato, conn.quick, conn.round_trip.timeout = before, 0, SECOND
    conn.receive_window = conn.window_clamp = conn.slow_start = 40_000
    conn.received_at = conn.namespace.scheduler.now - gap
    receive._note_data(conn, TcpSegment(1, 2, 0, 0, ACK, 0, b"", bytes(1000)), 2304)
    assert (conn.ato, conn.quick > 1) == (ato, quick)


def _under_way(conn: StreamSocket, count: int = 10) -> None:
    conn.sent = [Sent(1000 * at, bytes(1000), ACK, 0) for at in range(count)]
    conn.una, conn.nxt, conn.high_seq = 0, 1000 * count, 1000 * count
    conn.has_sack = True
    conn.congestion.window, conn.congestion.threshold = 20, 30


@pytest.mark.parametrize(("state", "retries", "high", "shrinks"), [
    (Recovery.OPEN, 0, 10_000, True), (Recovery.DISORDER, 1, 10_000, True), (Recovery.LOSS, 0, 10_000, True),
    (Recovery.LOSS, 1, 10_000, False), (Recovery.LOSS, 1, 0, True), (Recovery.RECOVERY, 1, 10_000, False)])
def test_a_timeout_shrinks_the_threshold_once_for_what_was_under_way(conn: StreamSocket, state: Recovery, retries: int,
                                                                     high: int, shrinks: bool) -> None:
    """tcp_enter_loss."""
    _under_way(conn)
    conn.recovery, conn.retries, conn.high_seq = state, retries, high
    recovery.enter_loss(conn)
    assert (conn.congestion.threshold < 30, conn.recovery, conn.high_seq) == (shrinks, Recovery.LOSS, 10_000)
    assert conn.congestion.window == 1


@pytest.mark.parametrize(("state", "sysctl", "retries", "forward"), [
    (Recovery.OPEN, 2, 0, True), (Recovery.LOSS, 2, 1, True), (Recovery.RECOVERY, 2, 0, False),
    (Recovery.OPEN, 0, 0, False)])
def test_new_data_may_tell_whether_anything_was_lost(state: Recovery, sysctl: int, retries: int, forward: bool) -> None:
    """F-RTO (RFC 5682): not where losses were being mended, and not with tcp_frto 0."""
    conn = StreamSocket(Net(tcp_frto=sysctl).left, PROCESS)
    _under_way(conn)
    conn.recovery, conn.retries = state, retries
    recovery.enter_loss(conn)
    assert conn.forward is forward


@pytest.mark.parametrize(("begun", "prior", "window", "threshold"), [
    (3, 0, 3, 5), (3, 4, 10, 5), (3, 8, 10, 8), (12, 8, 12, 8)])
def test_what_was_given_up_for_nothing_comes_back(conn: StreamSocket, begun: int, prior: int, window: int,
                                                 threshold: int) -> None:
    """tcp_undo_cwnd_reduction: and the peer need not hear that we slowed down."""
    state = conn.congestion
    state.window, state.prior, state.threshold, state.prior_threshold = begun, 10, 5, prior
    conn.ecn = ecn.AGREED | ecn.OWES_CWR
    undo.reduction(conn, False)
    assert (state.window, state.threshold, bool(conn.ecn & ecn.OWES_CWR)) == (window, threshold, prior <= 5)


def test_only_what_is_too_large_and_has_not_arrived_is_cut(conn: StreamSocket) -> None:
    """tcp_simple_retransmit."""
    _under_way(conn, 3)
    conn.sent[1].sacked = True
    conn.sent[2].data = bytes(500)
    assert resend.cut_anew(conn, 500)
    assert [(len(one.data), one.lost) for one in conn.sent] == [(500, True), (500, True), (1000, False), (500, False)]
    assert not resend.cut_anew(conn, 500)


@pytest.mark.parametrize(("had", "flags", "tos", "size", "flags_after", "hurries", "at_once"), [
    (0, ACK, 2, 9, ecn.SEEN, False, False), (0, ACK, 3, 9, ecn.SEEN | ecn.DEMANDS_CWR, True, False),
    (ecn.SEEN | ecn.DEMANDS_CWR, ACK, 3, 9, ecn.SEEN | ecn.DEMANDS_CWR, False, False),
    (ecn.SEEN | ecn.DEMANDS_CWR, ACK | CWR, 2, 9, ecn.SEEN, False, True),
    (ecn.SEEN, ACK, 0, 9, ecn.SEEN, True, False), (0, ACK, 0, 9, 0, False, False),
    (0, ACK | ECE, 3, 0, 0, False, False)])
def test_marks_are_told_until_the_peer_slows_down(conn: StreamSocket, had: int, flags: int, tos: int, size: int,
                                                  flags_after: int, hurries: bool, at_once: bool) -> None:
    """tcp_ecn_accept_cwr, tcp_data_ecn_check."""
    conn.ecn = ecn.AGREED | had
    segment = TcpSegment(1, 2, 0, 0, flags, 0, b"", bytes(size))
    packet = IPv4Packet(1, 2, TCP, segment, tos=tos)
    assert ecn.look(conn, packet.tos, segment) is hurries
    assert (conn.ecn & ~ecn.AGREED, conn.ack_now) == (flags_after, at_once)


@pytest.mark.parametrize(("mss", "count"), [(1448, 45), (32_000, 2), (40_000, 1), (65_483, 1)])
def test_what_leaves_as_one_fits_into_a_packet(conn: StreamSocket, mss: int, count: int) -> None:
    """tcp_tso_autosize of a short way: over `lo`, one segment is as much as a packet holds."""
    assert burst.most_in_burst(conn, mss) == count
