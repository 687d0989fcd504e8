"""Tables and chains of one namespace, and what changes them.

As with nf_tables, a built-in chain exists, hooks in and counts from the moment
that something was put into it; until then packets pass it by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from netsandbox.linux.core.hooks import PRIORITIES, TABLES, Hook, Priority
from netsandbox.linux.netfilter.megaflow import Page
from netsandbox.linux.netfilter.rule import Rule, Target

NAMES = {hook.value: hook for hook in Hook}
JUMP_STACK_SIZE = 16  # NFT_JUMP_STACK_SIZE


class RuleError(Exception):
    """The kernel's answer to an impossible request: an errno name."""

    def __init__(self, errno: str) -> None:
        super().__init__(errno)
        self.errno = errno


class Refusal(NamedTuple):
    """Where a target may stand."""

    tables: frozenset[str] | None
    hooks: frozenset[Hook] | None
    is_own: bool = False  # it looks for itself, and nf_tables tells it of the hook of a base chain alone


def _refusal_of(target: Target) -> Refusal:
    return Refusal(target.tables, target.hooks, target.looks_at_hooks)


class Chain:
    """A chain.

    Attributes:
        hook: of a base chain; None for one that others lead to.
        kind, priority: filter, nat or route, and its place among the others of a hook, of a base chain.
        drops: the policy.  drops_from: the first record of the trace after that was set, or 0.
        packets, bytes: what came to the end of a built-in chain.
        jumps: the chains that its rules lead to, and how many rules do.
        limits: where its targets may stand, and how many rules say so.
    """

    __slots__ = ("bytes", "drops", "drops_from", "handle", "hook", "jumps", "kind", "limits", "name", "packets",
                 "priority", "rules")

    def __init__(self, name: str, hook: Hook | None, kind: str = "filter", priority: int = 0) -> None:
        self.name = name
        self.hook, self.kind, self.priority = hook, kind, priority
        self.drops = False
        self.packets = self.bytes = self.handle = self.drops_from = 0
        self.rules: list[Rule] = []
        self.jumps: Counter[str] = Counter()
        self.limits: Counter[Refusal] = Counter()

    @property
    def policy(self) -> str:
        return "-" if self.hook is None else "DROP" if self.drops else "ACCEPT"

    def note(self, rule: Rule, count: int) -> None:
        """A rule came (1) or went (-1)."""
        if rule.jump:
            self.jumps[rule.jump] += count
            self.jumps = +self.jumps
        elif rule.target is not None and (rule.target.tables is not None or rule.target.hooks is not None):
            self.limits[_refusal_of(rule.target)] += count


def builtin(table: str, hook: Hook) -> Chain:
    """A chain as iptables makes it."""
    kind = "nat" if table == "nat" else "route" if (table, hook) == ("mangle", Hook.OUTPUT) else "filter"
    is_destination = hook in (Hook.PREROUTING, Hook.OUTPUT)
    priority = PRIORITIES.get(table, Priority.NAT_DESTINATION if is_destination else Priority.NAT_SOURCE)
    return Chain(hook.value, hook, kind, int(priority))


def _name_of(chain: Chain) -> str:
    return chain.name


