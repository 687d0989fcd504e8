"""sudo and su: whose rights a line has is no question here, since all run with root's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Task, UsageError
from netsandbox.commands.prompt.survey_parts import SUDO
from netsandbox.linux.core.files.accounts import USERS
from netsandbox.shell.errors import RefusedError

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell

SU = "su"
ROOT = ("root", "0", "#0", "")
OF_SUDO = OptionTable(
    SUDO, 1, "usage: sudo [-EHnS] [-u root] [VAR=value] [-i | -s] [command [arg ...]]",
    acts="u|user= i|login s|shell v|validate k|reset-timestamp",
    usual="E|preserve-env? H|set-home n|non-interactive S|stdin A|askpass B|bell P|preserve-groups p|prompt=",
    refused="b|background C|close-from= D|chdir= e|edit g|group= h|host= K|remove-timestamp l|list R|chroot= r|role= "
            "T|command-timeout= t|type= U|other-user= V|version help")
OF_SU = OptionTable(
    SU, 1, "Try 'su --help' for more information.", acts="c|command= s|shell=",
    usual="l|login m p|preserve-environment P|pty", refused="g|group= G|supp-group= f|fast w|whitelist-environment= "
                                                            "session-command= h|help V|version")


def without_sudo(words: list[str], environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The command itself, and with what variables (RefusedError: an option that there is not, or another user than
    root)."""
    try:
        while words[0] == SUDO:
            words, environment = _command_of_sudo(words[1:], environment)
        return (_shell_of_su(words[1:]) if words[0] == SU else words), environment
    except UsageError as error:
        raise RefusedError(str(error), error.code) from None


def _command_of_sudo(words: list[str], environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    read = OF_SUDO.read(words, in_order=True)
    _check(SUDO, read.values.get("user", ""))
    rest = read.operands
    while rest and "=" in rest[0] and rest[0].partition("=")[0].isidentifier():
        name, _equals, value = rest[0].partition("=")
        rest, environment = rest[1:], {**environment, name: value}
    if not rest and not {"login", "shell"} & read.values.keys():
        if not {"validate", "reset-timestamp"} & read.values.keys():
            raise UsageError(OF_SUDO.hint, 1)
        rest = ["true"]
    return rest or ["bash"], environment


def _shell_of_su(words: list[str]) -> list[str]:
    read = OF_SU.read(words)
    user, *arguments = [word for word in read.operands if word != "-"] or [""]
    _check(SU, user)
    command = ["-c", read.values["command"]] if "command" in read else []
    return [read.values.get("shell", "bash").rpartition("/")[2], *command, *arguments]


UNKNOWN = {SUDO: "unknown user {user}",
           SU: "user {user} does not exist or the user entry does not contain all the required fields"}


def _check(program: str, user: str) -> None:
    if user in ROOT:
        return
    if user not in USERS:
        raise UsageError(f"{program}: {UNKNOWN[program].format(user=user[:40])}", 1)
    raise UsageError(f"{program}: netsandbox: all that is typed has root's rights here, and cannot have {user}'s", 1)


class Nested(Task):
    """Another shell of the same rights in the same place, as `sudo -i` and `su -` open it: `exit` leaves it."""

    name = "sh"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.lab.scheduler)
        self._shell = shell

    def start(self) -> None:
        self._shell.shells_within.append(self._shell.where)
        self.exit(0)
