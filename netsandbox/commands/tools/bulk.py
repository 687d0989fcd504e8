"""dd, truncate and fallocate: files of a size, of zeros or of chance (coreutils' dd.c, human.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.devices import ENDLESS, from_device
from netsandbox.commands.tools.inputs import files_of, options_of, stdin
from netsandbox.linux.core.inode import MOST_BYTES, FileError

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

SIZE = re.compile(r"(\d+)(c|w|b|kB|KB|K|k|KiB|MB|M|MiB|GB|G|GiB)?", re.ASCII)
UNITS = {"": 1, "c": 1, "w": 2, "b": 512, "kB": 1000, "KB": 1000, "MB": 1000 ** 2, "GB": 1000 ** 3,
         **{f"{letter}{end}": 1 << shift for letter, shift in (("K", 10), ("k", 10), ("M", 20), ("G", 30))
            for end in ("", "iB")}}
OPERANDS = ("if", "of", "bs", "ibs", "obs", "count", "skip", "seek", "conv", "status", "iflag", "oflag")
WITHOUT_EFFECT = {"conv": {"notrunc", "fsync", "fdatasync", "noerror", "sync"},
                  "iflag": {"fullblock", "direct", "count_bytes"}, "oflag": {"direct", "sync", "dsync"}}
FULL = f"note: a file system of the sandbox holds {MOST_BYTES >> 20} MiB\n"


def dd(context: ToolContext, arguments: list[str]) -> ToolResult:
    given = _operands(arguments)
    block = _size("bs", given.get("bs", given.get("ibs", "512")))
    if not block:
        raise ToolError(1, f"dd: invalid number: ‘{given.get('bs', '')}’")
    count = _size("count", given["count"]) if "count" in given else None
    skip, seek = (_size(name, given.get(name, "0")) * block for name in ("skip", "seek"))
    text = _read(context, given.get("if", ""), None if count is None else count * block, skip)
    out = given.get("of", "")
    written, why = _write(context, out, text, seek) if out else (text, "")
    shown = _report(len(text), len(written), block) if given.get("status") != "none" else ""
    if given.get("status") == "noxfer":
        shown = "".join(shown.splitlines(keepends=True)[:2])
    return ToolResult(1 if why else 0, "" if out else text, why + shown + (FULL if why else ""))


def _operands(arguments: list[str]) -> dict[str, str]:
    found = dict[str, str]()
    for word in arguments:
        name, equals, value = word.partition("=")
        if name not in OPERANDS or not equals:
            raise ToolError(1, f"dd: unrecognized operand ‘{word}’\nTry 'dd --help' for more information.")
        for part in value.split(",") if name in WITHOUT_EFFECT else ():
            if part not in WITHOUT_EFFECT[name]:
                raise ToolError(1, f"netsandbox: dd {name}={part} is not modelled")
        found[name] = value
    return found


def _size(name: str, text: str) -> int:
    """`4k`, `1M`, `2x512`."""
    total = 1
    for part in text.split("x"):
        found = SIZE.fullmatch(part)
        if found is None:
            raise ToolError(1, f"dd: invalid number: ‘{text}’")
        total *= int(found[1]) * UNITS[found[2] or ""]
    return total


def _read(context: ToolContext, path: str, most: int | None, skip: int) -> str:
    """Raises: ToolError: there is no such file, or there is no end."""
    if path in ENDLESS:
        if most is None:
            raise ToolError(1, f"netsandbox: {path} has no end; `count=` says how much")
        return from_device(context, path, most)
    if not path:
        text = stdin(context, "dd")
    else:
        try:
            text = files_of(context).read(path)
        except FileError as error:
            raise ToolError(1, f"dd: failed to open '{path}': {error}") from None
    return text[skip:] if most is None else text[skip:skip + most]


def _write(context: ToolContext, path: str, text: str, seek: int) -> tuple[str, str]:
    """What there was room for, and why not for more."""
    files = files_of(context)
    before = ""
    if seek:
        before = (files.read(path) if files.exists(path) else "")[:seek].ljust(min(seek, MOST_BYTES + 1), "\0")
    try:
        files.write(path, before + text)
    except FileError as error:
        if error.name != "ENOSPC":
            raise ToolError(1, f"dd: failed to open '{path}': {error}") from None
        room = max(MOST_BYTES - files.system.size - len(before), 0)
        text = text[:room]
        files.write(path, before + text)
        return text, f"dd: error writing '{path}': {error}\n"
    return text, ""


def _report(read: int, wrote: int, block: int) -> str:
    records = [f"{count // block}+{int(count % block > 0)} records {way}\n" for count, way in (
        (read, "in"), (wrote, "out"))]
    scales = [_scaled(wrote, base, units) for base, units in ((1000, "kMG"), (1024, "KMG")) if wrote >= base]
    shown = [f"{text}{'B' if at == 0 else 'iB'}" for at, text in enumerate(scales)]
    beside = f" ({', '.join(shown)})" if shown else ""
    return f"{''.join(records)}{wrote} byte{'s' if wrote != 1 else ''}{beside} copied, 0 s, Infinity B/s\n"


def _scaled(count: int, base: int, units: str) -> str:
    """`1.5 k`: one digit behind the point below ten (human_readable)."""
    size, unit = base, units[0]
    while (2 * count + size) // (2 * size) >= base and unit != units[-1]:
        size, unit = size * base, units[units.index(unit) + 1]
    tenths = (20 * count + size) // (2 * size)
    return f"{tenths // 10}.{tenths % 10} {unit}" if tenths < 100 else f"{(2 * count + size) // (2 * size)} {unit}"


def truncate(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("truncate", arguments, "co", "sr", {"size": "s", "no-create": "c", "reference": "r"})
    if options.keys() & {"r", "o"}:
        raise ToolError(1, "netsandbox: truncate -r and -o are not modelled; -s is")
    if "s" not in options:
        raise ToolError(1, "truncate: you must specify either ‘--size’ or ‘--reference’\n"
                        "Try 'truncate --help' for more information.")
    if not paths:
        raise ToolError(1, "truncate: missing file operand\nTry 'truncate --help' for more information.")
    sign, digits = re.fullmatch(r"([-+]?)(.*)", options["s"], re.DOTALL).groups()  # type: ignore[union-attr]
    found = SIZE.fullmatch(digits)
    if found is None:
        raise ToolError(1, f"truncate: Invalid number: ‘{options['s']}’")
    size, files, errors = int(found[1]) * UNITS[found[2] or ""], files_of(context), ""
    for path in paths:
        if not files.exists(path) and "c" in options:
            continue
        errors += _resized(context, path, size, sign)
    return ToolResult(1 if errors else 0, "", errors)


def _resized(context: ToolContext, path: str, size: int, sign: str) -> str:
    """Why not, or empty."""
    files = files_of(context)
    try:
        before = files.read(path) if files.exists(path) else ""
        length = max(len(before) + (size if sign == "+" else -size), 0) if sign else size
        files.write(path, before[:length].ljust(min(length, MOST_BYTES + 1), "\0"))
    except FileError as error:
        if error.name == "ENOSPC":
            return f"truncate: failed to truncate '{path}' at {length} bytes: {error}\n{FULL}"
        return f"truncate: cannot open '{path}' for writing: {error}\n"
    return ""


def fallocate(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of("fallocate", arguments, "", "l", {"length": "l"})
    found = SIZE.fullmatch(options.get("l", ""))
    if found is None or len(paths) != 1:
        raise ToolError(1, "fallocate: no length argument specified" if "l" not in options else
                        "fallocate: no filename specified" if not paths else "fallocate: failed to parse length")
    files, size = files_of(context), int(found[1]) * UNITS[found[2] or ""]
    try:
        before = files.read(paths[0]) if files.exists(paths[0]) else ""
        files.write(paths[0], before.ljust(min(size, MOST_BYTES + 1), "\0"))
    except FileError as error:
        if error.name != "ENOSPC":
            raise ToolError(1, f"fallocate: cannot open {paths[0]}: {error}") from None
        return ToolResult(1, "", f"fallocate: fallocate failed: {error}\n{FULL}")
    return ToolResult(0, "", "")
