"""What a line of iptables' said, and the Request that it makes (what iptables/xshared.c checks at its end)."""

from __future__ import annotations

from netsandbox.linux.netfilter.chain_names import check_length
from netsandbox.linux.netfilter.extension import Action, Given, ImpossibleError, Match, UnfitError, UsageError
from netsandbox.linux.netfilter.head import Head, Mask
from netsandbox.linux.netfilter.iptables.words import (
    FOR_LISTS,
    FOR_RULES,
    JUDGED,
    MADE,
    OF_RULES,
    OPTIONS,
    NotModelledError,
    Request,
)
from netsandbox.linux.netfilter.masks import narrow, read_mask
from netsandbox.linux.netfilter.registry import OTHER_TARGETS, WITHOUT_OPTIONS
from netsandbox.linux.netfilter.rule import Jump, Rule
from netsandbox.linux.netfilter.ruleset import NAMES, Table


class Said:
    """What was read of a line by now (tables: by name, to know their chains by)."""

    def __init__(self, tables: dict[str, Table]) -> None:
        self.tables = tables
        self.command = ""
        self.table = "filter"
        self.chain = self.name = ""
        self.number = 0
        self.seen: set[str] = set()
        self.counters = (0, 0)
        self.negated = False
        self.addresses: list[tuple[str, bool, str]] = []
        """What -s and -d said, unread: s or d, whether it is negated, the text."""
        self.sources: list[Mask] = []
        self.destinations: list[Mask] = []
        self.head = Head()
        self.matches: list[tuple[type[Match], dict[str, Given]]] = []
        self.target = ""
        self.is_goto = False
        self.action: tuple[type[Action], dict[str, Given]] | None = None

    def finish(self) -> Request:
        """The whole of it (UsageError, NotModelledError)."""
        errno, unfit = self._check_extensions()
        if not self.command:
            raise UsageError("no command specified")
        if self.negated:
            raise UsageError("nothing appropriate following !")
        self._read_addresses()
        is_of_rules = self.command in OF_RULES and not (self.command == "D" and self.number)
        self._check_options(is_of_rules)
        if "W" in self.seen and "w" not in self.seen:
            raise UsageError("--wait-interval only makes sense with --wait\n")
        if is_of_rules:
            self._check_interfaces()
        if self.table not in ("filter", "nat", "mangle", "raw", "security"):
            raise UsageError(f"table '{self.table}' does not exist")
        check_length(self.chain)
        if not is_of_rules:
            return self.request((), "")
        if unfit and self.command in MADE:
            return self.request((), errno, unfit)
        target = self._target()
        return self.request((), errno) if errno else self.request(self._rules(target), self._impossible())

    def _check_extensions(self) -> tuple[str, str]:
        """What the matches and the target have to say.

        Returns:
            The errno that the kernel will have for them, and what nf_tables' iptables says before that, or nothing.
        """
        if self.action is not None and self.action[0].name == "DROP" and self.table == "nat":
            raise UsageError('\nThe "nat" table is not intended for filtering, the use of DROP is therefore '
                             "inhibited.\n\n")
        errno = unfit = ""
        for kind, given in (*self.matches, *([self.action] if self.action is not None else [])):
            try:
                kind.check(given, self.head)
            except ImpossibleError as error:
                errno = errno or error.errno
                unfit = unfit or (error.words if isinstance(error, UnfitError) else "")
        return errno, unfit

    def _read_addresses(self) -> None:
        for letter, negated, text in self.addresses:
            masks = [read_mask(part)._replace(negated=negated) for part in text.split(",")]
            if len(masks) > 1 and negated:
                raise UsageError("! not allowed with multiple source or destination IP addresses")
            (self.sources if letter == "s" else self.destinations).extend(masks)

    def _check_options(self, is_of_rules: bool) -> None:
        allowed = FOR_RULES | {"m"} if is_of_rules else frozenset("c" * (self.command == "P"))
        if self.command == "L" and "Z" not in self.seen:
            allowed = FOR_LISTS
        for letter in JUDGED:
            if letter in self.seen and letter not in allowed:
                name = "jump" if letter == "g" else OPTIONS[letter]
                raise UsageError(f"Illegal option `--{name}' with this command")

    def _check_interfaces(self) -> None:
        if self.chain in ("OUTPUT", "POSTROUTING") and "i" in self.seen:
            raise UsageError(f"Can't use --in-interface with {self.chain}")
        if self.chain in ("INPUT", "PREROUTING") and "o" in self.seen:
            raise UsageError(f"Can't use --out-interface with {self.chain}")

    def _rules(self, target: Action | Jump | None) -> tuple[Rule, ...]:
        matches: list[Match] = [match(given) for match, given in self.matches]
        found: list[Rule] = []
        nothing: list[Mask | None] = [None]
        for source in self.sources or nothing:
            for destination in self.destinations or nothing:
                head = self.head._replace(source=narrow(source), destination=narrow(destination))
                fresh = tuple(matches) if not found else tuple(match(given) for match, given in self.matches)
                found.append(Rule(head, fresh, target, *self.counters))
        return tuple(found)

    def _target(self) -> Action | Jump | None:
        if self.action is not None:
            kind, given = self.action
            return kind(given) if given else WITHOUT_OPTIONS.get(kind.name) or kind(given)
        if not self.target:
            return None
        table = self.tables.get(self.table)
        if self.target in NAMES or (table is not None and self.target in table.chains):
            return Jump(self.target, self.is_goto)
        if self.target in OTHER_TARGETS:
            raise NotModelledError(f"target '{self.target}'")
        raise UsageError(f"Chain '{self.target}' does not exist")

    def _impossible(self) -> str:
        """A match that cannot be asked at the chain's hook."""
        hook = NAMES.get(self.chain)
        limits = [limit for match, given in self.matches for limit in [match.hooks_of(given)] if limit is not None]
        if any(match.tables is not None and self.table not in match.tables for match, _ in self.matches):
            return "EINVAL"
        return "EINVAL" if hook is not None and any(hook not in limit for limit in limits) else ""

    def request(self, rules: tuple[Rule, ...], impossible: str, unfit: str = "") -> Request:
        """With rules, or with the errno that the kernel has for them, and what is said before."""
        return Request(self.command, self.table, self.chain, self.number, self.name, rules, frozenset(self.seen),
                       self.counters, impossible, unfit)
