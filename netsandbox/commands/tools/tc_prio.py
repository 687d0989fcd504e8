"""What `tc qdisc` says of prio, and `tc class` of all that have classes (tc/q_prio.c, tc_class.c)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.tc_numbers import classid_of, illegal
from netsandbox.commands.tools.words import within, wrong
from netsandbox.linux.core.queueing import Discipline, Tbf
from netsandbox.linux.ipv4.prio import MAX_BANDS, MIN_BANDS, PRIOMAP, Prio

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.words import Words

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


def show_classes(context: ToolContext, words: Words, counted: bool, as_json: bool) -> ToolResult:
    """tc_class_list."""
    device, wanted = "", {"classid": 0, "parent": 0}
    while words:
        word = words.next()
        if word == "dev":
            device = words.next()
        elif word == "root":
            wanted["parent"] = 0
        elif word in wanted:
            text = words.next()
            number = classid_of(text)
            if number is None:
                raise wrong(text, f"invalid {'class' if word == 'classid' else 'parent'} ID")
            wanted[word] = number
        else:
            raise ToolError(255, f'What is "{word}"? Try "tc class help".')
    root = interface_named(context.namespace, device, 1).shaper if device else None
    rows = [row for one in ([root, *root.children] if isinstance(root, Discipline) else [])
            for row in _classes(one, counted)
            if wanted["classid"] in (0, classid_of(row["handle"]))
            and wanted["parent"] >> 16 in (0, one.handle) and not wanted["parent"] & 0xFFFF]
    if as_json:
        return ToolResult(0, json.dumps([{name: value for name, value in row.items() if name != "counters"}
                                         for row in rows], separators=(",", ":")) + "\n", "")
    return ToolResult(0, "".join(f"class {row['class']} {row['handle']} parent {row['parent']} "
                                 f"{'leaf ' + row['leaf'] + ' ' if 'leaf' in row else ''}\n{row['counters']}"
                                 for row in rows), "")


def modify_class(command: str, words: Words, kinds: Iterable[str]) -> ToolResult:
    """tc_class_modify."""
    for kind in set(kinds) & set(words.rest()):
        raise ToolError(1, f'Error: Qdisc "{kind}" is classless.')
    raise ToolError(1, f"netsandbox: `tc class {command}` is not modelled; the classes of a prio are always there")


def _classes(one: Discipline, counted: bool) -> list[dict[str, str]]:
    """Of prio one for each band; a bucket of tokens always has one, a line only while something is in it."""
    if isinstance(one, Prio):
        found: list[Discipline | None] = list(one.bands)
    else:
        found = list(one.children) or ([None] if isinstance(one, Tbf) else [])
    rows = []
    for number, child in enumerate(found, 1):
        row = {"class": one.kind, "handle": f"{one.handle:x}:{number:x}", "parent": f"{one.handle:x}:", "counters": ""}
        if child is not None and child.handle:
            row["leaf"] = f"{child.handle:x}:"
        if counted:
            row["counters"] = counters(child) if isinstance(one, Prio) else "\n"
        rows.append(row)
    return rows


def counters(found: Discipline | None) -> str:
    """print_tcstats2_attr."""
    if found is None:
        return " Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n"
    return (f" Sent {found.bytes} bytes {found.packets} pkt (dropped {found.dropped}, overlimits "
            f"{found.overlimits} requeues {found.requeues}) \n"
            f" backlog {held(found)}b {len(found.waiting)}p requeues {found.requeues}\n")


def held(found: Discipline | None) -> int:
    return sum(found.length_of(frame) for _when, _serial, frame in found.waiting) if found is not None else 0
