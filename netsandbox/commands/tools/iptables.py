"""`iptables`, as far as there is something to see: the built-in chains and their policies.

Rules are not modelled.  What would change nothing is done; what would change
something says that it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.linux.netfilter import TABLES, Chain

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

VERSION = "iptables v1.8.11 (nf_tables)"
COMMANDS = {"L": "list", "S": "list-rules", "F": "flush", "Z": "zero", "X": "delete-chain", "A": "append",
            "I": "insert", "D": "delete", "R": "replace", "C": "check", "P": "policy", "N": "new-chain",
            "E": "rename-chain"}
LONG = {f"--{name}": letter for letter, name in COMMANDS.items()} | {
    "--table": "t", "--numeric": "n", "--verbose": "v", "--exact": "x", "--line-numbers": "0", "--version": "V",
    "--wait": "w", "--help": "h"}
SWITCHES = "nvxw0"
TRY = "Try `iptables -h' or 'iptables --help' for more information."
WRONG = 2


class Request(NamedTuple):
    """One command line."""

    command: str
    table: str
    words: list[str]
    switches: str


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    if arguments[:1] in (["-V"], ["--version"]):
        return ToolResult(0, VERSION + "\n", "")
    request = _read(arguments)
    if request.table not in TABLES:
        raise ToolError(3, f"{VERSION}: table '{request.table}' does not exist\n"
                           "Perhaps iptables or your kernel needs to be upgraded.")
    chains = context.namespace.netfilter.chains(request.table)
    if request.command in ("F", "Z", "X"):
        _named(chains, request.words)
        return ToolResult(0, "", "")
    if request.command in ("L", "S"):
        found = _named(chains, request.words)
        return ToolResult(0, (_listing if request.command == "L" else _rules)(found, request.switches), "")
    return _refuse(request, chains)


def save(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    """`iptables-save`: without rules it prints nothing."""
    return ToolResult(0, "", "")


def _read(arguments: list[str]) -> Request:
    """Letters may stand together (-nvL); what follows a command belongs to it."""
    command, table, switches, words = "", "filter", "", list(arguments)
    rest: list[str] = []
    while words:
        word = words.pop(0)
        letters = LONG.get(word, "") if word.startswith("--") else word[1:] if word.startswith("-") else ""
        if command not in ("", "L", "S", "F", "Z", "X") and not letters.startswith("t"):
            rest.append(word)
            continue
        if word.startswith("-") and not letters:
            raise _unknown(word)
        for position, letter in enumerate(letters):
            if letter == "t":
                table = letters[position + 1:] or (words.pop(0) if words else "")
                break
            if letter in COMMANDS:
                command = letter
            elif letter in SWITCHES:
                switches += letter
            else:
                raise _unknown(f"-{letter}")
        if not letters:
            rest.append(word)
    if not command:
        raise ToolError(WRONG, f"{VERSION}: no command specified\n{TRY}")
    return Request(command, table, rest, switches)


def _unknown(option: str) -> ToolError:
    return ToolError(WRONG, f'{VERSION}: unknown option "{option}"\n{TRY}')


def _named(chains: list[Chain], words: list[str]) -> list[Chain]:
    found = [chain for chain in chains if not words or chain.name == words[0]]
    if not found:
        raise ToolError(1, "iptables: No chain/target/match by that name.")
    return found


def _listing(chains: list[Chain], switches: str) -> str:
    columns = "target     prot opt source               destination         "
    if "v" in switches:
        columns = "target     prot opt in     out     source               destination         "
        columns = f"{'    pkts      bytes' if 'x' in switches else ' pkts bytes'} {columns}"
    if "0" in switches:
        columns = f"num  {columns}"
    texts = []
    for chain in chains:
        counters = f" {chain.packets} packets, {chain.bytes} bytes" if "v" in switches else ""
        texts.append(f"Chain {chain.name} (policy {chain.policy}{counters})\n{columns}\n")
    return "\n".join(texts)


def _rules(chains: list[Chain], switches: str) -> str:
    counters = {chain.name: f" -c {chain.packets} {chain.bytes}" if "v" in switches else "" for chain in chains}
    return "".join(f"-P {chain.name} {chain.policy}{counters[chain.name]}\n" for chain in chains)


def _refuse(request: Request, chains: list[Chain]) -> ToolResult:
    """A change: of a policy to what it is, fine; else it says what is not modelled."""
    words = request.words
    if request.command == "P" and len(words) == 2:
        chain = _named(chains, words)[0]
        if words[1] == chain.policy:
            return ToolResult(0, "", "")
    if request.command in ("D", "C", "R"):
        is_number = len(words) == 2 and words[1].isdecimal()
        raise ToolError(1, "iptables: No chain/target/match by that name." if is_number else
                        "iptables: Bad rule (does a matching rule exist in that chain?).")
    what = {"P": "a policy other than ACCEPT", "N": "a chain of your own", "E": "renaming a chain"}.get(
        request.command, "a rule")
    raise ToolError(1, f"netsandbox: {what} is not modelled yet: nothing was changed (iptables shows the built-in "
                       "chains, whose policy is ACCEPT)")
