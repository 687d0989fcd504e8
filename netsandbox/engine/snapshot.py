"""A copy of a web of objects, made flat: objects are listed by number, and refer to each other by it.

Neither deepcopy nor pickle alone will do: both follow references into one another, along every cable of a lab, until
the stack is full, and both copy what nothing can change.  Here each object's fields are pickled on their own; a
reference to another object is its number, one to a value is the value itself. So a snapshot is a string of bytes and a
list of what is shared with everybody, and neither the collector of garbage nor anybody's later step touches it.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from io import BytesIO
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from netsandbox.engine.collector import undisturbed_by_it
from netsandbox.engine.fields import Fields
from netsandbox.engine.nothing import Nothing

ATOMS = frozenset({int, str, bytes, bool, float, complex, type(None)})
CONTAINERS = (dict, list, set, frozenset, deque)  # What pickle copies in its own way
SHARED = (type, Enum, ModuleType, Nothing)
OBJECT, VALUE, VALUES, TUPLE, FUNCTION, METHOD, STRANGER, OTHER, REFUSED = range(9)


class Values(list[Any]):
    """A list of what never changes, such as the lines of a log: a copy shares them all at once."""

    __slots__ = ()


class CopyError(Exception):
    """Something that cannot be copied, such as a function that keeps what its maker knew."""


class Rules(NamedTuple):
    """Which classes are what, by the beginnings of their names, with those of their packages and a final dot."""

    objects: tuple[str, ...]  # instances are copied
    values: tuple[str, ...]  # instances never change, and are shared
    strangers: tuple[str, ...] = ()  # instances are none of the copy's business, and None there

    def sort_of(self, kind: type) -> int:
        name = f"{kind.__module__}.{kind.__name__}."
        if issubclass(kind, SHARED) or name.startswith(self.values):
            return VALUE
        if issubclass(kind, Values):
            return VALUES
        if name.startswith(self.strangers):
            return STRANGER
        if issubclass(kind, MethodType | BuiltinFunctionType):
            return METHOD
        if issubclass(kind, FunctionType):
            return FUNCTION
        if issubclass(kind, tuple):
            return TUPLE
        if issubclass(kind, CONTAINERS):
            return OTHER
        if name.startswith(self.objects) and not issubclass(kind, BaseException):
            return OBJECT
        return OTHER if kind.__module__ in ("builtins", "functools", "collections", "array") else REFUSED


def object_at(_number: int) -> object:
    """In the bytes: an object of the copy, by its number."""
    raise NotImplementedError


def value_at(_number: int) -> object:
    """In the bytes: something that is shared, by its number."""
    raise NotImplementedError


def values_at(_number: int) -> Values:
    """In the bytes: a list of shared values, by the number of all of them."""
    raise NotImplementedError


def outside_at(_number: int) -> object:
    """In the bytes: something that whoever restores brings along."""
    raise NotImplementedError


def make_tuple(_kind: type, _parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """In the bytes: a tuple of a class of its own."""
    raise NotImplementedError


MARKS = frozenset({object_at, value_at, values_at, outside_at, make_tuple})


class _Writer(pickle.Pickler):
    """Replaces references by numbers, and notes what they stand for."""

    def __init__(self, stream: BytesIO, rules: Rules, outside: Sequence[object]) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self.objects: list[object] = []
        self.values: list[Any] = []
        self._rules = rules
        self._ways: dict[type, Callable[[_Writer, Any], Any]] = {}
        """By class, what is to be done with an instance; not as a method of this writer, or nothing but the collector
        would find it, and all that it remembers, when it has written."""
        self._outside = {id(thing): number for number, thing in enumerate(outside)}
        self._outsiders = {type(thing) for thing in outside}

    def reducer_override(self, thing: Any) -> Any:
        """See pickle.Pickler; it is asked about everything but plain numbers, texts, lists, dictionaries and tuples."""
        kind = type(thing)
        way = self._ways.get(kind)
        if way is None:
            way = self._ways[kind] = self._way_of(kind)
        return way(self, thing)

    def _way_of(self, kind: type) -> Callable[[_Writer, Any], Any]:
        return _Writer._perhaps_outside if kind in self._outsiders else WAYS[self._rules.sort_of(kind)]

    def _perhaps_outside(self, thing: Any) -> Any:
        number = self._outside.get(id(thing))
        return WAYS[self._rules.sort_of(type(thing))](self, thing) if number is None else (outside_at, (number,))

    def _object(self, thing: object) -> Any:
        self.objects.append(thing)
        return object_at, (len(self.objects) - 1,)

    def _nothing(self, _thing: object) -> Any:
        return self._value(None)

    def _tuple(self, thing: tuple[Any, ...]) -> Any:
        return self._value(thing) if _is_value(thing) else (make_tuple, (type(thing), tuple(thing)))

    def _function(self, function: Any) -> Any:
        if function in MARKS:
            return NotImplemented
        return self._value(function) if _knows_values_only(function) else self._refuse(function)

    def _value(self, thing: object) -> Any:
        self.values.append(thing)
        return value_at, (len(self.values) - 1,)

    def _all_values(self, things: Values) -> Any:
        self.values.append(tuple(things))
        return values_at, (len(self.values) - 1,)

    def _method(self, method: Any) -> Any:
        """A method of an object of the copy; one of a module, or of what is not copied, is a value."""
        owner = getattr(method, "__self__", None)
        if owner is None or isinstance(owner, ModuleType | type):
            return self._value(method)
        if id(owner) not in self._outside and self._rules.sort_of(type(owner)) == STRANGER:
            return self._value(None)
        return getattr, (owner, method.__name__)

    def _by_pickle(self, _thing: object) -> Any:
        return NotImplemented

    def _refuse(self, thing: object) -> Any:
        raise CopyError(f"{thing!r} cannot be copied")


WAYS: tuple[Callable[[_Writer, Any], Any], ...] = (
    _Writer._object, _Writer._value, _Writer._all_values, _Writer._tuple, _Writer._function, _Writer._method,
    _Writer._nothing, _Writer._by_pickle, _Writer._refuse)
"""By the sort of a class: see Rules.sort_of."""


def _is_value(parts: tuple[Any, ...]) -> bool:
    return all(type(part) in ATOMS or isinstance(part, Enum)
               or (isinstance(part, FunctionType) and part.__closure__ is None) for part in parts)


def _knows_values_only(thing: Any) -> bool:
    """Whether what a function keeps of its maker's never changes: numbers, texts, and functions of that kind."""
    if isinstance(thing, FunctionType):
        return all(_knows_values_only(cell.cell_contents) for cell in thing.__closure__ or ())
    if isinstance(thing, tuple):
        return all(map(_knows_values_only, thing))
    return type(thing) in ATOMS or isinstance(thing, type | Enum | range | BuiltinFunctionType)


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, meanings: dict[str, Callable[..., Any]]) -> None:
        super().__init__(BytesIO(data))
        self._meanings = meanings

    def find_class(self, module: str, name: str) -> Any:
        """What a mark in the bytes means, or a class of Python's own."""
        return self._meanings[name] if module == __name__ else super().find_class(module, name)


