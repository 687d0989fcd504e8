"""Go templates as `--format` takes them: carrying them out on data (text/template/exec)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote_plus

from netsandbox.commands.docker.template_parse import MAX_DEPTH, Node, Operand, Pipeline, TemplateError, parse
from netsandbox.commands.docker.template_values import (
    ALIASES,
    MISSING,
    NIL,
    NULL,
    OMITTED,
    Map,
    is_true,
    show,
    to_json,
    typed,
)
from netsandbox.engine.budget import Use, hold, spend

MAX_OUTPUT = 1_000_000
"""Characters; a template that prints more is stopped."""


class Template:
    """A template that was read.

    Args:
        type_name: what an error calls the data's type, for data that is no JSON.

    Raises:
        TemplateError: a syntax error.
    """

    def __init__(self, text: str, type_name: str = "") -> None:
        self._text = text
        self._trees = parse(text, FUNCTIONS)
        self._type_name = type_name

    def execute(self, data: Any) -> str:
        """The text that the template makes of data.

        Raises:
            TemplateError: a field that is not there, a function that is given something wrong.
        """
        return _Run(self._text, self._type_name, data, self._trees).block(self._trees[""], data)


class _LeaveError(Exception):
    """{{break}} or {{continue}}, and what was printed until then in the range's body."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.printed = ""


