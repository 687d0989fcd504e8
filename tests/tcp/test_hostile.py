"""Hostile segments: nothing that can be put on a wire raises, each has a verdict, and a connection outlives them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import FrameReceived
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import ACK, RST, SYN, TcpSegment
from tests.tcp.net import LEFT, RIGHT, Net

NUMBERS = st.one_of(st.integers(0, 0xFFFFFFFF), st.integers(-3000, 3000))
"""Anything, or an offset from what is expected."""
SEGMENTS = st.tuples(NUMBERS, NUMBERS, st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=40),
                     st.binary(max_size=3000), st.booleans())


def deliver(net: Net, segment: TcpSegment) -> object:
    """A segment comes in by the right host's cable; its verdict."""
    packet = IPv4Packet(LEFT, RIGHT, TCP, segment, df=True)
    frame = Frame.parse(Frame(0x020000000002, 0x020000000001, ETH_P_IP, packet).wire())
    mark = net.trace.end
    net.scheduler.begin()
    net.scheduler.transmit((net.pair.right,), frame)
    net.scheduler.end()
    net.scheduler.run_while(lambda: not net.scheduler.is_idle)
    verdicts = [record.event.verdict for record in net.trace.since(mark) if isinstance(record.event, FrameReceived)
                and record.event.frame is frame]
    assert len(verdicts) == 1
    return verdicts[0]


@settings(max_examples=60, deadline=None)
@given(segments=st.lists(SEGMENTS, min_size=1, max_size=12), port=st.sampled_from([80, 80, 81]))
def test_no_segment_raises_and_each_has_a_verdict(segments: list[tuple[int, int, int, int, bytes, bytes, bool]],
                                                  port: int) -> None:
    net = Net()
    listener = net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    child = listener.accept()
    assert child is not None
    for seq, ack, flags, window, options, data, is_wrong in segments:
        segment = TcpSegment(client.port, port, (child.expected + seq) & 0xFFFFFFFF, (child.nxt + ack) & 0xFFFFFFFF,
                             flags, window, options + bytes(-len(options) % 4), data[:1400])
        if is_wrong:
            segment.checksum = segment.right_checksum(LEFT, RIGHT) ^ 1
        verdict = deliver(net, segment)
        assert isinstance(verdict, (Dropped, Outcome))
        if is_wrong:
            assert isinstance(verdict, Dropped)
            assert verdict.reason is DropReason.TCP_CSUM
    net.run(300)


def opened() -> tuple[Net, object]:
    net = Net()
    listener = net.listen(net.right)
    net.connect(net.left, RIGHT)
    net.run(0.1)
    return net, listener.accept()


def reason(net: Net, child: object, seq: int, ack: int, flags: int, data: bytes = b"") -> str:
    """The drop reason of a segment for the child, by its offsets; empty when it is taken."""
    segment = TcpSegment(child.peer_port, child.port, (child.expected + seq) & 0xFFFFFFFF,  # type: ignore[attr-defined]
                         (child.nxt + ack) & 0xFFFFFFFF, flags, 1000, b"", data)  # type: ignore[attr-defined]
    verdict = deliver(net, segment)
    return verdict.reason.name if isinstance(verdict, Dropped) else ""


def test_each_kind_of_nonsense_has_the_kernels_name() -> None:
    net, child = opened()
    found = [reason(net, child, *what) for what in (
        (0, 0, 0), (0, 0, SYN), (5, 0, RST), (200_000, 0, ACK, b"x"), (0, 5, ACK, b"x"), (0, 0, ACK, b"hello"),
        (-5, 0, ACK, b"hello"), (-20, 0, ACK, b"hello"))]
    assert found == ["TCP_FLAGS", "TCP_INVALID_SYN", "TCP_RESET", "TCP_INVALID_SEQUENCE", "TCP_ACK_UNSENT_DATA", "",
                     "TCP_OLD_DATA", "TCP_OLD_SEQUENCE"]
    assert child.recv(10) == b"hello"  # type: ignore[attr-defined]


def test_a_reset_in_its_place_ends_the_connection() -> None:
    net, child = opened()
    assert reason(net, child, 0, 0, RST) == ""
    assert not child.is_connected  # type: ignore[attr-defined]
    assert child.take_error() == "ECONNRESET"  # type: ignore[attr-defined]


def test_overlapping_data_is_read_once() -> None:
    net, child = opened()
    for seq, data in ((4, b"efgh"), (2, b"cdef"), (6, b"ghij"), (0, b"abc")):
        reason(net, child, seq, 0, ACK, data)
    assert child.recv(100) == b"abcdefghij"  # type: ignore[attr-defined]


def test_a_flood_of_syns_is_met_by_cookies_and_a_real_client_still_gets_in() -> None:
    net = Net()
    listener = net.listen(net.right, backlog=4)
    for port in range(1000, 1040):
        deliver(net, TcpSegment(port, 80, 1, 0, SYN, 1000))
    assert len(listener.requests) <= 5
    net.left.neighbours.flush_interface(net.pair.left, "by hand", keep_permanent=False)
    client = net.connect(net.left, RIGHT)
    net.run(0.5)
    child = listener.accept()
    assert child is not None
    assert client.is_connected
    client.send(b"still here")
    net.run(0.5)
    assert child.recv(100) == b"still here"


BLOCKS = st.lists(st.tuples(st.integers(-2000, 16_000), st.integers(-200, 4000)), min_size=1, max_size=4)
ANSWERS = st.tuples(st.integers(-2000, 16_000), BLOCKS, st.integers(0, 400), st.integers(0, 400))
"""An ACK's offset, its SACK blocks (offset and length), its window, and the milliseconds after it."""


@settings(max_examples=60, deadline=None)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=25), sack=st.integers(0, 1))
def test_whatever_acks_say_the_senders_counts_are_those_of_its_segments(
        answers: list[tuple[int, list[tuple[int, int]], int, int]], sack: int) -> None:
    net = Net(lambda number, _frame: [] if number > 2 else [0], tcp_sack=sack)
    listener = net.listen(net.right)
    client = net.connect(net.left, RIGHT)
    net.run(0.1)
    child = listener.accept()
    assert child is not None
    child.send(bytes(14_000))
    first = child.una
    for ack, blocks, window, pause in answers:
        options = b"\x01\x01\x05" + bytes((2 + 8 * len(blocks),)) + b"".join(
            ((first + start) & 0xFFFFFFFF).to_bytes(4, "big") + ((first + start + size) & 0xFFFFFFFF).to_bytes(4, "big")
            for start, size in blocks)
        deliver(net, TcpSegment(client.port, 80, child.expected, (first + ack) & 0xFFFFFFFF, ACK, window, options))
        net.run(pause / 1000)
        lost = sum(segment.lost for segment in child.sent)
        again = sum(segment.again for segment in child.sent)
        assert (child.lost_out, child.again_out) == (lost, again)
        assert not sack or child.sacked_out == sum(segment.sacked for segment in child.sent)
        assert 0 <= child.sacked_out <= len(child.sent)
        assert not any(segment.lost and segment.sacked for segment in child.sent)
        assert child.congestion.window > 0
