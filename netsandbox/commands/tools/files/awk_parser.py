"""awk's grammar (POSIX XCU awk), as far as one-liners go: patterns, actions, expressions, arrays; no functions of one's
own, no getline, no redirections."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from netsandbox.commands.tools.context import ToolError

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n|\#[^\n]*)|(?P<newline>\n)|(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)
    |(?P<string>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)
    |(?P<op>\|\||&&|==|!=|<=|>=|\+\+|--|\+=|-=|\*=|/=|%=|\^=|!~|[-+*/%^!<>=?:~$(){}\[\],;|])""",
    re.VERBOSE,
)
KEYWORDS = frozenset(
    {"BEGIN", "END", "if", "else", "while", "for", "do", "in", "print", "printf", "next", "exit", "delete", "break",
     "continue", "function", "getline", "return"}
)
NOT_MODELLED = frozenset(
    ["asort", "asorti", "atan2", "close", "cos", "exp", "fflush", "gensub", "log", "mktime", "rand", "sin", "srand",
     "strftime", "system", "systime"])
FUNCTIONS = NOT_MODELLED | {
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "tolower", "toupper", "int", "sqrt",
    "strtonum"}
MOST_NESTED = 40
ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "/": "/", "r": "\r"}
BEFORE_DIVISION = frozenset({")", "]", "$"})


class Node(NamedTuple):
    """Part of a program: what it is, and its parts."""

    kind: str
    parts: tuple[Any, ...] = ()


class Rule(NamedTuple):
    """`PATTERN { ACTION }`; last: behind a comma; action None prints the line."""

    pattern: Node | None
    last: Node | None
    action: Node | None


