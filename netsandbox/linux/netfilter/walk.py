"""The walk of a packet through a chain: rule by rule, into other chains and back (ipt_do_table, nft_do_chain).

What it met is written down on the way, as values; the caller counts by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.ipv4.ip_output import reroute
from netsandbox.linux.netfilter.headers import HotDropError
from netsandbox.linux.netfilter.megaflow import Megaflows, seen_as, walked_as
from netsandbox.linux.netfilter.rule import Decision, Jump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netsandbox.linux.core.hooks import HookVerdict, SocketBuffer
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netfilter.events import ChainWalk, RuleSeen
    from netsandbox.linux.netfilter.head import Condition
    from netsandbox.linux.netfilter.rule import Answer, Rule, Target
    from netsandbox.linux.netfilter.ruleset import Chain, Table

    NumberedRules = Iterator[tuple[int, Rule]]

ACCEPT, RETURN, CONTINUE = Decision.ACCEPT, Decision.RETURN, Decision.CONTINUE


class TraceStep(NamedTuple):
    """What is told of a traced packet (struct nft_traceinfo)."""

    table: Table
    chain: Chain  # which the rule is in
    rule: Rule | None  # that took the packet; None: the chain's policy decides
    answer: Answer
    is_first: bool  # in this built-in chain, so that the packet is told as well

    @property
    def verdict(self) -> str:
        """As nft words it."""
        if self.rule is not None and isinstance(self.rule.target, Jump):
            return f"{'goto' if self.rule.target.is_goto else 'jump'} {self.rule.jump}"
        return self.answer.value.lower() if isinstance(self.answer, Decision) else "drop"


class Walk:
    """One walk, from a built-in chain on.

    Attributes:
        asked: the rules that were asked.  steps: the same as they are told of.  looked: the conditions that were.
        hits: the rules that took the packet, with its length then.
        acted: a target has done something with the packet, or beside it, and rules could be asked after that.
        last: the target that has done something, where it always ends the walk.
        is_told: who listens has heard of it (nft_traceinfo.packet_dumped).
    """

    __slots__ = ("acted", "asked", "base", "buffer", "hits", "is_told", "last", "looked", "namespace", "reached_end",
                 "steps", "table")

    def __init__(self, namespace: NetworkNamespace, buffer: SocketBuffer, table: Table, base: Chain) -> None:
        self.namespace = namespace
        self.buffer = buffer
        self.table = table
        self.base = base
        self.asked: list[Rule] = []
        self.steps: list[RuleSeen] = []
        self.looked: list[Condition] = []
        self.hits: list[tuple[Rule, int]] = []
        self.reached_end = self.acted = self.is_told = False
        self.last: Target | None = None

    def take(self) -> HookVerdict:
        """Ask the rules in turn; None: the packet goes on."""
        chain = self.base
        rules: NumberedRules = enumerate(chain.rules, 1)
        callers: list[tuple[Chain, NumberedRules]] = []
        while True:
            rule = self._next_hit(chain, rules)
            if rule is None:
                if not callers:
                    return self._end()
                chain, rules = callers.pop()
                continue
            target = rule.target
            answer = CONTINUE if target is None else self._act(target)
            if self.buffer.traced:
                self._tell(chain, rule, answer)
            if isinstance(target, Jump):
                if not target.is_goto:
                    callers.append((chain, rules))
                chain = self.table.chains[target.name]
                rules = enumerate(chain.rules, 1)
                continue
            if answer is CONTINUE:
                continue
            if answer is ACCEPT:
                return None
            if answer is RETURN:
                rules = iter(())
                continue
            if isinstance(answer, Outcome):
                return answer
            assert isinstance(answer, Dropped)
            return answer if answer.operands else _dropped(self.table, chain, rule)

    def _act(self, target: Target) -> Answer:
        if target.ends_walk:
            self.last = target
        elif not target.only_decides:
            self.acted = True
        return target.act(self.namespace, self.buffer)

    def _tell(self, chain: Chain, rule: Rule | None, answer: Answer) -> None:
        """nft_trace_packet: who listens hears what a rule, or the policy, says of the packet."""
        step = TraceStep(self.table, chain, rule, answer, not self.is_told)
        for listener in self.namespace.netfilter.tracers:
            listener(step, self.buffer)
        self.is_told = True

    def _next_hit(self, chain: Chain, rules: NumberedRules) -> Rule | None:
        """The next of a chain's rules that takes the packet, or None; what it met until then is written down."""
        namespace, buffer, note, look = self.namespace, self.buffer, self.steps.append, self.looked.append
        for number, rule in rules:
            self.asked.append(rule)
            for condition, text in rule.ask() if rule.asked is None else rule.asked:
                look(condition)
                if not condition.holds(namespace, buffer):
                    seen = condition.seen(namespace, buffer)
                    step = chain.name, number, rule.written, text, seen, rule.packets, rule.bytes
                    if rule.missed != step:
                        rule.missed = seen_as(step)
                    note(rule.missed)
                    break
            else:
                length = buffer.packet.total_length
                self.hits.append((rule, length))
                note(seen_as((chain.name, number, rule.written, "", "", rule.packets + 1, rule.bytes + length)))
                return rule
        return None

    def _end(self) -> HookVerdict:
        self.reached_end = True
        base = self.base
        dropped = Dropped(DropReason.NETFILTER_DROP, (_told(self.table, "-P", base, "DROP"), base.drops_from)) if (
            base.drops) else None
        if self.buffer.traced:
            self._tell(self.base, None, dropped or ACCEPT)
        return dropped

    def count(self) -> None:
        """Add what happened to the counters."""
        if self.hits:
            self.table.page = None
        for rule, length in self.hits:
            rule.packets += 1
            rule.bytes += length
        if self.reached_end:
            self.base.packets += 1
            self.base.bytes += self.buffer.packet.total_length

    def told(self, verdict: HookVerdict) -> ChainWalk:
        """The walk as a value."""
        word = "ACCEPT" if verdict is None else "DROP" if isinstance(verdict, Dropped) else "STOLEN"
        return walked_as((self.table.label, self.base.name, tuple(self.steps), word, self.reached_end))


