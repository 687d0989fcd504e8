"""The functions of templates: Go's own (text/template/funcs.go, fmt) and the client's (cli/templates)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.templates.values import MISSING, Map, Text, is_true, show, to_json, type_of
from netsandbox.engine.budget import Use, hold
from netsandbox.engine.octets import to_bytes


class Function(NamedTuple):
    """One function."""

    call: Callable[..., Any]  # what it does
    least: int  # how many arguments it wants
    is_variadic: bool = False  # more are taken too
    takes: tuple[type, ...] = ()  # the types of its arguments, where it is choosy


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if value is None or value is MISSING:
            raise TemplateError("index of untyped nil")
        if isinstance(value, Map):
            if value.kind.startswith("nat.") and not isinstance(key, Text):
                raise TemplateError(f"value has type {type_of(key)}; should be nat.Port")
            value = value.get(key, value.zero)
        elif isinstance(value, str | list):
            if not isinstance(key, int) or isinstance(key, bool):
                raise TemplateError(f"cannot index slice/array with type {type_of(key)}")
            if not 0 <= key < len(value):
                what = "slice" if isinstance(value, list) else "string"
                raise TemplateError(f"reflect: {what} index out of range" if key == len(value) else
                                    f"index out of range: {key}")
            value = value[key] if isinstance(value, list) else to_bytes(value)[key]
        else:
            raise TemplateError(f"can't index item of type {type_of(value)}")
    return value


def _len(value: Any) -> int:
    if value is MISSING:
        raise TemplateError("reflect: call of reflect.Value.Type on zero Value")
    if not isinstance(value, str | list | Map):
        raise TemplateError("len of nil pointer" if value is None else f"len of type {type_of(value)}")
    return len(value)


def _slice(value: Any, *bounds: int) -> Any:
    """Go's value[i:j]."""
    low, high = bounds[0] if bounds else 0, bounds[1] if len(bounds) > 1 else len(value)
    if not 0 <= low <= len(value) or not 0 <= high <= len(value):
        raise TemplateError(f"index out of range: {low if not 0 <= low <= len(value) else high}")
    if low > high:
        raise TemplateError(f"invalid slice index: {low} > {high}")
    return value[low:high]


# -- comparisons


def _kind(value: Any) -> str:
    """bool, int, float or string; empty for what cannot be ordered."""
    return "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else (
        "float" if isinstance(value, float) else "string" if isinstance(value, str) else "")


def _of_one_kind(one: Any, other: Any) -> None:
    if _kind(one) != _kind(other):
        raise TemplateError(f"incompatible types for comparison: {type_of(one)} and {type_of(other)}")


def _equal(one: Any, *others: Any) -> bool:
    if not others:
        raise TemplateError("missing argument for comparison")
    for other in others:
        if one is not None and other is not None:
            _of_one_kind(one, other)
        if one == other:
            return True
    return False


def _less(one: Any, other: Any) -> bool:
    for value in (one, other):
        if not _kind(value):
            raise TemplateError("invalid type for comparison")
    _of_one_kind(one, other)
    if isinstance(one, bool):
        raise TemplateError("invalid type for comparison")
    return bool(one < other)


# -- fmt

VERB = re.compile(r"%([-+# 0]*)(\d*)(?:\.(\d+))?(.)", re.DOTALL)
NUMBER_TOO_LARGE = re.compile(r"%[-+# 0]*(\d*\.)?\d{9}.*", re.DOTALL)
"""Go gives the rest of the form up (fmt.parsenum)."""
OF_NUMBERS = {"d": "d", "x": "x", "X": "X", "o": "o", "b": "b", "c": "c"}


def _verb(verb: str, value: Any, precision: str | None, flags: str) -> str:
    """One value by one verb."""
    if verb == "T":
        return type_of(value)
    if verb == "v":
        return show(value, True)
    number = isinstance(value, int) and not isinstance(value, bool)
    if verb in OF_NUMBERS and number:
        return f"{'+' * (verb == 'd' and '+' in flags and value >= 0)}{value:{OF_NUMBERS[verb]}}"
    if verb in "xX" and isinstance(value, str):
        return to_bytes(value).hex() if verb == "x" else to_bytes(value).hex().upper()
    if verb == "t" and isinstance(value, bool):
        return show(value)
    if verb == "q" and isinstance(value, str):
        return to_json(value)
    if verb in "efg" and isinstance(value, float):
        return f"{value:.{precision or 6}{verb}}" if verb != "g" else show(value)
    if verb == "s" and isinstance(value, list):
        return "[" + " ".join(_verb(verb, item, precision, flags) for item in value) + "]"
    if verb in "sq" and not number and not isinstance(value, bool | float) and value is not None:
        return show(value, True)
    return f"%!{verb}({type_of(value)}={show(value, True)})" if value is not None else f"%!{verb}(<nil>)"


