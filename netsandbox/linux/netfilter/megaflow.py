"""What the walks of earlier packets through a chain teach about those of the next.

A walk depends on nothing but the fields that its rules' conditions looked at, where each of these says what it looks
at.  So a packet is asked for one field after the other, and where one with the same values came by before, its way is
known; Open vSwitch calls such an entry a megaflow.  Counters go on, and are told, as if each rule had been asked.
Whenever rules come or go the chain is hooked in anew (Netfilter.refresh), with nothing learned yet.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from netsandbox.linux.netfilter.events import ChainWalk, RuleSeen

if TYPE_CHECKING:
    from netsandbox.linux.core.hooks import HookVerdict, SocketBuffer
    from netsandbox.linux.netfilter.walk import Walk

Field: TypeAlias = "Callable[[SocketBuffer], Hashable]"
"""Reads what a condition looks at."""
MOST = 256
"""Ways that a chain remembers; then it begins anew."""
seen_as, walked_as = RuleSeen._make, ChainWalk._make
"""From the fields in their order; a class is called in three times the time, and a packet meets dozens of rules."""


class Megaflow:
    """The way of all packets that are alike in the fields that were looked at.

    Attributes:
        verdict: what it ends with.
        steps: the rules that are asked, as they were told of last.
        misses: of the rules that do not take the packet, their places among the steps.
        hits: of those that take it the same, and what is always told of them.
        end: the built-in chain whose end it comes to, if it does.
    """

    __slots__ = ("end", "hits", "misses", "name", "steps", "verdict")

    def __init__(self, walk: Walk, verdict: HookVerdict, told: ChainWalk) -> None:
        self.verdict = verdict
        self.name = told.table, told.chain, told.verdict
        self.steps = list(walk.steps)
        self.end = walk.base if walk.reached_end else None
        placed = list(zip(range(len(walk.asked)), walk.asked, walk.steps, strict=True))
        self.misses = [(place, rule) for place, rule, step in placed if step.failed]
        self.hits = [(place, rule, step[:5]) for place, rule, step in placed if not step.failed]

    def follow(self, length: int) -> ChainWalk:
        """Lead a packet of so many bytes the same way."""
        steps, end = self.steps, self.end
        for place, rule in self.misses:
            step = steps[place]
            if step[5] != rule.packets or step[6] != rule.bytes:
                steps[place] = seen_as((*step[:5], rule.packets, rule.bytes))
        for place, rule, head in self.hits:
            steps[place] = seen_as((*head, rule.packets + 1, rule.bytes + length))
        for _place, rule, _head in self.hits:
            rule.packets += 1
            rule.bytes += length
        if end is not None:
            end.packets += 1
            end.bytes += length
        table, chain, word = self.name
        return walked_as((table, chain, tuple(steps), word, end is not None))


class Question(NamedTuple):
    """The field that decides next, and where each of its values leads."""

    field: Field
    branches: dict[Hashable, Question | Megaflow]


class Megaflows:
    """The known ways through a chain, of which there are so many (`count`)."""

    __slots__ = ("_first", "count")

    def __init__(self) -> None:
        self._first: dict[Hashable, Question | Megaflow] = {}
        self.count = 0

    def find(self, buffer: SocketBuffer) -> Megaflow | None:
        """The way of a packet, if one like it came by before."""
        node = self._first.get(None)
        while type(node) is Question:
            field, branches = node
            node = branches.get(field(buffer))
        return node  # type: ignore[return-value]

    def learn(self, walk: Walk, verdict: HookVerdict, told: ChainWalk) -> None:
        """Remember a way that has changed nothing about its packet, unless a condition looked at more than fields."""
        fields: dict[Field, None] = {}
        for condition in walk.looked:
            looks_at = condition.looks_at
            if looks_at is None:
                return
            fields.update(dict.fromkeys(looks_at))
        if self.count == MOST:
            self._first, self.count = {}, 0
        branches, value = self._first, None
        for field in fields:
            question = branches.setdefault(value, Question(field, {}))
            assert isinstance(question, Question), "what was asked until then decides what is asked next"
            branches, value = question.branches, field(walk.buffer)
        branches[value] = Megaflow(walk, verdict, told)
        self.count += 1
