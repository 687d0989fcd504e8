"""iptables, iptables-save and iptables-restore: what they do to a namespace's rules, and what they answer.

Docker and ufw give their rules through here as well.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.iptables.parse import Parser
from netsandbox.linux.netfilter.iptables.print import described, listed_rules, listing
from netsandbox.linux.netfilter.iptables.words import ONE_RULE, BadArgumentError, NotModelledError, Request
from netsandbox.linux.netfilter.netfilter import Netfilter
from netsandbox.linux.netfilter.ruleset import Chain, RuleError, Table

VERSION = "v1.8.11"
ERRORS = {"EINVAL": "Invalid argument", "EOPNOTSUPP": "Operation not supported", "EMLINK": "Too many links",
          "EBUSY": "Device or resource busy", "ENOENT": "No such file or directory",
          "ENOALGORITHM": "No such file or directory"}
DONE_TO_CHAINS = {"F": "Flushing", "X": "Deleting", "Z": "Zeroing"}
VERBS = {"A": "APPEND", "I": "INSERT", "R": "REPLACE"}
NAT_DROP = '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n'
BAD_POLICY = "Bad policy name. Run `dmesg' for more information."
NO_CHAIN = "No chain/target/match by that name."
NO_TABLE = "Table does not exist (do you need to insmod?)"
NO_RULE = "Bad rule (does a matching rule exist in that chain?)."
OF_LEGACY = {("ENORULE", "Z"): "Index of counter too big.", ("ELOOP", ""): "Too many levels of symbolic links.",
             ("EINVAL", ""): "Invalid argument. Run `dmesg' for more information."}
"""What ip_tables' program says otherwise, by errno and command (libiptc, iptc_strerror)."""
WORD = re.compile(r'''([^ \t\n"]*)"((?:[^"\\]|\\(?s:.))*)(?:"|\Z)|([^ \t\n"]+)''')
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
USAGE = Path(__file__).with_name("usage.txt").read_text(encoding="utf-8")
"""What iptables 1.8.11 prints for -h, with TITLE for the program and its release."""
USAGE_ERROR, KERNEL_ERROR, RESOURCE_ERROR = 2, 4, 1


class Answer(NamedTuple):
    """What a command leaves behind."""

    code: int
    out: str
    err: str


