"""`tc filter` on prio: u32 and matchall (tc/tc_filter.c, f_u32.c, f_matchall.c; net/sched/cls_api.c, cls_u32.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.words import Words, number_of, wrong
from netsandbox.linux.core.queueing import Discipline
from netsandbox.linux.ipv4.prio import ANY_PROTOCOL, Filter, FilterGroup, MatchKey, Prio
from netsandbox.wire.addresses import AddressError, parse_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

PROTOCOLS = {"ip": 0x0800, "arp": 0x0806, "802.1Q": 0x8100, "802.1ad": 0x88A8, "all": ANY_PROTOCOL}
OTHER_KINDS = ("basic", "bpf", "cgroup", "flow", "flower", "fw", "route")
FIRST_TABLE = FIRST_HANDLE = 0x800
LAST_PREF = 0xC000
"""The first that the kernel chooses itself (tcf_auto_prio); the next are lower by one each."""
FIELDS = {"tos": (1, 8), "dsfield": (1, 8), "ihl": (0, 8), "protocol": (9, 8), "sport": (20, 16), "dport": (22, 16),
          "icmp_type": (20, 8), "icmp_code": (21, 8)}
"""Of `match ip`: at which byte, and how many bits; the ports where a header without options ends."""
ILLEGAL = ToolError(1, 'Illegal "match"')
TALKING = "We have an error talking to the kernel"


class Wanted(NamedTuple):
    """What stands before a kind's own words."""

    device: str = ""
    parent: str = ""
    pref: int = 0
    protocol: int = 0
    handle: str = ""
    kind: str = ""


def run(context: ToolContext, command: str, words: Words, counted: bool, as_json: bool) -> ToolResult:
    wanted = _wanted(words)
    if command in ("show", "list", "lst"):
        root = interface_named(context.namespace, wanted.device, 1).shaper if wanted.device else None
        if as_json and isinstance(root, Prio):
            raise ToolError(1, "netsandbox: `tc -j filter` is not modelled")
        text = _shown(root, counted, bool(wanted.parent)) if isinstance(root, Prio) else ""
        return ToolResult(0, "[]\n" if as_json else text, "")
    read = _read(wanted, words)
    root = interface_named(context.namespace, wanted.device, 1).shaper if wanted.device else None
    prio = _parent(root if isinstance(root, Discipline) else None, wanted)
    if command == "delete":
        _delete(prio, wanted)
    else:
        _put(prio, wanted, *read, replaces=command != "add")
    return ToolResult(0, "", "")


def _wanted(words: Words) -> Wanted:
    """tc_filter_modify."""
    found = Wanted()
    while words:
        word = words.next()
        if word == "dev":
            found = found._replace(device=words.next())
        elif word == "parent":
            found = found._replace(parent=words.next())
        elif word == "handle":
            found = found._replace(handle=words.next())
        elif word in ("prio", "pref", "preference", "priority"):
            text = words.next()
            value = number_of(text)
            if value is None or not 0 <= value < 1 << 32:
                raise wrong(text, "invalid priority value")
            found = found._replace(pref=value)
        elif word == "protocol":
            text = words.next()
            if text not in PROTOCOLS:
                raise wrong(text, "invalid protocol")
            found = found._replace(protocol=PROTOCOLS[text])
        elif word == "root":
            found = found._replace(parent="root")
        elif word in ("ingress", "egress", "clsact", "block", "chain", "estimator"):
            raise ToolError(1, f"netsandbox: {word} of a filter is not modelled")
        else:
            return found._replace(kind=word)
    return found


