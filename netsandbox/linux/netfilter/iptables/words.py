"""iptables' commands and options, and a line of them once it is read."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.rule import Rule

COMMANDS = {"A": "append", "C": "check", "D": "delete", "I": "insert", "R": "replace", "L": "list", "S": "list-rules",
            "F": "flush", "Z": "zero", "N": "new-chain", "X": "delete-chain", "P": "policy", "E": "rename-chain"}
LONG_COMMANDS = {name: letter for letter, name in COMMANDS.items()} | {"new": "N"}
OPTIONS = {"s": "source", "d": "destination", "i": "in-interface", "o": "out-interface", "p": "protocol",
           "j": "jump", "g": "goto", "m": "match", "f": "fragments", "n": "numeric", "v": "verbose", "x": "exact",
           "0": "line-numbers", "c": "set-counters", "t": "table", "w": "wait", "W": "wait-interval",
           "4": "ipv4", "6": "ipv6", "V": "version", "h": "help", "M": "modprobe"}
LONG_OPTIONS = {name: letter for letter, name in OPTIONS.items()} | {
    "src": "s", "dst": "d", "proto": "p", "fragment": "f"}
WITH_ARGUMENT = frozenset("sdiopjgmctM")
OPTIONAL_CHAIN = "LSFZX"  # Commands that mean all chains where none is named
AT_ONCE = ({"L", "Z"}, {"S", "Z"})  # Commands that one line may give together; then "Z" is among the switches
ONE_RULE = "Z 1"  # The switch of a -Z that names a rule
OF_RULES, MADE = "ACDIR", "AIR"
FOR_RULES = frozenset("sdiopjgfc")  # Options that only a rule can have
FOR_LISTS = frozenset("nx0")
JUDGED = "nsdpjgxio0cf"  # Both, in the order in which one that a command cannot have is complained of
LONGEST_CHAIN = 28


class BadArgumentError(UsageError):
    """A word that belongs to nothing; the complaint does not begin with the program's name."""


class OfOtherFamilyError(BadArgumentError):
    """-6: iptables-restore leaves the whole line alone."""


class NotModelledError(Exception):
    """A real match or target that this stack has not."""


class Request(NamedTuple):
    """One command line."""

    command: str
    table: str
    chain: str
    number: int  # of a rule, from 1; 0 for none
    name: str  # the policy, or the new name of a chain
    rules: tuple[Rule, ...]  # the rule that is meant; several where an address stands for several
    switches: frozenset[str]
    counters: tuple[int, int]
    impossible: str = ""  # the errno name that the kernel would give to the rule, or empty
    unfit: str = ""  # what nf_tables' iptables says of it before
