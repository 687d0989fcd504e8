"""mktemp: a file or a directory of a name that nothing has yet (coreutils' mktemp.c)."""

from __future__ import annotations

import re
from string import ascii_letters, digits

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.options import options_of, table
from netsandbox.linux.core.files.inode import FileError

OPTIONS = table("mktemp", acts="d|directory u|dry-run q|quiet p= tmpdir? t suffix=")
LETTERS = ascii_letters + digits
FOLDER = "/tmp"
LAST_RUN = re.compile("(X*)([^X]*)$")
LEAST, USUAL = 3, 10
OF_BUSYBOX = 6, 6  # How many X there must be, and how many where nobody says


def mktemp(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, operands = options_of(OPTIONS, arguments)
    if len(operands) > 1:
        raise ToolError(1, "mktemp: too many templates\nTry 'mktemp --help' for more information.")
    template, files = _template(context, options, operands), files_of(context)
    path, kind = _free(context, template, options.get("suffix", "")), "directory" if "d" in options else "file"
    try:
        if "u" not in options and kind == "directory":
            files.make_directory(path)
        elif "u" not in options:
            files.write(path, "")
    except FileError as error:
        told = fault(context, "mktemp", "make", template, error, kind=kind)
        return ToolResult(1, "", "" if "q" in options else f"{told}\n")
    return ToolResult(0, f"{path}\n", "")


def _template(context: ToolContext, options: dict[str, str], operands: list[str]) -> str:
    """Below its folder: that of -p, of -t, or of a name that nobody gave."""
    least, most = OF_BUSYBOX if context.is_busybox else (LEAST, USUAL)
    given = operands[0] if operands else f"tmp.{'X' * most}"
    run, rest = _last_run(given)
    if rest and "suffix" in options:
        raise ToolError(1, f"mktemp: with --suffix, template ‘{given}’ must end in X")
    if len(run) < least:
        raise ToolError(1, fault(context, "mktemp", "few", given))
    if operands and not {"p", "tmpdir", "t"} & set(options):
        return given
    if "t" in options and "/" in given:
        raise ToolError(1, f"mktemp: invalid template, ‘{given}’, contains directory separator")
    if given.startswith("/"):
        raise ToolError(1, f"mktemp: invalid template, ‘{given}’; with --tmpdir, it may not be absolute")
    folders = [options.get("p", ""), options.get("tmpdir", ""), context.environment.get("TMPDIR", "")]
    folder = next(filter(None, reversed(folders) if "t" in options else folders), FOLDER)
    return f"{folder.rstrip('/')}/{given}"


def _last_run(template: str) -> tuple[str, str]:
    """(the X to be filled, what stands behind them)."""
    found = LAST_RUN.search(template)
    return ("", "") if found is None else (found[1], found[2])


def _free(context: ToolContext, template: str, suffix: str) -> str:
    """A name, by chance, that nothing has."""
    space, (run, rest) = context.namespace, _last_run(template)
    chance = space.chance.stream(f"mktemp/{space.scheduler.clock}/{template}")
    head = template[:len(template) - len(run + rest)]
    while True:
        path = head + "".join(LETTERS[chance.below(len(LETTERS))] for _letter in run) + rest + suffix
        if not files_of(context).exists(path):
            return path