def _read(wanted: Wanted, words: Words) -> tuple[int, tuple[MatchKey, ...] | None]:
    """The class, and what is to match; None: nothing was named."""
    kind, classid = wanted.kind, 0
    if kind in OTHER_KINDS:
        raise ToolError(1, f"netsandbox: the filter {kind!r} is not modelled (u32, matchall are)")
    if kind not in ("", "u32", "matchall"):
        raise ToolError(1, f'Unknown filter "{kind}", hence option "{words.next() if words else ""}" is unparsable')
    keys: list[MatchKey] = []
    while words:
        word = words.next()
        if word in ("flowid", "classid"):
            classid = _classid(words.next())
        elif word == "match" and kind == "u32":
            _merge(keys, _match(words))
        elif word in ("action", "police", "order", "link", "ht", "offset", "hashkey", "divisor", "indev", "skip_hw",
                      "skip_sw", "sample", "help"):
            raise ToolError(1, f"netsandbox: {word} of {kind} is not modelled")
        else:
            raise ToolError(1, f'What is "{word}"?')
    return classid, tuple(keys) if keys or kind == "matchall" else None


def _classid(word: str) -> int:
    if not re.fullmatch(r"[0-9a-fA-F]{1,4}:[0-9a-fA-F]{0,4}", word):
        raise ToolError(1, 'Illegal "classid"')
    major, _colon, minor = word.partition(":")
    return int(major, 16) << 16 | int(minor or "0", 16)


def _match(words: Words) -> MatchKey:
    """parse_selector."""
    kind = words.next()
    if kind in ("u8", "u16", "u32"):
        value, mask = _number(words.next()), _number(words.next())
        offset = 0
        if words and words.peek() == "at":
            words.next()
            offset = _number(words.next())
        return _key(offset, int(kind[1:]), value, mask)
    if kind in ("ip6", "tcp", "udp", "icmp", "ether", "mark"):
        raise ToolError(1, f"netsandbox: match {kind} of u32 is not modelled (ip, u8, u16, u32 are)")
    field = words.next() if kind == "ip" and words else ""
    if field in ("src", "dst"):
        return _address(words.next(), 12 if field == "src" else 16)
    if field not in FIELDS:
        raise ILLEGAL
    offset, bits = FIELDS[field]
    return _key(offset, bits, _number(words.next()), _number(words.next() if words else ""))


def _number(word: str) -> int:
    value = number_of(word)
    if value is None or not 0 <= value < 1 << 32:
        raise ILLEGAL
    return value


