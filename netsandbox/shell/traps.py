"""`trap`: what a script does when a signal comes, and at its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsandbox.docker.signals import SIGNALS
from netsandbox.shell.builtin_jobs import list_signals
from netsandbox.shell.dialect import syntax_error
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.frames import ListFrame
from netsandbox.shell.parser import broken, parse_by_line
from netsandbox.shell.state import State

if TYPE_CHECKING:

    from netsandbox.shell.builtin import Builtin
    from netsandbox.shell.interpreter import Interpreter

EXIT = "EXIT"
NAMES = {number: name for name, number in SIGNALS.items()}
UNTRAPPED = (SIGNALS["KILL"], SIGNALS["STOP"])  # A shell takes a trap for them, and the kernel never asks it
SYNTAX = 2
USAGE = "trap: usage: trap [-lp] [[arg] signal_spec ...]"
OF_BASH = ("DEBUG", "ERR", "RETURN")


class TrapFrame(ListFrame):
    """The commands of a trap; behind them `$?` is as it was."""

    def __init__(self, text: str, state: State, origin: str) -> None:
        body, error = parse_by_line(text, state.dialect)
        if error is not None:
            is_bash = state.dialect.name == "bash"
            said = syntax_error(state.dialect, error, f"{state.name}: {origin}" if is_bash else state.name,
                                text if state.dialect.name != "ash" else None, "")
            body = broken(body, said, SYNTAX, ends=not is_bash)
        super().__init__(body)
        self._status = state.status

    def leave(self, shell: Interpreter) -> None:
        shell.state.status = self._status


def trap(call: Builtin) -> int:
    """`trap COMMANDS SIGNAL …`; `-` gives a signal back to the kernel, nothing at all has it ignored (RefusedError: an
    option that this shell has not)."""
    words = call.arguments
    is_bash = call.state.dialect.name == "bash"
    if words and words[0].startswith("-") and words[0] not in ("-", "--"):
        return _with_option(call, words[0], words[1:])
    words = words[words[:1] == ["--"]:]
    if not words:
        return _listed(call, call.state.traps)
    if len(words) == 1 and _name(call, words[0]) is None:
        return _usage(call) if is_bash else _unknown(call, words[0])
    text, names = ("-", words) if len(words) == 1 or words[0].isdecimal() else (words[0], words[1:])
    status = 0
    for name in names:
        status = _set(call, text, name) or status
        if status and not is_bash:
            break
    return status


def _set(call: Builtin, text: str, word: str) -> int:
    """One signal's."""
    name = _name(call, word)
    if name is None and call.state.dialect.name == "bash" and word in OF_BASH:
        call.fail(f"note: the sandbox's shell traps signals and EXIT, and no {word}")
        return 0
    if name is None:
        return _unknown(call, word)
    if text == "-":
        call.state.traps.pop(name, None)
        return 0
    call.state.traps[name] = text
    if text and call.shell.is_interactive:
        call.fail("note: the sandbox's shell does what is trapped in scripts, and not where lines are typed")
    return 0


def _with_option(call: Builtin, option: str, words: list[str]) -> int:
    dialect = call.state.dialect.name
    if dialect == "bash" and option == "-l":
        return list_signals(call, [])
    if dialect == "bash" and option == "-p":
        names = {word: _name(call, word) for word in words}
        _listed(call, [name for name in names.values() if name is not None] if words else call.state.traps)
        return max((_unknown(call, word) for word, name in names.items() if name is None), default=0)
    if dialect == "bash":
        call.fail(f"{option}: invalid option")
        return _usage(call)
    said = f"trap: line 0: illegal option {option}" if dialect == "ash" else f"trap: Illegal option {option}"
    raise RefusedError(said, SYNTAX, ends=True)


def _listed(call: Builtin, names: Iterable[str]) -> int:
    is_bash = call.state.dialect.name == "bash"
    for known in sorted(names, key=lambda name: SIGNALS.get(name, 0)):
        if known in call.state.traps:
            shown = f"SIG{known}" if is_bash and known != EXIT else known
            call.out("trap -- '" + call.state.traps[known].replace("'", "'\\''") + f"' {shown}\n")
    return 0


def _usage(call: Builtin) -> int:
    call.output.append(("err", USAGE + "\n"))
    return SYNTAX


def _unknown(call: Builtin, word: str) -> int:
    match call.state.dialect.name:
        case "bash":
            return call.fail(f"{word}: invalid signal specification")
        case "ash":
            said = f"{call.state.name}: trap: line 0: {word}: invalid signal specification"
        case _:
            said = f"trap: {word}: bad trap"
    call.output.append(("err", said + "\n"))
    return 1


def _name(call: Builtin, word: str) -> str | None:
    """EXIT for 0, TERM for 15 and, but in dash, for SIGTERM."""
    name = word.upper()
    name = name if call.state.dialect.name == "dash" else name.removeprefix("SIG")
    if word == "0" or name == EXIT:
        return EXIT
    return name if name in SIGNALS else next((one for one, number in SIGNALS.items() if str(number) == word), None)
