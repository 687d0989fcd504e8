"""`trap`: what a script does when a signal comes, and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.signals import SIGNALS
from netsandbox.shell.frames import ListFrame
from netsandbox.shell.parser import parse_by_line

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin
    from netsandbox.shell.dialect import Dialect
    from netsandbox.shell.interpreter import Interpreter

EXIT = "EXIT"
NAMES = {number: name for name, number in SIGNALS.items()}
OF_BASH = ("DEBUG", "ERR", "RETURN")


class TrapFrame(ListFrame):
    """The commands of a trap; behind them `$?` is as it was."""

    def __init__(self, text: str, dialect: Dialect, status: int) -> None:
        super().__init__(parse_by_line(text, dialect)[0])
        self._status = status

    def leave(self, shell: Interpreter) -> None:
        shell.state.status = self._status


def trap(call: Builtin) -> int:
    """`trap COMMANDS SIGNAL …`; `-` gives a signal back to the kernel, nothing at all has it ignored."""
    words = [word for word in call.arguments if word not in ("--", "-p")]
    is_bash = call.state.dialect.name == "bash"
    if not words:
        for known, text in sorted(call.state.traps.items(), key=lambda item: SIGNALS.get(item[0], 0)):
            shown = f"SIG{known}" if is_bash and known != EXIT else known
            call.out("trap -- '" + text.replace("'", "'\\''") + f"' {shown}\n")
        return 0
    gives_back = words[0] == "-" or (len(words) == 1 and _name(words[0]) is not None)
    status = 0
    for word in words if gives_back and words[0] != "-" else words[1:]:
        name = _name(word)
        if name is None and is_bash and word in OF_BASH:
            call.fail(f"note: the sandbox's shell traps signals and EXIT, and no {word}")
        elif name is None:
            status = call.fail(f"{word}: invalid signal specification" if is_bash else f"{word}: bad trap")
        elif gives_back:
            call.state.traps.pop(name, None)
        else:
            call.state.traps[name] = words[0]
    return status


def _name(word: str) -> str | None:
    """EXIT for 0, TERM for SIGTERM and 15."""
    name = word.upper().removeprefix("SIG")
    if word in ("0", EXIT) or name == EXIT:
        return EXIT
    return name if name in SIGNALS else NAMES.get(int(word)) if word.isascii() and word.isdecimal() else None
