"""What a tool reads: the files that it is told, else its input."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.pipe import Pipe
from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.kernel.devices import ENDLESS
from netsandbox.commands.tools.kernel.kernel_files import with_kernel
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError, FileSystem

STDIN, ENDS = "-", ("head", "tail")
OF_STDIN = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


class NeedsInputError(Exception):
    """The tool is run again once its input has ended (lines: or has so many lines; 0 if only its end will do)."""

    def __init__(self, lines: int = 0) -> None:
        super().__init__()
        self.lines = lines


class Input(NamedTuple):
    """One text that a tool reads; its name is empty for the input."""

    name: str
    text: str


def files_of(context: ToolContext) -> Files:
    """The files that are seen; of a machine without any those of the kernel."""
    if context.files is not None:
        return context.files
    return with_kernel(Files(FileSystem(context.namespace.scheduler), {}), context.namespace, context.machine)


def stdin(context: ToolContext, name: str, lines: int = 0) -> str:
    """All of the input.

    Args:
        lines: so many are enough; 0 where only the end is.

    Raises:
        NeedsInputError: it has not ended yet.
        ToolError: it is a person's keyboard, on which nobody types.
    """
    pipe = context.stdin
    if pipe is None or pipe.is_terminal:
        raise ToolError(1, f"netsandbox: `{name}` reads its input, and nobody types here: give it a file or a pipe")
    if not pipe.is_closed and not has_lines(pipe, lines):
        raise NeedsInputError(lines)
    return pipe.read()


def has_lines(pipe: Pipe, lines: int) -> bool:
    """Whether so many lines, if any are asked for, can be read now."""
    return bool(lines) and pipe.text.count("\n") >= lines


def inputs(context: ToolContext, name: str, paths: list[str], lines: int = 0) -> tuple[list[Input], str]:
    """(the texts, what is complained about files that cannot be read); `lines` is stdin's."""
    found, errors = list[Input](), ""
    for path in paths or [STDIN]:
        if path in (STDIN, *OF_STDIN):
            found.append(Input("", stdin(context, name, lines)))
            if context.stdin is not None and context.stdin.error:
                shown = "standard input" if name in ENDS else STDIN
                errors += fault(context, name, "read", shown, TEXTS[context.stdin.error]) + "\n"
            continue
        if path in ENDLESS:
            raise ToolError(1, f"netsandbox: {path} has no end; `head -c N {path}` and `dd count=N` read so much of it")
        try:
            found.append(Input(path, files_of(context).read(path)))
        except FileError as error:
            what = "read" if error.name == "EISDIR" else "open"  # a directory is opened, and not read
            errors += fault(context, name, what, path, error) + "\n"
    budget.spend(Use.WORK, sum(one.text.count("\n") + 1 for one in found))
    return found, errors


def whole_number(name: str, text: str, what: str = "invalid number") -> int:
    """Raises: ToolError: it is none."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ToolError(1, f"{name}: {what}: ‘{text[:40]}’")
    return int(text)
