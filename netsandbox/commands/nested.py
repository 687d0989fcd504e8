"""A shell within the one that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.program import Task

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


class Nested(Task):
    """Another shell of the same rights in the same place, as `sudo -i` and `su -` open it: `exit` leaves it."""

    name = "sh"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.lab.scheduler)
        self._shell = shell

    def start(self) -> None:
        self._shell.shells_within.append(self._shell.where)
        self.exit(0)
