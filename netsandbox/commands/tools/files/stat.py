"""stat: what is known of a file, in a format (coreutils' stat.c)."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.devices import numbers_of
from netsandbox.commands.tools.kernel.kernel_files import namespace_file, size_of
from netsandbox.commands.tools.kernel.process_namespaces import link_of
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.inode import Directory, FileError, Node, RegularFile, Symlink
from netsandbox.shell.escapes import unescaped

KINDS = {"l": "symbolic link", "d": "directory", "f": "regular file", "e": "regular empty file"}
MODES = {"l": "lrwxrwxrwx", "d": "drwxr-xr-x"}
OCTAL = {"l": "777", "d": "755"}
NUMBER = re.compile(r"\w+:\[(\d+)\]")
FIELD = re.compile(r"%(.)")
STAT = table("stat", acts="L|dereference c|format= printf=", refused="f|file-system t|terse cached=")


@looks()
def stat(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(STAT, arguments)
    if not paths:
        raise ToolError(1, "stat: missing operand\nTry 'stat --help' for more information.")
    form = unescaped(options["printf"], False)[0] if "printf" in options else options.get("c", "") + "\n"
    if form == "\n":
        raise ToolError(1, "netsandbox: stat is modelled with -c FORMAT alone: files here have no blocks and no inodes")
    out = errors = ""
    for path in paths:
        try:
            out += _described(context, path, form, "L" in options)
        except FileError as error:
            errors += f"stat: cannot statx '{path}': {error}\n"
    return ToolResult(1 if errors else 0, out, errors)


def _described(context: ToolContext, path: str, form: str, follows: bool) -> str:
    """Raises: FileError: there is no such file.  ToolError: a field is not modelled."""
    files = files_of(context)
    own = link_of(files, context.namespace, context.machine, path)
    where = files.canonical(path, follow=follows)
    kept = namespace_file(files, context.namespace, context.machine, where) if own is None else None
    own = f"net:[{kept.inode}]" if kept is not None else own
    if own is None and not files.exists(where) and files.link(where) is None:
        raise FileError("ENOENT")
    link = files.link(where) or (own if not follows and kept is None else None)
    values = _values(context, path, where, link, NUMBER.fullmatch(own or ""))
    wrong = next((letter for letter in FIELD.findall(form) if letter not in values), None)
    if wrong is not None:
        raise ToolError(1, f"netsandbox: stat %{wrong} is not modelled")
    return FIELD.sub(lambda found: values[found[1]], form)


def _values(context: ToolContext, path: str, where: str, link: str | None,
            number: re.Match[str] | None) -> dict[str, str]:
    """What each letter of a format stands for (link: where a link leads; number: of a namespace's file)."""
    files = files_of(context)
    node = files.node(where)
    kind = "l" if link is not None else "d" if files.is_directory(where) else "f"
    size = len(to_bytes(node.target)) if isinstance(node, Symlink) else size_of(files, where)
    values = {"n": path, "N": f"'{path}' -> '{link}'" if link is not None else f"'{path}'", "s": str(size),
              "F": KINDS["e" if kind == "f" and not size else kind], "A": MODES.get(kind, "-rw-r--r--"),
              "a": OCTAL.get(kind, "644"), "u": "0", "g": "0", "U": "root", "G": "root", "%": "%", "t": "0", "T": "0",
              "Y": str((EPOCH + changed_at(context, node)) // SECOND)}
    device = numbers_of(files, where) if kind == "f" else None
    if device is not None:
        values |= {"F": "character special file", "A": "crw-rw-rw-", "a": "666", "t": f"{device[0]:x}",
                   "T": f"{device[1]:x}"}
    if number is not None and link is None:
        values |= {"i": number[1], "F": KINDS["e"], "A": "-r--r--r--", "a": "444"}
    return values


def changed_at(context: ToolContext, node: Node | None) -> int:
    return node.changed if isinstance(node, (RegularFile, Directory, Symlink)) else context.namespace.scheduler.clock
