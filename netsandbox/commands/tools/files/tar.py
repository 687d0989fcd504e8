"""tar: files in one file, as GNU tar packs them (tar(5), the old GNU format)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from typing import NamedTuple

from netsandbox.apps.calendar import moment
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.archive import Member, member, members_of, put, writer
from netsandbox.commands.tools.inputs import STDIN, files_of, stdin
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

HINT = "Try 'tar --help' or 'tar --usage' for more information."
OPTIONS = OptionTable(
    "tar", 64, HINT, {"update": "`-c` packs all anew"},
    acts="c|create x|extract get t|list r|append f|file= C|directory= v|verbose O|to-stdout exclude= strip-components= "
         "P|absolute-names m|touch k|keep-old-files wildcards",
    idle="z|gzip z|gunzip z|ungzip j|bzip2 J|xz a|auto-compress",
    usual="p|preserve-permissions same-permissions same-owner no-same-owner numeric-owner o|no-same-permissions "
          "S|sparse",
    refused="A|catenate A|concatenate d|diff d|compare u|update delete T|files-from= X|exclude-from= N|newer= "
            "h|dereference transform= owner= group= mode= mtime= sort= one-top-level? totals? checkpoint? help version "
            "W|verify w|interactive w|confirmation g|listed-incremental= remove-files overwrite keep-newer-files "
            "I|use-compress-program= zstd test-label check-device G|incremental hole-detection= ignore-failed-read "
            "level= no-check-device no-seek n|seek occurrence? sparse-version= add-file= exclude-backups "
            "exclude-caches exclude-caches-all exclude-caches-under= exclude-ignore= exclude-ignore-recursive= "
            "exclude-tag= exclude-tag-all= exclude-tag-under= exclude-vcs exclude-vcs-ignores no-null no-recursion "
            "no-unquote no-verbatim-files-from null recursion unquote verbatim-files-from anchored ignore-case "
            "no-anchored no-ignore-case no-wildcards no-wildcards-match-slash wildcards-match-slash "
            "keep-directory-symlink no-overwrite-dir overwrite-dir recursive-unlink skip-old-files U|unlink-first "
            "ignore-command-error= no-ignore-command-error to-command= atime-preserve? clamp-mtime "
            "delay-directory-restore group-map= no-delay-directory-restore owner-map= s|preserve-order s|same-order "
            "acls no-acls no-selinux no-xattrs selinux xattrs xattrs-exclude= xattrs-include= force-local "
            "F|info-script= F|new-volume-script= L|tape-length= M|multi-volume rmt-command= rsh-command= volno-file= "
            "b|blocking-factor= B|read-full-records i|ignore-zeros record-size= H|format= old-archive portability "
            "pax-option= posix V|label= lzip lzma lzop no-auto-compress Z|compress Z|uncompress backup? "
            "hard-dereference K|starting-file= newer-mtime= N|after-date= one-file-system suffix= xform= "
            "checkpoint-action= full-time index-file= l|check-links no-quote-chars= quote-chars= quoting-style= "
            "R|block-number show-defaults show-omitted-dirs show-snapshot-field-ranges show-transformed-names "
            "show-stored-names utc warning= restrict")
MODES = {"create": "w", "extract": "r", "get": "r", "list": "r", "append": "a"}
FAILED = "tar: Exiting with failure status due to previous errors\n"
NO_ARCHIVE = "tar: This does not look like a tar archive\n" + FAILED.rstrip("\n")
REMOVING = "tar: Removing leading `/' from member names\n"
FATAL = "\ntar: Error is not recoverable: exiting now"
WIDTH = 19  # Of owner and size in a listing, until a wider one comes (list.c)


class Asked(NamedTuple):
    """What is to be packed: a path, and from which directory it is meant."""

    path: str
    folder: str


class Told:
    """What tar was told."""

    def __init__(self, arguments: list[str]) -> None:
        if arguments and not arguments[0].startswith("-"):
            arguments = _unbundled(arguments)
        self.members: list[Asked] = []
        self.folder = ""  # the last -C, relative to where one stands
        self.values: dict[str, str] = {}
        self.excluded: list[str] = []
        self.notes: list[str] = []
        operands, given, taken = list[str](), [], 0
        for one in OPTIONS.each(arguments, operands):
            self._take(operands[taken:])
            taken = len(operands)
            given.append(one)
            self.values[one.option.name] = one.value
            if one.option.name == "directory":
                self.folder = f"{self.folder}/{one.value}" if self.folder and one.value[:1] != "/" else one.value
            elif one.option.name == "exclude":
                self.excluded.append(one.value)
        self._take(operands[taken:])
        OPTIONS.refuse(given)
        self.notes = OPTIONS.notes(given)
        self.mode = self._mode()  # one of MODES
        # so many leading parts of a name are left out
        self.strips = _elements(self.values.get("strip-components", "0"))

    def _take(self, paths: list[str]) -> None:
        self.members += [Asked(path, self.folder) for path in paths]

    def _mode(self) -> str:
        modes = [name for name in MODES if name in self.values]
        if not modes:
            raise ToolError(2, "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n"
                               + HINT)
        if len({MODES[name] + name[0] for name in modes}) > 1:
            raise ToolError(2, "tar: You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' "
                               f"option\n{HINT}")
        return modes[0]

    def means(self, asked: str, name: str) -> bool:
        """Whether what was asked for is a member, or the directory that it is in."""
        above = [name[:at] for at, letter in enumerate(f"{name}/") if letter == "/"]
        return any(fnmatchcase(one, asked) for one in above) if "wildcards" in self.values else asked in above

    def leaves_out(self, path: str) -> bool:
        """Whether --exclude is about it: about some of its parts in a row, a directory's files being out with it."""
        parts = path.split("/")
        return any(fnmatchcase("/".join(parts[at:end]), pattern) for pattern in self.excluded
                   for at in range(len(parts)) for end in range(at + 1, len(parts) + 1))


