"""unshare -n: a program in a network namespace of its own, which goes when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.prompt.place import Place
from netsandbox.docker.launch import SHELLS
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.shell.around import Around
from netsandbox.shell.machine import Call, Held

if TYPE_CHECKING:
    from netsandbox.commands.prompt.prompt import Prompt
    from netsandbox.commands.shell import Shell

NET = frozenset({"-n", "--net"})
OTHERS = "note: of the namespaces that unshare makes the sandbox has only net\n"


class Unshare(Around):
    """One run of it."""

    def __init__(self, shell: Shell, prompt: Prompt, call: Call) -> None:
        super().__init__(prompt, call)
        self._shell = shell
        self._prompt = prompt
        self._name = ""

    def start(self) -> None:
        words = list(self.call.argv[1:])
        options: list[str] = []
        while words and words[0].startswith("-"):
            word = words.pop(0)
            options += [word] if word.startswith("--") else [f"-{letter}" for letter in word[1:]]
        if not may_administer():
            self._fail("unshare: unshare failed: Operation not permitted")
            return
        if not NET.intersection(options):
            self._fail("netsandbox: only network namespaces are modelled (unshare -n)")
            return
        if set(options) - NET - {"-r", "-f", "--fork", "--map-root-user"}:
            self.output.append(("err", OTHERS))
        if not words or (words[0].rpartition("/")[2] in SHELLS and len(words) == 1):
            self._open()
        else:
            place = self._make()
            files = self._shell.files_at(place).at(self.call.files.cwd)
            self.call = self.call._replace(holder=Held(files, self.call.holder.depth))
            self.run(words, machine=self._prompt.at(place))

    def _fail(self, text: str) -> None:
        self.complain(text)
        self.exit(1)

    def _make(self) -> Place:
        machine = self._shell.machine
        number = sum(name.startswith("unshare/") for name in self._shell.lab.extra_namespaces) + 1
        self._name = f"unshare/{number}"
        machine.add_namespace(self._name)
        return Place(self._name, None, True)

    def _open(self) -> None:
        """A person types into a shell there."""
        if not self.call.is_alone:
            self._fail("'unshare' opens a shell here, which needs a line of its own")
            return
        place = self._make()
        self._shell.opens = Place(place.where)
        self._name = ""
        self.exit(0)

    def stop(self) -> None:
        super().stop()
        if self._name in self._shell.lab.extra_namespaces:
            self._shell.machine.remove_namespace(self._name)