class _FieldsByClass(dict[type, Fields]):
    def __missing__(self, kind: type) -> Fields:
        found = self[kind] = Fields.of(kind)
        return found


class Snapshot:
    """Some objects, and all that can be reached from them, as they were (size: how many objects were copied)."""

    __slots__ = ("_alike", "_data", "_fields", "_kinds", "_values")

    def __init__(self, root: object, rules: Rules, outside: Sequence[object] = ()) -> None:
        """
        Args:
            outside: objects that are not copied; `restore` is told what takes their places.

        Raises:
            CopyError: something that is reached cannot be copied.
        """
        stream = BytesIO()
        writer = _Writer(stream, rules, outside)
        self._fields = _FieldsByClass()
        self._alike: list[list[int]] = []
        """Numbers of objects of one class, in the order in which their fields are told."""
        with undisturbed_by_it():
            try:
                writer.dump(root)
                self._write_objects(writer)
            except (TypeError, pickle.PicklingError, AttributeError) as error:
                raise CopyError(str(error)) from None
        self._data = stream.getvalue()
        self._kinds = [type(thing) for thing in writer.objects]
        self._values = writer.values

    def _write_objects(self, writer: _Writer) -> None:
        """The fields of those that are known so far, class by class, which make others known, and so on."""
        done, objects = 0, writer.objects
        while done < len(objects):
            alike: dict[type, list[int]] = {}
            for number in range(done, len(objects)):
                alike.setdefault(type(objects[number]), []).append(number)
            done = len(objects)
            for kind, numbers in alike.items():
                writer.dump(self._fields[kind].read([objects[number] for number in numbers]))
            self._alike += alike.values()

    @property
    def size(self) -> int:
        return len(self._kinds)

    def is_like(self, other: Snapshot | None) -> bool:
        """Whether they are of the same objects, and these were alike: no other web of objects is told to be so."""
        return other is not None and (self._data, self._alike, self._kinds, self._values) == (
            other._data, other._alike, other._kinds, other._values)

    def restore(self, outside: Sequence[object] = (), made: list[list[Any]] | None = None) -> Any:
        """A copy of the objects; it can be made any number of times.

        Args:
            outside: what takes the places of what was not copied, in the same order.
            made: gets the objects, class by class, so that they can be taken apart one day.
        """
        with undisturbed_by_it():
            objects = [kind.__new__(kind) for kind in self._kinds]
            reader = _Reader(self._data, {
                "object_at": objects.__getitem__, "value_at": self._values.__getitem__,
                "values_at": lambda number: Values(self._values[number]),
                "outside_at": outside.__getitem__, "make_tuple": tuple.__new__})
            root = reader.load()
            made = [] if made is None else made
            for numbers in self._alike:
                made.append([objects[number] for number in numbers])
                self._fields[self._kinds[numbers[0]]].write(made[-1], reader.load())
        return root
