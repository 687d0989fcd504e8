"""What nft's scanner sees in a word, as its complaints name it."""

from __future__ import annotations

import re

KEYWORDS = frozenset({
    "accept", "add", "arp", "bridge", "chain", "comment", "continue", "counter", "create", "ct", "delete", "describe",
    "destroy", "dnat", "drop", "element", "export", "fib", "flowtable", "flush", "goto", "handle", "hook", "icmp",
    "iif", "iifname", "import", "index", "inet", "insert", "ip", "ip6", "jump", "limit", "list", "log", "map", "mark",
    "masquerade", "meta", "meters", "monitor", "netdev", "notrack", "oif", "oifname", "policy", "position",
    "priority", "queue", "quota", "redirect", "reject", "rename", "replace", "reset", "return", "rule", "ruleset",
    "set", "snat", "table", "tcp", "type", "udp", "vmap"})
FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
LONGEST_NUMBER = 19
"""Digits; what is longer is no number to the scanner."""


class NftError(Exception):
    """What nft complains of, whole."""


def token(word: str) -> tuple[str, int]:
    """(What a word is: a keyword, `number` or `string`; how many of its characters the scanner took for it)."""
    if word in KEYWORDS:
        return word, len(word)
    number = re.match(r"0x[0-9a-fA-F]+|\d+", word)
    if number and not re.match(r"(\d+\.){3}\d+", word) and len(number[0]) <= LONGEST_NUMBER and (
            word[number.end():number.end() + 1] in ("", ".")):
        return "number", len(number[0])
    address = re.match(r"(\d+\.){3}\d+(?=/)", word)
    return "string", address.end() if address else len(word)
