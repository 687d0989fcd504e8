"""awk's values: fields, variables, arrays, expressions and functions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern
from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.files.awk_parser import NOT_MODELLED, Node
from netsandbox.commands.tools.files.sed import substituted
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.shell.escapes import CONVERSION, Printf

NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
MOST_FIELDS = 10_000
SEPARATOR = "\x1c"  # SUBSEP


class Text(str):
    """A text that came from outside: it is a number where it looks like one (strnum)."""

    __slots__ = ()


Value = float | str


class Evaluator:
    """What a program knows while it runs."""

    def __init__(self, separator: str, variables: dict[str, Value], environment: dict[str, str]) -> None:
        self._values: dict[str, Value] = {"FS": separator, "OFS": " ", "ORS": "\n", "NR": 0.0, "FNR": 0.0,
                                          "SUBSEP": SEPARATOR, "RS": "\n", **variables}
        self._arrays: dict[str, dict[str, Value]] = {
            "ENVIRON": {name: Text(value) for name, value in environment.items()}
        }
        self._fields: list[str] = [""]
        self._patterns: dict[str, Pattern] = {}

    # -- fields

    def _set_line(self, line: str) -> None:
        separator = self._text(self._values["FS"])
        self._fields = [line, *self._split(line, separator)]
        self._values["NF"] = float(len(self._fields) - 1)

    def _split(self, text: str, separator: str) -> list[str]:
        if separator == " ":
            return text.split()
        if not text:
            return []
        if len(separator) == 1 and separator not in "|.*+?[](){}^$\\":
            return text.split(separator)
        if not separator:
            return list(text)
        if len(separator) == 1:
            return text.split(separator)
        pattern, found, at = self._pattern(separator), list[str](), 0
        while (hit := pattern.find(text, at)) is not None and hit.end > hit.start:
            found.append(text[at : hit.start])
            at = hit.end
        return [*found, text[at:]]

    def _set_field(self, number: int, value: str) -> None:
        if not 0 <= number <= MOST_FIELDS:
            raise ToolError(2, f"awk: trying to access out of range field {number}")
        if number == 0:
            self._set_line(value)
            return
        self._fields += [""] * (number + 1 - len(self._fields))
        self._fields[number] = value
        self._values["NF"] = float(len(self._fields) - 1)
        self._fields[0] = self._text(self._values["OFS"]).join(self._fields[1:])

    # -- values

    def _pattern(self, text: str) -> Pattern:
        if text not in self._patterns:
            try:
                self._patterns[text] = compile_pattern(text, longest=True)
            except PatternError as error:
                raise ToolError(2, f"awk: {error}") from None
        return self._patterns[text]

    def _number(self, value: Value) -> float:
        if isinstance(value, float):
            return value
        match = NUMBER.match(value)
        return float(match[0]) if match is not None else 0.0

    def _text(self, value: Value) -> str:
        if isinstance(value, str):
            return str(value)
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else f"{value:.6g}"

    def _truth(self, node: Node) -> bool:
        if node.kind == "regex":
            return self._pattern(node.parts[0]).matches(self._fields[0])
        value = self._value(node)
        if isinstance(value, Text) and NUMBER.fullmatch(value.strip()) is not None:
            return self._number(value) != 0
        return bool(value) if isinstance(value, str) else value != 0

    def _value(self, node: Node) -> Value:
        budget.spend(Use.WORK)
        return _VALUES[node.kind](self, *node.parts)

    def _regex(self, node: Node) -> Pattern:
        return self._pattern(node.parts[0] if node.kind == "regex" else self._text(self._value(node)))

    def of_number(self, number: float) -> Value:
        return number

    def of_string(self, text: str) -> Value:
        return text

    def of_regex(self, text: str) -> Value:
        return float(self._pattern(text).matches(self._fields[0]))

    def of_name(self, name: str) -> Value:
        return self._values.get(name, Text(""))

    def of_field(self, node: Node) -> Value:
        number = int(self._number(self._value(node)))
        if number < 0:
            raise ToolError(2, f"awk: trying to access out of range field {number}")
        return Text(self._fields[number]) if number < len(self._fields) else Text("")

    def of_element(self, name: str, node: Node) -> Value:
        return self._arrays.setdefault(name, {}).setdefault(self._text(self._value(node)), Text(""))

    def of_subscript(self, *nodes: Node) -> Value:
        return SEPARATOR.join(self._text(self._value(node)) for node in nodes)

    def of_list(self, *_nodes: Node) -> Value:
        """`(1, 2)` where one value belongs."""
        raise ToolError(2, "awk: syntax error at or near ,")

    def of_in(self, node: Node, name: str) -> Value:
        key = self.of_subscript(*node.parts) if node.kind == "list" else self._value(node)
        return float(self._text(key) in self._arrays.get(name, {}))

    def of_join(self, left: Node, right: Node) -> Value:
        text = self._text(self._value(left)) + self._text(self._value(right))
        budget.hold(Use.MEMORY, len(text))
        return text

    def of_choice(self, condition: Node, first: Node, second: Node) -> Value:
        return self._value(first if self._truth(condition) else second)

    def of_unary(self, operator: str, node: Node) -> Value:
        if operator == "!":
            return float(not self._truth(node))
        number = self._number(self._value(node))
        return -number if operator == "-" else number

    def of_binary(self, operator: str, left: Node, right: Node) -> Value:
        if operator == "&&":
            return float(self._truth(left) and self._truth(right))
        if operator == "||":
            return float(self._truth(left) or self._truth(right))
        if operator in ("~", "!~"):
            return float(self._regex(right).matches(self._text(self._value(left))) == (operator == "~"))
        first, second = self._value(left), self._value(right)
        if operator in _COMPARISONS:
            return float(_COMPARISONS[operator](self._compared(first, second)))
        return self._calculated(operator, self._number(first), self._number(second))

    def _compared(self, first: Value, second: Value) -> int:
        """Below 0, 0 or above: as numbers if both look like some."""

        def is_number(value: Value) -> bool:
            return isinstance(value, float) or (isinstance(value, Text) and NUMBER.fullmatch(value.strip()) is not None)

        if is_number(first) and is_number(second):
            left, right = self._number(first), self._number(second)
            return (left > right) - (left < right)
        one, other = self._text(first), self._text(second)
        return (one > other) - (one < other)

    def _calculated(self, operator: str, left: float, right: float) -> float:
        if operator in ("/", "%") and not right:
            raise ToolError(2, "awk: division by zero" + (" in %" if operator == "%" else ""))
        try:
            found = _OPERATIONS[operator](left, right)
            return float(found) if not isinstance(found, complex) else math.nan
        except OverflowError:
            return math.inf

    def of_assign(self, target: Node, operator: str, node: Node) -> Value:
        value = self._value(node)
        if operator:
            value = self._calculated(operator, self._number(self._value(target)), self._number(value))
        self._store(target, value)
        return value

    def of_before(self, operator: str, target: Node) -> Value:
        value = self._number(self._value(target)) + (1 if operator == "++" else -1)
        self._store(target, value)
        return value

    def of_after(self, operator: str, target: Node) -> Value:
        value = self._number(self._value(target))
        self._store(target, value + (1 if operator == "++" else -1))
        return value

    def _store(self, target: Node, value: Value) -> None:
        if target.kind == "field":
            self._set_field(int(self._number(self._value(target.parts[0]))), self._text(value))
        elif target.kind == "element":
            self._arrays.setdefault(target.parts[0], {})[self._text(self._value(target.parts[1]))] = value
        elif target.kind == "name":
            self._values[target.parts[0]] = value
            if target.parts[0] == "NF":
                count = max(0, min(int(self._number(value)), MOST_FIELDS))
                self._fields = [*self._fields, *[""] * count][: count + 1]
                self._fields[0] = self._text(self._values["OFS"]).join(self._fields[1:])
        else:
            raise ToolError(2, "awk: assignment to what is no variable")

    # -- functions

    def of_call(self, name: str, arguments: tuple[Node, ...]) -> Value:
        if name in NOT_MODELLED:
            raise ToolError(2, f"netsandbox: awk's {name}() is not modelled")
        if name in ("sub", "gsub"):
            return self._substitute(name, arguments)
        if name == "split":
            return self._split_into(arguments)
        if name == "length" and arguments and arguments[0].kind == "name" and arguments[0].parts[0] in self._arrays:
            return float(len(self._arrays[arguments[0].parts[0]]))
        if name == "match":
            found = self._regex(arguments[1]).find(self._text(self._value(arguments[0])))
            self._values["RSTART"] = float(found.start + 1) if found is not None else 0.0
            self._values["RLENGTH"] = float(found.end - found.start) if found is not None else -1.0
            return self._values["RSTART"]
        values = [self._value(node) for node in arguments]
        return self._simple_call(name, values)

    def _simple_call(self, name: str, values: list[Value]) -> Value:
        texts = [self._text(value) for value in values]
        if name == "length":
            return float(len(texts[0] if texts else self._fields[0]))
        if not texts:
            raise ToolError(2, f"awk: too few arguments to {name}")
        if name == "substr" and len(values) > 1:
            start = round(self._number(values[1]))
            end = start + round(self._number(values[2])) if len(values) > 2 else len(texts[0]) + 1
            return texts[0][max(0, start - 1) : max(0, end - 1)]
        if name == "index" and len(texts) > 1:
            return float(texts[0].find(texts[1]) + 1)
        if name in ("tolower", "toupper"):
            return texts[0].lower() if name == "tolower" else texts[0].upper()
        if name == "sprintf":
            return self._formatted(values)
        if name == "int":
            return float(int(self._number(values[0])))
        if name == "sqrt":
            return math.sqrt(max(0.0, self._number(values[0])))
        if name == "strtonum":
            is_hex = re.fullmatch(r"0[xX][0-9a-fA-F]+", texts[0])
            return float(int(texts[0], 16)) if is_hex else self._number(values[0])
        raise ToolError(2, f"awk: wrong arguments to {name}")

    def _formatted(self, values: list[Value]) -> str:
        form = re.sub(r"%([-+ #0]*\d*(?:\.\d+)?)[di]", r"%\1d", self._text(values[0]))
        kinds = [found[4] for found in CONVERSION.finditer(form) if found[4] != "%"]
        texts = [chr(int(value) & 0xFF) if kind == "c" and isinstance(value, float) else self._text(value)
                 for kind, value in zip_longest(kinds, values[1:], fillvalue="")][:len(values) - 1]
        printer = Printf(texts, lambda text: int(self._number(text)), str)
        printer.run(form)
        if printer.errors:
            raise ToolError(2, f"awk: {printer.errors[0]}")
        return printer.out

    def _substitute(self, name: str, arguments: tuple[Node, ...]) -> Value:
        if len(arguments) < 2:
            raise ToolError(2, f"awk: too few arguments to {name}")
        target = arguments[2] if len(arguments) > 2 else Node("field", (Node("number", (0.0,)),))
        text, count = substituted(self._regex(arguments[0]), self._text(self._value(target)),
                                  self._text(self._value(arguments[1])), 1 if name == "sub" else 0)
        if count:
            self._store(target, text)
        return float(count)

    def _split_into(self, arguments: tuple[Node, ...]) -> Value:
        if len(arguments) < 2 or arguments[1].kind != "name":
            raise ToolError(2, "awk: wrong arguments to split")
        separator = self._values["FS"]
        if len(arguments) > 2:
            separator = arguments[2].parts[0] if arguments[2].kind == "regex" else self._value(arguments[2])
        found = self._split(self._text(self._value(arguments[0])), self._text(separator))
        self._arrays[arguments[1].parts[0]] = {str(at): Text(text) for at, text in enumerate(found, 1)}
        return float(len(found))


_VALUES: dict[str, Callable[..., Value]] = {"number": Evaluator.of_number, "string": Evaluator.of_string,
                                            "regex": Evaluator.of_regex, "name": Evaluator.of_name,
                                            "field": Evaluator.of_field, "element": Evaluator.of_element,
                                            "subscript": Evaluator.of_subscript, "list": Evaluator.of_list,
                                            "in": Evaluator.of_in,
                                            "join": Evaluator.of_join, "choice": Evaluator.of_choice,
                                            "unary": Evaluator.of_unary, "binary": Evaluator.of_binary,
                                            "assign": Evaluator.of_assign, "before": Evaluator.of_before,
                                            "after": Evaluator.of_after, "call": Evaluator.of_call}
_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda c: c < 0,
    "<=": lambda c: c <= 0,
    "==": lambda c: c == 0,
    "!=": lambda c: c != 0,
    ">": lambda c: c > 0,
    ">=": lambda c: c >= 0,
}
_OPERATIONS: dict[str, Callable[[float, float], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "^": lambda a, b: a**b,
}
