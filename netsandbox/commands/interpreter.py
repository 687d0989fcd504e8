"""What carries out a line of several commands; most runs have none, and need not import it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.commands.late import Late

if TYPE_CHECKING:
    from netsandbox.apps.program import Task
    from netsandbox.commands.operators import Begin
    from netsandbox.engine.scheduler import Scheduler

ScriptMaker = Callable[["Scheduler", str, "Begin", bool, dict[str, str]], "Task"]
"""A script from the scheduler, its text, what begins a command, whether `exec` is the shell's own, and its variables.

Raises:
    CommandError, UsageError: an operator stands alone, a quote is not closed, or the sandbox's shell has not this.
"""
INTERPRETER: Late[str, ScriptMaker] = Late({"sh": "netsandbox.commands.script:script"})