class Table:
    """A table: the built-in chains that exist, and the others."""

    def __init__(self, name: str, is_legacy: bool = False, family: str = "ip") -> None:
        self.name = name
        # it is ip_tables', whose built-in chains are there and count from the first look at the table on
        self.is_legacy = is_legacy
        self.family = family  # ip, or inet for nft's tables of both
        self.is_own = family != "ip" or name not in TABLES  # it is nft's, and none of iptables'
        # its name among all of a namespace; ip_tables has a filter table of its own beside nf_tables'
        self.label = f"{family} {name}" if self.is_own else f"legacy-{name}" if is_legacy else name
        self.chains: dict[str, Chain] = {hook.value: builtin(name, hook) for hook in TABLES.get(name, ()) if is_legacy}
        self.trackers = 0  # Rules that need connection tracking
        self.fresh: list[Rule] = []  # Rules that do not know yet when they were made
        self.gone: list[tuple[str, str]] = []
        """Chain and text of rules that were taken out, of which nobody was told yet."""
        self.number = 0  # By which nft knows it; 0 until nft is asked
        self.page: Page | None = None  # Which ways packets have gone since rules were last asked in full, or changed
        self.handles = 0  # How many chains and rules were given a number, as nft shows them

    def shown(self) -> Iterator[Chain]:
        """The chains as they are listed: the built-in ones first, existing or not, then the others by name."""
        for hook in TABLES[self.name] if not self.is_own else ():
            yield self.chains.get(hook.value) or builtin(self.name, hook)
        yield from sorted((chain for chain in self.chains.values() if chain.hook is None), key=_name_of)

    def foreign(self) -> list[Chain]:
        """The base chains that nft made and iptables does not know."""
        return [chain for chain in self.chains.values() if chain.hook is not None and not self._is_builtin(chain.name)]

    def find(self, name: str) -> Chain:
        """A chain that can be looked at; a built-in one need not exist for that (RuleError: ENOENT)."""
        chain = self.chains.get(name)
        if chain is None and self._is_builtin(name):
            chain = builtin(self.name, NAMES[name])
        if chain is None:
            raise RuleError("ENOENT")
        return chain

    def make(self, name: str) -> Chain:
        """A chain that is to be changed: a built-in one comes into being."""
        chain = self.find(name)
        return chain if name in self.chains else self.add(chain)

    def add(self, chain: Chain) -> Chain:
        """Take a chain in."""
        self.chains[chain.name] = chain
        chain.handle = self._new_handle()
        return chain

    def _new_handle(self) -> int:
        self.handles += 1
        return self.handles

    def _is_builtin(self, name: str) -> bool:
        return not self.is_own and name in NAMES and NAMES[name] in TABLES[self.name]

    def references(self, name: str) -> int:
        return sum(chain.jumps[name] for chain in self.chains.values() if name in chain.jumps)

    # -- chains

    def add_chain(self, name: str) -> None:
        if name in self.chains or self._is_builtin(name):
            raise RuleError("EEXIST")
        self.add(Chain(name, None))

    def delete_chain(self, name: str) -> None:
        """Take an empty chain that nothing leads to out."""
        chain = self.chains.get(name)
        if chain is None:
            raise RuleError("ENOENT")
        if chain.drops and not self.is_legacy:
            raise RuleError("ENOTEMPTY")
        if chain.hook is not None and self.is_legacy:
            raise RuleError("EINVAL")
        if chain.rules or self.references(name):
            raise RuleError("EBUSY")
        del self.chains[name]

    def rename_chain(self, old: str, new: str) -> None:
        if new in self.chains or self._is_builtin(new):
            raise RuleError("EEXIST")
        if old not in self.chains or self._is_builtin(old):
            raise RuleError("ENOENT")
        self.chains = {new if name == old else name: chain for name, chain in self.chains.items()}
        self.chains[new].name = new
        for chain in self.chains.values():
            if chain.jumps.get(old):
                chain.jumps[new] = chain.jumps.pop(old)
                chain.rules = [rule.leading_to(new) if rule.jump == old else rule for rule in chain.rules]

    def set_policy(self, name: str, drops: bool) -> None:
        """ACCEPT or DROP what comes to the end of a built-in chain, and count it anew from now on."""
        chain = self.make(name)
        chain.drops = drops
        chain.packets = chain.bytes = 0

    # -- rules

    def insert(self, name: str, at: int, rule: Rule) -> None:
        """Put a rule before the one at a place (0 is the first; the number of rules is the end) (RuleError: ENOENT,
        E2BIG (no such place), EOPNOTSUPP, ELOOP or EINVAL (it cannot stand here))."""
        chain = self.find(name)
        if at > len(chain.rules):
            raise RuleError("E2BIG")
        self._check(chain, rule)
        chain = self.make(name)
        chain.rules.insert(at, rule)
        rule.handle = self._new_handle()
        self.fresh.append(rule)
        chain.note(rule, 1)
        self.trackers += rule.needs_tracking

    def append(self, name: str, rule: Rule) -> None:
        self.insert(name, len(self.find(name).rules), rule)

    def delete(self, name: str, at: int) -> Rule:
        chain = self.find(name)
        if not 0 <= at < len(chain.rules):
            raise RuleError("E2BIG")
        rule = chain.rules.pop(at)
        self.gone.append((name, rule.text))
        chain.note(rule, -1)
        self.trackers -= rule.needs_tracking
        return rule

    def flush(self, name: str) -> None:
        chain = self.find(name)
        self.trackers -= sum(rule.needs_tracking for rule in chain.rules)
        self.gone += [(name, rule.text) for rule in chain.rules]
        chain.rules.clear()
        chain.jumps.clear()
        chain.limits.clear()

    def rules(self) -> Iterator[tuple[str, str]]:
        """Chain and text of each rule."""
        return ((chain.name, rule.text) for chain in self.chains.values() for rule in chain.rules)

    def place_of(self, name: str, rule: Rule) -> int | None:
        """Where the first rule that says the same is."""
        return next((at for at, other in enumerate(self.find(name).rules) if other.text == rule.text), None)

    # -- what cannot be

    def _check(self, chain: Chain, rule: Rule) -> None:
        """nf_tables_check_loops, and the target's own check of where it stands."""
        if rule.jump:
            if self._is_builtin(rule.jump) or (rule.jump in self.chains and self.chains[rule.jump].hook is not None):
                raise RuleError("EINVAL" if self.is_legacy else "EOPNOTSUPP")
            if rule.jump not in self.chains:
                raise RuleError("ENOENT")
            if self._leads_too_far(chain, rule.jump):
                raise RuleError("ELOOP" if self.is_legacy else "EMLINK")
            for name in self._below(rule.jump):
                for limit in self.chains[name].limits:
                    if self.is_legacy or not limit.is_own:
                        self._check_place(chain, limit, bool(rule.said))
        elif rule.target is not None:
            limit = _refusal_of(rule.target)
            if self.is_legacy or chain.hook is not None or not limit.is_own:
                self._check_place(chain, limit, bool(rule.said))

    def _leads_too_far(self, chain: Chain, jump: str) -> bool:
        """Whether a walk from a base chain would meet more jumps than nf_tables finds back from, as it does in a loop;
        ip_tables has as much room as there are chains."""
        room = len(self.chains) if self.is_legacy else JUMP_STACK_SIZE
        height, below, above = 0, {jump}, {chain.name}
        while below and height < room:
            height += 1
            below = {to for name in below for to in (*self._led_to(name), *[jump] * (name == chain.name))}
        depth = 0
        while above and chain.hook is None and depth <= room:
            depth, above = depth + 1, self._led_from(above)
            if depth + height >= room and any(self.chains[name].hook is not None for name in above):
                return True
        return chain.hook is not None and height >= room

    def _check_place(self, chain: Chain, limit: Refusal, is_nft: bool) -> None:
        """iptables' targets ask for the table's name; of nft's statements those of NAT for the base chain's kind, and
        reject only whether the packet has left the routing behind (nft_reject_validate)."""
        bases = self._bases_above(chain)
        if is_nft and limit.tables == frozenset({"filter"}) and any(base.hook is Hook.POSTROUTING for base in bases):
            raise RuleError("EOPNOTSUPP")
        if is_nft and "nat" in (limit.tables or ()) and any(base.kind != "nat" for base in bases):
            raise RuleError("EINVAL")
        if not is_nft and limit.tables is not None and self.name not in limit.tables:
            raise RuleError("EINVAL")
        if limit.hooks is not None and not {base.hook for base in bases} <= limit.hooks and (
                not is_nft or "nat" in (limit.tables or ("nat",))):
            raise RuleError("EINVAL")

    def _below(self, name: str) -> set[str]:
        """A chain and all that it leads to."""
        found, waiting = set(), [name]
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.chains:
                found.add(name)
                waiting += self._led_to(name)
        return found

    def _led_to(self, name: str) -> Collection[str]:
        return self.chains[name].jumps if name in self.chains else ()

    def _led_from(self, names: set[str]) -> set[str]:
        return {name for name, chain in self.chains.items() if not names.isdisjoint(chain.jumps)} if names else names

    def _bases_above(self, chain: Chain) -> list[Chain]:
        """The base chains from which a chain is reached."""
        if chain.hook is not None:
            return [chain]
        found = above = {chain.name}
        while above:
            above = self._led_from(above) - found
            found = found | above
        return [base for base in self.chains.values() if base.hook is not None and base.name in found]

    def copy(self) -> Table:
        """The same chains and rules, to be changed apart; the rules' counters go along."""
        twin = Table(self.name, self.is_legacy, self.family)
        twin.trackers, twin.handles, twin.number = self.trackers, self.handles, self.number
        for name, chain in self.chains.items():
            other = twin.chains[name] = Chain(name, chain.hook, chain.kind, chain.priority)
            other.drops, other.packets, other.bytes = chain.drops, chain.packets, chain.bytes
            other.drops_from = chain.drops_from
            other.handle = chain.handle
            other.rules, other.jumps, other.limits = list(chain.rules), Counter(chain.jumps), Counter(chain.limits)
        return twin
