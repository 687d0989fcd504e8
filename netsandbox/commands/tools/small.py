"""The small programs of every script: echo, true, false, uname, ls, and the installers that have nothing to do."""

from __future__ import annotations

import re
from decimal import Decimal

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import PROCESSORS
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.notes import say
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.shell.conditions import Condition, ConditionError
from netsandbox.shell.escapes import echoed

NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)
UNAME = {"s": "Linux", "n": "", "r": RELEASE, "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}
UNKNOWN = {"p": "unknown", "i": "unknown"}
"""Processor and hardware platform, which Linux does not tell and -a leaves out."""
NO_BASH = "note: bash is not installed; the image's own shell, `sh`, is what it has\n"
NOTHING_TO_INSTALL = "note: nothing is installed: ip, ping, arping, tcpdump and the other tools are there already\n"


def echo(_context: ToolContext, arguments: list[str]) -> ToolResult:
    return ToolResult(0, echoed(arguments, False), "")


def true(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(0, "", "")


def false(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(1, "", "")


def test(context: ToolContext, arguments: list[str]) -> ToolResult:
    """coreutils' test, of where no shell has its own (`docker exec web test -e FILE`)."""
    try:
        return ToolResult(int(not Condition(files_of(context), arguments).holds()), "", "")
    except FileError:
        return ToolResult(1, "", "")
    except ConditionError as error:
        raise ToolError(2, f"test: {error}") from None


def bracket(context: ToolContext, arguments: list[str]) -> ToolResult:
    if arguments[-1:] != ["]"]:
        raise ToolError(2, "[: missing ']'")
    return test(context, arguments[:-1])


@looks()
def whoami(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    own = RIGHTS.get().account
    if not own.user:
        return ToolResult(1, "", f"whoami: cannot find name for user ID {own.uid}\n")
    return ToolResult(0, f"{own.user}\n", "")


@looks()
def arch(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(0, f"{UNAME['m']}\n", "")


@looks()
def nproc(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(0, f"{PROCESSORS}\n", "")


@looks()
def tty(context: ToolContext, _arguments: list[str]) -> ToolResult:
    is_terminal = context.stdin is None or context.stdin.is_terminal
    return ToolResult(0, "/dev/pts/0\n", "") if is_terminal else ToolResult(1, "not a tty\n", "")


def clear(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    """clear and reset: what was printed stays where it is kept."""
    say("note: what was printed stays in the sandbox\n")
    return ToolResult(0, "", "")


reset = clear


@looks()
def printenv(context: ToolContext, arguments: list[str]) -> ToolResult:
    found = [context.environment.get(name) for name in arguments]
    if arguments:
        return ToolResult(int(None in found), "".join(f"{value}\n" for value in found if value is not None), "")
    return ToolResult(0, "".join(f"{name}={value}\n" for name, value in context.environment.items()), "")


@looks()
def uptime(context: ToolContext, _arguments: list[str]) -> ToolResult:
    """Since the lab began, in virtual time."""
    seconds = context.namespace.scheduler.clock // SECOND
    hours, minutes = seconds // 3600, seconds // 60 % 60
    since = f"{hours:2}:{minutes:02}" if hours else f"{minutes} min"
    return ToolResult(0, f" {hours % 24:02}:{minutes:02}:{seconds % 60:02} up {since},  1 user,  "
                         "load average: 0.00, 0.00, 0.00\n", "")


def uuidgen(context: ToolContext, _arguments: list[str]) -> ToolResult:
    """A random UUID of version 4 (RFC 9562, 5.4)."""
    clock = context.namespace.scheduler.clock
    bits = context.namespace.chance.stream(f"uuid/{clock}/{context.namespace.trace.end}").bits(128)
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62
    digits = f"{bits:032x}"
    return ToolResult(0, f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}\n", "")


@looks()
def uname(context: ToolContext, arguments: list[str]) -> ToolResult:
    letters = "".join(word[1:] for word in arguments) or "s"
    letters = "".join(UNAME) if "a" in letters else letters
    wrong = next((letter for letter in letters if letter not in UNAME | UNKNOWN), None)
    if wrong is not None:
        raise ToolError(1, f"uname: invalid option -- '{wrong}'\nTry 'uname --help' for more information.")
    said = {**UNAME, **UNKNOWN, "n": context.machine.hostname(context.namespace, context.files)}
    return ToolResult(0, " ".join(said[letter] for letter in "snrvmpio" if letter in letters) + "\n", "")


SEQ = table("seq", acts="w|equal-width s|separator=", refused="f|format=")


def seq(_context: ToolContext, arguments: list[str]) -> ToolResult:
    """Numbers in a row, with as many decimals as the widest of the first and the step."""
    at = next((at for at, word in enumerate(arguments) if word[:1] != "-" or NUMBER.fullmatch(word)), len(arguments))
    at += arguments[at - 1:at] in (["-s"], ["--separator"], ["-f"], ["--format"])
    options, rest = options_of(SEQ, arguments[:at])
    words = rest + arguments[at:]
    if not 1 <= len(words) <= 3:
        raise _seq_error(f"extra operand ‘{words[3][:40]}’" if words else "missing operand")
    for word in words:
        if NUMBER.fullmatch(word) is None:
            raise _seq_error(f"invalid floating point argument: ‘{word[:40]}’")
    numbers = [Decimal(word) for word in words]
    first, step = numbers[0] if words[1:] else Decimal(1), numbers[1] if words[2:] else Decimal(1)
    if not step:
        raise _seq_error(f"invalid Zero increment value: ‘{words[1]}’")
    count = int((numbers[-1] - first) / step) + 1 if (numbers[-1] - first) * step >= 0 else 0
    spend(Use.WORK, count)
    places = max(len(word.partition(".")[2]) for word in words[:-1] or ["1"])
    rows = [f"{first + step * number:.{places}f}" for number in range(count)]
    width = max(map(len, [*rows, f"{numbers[-1]:.{places}f}"])) if rows and "w" in options else 0
    return ToolResult(0, options.get("s", "\n").join(row.zfill(width) for row in rows) + "\n" * bool(rows), "")


def _seq_error(what: str) -> ToolError:
    return ToolError(1, f"seq: {what}\nTry 'seq --help' for more information.")


def apk(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Alpine's installer: another shell than the image's own is not lent."""
    return ToolResult(0, "", NO_BASH) if "bash" in arguments else install(context, arguments)


def install(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    """apt-get, apk and the like: what a tutorial installs in a container is lent to it."""
    return ToolResult(0, "", NOTHING_TO_INSTALL)
