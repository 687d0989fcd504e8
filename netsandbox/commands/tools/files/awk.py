"""awk: its programs carried out."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.awk_parser import Node, Parser, Rule
from netsandbox.commands.tools.files.awk_values import Evaluator, Text, Value
from netsandbox.commands.tools.files.text import lines_of
from netsandbox.commands.tools.inputs import inputs
from netsandbox.commands.tools.looks import passes_on
from netsandbox.engine import budget
from netsandbox.engine.budget import Use


class _NextError(Exception):
    """`next`."""


class _ExitError(Exception):
    """`exit`."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class _LoopError(Exception):
    """`break`, or `continue`."""

    def __init__(self, is_break: bool) -> None:
        super().__init__()
        self.is_break = is_break


@passes_on(".*(>|[|]|sys)")
def awk(context: ToolContext, arguments: list[str]) -> ToolResult:
    """awk [-F SEPARATOR] [-v NAME=VALUE] 'PROGRAM' [FILE …]."""
    separator, variables, words = " ", dict[str, Value](), list(arguments)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        if option[1] not in "Fv":
            raise ToolError(2, f"netsandbox: awk's option {option[:20]} is not modelled")
        value = option[2:] or (words.pop(0) if words else "")
        if option[1] == "F":
            separator = {"t": "\t", "\\t": "\t"}.get(value, value)
        else:
            name, _equals, text = value.partition("=")
            variables[name] = Text(text.replace("\\n", "\n").replace("\\t", "\t"))
    if not words:
        raise ToolError(2, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]")
    rules = Parser(words.pop(0)).rules()
    run = _Run(rules, separator, variables, dict(context.environment))
    code = run.begin()
    errors = ""
    if code is None and any(rule.pattern is None or rule.pattern.kind != "BEGIN" for rule in rules):
        found, errors = inputs(context, "awk", words)
        code = run.lines([(one.name, line) for one in found for line in lines_of(one.text)])
    return ToolResult(2 if errors else run.end(code), "".join(run.out), errors)


class _Run(Evaluator):
    """A program that runs."""

    def __init__(
        self, rules: list[Rule], separator: str, variables: dict[str, Value], environment: dict[str, str]
    ) -> None:
        super().__init__(separator, variables, environment)
        self._rules = rules
        self._active: set[int] = set()
        self.out: list[str] = []

    # -- the rules

    def begin(self) -> int | None:
        return self._guarded(
            [rule for rule in self._rules if rule.pattern is not None and rule.pattern.kind == "BEGIN"]
        )

    def _guarded(self, rules: list[Rule]) -> int | None:
        """Carry out actions; the status if one of them exits."""
        try:
            for rule in rules:
                if rule.action is not None:
                    self._do(rule.action)
        except _ExitError as error:
            return error.code
        except _NextError:
            pass
        return None

    def lines(self, rows: list[tuple[str, str]]) -> int | None:
        before = None
        for name, line in rows:
            self._values["NR"] = self._number(self._values["NR"]) + 1
            self._values["FNR"] = 1.0 if name != before else self._number(self._values["FNR"]) + 1
            self._values["FILENAME"] = before = name
            self._set_line(line)
            code = self._one_line()
            if code is not None:
                return code
        return None

    def _one_line(self) -> int | None:
        for number, rule in enumerate(self._rules):
            if rule.pattern is not None and rule.pattern.kind in ("BEGIN", "END"):
                continue
            try:
                if not self._is_for(number, rule):
                    continue
                if rule.action is None:
                    self.out.append(self._fields[0] + self._text(self._values["ORS"]))
                else:
                    self._do(rule.action)
            except _NextError:
                return None
            except _ExitError as error:
                return error.code
        return None

    def end(self, code: int | None) -> int:
        rules = [rule for rule in self._rules if rule.pattern is not None and rule.pattern.kind == "END"]
        again = self._guarded(rules) if code is None else None
        return code or again or 0

    def _is_for(self, number: int, rule: Rule) -> bool:
        if rule.pattern is None:
            return True
        if rule.last is None:
            return self._truth(rule.pattern)
        if number not in self._active:
            if not self._truth(rule.pattern):
                return False
            self._active.add(number)
        if self._truth(rule.last):
            self._active.discard(number)
        return True

    # -- statements

    def _do(self, node: Node) -> None:
        budget.spend(Use.WORK)
        _STATEMENTS[node.kind](self, *node.parts)

    def do_block(self, *nodes: Node) -> None:
        for node in nodes:
            self._do(node)

    def do_expression(self, node: Node) -> None:
        self._value(node)

    def do_print(self, *nodes: Node) -> None:
        texts = [self._text(self._value(node)) for node in nodes] if nodes else [self._fields[0]]
        self._print(self._text(self._values["OFS"]).join(texts) + self._text(self._values["ORS"]))

    def do_printf(self, *nodes: Node) -> None:
        if not nodes:
            raise ToolError(2, "awk: not enough args in printf()")
        self._print(self._formatted([self._value(node) for node in nodes]))

    def _print(self, text: str) -> None:
        budget.spend(Use.OUTPUT, len(text))
        self.out.append(text)

    def do_if(self, condition: Node, body: Node, otherwise: Node | None) -> None:
        if self._truth(condition):
            self._do(body)
        elif otherwise is not None:
            self._do(otherwise)

    def do_while(self, condition: Node, body: Node) -> None:
        while self._truth(condition):
            if self._round(body):
                break

    def do_for(self, start: Node | None, condition: Node | None, step: Node | None, body: Node) -> None:
        if start is not None:
            self._value(start)
        while condition is None or self._truth(condition):
            if self._round(body):
                break
            if step is not None:
                self._value(step)

    def do_each(self, name: str, array: str, body: Node) -> None:
        for key in list(self._arrays.get(array, {})):
            self._values[name] = Text(key)
            if self._round(body):
                break

    def _round(self, body: Node) -> bool:
        """One round of a loop; whether it was the last."""
        try:
            self._do(body)
        except _LoopError as error:
            return error.is_break
        return False

    def do_next(self) -> None:
        raise _NextError

    def do_break(self) -> None:
        raise _LoopError(True)

    def do_continue(self) -> None:
        raise _LoopError(False)

    def do_exit(self, node: Node | None = None) -> None:
        raise _ExitError(int(self._number(self._value(node))) & 255 if node is not None else 0)

    def do_delete(self, name: str, node: Node | None) -> None:
        if node is None:
            self._arrays[name] = {}
        else:
            self._arrays.get(name, {}).pop(self._text(self._value(node)), None)


_STATEMENTS: dict[str, Callable[..., None]] = {"block": _Run.do_block, "expression": _Run.do_expression,
                                               "print": _Run.do_print, "printf": _Run.do_printf, "if": _Run.do_if,
                                               "while": _Run.do_while, "for": _Run.do_for, "each": _Run.do_each,
                                               "next": _Run.do_next, "break": _Run.do_break,
                                               "continue": _Run.do_continue, "exit": _Run.do_exit,
                                               "delete": _Run.do_delete}
