"""What netfilter decided: the walk through the rules, rule by rule, and the connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from netsandbox.engine.trace import Record
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux import events as linux
from netsandbox.linux.drop import Dropped
from netsandbox.linux.netfilter.events import (
    INVALID,
    UNTRACKED,
    ChainWalk,
    ConnectionChanged,
    PacketLogged,
    RuleSeen,
    RulesGone,
)
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.ipv4 import IPv4Packet

MOST_RULES = 12  # Rules of one chain that did not take the packet and are told; the others are counted


class Told(NamedTuple):
    """A key, its fields, and the lines of a walk."""

    key: str
    fields: dict[str, str]
    lines: tuple[str, ...] = ()


def verdict(event: linux.VerdictGiven, voice: Voice) -> Told:
    """A hook's verdict: dropped, passed, or kept for later."""
    case = ".dropped" if isinstance(event.verdict, Dropped) else "" if event.verdict is None else ".taken"
    after = event.after
    fields = {"ns": safe(event.namespace), "hook": safe(event.hook),
              "packet": voice.packet(event.packet), "entered": safe(event.entered), "leaves": safe(event.leaves),
              "changed": _changes(event.packet, after) if after is not None else "",
              "connection": safe(event.connection), "rule": _decisive(event)}
    return Told(f"VerdictGiven{case}", fields, tuple(_walked(event.walks, voice)))


def walks_of(events: list[linux.VerdictGiven], packet: object, voice: Voice) -> list[str]:
    """What hooks did to a packet, and behind it what they did to others at that moment, as to the answer of a REJECT.

    Args:
        packet: whose story it is; where it is none, all of them are about the same.
    """
    same = _ends(events, packet) if isinstance(packet, IPv4Packet) else None
    own: list[str] = []
    others: list[str] = []
    for event in events:
        hook, told = (lines := walk_lines(event, voice))[:1], lines[1:]
        lines = [*hook, *(f"  {line}" for line in told)]
        if same is None or _pair(event.packet) in same:
            own += lines
        elif lines:
            others += [voice.say("rules.other", packet=voice.packet(event.packet)), *lines]
    return own + others


def _ends(events: list[linux.VerdictGiven], packet: IPv4Packet) -> set[tuple[int, int]]:
    """The addresses that a packet had, one after another, as NAT changed them."""
    known = {_pair(packet)}
    changes = [{_pair(event.packet), _pair(event.after)} for event in events if event.after is not None]
    for _again in changes:
        known = known.union(*(change for change in changes if change & known))
    return known


def _pair(packet: IPv4Packet) -> tuple[int, int]:
    return packet.src, packet.dst


def walk_lines(event: linux.VerdictGiven, voice: Voice) -> list[str]:
    """What a hook did to a packet, for the story of an arrival or of a transmission; nothing where it did nothing."""
    if not event.walks and event.after is None and event.verdict is None:
        return []
    told = verdict(event, voice)
    lines = [_connection(told.fields["connection"], voice)] if event.connection else []
    lines += told.lines
    lines += [voice.say("rules.changed", changed=told.fields["changed"])] if told.fields["changed"] else []
    return [voice.say("rules.hook", hook=told.fields["hook"]), *lines] if lines else []


def translated(followed: list[Record]) -> str:
    """What NAT made of a packet behind its arrival, or empty."""
    found = [_changes(record.event.packet, record.event.after) for record in followed
             if isinstance(record.event, linux.VerdictGiven) and record.event.after is not None]
    return "; ".join(change for change in found if change.startswith(("src ", "dst ")))


def _connection(text: str, voice: Voice) -> str:
    """The connection of a packet, or why it has none."""
    kind, _blank, refused = text.partition(" ")
    if kind == UNTRACKED:
        return voice.say("rules.untracked")
    if kind != INVALID:
        return voice.say("rules.connection", connection=text)
    if not refused:
        return voice.say("rules.invalid")
    return voice.say("rules.invalid.unanswered" if "[UNREPLIED]" in refused else "rules.invalid.of", connection=refused)


def _decisive(event: linux.VerdictGiven) -> str:
    """The rule, or the policy, that a verdict comes from."""
    operands = event.verdict.operands if isinstance(event.verdict, Dropped) else ()
    return safe(str(operands[0])) if operands else ""


def _changes(before: IPv4Packet, after: IPv4Packet) -> str:
    """`dst 192.168.1.10:8080 → 172.17.0.2:80`: what another packet in the place of this one differs in."""
    pairs = [("src", _end(before, True), _end(after, True)), ("dst", _end(before, False), _end(after, False)),
             ("ttl", str(before.ttl), str(after.ttl)), ("tos", hex(before.tos), hex(after.tos))]
    return ", ".join(f"{name} {old} → {new}" for name, old, new in pairs if old != new)


def _end(packet: IPv4Packet, is_source: bool) -> str:
    address = format_ipv4(packet.src if is_source else packet.dst)
    port = getattr(packet.payload, "sport" if is_source else "dport", None)
    return address if port is None else f"{address}:{port}"


def _walked(walks: tuple[ChainWalk, ...], voice: Voice) -> Iterator[str]:
    for walk in walks:
        yield voice.say("rules.chain", table=walk.table, chain=walk.chain)
        passed = [step for step in walk.rules if step.failed]
        hidden = len(passed) - MOST_RULES
        for step in walk.rules:
            if step.failed and step in passed[:max(0, hidden)]:
                continue
            yield _rule(step, voice)
        if hidden > 0:
            yield voice.say("rules.hidden", count=str(hidden))
        if walk.by_policy:
            yield voice.say("rules.policy", chain=walk.chain, verdict=walk.verdict)


def _rule(step: RuleSeen, voice: Voice) -> str:
    place = {"chain": safe(step.chain), "number": str(step.number), "text": safe(step.text),
             "packets": str(step.packets)}
    if not step.failed:
        return voice.say("rules.taken", **place)
    key = "rules.passed.seen" if step.seen else "rules.passed"
    return voice.say(key, failed=safe(step.failed), seen=safe(step.seen), **place)


def connection(event: ConnectionChanged, voice: Voice) -> Told:
    """The tracker's table changed."""
    case = event.why if event.why in ("new", "state") else "gone"
    why = voice.say(f"forgotten.{event.why}") if case == "gone" else ""
    return Told(f"ConnectionChanged.{case}", {
        "ns": safe(event.namespace), "text": " ".join(safe(event.text).split()), "why": why})


def logged(event: PacketLogged, voice: Voice) -> Told:
    """A line in the kernel's log."""
    return Told("PacketLogged", {"ns": safe(event.namespace), "packet": voice.packet(event.packet),
                                 "line": safe(event.line)})


def gone(event: RulesGone, voice: Voice) -> Told:
    """Rules that are there no more."""
    return Told("RulesGone", {
        "ns": safe(event.namespace), "table": event.table,
        "rules": voice.enumerate(f"-A {chain} {text}".rstrip() for chain, text in event.rules)})


TELLERS: dict[type, Callable[[Any, Voice], Told]] = {
    linux.VerdictGiven: verdict, ConnectionChanged: connection, PacketLogged: logged,
    RulesGone: gone}
