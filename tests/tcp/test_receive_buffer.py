"""How the receiver's buffer and window follow what comes and what is read, as Linux 6.18 was seen to do it."""

from __future__ import annotations

from typing import Any

import pytest

from netsandbox.linux.tcp.receiving import receive_trip, window
from netsandbox.linux.tcp.sending.buffers import Buffer, Early
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.rig.performance import simulate
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import SYN, TcpSegment
from tests.tcp.net import PROCESS, Net

KERNEL_SAW = ("1449/532 2897/555 4345/577 5793/595 7241/584 8689/573 10137/562 11585/551 13033/540 14481/529 15929/618 "
              "17377/618 18825/607 20273/596 21721/585 23169/574 24617/563 26065/552 27513/541 28961/530 30409/629 "
              "57921/629 86881/629 115841/629 115842/629")


def test_windows_and_acknowledgements_of_bursts_are_those_that_the_kernel_gave() -> None:
    """ack/window of each segment of a server that reads all, sent five bursts with pauses of 0.1 s."""
    sends = [step for size in (14480, 14480, 28960, 28960, 28960) for step in (["send_n", size], ["sleep", 0.1])]
    lab: dict[str, Any] = {
        "name": "bursts", "links": [["a:eth0", "b:eth0"]], "frame_cap": 2000,
        "nodes": {name: {"ifaces": {"eth0": {"mac": f"02:00:00:00:00:0{number}", "ip": [f"10.1.0.{number}/24"]}}}
                  for number, name in enumerate("ab", 1)},
        "actions": [
            {"do": "tcp_serve", "in": "b", "port": 80, "script": [["recv_eof"], ["close"]]},
            {"do": "tcp_client", "in": "a", "to": "10.1.0.2", "port": 80, "sport": 40000,
             "script": [*sends[:-1], ["close"]]}, {"do": "wait", "for": 0.5}]}
    packets = [Frame.parse(bytes.fromhex(frame["hex"])).payload
               for frame in simulate(lab)["frames"]["b:eth0"] if frame["dir"] == "out"]
    segments = [packet.payload for packet in packets
                if isinstance(packet, IPv4Packet) and isinstance(packet.payload, TcpSegment)]
    first = segments[0].ack - 1
    assert segments[0].flags & SYN
    said = [f"{(one.ack - first) & 0xFFFFFFFF}/{one.window}" for one in segments[1:]]
    assert list(dict.fromkeys(said)) == KERNEL_SAW.split()


@pytest.fixture
def conn() -> StreamSocket:
    return StreamSocket(Net().left, PROCESS)


def test_the_shortest_round_trip_counts_and_longer_ones_only_while_nothing_waits(conn: StreamSocket) -> None:
    scheduler = conn.namespace.scheduler
    scheduler.run_until(50_000_000)
    conn.segment_size, conn.receive_window = 1000, 3000

    def stamped(milliseconds_ago: int, size: int) -> int:
        conn.echoed_stamp = scheduler.clock // 1_000_000 + conn.stamp_offset - milliseconds_ago
        receive_trip.by_stamp(conn, size)
        return conn.receive_trip >> 3

    assert stamped(0, 1000) == 0
    assert stamped(8, 999) == 0
    assert stamped(8, 1000) == 0  # the same echo tells nothing new
    assert stamped(7, 1000) == 7_000
    conn.expected = 5
    assert stamped(15, 1000) == 7_000
    conn.copied = 5
    assert stamped(16, 1000) == 7_000 - 7_000 // 8 + 16_000 // 8
    receive_trip.by_window(conn)
    conn.expected += 2999
    scheduler.run_until(51_000_000)
    receive_trip.by_window(conn)
    assert conn.receive_trip >> 3 == 8_125
    conn.expected += 1
    receive_trip.by_window(conn)
    assert conn.receive_trip >> 3 == 1_000


@pytest.mark.parametrize(("unread", "moderate", "early", "buffer"), [
    (0, 1, 0, 26_880), (0, 0, 0, 20_000), (1000, 1, 0, 20_000), (0, 1, 5_000, 36_880)])
def test_what_is_read_in_a_round_trip_says_how_large_the_buffer_is(
        conn: StreamSocket, unread: int, moderate: int, early: int, buffer: int) -> None:
    conn.namespace.write_sysctl("net.ipv4.tcp_moderate_rcvbuf", moderate)
    conn.namespace.scheduler.run_until(9_999_999)
    conn.receive_trip, conn.receive_buffer, conn.ratio, conn.space, conn.space_seq = 10_000 << 3, 20_000, 128, 4_000, 0
    conn.copied, conn.expected = 4_800, 4_800 + unread
    conn.early = [Early(conn.expected, conn.expected + early, False, Buffer(b"", 0, 0))] if early else []
    window.adjust_space(conn)
    assert (conn.space, conn.receive_buffer) == (4_000, 20_000)  # too early
    conn.namespace.scheduler.run_until(10_000_000)
    window.adjust_space(conn)
    # twice what was read, and as much again as the sender may have doubled: 9600 + 2 * 9600 * 800 / 4000, of 128/256
    assert conn.receive_buffer == buffer
    assert conn.space == (4_000 if unread else 4_800)
    assert conn.space_seq == 4_800
