"""Programs that run other ones, and the shells; most runs have none, and need not import them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.program import Task
from netsandbox.commands.late import Late, places
from netsandbox.shell.machine import Call, Machine

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter

AROUND: Late[str, Callable[[Machine, Call], Task]] = Late(places("netsandbox.shell", {
    "around": "env=Env time=Timed nohup=Plainly nice=Plainly stdbuf=Plainly setsid=Plainly unbuffer=Plainly",
    "socat": "socat ncat", "timeout": "timeout=Timeout", "watch": "watch=Watch", "xargs": "xargs=Xargs",
    "probes": "which=Which", "yes": "yes"}))
SHELL_PROGRAM: Late[str, Callable[[Machine, Call], Task]] = Late({"sh": "netsandbox.shell.invoke:ShellProgram"})
INTERPRETER: Late[str, type[Interpreter]] = Late({"sh": "netsandbox.shell.interpreter:Interpreter"})
