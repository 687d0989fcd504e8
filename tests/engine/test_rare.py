"""A field that few objects fill takes no room in the others."""

from __future__ import annotations

from typing import Any

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare


class Thing:
    __slots__ = ("rare",)

    name = Rare("usual")
    table: Rare[dict[str, int]] = Rare(NOTHING)

    def __init__(self) -> None:
        self.rare: dict[str, Any] = NOTHING


def test_what_is_as_usual_again_takes_no_room() -> None:
    thing = Thing()
    assert (thing.name, thing.table) == ("usual", NOTHING)
    thing.name = "own"
    assert (thing.name, Thing().name) == ("own", "usual")
    thing.name = "usual"
    assert thing.rare is NOTHING


def test_an_empty_dictionary_is_kept_to_be_filled_and_nothing_gives_it_up() -> None:
    thing = Thing()
    thing.table = {}
    thing.table["a"] = 1
    assert thing.table == {"a": 1}
    thing.table = NOTHING
    assert thing.rare is NOTHING
