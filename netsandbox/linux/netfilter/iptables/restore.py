"""iptables-restore and iptables-save: whole tables at once, all of it or nothing (iptables/iptables-restore.c)."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.chain_names import check_chain_name
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.iptables.iptables import (
    KERNEL_ERROR,
    RESOURCE_ERROR,
    Answer,
    FailedError,
    apply,
    complaint,
    early_refusal,
    is_old,
    late_refusal,
    split,
    title_of,
    told,
)
from netsandbox.linux.netfilter.iptables.parse import Parser
from netsandbox.linux.netfilter.iptables.print import SAVED, saved_table
from netsandbox.linux.netfilter.iptables.words import NotModelledError, OfOtherFamilyError, Request
from netsandbox.linux.netfilter.ruleset import NAMES, RuleError, Table

COUNTERS = re.compile(r"\[(\d+):(\d+)")
COMMANDS = {"A", "I", "D", "R", "C", "P", "N", "F", "X", "Z", "E", "L", "S"}
LOOP = "EMLINK"
BLANKS = " \t\n"


class Wish(NamedTuple):
    """How iptables-restore is to go about it."""

    keeps: bool = False  # what is in the tables stays (-n)
    with_counters: bool = False  # those of the text are set (-c)
    only_tests: bool = False  # nothing is done (-t)
    tells: bool = False  # it says what it does, where it empties a table for it (-v)
    table: str = ""  # only this one (-T)


def restore(namespace: NetworkNamespace, text: str, wish: Wish, program: str = "iptables-restore") -> Answer:
    """Put tables in: the old ones of that name go, unless they are kept; each is done at its COMMIT."""
    reader = _Reader(namespace, wish, program)
    try:
        lines = text.removesuffix("\n").split("\n")
        for number, line in enumerate(lines, 1):
            reader.read(number, line)
        reader.end(len(lines) + 1)
    except FailedError as error:
        return Answer(error.code, "".join(reader.said), "".join([*reader.warnings, error.message]))
    return Answer(0, "".join(reader.said), "".join(reader.warnings))


class _Reader:
    """Where in the text it is, and the table that is being made."""

    def __init__(self, namespace: NetworkNamespace, wish: Wish, program: str) -> None:
        self.namespace = namespace
        self.wish = wish
        self.is_legacy = is_old(program)
        self.program = program.replace("-legacy", "")
        self.title = title_of(program)
        self.tells = wish.tells and not wish.keeps and (self.is_legacy or not wish.only_tests)
        self.said: list[str] = []
        self.pending: list[str] = self.said if self.is_legacy else []
        """What is printed at COMMIT, when nf_tables' program does what it has read."""

        self.table: Table | None = None
        self.is_skipped = False
        self.warnings: list[str] = []
        self.late: list[str] = []
        """The lines that the kernel will refuse, and how; they are told at COMMIT, of the whole batch."""

        self.has_loop = False
        """Whether one of them closes a loop of chains: the kernel refuses all the rules behind it for that."""

        self.refused: Exception | None = None  # What the program refuses first at COMMIT, before it asks the kernel

    def read(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            self.said += [f"{line}\n"] if line and self.wish.tells else []
        elif line.startswith("*") and self.table is None:
            self._begin(number, line[1:].strip(BLANKS))
        elif self.table is None:
            if not self.is_skipped:
                raise self._failed(f"line {number} failed")
        elif line == "COMMIT":
            self._commit(number)
        elif self.is_skipped:
            return
        elif line.startswith(":"):
            self._chain(number, line[1:].split(), self.table)
        else:
            self._rule(number, line, self.table)

    def end(self, number: int) -> None:
        if self.table is not None and not self.is_skipped:
            raise self._failed(f"COMMIT expected at line {number}")

    def _failed(self, text: str) -> FailedError:
        return FailedError(RESOURCE_ERROR, f"{self.program}: {text}\n")

    def _wrong(self, number: int, text: str) -> FailedError:
        return complaint(UsageError(text), self.title, self.program, number)

    def _begin(self, number: int, name: str) -> None:
        if name not in TABLES:
            what = f"line {number} table name '{name}' invalid".replace(" ''", "")
            what = f"unable to initialize table '{name}'" if self.is_legacy and name else what
            raise self._wrong(number, f"{self.program}: {what}")
        known = self.namespace.netfilter.tables_of(self.is_legacy).get(name)
        stays = self.wish.keeps or self.tells or self.is_legacy
        self.table = known.copy() if known is not None and stays else Table(name, self.is_legacy)
        if known is not None and not stays:
            self.table.gone = list(known.rules())
        self.is_skipped = self.wish.table not in ("", name)
        if not self.wish.keeps:
            self._empty(self.table)
        if self.tells and not self.is_skipped:
            chains = list((known or Table(name)).shown())
            self.pending += [f"Flushing chain `{chain.name}'\n" for chain in chains]
            self.pending += [f"Deleting chain `{chain.name}'\n" for chain in chains if chain.hook is None]

    def _empty(self, table: Table) -> None:
        """Chain by chain, as ip_tables' program does it, and nf_tables' with -v: the policies stay."""
        for name in table.chains:
            table.flush(name)
        for name in [name for name, chain in table.chains.items() if chain.hook is None]:
            table.delete_chain(name)

    def _chain(self, number: int, words: list[str], table: Table) -> None:
        if len(words) == 1:
            self._check_name(number, words[0])
        if len(words) < 2:
            raise self._wrong(number, f"{self.program}: line {number} {'policy' if words else 'chain name'} invalid")
        name, policy, *more = words
        counters = COUNTERS.match(more[0]) if more else None
        if name in NAMES and NAMES[name] in TABLES[table.name]:
            if counters is None and (more or self.wish.with_counters):
                raise self._wrong(number, f"invalid policy counters for chain '{name}'")
            if policy not in ("ACCEPT", "DROP", "-"):
                self._bad_policy(number, name, policy)
            table.set_policy(name, policy == "DROP")
        elif name in table.chains:
            table.flush(name)
        else:
            self._check_name(number, name)
            table.add_chain(name)
        if self.wish.with_counters and counters is not None and name in NAMES:
            chain = table.chains[name]
            chain.packets, chain.bytes = int(counters[1]), int(counters[2])

    def _check_name(self, number: int, name: str) -> None:
        try:
            check_chain_name(name)
        except UsageError as error:
            raise complaint(error, self.title, self.program, number) from None

    def _bad_policy(self, number: int, name: str, policy: str) -> None:
        if not self.is_legacy:
            self.refused = self.refused or self._failed(f"line {number} failed: Bad policy name.")
            return
        raise FailedError(RESOURCE_ERROR, f"{self.title}: Can't set policy `{policy}' on `{name}' line {number}: "
                                           "Bad policy name\n")

    def _rule(self, number: int, line: str, table: Table) -> None:
        counters = None
        if line.startswith("["):
            given, bracket, line = line.partition("]")
            counters = COUNTERS.match(given)
            if ":" not in given[1:] or not bracket:
                raise self._wrong(number, f"Bad line {number}: need ]")
        try:
            words = split(line)
            if "-t" in words or "--table" in words:
                raise UsageError(f"The -t option cannot be used in {self.program}.\n")
            request = Parser(["-t", table.name, *words], {table.name: table}, self.warnings, restores=True).parse()
            if request.unfit and not self.is_legacy:
                raise UsageError(request.unfit)
        except OfOtherFamilyError:
            return
        except (UsageError, NotModelledError) as error:
            if str(error).endswith("' does not exist") and not self.is_legacy:
                self.refused = self.refused or error
                return
            raise complaint(error, self.title, self.program, number) from None
        if request.command not in COMMANDS:
            raise self._failed(f"line {number} failed")
        if counters is not None and self.wish.with_counters:
            for rule in request.rules:
                rule.packets, rule.bytes = int(counters[1]), int(counters[2])
        if self.tells:
            request = request._replace(switches=request.switches | {"v"})
        self._apply(number, request, table)

    def _apply(self, number: int, request: Request, table: Table) -> None:
        try:
            if self.refused is None:
                self.pending.append(told(table, request))
                self.pending.append(apply(table, request))
        except RuleError as error:
            early = early_refusal(error.errno, request.command)
            if self.is_legacy and early is not None:
                raise self._failed(f"line {number} failed") from None
            if early is not None:
                self.refused = self.refused or self._failed(f"line {number} failed: {early}")
                return
            self.has_loop = self.has_loop or error.errno == LOOP
            self._refuse(number, error.errno, request)
            return
        if self.has_loop and request.rules:
            self._refuse(number, LOOP, request)

    def _refuse(self, number: int, errno: str, request: Request) -> None:
        self.late.append(f"line {number}: {': '.join(late_refusal(errno, request))}\n")

    def _commit(self, number: int) -> None:
        assert self.table is not None
        if not self.is_legacy:
            self.said += self.pending * (not self.wish.only_tests)
            self.pending = []
        if not self.wish.only_tests and not self.is_skipped:
            if isinstance(self.refused, FailedError):
                raise self.refused
            if self.refused is not None:
                raise complaint(self.refused, self.title, self.program, number)
            if self.late and self.is_legacy:  # the kernel hears of the whole table at once
                raise self._failed(f"line {number} failed")
            if self.late:
                raise FailedError(KERNEL_ERROR, f"{self.title}: \n{''.join(self.late)}")
            netfilter, label = self.namespace.netfilter, self.table.label
            if not self.wish.keeps and not self.is_legacy:
                netfilter.tables.pop(label, None)
            is_asked = bool(self.table.chains) or (self.tells and not self.wish.keeps)
            if self.is_legacy or is_asked or label in netfilter.tables:
                netfilter.tables = {**netfilter.tables, label: self.table}
            netfilter.refresh(self.namespace, [self.table])
        self.table = self.refused = None
        self.late, self.has_loop = [], False


def saved_lines(namespace: NetworkNamespace) -> list[str]:
    """All of nf_tables' tables in use, without comments."""
    tables = namespace.netfilter.tables_of(False)
    return [line for name in SAVED if name in tables for line in saved_table(tables[name], True)]
