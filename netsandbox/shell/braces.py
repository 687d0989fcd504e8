"""bash's brace expansion: `{a,b}`, `{1..5}`, `{01..10..2}`, `{a..e}`; it comes before all else."""

from __future__ import annotations

import re

from netsandbox.engine.budget import Use, hold
from netsandbox.shell.tree import Part, Text, Word, joined

MOST_WORDS, MOST_NESTED = 10_000, 30
LONGEST_RANGE = 40  # Characters, more than any has
RANGE = re.compile(r"(-?[0-9]{1,9})\.\.(-?[0-9]{1,9})(?:\.\.(-?[0-9]{1,9}))?")
LETTERS = re.compile(r"([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?[0-9]{1,4}))?")


class TooManyError(Exception):
    """More words than a line may have."""


def braced(word: Word) -> list[Word]:
    """The words that one stands for; itself if it has no braces (TooManyError: it stands for more than 10,000, or
    braces stand too deep in braces)."""
    if not any(isinstance(part, Text) and not part.quoted and "{" in part.text for part in word.parts):
        return [word]
    letters: list[Part] = []
    for part in word.parts:
        if isinstance(part, Text) and not part.quoted:
            letters += [Text(char) for char in part.text]
        else:
            letters.append(part)
    return [Word(joined(found)) for found in _expanded(letters)]


def _char(part: Part) -> str:
    return part.text if isinstance(part, Text) and not part.quoted else ""


def _expanded(parts: list[Part], depth: int = 0) -> list[list[Part]]:
    if depth > MOST_NESTED:
        raise TooManyError(f"more than {MOST_NESTED} braces within one another")
    groups, done, rows = _groups(parts), 0, [list[Part]()]
    for start in sorted(groups):
        commas, end = groups[start]
        choices = _choices(parts, start, commas, end) if start >= done else None
        if choices is not None:
            between = parts[done:start]
            heads = [between + inner for choice in choices for inner in _expanded(choice, depth + 1)]
            rows, done = _product(rows, heads), end + 1
    return _product(rows, [parts[done:]])


def _product(rows: list[list[Part]], tails: list[list[Part]]) -> list[list[Part]]:
    """Each of the rows with each of the tails behind it."""
    if len(rows) * len(tails) > MOST_WORDS:
        raise TooManyError(f"more than {MOST_WORDS} words")
    hold(Use.MEMORY, sum(map(len, rows)) * len(tails) + sum(map(len, tails)) * len(rows))
    return [row + tail for row in rows for tail in tails]


def _groups(parts: list[Part]) -> dict[int, tuple[list[int], int]]:
    """Of each brace that is closed: where its commas are, and its end."""
    opened: list[tuple[int, list[int]]] = []
    found: dict[int, tuple[list[int], int]] = {}
    for at, part in enumerate(parts):
        char = _char(part)
        if char == "{":
            opened.append((at, []))
        elif char == "," and opened:
            opened[-1][1].append(at)
        elif char == "}" and opened:
            start, commas = opened.pop()
            found[start] = commas, at
    return found


def _choices(parts: list[Part], start: int, commas: list[int], end: int) -> list[list[Part]] | None:
    """What a brace stands for; None if it means nothing."""
    if commas:
        return [parts[before + 1:at] for before, at in zip([start, *commas], [*commas, end], strict=True)]
    row = _range("".join(_char(part) or "\0" for part in parts[start + 1:min(end, start + LONGEST_RANGE)]))
    return [[Text(text)] for text in row] if row is not None else None


def _range(text: str) -> list[str] | None:
    """`1..5` as its members."""
    match = RANGE.fullmatch(text)
    letters = LETTERS.fullmatch(text) if match is None else None
    if match is None and letters is None:
        return None
    found = match or letters
    assert found is not None
    first, last = (int(found[1]), int(found[2])) if match is not None else (ord(found[1]), ord(found[2]))
    step = abs(int(found[3] or "1")) or 1
    if abs(last - first) // step >= MOST_WORDS:
        raise TooManyError(f"more than {MOST_WORDS} words")
    numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    if match is None:
        return [chr(number) for number in numbers]
    padded = any(re.match(r"-?0[0-9]", end) for end in (match[1], match[2]))
    width = max(len(match[1]), len(match[2])) if padded else 0
    return [f"{number:0{width}d}" for number in numbers]
