"""The frames of loops: while, until, for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.shell.expand import Expansion
from netsandbox.shell.frames import Expanding, ListFrame
from netsandbox.shell.tree import AndOr, CountingFor, For, Pipeline, Simple, Text, While, says

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter

TRUE, FALSE = frozenset({"true", ":"}), frozenset({"false"})
LEAVES = frozenset({"break", "exit", "return", "exec", "eval", "kill", ".", "source"})
"""What may end a loop from within."""


class LoopFrame(Expanding):
    """What `break` and `continue` look for."""

    is_loop = True

    def again(self) -> None:
        """`continue`: the round is over."""


class WhileFrame(LoopFrame):
    def __init__(self, node: While) -> None:
        super().__init__()
        self._node = node
        self._is_asking = False
        self._status: int | None = None
        self.never_ends = _is_always(node) and not says(node.body, LEAVES)

    def again(self) -> None:
        self._is_asking = False

    def step(self, shell: Interpreter) -> None:
        if not self._is_asking:
            self._status = shell.state.status if self._status is not None else 0
            self._is_asking = True
            shell.push(ListFrame(self._node.condition), tested=True)
        elif (shell.state.status == 0) == self._node.is_until:
            shell.state.status = self._status or 0
            shell.pop()
        else:
            self._is_asking = False
            shell.push(ListFrame(self._node.body))


def _is_always(node: While) -> bool:
    """`while true`, `while :` or `until false`."""
    match node.condition.items:
        case (AndOr(first=Pipeline(commands=(Simple(words=(word,)),), negated=False), rest=()),):
            return word.bare in (FALSE if node.is_until else TRUE)
    return False


class ForFrame(LoopFrame):
    def __init__(self, node: For) -> None:
        super().__init__()
        self._node = node
        self._values: list[str] | None = None
        self._at = 0

    def step(self, shell: Interpreter) -> None:
        if self._values is None:
            shell.state.line = self._node.line
            super().step(shell)
            return
        if self._at == len(self._values):
            if not self._at:
                shell.state.status = 0
            shell.pop()
            return
        budget.spend(Use.COMMANDS)
        shell.state.set(self._node.name, self._values[self._at])
        self._at += 1
        shell.push(ListFrame(self._node.body))

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        words = self._node.words
        values = list(shell.state.positional) if words is None else expansion.fields(words)
        expansion.commit()
        self._values = values


class CountingForFrame(LoopFrame):
    """`for ((…))`."""

    def __init__(self, node: CountingFor) -> None:
        super().__init__()
        self._node = node
        self._part = 0
        self._asks = any(not isinstance(part, Text) or part.text.strip() for part in node.condition.parts)
        self.never_ends = not self._asks and not says(node.body, LEAVES)

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        node = self._node
        shell.state.line = node.line
        if self._part == 1:
            holds = not self._asks or expansion.number(node.condition)
            expansion.commit()
            if not holds:
                shell.state.status = 0
                shell.pop()
                return
            budget.spend(Use.COMMANDS)
            shell.push(ListFrame(node.body))
        else:
            expansion.number(node.start if self._part == 0 else node.step)
            expansion.commit()
        self._part = 2 if self._part == 1 else 1
        self.begin_again()
