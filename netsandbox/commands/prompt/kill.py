"""Signals to processes that are no jobs of a shell: programs begun in a lab, dockerd, containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.ports import DAEMONS
from netsandbox.docker.signals import SIGNALS
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


def kill(shell: Shell, pid: int, signal: str) -> bool:
    """Send a signal to a process that is no job of the shell's; False where there is none of that PID."""
    program = shell.machine.begun(pid)
    if program is not None:
        if signal != "0":
            program.signal(SIGNALS[signal])
        return True
    if pid in DAEMONS:
        if signal != "0":
            raise RefusedError("netsandbox: dockerd takes no signals here; there is `systemctl restart docker`")
        return True
    for host, container in shell.lab.containers():
        if container.is_running and container.pid == pid and host.docker is not None:
            if signal != "0":
                host.docker.signal(container, SIGNALS[signal])
            return True
    return False
