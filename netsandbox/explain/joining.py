"""A template's fields filled in: a space stands between Chinese and Latin script, and none within Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter


def fill(template: str, fields: Mapping[str, object]) -> str:
    """A template with its fields filled in; between Chinese and Latin script comes a space, and none within Chinese
    (KeyError: for a field that is not there)."""
    out = ""
    for text, name, spec, _conversion in Formatter().parse(template):
        out = _join(out, text)
        if name is not None:
            out = _join(out, format(fields[name], spec or ""))
    return out


_CLOSING = "）》"  # What has its own room behind it; ” has it in Chinese alone


def _join(left: str, right: str) -> str:
    if left and right and ((_is_chinese(left[-1]) and _is_latin(right[0])) or
                           (_is_latin(left[-1]) and _is_chinese(right[0]))):
        return f"{left} {right}"
    if right[:1] == " " and left and _needs_no_blank(left, right[1:2]):
        return left + right[1:]
    if left[-1:] == " " and _is_chinese(left[-2:-1]) and _is_chinese(right):
        return left[:-1] + right
    return left + right


def _needs_no_blank(left: str, following: str) -> bool:
    is_quoted = left[-1] == "”" and any(map(_is_chinese, left))
    return left[-1] in _CLOSING or is_quoted or (_is_chinese(left[-1]) and _is_chinese(following))


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character[:1] <= "\u9fff"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
