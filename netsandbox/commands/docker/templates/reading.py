"""Go templates as `--format` takes them: reading them into a tree (text/template/parse)."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

TOKEN = re.compile(r"""
    (?P<space>\s+) | (?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`) | (?P<character>'(?:[^'\\\n]|\\.)*')
    | (?P<number>[-+]?\d(?:[eE][-+]|[\w.])*) | (?P<field>\.[A-Za-z_]\w*)
    | (?P<variable>\$\w*) | (?P<word>[A-Za-z_]\w*) | (?P<assign>:=) | (?P<mark>[().,|=])""", re.VERBOSE)
FLOAT = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"'}
MAX_DEPTH = 50  # Actions within actions, or parentheses within parentheses


class TemplateError(Exception):
    """A template that cannot be read or carried out, in Go's words (printed: what came out before)."""

    printed = ""


class Token(NamedTuple):
    kind: str
    text: str
    position: int


class Operand(NamedTuple):
    """One value: a field of the dot, a variable, a literal, a function's name, or a pipeline in parentheses."""

    kind: str
    value: str | float | bool | Pipeline | None
    chain: tuple[str, ...]  # the fields that are taken from it
    position: int  # byte offset that an error names
    source: str  # its text, as an error shows it


class Pipeline(NamedTuple):
    """Commands joined by `|`, each a function or value with its arguments; variables take its result."""

    variables: tuple[str, ...]
    commands: tuple[tuple[Operand, ...], ...]
    is_assign: bool = False  # the variables are there already (`=`, not `:=`)


class Node(NamedTuple):
    """One part of a template: text, an action, or if, range and with, which have a body and an else."""

    kind: str
    text: str = ""  # of {{template "NAME"}} the name
    pipeline: Pipeline | None = None
    body: tuple[Node, ...] = ()
    otherwise: tuple[Node, ...] = ()
    place: tuple[int, str] = (0, "")  # of the name, and the whole action as an error shows it


def parse(template: str, functions: Container[str]) -> dict[str, tuple[Node, ...]]:
    """The trees of a template, the named ones that it defines and its own, which has no name.

    Args:
        functions: the names of those that there are.

    Raises:
        TemplateError: a syntax error.
    """
    parser = _Parser(template, functions)
    nodes, ended_by = parser.nodes(0)
    if ended_by:
        raise _error(template, len(template), f"unexpected {{{{{ended_by}}}}}")
    return parser.defined | {"": nodes}


def _error(template: str, position: int, why: str) -> TemplateError:
    return TemplateError(f"template: :{1 + template.count(chr(10), 0, position)}: {why}")


class _Parser:
    """Reads a template from left to right."""

    def __init__(self, template: str, functions: Container[str]) -> None:
        self.template = template
        self.functions = functions
        self.defined: dict[str, tuple[Node, ...]] = {}
        self.variables = ["$"]
        self.ranges = 0
        self.at = 0
        self.tokens: list[Token] = []
        self.is_comment = False

    # -- text and actions

    def nodes(self, depth: int) -> tuple[tuple[Node, ...], str]:
        """Nodes up to the end, an `end` or an `else`, which is named."""
        if depth > MAX_DEPTH:
            raise _error(self.template, self.at, "exceeded maximum nesting")
        found: list[Node] = []
        while True:
            text, is_last = self._text()
            if text:
                found.append(Node("text", text))
            if is_last:
                return tuple(found), ""
            word = self.tokens[0].text if self.tokens and self.tokens[0].kind == "word" else ""
            if word in ("end", "else"):
                return tuple(found), word
            if word in ("define", "template", "block"):
                found += self._named(word, depth)
            elif word in ("if", "range", "with"):
                self.tokens.pop(0)
                found.append(self._block(word, depth))
            elif word in ("break", "continue"):
                if not self.ranges:
                    raise _error(self.template, self.at, f"{{{{{word}}}}} outside {{{{range}}}}")
                found.append(Node(word))
            elif not self.is_comment:
                found.append(Node("action", pipeline=self._whole_pipeline()))

    def _named(self, kind: str, depth: int) -> list[Node]:
        """{{define "NAME"}}, {{template "NAME" PIPELINE}}, or {{block "NAME" PIPELINE}}, which is both."""
        if kind == "define" and depth:
            raise self._unexpected("command")
        start = self.at
        del self.tokens[0]
        if not self.tokens or self.tokens[0].kind != "string":
            raise self._unexpected(f"{kind} clause")
        token = self.tokens.pop(0)
        name = str(_literal(token))
        if kind == "define" and self.tokens:
            raise self._unexpected("define clause")
        pipeline = self._whole_pipeline(f"{kind} clause") if self.tokens or kind == "block" else None
        if kind != "template":
            outside, self.variables = self.variables, ["$"]
            self.defined[name], ended_by = self.nodes(depth + 1)
            self.variables = outside
            if ended_by != "end":
                raise _error(self.template, self.at, "unexpected EOF")
        source = f"{{{{template {self.template[token.position:start].rstrip('-} ')}}}}}"
        return [Node("template", name, pipeline, place=(token.position, source))] if kind != "define" else []

    def _block(self, kind: str, depth: int) -> Node:
        mark = len(self.variables)
        try:
            return self._in_scope(kind, depth)
        finally:
            del self.variables[mark:]

    def _in_scope(self, kind: str, depth: int) -> Node:
        pipeline = self._whole_pipeline(kind)
        self.ranges += kind == "range"
        body, ended_by = self.nodes(depth + 1)
        self.ranges -= kind == "range"
        otherwise: tuple[Node, ...] = ()
        if ended_by == "else" and len(self.tokens) > 1 and self.tokens[1].text in ("if", "with"):
            del self.tokens[0]
            inner = self.tokens.pop(0).text
            return Node(kind, "", pipeline, body, (self._block(inner, depth + 1),))
        if ended_by == "else":
            otherwise, ended_by = self.nodes(depth + 1)
        if ended_by != "end":
            raise _error(self.template, self.at, "unexpected EOF")
        return Node(kind, "", pipeline, body, otherwise)

    def _text(self) -> tuple[str, bool]:
        """The text before the next action, whose tokens are read as well."""
        start = self.template.find("{{", self.at)
        if start < 0:
            text, self.at = self.template[self.at:], len(self.template)
            return text, True
        text = self.template[self.at:start]
        inside = start + 2
        if self.template.startswith("- ", inside):
            text, inside = text.rstrip(), inside + 1
        self._tokenize(inside)
        return text, False

    def _tokenize(self, position: int) -> None:
        self.tokens, self.is_comment = [], False
        while True:
            if self.template.startswith("}}", position):
                self.at = position + 2
                return
            if self.template.startswith("-}}", position) and self.template[position - 1].isspace():
                self.at = position + 3
                while self.at < len(self.template) and self.template[self.at].isspace():
                    self.at += 1
                return
            if self.template.startswith("/*", position) and (end := self.template.find("*/", position)) > 0:
                position, self.is_comment = end + 2, not self.tokens
                continue
            match = TOKEN.match(self.template, position)
            if match is None:
                self._refuse_character(position)
            else:
                if match.lastgroup != "space":
                    self.tokens.append(Token(str(match.lastgroup), match.group(), position))
                position = match.end()
                if match.lastgroup in ("field", "variable", "word") or match.group() == ".":
                    self._check_end_of_name(position)

    def _check_end_of_name(self, position: int) -> None:
        rest = self.template[position:position + 2]
        if rest and rest != "}}" and rest[0] not in " \t\r\n.,|:()" and not (rest[0].isalnum() or rest[0] == "_"):
            raise _error(self.template, position, f"bad character U+{ord(rest[0]):04X} '{rest[0]}'")

    def _refuse_character(self, position: int) -> None:
        rest = self.template[position:]
        if not rest:
            raise _error(self.template, position, "unclosed action")
        if rest[0] in "\"`":
            raise _error(self.template, position, "unterminated quoted string")
        if not (rest[0].isascii() and rest[0].isprintable()):
            raise _error(self.template, position, f"unrecognized character in action: U+{ord(rest[0]):04X} '{rest[0]}'")
        raise _error(self.template, position, f'unexpected "{rest[0]}" in {"operand" if self.tokens else "command"}')

    # -- pipelines

    def _whole_pipeline(self, where: str = "command") -> Pipeline:
        pipeline = self._pipeline(0, where)
        if self.tokens:
            raise self._unexpected("command")
        return pipeline

    def _unexpected(self, where: str) -> TemplateError:
        shown = f'"{self.tokens[0].text}"' if self.tokens else '"}}"'
        return _error(self.template, self.at, f"unexpected {shown} in {where}")

    def _pipeline(self, depth: int, where: str = "command") -> Pipeline:
        if depth > MAX_DEPTH:
            raise _error(self.template, self.at, "max expression depth exceeded")
        variables, is_assign = self._variables()
        self.variables += variables
        commands = [self._command(depth, where)]
        while self.tokens and self.tokens[0].text == "|":
            self.tokens.pop(0)
            if not self.tokens:  # `{{.Name | }}` will do
                break
            commands.append(self._command(depth, where))
            if commands[-1][0].kind in ("literal", "dot") and not commands[-1][0].chain:
                raise _error(self.template, self.at, f"non executable command in pipeline stage {len(commands)}")
        return Pipeline(variables, tuple(commands), is_assign)

    def _variables(self) -> tuple[tuple[str, ...], bool]:
        """`$k, $v :=` before the rest, or `=`."""
        texts = [token.text for token in self.tokens[:4]]
        sign = next((text for text in texts if text in (":=", "=")), "")
        if sign == "=" and self.tokens[0].kind != "variable":
            sign = ""
        count = texts.index(sign) + 1 if sign else 0
        names = tuple(token.text for token in self.tokens[:count] if token.kind == "variable")
        if count:
            if not names or count > 4:
                raise self._unexpected("range" if len(names) > 1 else "operand")
            del self.tokens[:count]
        return names, sign == "="

    def _command(self, depth: int, where: str) -> tuple[Operand, ...]:
        operands, before = list[Operand](), list(self.tokens)
        while self.tokens and self.tokens[0].text not in ("|", ")"):
            operands.append(self._operand(depth))
        if not operands:
            raise _error(self.template, self.at, f"missing value for {where}")
        last = before[len(before) - len(self.tokens) - 1]
        if operands[0].kind == "function":  # an error of the function's names the whole command
            whole = self.template[before[0].position:last.position + len(last.text)]
            operands[0] = operands[0]._replace(source=whole)
        return tuple(operands)

    def _operand(self, depth: int) -> Operand:
        token = self.tokens.pop(0)
        kind, value = token.kind, token.text
        if kind == "mark" and value == "(":
            return self._in_parentheses(token, depth + 1)
        if kind == "mark" and value == ".":
            return Operand("dot", None, (), token.position, ".")
        if kind == "field":
            return self._with_chain("dot", None, token, (value[1:],))
        if kind == "character":
            return Operand("literal", self._character(token), (), token.position, value)
        if kind == "variable":
            if value not in self.variables:
                raise _error(self.template, token.position, f'undefined variable "{value}"')
            return self._with_chain("variable", value, token, ())
        literal = _literal(token)
        if literal is not None:
            return Operand("literal", literal, (), token.position, value)
        if kind == "word":
            return self._word(token)
        self.tokens.insert(0, token)
        raise self._unexpected("operand")

    def _in_parentheses(self, token: Token, depth: int) -> Operand:
        inner = self._pipeline(depth)
        if not self.tokens or self.tokens[0].text != ")":
            raise _error(self.template, self.at, "unclosed left paren")
        self.tokens.pop(0)
        return self._with_chain("pipeline", inner, token, ())

    def _word(self, token: Token) -> Operand:
        """nil, or a function."""
        name = token.text
        if name == "nil":
            return Operand("literal", None, (), token.position, name)
        if name not in self.functions:
            raise _error(self.template, token.position, f'function "{name}" not defined')
        return Operand("function", name, (), token.position, name)

    def _character(self, token: Token) -> int:
        inner = re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(1)), token.text[1:-1])
        if len(inner) != 1:
            raise _error(self.template, token.position, f"malformed character constant: {token.text}")
        return ord(inner)

    def _with_chain(self, kind: str, value: str | Pipeline | None, token: Token, chain: tuple[str, ...]) -> Operand:
        """An operand with the fields behind it, which follow without a space; an error names the second field."""
        position, end = token.position, token.position + len(token.text)
        source, names = token.text if kind != "pipeline" else "", list(chain)
        is_first = True
        while self.tokens and self.tokens[0].kind == "field" and (kind == "pipeline" or self.tokens[0].position == end):
            field = self.tokens.pop(0)
            position = field.position if is_first else position
            is_first = False
            names.append(field.text[1:])
            source += field.text
            end = field.position + len(field.text)
        return Operand(kind, value, tuple(names), position, source)


def _number(text: str) -> int | float:
    """`7`, `0x10`, `1.5`; a float without a fraction will do for an integer."""
    if not FLOAT.fullmatch(text) or text.lstrip("+-").isdecimal():
        return int(text, 0)
    number = float(text)
    return int(number) if number.is_integer() and "." not in text else number


def _literal(token: Token) -> str | float | bool | None:
    if token.kind == "string":
        inner = token.text[1:-1]
        if token.text[0] == "`":
            return inner
        return re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(1)), inner)
    if token.kind == "number":
        try:
            return _number(token.text)
        except ValueError:
            raise TemplateError(f'template: :1: bad number syntax: "{token.text}"') from None
    return {"true": True, "false": False}.get(token.text) if token.kind == "word" else None