def _unbundled(arguments: list[str]) -> list[str]:
    """`tar cvf x.tar a` as `-c -v -f x.tar a`."""
    rest, found = arguments[1:], list[str]()
    for letter in arguments[0]:
        found.append(f"-{letter}")
        option = OPTIONS.letters.get(letter)
        if option is not None and option.value == "=":
            if not rest:
                raise ToolError(2, f"tar: Old option '{letter}' requires an argument.\n{HINT}")
            found.append(rest.pop(0))
    return found + rest


def _elements(number: str) -> int:
    """Raises ToolError: it is no number."""
    if not (number.isascii() and number.isdecimal()):
        raise ToolError(2, f"tar: {number[:40]}: Invalid number of elements\n{HINT}")
    return int(number[:9])


def tar(context: ToolContext, arguments: list[str]) -> ToolResult:
    try:
        told = Told(arguments)
        done = (_pack if MODES[told.mode] != "r" else _unpack)(context, told)
    except UsageError as error:
        raise ToolError(error.code, str(error)) from None
    return done._replace(err="".join(f"{note}\n" for note in told.notes) + done.err)


def _pack(context: ToolContext, told: Told) -> ToolResult:
    if not told.members:
        raise ToolError(2, f"tar: Cowardly refusing to create an empty archive\n{HINT}")
    files, name = files_of(context), told.values.get("file", STDIN)
    before = to_bytes(_archive(context, name)) if told.mode == "append" and (
        name == STDIN or files.exists(name)) else b""
    if name != STDIN:
        _open_for_writing(files, name)
    kept = io.BytesIO(before)
    with _begun(kept, before) as archive:
        packer = _Packer(archive, told, files.canonical(name) if name != STDIN else None)
        for asked in told.members:
            seen = files.at(files.canonical(asked.folder or "."))
            try:
                packer.add(seen, asked.path.rstrip("/") or "/")
            except FileError as error:
                packer.err += f"tar: {asked.path}: Cannot stat: {error}\n"
    text = to_text(kept.getvalue())
    code = 2 if "Cannot stat" in packer.err else 0
    err = packer.err + (FAILED if code else "")
    if name == STDIN:
        return ToolResult(code, text, packer.out + err)
    files.write(name, text)
    return ToolResult(code, packer.out, err)


class _Packer:
    """Puts files into an archive (itself: the archive's own path; None of one that is written to a pipe)."""

    def __init__(self, archive: tarfile.TarFile, told: Told, itself: str | None) -> None:
        self.archive, self.told, self.itself = archive, told, itself
        self.out = self.err = ""

    def add(self, files: Files, place: str) -> None:
        """A file, or a folder with all that is in it (FileError: it is not there)."""
        is_absolute = "absolute-names" in self.told.values
        for path in _walk(files, place, self.told):
            if path.startswith("/") and not is_absolute and REMOVING not in self.err:
                self.err += REMOVING
            if files.exists(path) and files.canonical(path) == self.itself:
                self.err += f"tar: {path}: archive cannot contain itself; not dumped\n"
                continue
            one = member(files, path, path if is_absolute else path.lstrip("/") or ".")
            self.archive.addfile(one.info, io.BytesIO(one.content))
            self.out += f"{path}{'/' * one.info.isdir()}\n" if "verbose" in self.told.values else ""


