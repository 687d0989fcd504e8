"""CUBIC's curve and its way out of slow start, step by step."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.linux.tcp.control import hystart
from netsandbox.linux.tcp.control.congestion import NEVER, Congestion
from netsandbox.linux.tcp.control.cubic import Cubic, cube_root
from netsandbox.linux.tcp.stream import StreamSocket
from tests.tcp.net import PROCESS, RIGHT, Net, steady


@pytest.mark.parametrize("root", [0, 1, 2, 3, 10, 1023, 1024, 99_999])
def test_a_cube_root_is_whole(root: int) -> None:
    assert cube_root(root ** 3) == root
    assert root < 2 or cube_root(root ** 3 - 1) == root - 1


def test_two_losses_soon_after_each_other_lower_what_the_curve_goes_for() -> None:
    cubic = Cubic()
    assert (cubic.shrink(100), cubic.largest) == (70, 100)
    assert (cubic.shrink(80), cubic.largest) == (56, 80 * 1741 // 2048)
    assert (cubic.shrink(2), cubic.shrink(1)) == (2, 2)


@pytest.mark.parametrize(("seconds", "window"), [(0.1, 71), (1.0, 87), (4.2, 100), (7.0, 109)])
def test_the_curve_is_flat_at_the_window_of_the_loss(seconds: float, window: int) -> None:
    """RFC 9438, 4.2: W(t) = C (t - K)^3 + W_max, where K is 4.2 s for a loss at a hundred segments."""
    cubic = Cubic()
    cubic.least = 100_000
    state = Congestion("cubic")
    state.cubic, state.window, state.limited = cubic, 100, True
    state.shrink()
    state.window = state.threshold
    now = 0
    while now < seconds * SECOND:
        state.grow(state.window, now)
        now += 100 * MILLISECOND
    assert abs(state.window - window) <= 2


def test_time_without_data_is_none_of_the_curve() -> None:
    cubic = Cubic()
    cubic.epoch = 1000
    cubic.skip(4 * SECOND, 6 * SECOND)
    assert cubic.epoch == 1500
    cubic.skip(6 * SECOND, 6 * SECOND)
    assert cubic.epoch == 1500


@pytest.fixture
def conn() -> StreamSocket:
    found = StreamSocket(Net().left, PROCESS)
    found.congestion.window, found.congestion.threshold = 16, NEVER
    return found


def _cubic(conn: StreamSocket) -> Cubic:
    cubic = conn.congestion.cubic
    assert cubic is not None
    hystart.begin(conn, cubic)
    cubic.round_end = 1 << 30
    return cubic


@pytest.mark.parametrize(("window", "later", "leaves"), [(16, 4001, True), (15, 4001, False), (16, 4000, False)])
def test_slow_start_ends_when_round_trips_have_become_longer(conn: StreamSocket, window: int, later: int,
                                                             leaves: bool) -> None:
    cubic = _cubic(conn)
    cubic.last_ack = -1 << 40  # no train
    hystart.take(conn, cubic, 10_000)
    cubic.trip = None
    conn.congestion.window = window
    for _ in range(hystart.SAMPLES + 1):
        hystart.take(conn, cubic, 10_000 + later)
    assert cubic.has_left is leaves
    assert conn.congestion.threshold == (window if leaves else NEVER)


@pytest.mark.parametrize(("gap", "passed", "leaves"), [(2000, 5501, True), (2000, 5500, False), (2001, 9000, False)])
def test_slow_start_ends_when_a_train_of_acks_lasts_half_a_round_trip(conn: StreamSocket, gap: int, passed: int,
                                                                      leaves: bool) -> None:
    """Half of ten milliseconds and of the one that a burst is allowed."""
    cubic = _cubic(conn)
    cubic.least = 10_000
    conn.round_trip.smoothed = 10_000 << 3
    now = conn.namespace.scheduler.clock // MICROSECOND
    cubic.round_began, cubic.last_ack = now - passed, now - gap
    hystart.take(conn, cubic, 10_000)
    assert cubic.has_left is leaves


def test_a_transfer_over_a_long_way_leaves_slow_start_without_a_loss() -> None:
    net = Net(steady, tcp_rmem="4096 6291456 6291456", tcp_wmem="4096 4194304 4194304")
    net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    client.send(bytes(400_000))
    net.run(2)
    assert client.congestion.threshold == NEVER  # a cable with nothing but length is never full
    assert not client.retransmitted
