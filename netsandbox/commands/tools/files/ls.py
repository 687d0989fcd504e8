"""ls."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.calendar import civil_date
from netsandbox.commands.tools.context import ToolContext, ToolResult
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.files.ls_columns import side_by_side
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.devices import numbers_of
from netsandbox.commands.tools.kernel.kernel_files import namespace_file, size_of
from netsandbox.commands.tools.kernel.process_namespaces import link_of
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.inode import FileError, Node, Symlink

WIDTH, HUMAN_WIDTH = 9, 7  # Of sizes, as BusyBox has them whatever they are
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
LS = table(
    "ls", 2, acts="l a|all A|almost-all h|human-readable d|directory R|recursive r|reverse 1 C x",
    idle="t F classify? n|numeric-uid-gid i|inode S g o s|size color?",
    refused="b|escape B|ignore-backups c D|dired f G|no-group H|dereference-command-line I|ignore= k|kibibytes "
            "L|dereference m N|literal p q|hide-control-chars Q|quote-name T|tabsize= u U v w|width= X Z|context "
            "author block-size= file-type format= full-time group-directories-first si "
            "dereference-command-line-symlink-to-dir hide= hyperlink? indicator-style= show-control-chars "
            "quoting-style= sort= time= time-style= zero")


@looks()
def ls(context: ToolContext, arguments: list[str]) -> ToolResult:
    """A name a line, and at a terminal several."""
    options, paths = options_of(LS, arguments)
    files, errors = files_of(context), ""
    alone, folders = list[str](), list[str]()
    for path in paths or ["."]:
        if link_of(files, context.namespace, context.machine, path) is not None:
            alone.append(path)
        elif not files.exists(path) and files.link(path) is None:
            errors += fault(context, "ls", "access", path, _why(context, path)) + "\n"
        elif files.is_directory(path) and "d" not in options and not (
                "l" in options and files.link(path) is not None and not path.endswith("/")):
            folders.append(path)
        else:
            alone.append(path)
    parts = [_rows(context, "", alone, options)] if alone else []
    has_headings, waiting = len(paths) > 1 or "R" in options, folders[::-1]
    while waiting:
        path = waiting.pop()
        names = _names(context, path, options)
        text = _folder(context, path, names, options)
        parts.append(f"{path}:\n{text}" if has_headings else text)
        spend(Use.WORK, 100)
        below = [f"{path.rstrip('/')}/{name}" for name in names if name not in (".", "..")] if "R" in options else []
        waiting += [each for each in below[::-1] if files.link(each) is None and files.is_directory(each)]
    wrong = 1 if context.is_busybox else 2
    return ToolResult(wrong if errors else 0, "\n".join(parts), errors)


@looks()
def ll(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The alias that every distribution gives its users."""
    return ls(context, ["-l", *arguments])


def _why(context: ToolContext, path: str) -> str:
    try:
        files_of(context).read(path)
    except FileError as error:
        return str(error)
    return "No such file or directory"


def _names(context: ToolContext, path: str, options: dict[str, str]) -> list[str]:
    names = [name for name in files_of(context).names(path) if not name.startswith(".") or options.keys() & {"a", "A"}]
    names = [".", "..", *names] if "a" in options else names
    if "r" in options:
        names.reverse()
    return names


def _folder(context: ToolContext, path: str, names: list[str], options: dict[str, str]) -> str:
    total = "total 0\n" if "l" in options else ""
    return total + _rows(context, path.rstrip("/") + "/", names, options)


def _rows(context: ToolContext, prefix: str, names: list[str], options: dict[str, str]) -> str:
    if "l" not in options:
        if "1" not in options and (context.is_at_terminal or options.keys() & {"C", "x"}):
            return side_by_side(names, context.is_busybox, "x" in options)
        return "".join(f"{name}\n" for name in names)
    rows = [_long(context, prefix + name, name, "h" in options) for name in names]
    if context.is_busybox:
        width = HUMAN_WIDTH if "h" in options else WIDTH
        return "".join(f"{row.mode}    1 root     root     {row.size:>{width}} {row.rest}\n" for row in rows)
    least = max((len(row.minor) for row in rows), default=0)
    sizes = [f"{row.size}, {row.minor:>{least}}" if row.minor else row.size for row in rows]
    width = max(map(len, sizes), default=0)
    return "".join(f"{row.mode} 1 root root {size:>{width}} {row.rest}\n"
                   for row, size in zip(rows, sizes, strict=True))


def _human(size: int) -> str:
    """-h: by 1024, rounded up, with a digit behind the point below 10."""
    unit = 0
    while size > 1024 ** (unit + 1) - 1:
        unit += 1
    tenths = -(-size * 10 // 1024 ** unit)
    return f"{size}" if not unit else f"{tenths / 10}{'KMG'[unit - 1]}" if tenths < 100 else (
        f"{-(-tenths // 10)}{'KMG'[unit - 1]}")


class Row(NamedTuple):
    """Of a long list; its `rest` is date, name, and where a link points; a device has numbers instead of a size."""

    mode: str
    size: str
    rest: str
    minor: str = ""


def _long(context: ToolContext, path: str, name: str, is_human: bool) -> Row:
    files = files_of(context)
    node, link = files.node(path), files.link(path)
    is_folder = link is None and files.is_directory(path)
    own = link_of(files, context.namespace, context.machine, path)
    link = own or link
    kind = "l" if link is not None else "d" if is_folder else "-"
    mode = {"l": "rwxrwxrwx", "d": "rwxr-xr-x", "-": "rw-r--r--"}[kind]
    is_namespace = kind == "-" and namespace_file(files, context.namespace, context.machine, path) is not None
    mode = "r--r--r--" if is_namespace else mode
    size = size_of(files, path) if kind == "-" else len(link or "") if isinstance(node, Symlink) else 0
    numbers = numbers_of(files, path) if kind == "-" else None
    if numbers is not None:
        major, minor = numbers
        rest = f"{_date(context, node)} {name}"
        return Row("crw-rw-rw-", f"{major:>4},{minor:>4}", rest) if context.is_busybox else Row(
            "crw-rw-rw-", str(major), rest, str(minor))
    shown = name if link is None else (
        f"{name} -> {link}" if own is None or context.is_busybox else f"{name} -> '{link}'")
    return Row(kind + mode, _human(size) if is_human else str(size), f"{_date(context, node)} {shown}")


def _date(context: ToolContext, node: Node | None) -> str:
    at = node.changed if node is not None else context.namespace.scheduler.clock
    days, seconds = divmod((EPOCH + at) // SECOND, 86400)
    _year, month, day = civil_date(days)
    return f"{MONTHS[month * 3 - 3:month * 3]} {day:2d} {seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
