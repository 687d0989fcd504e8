"""How `tc filter show` prints filters (tc/tc_filter.c, f_u32.c, f_matchall.c, f_fw.c)."""

from __future__ import annotations

from netsandbox.commands.tools.tc.filter_words import EVERY_BIT, PROTOCOLS, Wanted
from netsandbox.commands.tools.tc.numbers import shown_classid
from netsandbox.linux.ipv4.classful import Filter, FilterGroup


def filter_rows(parent: int, group: FilterGroup, some: list[Filter] | None, counted: bool, asked: Wanted) -> str:
    """print_filter: but for what was asked for (some: filters; None: all, and what they stand in)."""
    name = next((name for name, number in PROTOCOLS.items() if number == group.protocol), f"[{group.protocol}]")
    lead = "filter " + "".join(text for value, text in (
        (asked.parent, f"parent {shown_classid(parent)} "), (asked.protocol, f"protocol {name} "),
        (asked.pref, f"pref {group.pref} ")) if not value) + f"{group.kind} chain 0 "
    text = "" if some is not None else f"{lead}\n" + (
        f"{lead}fh {group.table:x}: ht divisor 1 \n" if group.kind == "u32" else "")
    printed = {"u32": _u32, "matchall": _matchall, "fw": _fw}[group.kind]
    return text + "".join(lead + printed(group, one, counted) for one in (group.filters if some is None else some))


def _fw(group: FilterGroup, one: Filter, _counted: bool) -> str:
    """fw_print_opt."""
    mask = "" if group.mask == EVERY_BIT else f"/{group.mask:#x}"
    return f"handle {one.handle:#x}{mask} classid {shown_classid(one.classid)} \n"


def _matchall(_group: FilterGroup, one: Filter, counted: bool) -> str:
    """matchall_print_opt."""
    flow = f"flowid {shown_classid(one.classid)} " if one.classid else ""
    return f"handle {one.handle:#x} {flow}\n  not_in_hw" + (f" (rule hit {one.asked})\n" if counted else "\n")


def _u32(group: FilterGroup, one: Filter, counted: bool) -> str:
    """u32_print_opt."""
    flow = f"flowid {shown_classid(one.classid)} " if one.classid else "terminal flowid " * one.is_terminal
    return (f"fh {group.table:x}::{one.handle:x} order {one.handle} key ht {group.table:x} bkt 0 {flow}"
            f"not_in_hw {f'(rule hit {one.asked} success {one.taken})' if counted else ''}\n") + "".join(
                f"  match {key.value:08x}/{key.mask:08x} at {'nexthdr+' * key.is_beyond}{key.offset}"
                f"{f' (success {fits} ) ' if counted else ''}\n"
                for key, fits in zip(one.keys, one.fits, strict=True))
