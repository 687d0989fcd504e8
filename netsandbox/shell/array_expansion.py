"""Arrays where words are expanded: `${X[1]}`, `${X[@]}`, `${#X[@]}`, `${!X[@]}`, and what `X=( … )` makes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Protocol

from netsandbox.shell.array import Array
from netsandbox.shell.errors import DiscardError, RefusedError
from netsandbox.shell.tree import Assignment, Parameter, Word

if TYPE_CHECKING:

    from netsandbox.shell.state import State


class Expander(Protocol):
    """What arrays need of an expansion."""

    state: State
    arrays: dict[str, Array]  # What was made of arrays on the way

    def get(self, name: str) -> str | None: ...

    def number(self, expression: Word) -> int: ...

    def text(self, word: Word, is_assignment: bool = False) -> str: ...

    def fields(self, words: Iterable[Word]) -> list[str]: ...


def array_of(expansion: Expander, name: str) -> Array:
    """What a name stands for, a plain variable as an array of one."""
    found = expansion.arrays.get(name, expansion.state.arrays.get(name))
    if found is not None:
        return found
    if name == "PIPESTATUS" and expansion.state.dialect.name == "bash":
        return Array(dict(enumerate(map(str, expansion.state.pipe_statuses))))
    value = expansion.get(name)
    return Array() if value is None else Array({0: value})


def key_of(expansion: Expander, name: str, index: Word) -> int | str:
    """The number or key in brackets; a negative number counts from the end (RefusedError: it counts too far)."""
    array = array_of(expansion, name)
    if array.is_associative:
        return expansion.text(index)
    number = expansion.number(index)
    if number < 0:
        number += array.end
    if number < 0:
        raise DiscardError(f"{name}[{expansion.text(index)}]: bad array subscript")
    return number


def element(expansion: Expander, part: Parameter) -> str | None:
    """`${X[INDEX]}`."""
    if part.subscript is None:
        return expansion.get(part.name)
    try:
        key = key_of(expansion, part.name, part.subscript)
    except DiscardError:
        return None
    return array_of(expansion, part.name).items.get(key)


def all_of(expansion: Expander, part: Parameter) -> list[str]:
    """`$@`, `$*`, `${X[@]}` and `${X[*]}`; `${!X[@]}` tells the keys."""
    if part.subscript is None:
        return expansion.state.positional
    array = array_of(expansion, part.name)
    return [str(key) for key in array.keys] if part.operator == "!" else array.values


def made(expansion: Expander, one: Assignment, is_associative: bool = False) -> Array:
    """What `X=( … )`, `X+=( … )` or `X[INDEX]=…` makes of an array (is_associative: `declare -A` stands before it)."""
    before = array_of(expansion, one.name)
    pending = expansion.arrays.copy()
    try:
        return _made(expansion, one, before, is_associative or before.is_associative)
    except DiscardError:
        expansion.arrays = pending  # nothing of it is there
        raise


def _made(expansion: Expander, one: Assignment, before: Array, is_associative: bool) -> Array:
    if one.elements is None:
        whole = Array(before.items, is_associative)
        return _with_item(expansion, one.name, whole, one.subscript, one.value, one.appends)[0]
    array = Array(before.items if one.appends else {}, is_associative)
    following = array.end
    for inner in one.elements:
        expansion.arrays[one.name] = before  # what is there until now is what the words see
        if inner.subscript is not None and (is_associative or inner.braced is None):
            array, key = _with_item(expansion, one.name, array, inner.subscript, inner.value, inner.appends)
            following = 0 if is_associative else int(key) + 1
        elif is_associative:
            array = _pairs(expansion, one, array)
            break
        else:
            texts = expansion.fields([inner.braced or inner.value])
            array = array.with_items(enumerate(texts, following))
            following += len(texts)
    return array


def _pairs(expansion: Expander, one: Assignment, array: Array) -> Array:
    """`declare -A X=(KEY VALUE …)`."""
    words = expansion.fields([inner.value for inner in one.elements or ()])
    return array.with_items(zip_longest(words[::2], words[1::2], fillvalue=""))


def _with_item(expansion: Expander, name: str, array: Array, index: Word | None, value: Word,
               appends: bool) -> tuple[Array, int | str]:
    text = expansion.text(value, True)
    expansion.arrays[name] = array
    key = key_of(expansion, name, index or Word())
    if array.is_associative and not key:
        raise RefusedError(f"{name}[]: bad array subscript")
    return array.with_item(key, array.items.get(key, "") + text if appends else text), key


def item(expansion: Expander, name: str) -> str | None:
    """Of `NAME[NUMBER]`, as arithmetic names it."""
    array, key = _named(expansion, name)
    return array.items.get(key)


def set_item(expansion: Expander, name: str, value: str) -> None:
    """The same is set."""
    array, key = _named(expansion, name)
    expansion.arrays[name.partition("[")[0]] = array.with_item(key, value)


def _named(expansion: Expander, name: str) -> tuple[Array, int | str]:
    stem, _bracket, number = name.removesuffix("]").partition("[")
    array = array_of(expansion, stem)
    if array.is_associative:
        return array, number
    at = int(number) + (array.end if number.startswith("-") else 0)
    if at < 0:
        raise DiscardError(f"{name}: bad array subscript")
    return array, at