def _key(offset: int, bits: int, value: int, mask: int) -> MatchKey:
    """pack_key8, pack_key16: into the word that it is in."""
    shift = 32 - bits - 8 * (offset % 4)
    mask = mask << shift & 0xFFFFFFFF
    return MatchKey(value << shift & mask, mask, offset // 4 * 4)


def _address(word: str, offset: int) -> MatchKey:
    text, _slash, length = word.partition("/")
    bits = 32 if not length else _number(length)
    try:
        return _key(offset, 32, parse_ipv4(text), (1 << 32) - (1 << (32 - min(bits, 32))))
    except AddressError:
        raise ILLEGAL from None


def _merge(keys: list[MatchKey], new: MatchKey) -> None:
    """pack_key: what is in one word is one key, unless they contradict each other."""
    for number, old in enumerate(keys):
        if old.offset == new.offset:
            if (old.value ^ new.value) & old.mask & new.mask:
                raise ILLEGAL
            keys[number] = MatchKey(old.value | new.value, old.mask | new.mask, old.offset)
            return
    keys.append(new)


def _parent(root: Discipline | None, wanted: Wanted) -> Prio:
    """tcf_block_find: the root is meant where nothing is said."""
    handle = wanted.parent.partition(":")[0]
    if root is None or (handle not in ("", "root", f"{root.handle:x}")):
        raise ToolError(2, f"Error: Parent Qdisc doesn't exists.\n{TALKING}")
    if not isinstance(root, Prio):
        raise ToolError(1, f"netsandbox: filters of a {root.kind} are not modelled (prio has them)")
    return root


def _group(prio: Prio, wanted: Wanted) -> FilterGroup | None:
    """tcf_chain_tp_find: of that preference there is one protocol and one kind."""
    found = next((one for one in prio.groups if one.pref == wanted.pref), None)
    if found is not None and wanted.protocol not in (0, found.protocol):
        raise ToolError(2, f"Error: Filter with specified priority/protocol not found.\n{TALKING}")
    if found is not None and wanted.kind not in ("", found.kind):
        raise ToolError(2, f"Error: Specified filter kind does not match existing one.\n{TALKING}")
    return found


def _put(prio: Prio, wanted: Wanted, classid: int, keys: tuple[MatchKey, ...] | None, replaces: bool) -> None:
    """tc_new_tfilter; what a u32 filter looks for does not change."""
    protocol = wanted.protocol or ANY_PROTOCOL
    group = _group(prio, wanted._replace(protocol=protocol)) if wanted.pref else None
    if group is None:
        tables = [one.table for one in prio.groups if one.kind == "u32"]
        chosen = [one.pref for one in prio.groups if one.pref > LAST_PREF // 2]
        pref = wanted.pref or min([LAST_PREF + 1, *chosen]) - 1
        group = FilterGroup(pref, protocol, wanted.kind, max([FIRST_TABLE - 1, *tables]) + 1)
        prio.groups = sorted([*prio.groups, group], key=lambda one: one.pref)
    if keys is None:
        return
    first = 1 if group.kind == "matchall" else FIRST_HANDLE
    same = [one for one in group.filters if f"{group.table:x}::{one.handle:x}" == wanted.handle]
    if (group.kind == "matchall" and group.filters) or (same and not replaces):
        raise ToolError(2, f"RTNETLINK answers: File exists\n{TALKING}")
    if same:
        same[0].classid = classid
        return
    group.filters.append(Filter(max([first - 1, *(one.handle for one in group.filters)]) + 1, classid, keys))


def _delete(prio: Prio, wanted: Wanted) -> None:
    """tc_del_tfilter: the last one takes its group along."""
    if not wanted.pref:
        prio.groups = []
        return
    group = _group(prio, wanted)
    if group is None:
        raise ToolError(2, f"Error: Filter with specified priority/protocol not found.\n{TALKING}")
    kept = [one for one in group.filters if wanted.handle and f"{group.table:x}::{one.handle:x}" != wanted.handle]
    if wanted.handle and len(kept) == len(group.filters):
        raise ToolError(2, f"Error: Specified filter handle not found.\n{TALKING}")
    group.filters = kept
    if not kept:
        prio.groups.remove(group)


def _shown(prio: Prio, counted: bool, of_parent: bool) -> str:
    """print_filter, u32_print_opt, matchall_print_opt."""
    parent = "" if of_parent else f"parent {prio.handle:x}: "
    names = {number: name for name, number in PROTOCOLS.items()}
    text = ""
    for group in prio.groups:
        lead = f"filter {parent}protocol {names[group.protocol]} pref {group.pref} {group.kind} chain 0 "
        text += f"{lead}\n" + (f"{lead}fh {group.table:x}: ht divisor 1 \n" if group.kind == "u32" else "")
        for one in group.filters:
            flow = f"flowid {one.classid >> 16:x}:{one.classid & 0xFFFF:x} "
            if group.kind == "matchall":
                text += f"{lead}handle {one.handle:#x} {flow}\n  not_in_hw"
                text += f" (rule hit {one.asked})\n" if counted else "\n"
                continue
            text += (f"{lead}fh {group.table:x}::{one.handle:x} order {one.handle} key ht {group.table:x} bkt 0 {flow}"
                     f"not_in_hw {f'(rule hit {one.asked} success {one.taken})' if counted else ''}\n")
            text += "".join(f"  match {key.value:08x}/{key.mask:08x} at {key.offset}"
                            f"{f' (success {fits} ) ' if counted else ''}\n"
                            for key, fits in zip(one.keys, one.fits, strict=True))
    return text