class FailedError(Exception):
    """A command that changed nothing: its exit status and its complaint."""

    def __init__(self, code: int, message: str, is_whole: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_whole = is_whole  # The complaint is not followed by a hint at the manual


def run(namespace: NetworkNamespace, arguments: list[str], program: str = "iptables") -> Answer:
    """One command line: exit status, output and complaint."""
    warnings: list[str] = []
    try:
        out = execute(namespace, arguments, program, warnings)
    except FailedError as error:
        return Answer(error.code, "", "".join([*warnings, error.message]))
    return Answer(0, out, "".join(warnings))


def execute(namespace: NetworkNamespace, arguments: list[str], program: str = "iptables",
            warnings: list[str] | None = None) -> str:
    """One command line; returns what it prints, and tells in `warnings` what else there is to say (FailedError: nothing
    was changed)."""
    title, tables = title_of(program), namespace.netfilter.tables_of(is_old(program))
    try:
        request = Parser(arguments, tables, warnings).parse()
    except (UsageError, NotModelledError) as error:
        raise complaint(error, title, program.removesuffix("-legacy").removesuffix("-nft")) from None
    if "V" in request.switches:
        return f"{title}\n"
    if "h" in request.switches:
        return USAGE.replace("TITLE", title)
    return _executed(namespace, request, program, warnings)


def _executed(namespace: NetworkNamespace, request: Request, program: str, warnings: list[str] | None) -> str:
    title, is_legacy, netfilter = title_of(program), is_old(program), namespace.netfilter
    tables = netfilter.tables_of(is_legacy)
    table = tables.get(request.table) or Table(request.table, is_legacy)
    _check(request, table, title)
    try:
        if warnings is not None and request.command in "LS":
            warnings += legacy_warning(netfilter, program)
        out = FOREIGN.format(request.table) * bool(request.command in "LS" and table.foreign())
        out += _done(table, request)
        if "Z" in request.switches:
            number = request.number if ONE_RULE in request.switches else 0
            out += _done(table, request._replace(command="Z", number=number))
    except RuleError as error:
        if is_legacy and table.label not in netfilter.tables:  # what was asked for stays loaded
            netfilter.tables = {**netfilter.tables, table.label: table}
        raise _refusal(error.errno, request, title) from None
    if is_legacy or (request.command not in "LSC" and (table.chains or request.table in tables)):
        netfilter.tables = {**netfilter.tables, table.label: table}
        netfilter.refresh(namespace)
    return out


def _check(request: Request, table: Table, title: str) -> None:
    """What the program refuses before it asks the kernel."""
    if request.command == "P" and request.name == "DROP" and request.table == "nat":
        raise complaint(UsageError(NAT_DROP), title, "iptables")
    if request.unfit and not table.is_legacy:
        raise complaint(UsageError(request.unfit), title, "iptables")
    is_builtin = request.chain in [hook.value for hook in TABLES[table.name]]
    if request.command == "E" and is_builtin and request.name not in table.chains and not table.is_legacy:
        raise complaint(NotModelledError("another name for a built-in chain"), title, "iptables")


def _done(table: Table, request: Request) -> str:
    return told(table, request) + apply(table, request)


def legacy_warning(netfilter: Netfilter, program: str) -> list[str]:
    """What nf_tables' programs say of tables that they do not show."""
    if is_old(program) or not netfilter.tables_of(True):
        return []
    other = f"iptables-legacy{'-save' * program.endswith('-save')}"
    return [f"# Warning: iptables-legacy tables present, use {other} to see them\n"]


def is_old(program: str) -> bool:
    """Whether it is ip_tables' own program, and not nf_tables'."""
    return "-legacy" in program


def told(table: Table, request: Request) -> str:
    """What -v says before it is done: the rule that is meant, or the chains that are emptied, zeroed or deleted."""
    if "v" not in request.switches:
        return ""
    names = [request.chain] if request.chain else [chain.name for chain in table.shown()]
    if request.command in DONE_TO_CHAINS and not request.number:
        return "".join(f"{DONE_TO_CHAINS[request.command]} chain `{name}'\n" for name in names
                       if request.command != "X" or request.chain or table.find(name).hook is None)
    return "".join(described(rule) for rule in request.rules)


def title_of(program: str) -> str:
    """`iptables v1.8.11 (nf_tables)`."""
    name = program.removesuffix("-nft").replace("-legacy", "")
    return f"{name} {VERSION} ({'legacy' if is_old(program) else 'nf_tables'})"


def complaint(error: Exception, title: str, program: str, line: int = 0) -> FailedError:
    """What iptables says of a line that it does not understand."""
    if isinstance(error, NotModelledError):
        return FailedError(RESOURCE_ERROR, f"netsandbox: {error} is not modelled: nothing was changed\n", True)
    text, is_legacy = str(error), title.endswith("(legacy)")
    if text.startswith("Chain '") and is_legacy:
        text = f"Couldn't load target `{text.split(chr(39))[1]}':No such file or directory\n"
    if text.startswith("table '"):
        if is_legacy:
            text = f"can't initialize iptables table `{text.split(chr(39))[1]}': {NO_TABLE}"
        return FailedError(3, f"{title}: {text}\nPerhaps iptables or your kernel needs to be upgraded.\n", True)
    where = f"Error occurred at line: {line}\n" if line else ""
    hint = f"{where}Try `{program} -h' or '{program} --help' for more information.\n"
    if isinstance(error, BadArgumentError):
        return FailedError(USAGE_ERROR, f"{text}\n{hint}" if text else hint)
    return FailedError(USAGE_ERROR, f"{title}: {text}\n{hint}")


def _refusal(errno: str, request: Request, title: str) -> FailedError:
    """What iptables says when the kernel refuses."""
    command = request.command
    is_legacy = title.endswith("(legacy)")
    simple = early_refusal(errno, command)
    if is_legacy:
        simple = OF_LEGACY.get((errno, command), OF_LEGACY.get((errno, ""), simple))
    if simple is not None:
        return FailedError(RESOURCE_ERROR, f"iptables: {simple}\n", True)
    what, where = late_refusal(errno, request)
    return FailedError(KERNEL_ERROR, f"{title}:  {what}: {where}\n", True)


def early_refusal(errno: str, command: str) -> str | None:
    """What iptables sees for itself before it asks the kernel (nft_strerror); None for what the kernel refuses."""
    simple = {("ENOENT", "D"): NO_CHAIN, ("EEXIST", "N"): "Chain already exists.", ("EEXIST", "E"): "File exists.",
              ("ENORULE", command): NO_RULE, ("ENOTEMPTY", "X"): "Directory not empty.",
              ("ENOCHAIN", "P"): "Bad built-in chain name.", ("EPOLICY", "P"): BAD_POLICY,
              ("E2BIG", "I"): "Index of insertion too big.", ("E2BIG", "D"): "Index of deletion too big.",
              ("E2BIG", "R"): "Index of replacement too big."}.get((errno, command))
    return NO_CHAIN if simple is None and errno == "ENOENT" else simple


def late_refusal(errno: str, request: Request) -> tuple[str, str]:
    """What the kernel refuses, and of what."""
    command = request.command
    what = f"RULE_{VERBS[command]}" if command in VERBS else "CHAIN_DEL"
    where = f"rule in chain {request.chain}" if command in VERBS else f"chain {request.chain or errno}"
    if ":" in errno:
        errno, _colon, name = errno.partition(":")
        where = f"chain {name}"
    return f"{what} failed ({ERRORS.get(errno, errno)})", where


# -- the commands

def apply(table: Table, request: Request) -> str:
    """Do what a request asks of a table; returns what is printed (RuleError: nothing was changed)."""
    command, name = request.command, request.chain
    if command in "LS":
        chains = [table.find(name)] if name else list(table.shown())
        if command == "S":
            return "".join(f"{line}\n" for line in listed_rules(chains, request.number, "v" in request.switches))
        return listing(table, chains, request.number, request.switches)
    if command in "AIRDC":
        _change_rules(table, request)
    elif command == "N":
        table.add_chain(name)
    elif command == "E":
        table.rename_chain(name, request.name)
    elif command == "P":
        _set_policy(table, request)
    elif command == "F":
        for chain in [table.make(name)] if name else _chains(table, name):
            table.flush(chain.name)
    elif command == "Z":
        _zero(table, request)
    elif command == "X":
        _delete_chains(table, name)
    return ""


def _chains(table: Table, name: str) -> list[Chain]:
    return [table.find(name)] if name else list(table.chains.values())


def _change_rules(table: Table, request: Request) -> None:
    command, name = request.command, request.chain
    if name not in table.chains and (command == "R" or (command in "CD" and not request.number)):
        raise RuleError("ENOENT" if command == "R" else "ENORULE")
    chain = table.find(name)
    if command == "D" and request.number:
        if name not in table.chains:
            raise RuleError("ENOENT")
        table.delete(name, request.number - 1)
        return
    if request.number > len(chain.rules) + (command == "I"):
        raise RuleError("E2BIG")
    if request.impossible:
        raise RuleError(request.impossible if command in VERBS else "ENOENT" if table.is_legacy else "ENORULE")
    if command == "I":
        for rule in reversed(request.rules):
            table.insert(name, max(0, request.number - 1), rule)
    elif command == "A":
        for rule in request.rules:
            table.append(name, rule)
    elif command == "R":
        table.insert(name, request.number, request.rules[0])
        table.delete(name, request.number - 1)
    else:
        _find_rules(table, request)


def _find_rules(table: Table, request: Request) -> None:
    """-D and -C: the first rule that says the same."""
    for rule in request.rules:
        at = table.place_of(request.chain, rule)
        if at is None:
            raise RuleError("ENOENT" if table.is_legacy and request.command == "C" else "ENORULE")
        if request.command == "D":
            table.delete(request.chain, at)


def _set_policy(table: Table, request: Request) -> None:
    is_known = request.chain in [hook.value for hook in TABLES[table.name]]
    if request.name not in ("ACCEPT", "DROP") and (is_known or not table.is_legacy):
        raise RuleError("EPOLICY")
    if not is_known:
        raise RuleError("ENOCHAIN")
    table.set_policy(request.chain, request.name == "DROP")


def _zero(table: Table, request: Request) -> None:
    if request.number and request.chain not in table.chains:
        raise RuleError("ENORULE")
    table.page = None
    for chain in _chains(table, request.chain):
        if request.number > len(chain.rules):
            raise RuleError("ENORULE")
        if not request.number:
            chain.packets = chain.bytes = 0
        for at, rule in enumerate(chain.rules, 1):
            if request.number in (0, at):
                rule.packets = rule.bytes = 0


def _delete_chains(table: Table, name: str) -> None:
    """-X: a chain, or all that are one's own; built-in ones that are empty and accept are unhooked."""
    if name:
        table.delete_chain(name)
        return
    own = [chain for chain in table.chains.values() if chain.hook is None]
    for chain in own:
        if chain.rules and table.is_legacy:
            raise RuleError("ENOTEMPTY")
        if chain.rules or any(other.jumps.get(chain.name) for other in table.chains.values() if other not in own):
            raise RuleError(f"EBUSY:{chain.name}")
    for chain in own:
        del table.chains[chain.name]
    for chain in list(table.chains.values()):
        if not chain.rules and not chain.drops and not table.is_legacy:
            del table.chains[chain.name]


FOREIGN = "# Table `{}' contains incompatible base-chains, use 'nft' tool to list them.\n"

def split(line: str) -> list[str]:
    """A rule's words as iptables-restore reads them (add_param_to_argv): between `"`, the second of which ends a word,
    blanks are held together and `\\` stands before a letter as it is; one that is left open holds the rest."""
    return [before + ESCAPED.sub(r"\1", quoted) + word for before, quoted, word in WORD.findall(f"{line}\n")]
