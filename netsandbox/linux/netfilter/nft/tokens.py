"""What nft's scanner sees in a word, as its complaints name it."""

from __future__ import annotations

import re

KEYWORDS = frozenset({
    "accept", "add", "arp", "bridge", "chain", "comment", "continue", "counter", "create", "ct", "delete", "describe",
    "destroy", "dnat", "drop", "element", "export", "fib", "flowtable", "flush", "goto", "handle", "hook", "icmp",
    "iif", "iifname", "import", "index", "inet", "insert", "ip", "ip6", "jump", "limit", "list", "log", "map", "mark",
    "masquerade", "meta", "meters", "monitor", "netdev", "notrack", "oif", "oifname", "policy", "position",
    "priority", "queue", "quota", "redirect", "reject", "rename", "replace", "reset", "return", "rule", "ruleset",
    "set", "snat", "table", "tcp", "type", "udp", "vmap",
    "ah", "comp", "dccp", "dup", "esp", "ether", "fwd", "icmpv6", "jhash", "numgen", "osf", "rt", "rules", "sctp",
    "socket", "symhash", "synproxy", "th", "tproxy", "udplite", "vlan", "xt"})
MARKS = {"{": "'{'", "}": "'}'", "(": "'('", ")": "')'", ";": "semicolon", ":": "colon", ",": "comma", "\n": "newline",
         "\r\n": "CRLF line terminators",
         "=": "=", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "&": "&", "|": "|", "^": "^",
         "!": "!", "-": "-", "/": "/", "*": "*"}
"""What is no word, as complaints name it."""
OPERATORS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&", "|", "^"})
VALUES = frozenset({
    "string", "number", "ah", "arp", "comp", "dccp", "dnat", "ecn", "esp", "ether", "icmp", "icmpv6", "ip", "ip6",
    "redirect", "reset", "sctp", "snat", "tcp", "udp", "udplite", "vlan"})
"""What may stand on the right of a comparison (primary_rhs_expr, keyword_expr)."""
FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
ADDRESS = re.compile(r"(\d+\.){3}\d+|[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}|[0-9a-fA-F:]*::")
LONGEST_NUMBER = 19  # Digits; what is longer is no number to the scanner


class NftError(Exception):
    """What nft complains of, whole."""


def token(word: str) -> tuple[str, int]:
    """(What a word is: a keyword, `number` or `string`; how many of its characters the scanner took for it)."""
    if word in KEYWORDS or word in MARKS:
        return MARKS.get(word, word), len(word)
    number = re.match(r"0x[0-9a-fA-F]+|\d+", word)
    if number and len(number[0]) <= LONGEST_NUMBER and not ADDRESS.match(word):
        return "number", len(number[0])
    address = re.match(r"(\d+\.){3}\d+(?=/)", word)
    return "string", address.end() if address else len(word)
