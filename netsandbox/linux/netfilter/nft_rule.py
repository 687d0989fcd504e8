"""nft's rules out of iptables' parts, and what no option of iptables' can say: one of several values, a log first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.netfilter.extension import Match, UsageError
from netsandbox.linux.netfilter.iptables_parse import Parser
from netsandbox.linux.netfilter.iptables_words import BadArgumentError, NotModelledError
from netsandbox.linux.netfilter.nft_tokens import NftError
from netsandbox.linux.netfilter.rule import Jump, Rule, Target

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


class Sequence(Target):
    """`log prefix "in: " drop`: what is done first, and the verdict."""

    def __init__(self, first: list[Target], then: Target) -> None:
        self.first, self.then = first, then
        self.name, self.hooks = first[0].name, then.hooks

    @property
    def text(self) -> str:
        before, *others = (*self.first, self.then)
        return " ".join([before.text, *(f"-j {target.name} {target.text}" for target in others)]).strip()

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        for target in self.first:
            target.act(namespace, buffer)
        return self.then.act(namespace, buffer)


class LateJump(Jump):
    """`log jump CHAIN`: what is done before the packet is led there."""

    only_decides = False

    def __init__(self, first: list[Target], jump: Jump) -> None:
        super().__init__(jump.name, jump.is_goto)
        self.first = first

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        for target in self.first:
            target.act(namespace, buffer)
        return super().act(namespace, buffer)


def build_rule(table: Table, read: Reader) -> Rule:
    """What was read, as conditions and actions.

    Raises:
        NftError: iptables cannot say it.
    """
    has_target = not {"-j", "-g"}.isdisjoint(read.out)
    first = read.first if has_target else read.first[:-1]
    rule = _by_iptables(table, [*read.out, *(read.first[-1] if len(first) < len(read.first) else [])])
    target = rule.target
    if first and target is not None:
        before = [found for words in first if (found := _by_iptables(table, words).target) is not None]
        target = LateJump(before, target) if isinstance(target, Jump) else Sequence(before, target)
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
