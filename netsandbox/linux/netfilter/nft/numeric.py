"""`nft -n`: by its number what a listing calls by a name."""

from __future__ import annotations

from collections.abc import Mapping

from netsandbox.linux.netfilter.nft.connection import STATES, STATUSES
from netsandbox.linux.netfilter.nft.headers import CLASSES, CODES, CONGESTION, FLAG_NAMES, ICMP_TYPES
from netsandbox.linux.netfilter.nft.numbers import milliseconds
from netsandbox.linux.netfilter.protocols import PROTOCOLS

Names = tuple[Mapping[str, int], str]
ADDRESSES = {name: number for number, name in enumerate((
    "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw",
    "nat"))}
PROTOCOL: Names = (PROTOCOLS, "d")
FOREIGN: dict[str, Names] = {"ip protocol": PROTOCOL, "tcp flags": (FLAG_NAMES, "#x")}
"""What it knows of a rule that iptables made, whose extensions print their own words."""
NAMED: dict[str, Names] = FOREIGN | {
    "meta l4proto": PROTOCOL, "ct protocol": PROTOCOL, "icmp type": (ICMP_TYPES, "d"),
    "icmpv6 type": ({"echo-request": 128, "echo-reply": 129}, "d"), "ct state": (STATES, "#x"),
    "ct status": (STATUSES, "#x"), "ip dscp": (CLASSES, "#04x"), "ip ecn": (CONGESTION, "#x"),
    "meta pkttype": ({"host": 0, "broadcast": 1, "multicast": 2, "other": 3}, "d"),
    "ct direction": ({"original": 0, "reply": 1}, "d"), "meta protocol": ({"ip": 0x800, "ip6": 0x86DD}, "#06x"),
    "meta nfproto": ({"ipv4": 2, "ipv6": 10}, "d"), "saddr type": (ADDRESSES, "d"), "daddr type": (ADDRESSES, "d"),
    "iif type": (ADDRESSES, "d"), "oif type": (ADDRESSES, "d"), "with icmp": (CODES, "d"),
    "with icmpx": ({"no-route": 0, "port-unreachable": 1, "host-unreachable": 2, "admin-prohibited": 3}, "d")}
"""By the two words that stand before."""
BETWEEN = frozenset({"!=", "==", "!", "&", "|", "<", ">", "<=", ">=", "{", "set"})


def by_numbers(text: str, is_own: bool) -> str:
    """A rule's text; `is_own`: nft made it, and not iptables."""
    words = text.split(" ")
    for at in range(2, len(words)):
        key = f"{words[at - 2]} {words[at - 1]}"
        if key in (NAMED if is_own else FOREIGN):
            _translate(words, at, *NAMED[key])
        elif "expiration" in words[at - 2:at] and (duration := milliseconds(words[at])) is not None:
            words[at] = f"{duration // 1000}s"
    return " ".join(words)


def _translate(words: list[str], at: int, names: Mapping[str, int], form: str) -> None:
    """The values from a word on, as far as signs join them."""
    goes_on = True
    while at < len(words) and (goes_on or words[at] in BETWEEN):
        bare = words[at].strip("(),")
        parts = bare.split(",")
        if words[at] not in BETWEEN and not all(part in names for part in parts):
            return
        goes_on = words[at] in BETWEEN or words[at].endswith(",")
        if words[at] not in BETWEEN:
            words[at] = words[at].replace(bare, ",".join(format(names[part], form) for part in parts))
        at += 1