def _printf(form: str, *values: Any) -> str:
    """fmt.Sprintf, with flags, widths and precision."""
    rest = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        text = _verb(verb, rest.pop(0), precision, flags)
        hold(Use.MEMORY, int(width or 0))
        text = text[:int(precision)] if precision and verb in "svq" else text
        fill = "0" if "0" in flags and verb in "dx" and "-" not in flags else " "
        return text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0), fill)
    made = VERB.sub(one, NUMBER_TOO_LARGE.sub("%!(NOVERB)", form))
    if rest and "%!(NOVERB)" not in made:
        made += "%!(EXTRA " + ", ".join(f"{type_of(value)}={show(value, True)}" for value in rest) + ")"
    return made + "%!(NOVERB)" * (re.sub("%%", "", form).endswith("%"))


def _print(values: Sequence[Any]) -> str:
    """fmt.Sprint: a space between two that are no texts."""
    parts = list[str]()
    for before, value in zip((None, *values), values, strict=False):
        is_apart = parts and not isinstance(before, str) and not isinstance(value, str)
        parts.append(f" {show(value, True)}" if is_apart else show(value, True))
    return "".join(parts)


def _println(*values: Any) -> str:
    return " ".join(show(value, True) for value in values) + "\n"


# -- the client's own


def _join(values: Any, glue: str) -> str:
    if values is None:
        return ""
    if not isinstance(values, list | Map):
        raise TemplateError(f"expected slice, got {type_of(values)}")
    found = sorted(show(value, True) for value in values.values()) if isinstance(values, Map) else [
        show(value, True) for value in values]
    return glue.join(found)


def _pad(text: str, before: int, after: int) -> str:
    return " " * before + text + " " * after if text else text


HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
JS = str.maketrans({"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026",
                    "=": "\\u003D", "\n": "\\u000A", "\t": "\\u0009", "\r": "\\u000D"})
FUNCTIONS: dict[str, Function] = {
    "call": Function(lambda *values: None, 0, True),  # no field is a function: it is refused before
    "json": Function(to_json, 1),
    "index": Function(_index, 1, True),
    "len": Function(_len, 1),
    "print": Function(lambda *values: _print(values), 0, True),
    "println": Function(_println, 0, True),
    "printf": Function(_printf, 1, True, (str,)),
    "slice": Function(_slice, 1, True),
    "pad": Function(_pad, 3, takes=(str, int, int)),
    "join": Function(_join, 2, takes=(object, str)),
    "split": Function(lambda text, glue: text.split(glue) if glue else list(text), 2, takes=(str, str)),
    "upper": Function(lambda text: text.upper(), 1, takes=(str,)),
    "lower": Function(lambda text: text.lower(), 1, takes=(str,)),
    "title": Function(lambda text: text.title(), 1, takes=(str,)),
    "truncate": Function(lambda text, width: text[:max(width, 0)], 2, takes=(str, int)),
    "html": Function(lambda *values: _print(values).translate(HTML), 0, True),
    "js": Function(lambda *values: _print(values).translate(JS), 0, True),
    "urlquery": Function(lambda *values: quote_plus(_print(values)), 0, True),
    "eq": Function(_equal, 1, True),
    "ne": Function(lambda one, other: not _equal(one, other), 2),
    "lt": Function(_less, 2),
    "gt": Function(lambda one, other: not _less(one, other) and one != other, 2),
    "le": Function(lambda one, other: _less(one, other) or one == other, 2),
    "ge": Function(lambda one, other: not _less(one, other), 2),
    "not": Function(lambda value: not is_true(value), 1),
    "and": Function(lambda *values: next((value for value in values if not is_true(value)), values[-1]), 1, True),
    "or": Function(lambda *values: next((value for value in values if is_true(value)), values[-1]), 1, True),
}
