"""nft's rules out of iptables' parts, and what no option of iptables' can say: one of several values, a log first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.netfilter.extension import Match, UsageError
from netsandbox.linux.netfilter.iptables_parse import Parser
from netsandbox.linux.netfilter.iptables_words import BadArgumentError, NotModelledError
from netsandbox.linux.netfilter.nft_tokens import NftError
from netsandbox.linux.netfilter.rule import Rule, Target

if TYPE_CHECKING:
    from netsandbox.linux.core.hooks import SocketBuffer
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netfilter.nft_reader import Reader
    from netsandbox.linux.netfilter.rule import Answer, Condition, Fields
    from netsandbox.linux.netfilter.ruleset import Table

Alternatives = tuple[tuple["Condition", ...], ...]


class AnyOf(Match):
    """`ip saddr { 10.0.0.1, 10.0.0.2 }`; of no alternative, as IPv6's to an IPv4 packet, it never holds."""

    name = "nft"

    def __init__(self, said: str, alternatives: Alternatives, negated: bool) -> None:
        super().__init__({})
        self.said, self.alternatives, self.negated = said, alternatives, negated

    @property
    def text(self) -> str:
        return self.said

    def listed(self, _numeric: bool) -> str:
        return self.said

    @property
    def looks_at(self) -> Fields:
        found = [condition.looks_at for conditions in self.alternatives for condition in conditions]
        return None if None in found else tuple(field for fields in found for field in fields or ())

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return any(all(condition.holds(namespace, buffer) for condition in conditions)
                   for conditions in self.alternatives) is not self.negated

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return self.alternatives[0][-1].seen(namespace, buffer) if self.alternatives else "IPv4"


class Logged(Target):
    """`log prefix "in: " drop`."""

    name = "LOG"

    def __init__(self, log: Target, then: Target) -> None:
        self.log, self.then = log, then
        self.hooks = then.hooks

    @property
    def text(self) -> str:
        return f"{self.log.text} -j {self.then.name} {self.then.text}".strip()

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        self.log.act(namespace, buffer)
        return self.then.act(namespace, buffer)


def build_rule(table: Table, read: Reader) -> Rule:
    """What was read, as conditions and actions.

    Raises:
        NftError: iptables cannot say it.
    """
    has_target = "-j" in read.out or "-g" in read.out
    rule = _by_iptables(table, read.out if has_target else [*read.out, *read.log])
    target = rule.target
    if read.log and rule.jump:
        raise NftError("netsandbox: nft: a log before a jump in the same rule is not modelled\n")
    if read.log and has_target and target is not None:
        log = _by_iptables(table, read.log).target
        assert log is not None, "-j LOG"
        target = Logged(log, target)
    sets = tuple(AnyOf(text, tuple(_conditions(table, one) for one in choices), negated)
                 for text, choices, negated in read.sets)
    return Rule(rule.head, (*rule.matches, *sets), target, rule.packets, rule.bytes)


def _conditions(table: Table, words: list[str]) -> tuple[Condition, ...]:
    return tuple(condition for condition, _text in _by_iptables(table, words).ask())


def _by_iptables(table: Table, words: list[str]) -> Rule:
    try:
        rule, = Parser(["-A", "nft", *words], {"filter": table}).parse().rules
    except (UsageError, BadArgumentError, NotModelledError) as error:
        raise NftError(f"netsandbox: nft: this is not modelled, as iptables cannot say it\n({error})\n") from None
    return rule
