"""What find asks of a place and does with it: each of its tests and actions, by name (findutils' pred.c)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.files.find_walk import Place, Walk
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import size_of
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.patterns import matches

Test = Callable[[Walk, Place], bool]
KINDS = "bcdpflsD"
UNITS = {"c": 1, "w": 2, "b": 512, "": 512, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}  # Bytes of what -size counts
SIZE = re.compile(r"([+-]?)(\d+)([cwbkMG]?)", re.ASCII)
DIRECTORY = 4096  # Bytes of a directory, as ext4 has it


def always(_walk: Walk, _place: Place) -> bool:
    return True


def _never(_walk: Walk, _place: Place) -> bool:
    return False


def _of_kind(value: str) -> Test:
    kinds = value.split(",")
    wrong = next((kind for kind in kinds if len(kind) != 1 or kind not in KINDS), None)
    if wrong is not None:
        raise ToolError(1, f"find: Unknown argument to -type: {wrong}")
    return lambda _walk, place: place.kind in kinds


def _of_size(value: str) -> Test:
    found = SIZE.fullmatch(value)
    if found is None:
        is_unit = value[-1:].isdecimal() or value[-1:] in UNITS
        raise ToolError(1, f"find: Invalid argument `{value}' to -size" if is_unit else
                        f"find: invalid -size type `{value[-1:]}'")
    sign, wanted, unit = found[1], int(found[2]), UNITS[found[3]]

    def test(walk: Walk, place: Place) -> bool:
        blocks = -(-_bytes(walk, place) // unit)
        return blocks > wanted if sign == "+" else blocks < wanted if sign == "-" else blocks == wanted
    return test


def _of_text(value: str, text: Callable[[Place], str], folds: bool = False) -> Test:
    """Whether a pattern fits what `text` gives, capitals or not where it `folds`."""
    if folds:
        return lambda _walk, place: matches(value.lower(), text(place).lower())
    return lambda _walk, place: matches(value, text(place))


def _name(place: Place) -> str:
    return place.path.rstrip("/").rpartition("/")[2] or "/"


def _path(place: Place) -> str:
    return place.path


def _bytes(walk: Walk, place: Place) -> int:
    """As lstat(2) tells: a link is as long as what it says."""
    files = files_of(walk.context)
    link = files.link(place.path) if place.kind == "l" else None
    return len(to_bytes(link)) if link is not None else size_of(files, place.path) if place.kind == "f" else DIRECTORY


def _is_empty(walk: Walk, place: Place) -> bool:
    if place.kind == "d":
        return not files_of(walk.context).names(place.path)
    return place.kind == "f" and not _bytes(walk, place)


def _print(walk: Walk, place: Place) -> bool:
    walk.out += f"{place.path}\n"
    return True


def _print0(walk: Walk, place: Place) -> bool:
    walk.out += f"{place.path}\0"
    return True


def _prune(walk: Walk, place: Place) -> bool:
    walk.pruned.add(place.path)
    return True


def _delete(walk: Walk, place: Place) -> bool:
    files = files_of(walk.context)
    try:
        if place.kind == "d" and place.path not in (".", "./"):
            files.remove_directory(place.path)
        elif place.kind != "d":
            files.remove(place.path)
    except FileError as error:
        walk.errors += fault(walk.context, "find", "delete", place.path, error) + "\n"
        return False
    return True


def execute(walk: Walk, place: Place, words: list[str]) -> bool:
    if walk.context.run is None:
        return False
    done = walk.context.run(walk.context, [word.replace("{}", place.path) for word in words])
    walk.out, walk.errors = walk.out + done.out, walk.errors + done.err
    return done.code == 0


PLAIN: dict[str, Test] = {
    "-empty": _is_empty, "-true": always, "-false": _never, "-prune": _prune, "-depth": always, "-print": _print,
    "-print0": _print0, "-delete": _delete}
"""Words that take nothing."""
VALUED: dict[str, Callable[[str], Test]] = {
    "-type": _of_kind, "-size": _of_size, "-name": partial(_of_text, text=_name),
    "-iname": partial(_of_text, text=_name, folds=True), "-path": partial(_of_text, text=_path),
    "-wholename": partial(_of_text, text=_path), "-ipath": partial(_of_text, text=_path, folds=True)}
"""Words that take a value, each with what makes its test; that raises ToolError where the value is none."""
ACTIONS = frozenset({"-print", "-print0", "-delete", "-exec"})
