"""What a line of conntrack's says that does not go together, or is missing (conntrack-tools 1.4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.firewall.conntrack_options import (
    ALL,
    ILLEGAL,
    ILLEGAL_EXPECTATIONS,
    MASKED,
    NAMED,
    NEEDED,
    NEEDED_OF,
    NOT_MODELLED,
    wrong,
)
from netsandbox.linux.netfilter.connection import DCCP, GRE, TOLD_WITH_PORTS
from netsandbox.wire.ipv4 import ICMP

if TYPE_CHECKING:
    from netsandbox.commands.tools.firewall.conntrack_words import Line


def check(line: Line) -> None:
    """What goes together, and the final checks of the protocol (ToolError: an option that the command does not take, or
    one that is missing)."""
    if line.table == "expect" and line.command in "GDIA":
        raise _is_of_expectation(line)
    _check_letters(line)
    for letter, name in MASKED.items():
        if letter in line.values and name not in line.values:
            raise wrong(f"Can't use --{NAMED[letter]} without --{NAMED[name]}")
    for letter in "()" if line.command in ("I", "A") else "":
        if line.number(letter):
            raise ToolError(1, f"netsandbox: conntrack --{NAMED[letter]} is not modelled")
    if line.command == "L" and "z" in line.values and not {*"sdrqptumgnjw"}.isdisjoint(line.values):
        raise wrong("Can't use -z with filtering parameters")
    for letter, what in NOT_MODELLED.items():
        if letter in line.values:
            raise ToolError(1, f"netsandbox: conntrack: {what} are not modelled")
    if line.command == "D" and "t" in line.values:
        raise ToolError(1, "netsandbox: conntrack -D -t is not modelled")
    if line.command in ("I", "A", "G"):
        _check_new(line)
    _check_outputs(line)


def _is_of_expectation(line: Line) -> ToolError:
    for letter in ("s", "d"):
        if letter not in line.values:
            return wrong(f"You need to supply the `--{NAMED[letter]}' option for this command")
    return ToolError(1, "netsandbox: conntrack: expectations are not modelled")


def _check_outputs(line: Line) -> None:
    if line.command == "E" and line.outputs & {"xml", "save"}:
        raise ToolError(1, "netsandbox: conntrack: events are lines here: output 'xml' or 'save' is not modelled")


def _check_letters(line: Line) -> None:
    """generic_opt_check."""
    illegal = (ILLEGAL_EXPECTATIONS if line.table == "expect" else ILLEGAL)[line.command]
    for letter in ALL:
        if letter in line.values and letter in illegal:
            raise wrong(f"Illegal option `--{NAMED[letter]}' with this command")
        if letter not in line.values and letter in NEEDED.get(line.command, ""):
            raise wrong(f"You need to supply the `--{NAMED[letter]}' option for this command")
    for letter, name in (("s", "mask-src"), ("d", "mask-dst")) if line.command in ("I", "A", "G") else ():
        if line.values.get(letter, "").partition("/")[2] not in ("", "32"):
            raise wrong(f"Illegal option `--{name}' with this command")


def _check_new(line: Line) -> None:
    for name in NEEDED_OF.get(line.protocol, ()) if line.command != "G" or line.protocol == ICMP else ():
        if name not in line.values:
            raise wrong(f"You need to supply the `--{name}' option for this command")
    if not {"s", "d"} <= line.values.keys() and not {"r", "q"} <= line.values.keys():
        raise wrong("you have to specify `--src' and `--dst'")
    given = line.values.keys()
    if line.protocol == GRE:
        raise wrong("you have to specify `--srckey' and `--dstkey'")
    if line.protocol in TOLD_WITH_PORTS and not (
            {"sport", "dport"} <= given or {"reply-port-src", "reply-port-dst"} <= given):
        raise wrong("you have to specify `--sport' and `--dport'")
    if line.protocol == DCCP and line.command != "G":
        raise ToolError(1, "netsandbox: conntrack: entries of DCCP are not modelled")
