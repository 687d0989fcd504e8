"""`tc class`: the classes of prio, tbf and htb (tc/tc_class.c; net/sched/sch_api.c)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.tools import tc_htb
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.tc_counters import counters
from netsandbox.commands.tools.tc_numbers import ROOT, classid_of
from netsandbox.commands.tools.words import Words, wrong
from netsandbox.linux.core.discipline import Discipline
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.fifo import Fifo
from netsandbox.linux.core.tbf import Tbf
from netsandbox.linux.ipv4.htb import Htb, HtbClass
from netsandbox.linux.ipv4.prio import Prio

if TYPE_CHECKING:
    from netsandbox.commands.tools.tc_options import Options

CLASSFUL = ("atm", "cbq", "drr", "dsmark", "ets", "hfsc", "htb", "qfq")
"""The disciplines of which tc can read a class's options; of them htb is modelled."""
OF_TEXT = ("counters", "text")


class Place(NamedTuple):
    """Where a class is, or is to be."""

    device: str = ""
    classid: int = 0
    parent: int = 0
    kind: str = ""


def _place(words: Words, is_shown: bool) -> Place:
    """tc_class_list, tc_class_modify."""
    place = Place()
    while words:
        word = words.next()
        if word == "dev":
            place = place._replace(device=words.next())
        elif word == "root":
            place = place._replace(parent=ROOT)
        elif word in ("classid", "parent"):
            text = words.next()
            number = classid_of(text)
            if number is None:
                raise wrong(text, f"invalid {'class' if word == 'classid' else 'parent'} ID")
            place = place._replace(classid=number) if word == "classid" else place._replace(parent=number)
        elif is_shown:
            raise ToolError(255, f'What is "{word}"? Try "tc class help".')
        else:
            return place._replace(kind=word)
    return place


def run(context: ToolContext, command: str, words: Words, options: Options) -> ToolResult:
    if command == "show":
        return _show(context, words, options)
    return _modify(context, command, words)


def _show(context: ToolContext, words: Words, options: Options) -> ToolResult:
    """tc_class_list."""
    place = _place(words, is_shown=True)
    root = interface_named(context.namespace, place.device, 1).shaper if place.device else None
    rows = [row for one in ([root, *root.children] if isinstance(root, Discipline) else [])
            for row in _classes(one, options.statistics, options.details)
            if place.classid in (0, classid_of(row["handle"])) and place.parent >> 16 in (0, one.handle)]
    if options.json:
        return ToolResult(0, json.dumps([{name: value for name, value in row.items() if name not in OF_TEXT}
                                         for row in rows], separators=(",", ":")) + "\n", "")
    return ToolResult(0, "".join(
        f"class {row['class']} {row['handle']} {'parent ' + row['parent'] if 'parent' in row else 'root'} "
        f"{'leaf ' + row['leaf'] + ' ' if 'leaf' in row else ''}{row.get('text', '')}\n{row['counters']}"
        for row in rows), "")


def _modify(context: ToolContext, command: str, words: Words) -> ToolResult:
    """tc_class_modify, tc_ctl_tclass: those of prio are always there, as many as it has bands."""
    place = _place(words, is_shown=False)
    if place.kind and place.kind not in CLASSFUL:
        raise ToolError(1, f'Error: Qdisc "{place.kind}" is classless.')
    root = interface_named(context.namespace, place.device, 1).shaper if place.device else None
    why = "Operation not supported"
    is_there = isinstance(root, Discipline) and any(
        classid_of(row["handle"]) == place.classid for row in _classes(root, False))
    if isinstance(root, Htb) and (place.kind == "htb" or command == "delete"):
        return ToolResult(0, "", _modify_htb(root, command, place, words))
    if place.kind == "htb":
        tc_htb.read_class(words)
    if not place.device:
        why = "No such device"
    elif not isinstance(root, Discipline) or (not is_there and command != "add"):
        why = "No such file or directory"
    elif isinstance(root, Fifo):
        why = "Invalid argument"
    elif is_there and command == "add":
        why = "File exists"
    raise ToolError(2, f"RTNETLINK answers: {why}")


def _modify_htb(htb: Htb, command: str, place: Place, words: Words) -> str:
    try:
        if not {place.classid >> 16, place.parent >> 16} <= {htb.handle, 0, ROOT >> 16}:
            raise KernelError("ENOENT")
        return tc_htb.modify(htb, command, place.classid & 0xFFFF, place.parent & 0xFFFF, words)
    except KernelError as error:
        raise ToolError(2, str(error)) from None


def _classes(one: Discipline, counted: bool, in_detail: bool = False) -> list[dict[str, Any]]:
    """Of prio one for each band; a bucket of tokens always has one, a line only while something is in it."""
    if isinstance(one, Htb):
        return [_of_htb(each, counted, in_detail) for each in one.classes]
    if isinstance(one, Prio):
        found: list[Discipline | None] = list(one.bands)
    else:
        found = list(one.children) or ([None] if isinstance(one, Tbf) else [])
    rows: list[dict[str, Any]] = []
    for number, child in enumerate(found, 1):
        row = {"class": one.kind, "handle": f"{one.handle:x}:{number:x}", "parent": f"{one.handle:x}:", "counters": ""}
        if child is not None and child.handle:
            row["leaf"] = f"{child.handle:x}:"
        if counted:
            row["counters"] = counters(child) if isinstance(one, Prio) else "\n"
        rows.append(row)
    return rows


def _of_htb(one: HtbClass, counted: bool, in_detail: bool) -> dict[str, Any]:
    major = f"{one.htb.handle:x}"
    parent = {"root": True} if one.parent is None else {"parent": f"{major}:{one.parent.number:x}"}
    leaf = {"leaf": f"{one.leaf.handle:x}:"} if one.leaf.handle else {}
    return {"class": "htb", "handle": f"{major}:{one.number:x}", **parent, **leaf, **tc_htb.class_members(one),
            "text": tc_htb.class_text(one, in_detail), "counters": tc_htb.class_counters(one) if counted else ""}
