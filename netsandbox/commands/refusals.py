"""What a command refuses by: one line and a status, never a traceback."""

from __future__ import annotations

from netsandbox.apps.program import UsageError
from netsandbox.commands.errors import CommandError
from netsandbox.docker.errors import DockerError
from netsandbox.engine.budget import OverBudgetError
from netsandbox.lab.errors import LabError
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.shell.errors import RefusedError

REFUSALS = (CommandError, LabError, DockerError, UsageError, SysctlError, SocketError, OverBudgetError, RefusedError,
            KernelError)
