"""gzip, gunzip and zcat: what is packed here stays as it is, as tar's archives do (gzip.c)."""

from __future__ import annotations

from functools import partial

from netsandbox.commands.tools.context import ToolContext, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.options import options_of, table
from netsandbox.linux.core.files.inode import FileError

WARNED = 2
OPTIONS = table(
    "gzip", acts="c|stdout c|to-stdout d|decompress d|uncompress f|force k|keep",
    idle="n|no-name N|name q|quiet 1|fast 2 3 4 5 6 7 8 9|best rsyncable synchronous",
    refused="l|list r|recursive S|suffix= t|test v|verbose h|help L|license V|version")


def _run(context: ToolContext, arguments: list[str], always: str) -> ToolResult:
    """Args: always: letters of options that the name stands for."""
    options, paths = options_of(OPTIONS, arguments)
    letters = {*options, *always}
    note("gzip's compression")
    if "c" in letters or not paths or paths == ["-"]:
        found, errors = inputs(context, "gzip", paths)
        return ToolResult(1 if errors else 0, "".join(one.text for one in found), errors)
    said = [_in_place(context, path, letters) for path in paths]
    return ToolResult(max(code for code, _text in said), "", "".join(text for _code, text in said))


def _in_place(context: ToolContext, path: str, letters: set[str]) -> tuple[int, str]:
    """(exit status, what is said)."""
    files, unpacks, has_suffix = files_of(context), "d" in letters, path.endswith((".gz", ".tgz"))
    if unpacks and not files.exists(path) and files.exists(f"{path}.gz"):
        path, has_suffix = f"{path}.gz", True
    if not files.exists(path):
        return 1, f"gzip: {path}{'.gz' * unpacks}: No such file or directory\n"
    if files.is_directory(path):
        return WARNED, f"gzip: {path} is a directory -- ignored\n"
    if unpacks and not has_suffix:
        return WARNED, f"gzip: {path}: unknown suffix -- ignored\n"
    if not unpacks and has_suffix:
        return WARNED, f"gzip: {path} already has {path[path.rindex('.'):]} suffix -- unchanged\n"
    target = f"{path}.gz" if not unpacks else path.removesuffix(".gz") if path.endswith(".gz") else f"{path[:-4]}.tar"
    if files.exists(target) and "f" not in letters:
        return WARNED, f"gzip: {target} already exists;\tnot overwritten\n"
    try:
        files.write(target, files.read(path))
        if "k" not in letters:
            files.remove(path)
    except FileError as error:
        return 1, f"gzip: {path}: {error}\n"
    return 0, ""


gzip, gunzip, zcat = (partial(_run, always=letters) for letters in ("", "d", "dc"))
