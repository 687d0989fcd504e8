"""A view of a roll is what a tuple made then would be, whatever comes or goes later; and the least of many numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.linux.bridge.roll import Newest, Roll
from netsandbox.linux.bridge.tally import Tally


class Thing(int):
    """Something that records have a place for."""

    @property
    def place(self) -> Any:
        return f"#{self}"


@given(size=st.integers(0, 6), left_out=st.integers(0, 8), later=st.integers(0, 3), gone=st.integers(0, 6))
def test_a_view_is_the_tuple_of_that_moment(size: int, left_out: int, later: int, gone: int) -> None:
    roll = Roll(map(Thing, range(size)))
    view = Newest(roll, Thing(left_out))
    called = view.called
    wanted = tuple(item for item in reversed(range(size)) if item != left_out)
    for item in range(later):
        roll.add(Thing(100 + item))
    assert view.shows_all(roll) is (later == 0)
    for item in roll.items:
        roll.call_anew(item)
    assert tuple(called) == tuple(item.place for item in view) == tuple(view.called)
    shorter = roll.without((Thing(gone),))
    assert not view.shows_all(shorter)
    assert tuple(view) == wanted == view[:]
    assert len(view) == len(wanted)
    assert [view[index] for index in range(len(wanted))] == list(wanted)
    assert [view[index - len(wanted)] for index in range(len(wanted))] == list(wanted)
    assert [view.find(Thing(item)) for item in wanted] == list(range(len(wanted)))
    for absent in (left_out, 100, size):
        assert absent in wanted or view.find(Thing(absent)) is None
    assert list(Newest(shorter)) == [item for item in reversed(roll.items) if item != gone]


@pytest.mark.parametrize("index", [2, -3])
def test_what_is_not_in_a_view_cannot_be_had(index: int) -> None:
    with pytest.raises(IndexError):
        Newest(Roll(map(Thing, range(3))), Thing(1))[index]


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 4)), max_size=20))
def test_the_least_is_that_of_those_who_are_left(steps: list[tuple[int, int | None]]) -> None:
    tally, known = Tally(), dict[int, int]()
    for owner, number in steps:
        if number is None:
            tally.drop(owner)
            known.pop(owner, None)
        else:
            tally.put(owner, number)
            known[owner] = number
        assert tally.least(99) == min(known.values(), default=99)


def test_a_view_that_was_given_away_shows_what_things_were_called_then() -> None:
    class Renamed:
        place: Any = "eth0"
    thing = Renamed()
    roll = Roll([thing])
    before = Newest(roll).called
    thing.place = "lan0"
    roll.call_anew(thing)
    assert (list(before), list(Newest(roll).called)) == (["eth0"], ["lan0"])
