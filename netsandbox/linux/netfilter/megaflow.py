"""What the walks of earlier packets through a chain teach about those of the next.

A walk depends on nothing but the fields that its rules' conditions looked at, where each of these says what it looks
at.  So a packet is asked for one field after the other, and where one with the same values came by before, its way is
known; Open vSwitch calls such an entry a megaflow.  Counters go on, and are told, as if each rule had been asked.
Whenever rules come or go the chain is hooked in anew (Netfilter.refresh), with nothing learned yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from netsandbox.engine.made import made_as
from netsandbox.linux.core.hooks import HookVerdict, SocketBuffer
from netsandbox.linux.netfilter.events import ChainWalk, RuleSeen
from netsandbox.linux.netfilter.rule import Rule

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.ruleset import Table
    from netsandbox.linux.netfilter.walk import Walk

Field: TypeAlias = "Callable[[SocketBuffer], Hashable]"  # Reads what a condition looks at
MOST = 256  # Ways that a chain remembers; then it begins anew
PAGE = 64  # Packets whose ways are on one page
seen_as, walked_as = RuleSeen._make, ChainWalk._make
"""From the fields in their order; a class is called in three times the time, and a packet meets dozens of rules."""


class Way:
    """What is always told of a walk, as values."""

    __slots__ = ("by_policy", "hits", "name", "steps")

    def __init__(self, told: ChainWalk) -> None:
        self.name = told.table, told.chain, told.verdict  # table, built-in chain and verdict, as a ChainWalk has them
        self.by_policy = told.by_policy  # the same
        # the rules that are asked, as a RuleSeen has them but for the counters
        self.steps = tuple(step[:5] for step in told.rules)
        # how often each rule takes the packet, by the names of its chain and its number there
        self.hits = Counter(step[:2] for step in told.rules if not step.failed)


class Page:
    """What rules have counted, and which ways packets of what length went since: what each met can be told from it."""

    __slots__ = ("counted", "opened", "ways")

    def __init__(self) -> None:
        self.ways: list[tuple[Way, int]] = []  # of the packets in turn
        self.opened: set[Way] = set()  # the ways whose rules' counters are known
        # packets and bytes of a rule before the packet of some number, by the names of its chain and its number
        self.counted: dict[tuple[str, int], tuple[int, int, int]] = {}

    def open(self, way: Way, rules: list[Rule]) -> None:
        """Note what the rules of a way have counted by now."""
        self.opened.add(way)
        for (chain, number, *_said), rule in zip(way.steps, rules, strict=True):
            self.counted.setdefault((chain, number), (rule.packets, rule.bytes, len(self.ways)))

    def told(self, number: int) -> ChainWalk:
        """The walk of one of the packets, as a value."""
        way, length = self.ways[number]
        (table, chain, word), steps = way.name, []
        passed: dict[int, list[tuple[Way, int, int]]] = {}
        for step in way.steps:
            packets, size, since = self.counted[step[:2]]
            if since not in passed:
                passed[since] = self._passed(since, number)
            for other, count, total in passed[since]:
                hits = other.hits.get(step[:2], 0)
                packets += hits * count
                size += hits * total
            is_hit = not step[3]
            steps.append(seen_as((*step, packets + is_hit, size + is_hit * length)))
        return walked_as((table, chain, tuple(steps), word, way.by_policy))

    def _passed(self, since: int, number: int) -> list[tuple[Way, int, int]]:
        """Which ways some packets went, and of each how many packets, and how many bytes."""
        found: dict[Way, tuple[int, int]] = {}
        for way, length in self.ways[since:number]:
            count, total = found.get(way, (0, 0))
            found[way] = count + 1, total + length
        return [(way, count, total) for way, (count, total) in found.items()]


class Passage(NamedTuple):
    """A packet that went a known way: it stands in a record for the ChainWalk that is made of it when that is read."""

    page: Page
    number: int

    def told(self) -> ChainWalk:
        return self.page.told(self.number)

    def trace_key(self) -> ChainWalk:
        return self.told()


class Megaflow:
    """The way of all packets that are alike in the fields that were looked at."""

    __slots__ = ("asked", "end", "fields", "hits", "last", "verdict", "way")

    def __init__(self, walk: Walk, verdict: HookVerdict, told: ChainWalk, fields: tuple[Field, ...]) -> None:
        self.verdict = verdict  # what it ends with
        self.fields = fields  # what was looked at
        self.way = Way(told)
        self.asked = walk.asked  # the rules that are asked
        self.hits = [rule for rule, _length in walk.hits]  # those that take the packet
        self.end = walk.base if walk.reached_end else None  # the built-in chain whose end it comes to, if it does
        self.last = walk.last  # the target that ends it and does something, with which each packet begins

    def follow(self, table: Table, length: int) -> Passage:
        """Lead a packet of so many bytes the same way."""
        page, way, end = table.page, self.way, self.end
        if page is None or len(page.ways) == PAGE:
            page = table.page = Page()
        if way not in page.opened:
            page.open(way, self.asked)
        ways = page.ways
        for rule in self.hits:
            rule.packets += 1
            rule.bytes += length
        if end is not None:
            end.packets += 1
            end.bytes += length
        ways.append((way, length))
        return made_as(Passage, (page, len(ways) - 1))


class Question:
    """The field that decides next, and where each of its values leads."""

    __slots__ = ("branches", "field")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.branches: dict[Hashable, Question | Megaflow] = {}


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
            node = node.branches.get(node.field(buffer))
        return node  # type: ignore[return-value]

    def learn(self, walk: Walk, verdict: HookVerdict, told: ChainWalk) -> None:
        """Remember a way that has changed nothing before its end, unless a condition looked at more than fields."""
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
            question = branches.setdefault(value, Question(field))
            assert isinstance(question, Question), "what was asked until then decides what is asked next"
            branches, value = question.branches, field(walk.buffer)
        branches[value] = Megaflow(walk, verdict, told, tuple(fields))
        self.count += 1
