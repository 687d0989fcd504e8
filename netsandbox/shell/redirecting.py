"""The redirections of a command, done one after another; one of them may be a connection, for which the shell waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.shell.errors import RefusedError
from netsandbox.shell.machine import Call
from netsandbox.shell.net_streams import PATH, NetStream, Opening
from netsandbox.shell.streams import FILE_OPERATORS, Routed, Streams, descriptor, opened, standard_input
from netsandbox.shell.tree import Redirect

if TYPE_CHECKING:
    from netsandbox.shell.interpreter import Interpreter


def redirected(shell: Interpreter, redirects: tuple[Redirect, ...], targets: list[str],
               sockets: Sockets) -> Streams | None:
    """The shell's streams with redirections done, the first one first; None while one waits for its connection."""
    streams = shell.streams
    for number, (redirect, target) in enumerate(zip(redirects, targets, strict=True)):
        if redirect.operator in FILE_OPERATORS and shell.state.dialect.name == "bash" and PATH.fullmatch(target):
            made = sockets.open(shell, number, target)
            if made is None:
                return None
            streams = {**streams, descriptor(redirect.fd, redirect.operator): made}
            continue
        streams = opened(streams, shell.state.files, redirect.fd, redirect.operator, target,
                         "C" in shell.state.options, shell.state.dialect)
    return streams


class Sockets:
    """The connections that a command's redirections have opened, by the redirection's number."""

    def __init__(self) -> None:
        self._openings: dict[int, Opening] = {}

    def open(self, shell: Interpreter, number: int, target: str) -> NetStream | None:
        """The connection, or None if the shell has to wait for it first (RefusedError: there is none)."""
        found = self._openings.get(number)
        if found is None:
            call = Call([shell.state.name], shell.state.environment, shell.state, standard_input(shell.streams))
            found = self._openings[number] = Opening(shell.machine.context_of(call), target)
            found.output = Routed(shell.streams)
            if not shell.wait_for(found):
                return None
        if found.made is None:
            raise RefusedError(f"{target}: {found.error}")
        return found.made

    def keep(self, shell: Interpreter) -> None:
        """`exec` alone: they stay open with the shell's descriptors."""
        shell.sockets += [one.made for one in self._openings.values() if one.made is not None]
        self._openings = {}

    def close(self) -> None:
        """The command is over."""
        for one in self._openings.values():
            if one.made is not None:
                one.made.release()
        self._openings = {}
