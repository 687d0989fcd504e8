"""Steps read the same whether they are packed or fresh."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.engine import steps as steps_module
from netsandbox.engine import trace as trace_module
from netsandbox.engine.steps import MANY, NO_CAUSE, WIDTH, Steps
from netsandbox.engine.trace import QueueDropped, Storm, Trace, kind_of

NUMBERS = st.integers(0, (1 << 63) - 1)


ADDED = st.lists(st.tuples(NUMBERS, NUMBERS, st.none() | NUMBERS), max_size=20)


@pytest.fixture(autouse=True, scope="module")
def two_steps_to_a_chunk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps_module, "CHUNK", 2)
        patch.setattr(steps_module, "MANY", 2 * WIDTH)
        yield


def steps_of(added: list[tuple[int, int, int | None]], packed_at: Collection[int] = ()) -> Steps:
    steps = Steps()
    for number, (first, at, cause) in enumerate(added):
        steps.fresh.extend((first, at, NO_CAUSE if cause is None else cause))
        if number in packed_at:
            steps.pack()
        assert len(steps) == number + 1
    return steps


@given(ADDED, st.sets(st.integers(0, 20)), st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_what_was_added_is_read_whenever_it_was_packed(added: list[tuple[int, int, int | None]], packed_at: set[int],
                                                       places: list[int]) -> None:
    steps, others = steps_of(added, packed_at), steps_of(added)
    assert steps == others
    assert list(steps) == added
    first, second, start, stop = sorted(min(place, len(added)) for place in places)
    assert list(steps.part(start, stop)) == added[start:stop]
    for gone, behind in ((first, first), (second - first, second)):
        assert steps.forget(gone) == others.forget(gone)
        assert list(steps) == list(others) == added[behind:]
    assert list(steps.part(start - second, stop - second)) == added[start:stop]
    steps.fresh.extend((1, 2, 3))
    assert list(steps) == [*added[second:], (1, 2, 3)]


@given(st.lists(st.integers(0, 30), max_size=20).map(sorted), st.integers(0, 30), st.integers(0, 5), st.integers(0, 20))
def test_steps_from_a_record_on_make_earlier_ones_and_who_shares_them_does_not_see_it(
        firsts: list[int], first: int, fewer: int, gone: int) -> None:
    steps = steps_of([(number, 0, None) for number in firsts], set(range(20)))
    steps.forget(min(gone, len(firsts)))
    kept = firsts[gone:]
    shared = steps.part(0, len(steps))
    assert [steps.with_record(seq) for seq in kept] == [max(0, bisect_right(kept, seq) - 1) for seq in kept]
    steps.renumber(first, fewer)
    assert [step[0] for step in steps] == [number - fewer if number >= first else number for number in kept]
    assert [step[0] for step in shared] == kept


def test_a_trace_keeps_few_steps_that_are_not_packed() -> None:
    trace = Trace()
    for number in range(3 * MANY):
        assert trace.begin(number) == number
        assert len(trace.steps.fresh) <= MANY + WIDTH


@pytest.mark.parametrize("cap", [1_000_000, 40])
def test_records_of_some_classes_are_found_from_the_newest_on(cap: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "BLOCK", 7)
    trace = Trace(cap)
    for number in range(30):
        trace.begin(number)
        trace.record((Storm, number))
        trace.record(QueueDropped(number))
        if number % 3 == 0:
            trace.record_alike(int, ["a", "b", "c"], 0, 3, "frame", "verdict")
        if trace.is_full:
            trace.trim()
    kinds = (Storm, QueueDropped)
    for end in range(trace.end + 2):
        every = [(seq, raw) for seq, raw in trace.back(end) if kind_of(raw) in kinds]
        assert list(trace.back_to(end, kinds)) == every
        few = [(seq, raw) for seq, raw in islice(trace.back(end), 10) if kind_of(raw) in kinds]
        assert list(trace.back_to(end, kinds, 10)) == few