def _begun(kept: io.BytesIO, before: bytes) -> AbstractContextManager[tarfile.TarFile]:
    """An archive of which that is there already (ToolError: it is none)."""
    try:
        return writer(kept, "a" if before else "w")
    except tarfile.TarError:
        raise ToolError(2, NO_ARCHIVE) from None


def _open_for_writing(files: Files, name: str) -> None:
    try:
        files.create(name, append=True)
    except FileError as error:
        raise ToolError(2, f"tar: {name}: Cannot open: {error}{FATAL}") from None


def _walk(files: Files, path: str, told: Told) -> Iterator[str]:
    """A path and, of a directory, what is below it (FileError: there is none)."""
    waiting = [path]
    while waiting:
        path = waiting.pop()
        spend(Use.WORK, 100)
        if told.leaves_out(path):
            continue
        if files.link(path) is None and not files.exists(path):
            raise FileError("ENOENT")
        yield path
        if files.link(path) is None and files.is_directory(path):
            waiting += [f"{path.rstrip('/')}/{name}" for name in reversed(files.names(path))]


def _archive(context: ToolContext, name: str) -> str:
    if name == STDIN:
        if context.stdin is None or context.stdin.is_terminal:
            raise ToolError(2, f"tar: Refusing to read archive contents from terminal (missing -f option?){FATAL}")
        return stdin(context, "tar")
    try:
        return files_of(context).read(name)
    except FileError as error:
        raise ToolError(2, f"tar: {name}: Cannot open: {error}{FATAL}") from None


def _unpack(context: ToolContext, told: Told) -> ToolResult:
    try:
        members = members_of(_archive(context, told.values.get("file", STDIN)))
    except tarfile.TarError:
        raise ToolError(2, NO_ARCHIVE) from None
    files = files_of(context)
    try:
        files = files.at(files.canonical(told.folder or "."))
        is_folder = files.is_directory(".")
    except FileError:
        is_folder = False
    if not is_folder:
        raise ToolError(2, f"tar: {told.folder}: Cannot open: No such file or directory{FATAL}")
    return _each(files, told, members)


def _each(files: Files, told: Told, members: list[Member]) -> ToolResult:
    """List or extract those that are asked for."""
    out = err = ""
    width, found = WIDTH, set[str]()
    shows, asked = "verbose" in told.values, [each.path.rstrip("/") for each in told.members]
    if "absolute-names" not in told.values and any(each.info.name.startswith("/") for each in members):
        err = REMOVING
    for each in members:
        one = each.info
        wanted = [path for path in asked if told.means(path, one.name)]
        if (asked and not wanted) or told.leaves_out(one.name):
            continue
        found.update(wanted)
        name = one.name + "/" * one.isdir()
        if told.mode == "list":
            row, width = _row(one, name, width)
            out += (row if shows else name) + "\n"
            continue
        out += f"{name}\n" if shows else ""
        err += _extract(files, told, each, name)
        out += to_text(each.content) if "to-stdout" in told.values else ""
    err += "".join(f"tar: {path}: Not found in archive\n" for path in asked if path not in found)
    failed = any(word in err for word in (": Cannot ", ": Not found ", ": Member name "))
    return ToolResult(2 if failed else 0, out, err + FAILED * failed)


def _row(one: tarfile.TarInfo, name: str, width: int) -> tuple[str, int]:
    """A line of `tar -tv`, and how wide owner and size have become."""
    kind = "d" if one.isdir() else "l" if one.issym() else "-"
    mode = "".join(letter if one.mode >> bit & 1 else "-" for bit, letter in zip(range(8, -1, -1), "rwx" * 3,
                                                                                strict=True))
    owner, size = f"{one.uname or one.uid}/{one.gname or one.gid}", str(one.size)
    width = max(width, len(owner) + 1 + len(size))
    link = f" -> {one.linkname}" if one.issym() else ""
    at = moment(int(one.mtime) * SECOND - EPOCH)
    when = f"{at.year}-{at.month:02d}-{at.day:02d} {at.clock[:5]}"
    return f"{kind}{mode} {owner} {size:>{width - len(owner) - 1}} {when} {name}{link}", width


def _extract(files: Files, told: Told, one: Member, name: str) -> str:
    """Put it where it belongs; what is complained about."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    parts = parts[told.strips:]
    if not parts or "to-stdout" in told.values:
        return ""
    if ".." in parts:
        return f"tar: {name}: Member name contains '..'\n"
    start = "/" if name.startswith("/") and "absolute-names" in told.values else ""
    path = start + "/".join(parts)
    try:
        put(files, path, one, keeps_old="keep-old-files" in told.values, is_dated="touch" not in told.values)
    except FileError as error:
        return f"tar: {name}: Cannot open: {error}\n"
    return ""
