"""Which frame carries out which kind of command."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.shell import tree
from netsandbox.shell.double_bracket import ConditionFrame
from netsandbox.shell.frames import (
    BrokenFrame,
    CalculationFrame,
    CaseFrame,
    Frame,
    FunctionFrame,
    IfFrame,
    ListFrame,
    RedirectedFrame,
    SubshellFrame,
)
from netsandbox.shell.loops import CountingForFrame, ForFrame, WhileFrame
from netsandbox.shell.simple import SimpleFrame
from netsandbox.shell.tree import Runnable


def _group(node: tree.Group) -> Frame:
    return ListFrame(node.body)


def frame_of(command: Runnable) -> Frame:
    return _FRAMES[type(command)](command)


_FRAMES: dict[type, Callable[..., Frame]] = {
    tree.Simple: SimpleFrame, tree.If: IfFrame, tree.While: WhileFrame, tree.For: ForFrame,
    tree.CountingFor: CountingForFrame, tree.Case: CaseFrame, tree.Group: _group, tree.Subshell: SubshellFrame,
    tree.Function: FunctionFrame, tree.Calculation: CalculationFrame, tree.Condition: ConditionFrame,
    tree.Redirected: RedirectedFrame, tree.Broken: BrokenFrame}
