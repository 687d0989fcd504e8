"""What TCP reckons with, function by function: round trips and their timeout, sequence numbers, windows, congestion."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.tcp.control.congestion import Congestion
from netsandbox.linux.tcp.control.rtt import RTO_MAX, RoundTrip
from netsandbox.wire import sequence


@pytest.mark.parametrize(("samples", "milliseconds"), [
    ((50,), 204),
    ((100_042,), 304),  # a lab with 50 ms each way on Linux 6.12: the probe of a tail leaves with this
    ((100_000, 100_000), 300), ((4_000,), 204), ((3_999,), 204), ((10_000, 400_000), 464)])
def test_the_timeout_is_in_whole_ticks_and_at_least_a_fifth_of_a_second_above_the_round_trip(
        samples: tuple[int, ...], milliseconds: int) -> None:
    trip = RoundTrip()
    for number, sample in enumerate(samples):
        trip.sample(sample, number, number + 10)
    assert trip.timeout == milliseconds * MILLISECOND
    trip.back_off()
    assert trip.timeout == 2 * milliseconds * MILLISECOND
    for _ in range(20):
        trip.back_off()
    assert trip.timeout == RTO_MAX


@pytest.mark.parametrize("base", [0, 7, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_sequence_numbers_wrap(base: int) -> None:
    def at(gap: int) -> int:
        return (base + gap) & sequence.MASK

    for gap in (1, 1000, 0x7FFFFFFF):
        assert sequence.before(base, at(gap))
        assert sequence.after(at(gap), base)
        assert not sequence.after(base, at(gap))
        assert not sequence.before(at(gap), base)
        assert sequence.distance(at(gap), base) == gap == -sequence.distance(base, at(gap))
    assert sequence.before(base, at(0x80000000))  # __s32: what is as far either way is before
    assert sequence.after(base, at(0x80000000))
    assert not sequence.before(base, base)
    assert not sequence.after(base, base)
    assert [sequence.between(at(number), at(3), at(5)) for number in range(2, 7)] == [False, True, True, True, False]


def test_reno_and_cubic_grow_and_shrink_as_their_rfcs_say() -> None:
    windows: dict[str, list[int]] = {}
    for algorithm in ("reno", "cubic"):
        state = Congestion(algorithm)
        state.window, state.limited = 100, True
        state.shrink()
        windows[algorithm] = [state.threshold]
        state.window = state.threshold
        for trip in range(60):
            state.grow(state.window, trip * 100 * MILLISECOND)
            windows[algorithm].append(state.window)
    reno, cubic = windows["reno"], windows["cubic"]
    assert reno == list(range(50, 111))  # half, and one more with each round trip (RFC 5681, 3.1)
    assert cubic[0] == 70  # 717/1024 (RFC 9438, 4.6)
    flat = round((30 / 0.4) ** (1 / 3) * SECOND / (100 * MILLISECOND))  # K, in round trips
    assert abs(cubic[flat] - 100) <= 2
    assert cubic[1] - cubic[0] > cubic[flat] - cubic[flat - 1]
    assert cubic[60] in (102, 103)  # 100 + 0.4 (6.0 - K)^3
    for algorithm in windows:
        small = Congestion(algorithm)
        small.window = 3
        small.shrink()
        assert small.threshold == 2
