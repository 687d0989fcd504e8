"""mkdir, rmdir, rm, unlink, cp, mv, ln, touch, chmod, basename, dirname, readlink, realpath, pwd."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import FOLDERS
from netsandbox.commands.tools.kernel.process_namespaces import link_of
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.options import options_of, table
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import Directory, FileError, RegularFile

MOST = 10_000
CLAUSE = r"[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]|[0-7]+))+"
MODE = re.compile(rf"0*[0-7]{{1,4}}|{CLAUSE}(?:,{CLAUSE})*")  # What chmod takes (mode_compile)


def _missing(name: str, operand: str = "missing operand") -> ToolError:
    return ToolError(1, f"{name}: {operand}\nTry '{name} --help' for more information.")


def _each(paths: list[str], work: Callable[[str], None], words: Callable[[str, FileError], str]) -> ToolResult:
    """Do something with each path, and complain about those with which it cannot be done."""
    errors = ""
    for path in paths:
        try:
            work(path)
        except FileError as error:
            errors += words(path, error) + "\n"
    return ToolResult(1 if errors else 0, "", errors)


MKDIR = table("mkdir", acts="p|parents", idle="v|verbose m|mode=", refused="Z context?")


def mkdir(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(MKDIR, arguments)
    if not paths:
        raise _missing("mkdir")
    files = files_of(context)

    def make(path: str) -> None:
        files.make_directory(path.rstrip("/") or "/")

    return _each(paths, files.make_directories if "p" in options else make,
                 lambda path, error: fault(context, "mkdir", "make", path, error))


RMDIR = table("rmdir", acts="p|parents", idle="v|verbose", refused="ignore-fail-on-non-empty")


def rmdir(context: ToolContext, arguments: list[str]) -> ToolResult:
    _options, paths = options_of(RMDIR, arguments)
    files = files_of(context)
    return _each(paths, files.remove_directory, lambda path, error: fault(context, "rmdir", "remove", path, error))


RM = table(
    "rm", acts="r|recursive R f|force", idle="i v|verbose",
    refused="d|dir I interactive? one-file-system no-preserve-root preserve-root?")


def rm(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(RM, arguments)
    if not paths and "f" not in options:
        raise _missing("rm")
    files = files_of(context)

    def remove(path: str) -> None:
        if "f" in options and files.link(path) is None and not files.exists(path):
            return
        if files.link(path) is None and files.is_directory(path):
            if not options.keys() & {"r", "R"}:
                raise FileError("EISDIR")
            if _is_dot(path):
                raise FileError("EINVAL")
            if files.canonical(path) == "/":
                raise FileError("EPERM")
            _remove_all(files, files.canonical(path, follow=False))
        else:
            files.remove(path)

    def complaint(path: str, error: FileError) -> str:
        of_directory = "dot" if _is_dot(path) else "directory"
        what = {"EINVAL": "dot with all", "EISDIR": of_directory}.get(error.name, "remove")
        return fault(context, "rm", what, path, error)
    return _each(paths, remove, complaint)


UNLINK = table("unlink")


def unlink(context: ToolContext, arguments: list[str]) -> ToolResult:
    _options, paths = options_of(UNLINK, arguments)
    if len(paths) != 1:
        raise _missing("unlink", f"extra operand ‘{paths[1]}’" if paths else "missing operand")
    return _each(paths, files_of(context).remove, lambda path, error: fault(context, "unlink", "unlink", path, error))


def _is_dot(path: str) -> bool:
    return path.rstrip("/").rpartition("/")[2] in (".", "..")


def _remove_all(files: Files, path: str) -> None:
    found = files.system.find(path)
    if not isinstance(found, Directory):
        raise FileError("EPERM")
    if found.entries:
        files.system.owner(f"{path}/{next(iter(found.entries))}")  # what is in it goes first
    files.system.drop(path)


def _with_target(name: str, paths: list[str]) -> list[str]:
    """Raises ToolError: there are not two of them."""
    if not paths:
        raise _missing(name, "missing file operand")
    if len(paths) < 2:
        raise _missing(name, f"missing destination file operand after '{paths[0]}'")
    return paths


def _target(files: Files, path: str, to: str) -> str:
    """Where a file goes: into a folder under its own name, or to that name."""
    return f"{to.rstrip('/')}/{path.rstrip('/').rpartition('/')[2]}" if files.is_directory(to) else to


CP = table(
    "cp", acts="r|recursive R a|archive n|no-clobber", usual="f|force p preserve?",
    idle="i|interactive v|verbose L|dereference",
    refused="b d H l|link P|no-dereference s|symbolic-link S|suffix= t|target-directory= T|no-target-directory u "
            "x|one-file-system Z attributes-only backup? copy-contents debug no-preserve= parents reflink? "
            "remove-destination sparse= strip-trailing-slashes update? keep-directory-symlink context?")


def cp(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(CP, arguments)
    *sources, to = _with_target("cp", paths)
    files = files_of(context)
    if len(sources) > 1 and not files.is_directory(to):
        raise ToolError(1, f"cp: target '{to}': No such file or directory")
    errors = ""
    for path in sources:
        try:
            if files.is_directory(path):
                if not options.keys() & {"r", "R", "a"}:
                    errors += fault(context, "cp", "directory", path) + "\n"
                    continue
                errors += _copy_all(context, path, _target(files, path, to))
            else:
                files.write(_target(files, path, to), files.read(path))
        except FileError as error:
            what = "open" if error.name == "ENXIO" else "create" if files.exists(path) else "stat"
            errors += fault(context, "cp", what, path, error, to=to) + "\n"
    return ToolResult(1 if errors else 0, "", errors)


def _copy_all(context: ToolContext, path: str, to: str) -> str:
    """What is said where the copy is in what is copied."""
    files = files_of(context)
    waiting, done, errors, place = [(path, to)], 0, "", files.canonical(to)
    while waiting and done < MOST:
        source, target = waiting.pop()
        done += 1
        link = files.link(source)
        if link is not None:
            if files.link(target) is not None:
                files.remove(target)
            files.make_link(target, link)
        elif not files.is_directory(source):
            files.write(target, files.read(source))
        elif target != to and files.canonical(source) == place:
            errors += fault(context, "cp", "itself", path, to=to) + "\n"
        else:
            if not files.exists(target):
                files.make_directory(target)
            waiting += [(f"{source}/{name}", f"{target}/{name}") for name in files.names(source)]
    return errors


MV = table(
    "mv", acts="f|force n|no-clobber", idle="i|interactive v|verbose",
    refused="b S|suffix= t|target-directory= T|no-target-directory u Z|context backup? debug exchange no-copy "
            "strip-trailing-slashes update?")


def mv(context: ToolContext, arguments: list[str]) -> ToolResult:
    _options, paths = options_of(MV, arguments)
    *sources, to = _with_target("mv", paths)
    files = files_of(context)

    def complaint(path: str, error: FileError) -> str:
        return fault(context, "mv", "move" if files.exists(path) else "stat", path, error, to=to)
    return _each(sources, lambda path: files.rename(path, _target(files, path, to)), complaint)


LN = table(
    "ln", acts="s|symbolic f|force n|no-dereference T|no-target-directory", idle="v|verbose",
    refused="b d|directory i|interactive L|logical P|physical r|relative S|suffix= t|target-directory= backup?")


def ln(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(LN, arguments)
    if not paths:
        raise _missing("ln", "missing file operand")
    files = files_of(context)
    target = paths[0]
    name = paths[1] if len(paths) > 1 else target.rstrip("/").rpartition("/")[2]
    if "T" not in options and not ("n" in options and files.link(name) is not None):
        name = _target(files, target, name)
    if "s" not in options:
        return _hard_link(context, target, name)
    try:
        if "f" in options and (files.link(name) is not None or (files.exists(name) and not files.is_directory(name))):
            files.remove(name)
        if name.rstrip("/") == FOLDERS[0] and _is_empty(files, name):
            files.system.drop(FOLDERS[0])
        files.make_link(name, target)
    except FileError as error:
        raise ToolError(1, fault(context, "ln", "link", name, error)) from None
    return ToolResult(0, "", "")


def _is_empty(files: Files, path: str) -> bool:
    return files.is_directory(path) and not files.names(path)


def _hard_link(context: ToolContext, target: str, name: str) -> ToolResult:
    """A copy: two names of one file would need what nothing here shows."""
    files = files_of(context)
    node = files.node(target)
    if not isinstance(node, RegularFile):
        raise ToolError(1, f"ln: {target}: hard link not allowed for directory" if files.is_directory(target) else
                        fault(context, "ln", "target", target, FileError("ENOENT")))
    raise ToolError(1, f"netsandbox: hard links are not modelled; `ln -s {target} {name}` makes a symbolic one")


TOUCH = table("touch", acts="c|no-create", usual="a m", refused="d|date= r|reference= t= f h|no-dereference time=")


def touch(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(TOUCH, arguments)
    if not paths:
        raise _missing("touch", "missing file operand")
    paths = [path for path in paths if "c" not in options or files_of(context).exists(path)]
    return _each(paths, files_of(context).touch, lambda path, error: fault(context, "touch", "touch", path, error))


NOTHING_ELSE = "f|silent f|quiet R|recursive preserve-root no-preserve-root dereference h|no-dereference"
CHMOD = table("chmod", acts="reference=", usual=NOTHING_ELSE, refused="c|changes v|verbose")
CHOWN = table("chown", acts="reference=", usual=f"{NOTHING_ELSE} H L P", refused="c|changes v|verbose from=")
CHGRP = table("chgrp", acts="reference=", usual=f"{NOTHING_ELSE} H L P", refused="c|changes v|verbose from=")


def chmod(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Its mode may begin as an option does."""
    modes = [word for word in arguments if word[:1] == "-" and MODE.fullmatch(word)][:1]
    options, operands = options_of(CHMOD, [word for word in arguments if word not in modes])
    wish, paths = _wish(options, [*modes, *operands])
    if paths and wish and not MODE.fullmatch(wish):
        raise _missing("chmod", f"invalid mode: ‘{wish}’")
    return _of_rights(context, "chmod", wish, paths)


