"""Timers that are cancelled leave nothing behind, however many there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.engine import scheduler as scheduling
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.timers import Timer
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import MILLISECOND


def test_a_million_pings_that_were_answered_keep_no_million_timers() -> None:
    scheduler = Scheduler(Trace(), tuple)
    kept = [scheduler.after(1_000 + number, lambda _argument: None) for number in range(10)]
    for _number in range(100_000):
        scheduler.cancel(scheduler.after(10_000_000_000, lambda _argument: None))
        assert len(scheduler.timers) <= 2 * scheduling.FEW
    scheduler.run_until(2_000)
    assert all(timer.callback is None for timer in kept)


def test_a_million_of_the_kernels_that_were_not_needed_are_not_kept_either() -> None:
    scheduler, rung = Scheduler(Trace(), tuple), list[int]()
    for number in range(10):
        scheduler.kernel_timer(number * MILLISECOND, rung.append, number)
    for number in range(100_000):
        scheduler.cancel(scheduler.kernel_timer(10_000_000_000 + number * MILLISECOND, rung.append, -1))
        assert sum(map(len, scheduler.wheel.slots.values())) <= 2 * scheduling.FEW
        assert len(scheduler.wheel.due) <= len(scheduler.wheel.slots) <= 2 * scheduling.FEW
    scheduler.run_until(200_000_000_000)
    assert sorted(rung) == list(range(10))
    assert scheduler.next_time() is None


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_others_fire_in_their_order(plan: list[tuple[int, bool, bool]]) -> None:
    """Each timer: its delay, whether it is the kernel's, whether it is cancelled."""
    def fired(few: int) -> list[int]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scheduling, "FEW", few)
            scheduler, done = Scheduler(Trace(), tuple), list[int]()
            timers: list[Timer] = []
            for number, (delay, is_kernels, _is_cancelled) in enumerate(plan):
                start = scheduler.kernel_timer if is_kernels else scheduler.after
                timers.append(start(delay * 4_000_000, done.append, number))
            for timer, (_delay, _is_kernels, is_cancelled) in zip(timers, plan, strict=True):
                if is_cancelled:
                    scheduler.cancel(timer)
            scheduler.run_while(lambda: True)
            return done
    assert fired(0) == fired(1_000)
    assert sorted(fired(0)) == [number for number, (_d, _k, is_cancelled) in enumerate(plan) if not is_cancelled]


def gone_off(scheduler: Scheduler, until: int) -> list[str]:
    """What goes off up to a time, of timers for 9, 10, 10 and 11 ms, and of two of the kernel's for one slot."""
    seen = list[str]()
    for when, name in ((10, "first"), (9, "before"), (10, "second"), (11, "after")):
        scheduler.after(when * MILLISECOND, seen.append, name)
    for name in ("armed first", "armed last"):
        scheduler.kernel_timer(20 * MILLISECOND, seen.append, name)
    scheduler.run_until(until)
    return seen


def test_timers_for_one_instant_go_off_as_they_were_set_and_the_kernels_the_other_way_round() -> None:
    assert gone_off(Scheduler(Trace(), tuple), 100 * MILLISECOND) == [
        "before", "first", "second", "after", "armed last", "armed first"]


def test_what_is_due_at_the_very_end_is_done_and_nothing_later() -> None:
    scheduler = Scheduler(Trace(), tuple)
    assert gone_off(scheduler, 10 * MILLISECOND) == ["before", "first", "second"]
    assert scheduler.now == 10 * MILLISECOND


def test_what_waits_for_the_same_time_is_compared_with_nothing_but_the_first() -> None:
    timers = Scheduler(Trace(), tuple).timers
    for _number in range(1_000):
        timers.put(0, 5, lambda _argument: None, None, 0, False)
    timers.put(0, 4, lambda _argument: None, None, 0, False)
    assert [when for when, _serial, _delay in timers.firsts] == [4, 5]
    assert len(timers) == 1_001


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30), st.integers(0, 12))
def test_those_that_were_put_aside_come_back_in_their_order(plan: list[tuple[int, bool]], meanwhile: int) -> None:
    """Each timer: its delay, and whether it is put aside; what was due meanwhile is due at once."""
    scheduler, rung = Scheduler(Trace(), tuple), list[int]()
    for number, (delay, _is_aside) in enumerate(plan):
        scheduler.after(delay, rung.append, number)
    is_aside = {number for number, (_delay, is_aside) in enumerate(plan) if is_aside}
    aside = scheduler.timers.put_aside(lambda timer: timer.argument in is_aside)
    assert [timer.argument for timer in aside if timer.argument not in is_aside] == []
    scheduler.run_until(meanwhile)
    early = [number for number, (delay, aside) in enumerate(plan) if not aside and delay <= meanwhile]
    assert rung == sorted(early, key=lambda number: plan[number][0])
    scheduler.timers.put_back(aside)
    scheduler.run_while(lambda: True)
    late = [number for number in range(len(plan)) if number not in early]
    assert rung[len(early):] == sorted(late, key=lambda number: plan[number][0])
