"""bash's brace expansion: `{a,b}`, `{1..5}`, `{01..10..2}`, `{a..e}`; it comes before all else."""

from __future__ import annotations

import re

from netsandbox.shell.tree import Part, Text, Word, joined

MOST_WORDS = 10_000
RANGE = re.compile(r"(-?[0-9]{1,9})\.\.(-?[0-9]{1,9})(?:\.\.(-?[0-9]{1,9}))?")
LETTERS = re.compile(r"([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?[0-9]{1,4}))?")


class TooManyError(Exception):
    """More words than a line may have."""


def braced(word: Word) -> list[Word]:
    """The words that one stands for; itself if it has no braces.

    Raises:
        TooManyError: it stands for more than 10,000.
    """
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


def _expanded(parts: list[Part]) -> list[list[Part]]:
    at = 0
    while at < len(parts):
        found = _group(parts, at) if _char(parts[at]) == "{" else None
        if found is None:
            at += 1
            continue
        choices, end = found
        heads = [parts[:at] + inner for choice in choices for inner in _expanded(choice)]
        tails = _expanded(parts[end:])
        if len(heads) * len(tails) > MOST_WORDS:
            raise TooManyError
        return [head + tail for head in heads for tail in tails]
    return [parts]


def _group(parts: list[Part], start: int) -> tuple[list[list[Part]], int] | None:
    """The choices of a brace, and where it ends; None if it means nothing."""
    depth, choices = 0, [list[Part]()]
    for at in range(start + 1, len(parts)):
        char = _char(parts[at])
        if char == "}" and not depth:
            if len(choices) > 1:
                return choices, at + 1
            row = _range("".join(_char(part) or "\0" for part in choices[0]))
            return ([[Text(text)] for text in row], at + 1) if row is not None else None
        depth += (char == "{") - (char == "}")
        if char == "," and not depth:
            choices.append([])
        else:
            choices[-1].append(parts[at])
    return None


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
        raise TooManyError
    numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    if match is None:
        return [chr(number) for number in numbers]
    padded = any(re.match(r"-?0[0-9]", end) for end in (match[1], match[2]))
    width = max(len(match[1]), len(match[2])) if padded else 0
    return [f"{number:0{width}d}" for number in numbers]
