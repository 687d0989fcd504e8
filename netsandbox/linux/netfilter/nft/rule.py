"""nft's rules out of iptables' parts, and what no option of iptables' can say: one of several values, a log first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Match, UsageError
from netsandbox.linux.netfilter.head import Condition, Fields, Head
from netsandbox.linux.netfilter.iptables.parse import Parser
from netsandbox.linux.netfilter.iptables.words import BadArgumentError, NotModelledError
from netsandbox.linux.netfilter.nft.numbers import Said
from netsandbox.linux.netfilter.nft.tokens import NftError
from netsandbox.linux.netfilter.rule import Answer, Jump, Rule, Target
from netsandbox.linux.netfilter.ruleset import Table

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.reader import Choices, Reader

NAT = ("dnat", "snat", "masquerade", "redirect")
Alternatives = tuple[tuple["Condition", ...], ...]


class AnyOf(Said):
    """`ip saddr { 10.0.0.1, 10.0.0.2 }`; of no alternative, as IPv6's to an IPv4 packet, it never holds."""

    def __init__(self, said: str, alternatives: Alternatives, negated: bool) -> None:
        super().__init__(said)
        self.alternatives, self.negated = alternatives, negated
        matches = [one for conditions in alternatives for one in conditions if isinstance(one, Match)]
        self.needs_tracking = any(match.needs_tracking for match in matches)
        self.needs_counts = any(match.needs_counts for match in matches)

    @property
    def looks_at(self) -> Fields:
        found = [condition.looks_at for conditions in self.alternatives for condition in conditions]
        return None if None in found else tuple(field for fields in found for field in fields or ())

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return any(all(condition.holds(namespace, buffer) for condition in conditions)
                   for conditions in self.alternatives) is not self.negated

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return self.alternatives[0][-1].seen(namespace, buffer) if self.alternatives else "IPv4"


class Counter(Said):
    """`counter` before a condition: what it counts need not be what the rule takes."""

    def __init__(self, packets: int, size: int) -> None:
        super().__init__("counter")
        self.packets, self.bytes = packets, size

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        self.packets += 1
        self.bytes += buffer.packet.total_length
        return True


class Statement(Said):
    """`log prefix "in: "` or another thing that is done before a condition is asked."""

    def __init__(self, said: str, target: Target) -> None:
        super().__init__(said)
        self.target = target
        self.needs_tracking = target.needs_tracking

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        self.target.act(namespace, buffer)
        return True


class Sequence(Target):
    """`log prefix "in: " drop`: what is done first, and the verdict."""

    def __init__(self, first: list[Target], then: Target) -> None:
        self.first, self.then = first, then
        limits = [target.hooks for target in (*first, then) if target.hooks is not None]
        self.name, self.hooks = first[0].name, frozenset.intersection(*limits) if limits else None
        self.needs_tracking = any(target.needs_tracking for target in (*first, then))

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
        self.needs_tracking = any(target.needs_tracking for target in first)

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        for target in self.first:
            target.act(namespace, buffer)
        return super().act(namespace, buffer)


def build_rule(table: Table, read: Reader) -> Rule:
    """What was read, as conditions and actions (NftError: iptables cannot say it)."""
    rule = _conditions_first(table, read)
    if read.is_mixed:
        text, rule = rule.text, _in_order(table, read)
        rule.written = text
    return rule


def _conditions_first(table: Table, read: Reader) -> Rule:
    """As iptables has it: its statements are done when all conditions hold."""
    rule = _by_iptables(table, read.out)
    done = [_action(table, one) for one in read.first]
    target = rule.target if rule.target is not None or not done else done.pop()
    if done and target is not None:
        target = LateJump(done, target) if isinstance(target, Jump) else Sequence(done, target)
    sets = tuple(_of_nft(table, one) for one in read.sets)
    return Rule(rule.head, (*rule.matches, *sets), target, rule.packets, rule.bytes)


def _in_order(table: Table, read: Reader) -> Rule:
    """A rule whose statements stand between its conditions: all are steps of one list, up to the verdict."""
    steps: list[Match] = []
    target: Target | None = None
    protocol: list[str] = []
    for step in read.steps:
        words = step.out
        protocol = words[:2] if words[:1] == ["-p"] else protocol
        whole = words if words[:1] in (["-p"], ["!"]) else [*protocol, *words]
        if step.word == "counter":
            steps.append(Counter(*map(int, words[1:3] or (0, 0))))
        elif not {"-j", "-g"}.isdisjoint(words):
            target = _by_iptables(table, whole).target
            if "-p" in words:  # as a reset means
                steps.insert(0, AnyOf("meta l4proto tcp", (_conditions(table, ["-p", "tcp"]),), negated=False))
        elif step.first:
            action = _action(table, step.first[0])
            target = action if step.word in NAT else target
            steps += [] if step.word in NAT else [Statement(step.said, action)]
        elif words and step.word != "comment":
            steps.append(AnyOf(step.said, (_conditions(table, whole),), negated=False))
        steps += [_of_nft(table, one) for one in step.sets]
    return Rule(Head(), tuple(steps), target)


def _of_nft(table: Table, condition: Choices | Match) -> Match:
    if isinstance(condition, Match):
        return condition
    said, each, negated = condition
    return AnyOf(said, tuple(_conditions(table, one) for one in each), negated)


def _action(table: Table, words: list[str] | Target) -> Target:
    if isinstance(words, Target):
        return words
    found = _by_iptables(table, words).target
    assert found is not None, "what is done has a name"
    return found


def _conditions(table: Table, words: list[str]) -> tuple[Condition, ...]:
    return tuple(condition for condition, _text in _by_iptables(table, words).ask())


def _by_iptables(table: Table, words: list[str]) -> Rule:
    try:
        rule, = Parser(["-A", "nft", *words], {"filter": table}).parse().rules
    except (UsageError, BadArgumentError, NotModelledError) as error:
        raise NftError(f"netsandbox: nft: this is not modelled, as iptables cannot say it\n({error})\n") from None
    return rule
