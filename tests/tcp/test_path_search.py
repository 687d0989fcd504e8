"""The search for a path's MTU (RFC 4821): when a probe leaves, and what it tells."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.linux.tcp.sending import path_search
from netsandbox.linux.tcp.state import Recovery
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.ethernet import Frame
from tests.tcp.net import RIGHT, Net


def _connected(**settings: int) -> StreamSocket:
    net = Net(tcp_mtu_probing=2, **settings)
    net.listen(net.right)
    conn = net.connect(net.left, RIGHT)
    net.run(0.1)
    conn.congestion.window, conn.written = 20, conn.written + 60_000
    return conn


def test_a_probe_is_halfway_between_what_is_sure_and_what_is_hoped_for() -> None:
    conn = _connected()
    assert (conn.path_search.low, conn.path_search.high, conn.mss) == (1076, 1500, 1024)
    assert path_search.size_of_probe(conn) == (1076 + 1500) // 2 - 52


@pytest.mark.parametrize("name", ["window", "recovery", "sacks", "under way", "too little", "shut", "near enough"])
def test_there_is_none_where_it_would_tell_nothing(name: str) -> None:
    conn = _connected(tcp_probe_threshold=424 if name != "near enough" else 425)
    if name == "window":
        conn.congestion.window = 10
    elif name == "recovery":
        conn.recovery = Recovery.DISORDER
    elif name == "sacks":
        conn.sacks = [(1, 2)]
    elif name == "under way":
        conn.path_search.size = 1288
    elif name == "too little":
        conn.written = conn.nxt + 1236 + 4 * 1024 - 1
    elif name == "shut":
        conn.send_window = 1236 + 4 * 1024 - 1
    assert path_search.size_of_probe(conn) == -1


def test_one_that_the_window_will_take_is_waited_for() -> None:
    conn = _connected()
    conn.nxt += conn.send_window - 5000
    conn.written = conn.nxt + 60_000
    assert path_search.size_of_probe(conn) == 0


def test_the_search_begins_again_after_a_while() -> None:
    conn = _connected(tcp_probe_interval=5)
    search = conn.path_search
    search.low, search.high = 1300, 1304
    assert path_search.size_of_probe(conn) == -1
    assert search.high == 1304
    search.began -= 5 * SECOND
    assert path_search.size_of_probe(conn) == -1
    assert (search.low, search.high) == (1076, 1500)


def _transfer(most: int) -> tuple[StreamSocket, list[int]]:
    """How large each new segment is over a path that eats what is larger."""
    sizes: list[int] = []

    def fate(_number: int, frame: Frame) -> list[int]:
        size = len(frame.encode())
        sizes.append(size)
        return [1000] if size - 14 <= most else []
    net = Net(fate, tcp_mtu_probing=2)
    listener = net.listen(net.right)
    conn = net.connect(net.left, RIGHT)
    net.run(0.1)
    for _ in range(12):
        conn.send(bytes(16_000))
        net.run(0.05)
        listener.accepted[0].received.clear()
    return conn, sizes


def test_segments_grow_to_what_the_path_takes() -> None:
    conn, sizes = _transfer(1500)
    assert 1480 < conn.path_search.low <= 1500
    assert conn.mss > 1420
    assert conn.congestion.prior == 0  # nothing was lost
    assert sizes


def test_a_probe_that_is_lost_does_not_shrink_the_window() -> None:
    conn, _sizes = _transfer(1280)
    search = conn.path_search
    assert search.low <= 1280 < search.high + 8
    assert search.high < 1288
    assert conn.congestion.threshold > 1 << 20
    assert conn.recovery is Recovery.OPEN
