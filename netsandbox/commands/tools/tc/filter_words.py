"""What a line of `tc filter` says: where a filter stands, and what its kind reads (tc/tc_filter.c, f_u32.c, f_fw.c)."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import match
from netsandbox.commands.tools.tc.numbers import ROOT, classid_of, illegal
from netsandbox.commands.tools.word_values import number_of, within
from netsandbox.commands.tools.words import Words, choose, duplicate, wrong
from netsandbox.linux.ipv4.classful import ANY_PROTOCOL, MatchKey

PROTOCOLS = {"ip": 0x0800, "arp": 0x0806, "rarp": 0x8035, "ipv6": 0x86DD, "802.1Q": 0x8100, "802.1ad": 0x88A8,
             "mpls_uc": 0x8847, "mpls_mc": 0x8848, "lldp": 0x88CC, "all": ANY_PROTOCOL}
OTHER_KINDS = ("basic", "bpf", "cgroup", "flow", "flower", "route")
KINDS = ("u32", "matchall", "fw")
EVERY_BIT = 0xFFFFFFFF
HANDLE = re.compile(r"(?:0x)?([0-9a-f]{0,3}):(?:([0-9a-f]{0,2})(?::([0-9a-f]{0,3}))?)?", re.IGNORECASE)
KEYWORDS = ("dev", "root", "parent", "handle", "preference*", "priority*", "protocol*", "ingress", "egress", "clsact",
            "block", "chain", "estimator", "help*")
FIELDS = {"dev": "device", "parent": "parent", "handle": "handle", "preference": "pref", "priority": "pref",
          "protocol": "protocol"}
"""Those that take a word, once."""


class Wanted(NamedTuple):
    """What stands before a kind's own words; None: it does not."""

    device: str | None = None
    parent: int | None = None
    pref: int | None = None
    protocol: int | None = None
    handle: str | None = None
    kind: str = ""


def wanted_filter(words: Words, is_shown: bool = False) -> Wanted:
    """tc_filter_modify, tc_filter_list."""
    found = Wanted()
    while words:
        word = words.next()
        name = choose(word, KEYWORDS)
        if name == "help":
            raise usage("tc", 255)
        if name == "root":
            if found.parent is not None:
                raise ToolError(255, 'Error: "root" is duplicate parent ID')
            found = found._replace(parent=ROOT)
        elif name in FIELDS:
            found = _with(found, name, words.next(), is_shown)
        elif name is not None:
            raise ToolError(1, f"netsandbox: {name} of a filter is not modelled")
        elif is_shown:
            raise ToolError(255, f' What is "{word}"? Try "tc filter help"')
        else:
            return found._replace(kind=word)
    return found


def _with(found: Wanted, name: str, word: str, is_shown: bool) -> Wanted:
    if getattr(found, FIELDS[name]) is not None:
        raise duplicate("priority" if name == "preference" else name, word)
    if name == "dev":
        return found._replace(device=word)
    if name == "handle":
        return found._replace(handle=word)
    if name == "parent":
        parent = classid_of(word)
        if parent is None:
            raise wrong(word, "invalid parent ID" if is_shown else "Invalid parent ID")
        return found._replace(parent=parent)
    if name == "protocol":
        named = next((number for known, number in PROTOCOLS.items() if known.lower() == word.lower()), None)
        return found._replace(protocol=within(word, wrong(word, "invalid protocol"), high=0xFFFF)
                              if named is None else named)
    if is_shown:
        return found._replace(pref=within(word, wrong(word, "invalid preference")) & 0xFFFF)
    return found._replace(pref=within(word, wrong(word, "invalid priority value"), high=0xFFFF))


def check_asked(wanted: Wanted) -> None:
    """tc_filter_get."""
    for value, what in ((wanted.protocol, "protocol"), (wanted.pref, "priority"), (wanted.kind or None, "type"),
                        (wanted.handle, '"handle"')):
        if value is None:
            raise ToolError(255, f"Must specify filter {what}")


def options_of(wanted: Wanted, words: Words) -> tuple[int, int | None, tuple[MatchKey, ...] | None]:
    """u32_parse_opt, fw_parse_opt …: a handle, the class, and what is to match; None: nothing was named."""
    kind, classid = wanted.kind, None
    if kind in OTHER_KINDS:
        raise ToolError(1, f"netsandbox: the filter {kind!r} is not modelled ({', '.join(KINDS)} are)")
    handle = _handle(kind, wanted.handle)
    if kind not in ("", *KINDS):
        if words:
            raise ToolError(1, f'Unknown filter "{kind}", hence option "{words.next()}" is unparsable')
        return handle, None, None
    keys: list[MatchKey] = []
    has_keys = kind in ("matchall", "fw") and bool(words)
    while words:
        word = words.next()
        if word in ("flowid", "classid"):
            classid = _class(words.next())
        elif word == "match" and kind == "u32":
            match.read(words, keys)
            has_keys = True
        elif word in ("action", "police", "order", "link", "ht", "offset", "hashkey", "divisor", "indev", "skip_hw",
                      "skip_sw", "sample", "help"):
            raise ToolError(1, f"netsandbox: {word} of {kind} is not modelled")
        else:
            raise ToolError(1, f'What is "{word}"?\n{usage(kind).message}')
    return handle, classid, tuple(keys) if has_keys else None


def _class(word: str) -> int:
    found = classid_of(word)
    if found is None:
        raise illegal("classid")
    return found


def _handle(kind: str, word: str | None) -> int:
    """get_u32_handle: table, bucket and node; of the others a number, of which fw has a mask as well."""
    if word is None:
        return 0
    if kind == "fw":
        return mark_of(word)[0]
    if kind != "u32":
        return next((found for end in range(len(word), 0, -1) if (found := number_of(word[:end])) is not None), 0)
    parts = HANDLE.fullmatch(word)
    if parts is None and word[:2] == "0x":
        return within(word, ToolError(1, "Illegal filter ID"))
    if parts is None:
        raise ToolError(1, "Illegal filter ID")
    table, bucket, node = (int(part or "0", 16) for part in parts.groups())
    return table << 20 | bucket << 12 | node


def mark_of(word: str) -> tuple[int, int]:
    """What fw_parse_opt reads as a handle: a mark, and which bits of it count."""
    mark, slash, mask = word.partition("/")
    return (within(mark, illegal("handle")),
            within(mask, ToolError(1, 'Illegal "handle" mask')) if slash else EVERY_BIT)
