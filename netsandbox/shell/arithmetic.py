"""`$((…))`: C's integers of 64 bits (POSIX XCU 2.6.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

TOKEN = re.compile(r"""\s*(?:(?P<number>0[xX][0-9A-Fa-f]*|[0-9]+\#[0-9A-Za-z@_]+|[0-9]\w*)|(?P<name>[A-Za-z_]\w*)
    |(?P<op><<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%<>=!&|^~?:(),]))""", re.VERBOSE)
LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="),
                                       ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
PRECEDENCE = {operator: level for level, operators in enumerate(LEVELS) for operator in operators}
ASSIGNING = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="})
MOST_DEPTH = 40  # Parentheses, and names within the values of names
PLAIN = re.compile(r"\s*[-+]?(?:0[xX][0-9A-Fa-f]+|[0-9]+)\s*")
LONGEST = 10_000


class Variables(Protocol):
    """Where names have their values."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...


class CalculationError(Exception):
    """An expression that has no value, in bash's words behind the expression."""

    def __init__(self, message: str, expression: str = "") -> None:
        super().__init__(message)
        self.expression = expression  # it, which may be a variable's value


class NumberError(CalculationError):
    """A variable whose value is no number, where only that will do."""


class Value(NamedTuple):
    """A number, and the name that it was read from, if it can be assigned to."""

    number: int
    name: str = ""


