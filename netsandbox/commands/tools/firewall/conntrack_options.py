"""The commands and options of conntrack, and which of them go together (conntrack-tools 1.4.8)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.linux.netfilter.connection import DCCP, SCTP
from netsandbox.wire.ipv4 import ICMP, TCP

TITLE = "conntrack v1.4.8 (conntrack-tools)"
HINT = "Try `conntrack -h' or 'conntrack --help' for more information."
WRONG = 2
COMMANDS = {"dump": "L", "get": "G", "delete": "D", "flush": "F", "count": "C", "event": "E", "create": "I", "add": "A",
            "update": "U", "stats": "S", "version": "V", "help": "h"}
OPTIONS = {"src": "s", "orig-src": "s", "dst": "d", "orig-dst": "d", "reply-src": "r", "reply-dst": "q",
           "protonum": "p", "timeout": "t", "status": "u", "zero": "z", "event-mask": "e", "mark": "m", "id": "i",
           "family": "f", "src-nat": "n", "dst-nat": "g", "output": "o", "secmark": "c", "buffer-size": "b",
           "any-nat": "j", "zone": "w", "label": "l", "label-add": "l", "label-del": "l", "tuple-src": "[",
           "tuple-dst": "]", "mask-src": "{", "mask-dst": "}", "orig-zone": "(", "reply-zone": ")"}
MASKED = {"{": "s", "}": "d"}
NAMED = {letter: name for name, letter in reversed(OPTIONS.items())}
ALL = "sdrqptuzemif[]{}ngocbjw()"
ILLEGAL = {"L": "tei[]b", "I": "zeif[]{}ocbj", "A": "zeif[]{}ocbj", "U": "ze[]cbjw()", "D": "ze[]cbj",
           "G": "tuzemf[]{}ngcbjw()", "F": "sdrqptuzeim[]{}ngocbjw()", "C": ALL, "S": ALL, "V": ALL, "": ALL,
           "h": ALL.replace("p", ""), "E": "tuzi[]"}
"""Options that a command does not take (commands_v_options), in the order in which they are looked for."""
ILLEGAL_EXPECTATIONS = {"L": "sdrqptuzemi[]ngcbjw", "F": ALL, "C": ALL, "S": ALL, "E": "sdrqptuzmi[]ngcjw"}
NEEDED = {"I": "pt", "A": "pt", "G": "p"}
NOT_MODELLED = {"c": "security marks"}
NEEDED_OF = {ICMP: ("icmp-type", "icmp-code"), TCP: ("state",), SCTP: ("state", "orig-vtag", "reply-vtag"),
             DCCP: ("state", "role")}
"""What -p adds besides, and -I needs."""


def wrong(message: str) -> ToolError:
    return ToolError(WRONG, f"{TITLE}: {message}\n{HINT}")