def _told(table: Table, command: str, chain: Chain, text: str) -> str:
    """A rule or a policy in iptables' words, or in nft's: `inet filter input tcp dport 22 drop`."""
    if table.is_own:
        return f"{table.label} {chain.name} {'policy drop' if command == '-P' else text}"
    return f"{'' if table.label == 'filter' else f'-t {table.label} '}{command} {chain.name} {text}"


def _dropped(table: Table, chain: Chain, rule: Rule) -> Dropped:
    """The rule, and the trace's first record after it was made."""
    return Dropped(DropReason.NETFILTER_DROP, (_told(table, "-A", chain, rule.text), rule.made_at))


class ChainFunction:
    """A built-in chain as it hooks in, by its `ask` (a HookFunction)."""

    __slots__ = ("chain", "known", "reroutes", "table")

    def __init__(self, table: Table, chain: Chain) -> None:
        self.table = table
        self.chain = chain
        # a packet that it changes may have another way to go
        self.reroutes = chain.hook is Hook.OUTPUT and chain.kind == "route"
        self.known: Megaflows | None = None  # the ways of earlier packets

    def ask(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
        flow = self.known.find(buffer) if self.known is not None and not buffer.traced else None
        if flow is None or (flow.last is not None and flow.last.act(namespace, buffer) is not ACCEPT):
            return self._walk(namespace, buffer)
        buffer.walks += (flow.follow(self.table, buffer.packet.total_length),)
        return flow.verdict

    def _walk(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
        before, mark = buffer.packet, buffer.mark
        walk = Walk(namespace, buffer, self.table, self.chain)
        try:
            verdict = walk.take()
        except HotDropError as error:
            walk.acted, verdict = True, Dropped(DropReason.NETFILTER_DROP, (str(error),))
        walk.count()
        told = walk.told(verdict)
        buffer.walks += (told,)
        if not walk.acted and (walk.last is None or verdict is None):
            if self.known is None:
                self.known = Megaflows()
            self.known.learn(walk, verdict, told)
        if self.reroutes and verdict is None:
            after = buffer.packet
            if mark != buffer.mark or (before.src, before.dst, before.tos) != (after.src, after.dst, after.tos):
                return reroute(namespace, buffer)
        return verdict
