"""Why a rule or a connection is there: what made it, and which packets it counted or carried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from netsandbox.engine.trace import Trace, event_of, kind_of
from netsandbox.explain.explanation import tell
from netsandbox.explain.history import line_before
from netsandbox.explain.operands import operands
from netsandbox.explain.story import Cause, Story, why_seq
from netsandbox.explain.voice import Names, Voice, safe
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.wire.addresses import format_ipv4

DESTINATION = re.compile(r" ORIGINAL .*?dst=(\S+)(?: sport=\d+ dport=(\d+))?")
NEWEST = 5  # Packets that are told of one by one


class RuleRow(NamedTuple):
    """A rule as its table has it."""

    namespaces: frozenset[str]  # All names that its namespace has had; the present one is in `place`
    place: str
    table: str
    chain: str
    number: int
    text: str
    packets: int
    bytes: int
    made_at: int  # The first record after it was made


def why_rule(trace: Trace, rule: RuleRow, language: str = "en", names: Names | None = None) -> Story:
    """The line that made a rule, and the newest packets that it took."""
    voice = Voice(language, names)
    decision = voice.say("rules.row", ns=safe(rule.place), table=rule.table, chain=safe(rule.chain),
                         number=str(rule.number), text=safe(rule.text))
    looked_at = [voice.say("rules.counted", packets=str(rule.packets), bytes=str(rule.bytes))]
    looked_at += _packets(trace, lambda event: _took(event, rule), rule.made_at, voice) if rule.packets else (
        _passed_by(trace, rule, voice))
    made = line_before(trace, rule.made_at)
    if made is None:
        cause = Cause(0, None, voice.say("cause.forgotten" if trace.first else "cause.before-lines"))
    else:
        event = event_of(trace.raw(made), made)
        cause = Cause(trace.step_of(made), made, tell(event, voice).decision, operands(event, voice).fields["line"])
    return Story(made, language, decision, tuple(looked_at), "iptables(8)", causes=(cause,))


def _took(event: VerdictGiven, rule: RuleRow) -> bool:
    """A rule before it may have come or gone since, so its text is what it is known by."""
    return event.namespace in rule.namespaces and any(
        walk.table == rule.table and step.chain == rule.chain and step.text == rule.text and not step.failed
        for walk in event.walks for step in walk.rules)


def _passed_by(trace: Trace, rule: RuleRow, voice: Voice) -> list[str]:
    """How the newest packets that came to its chain passed by a rule that took none, each way once."""
    found: dict[tuple[str, int], str] = {}
    for seq, event in _newest(trace, VerdictGiven, rule.made_at):
        if len(found) == NEWEST:
            break
        steps = [step for walk in event.walks for step in walk.rules
                 if walk.table == rule.table and step.chain == rule.chain]
        if event.namespace not in rule.namespaces or not steps:
            continue
        step = next((step for step in steps if step.text == rule.text), steps[-1])
        if step.text == rule.text or not step.failed:
            was = _before_nat(event)
            found.setdefault((step.failed, step.number), voice.say(
                "rules.before" if not step.failed else "rules.unfit.nat" if was else "rules.unfit", seq=str(seq),
                packet=voice.at(seq).packet(event.packet), hook=event.hook, failed=safe(step.failed),
                seen=safe(step.seen), number=str(step.number), text=safe(step.text), was=was))
    return list(found.values()) or [voice.say("rules.unmet")]


def _before_nat(event: VerdictGiven) -> str:
    """What a packet asked for before NAT gave it another destination, or nothing."""
    match = DESTINATION.search(event.connection)
    if match is None or match[1] == format_ipv4(event.packet.dst):
        return ""
    return match[1] + (f":{match[2]}" if match[2] else "")


def _packets(trace: Trace, is_it: Any, start: int, voice: Voice) -> list[str]:
    """The newest packets that a hook saw and that are meant, newest first."""
    return list(islice((
        voice.say("rules.packet", seq=str(seq), packet=voice.at(seq).packet(event.packet), hook=event.hook)
        for seq, event in _newest(trace, VerdictGiven, start) if is_it(event)), NEWEST))


def _newest(trace: Trace, kind: type, start: int) -> Iterator[tuple[int, Any]]:
    """The events of a kind, with their numbers, back to a record."""
    for seq, raw in trace.back(trace.end):
        if seq < start:
            return
        if kind_of(raw) is kind:
            yield seq, event_of(raw, seq)


def why_connection(trace: Trace, namespaces: frozenset[str], made_at: int, text: str, language: str = "en",
                   names: Names | None = None) -> Story:
    """The packet that made a connection's entry, with its causes, and the newest that followed it.

    Args:
        namespaces: all names that its namespace has had.
        made_at: the first record after its first packet came, which the entry keeps.
        text: the entry as it is now.
    """
    voice = Voice(language, names)
    entered = min((seq for seq, event in _newest(trace, ConnectionChanged, made_at)
                   if event.made_at == made_at and event.why == "new" and event.namespace in namespaces), default=-1)
    story = why_seq(trace, entered, language, names)
    now = voice.say("rules.now", text=" ".join(safe(text).split()))
    packets = _packets(trace, lambda event: event.connection_from == made_at and event.namespace in namespaces,
                       made_at, voice)
    return story._replace(looked_at=(*story.looked_at, now, *packets))
