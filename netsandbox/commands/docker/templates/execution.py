"""Go templates as `--format` takes them: carrying them out on data (text/template/exec)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.docker.templates.functions import FUNCTIONS
from netsandbox.commands.docker.templates.go_types import build
from netsandbox.commands.docker.templates.reading import MAX_DEPTH, Node, Operand, Pipeline, TemplateError, parse
from netsandbox.commands.docker.templates.values import (
    METHODS,
    MISSING,
    RAW,
    Map,
    Null,
    Struct,
    is_true,
    raw,
    show,
    type_of,
)
from netsandbox.engine.budget import Use, hold, spend

MAX_OUTPUT = 1_000_000  # Characters; a template that prints more is stopped
NAMES: dict[type, str] = {str: "string", int: "int"}


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
        """The text that the template makes of data (TemplateError: a field that is not there, a function that is given
        something wrong)."""
        return _Run(self._text, self._type_name, data, self._trees).block(self._trees[""], data)

    def inspect(self, data: dict[str, Any], kind: str) -> str:
        """The same of what the API gave, which is of that type; where the type has no such thing, of its JSON
        (TemplateError: there is no such thing in JSON either)."""
        try:
            return self.execute(build(data, kind))
        except TemplateError:
            return self.execute(raw(data))


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
        self.is_raw = isinstance(data, Map) and data.kind == RAW
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
            except TemplateError as error:
                error.printed = "".join(parts) + error.printed
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
            self._set(node.pipeline, (value,))
            return "" if node.pipeline.variables else show(value)
        if node.kind == "range":
            return self._range(node, value, dot)
        mark = len(self.variables)
        self._set(node.pipeline, (value,))
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
        pairs = self._pairs(node, value)
        if not pairs:
            return self.block(node.otherwise, dot)
        names = node.pipeline.variables if node.pipeline else ()
        parts = []
        for key, item in pairs:
            mark = len(self.variables)
            self._set(node.pipeline, (key, item) if len(names) > 1 else (item,))
            try:
                parts.append(self.block(node.body, item))
            except _LeaveError as leave:
                parts.append(leave.printed)
                if leave.kind == "break":
                    break
            finally:
                del self.variables[mark:]
        return "".join(parts)

    def _pairs(self, node: Node, value: Any) -> list[tuple[Any, Any]]:
        """What a range goes through: keys or numbers, and what stands there."""
        if isinstance(value, dict) and not isinstance(value, Struct):
            return sorted(value.items())
        if isinstance(value, list):
            return list(enumerate(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return [(number, number) for number in range(min(value, MAX_OUTPUT))]
        if value is None or value is MISSING:
            return []
        raise self._error(node.pipeline, f"range can't iterate over {show(value)}")

    def _set(self, pipeline: Pipeline | None, values: tuple[Any, ...]) -> None:
        for name, value in zip(pipeline.variables if pipeline else (), values, strict=False):
            if pipeline and pipeline.is_assign:
                at = max((index for index, (own, _value) in enumerate(self.variables) if own == name), default=-1)
                if at < 0:
                    raise self._error(pipeline, f"undefined variable: {name}")
                self.variables[at] = (name, value)
            else:
                self.variables.append((name, value))
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
            return self._called(first, dot, arguments)
        if first.value == "call":
            raise self._error(first, "error calling call: " + (
                f"non-function {rest[0].source} of type {type_of(arguments[0])}" if rest else "nil"))
        self._check_count(first, len(arguments))
        self._check_types(first, rest, arguments)
        try:
            result = FUNCTIONS[str(first.value)].call(*arguments)
            if isinstance(result, str):
                hold(Use.MEMORY, len(result))
            return result
        except TemplateError as error:
            raise self._error(first, f"error calling {first.value}: {error}") from None
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            named = first._replace(source=str(first.value))
            raise self._error(named, f"wrong number or type of args for {first.value}") from None

    def _called(self, first: Operand, dot: Any, arguments: list[Any]) -> Any:
        """What is no function: a value, or a method, which takes one argument."""
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

    def _check_count(self, first: Operand, count: int) -> None:
        function = FUNCTIONS[str(first.value)]
        if count < function.least or (count > function.least and not function.is_variadic):
            raise self._error(first._replace(source=str(first.value)), f"wrong number of args for {first.value}: want "
                              f"{'at least ' * function.is_variadic}{function.least} got {count}")

    def _check_types(self, first: Operand, rest: tuple[Operand, ...], arguments: list[Any]) -> None:
        """Raises TemplateError: a function of the client's own is given something of another type."""
        takes = FUNCTIONS[str(first.value)].takes
        for number, (wanted, value) in enumerate(zip(takes, arguments, strict=False)):
            if isinstance(value, wanted) and type_of(value) != "json.Number":
                continue
            operand = rest[number] if number < len(rest) else first
            if operand.kind == "literal":
                raise self._error(operand, f"expected {NAMES[wanted]}; found {operand.source}")
            if value is None or value is MISSING:
                raise self._error(operand, f"invalid value; expected {NAMES[wanted]}")
            raise self._error(operand, f"wrong type for value; expected {NAMES[wanted]}; got {type_of(value)}")

    def _value(self, operand: Operand, dot: Any) -> Any:
        if operand.kind == "literal":
            return operand.value
        if operand.kind == "function":
            return self._command((operand,), dot, [])
        if operand.kind == "variable":
            value: Any = next(value for name, value in reversed(self.variables) if name == operand.value)
        elif isinstance(operand.value, Pipeline):
            value = self.pipeline(operand.value, dot)
        else:
            value = dot
        for name in operand.chain:
            value = self._field(value, name, operand)
        return value

    def _field(self, value: Any, name: str, operand: Operand) -> Any:
        """A field or a method of it, or what a map has for the key (text/template's evalField)."""
        if value is MISSING:
            return MISSING
        if isinstance(operand.value, Pipeline):  # what was looked at last
            operand = operand.value.commands[-1][-1]
        if value is None:
            raise self._error(operand, f'nil data; no entry for key "{name}"')
        if isinstance(value, Null):
            raise self._error(operand, f"nil pointer evaluating {value.kind}.{name}")
        method = METHODS.get(type_of(value), {}).get(name)
        found = method(value) if method is not None else MISSING
        if isinstance(value, Struct):
            found = value.find(name)
        elif isinstance(value, dict) and name in value:
            found = value[name]
        elif isinstance(value, Map) and value.kind == RAW:
            raise self._error(operand, f'map has no entry for key "{name}"')
        elif isinstance(value, Map) and not value.kind.startswith("nat."):
            return MISSING
        if found is MISSING:
            is_row = isinstance(value, dict) and not isinstance(value, Map | Struct)
            kind = "interface {}" if self.is_raw else self.type_name if is_row else type_of(value)
            raise self._error(operand, f"can't evaluate field {name} in type {kind}")
        return found

    def _error(self, where: Operand | Pipeline | None, why: str) -> TemplateError:
        operand = where.commands[0][0] if isinstance(where, Pipeline) else where
        position, source = (operand.position, operand.source) if operand else (0, "")
        line = 1 + self.text.count("\n", 0, position)
        column = position - (self.text.rfind("\n", 0, position) + 1)
        return TemplateError(f'template: :{line}:{column}: executing "{self.names[-1]}" at <{source}>: {why}')
