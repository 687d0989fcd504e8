"""`tc class`: the classes of prio, tbf and htb (tc/tc_class.c; net/sched/sch_api.c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.rights import check_net_admin
from netsandbox.commands.tools.tc import fq_codel
from netsandbox.commands.tools.tc import htb as tc_htb
from netsandbox.commands.tools.tc.counters import backlog, stats
from netsandbox.commands.tools.tc.counters import text as counters
from netsandbox.commands.tools.tc.numbers import ROOT, classid_of
from netsandbox.commands.tools.word_values import reader
from netsandbox.commands.tools.words import Words
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.core.queueing.fifo import Fifo
from netsandbox.linux.core.queueing.fq_codel import Flow, FqCodel
from netsandbox.linux.core.queueing.tbf import Tbf
from netsandbox.linux.ipv4.htb import Htb, HtbClass
from netsandbox.linux.ipv4.prio import Prio

if TYPE_CHECKING:
    from netsandbox.commands.tools.tc.options import Options

CLASSFUL = ("atm", "cbq", "drr", "dsmark", "ets", "hfsc", "htb", "qfq")
"""The disciplines of which tc can read a class's options; of them htb is modelled."""
BLANK_BEHIND = ("htb", "tbf")


class _Row(NamedTuple):
    """One class as it is listed (print_class)."""

    kind: str
    handle: str
    parent: str  # none of one at the root
    leaf: int = 0  # the number of what stands in it, or 0
    # settings, said: what its kind says of it, as text and for JSON
    settings: str = ""
    said: Mapping[str, Any] = MappingProxyType({})
    # counted, counts, flow: what it counts
    counted: Mapping[str, int] = MappingProxyType({})
    counts: Sequence[dict[str, int]] = ()
    flow: Mapping[str, Any] = MappingProxyType({})

    def text(self, is_counted: bool) -> str:
        leaf = f"leaf {self.leaf:x}: " if self.leaf else ""
        line = (f"class {self.kind} {self.handle} {'parent ' + self.parent if self.parent else 'root'} "
                f"{leaf}{self.settings}\n")
        if not is_counted:
            return line
        more = "".join(f" {' '.join(f'{name}: {value}' for name, value in one.items())}\n" for one in self.counts)
        flow = f"  {fq_codel.flow_text(self.flow)}\n" if self.flow else ""
        blank = "\n" if self.kind in BLANK_BEHIND else ""
        return line + (counters(self.counted) if self.counted else "") + more + flow + blank

    def members(self, is_counted: bool) -> dict[str, Any]:
        """The same for JSON."""
        row: dict[str, Any] = {"class": self.kind, "handle": self.handle}
        row |= {"parent": self.parent} if self.parent else {"root": True}
        row |= {"leaf": f"{self.leaf:#x}"} if self.leaf else {}
        stats = {name: value for one in (self.counted, *self.counts, self.flow) for name, value in one.items()}
        return row | dict(self.said) | ({"stats": stats} if is_counted else {})


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
        elif word == "classid":
            place = place._replace(classid=reader(classid_of, "invalid class ID")(words))
        elif word == "parent":
            place = place._replace(parent=reader(classid_of, "invalid parent ID")(words))
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
            for row in _classes(one, options.details)
            if place.classid in (0, classid_of(row.handle)) and place.parent >> 16 in (0, one.handle)]
    if options.json:
        return ToolResult(0, options.json_of([row.members(options.statistics) for row in rows]), "")
    return ToolResult(0, "".join(row.text(options.statistics) for row in rows), "")


def _modify(context: ToolContext, command: str, words: Words) -> ToolResult:
    """tc_class_modify, tc_ctl_tclass: those of prio are always there, as many as it has bands."""
    place = _place(words, is_shown=False)
    if place.kind and place.kind not in CLASSFUL:
        raise ToolError(1, f'Error: Qdisc "{place.kind}" is classless.')
    root = interface_named(context.namespace, place.device, 1).shaper if place.device else None
    why = "Operation not supported"
    is_there = isinstance(root, Discipline) and any(classid_of(row.handle) == place.classid for row in _classes(root))
    if place.device:
        check_net_admin(2)
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


def _classes(one: Discipline, in_detail: bool = False) -> list[_Row]:
    """Of prio one for each band, of fq_codel one for each flow; a bucket of tokens always has one, a line only while
    something is in it."""
    if isinstance(one, Htb):
        return [_of_htb(each, in_detail) for each in one.classes]
    if isinstance(one, FqCodel):
        return [_of_flow(one, flow) for flow in one.active]
    if isinstance(one, Prio):
        found: list[Discipline | None] = list(one.bands)
    else:
        found = list(one.children) or ([None] if isinstance(one, Tbf) else [])
    return [_Row(one.kind, f"{one.handle:x}:{number:x}", f"{one.handle:x}:", child.handle if child is not None else 0,
                 counted=stats(child) if isinstance(one, Prio) and child is not None else {})
            for number, child in enumerate(found, 1)]


def _of_htb(one: HtbClass, in_detail: bool) -> _Row:
    major = f"{one.htb.handle:x}"
    return _Row("htb", f"{major}:{one.number:x}", f"{major}:{one.parent.number:x}" if one.parent is not None else "",
                one.leaf.discipline.handle, tc_htb.class_text(one, in_detail), tc_htb.class_members(one), stats(one),
                tc_htb.class_counts(one))


def _of_flow(one: FqCodel, flow: Flow) -> _Row:
    """fq_codel_walk, fq_codel_dump_class_stats."""
    counted = {"drops": 0, "overlimits": 0, "requeues": 0,
               **backlog(one, [frame for _since, _serial, frame in flow.waiting])}
    return _Row("fq_codel", f"{one.handle:x}:{flow.number + 1:x}", f"{one.handle:x}:", counted=counted,
                flow=fq_codel.flow_counts(flow, one.interface.namespace.scheduler.now))
