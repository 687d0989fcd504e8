"""`[[ … ]]`: words are not split, `==` matches patterns, `&&` and `||` go no further than they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.pattern import PatternError, compile_pattern
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.shell.arithmetic import CalculationError, evaluate
from netsandbox.shell.array import Array
from netsandbox.shell.conditions import COMPARISONS, UNARY, ConditionError, binary, unary
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.expand import Expansion
from netsandbox.shell.frames import Expanding
from netsandbox.shell.patterns import matches
from netsandbox.shell.streams import terminals
from netsandbox.shell.tree import Condition, Word

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter

OPERATORS = frozenset({"=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef"})


class ConditionFrame(Expanding):
    def __init__(self, node: Condition) -> None:
        super().__init__()
        self._node = node
        self._at = 0

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        shell.state.line = self._node.line
        budget.spend(Use.COMMANDS)
        self._at = 0
        if not self._node.words:
            raise RefusedError("syntax error near `]]'", 2)
        try:
            holds = self._either(expansion)
        except ConditionError as error:
            raise RefusedError(f"[[: {error}", 2) from None
        if self._at < len(self._node.words):
            raise RefusedError(f"syntax error in conditional expression near `{self._peek()}'", 2)
        expansion.commit()
        shell.ended(int(not holds))

    def _peek(self) -> str | None:
        words = self._node.words
        return words[self._at].bare if self._at < len(words) else None

    def _take(self) -> Word:
        if self._at == len(self._node.words):
            raise RefusedError("unexpected argument to conditional operator", 2)
        self._at += 1
        return self._node.words[self._at - 1]

    def _either(self, expansion: Expansion | None) -> bool:
        found = self._both(expansion)
        while self._peek() == "||":
            self._at += 1
            found = self._both(None if found else expansion) or found
        return found

    def _both(self, expansion: Expansion | None) -> bool:
        found = self._one(expansion)
        while self._peek() == "&&":
            self._at += 1
            found = self._one(expansion if found else None) and found
        return found

    def _one(self, expansion: Expansion | None) -> bool:
        """One condition; without an expansion it is only read over."""
        word = self._peek()
        if word == "!":
            self._at += 1
            return not self._one(expansion)
        if word == "(":
            self._at += 1
            found = self._either(expansion)
            if self._take().bare != ")":
                raise RefusedError("syntax error in conditional expression", 2)
            return found
        first = self._take()
        if word is not None and len(word) == 2 and word[0] == "-" and word[1] in UNARY and self._at < len(
                self._node.words) and self._peek() not in OPERATORS:
            second = self._take()
            return expansion is not None and self._unary(expansion, word, second)
        operator = self._peek()
        if operator in OPERATORS or operator in COMPARISONS:
            self._at += 1
            second = self._take()
            return expansion is not None and self._binary(expansion, first, str(operator), second)
        return expansion is not None and bool(expansion.text(first))

    def _unary(self, expansion: Expansion, operator: str, word: Word) -> bool:
        text = expansion.text(word)
        if operator == "-v":
            return expansion.get(text) is not None
        return unary(expansion.state.files, operator, text, terminals(expansion.streams))

    def _binary(self, expansion: Expansion, first: Word, operator: str, second: Word) -> bool:
        left = expansion.text(first)
        if operator in ("=", "==", "!="):
            return matches(expansion.pattern(second), left) == (operator != "!=")
        if operator == "=~":
            try:
                found = compile_pattern(expansion.text(second), longest=True).find(left)
                expansion.arrays["BASH_REMATCH"] = Array(dict(enumerate(found.groups if found is not None else ())))
                return found is not None
            except PatternError as error:
                raise ConditionError(str(error)) from None
        right = expansion.text(second)
        if operator in COMPARISONS:
            return COMPARISONS[operator](_number(expansion, left), _number(expansion, right))
        return binary(expansion.state.files, left, operator, right)


def _number(expansion: Expansion, text: str) -> int:
    try:
        return evaluate(text, expansion)
    except CalculationError as error:
        raise ConditionError(f"{text}: {error}") from None
