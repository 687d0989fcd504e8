"""What one line may use: counted, stopped with one line of reason, and stopped at once when a person wants it."""

from __future__ import annotations

import pytest

from netsandbox.engine import budget
from netsandbox.engine.budget import Budget, OverBudgetError, Use


@pytest.mark.parametrize("use", Use)
def test_the_last_that_may_be_used_may_be_used(use: Use) -> None:
    line = Budget()
    line.spend(use, use.limit)
    assert (line.left(use), line.exceeded) == (0, "")
    with pytest.raises(OverBudgetError) as stopped:
        line.spend(use)
    assert str(stopped.value) == line.exceeded
    assert f"{use.limit:,}" in line.exceeded
    assert stopped.value.code == 1


@pytest.mark.parametrize("use", Use)
def test_what_is_held_does_not_add_up(use: Use) -> None:
    line = Budget()
    for _ in range(3):
        line.hold(use, use.limit)
    with pytest.raises(OverBudgetError):
        line.hold(use, use.limit + 1)


def test_a_line_that_was_stopped_does_nothing_more() -> None:
    line = Budget()
    with pytest.raises(OverBudgetError, match="more than 16 levels"):
        line.hold(Use.DEPTH, 17)
    with pytest.raises(OverBudgetError, match="more than 16 levels"):
        line.spend(Use.WORK)


def test_what_is_done_counts_on_the_innermost_line() -> None:
    outer, inner = Budget(), Budget()
    with budget.on(outer):
        with budget.on(inner):
            budget.spend(Use.WORK, 3)
        budget.spend(Use.WORK, 5)
    budget.spend(Use.WORK, 7)
    assert (outer.used[Use.WORK], inner.used[Use.WORK]) == (5, 3)


def test_a_person_stops_all_lines_at_work() -> None:
    outer, inner = Budget(), Budget()
    assert not budget.interrupt()
    with budget.on(outer), budget.on(inner):
        assert budget.interrupt()
    for line in (outer, inner):
        with pytest.raises(OverBudgetError, match="interrupted") as stopped:
            line.spend(Use.WORK)
        assert stopped.value.code == 130