class _Run:
    """One execution: the variables that are set now, and the named templates within each other that it is in."""

    def __init__(self, text: str, type_name: str, data: Any, trees: dict[str, tuple[Node, ...]]) -> None:
        self.text = text
        self.trees = trees
        self.names = [""]
        self.type_name = type_name
        self.variables: list[tuple[str, Any]] = [("$", data)]
        self._printed = 0

    def block(self, nodes: tuple[Node, ...], dot: Any) -> str:
        mark = len(self.variables)
        parts = list[str]()
        for node in nodes:
            try:
                part = self.node(node, dot)
            except _LeaveError as leave:
                leave.printed = "".join(parts) + leave.printed
                raise
            self._printed += len(part) if node.kind in ("text", "action") else 0
            if self._printed > MAX_OUTPUT:
                raise TemplateError("template: the output is too long")
            parts.append(part)
        del self.variables[mark:]
        return "".join(parts)

    def node(self, node: Node, dot: Any) -> str:
        spend(Use.WORK)
        if node.kind in ("break", "continue"):
            raise _LeaveError(node.kind)
        if node.kind == "template":
            return self._named(node, dot)
        if node.pipeline is None:
            return node.text
        value = self.pipeline(node.pipeline, dot)
        if node.kind == "action":
            self._set(node.pipeline.variables, (value,))
            return "" if node.pipeline.variables else show(value)
        if node.kind == "range":
            return self._range(node, value, dot)
        mark = len(self.variables)
        self._set(node.pipeline.variables, (value,))
        inside = value if node.kind == "with" else dot
        result = self.block(node.body, inside) if is_true(value) else self.block(node.otherwise, dot)
        del self.variables[mark:]
        return result

    def _named(self, node: Node, dot: Any) -> str:
        """Another template, with variables of its own and what it is given as its dot."""
        if node.text not in self.trees:
            position, source = node.place
            raise self._error(Operand("template", None, (), position, source), f'template "{node.text}" not defined')
        if len(self.names) > MAX_DEPTH:
            raise TemplateError("exceeded maximum template depth (100000)")
        value = self.pipeline(node.pipeline, dot) if node.pipeline is not None else None
        outside, self.variables = self.variables, [("$", value)]
        self.names.append(node.text)
        result = self.block(self.trees[node.text], value)
        self.names.pop()
        self.variables = outside
        return result

    def _range(self, node: Node, value: Any, dot: Any) -> str:
        pairs: list[tuple[Any, Any]]
        if isinstance(value, dict):
            pairs = sorted(value.items())
        elif isinstance(value, list):
            pairs = list(enumerate(value))
        elif value is None:
            pairs = []
        else:
            raise self._error(node.pipeline, f"range can't iterate over {show(value)}")
        if not pairs:
            return self.block(node.otherwise, dot)
        names = node.pipeline.variables if node.pipeline else ()
        parts = []
        for key, item in pairs:
            mark = len(self.variables)
            self._set(names, (key, item) if len(names) > 1 else (item,))
            try:
                parts.append(self.block(node.body, item))
            except _LeaveError as leave:
                parts.append(leave.printed)
                if leave.kind == "break":
                    break
            finally:
                del self.variables[mark:]
        return "".join(parts)

    def _set(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self.variables += zip(names, values, strict=False)
        if names:
            hold(Use.MEMORY, sum(len(value) for _name, value in self.variables if isinstance(value, str)))

    # -- values

    def pipeline(self, pipeline: Pipeline, dot: Any) -> Any:
        value: Any = None
        for index, command in enumerate(pipeline.commands):
            value = self._command(command, dot, [value] if index else [])
        return value

    def _command(self, command: tuple[Operand, ...], dot: Any, last: list[Any]) -> Any:
        first, rest = command[0], command[1:]
        arguments = [self._value(operand, dot) for operand in rest] + last
        if first.kind != "function":
            if first.source == "nil" and first.kind == "literal":
                raise self._error(first, "nil is not a command")
            value = self._value(first, dot)
            if not callable(value):
                if arguments:
                    raise self._error(first, f"can't give argument to non-function {first.source}")
                return value
            if len(arguments) != 1:
                name = first.chain[-1]
                raise self._error(first, f"wrong number of args for {name}: want 1 got {len(arguments)}")
            return value(*arguments)
        if first.value == "call":
            raise self._error(first, "error calling call: " + (
                f"non-function {rest[0].source} of type {_type(arguments[0])}" if rest else "nil"))
        function = FUNCTIONS[str(first.value)]
        self._check_types(first, rest, arguments)
        try:
            result = function(*arguments)
            if isinstance(result, str):
                hold(Use.MEMORY, len(result))
            return result
        except TemplateError as error:
            raise self._error(first, f"error calling {first.value}: {error}") from None
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            named = first._replace(source=str(first.value))
            raise self._error(named, f"wrong number or type of args for {first.value}") from None

    def _check_types(self, first: Operand, rest: tuple[Operand, ...], arguments: list[Any]) -> None:
        """Raises TemplateError: a function of the client's own is given something of another type."""
        for number, (wanted, value) in enumerate(zip(TYPES.get(str(first.value), ()), arguments, strict=False)):
            if isinstance(value, wanted):
                continue
            operand = rest[number] if number < len(rest) else first
            if operand.kind == "literal":
                raise self._error(operand, f"expected {_type_name(wanted)}; found {operand.source}")
            raise self._error(operand, f"wrong type for value; expected {_type_name(wanted)}; got {_type(value)}")

    def _value(self, operand: Operand, dot: Any) -> Any:
        if operand.kind == "literal":
            return operand.value
        if operand.kind == "function":
            return self._command((operand,), dot, [])
        if operand.kind == "variable":
            found = next((value for name, value in reversed(self.variables) if name == operand.value), UNDEFINED)
            if found is UNDEFINED:
                raise TemplateError(f'template: :1: undefined variable "{operand.value}"')
            value: Any = found
        elif isinstance(operand.value, Pipeline):
            value = self.pipeline(operand.value, dot)
        else:
            value = dot
        for name in operand.chain:
            value = self._field(value, name, operand)
        return value

    def _field(self, value: Any, name: str, operand: Operand) -> Any:
        if value is MISSING:
            return MISSING
        if value is NULL:
            last = operand.value.commands[-1][-1] if isinstance(operand.value, Pipeline) else operand
            raise self._error(last, f'nil data; no entry for key "{name}"')
        if not isinstance(value, dict):
            kind = _type(value) if self.type_name else "interface {}"
            raise self._error(operand, f"can't evaluate field {name} in type {kind}")
        if name in value:
            return typed(name, value[name])
        if isinstance(value, Map):
            return MISSING
        if name in ALIASES and ALIASES[name] in value:
            return typed(ALIASES[name], value[ALIASES[name]])
        if name in OMITTED and OMITTED[name] in value:
            return typed(name, None)
        if self.type_name:
            raise self._error(operand, f"can't evaluate field {name} in type {self.type_name}")
        raise self._error(operand, f'map has no entry for key "{name}"')

    def _error(self, where: Operand | Pipeline | None, why: str) -> TemplateError:
        operand = where.commands[0][0] if isinstance(where, Pipeline) else where
        position, source = (operand.position, operand.source) if operand else (0, "")
        line = 1 + self.text.count("\n", 0, position)
        column = position - (self.text.rfind("\n", 0, position) + 1)
        return TemplateError(f'template: :{line}:{column}: executing "{self.names[-1]}" at <{source}>: {why}')


UNDEFINED = object()


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key, value.zero if isinstance(value, Map) else None)
        elif value is NIL or value is MISSING:
            raise TemplateError("index of untyped nil")
        elif isinstance(value, list) and isinstance(key, int):
            if not 0 <= key < len(value):
                raise TemplateError(f"index out of range: {key}")
            value = value[key]
        else:
            raise TemplateError("index of untyped nil" if value is None else f"can't index item of type {_type(value)}")
    return value


