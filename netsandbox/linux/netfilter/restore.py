"""iptables-restore and iptables-save: whole tables at once, all of it or nothing (iptables/iptables-restore.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.iptables import ERRORS as ERRNO_TEXTS
from netsandbox.linux.netfilter.iptables import (
    KERNEL_ERROR,
    NO_CHAIN,
    RESOURCE_ERROR,
    VERBS,
    Answer,
    FailedError,
    apply,
    complaint,
    split,
    title_of,
)
from netsandbox.linux.netfilter.iptables_parse import Parser
from netsandbox.linux.netfilter.iptables_print import SAVED, saved_table
from netsandbox.linux.netfilter.iptables_words import NotModelledError, Request
from netsandbox.linux.netfilter.ruleset import NAMES, RuleError, Table

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace

COUNTERS = re.compile(r"\[(\d+):(\d+)\]\s*(.*)")
CHAIN = re.compile(r":(\S+)\s+(\S+)(?:\s+\[(\d+):(\d+)\])?\s*$")
COMMANDS = {"A", "I", "D", "R", "P", "N", "F", "X", "Z", "E"}


def restore(namespace: NetworkNamespace, text: str, keeps: bool = False, with_counters: bool = False,
            only_tests: bool = False, program: str = "iptables-restore") -> Answer:
    """Put tables in: the old ones of that name go, unless `keeps` (-n); each is done at its COMMIT."""
    reader = _Reader(namespace, keeps, with_counters, only_tests, program)
    try:
        for number, line in enumerate(text.splitlines(), 1):
            reader.read(number, line.strip())
        reader.end(len(text.splitlines()) + 1)
    except FailedError as error:
        return Answer(error.code, "", error.message)
    return Answer(0, "", "")


class _Reader:
    """Where in the text it is, and the table that is being made."""

    def __init__(self, namespace: NetworkNamespace, keeps: bool, with_counters: bool, only_tests: bool,
                 program: str) -> None:
        self.namespace = namespace
        self.keeps, self.with_counters, self.only_tests = keeps, with_counters, only_tests
        self.program = program.replace("-legacy", "").replace("-nft", "")
        self.title = title_of(program)
        self.table: Table | None = None
        self.late: tuple[int, str] | None = None
        """The first line that the kernel will refuse, and how; it is told at COMMIT, of the whole batch."""

        self.missing: Exception | None = None
        """A chain that a rule leads to and that is not there, which is told at COMMIT too."""

    def read(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if line.startswith("*"):
            self._begin(number, line[1:].strip())
        elif self.table is None:
            raise self._failed(f"line {number} failed")
        elif line == "COMMIT":
            self._commit(number)
        elif line.startswith(":"):
            self._chain(number, line)
        else:
            self._rule(number, line)

    def end(self, number: int) -> None:
        if self.table is not None:
            raise self._failed(f"COMMIT expected at line {number}")

    def _failed(self, text: str) -> FailedError:
        return FailedError(RESOURCE_ERROR, f"{self.program}: {text}\n")

    def _begin(self, number: int, name: str) -> None:
        if name not in TABLES:
            raise complaint(UsageError(f"{self.program}: line {number} table name '{name}' invalid"), self.title,
                            self.program, number)
        known = self.namespace.netfilter.tables.get(name)
        self.table = known.copy() if known is not None and self.keeps else Table(name)

    def _chain(self, number: int, line: str) -> None:
        found = CHAIN.match(line)
        if found is None:
            raise self._failed(f"line {number} chain name invalid")
        assert self.table is not None
        name, policy = found[1], found[2]
        if name in NAMES and NAMES[name] in TABLES[self.table.name]:
            if policy not in ("ACCEPT", "DROP", "-"):
                raise self._failed(f"line {number} failed: Bad policy name.")
            self.table.set_policy(name, policy == "DROP")
        elif name in self.table.chains:
            self.table.flush(name)
        else:
            self.table.add_chain(name)
        if self.with_counters and found[3] and name in NAMES:
            chain = self.table.chains[name]
            chain.packets, chain.bytes = int(found[3]), int(found[4])

    def _rule(self, number: int, line: str) -> None:
        counters = COUNTERS.match(line)
        assert self.table is not None
        try:
            words = split(counters[3] if counters is not None else line)
            if "-t" in words or "--table" in words:
                raise UsageError(f"The -t option cannot be used in {self.program}.\n")
            request = Parser(["-t", self.table.name, *words], {self.table.name: self.table}).parse()
        except (UsageError, NotModelledError) as error:
            if str(error).endswith("' does not exist"):
                self.missing = self.missing or error
                return
            raise complaint(error, self.title, self.program, number) from None
        if request.command not in COMMANDS:
            raise self._failed(f"line {number} failed")
        if counters is not None and self.with_counters:
            for rule in request.rules:
                rule.packets, rule.bytes = int(counters[1]), int(counters[2])
        self._apply(number, request)

    def _apply(self, number: int, request: Request) -> None:
        assert self.table is not None
        try:
            apply(self.table, request)
        except RuleError as error:
            if error.errno == "ENOENT":
                raise self._failed(f"line {number} failed: {NO_CHAIN}") from None
            if request.command in VERBS and error.errno in ERRNO_TEXTS:
                text = f"RULE_{VERBS[request.command]} failed ({ERRNO_TEXTS[error.errno]})"
                self.late = self.late or (number, f"{text}: rule in chain {request.chain}")
                return
            texts = {"ENORULE": "Bad rule (does a matching rule exist in that chain?).",
                     "E2BIG": "Index of insertion too big.", "EEXIST": "Chain already exists."}
            raise self._failed(f"line {number} failed: {texts.get(error.errno, error.errno)}.".replace("..", ".")) \
                from None

    def _commit(self, number: int) -> None:
        assert self.table is not None
        if self.missing is not None:
            raise complaint(self.missing, self.title, self.program, number)
        if self.late is not None:
            number, text = self.late
            raise FailedError(KERNEL_ERROR, f"{self.title}: \nline {number}: {text}\n")
        if not self.only_tests:
            self.namespace.netfilter.tables[self.table.name] = self.table
            self.namespace.netfilter.refresh(self.namespace)
        self.table = None


def saved_lines(namespace: NetworkNamespace, with_counters: bool = True) -> list[str]:
    """All tables in use, without comments."""
    tables = namespace.netfilter.tables
    return [line for name in SAVED if name in tables for line in saved_table(tables[name], with_counters)]
