"""Which frame carries out which kind of command."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.shell import frames, tree
from netsandbox.shell.double_bracket import ConditionFrame
from netsandbox.shell.loops import CountingForFrame, ForFrame, WhileFrame
from netsandbox.shell.simple import SimpleFrame


def _group(node: tree.Group) -> frames.Frame:
    return frames.ListFrame(node.body)


def frame_of(command: tree.Runnable) -> frames.Frame:
    return _FRAMES[type(command)](command)


_FRAMES: dict[type, Callable[..., frames.Frame]] = {
    tree.Simple: SimpleFrame, tree.If: frames.IfFrame, tree.While: WhileFrame, tree.For: ForFrame,
    tree.CountingFor: CountingForFrame, tree.Case: frames.CaseFrame, tree.Group: _group,
    tree.Subshell: frames.SubshellFrame, tree.Function: frames.FunctionFrame, tree.Calculation: frames.CalculationFrame,
    tree.Condition: ConditionFrame, tree.Redirected: frames.RedirectedFrame, tree.Broken: frames.BrokenFrame}