def wrapped(number: int) -> int:
    """As 64 bits with a sign hold it."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def evaluate(expression: str, variables: Variables, depth: int = 0, nests: bool = True) -> int:
    """The value of an expression; an empty one is 0.

    Args:
        nests: whether a variable's value may be an expression itself; dash takes only numbers.

    Raises:
        CalculationError: it is none.
    """
    if len(expression) > LONGEST or depth > MOST_DEPTH:
        raise CalculationError("expression recursion level exceeded", expression)
    if not expression.strip():
        return 0
    try:
        calculator = _Calculator(expression, variables, depth, nests)
        found = calculator.comma()
        if calculator.token:
            raise calculator.error("syntax error in expression")
    except CalculationError as error:
        error.expression = error.expression or expression.lstrip()
        raise
    return found.number


class _Calculator:
    """Recursive descent; `live` is off where `&&`, `||` and `?:` do not go."""

    def __init__(self, text: str, variables: Variables, depth: int, nests: bool) -> None:
        self._text = text
        self._variables = variables
        self._depth = depth
        self._nested = depth
        self._nests = nests
        self._at = 0
        self.token = self._kind = ""
        self._start = 0
        self._live = True
        self._next()

    def _next(self) -> None:
        match = TOKEN.match(self._text, self._at)
        if match is None and self._nests and self._kind == "name" and self._text[self._at:self._at + 1] == "[":
            self._start, self.token, self._kind = self._at, "[", "subscript"
            return
        if match is None:
            rest = self._text[self._at:].strip()
            self._start = len(self._text) - len(self._text[self._at:].lstrip())
            if rest:
                raise CalculationError(f'syntax error: invalid arithmetic operator (error token is "{rest}")')
            self.token = self._kind = ""
            return
        self._kind, self.token = str(match.lastgroup), match[match.lastgroup or 0]
        self._start, self._at = match.start(self._kind), match.end()

    def error(self, what: str) -> CalculationError:
        return CalculationError(f'{what} (error token is "{self._text[self._start:]}")')

    def comma(self) -> Value:
        found = self._assignment()
        while self.token == ",":
            self._next()
            found = self._assignment()
        return Value(found.number)

    def _assignment(self) -> Value:
        self._nested += 1
        if self._nested > MOST_DEPTH:
            raise CalculationError("expression recursion level exceeded")
        left = self._choice()
        if self.token in ASSIGNING and self.token:
            if not left.name:
                raise self.error("attempted assignment to non-variable")
            operator = self.token[:-1]
            self._next()
            right = self._assignment().number
            left = self._assign(left.name, self._operation(operator, left.number, right) if operator else right)
        self._nested -= 1
        return left

    def _assign(self, name: str, number: int) -> Value:
        if self._live:
            self._variables.set(name, str(wrapped(number)))
        return Value(wrapped(number))

    def _choice(self) -> Value:
        condition = self._binary(0)
        if self.token != "?":
            return condition
        self._next()
        live = self._live
        self._live = live and bool(condition.number)
        first = self.comma()
        if self.token != ":":
            raise self.error("`:' expected for conditional expression")
        self._next()
        self._live = live and not condition.number
        second = self._assignment() if self.token else self._missing()
        self._live = live
        return Value(first.number if condition.number else second.number)

    def _binary(self, lowest: int) -> Value:
        """Operators of at least some precedence, from the left."""
        left = self._power()
        while PRECEDENCE.get(self.token, -1) >= lowest:
            operator = self.token
            self._next()
            live = self._live
            if operator in ("&&", "||"):
                self._live = live and bool(left.number) == (operator == "&&")
            right = self._binary(PRECEDENCE[operator] + 1)
            self._live = live
            left = Value(self._operation(operator, left.number, right.number))
        return left

    def _power(self) -> Value:
        base = self._unary()
        if self.token != "**":
            return base
        self._next()
        exponent = self._power().number
        if exponent < 0:
            raise self.error("exponent less than 0")
        return Value(wrapped(pow(base.number, exponent, 1 << 64)))

    def _unary(self) -> Value:
        operator = self.token
        if operator in ("++", "--"):
            self._next()
            if self._kind == "name":
                value = self._primary()
                return self._assign(value.name, value.number + (1 if operator == "++" else -1))
            number = self._unary().number
            return Value(number)
        if operator in ("-", "+", "!", "~"):
            self._next()
            number = self._unary().number
            return Value(wrapped({"-": -number, "+": number, "!": int(not number), "~": ~number}[operator]))
        return self._primary()

    def _primary(self) -> Value:
        kind, token = self._kind, self.token
        if token == "(":
            self._next()
            found = self.comma()
            if self.token != ")":
                raise self.error("missing `)'")
            self._next()
            return found
        if kind == "number":
            self._next()
            return Value(self._number(token))
        if kind != "name":
            return self._missing()
        self._next()
        token += self._subscript() if self._nests and self._text[self._start:self._start + 1] == "[" else ""
        if self.token == "=":
            return Value(0, token)  # what it was is not looked at
        number = self._value(token)
        if self.token in ("++", "--"):
            self._assign(token, number + (1 if self.token == "++" else -1))
            self._next()
            return Value(number)
        return Value(number, token)

    def _subscript(self) -> str:
        """`[EXPRESSION]` behind a name, with its value."""
        end = _closing(self._text, self._start)
        if end < 0:
            raise self.error("syntax error: invalid arithmetic operator")
        inner = self._text[self._start + 1:end]
        self._at = end + 1
        self._next()
        return f"[{evaluate(inner, self._variables, self._depth + 1) if self._live else 0}]"

    def _missing(self) -> Value:
        raise self.error("syntax error: operand expected")

    def _value(self, name: str) -> int:
        text = self._variables.get(name) or "0"
        if not self._nests and self._live and PLAIN.fullmatch(text) is None:
            raise NumberError(text)
        return evaluate(text, self._variables, self._depth + 1) if self._live else 0

    def _number(self, token: str) -> int:
        base, hash_sign, digits = token.partition("#")
        try:
            if hash_sign:
                return wrapped(int(digits, int(base)))
            if token[:2] in ("0x", "0X"):
                return wrapped(int(token[2:] or "0", 16))
            return wrapped(int(token, 8 if token[0] == "0" else 10))
        except ValueError:
            raise CalculationError(f'{token}: value too great for base (error token is "{token}")') from None

    def _operation(self, operator: str, left: int, right: int) -> int:
        if operator in ("/", "%"):
            if not right:
                if not self._live:
                    return 0
                raise self._division_by_zero(operator)
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return wrapped(quotient if operator == "/" else left - quotient * right)
        return wrapped(_OPERATIONS[operator](left, right))

    def _division_by_zero(self, _operator: str) -> CalculationError:
        before = self._text[:self._start].rstrip()
        start = len(before) - len(re.split(r"[/%=]", before)[-1].lstrip())
        return CalculationError(f'division by 0 (error token is "{self._text[start:]}")')


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at a place closes; -1 if it does not."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "[") - (text[at] == "]")
        if not depth:
            return at
    return -1


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63), "<": lambda a, b: int(a < b), ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b), ">=": lambda a, b: int(a >= b), "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b), "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b,
    "&&": lambda a, b: int(bool(a) and bool(b)), "||": lambda a, b: int(bool(a) or bool(b))}
