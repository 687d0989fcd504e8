"""dd: a file from another one, or from a device, block by block (coreutils' dd.c, human.c)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.files.byte_counts import FULL, bytes_of, padded
from netsandbox.commands.tools.inputs import files_of, stdin
from netsandbox.commands.tools.kernel.devices import ENDLESS, from_device
from netsandbox.linux.core.files.inode import MOST_BYTES, FileError

OPERANDS = ("if", "of", "bs", "ibs", "obs", "count", "skip", "seek", "conv", "status", "iflag", "oflag")
WITHOUT_EFFECT = {"conv": {"notrunc", "fsync", "fdatasync", "noerror", "sync"},
                  "iflag": {"fullblock", "direct", "count_bytes"}, "oflag": {"direct", "sync", "dsync"}}

def dd(context: ToolContext, arguments: list[str]) -> ToolResult:
    given = _operands(arguments)
    block = _size(given.get("bs", given.get("ibs", "512")))
    if not block:
        raise ToolError(1, f"dd: invalid number: ‘{given.get('bs', '')}’")
    count = _size(given["count"]) if "count" in given else None
    skip, seek = (_size(given.get(name, "0")) * block for name in ("skip", "seek"))
    text = _read(context, given.get("if", ""), None if count is None else count * block, skip)
    out = given.get("of", "")
    written, why, note = _write(context, out, text, seek) if out else (text, "", "")
    read = min(len(text), len(written) + block) if why else len(text)
    shown = _report(read, len(written), block) if given.get("status") != "none" else ""
    if given.get("status") == "noxfer":
        shown = "".join(shown.splitlines(keepends=True)[:2])
    return ToolResult(1 if why else 0, "" if out else text, why + shown + note)


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


def _size(text: str) -> int:
    """`4k`, `1M`, `2x512`."""
    total = 1
    for part in text.split("x"):
        size = bytes_of(part)
        if size is None:
            raise ToolError(1, f"dd: invalid number: ‘{text}’")
        total *= size
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


def _write(context: ToolContext, path: str, text: str, seek: int) -> tuple[str, str, str]:
    """What there was room for, why not for more, and a note if that is no file system of a size of its own."""
    files = files_of(context)
    before = ""
    if seek:
        before = padded((files.read(path) if files.exists(path) else "")[:seek], seek)
    try:
        files.write(path, before + text)
    except FileError as error:
        if error.name != "ENOSPC":
            raise ToolError(1, f"dd: failed to open '{path}': {error}") from None
        files.write(path, "")
        owner = files.system.owner(files.canonical(path))
        text = text[:max(owner.most_bytes - owner.size - len(before), 0)]
        files.write(path, before + text)
        return text, f"dd: error writing '{path}': {error}\n", FULL if owner.most_bytes == MOST_BYTES else ""
    return text, "", ""


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
