"""Steps read the same whether they are packed or fresh."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.engine import trace as trace_module
from netsandbox.engine.steps import MANY, NO_CAUSE, WIDTH, Steps
from netsandbox.engine.trace import QueueDropped, Storm, Trace, kind_of

NUMBERS = st.integers(0, (1 << 63) - 1)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.none() | NUMBERS), max_size=20), st.sets(st.integers(0, 20)))
def test_what_was_added_is_read_whenever_it_was_packed(added: list[tuple[int, int, int | None]],
                                                       packed_at: set[int]) -> None:
    steps, others = Steps(), Steps()
    for number, (first, at, cause) in enumerate(added):
        for one in (steps, others):
            one.fresh.extend((first, at, NO_CAUSE if cause is None else cause))
        if number in packed_at:
            steps.pack()
        assert len(steps) == number + 1
    assert steps == others
    assert [steps[number] for number in range(len(added))] == added
    half = len(added) // 2
    assert steps.part(half, len(added)) == others.part(half, len(added))
    assert steps.forget(half) == others.forget(half)
    assert list(steps) == added[half:]


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
