"""What `tc qdisc` says of prio, and `tc class` of all that have classes (tc/q_prio.c, tc_class.c)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.tools import tc_htb
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.tc_numbers import ROOT, classid_of, illegal
from netsandbox.commands.tools.words import within, wrong
from netsandbox.linux.core.discipline import Discipline
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.fifo import Fifo
from netsandbox.linux.core.tbf import Tbf
from netsandbox.linux.ipv4.htb import Htb, HtbClass
from netsandbox.linux.ipv4.prio import MAX_BANDS, MIN_BANDS, PRIOMAP, Prio

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.words import Words

CLASSFUL = ("atm", "cbq", "drr", "dsmark", "ets", "hfsc", "htb", "qfq")
"""The disciplines of which tc can read a class's options; of them htb is modelled."""
OF_TEXT = ("counters", "text")
USAGE = "Usage: ... prio bands NUMBER priomap P1 P2...[multiqueue]"


def read(new: Prio, words: Words) -> None:
    """prio_parse_opt, and prio_tune's checks."""
    bands, priomap, is_map = 3, list(PRIOMAP), False
    while words:
        word = words.next()
        if word == "bands":
            bands = within(words.next(), illegal("bands"))
        elif word == "priomap":
            is_map, at = True, 0
        elif word == "multiqueue":
            raise ToolError(1, "netsandbox: multiqueue of prio is not modelled")
        elif word == "help" or not is_map:
            raise ToolError(1, USAGE if word == "help" else f'What is "{word}"?\n{USAGE}')
        elif at > 15:
            raise ToolError(1, '"priomap" index > TC_PRIO_MAX=15')
        else:
            priomap[at] = within(word, ToolError(1, 'Illegal "priomap" element'))
            if priomap[at] > bands:
                raise ToolError(1, '"priomap" element is out of bands')
            at += 1
    if not MIN_BANDS <= bands <= MAX_BANDS or max(priomap) >= bands:
        raise ToolError(2, "RTNETLINK answers: Invalid argument")
    new.resize(bands)
    new.priomap = tuple(priomap)


def said(prio: Prio) -> str:
    """prio_print_opt."""
    return f"bands {len(prio.bands)} priomap {' '.join(map(str, prio.priomap))}"


def members(prio: Prio) -> dict[str, Any]:
    return {"bands": len(prio.bands), "priomap": list(prio.priomap), "multiqueue": False}


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


def show_classes(context: ToolContext, words: Words, counted: bool, as_json: bool, in_detail: bool) -> ToolResult:
    place = _place(words, is_shown=True)
    root = interface_named(context.namespace, place.device, 1).shaper if place.device else None
    rows = [row for one in ([root, *root.children] if isinstance(root, Discipline) else [])
            for row in _classes(one, counted, in_detail)
            if place.classid in (0, classid_of(row["handle"])) and place.parent >> 16 in (0, one.handle)]
    if as_json:
        return ToolResult(0, json.dumps([{name: value for name, value in row.items() if name not in OF_TEXT}
                                         for row in rows], separators=(",", ":")) + "\n", "")
    return ToolResult(0, "".join(
        f"class {row['class']} {row['handle']} {'parent ' + row['parent'] if 'parent' in row else 'root'} "
        f"{'leaf ' + row['leaf'] + ' ' if 'leaf' in row else ''}{row.get('text', '')}\n{row['counters']}"
        for row in rows), "")


def modify_class(context: ToolContext, command: str, words: Words) -> ToolResult:
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


def counters(found: Discipline | None) -> str:
    """print_tcstats2_attr."""
    if found is None:
        return " Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n"
    return (f" Sent {found.bytes} bytes {found.packets} pkt (dropped {found.dropped}, overlimits "
            f"{found.overlimits} requeues {found.requeues}) \n"
            f" backlog {held(found)}b {len(found.waiting)}p requeues {found.requeues}\n")


def held(found: Discipline | None) -> int:
    return sum(found.length_of(frame) for _when, _serial, frame in found.waiting) if found is not None else 0
