"""File tools of the images busybox and alpine: they do what coreutils' do, and say it as BusyBox 1.37 does."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.files import digests, fields, file_tools, text
from netsandbox.commands.tools.files import find as find_tool
from netsandbox.commands.tools.files import ls as ls_tool
from netsandbox.commands.tools.files import mktemp as mktemp_tool
from netsandbox.commands.tools.files import sed as sed_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext

    Tool = Callable[[ToolContext, list[str]], ToolResult]

ROW = re.compile(r"^([-dlcbps][-rwxsStT]{9}) +(\d+) (\S+) +(\S+) +(\d+, +\d+|\S+) (\w{3} .*)$", re.MULTILINE)
"""Of ls -l."""
TARGET = re.compile(r" -> '(.*)'$", re.MULTILINE)
SIZE, HUMAN_SIZE = 9, 7
CANNOT_OPEN = (r"(.*): ([A-Z].*)", r"can't open '\1': \2")
PLAIN = (r"(?:cannot|failed to|can't) [a-z ]*?:? ?['‘]?([^'’]*)['’]?(?: for reading)?: (.*)", r"\1: \2")
WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "cat": ((r".*: Is a directory", "read error: Is a directory"), CANNOT_OPEN),
    "cp": ((r"cannot stat (.*)", r"can't stat \1"), (r"cannot create regular file (.*)", r"can't create \1"),
           (r"-r not specified; (.*)", r"\1"),
           (r"cannot copy a directory, '.*', into itself, (.*)", r"recursion detected, omitting directory \1")),
    "find": (PLAIN, (r"‘(.*)’: (.*)", r"\1: \2")), "head": (PLAIN,), "ln": (PLAIN,), "ls": (PLAIN,),
    "md5sum": (CANNOT_OPEN,),
    "mkdir": ((r"cannot create directory ‘(.*)’: (.*)", r"can't create directory '\1': \2"),),
    "mktemp": ((r"too few X's.*", "Invalid argument"), (r"failed to create \w+ via template .*: (.*)", r"\1")),
    "mv": ((r"cannot stat (.*)", r"can't rename \1"), (r"cannot move ('.*?') to '.*': (.*)", r"can't rename \1: \2")),
    "rm": ((r"(?:refusing|cannot) .*'(?:.*/)?\.\.?/*'(?:: Is a directory)?", r"can't remove '.' or '..'"),
           (r"cannot remove ('.*'): Is a directory", r"\1 is a directory"),
           (r"cannot remove (.*)", r"can't remove \1")),
    "rmdir": ((r"failed to remove (.*)", r"\1"),), "sed": ((r"can't read (.*)", r"\1"),),
    "sort": ((r"cannot read: (.*)", r"\1"),),
    "tail": ((r"cannot open '(.*)' for reading: (.*)", r"can't open '\1': \2"),), "touch": (PLAIN,),
    "uniq": (CANNOT_OPEN,)}
"""What is told behind the name, as coreutils say it, and as BusyBox does; the first that fits."""


def _reworded(name: str, line: str) -> str:
    begin = f"{name}: "
    if line.startswith(begin):
        told = line.removeprefix(begin)
        for pattern, words in WORDS[name]:
            found = re.fullmatch(pattern, told)
            if found is not None:
                return begin + found.expand(words)
    return line


def _in_its_words(name: str, tool: Tool) -> Tool:
    """What fails of it ends with 1, but for sort."""
    def run(context: ToolContext, arguments: list[str]) -> ToolResult:
        try:
            result = tool(context, arguments)
        except ToolError as error:
            result = ToolResult(error.code, "", f"{error.message}\n")
        lines = result.err.splitlines()
        own = [_reworded(name, line) for line in lines]
        code = 1 if name != "sort" and own != lines else result.code
        return result._replace(err="".join(f"{line}\n" for line in own), code=code)
    return run


def _row(match: re.Match[str], width: int) -> str:
    mode, links, user, group, size, rest = match.groups()
    major, comma, minor = size.partition(", ")
    size = f"{major:>4},{minor:>4}" if comma else size
    return f"{mode} {links:>4} {user:<8.8} {group:<8.8} {size:>{width}} {rest}"


def ls(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Columns of one width each, and no quotes."""
    done = LS(context, arguments)
    is_human = any(word.startswith("-") and not word.startswith("--") and "h" in word for word in arguments)
    out = ROW.sub(lambda match: _row(match, HUMAN_SIZE if is_human else SIZE), done.out)
    return done._replace(out=TARGET.sub(r" -> \1", out))


def mktemp(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _in_its_words("mktemp", partial(mktemp_tool.mktemp, usual="tmp.XXXXXX", least=6))(context, arguments)


def tail(context: ToolContext, arguments: list[str]) -> ToolResult:
    done = TAIL(context, arguments)
    return done._replace(err=f"{done.err}tail: no files\n") if done.code == 1 and not done.out else done


LS, TAIL = _in_its_words("ls", ls_tool.ls), _in_its_words("tail", text.tail)
cat, head = (_in_its_words(name, tool) for name, tool in (("cat", text.cat), ("head", text.head)))
cp, ln, mkdir, mv, rm, rmdir, touch = (_in_its_words(tool.__name__, tool) for tool in (
    file_tools.cp, file_tools.ln, file_tools.mkdir, file_tools.mv, file_tools.rm, file_tools.rmdir, file_tools.touch))
find, md5sum, sed = (_in_its_words(name, tool) for name, tool in (
    ("find", find_tool.find), ("md5sum", digests.md5sum), ("sed", sed_tool.sed)))
sort, uniq = _in_its_words("sort", fields.sort), _in_its_words("uniq", fields.uniq)
