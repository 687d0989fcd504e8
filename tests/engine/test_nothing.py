"""What is shared as long as it is empty never comes to hold anything, and one's own does not reach the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from netsandbox.commands.shell import Shell
from netsandbox.engine.nothing import NOTHING
from netsandbox.lab.copying import copied
from netsandbox.lab.lab import Lab


@pytest.mark.parametrize("fill", [
    lambda it: it.__setitem__("key", 1), lambda it: it.setdefault("key", 1), lambda it: it.update(key=1),
    lambda it: it.update({"key": 1}), lambda it: it.__ior__({"key": 1})])
def test_it_cannot_be_filled(fill: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError):
        fill(NOTHING)
    assert NOTHING == {}


def test_who_pings_knows_neighbours_and_the_others_still_share_nothing() -> None:
    lab = Lab()
    names = ("one", "two", "quiet")
    ends = {name: lab.add_container(name).namespace for name in names}
    session = Shell(lab)
    job = session.execute("ping one two")
    lab.scheduler.run_while(lambda: not job.is_done)
    known = {name: len(end.interfaces["eth0"].neighbours) for name, end in ends.items() if end is not None}
    assert known == {"one": 1, "two": 1, "quiet": 0}
    assert not NOTHING


def test_a_copy_has_what_it_learns_for_itself() -> None:
    lab = Lab()
    container = lab.add_container("one")
    twin = copied(lab).docker().containers["one"]
    assert container.namespace is not None
    assert twin.namespace is not None
    container.namespace.neighbours.ensure(container.namespace.interfaces["eth0"], 1)
    container.namespace.igmp.old_until["eth0"] = 1
    assert not twin.namespace.interfaces["eth0"].neighbours
    assert not twin.namespace.igmp.old_until
    assert twin.namespace.igmp is twin.namespace.igmp, "made once"