def _type(value: Any) -> str:
    return _type_name(type(value))


def _type_name(kind: type) -> str:
    return {str: "string", int: "int", bool: "bool"}.get(kind, "interface {}")


def _hex(value: Any) -> str:
    return f"{value:x}" if isinstance(value, int) else str(value).encode().hex()


VERB = re.compile(r"%([-+# 0]*)(\d*)(?:\.(\d+))?(.)")

NUMBER_TOO_LARGE = re.compile(r"%[-+# 0]*(\d*\.)?\d{9}.*", re.DOTALL)
"""Go gives the rest of the form up (fmt.parsenum)."""


def _printf(form: str, *values: Any) -> str:
    """The verbs %s, %v, %d, %q, %t and %x, with flags and widths; others as they stand."""
    rest = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        value = rest.pop(0)
        text = to_json(value) if verb == "q" else _hex(value) if verb == "x" else show(value)
        hold(Use.MEMORY, int(width or 0))
        text = text[:int(precision)] if precision and verb in "sv" else text
        fill = "0" if "0" in flags and verb in "dx" and "-" not in flags else " "
        return text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0), fill)
    return VERB.sub(one, NUMBER_TOO_LARGE.sub("%!(NOVERB)", form))


def _print(values: Sequence[Any]) -> str:
    """fmt.Sprint: a space between two that are no texts."""
    parts = list[str]()
    for before, value in zip((None, *values), values, strict=False):
        is_apart = parts and not isinstance(before, str) and not isinstance(value, str)
        parts.append(f" {show(value)}" if is_apart else show(value))
    return "".join(parts)


def _len(value: Any) -> int:
    if value is None:  # a slice that was never made
        return 0
    if not isinstance(value, str | list | dict):
        raise TemplateError(f"len of type {_type(value)}")
    return len(value)


def _slice(value: Any, *bounds: int) -> Any:
    """Go's value[i:j]."""
    low, high = bounds[0] if bounds else 0, bounds[1] if len(bounds) > 1 else len(value)
    if not 0 <= low <= len(value) or not low <= high <= len(value):
        raise TemplateError(f"index out of range: {low if not 0 <= low <= len(value) else high}")
    return value[low:high]


HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
JS = str.maketrans({"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026",
                    "=": "\\u003D", "\n": "\\u000A", "\t": "\\u0009", "\r": "\\u000D"})
TYPES: dict[str, tuple[type, ...]] = {
    "pad": (str, int, int), "split": (str, str), "upper": (str,), "lower": (str,), "title": (str,),
    "truncate": (str, int)}
"""Of the client's own functions, what they are given."""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "call": lambda *values: None,  # no field is a function: it is refused before
    "json": to_json,
    "index": _index,
    "len": _len,
    "print": lambda *values: _print(values),
    "println": lambda *values: " ".join(show(value) for value in values) + "\n",
    "printf": _printf,
    "slice": _slice,
    "pad": lambda text, before, after: " " * before + text + " " * after if text else text,
    "join": lambda values, glue: glue.join(show(value) for value in values or []),
    "split": lambda text, glue: text.split(glue) if glue else list(text),
    "upper": lambda text: text.upper(),
    "lower": lambda text: text.lower(),
    "title": lambda text: text.title(),
    "truncate": lambda text, width: text[:width],
    "html": lambda *values: _print(values).translate(HTML),
    "js": lambda *values: _print(values).translate(JS),
    "urlquery": lambda *values: quote_plus(_print(values)),
    "eq": lambda one, *others: any(one == other for other in others),
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "gt": lambda one, other: one > other,
    "le": lambda one, other: one <= other,
    "ge": lambda one, other: one >= other,
    "not": lambda value: not is_true(value),
    "and": lambda *values: next((value for value in values if not is_true(value)), values[-1]),
    "or": lambda *values: next((value for value in values if is_true(value)), values[-1]),
}
