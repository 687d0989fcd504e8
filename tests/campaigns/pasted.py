"""What people paste: lines of the scenarios and of tutorials, as they stand there or with a slip in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SLIPS = 2
"""The most slips in a line."""


def _in(value: object) -> Iterator[str]:
    """The lines of a part of a file: a text, a map with `run` or `line`, or a list of these."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _in(value.get("run") or value.get("line"))
    elif isinstance(value, list):
        for item in value:
            yield from _in(item)


@cache
def corpus() -> list[str]:
    """All of them, each once."""
    found: set[str] = set()
    for path in (*ROOT.glob("scenarios/*.yaml"), *ROOT.glob("tests/tutorials/*.yaml")):
        document = yaml.safe_load(path.read_text())
        for part in ("setup", "steps", "lines"):
            found.update(_in(document.get(part)))
    return sorted(found)


@cache
def words() -> list[str]:
    return sorted({word for line in corpus() for word in line.split()})


def pasted(chance: random.Random) -> str:
    """One line."""
    line = chance.choice(corpus())
    return line if chance.randrange(2) else _with_slips(chance, line.split(" "))


def _with_slips(chance: random.Random, parts: list[str]) -> str:
    for _ in range(chance.randrange(SLIPS) + 1):
        at = chance.randrange(len(parts))
        match chance.choice(("lost", "more", "other", "twice", "letter", "swapped")):
            case "lost":
                parts[at] = ""
            case "more":
                parts.insert(at, chance.choice(words()))
            case "other":
                parts[at] = chance.choice(words())
            case "twice":
                parts.insert(at, parts[at])
            case "letter":
                letter = chance.randrange(len(parts[at]) + 1)
                parts[at] = parts[at][:letter] + parts[at][letter + 1:]
            case "swapped":
                other = chance.randrange(len(parts))
                parts[at], parts[other] = parts[other], parts[at]
    return " ".join(parts)
