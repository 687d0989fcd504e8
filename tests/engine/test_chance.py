"""Chance: each name has a stream of its own, the same in each run."""

from __future__ import annotations

from netsandbox.engine.chance import Chance


def test_what_is_remembered_is_the_first_number_of_the_stream() -> None:
    for seed in (1, 2):
        chance = Chance(seed)
        for name in ("host/ts/1/2", "host/ts/2/1"):
            for _time in range(2):
                assert chance.lasting(name, 32) == chance.first(name, 32) == chance.stream(name).bits(32)


def test_another_seed_another_name_and_another_length_give_another_number() -> None:
    numbers = [Chance(seed).lasting(name, count) for seed in (1, 2) for name in ("a", "b") for count in (32, 40)]
    assert len(set(numbers)) == len(numbers)
