"""What `${X#pattern}`, `${X/a/b}`, `${X:1:2}` and `${X^^}` make of a value."""

from __future__ import annotations

from netsandbox.shell.errors import RefusedError
from netsandbox.shell.patterns import ends, matches, starts

LONGEST_SEARCHED = 5000  # Characters of a value in which a pattern is replaced


def trimmed(value: str, operator: str, pattern: str) -> str:
    """`#`, `##`, `%`, `%%`."""
    if operator[0] == "#":
        found = ends(pattern, value)
        return value[(found[-1] if operator == "##" else found[0]):] if found else value
    found = starts(pattern, value)
    return value[:found[0] if operator == "%%" else found[-1]] if found else value


def replaced(value: str, operator: str, pattern: str, text: str) -> str:
    """`/`, `//`, `/#`, `/%`: the longest match, the first from the left or all."""
    if len(value) > LONGEST_SEARCHED:
        raise RefusedError(f"a value of {len(value)} characters is too long for ${{…/…}}")
    if operator == "/%":
        found = starts(pattern, value)
        return value[:found[0]] + text if found else value
    result, at = "", 0
    while at < len(value):
        found = [end for end in ends(pattern, value[at:]) if end]
        if found:
            result += text
            at += found[-1]
        else:
            result += value[at]
            at += 1
        if operator == "/#" or (operator == "/" and found):
            break
    return result + value[at:]


def part_of(value: str, start: int, length: int | None) -> str:
    """`${X:START:LENGTH}`; what is negative counts from the end."""
    first = start if start >= 0 else len(value) + start
    if first < 0 or first > len(value):
        return ""
    if length is None:
        return value[first:]
    last = first + length if length >= 0 else len(value) + length
    if last < first:
        raise RefusedError(f"{length}: substring expression < 0")
    return value[first:last]


def changed_case(value: str, operator: str, pattern: str) -> str:
    """`^`, `^^`, `,`, `,,`."""
    change = str.upper if operator[0] == "^" else str.lower
    is_one = len(operator) == 1
    return "".join(change(char) if (at == 0 or not is_one) and matches(pattern or "?", char) else char
                   for at, char in enumerate(value))
