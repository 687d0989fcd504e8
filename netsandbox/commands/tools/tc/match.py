"""What a u32 filter looks for, as it is written: `match ip dst 10.0.0.0/8`, `match u16 80 ffff at 22` (tc/f_u32.c)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.tc.numbers import illegal
from netsandbox.commands.tools.word_values import prefix_of, within
from netsandbox.commands.tools.words import Words
from netsandbox.linux.ipv4.classful import FIRST_OFFSET, MatchKey

FIELDS = {"tos": (1, 8), "dsfield": (1, 8), "precedence": (1, 8), "ihl": (0, 8), "protocol": (9, 8), "sport": (20, 16),
          "dport": (22, 16), "icmp_type": (20, 8), "icmp_code": (21, 8)}
"""Of `match ip`: at which byte, and how many bits; the ports where a header without options ends."""
FLAGS = {"nofrag": (0, 0x3FFF), "firstfrag": (0x2000, 0x3FFF), "df": (0x4000, 0x4000), "mf": (0x2000, 0x2000)}
"""Of the 16 bits in which a fragment is described: value and mask."""
FRAGMENT = 6
BEYOND: dict[str, dict[str, tuple[int, int]]] = {
    "tcp": {"src": (0, 16), "dst": (2, 16)}, "udp": {"src": (0, 16), "dst": (2, 16)},
    "icmp": {"type": (0, 8), "code": (1, 8)}}
"""Counted from the next header, of which nothing tells a filter where it begins: so from this one (u32_classify)."""
MOST_KEYS = 128
LARGEST_OFFSET = (1 << 31) - 1


def read(words: Words, keys: list[MatchKey]) -> None:
    """parse_selector: what stands behind `match` joins the keys that are there already (ToolError: it is none, or
    contradicts them)."""
    kind = words.next()
    field = words.next() if kind in ("ip", *BEYOND) and words else ""
    if kind in ("u8", "u16", "u32"):
        new = _number(words, 0, int(kind[1:]))
    elif kind in ("ip6", "ether", "mark"):
        raise ToolError(1, f"netsandbox: match {kind} of u32 is not modelled (ip, tcp, udp, icmp, u8, u16, u32 are)")
    elif field in BEYOND.get(kind, ()):
        new = _number(words, *BEYOND[kind][field], is_beyond=True)
    elif kind != "ip":
        raise illegal("match")
    elif field in FLAGS:
        new = _key(FRAGMENT, False, 16, *FLAGS[field])
    elif field in ("src", "dst"):
        new = _address(words, 12 if field == "src" else 16)
    elif field in FIELDS:
        new = _number(words, *FIELDS[field])
    else:
        raise illegal("match")
    _join(keys, new)


def _number(words: Words, offset: int, bits: int, is_beyond: bool = False) -> MatchKey:
    """parse_u8, parse_u16, parse_u32: a mask is hexadecimal."""
    value, mask = (words.next() if words else "" for _each in range(2))
    high = (1 << bits) - 1
    written = mask if mask[:2] in ("0x", "0X") else f"0x{mask}"
    return _key(*_offset(words, offset, is_beyond), bits, within(value, illegal("match"), high=high),
                within(written, illegal("match"), high=high))


def _address(words: Words, offset: int) -> MatchKey:
    """parse_ip_addr."""
    try:
        network = prefix_of(words.next() if words else "", "inet")
    except ToolError:
        raise illegal("match") from None
    return _key(*_offset(words, offset), 32, network.address, (1 << 32) - (1 << 32 - network.length))


def _offset(words: Words, offset: int, is_beyond: bool = False) -> tuple[int, bool]:
    """parse_at."""
    if not words.skip("at"):
        return offset, is_beyond
    word = words.next() if words else ""
    number = word.removeprefix("nexthdr+")
    offset = within(number, illegal("match"), -1 - LARGEST_OFFSET, LARGEST_OFFSET)
    if offset // 4 * 4 < FIRST_OFFSET:
        raise ToolError(1, f"netsandbox: match at {offset} is not modelled (a frame begins at {FIRST_OFFSET + 2})")
    return offset, number != word


def _key(offset: int, is_beyond: bool, bits: int, value: int, mask: int) -> MatchKey:
    """pack_key8, pack_key16, pack_key32: into the word that it is in; 16 bits at an odd byte are its second half."""
    shift = 24 - 8 * (offset % 4) if bits == 8 else 16 * (offset % 4 == 0) if bits == 16 else 0
    if bits == 32 and offset % 4:
        raise illegal("match")
    return MatchKey((value & mask) << shift, mask << shift, offset // 4 * 4, is_beyond)


def _join(keys: list[MatchKey], new: MatchKey) -> None:
    """pack_key: what is in one word is one key, unless they contradict each other."""
    for number, old in enumerate(keys):
        if old[2:] == new[2:]:
            if (old.value ^ new.value) & old.mask & new.mask:
                raise illegal("match")
            keys[number] = MatchKey(old.value | new.value, old.mask | new.mask, *old[2:])
            return
    if len(keys) == MOST_KEYS:
        raise illegal("match")
    keys.append(new)
