"""Programs that run other ones, and the shells; most runs have none, and need not import them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.commands.late import Late

if TYPE_CHECKING:
    from netsandbox.apps.program import Task
    from netsandbox.shell.interpreter import Interpreter
    from netsandbox.shell.machine import Call, Machine

AROUND: Late[str, Callable[[Machine, Call], Task]] = Late({
    "env": "netsandbox.shell.around:Env", "socat": "netsandbox.shell.socat:socat",
    "ncat": "netsandbox.shell.socat:ncat",
    "time": "netsandbox.shell.around:Timed",
    "timeout": "netsandbox.shell.timeout:Timeout", "watch": "netsandbox.shell.watch:Watch",
    "xargs": "netsandbox.shell.xargs:Xargs",
    **dict.fromkeys(("nohup", "nice", "stdbuf", "setsid", "unbuffer"), "netsandbox.shell.around:Plainly"),
    "which": "netsandbox.shell.probes:Which"})
SHELL_PROGRAM: Late[str, Callable[[Machine, Call], Task]] = Late({"sh": "netsandbox.shell.invoke:ShellProgram"})
INTERPRETER: Late[str, type[Interpreter]] = Late({"sh": "netsandbox.shell.interpreter:Interpreter"})