def chown(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _of_rights(context, "chown", *_wish(*options_of(CHOWN, arguments)))


def chgrp(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _of_rights(context, "chgrp", *_wish(*options_of(CHGRP, arguments)))


def _wish(options: dict[str, str], operands: list[str]) -> tuple[str, list[str]]:
    """What is to be, which another file may say, and the files."""
    return ("", operands) if "reference" in options else ("".join(operands[:1]), operands[1:])


def _of_rights(context: ToolContext, name: str, wish: str, paths: list[str]) -> ToolResult:
    """chmod and its kin: every file here is root's, who may do everything with it (ToolError: there is no file)."""
    if not paths:
        raise _missing(name, f"missing operand after ‘{wish}’" if wish and wish[0] != "-" else "missing operand")
    files = files_of(context)
    errors = "".join(f"{name}: cannot access '{path}': No such file or directory\n"
                     for path in paths if not files.exists(path))
    if not errors:
        note(name)
    return ToolResult(1 if errors else 0, "", errors)


BASENAME = table("basename", acts="a|multiple s|suffix= z|zero")


@looks()
def basename(_context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(BASENAME, arguments)
    if not paths:
        raise _missing("basename")
    suffix, are_many = options.get("s", ""), bool(options.keys() & {"a", "s"})
    if not are_many and len(paths) > 2:
        raise _missing("basename", f"extra operand ‘{paths[2]}’")
    if not are_many:
        suffix = paths.pop() if len(paths) > 1 else ""
    names = [path.rstrip("/").rpartition("/")[2] or path[:1] for path in paths]
    end = "\0" if "z" in options else "\n"
    return ToolResult(0, "".join((name.removesuffix(suffix) if suffix != name else name) + end for name in names), "")


@looks()
def dirname(_context: ToolContext, arguments: list[str]) -> ToolResult:
    if not arguments:
        raise _missing("dirname")
    above, slash, _name = arguments[0].rstrip("/").rpartition("/")
    return ToolResult(0, (above or ("/" if slash else ".")) + "\n", "")


READLINK = table(
    "readlink", acts="f|canonicalize n|no-newline", usual="s|silent",
    refused="m|canonicalize-missing e|canonicalize-existing q|quiet v|verbose z|zero")


@looks()
def readlink(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Where links point; a process' network namespace too. For what is no link it says nothing and fails."""
    options, paths = options_of(READLINK, arguments)
    if not paths:
        raise _missing("readlink")
    out, code = "", 0
    for path in paths:
        found = _resolved(context, path, "f" in options)
        if found is None:
            code = 1
        else:
            out += found + ("" if "n" in options else "\n")
    return ToolResult(code, out, "")


def _resolved(context: ToolContext, path: str, follows: bool) -> str | None:
    files = files_of(context)
    text = link_of(files, context.namespace, context.machine, path)
    if text is not None:
        return f"{path.rpartition('/')[0]}/{text}" if follows else text
    if not follows:
        return files.link(path)
    try:
        return files.canonical(path)
    except FileError:
        return None


REALPATH = table(
    "realpath", acts="q|quiet z|zero", usual="P|physical E|canonicalize",
    refused="e|canonicalize-existing m|canonicalize-missing L|logical s|strip no-symlinks relative-to= relative-base=")


@looks()
def realpath(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(REALPATH, arguments)
    if not paths:
        raise _missing("realpath")
    out, errors, end = "", "", "\0" if "z" in options else "\n"
    for path in paths:
        try:
            out += files_of(context).canonical(path) + end
        except FileError as error:
            errors += f"realpath: {path}: {error}\n"
    return ToolResult(1 if errors else 0, out, "" if "q" in options else errors)


@looks()
def pwd(context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(0, files_of(context).cwd + "\n", "")