class Parser:
    """Reads a program."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._nested = 0

    # -- tokens

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _is(self, *texts: str) -> bool:
        kind, text = self._peek()
        return text in texts and kind in ("op", "word", "newline")

    def _take(self, *texts: str) -> str:
        kind, text = self._peek()
        if texts and not self._is(*texts):
            raise _error(text)
        self._at += kind != "end"
        return text

    def _skip(self, *texts: str) -> None:
        while self._is(*texts):
            self._at += 1

    # -- the program

    def rules(self) -> list[Rule]:
        found: list[Rule] = []
        self._skip("\n", ";")
        while self._peek()[0] != "end":
            found.append(self._rule())
            self._skip("\n", ";")
        return found

    def _rule(self) -> Rule:
        pattern = last = None
        if self._is("function", "func"):
            raise ToolError(2, "netsandbox: functions of one's own are not modelled in awk")
        if self._is("BEGIN", "END"):
            pattern = Node(self._take())
            return Rule(pattern, None, self._block())
        if not self._is("{"):
            pattern = self.expression()
            if self._is(","):
                self._take()
                last = self.expression()
        return Rule(pattern, last, self._block() if self._is("{") else None)

    def _block(self) -> Node:
        self._take("{")
        found: list[Node] = []
        self._skip("\n", ";")
        while not self._is("}"):
            found.append(self._statement())
            self._skip("\n", ";")
        self._take("}")
        return Node("block", tuple(found))

    def _statement(self) -> Node:
        self._deeper()
        found = self._any_statement()
        self._nested -= 1
        return found

    def _deeper(self) -> None:
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise ToolError(2, f"awk: more than {MOST_NESTED} levels within each other")

    def _any_statement(self) -> Node:
        kind, text = self._peek()
        if self._is("{"):
            return self._block()
        if kind == "word" and text in ("if", "while"):
            return self._conditional(self._take())
        if kind == "word" and text == "for":
            return self._for()
        if kind == "word" and text in ("print", "printf"):
            return self._print(self._take())
        if kind == "word" and text in ("next", "break", "continue"):
            return Node(self._take())
        if kind == "word" and text == "exit":
            self._take()
            return Node("exit", () if self._is(";", "\n", "}") else (self.expression(),))
        if kind == "word" and text == "delete":
            self._take()
            name = self._take()
            if not self._is("["):
                return Node("delete", (name, None))
            return Node("delete", (name, self._subscript()))
        if kind == "word" and text in KEYWORDS - {"in"}:
            raise ToolError(2, f"netsandbox: awk's `{text}` is not modelled")
        return Node("expression", (self.expression(),))

    def _conditional(self, keyword: str) -> Node:
        self._take("(")
        condition = self.expression()
        self._take(")")
        self._skip("\n")
        body = Node("block") if self._is(";") else self._statement()
        if keyword == "while":
            return Node("while", (condition, body))
        mark = self._at
        self._skip("\n", ";")
        if not self._is("else"):
            self._at = mark
            return Node("if", (condition, body, None))
        self._take()
        self._skip("\n")
        return Node("if", (condition, body, self._statement()))

    def _for(self) -> Node:
        self._take()
        self._take("(")
        if self._peek()[0] == "name" and self._tokens[self._at + 1] == ("word", "in"):
            name = self._take()
            self._take("in")
            array = self._take()
            self._take(")")
            self._skip("\n")
            return Node("each", (name, array, self._statement()))
        parts: list[Node | None] = []
        for end in (";", ";", ")"):
            parts.append(None if self._is(end) else self.expression())
            self._take(end)
        self._skip("\n")
        return Node("for", (*parts, Node("block") if self._is(";") else self._statement()))

    def _print(self, keyword: str) -> Node:
        found: list[Node] = []
        if not self._is(";", "\n", "}", ">", "|") and self._peek()[0] != "end":
            self._no_greater = True
            found = self._expressions()
            self._no_greater = False
        if self._is(">", "|"):
            raise ToolError(2, f"netsandbox: awk's `{keyword} … {self._peek()[1]}` is not modelled; the shell's is")
        if len(found) == 1 and found[0].kind == "list":
            found = list(found[0].parts)
        return Node(keyword, tuple(found))

    _no_greater = False

    def _expressions(self) -> list[Node]:
        found = [self.expression()]
        while self._is(","):
            self._take()
            self._skip("\n")
            found.append(self.expression())
        return found

    # -- expressions

    def expression(self) -> Node:
        self._deeper()
        left = self._choice()
        if self._is("=", "+=", "-=", "*=", "/=", "%=", "^=") and left.kind in ("name", "field", "element"):
            operator = self._take()
            left = Node("assign", (left, operator[:-1], self.expression()))
        self._nested -= 1
        return left

    def _choice(self) -> Node:
        condition = self._binary(0)
        if not self._is("?"):
            return condition
        self._take()
        first = self.expression()
        self._take(":")
        return Node("choice", (condition, first, self.expression()))

    LEVELS = (("||",), ("&&",), ("in",), ("~", "!~"), ("<", "<=", "==", "!=", ">", ">="))

    def _binary(self, level: int) -> Node:
        if level == len(self.LEVELS):
            return self._concatenation()
        left = self._binary(level + 1)
        while self._is(*self.LEVELS[level]) and not (self._no_greater and self._is(">")):
            operator = self._take()
            self._skip("\n") if operator in ("||", "&&") else None
            if operator == "in":
                left = Node("in", (left, self._take()))
            else:
                left = Node("binary", (operator, left, self._binary(level + 1)))
        return left

    def _concatenation(self) -> Node:
        left = self._sum()
        while self._begins_operand():
            left = Node("join", (left, self._sum()))
        return left

    def _begins_operand(self) -> bool:
        kind, text = self._peek()
        return (
            kind in ("number", "string", "name", "regex")
            or (kind == "op" and text in ("$", "!", "(", "-", "+", "++", "--") and text != "!")
            or (kind == "word" and text in FUNCTIONS)
        )

    def _sum(self) -> Node:
        return self._left(("+", "-"), lambda: self._left(("*", "/", "%"), self._unary))

    def _left(self, operators: tuple[str, ...], inner: Any) -> Node:
        left: Node = inner()
        while self._is(*operators):
            left = Node("binary", (self._take(), left, inner()))
        return left

    def _unary(self) -> Node:
        if self._is("!", "-", "+"):
            operator = self._take()
            self._deeper()
            found = Node("unary", (operator, self._unary()))
            self._nested -= 1
            return found
        base = self._postfix()
        if self._is("^"):
            self._take()
            return Node("binary", ("^", base, self._unary()))
        return base

    def _postfix(self) -> Node:
        if self._is("++", "--"):
            operator = self._take()
            return Node("before", (operator, self._primary()))
        found = self._primary()
        if self._is("++", "--") and found.kind in ("name", "field", "element"):
            return Node("after", (self._take(), found))
        return found

    def _primary(self) -> Node:
        kind, text = self._peek()
        self._at += kind != "end"
        if kind == "number":
            return Node("number", (float(text),))
        if kind == "string":
            return Node(
                "string", (re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], "\\" + m[1]), text[1:-1], flags=re.DOTALL),)
            )
        if kind == "regex":
            return Node("regex", (text,))
        if kind == "op" and text == "$":
            self._deeper()
            found = Node("field", (self._postfix() if self._is("++", "--") else self._primary(),))
            self._nested -= 1
            return found
        if kind == "op" and text == "(":
            return self._grouped()
        if kind == "word" and text in FUNCTIONS:
            return self._call(text)
        if kind == "name":
            return Node("element", (text, self._subscript())) if self._is("[") else Node("name", (text,))
        raise _error(text)

    def _grouped(self) -> Node:
        before, self._no_greater = self._no_greater, False
        found = self._expressions()
        self._take(")")
        self._no_greater = before
        return found[0] if len(found) == 1 else Node("list", tuple(found))

    def _subscript(self) -> Node:
        self._take("[")
        found = self._expressions()
        self._take("]")
        return found[0] if len(found) == 1 else Node("subscript", tuple(found))

    def _call(self, name: str) -> Node:
        if name == "length" and not self._is("("):
            return Node("call", (name, ()))
        self._take("(")
        before, self._no_greater = self._no_greater, False
        arguments = () if self._is(")") else tuple(self._expressions())
        self._take(")")
        self._no_greater = before
        return Node("call", (name, arguments))


def _error(text: str) -> ToolError:
    return ToolError(2, f"awk: syntax error at or near {text if text.strip() else 'end of program'}")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        last = found[-1] if found else ("op", "(")
        is_operand = last[0] in ("number", "string", "name", "regex") or last[1] in BEFORE_DIVISION
        if text[at] == "/" and not is_operand:
            match = re.compile(r"/((?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])*)/").match(text, at)
            if match is None:
                raise ToolError(2, "awk: unterminated regexp")
            found.append(("regex", match[1].replace("\\/", "/")))
            at = match.end()
            continue
        match = TOKEN.match(text, at)
        if match is None:
            raise _error(text[at : at + 20])
        at = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            is_word = kind == "name" and (match[0] in KEYWORDS or match[0] in FUNCTIONS)
            found.append(("word" if is_word else kind, match[0]))
    return [*found, ("end", "")]
