"""A flat copy of a web of objects: deep, circular, half filled; what never changes is shared."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.engine.snapshot import CopyError, Rules, Snapshot, Values
from netsandbox.engine.trace import Trace, kind_of

HERE = f"{__name__}."
RULES = Rules((HERE,), (f"{HERE}Fixed.",), (f"{HERE}Stranger.",))


class Colour(Enum):
    RED = 1


class Fixed:
    """Never changes."""


class Pair(NamedTuple):
    left: Any
    right: Any


class Link:
    """One of a chain; `other` is a slot that need not be filled, `extra` goes into a dictionary."""

    __slots__ = ("__dict__", "__secret", "name", "other")

    def __init__(self, name: str) -> None:
        self.name = name
        self.__secret = name.upper()

    @property
    def secret(self) -> str:
        return self.__secret

    def call(self, argument: int) -> tuple[str, int]:
        return self.name, argument


class Maker:
    """Makes a part when it is asked for."""

    __slots__ = ("made", "part")

    def __init__(self) -> None:
        self.made = 0

    def __getattr__(self, name: str) -> Any:
        if name != "part":
            raise AttributeError(name)
        self.made += 1
        self.part = ["made"]
        return self.part


class Knowing:
    """Remembers what it worked out."""

    __slots__ = ("known", "last", "number")
    caches: ClassVar = {"known": "{}", "last": "None"}

    def __init__(self, number: int) -> None:
        self.number = number
        self.known: dict[int, Link] = {0: Link("zero")}
        self.last: Link | None = self.known[0]


def copy(root: object) -> Any:
    return Snapshot(root, RULES).restore()


def test_what_is_worked_out_anew_is_not_copied() -> None:
    knowing = Knowing(7)
    snapshot = Snapshot(knowing, RULES)
    assert snapshot.size == 1
    first, second = snapshot.restore(), snapshot.restore()
    assert (first.number, first.known, first.last) == (7, {}, None)
    assert first.known is not second.known
    assert knowing.known


def test_a_long_chain_that_bites_its_tail_is_copied() -> None:
    links = [Link(str(number)) for number in range(20_000)]
    for link, following in zip(links, [*links[1:], links[0]], strict=True):
        link.other = following
    first = walker = copy(links[0])
    for link in links:
        assert (walker.name, walker.secret) == (link.name, link.secret)
        assert walker is not link
        walker = walker.other
    assert walker is first


def test_what_two_know_they_know_in_the_copy_as_well() -> None:
    one, other = Link("a"), Link("b")
    one.extra = other.extra = [one, other]
    copied, twin = copy((one, other))
    assert copied.extra is twin.extra
    assert copied.extra[0] is copied
    assert copied.extra[1] is twin
    one.extra.append(None)
    assert len(copied.extra) == 2


def test_slots_that_are_empty_stay_so_and_parts_are_not_made_by_looking() -> None:
    link = copy(Link("a"))
    assert not hasattr(link, "other")
    maker = Maker()
    copied = copy(maker)
    assert maker.made == 0
    assert copied.part == ["made"]
    assert maker.made == 0


def test_values_are_shared() -> None:
    fixed, pair = Fixed(), Pair(1, "x")
    link = Link("a")
    link.extra = [fixed, pair, Colour.RED, len, Fixed, int, Pair(link, fixed)]
    copied = copy(link)
    for before, after in zip(link.extra[:-1], copied.extra[:-1], strict=True):
        assert before is after
    assert isinstance(copied.extra[-1], Pair)
    assert copied.extra[-1].left is copied
    assert copied.extra[-1].right is fixed


def test_a_list_of_values_is_each_ones_own_and_known_to_all_of_its_own() -> None:
    link, fixed = Link("one"), Fixed()
    link.other = link.extra = Values([fixed, "text"])
    snapshot = Snapshot(link, RULES)
    link.other.append("later")
    copy = snapshot.restore()
    copy.other.append("there")
    assert copy.extra == [fixed, "text", "there"]
    assert link.extra == [fixed, "text", "later"]


def test_callbacks_are_those_of_the_copy() -> None:
    link, output = Link("a"), list[str]()
    link.extra = [link.call, partial(link.call, 5), output.append, output]
    copied = copy(link)
    link.name = "b"
    call, later, append, said = copied.extra
    assert call(3) == ("a", 3)
    assert later() == ("a", 5)
    append("hello")
    assert said == ["hello"]
    assert output == []


class Stranger:
    def ring(self) -> None:
        """Somebody else's."""


def test_what_is_not_the_copys_stays_outside() -> None:
    link, theirs, ours = Link("a"), Stranger(), Link("outside")
    link.extra = [theirs, theirs.ring, ours]
    snapshot = Snapshot(link, RULES, (ours,))
    other = Link("another")
    assert snapshot.restore((other,)).extra == [None, None, other]
    assert Snapshot(link, RULES, (ours, theirs)).restore((ours, theirs)).extra[0] is theirs


def _counter() -> Any:
    found: list[int] = []
    return lambda: found.append(1)


@pytest.mark.parametrize("thing", [_counter(), (number for number in range(3))])
def test_what_cannot_be_copied_is_refused(thing: Any) -> None:
    link = Link("a")
    link.extra = thing
    with pytest.raises(CopyError):
        copy(link)


def test_a_file_cannot_be_copied() -> None:
    link = Link("a")
    with open(__file__, encoding="utf-8") as file:
        link.extra = file
        with pytest.raises(CopyError):
            copy(link)


def test_a_function_that_knows_numbers_only_is_a_value() -> None:
    def adder(number: int) -> Any:
        return lambda more: number + more
    link = Link("a")
    link.extra = adder(3)
    assert copy(link).extra(4) == 7


class Heard(NamedTuple):
    receiver: Any
    frame: Any
    verdict: Any


@given(sizes=st.lists(st.lists(st.integers(0, 4), max_size=3), min_size=1, max_size=8), cut=st.integers(0, 8))
def test_a_trace_up_to_a_step_is_as_it_was_then(sizes: list[list[int]], cut: int) -> None:
    """Floods take one place in the list for all their records."""
    trace, marks = Trace(), []
    for at, groups in enumerate(sizes):
        marks.append((trace.end, trace.step_count, trace.digest()))
        trace.begin(at)
        for size in groups:
            trace.record(Pair(at, size))
            trace.record_alike(Heard, list(range(size)), 0, size, "frame", "verdict")
    end, steps, digest = marks[min(cut, len(marks) - 1)]
    early = trace.until(end, steps)
    assert (early.end, early.step_count, early.digest()) == (end, steps, digest)
    assert [record.seq for record in early.since(0)] == list(range(end))
    early.begin(99)
    early.record(Pair("more", 1))
    assert early.get(end).event == Pair("more", 1)  # type: ignore[union-attr]
    later = trace.branch()
    assert (later.end, later.step_count, list(later.since(0))) == (trace.end, trace.step_count, [])
    later.begin(5)
    later.record((Pair, 1, 2))
    assert kind_of(later.raw(trace.end)) is Pair
    assert later.get(trace.end - 1) is None
