"""`why rule` and `why connection`: the rows of `iptables -L` and `conntrack -L`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.commands.errors import CommandError
from netsandbox.explain.drops import OF_DOCKER
from netsandbox.explain.story import Story, why_seq
from netsandbox.explain.story_of_rules import RuleRow, why_connection, why_rule
from netsandbox.explain.voice import Names, Voice, safe
from netsandbox.lab.errors import LabError
from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import FrameBridged, VerdictGiven
from netsandbox.linux.netfilter.bridged import CALLS
from netsandbox.linux.netfilter.connection import ORIGINAL
from netsandbox.linux.netfilter.listing import connection_text
from netsandbox.wire.ethernet import ETH_P_IP

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell

LONGEST_NUMBER = 9
FORBIDDING = ("DROP", "REJECT")
FORBIDS = re.compile(f"-j (?:{'|'.join(FORBIDDING)})")
OWN = ("INPUT", "OUTPUT", "PREROUTING", "POSTROUTING", "FORWARD", "DOCKER-USER")
"""Chains in which a person writes rules."""


def of_rule(shell: Shell, words: list[str], language: str, names: Names) -> Story:
    """NODE [TABLE] CHAIN NUMBER."""
    if not 3 <= len(words) <= 5:
        raise CommandError("why rule needs NODE [TABLE] CHAIN NUMBER, as in `why rule host nat POSTROUTING 1`")
    node, chain, number = words[0], words[-2], words[-1]
    table = " ".join(words[1:-2]) or "filter"
    if len(words) < 5 and table.removeprefix("legacy-") not in TABLES:  # an nft table's name has its family before it
        raise CommandError(f"no table {table[:40]!r}; there are: {', '.join(TABLES)}")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise CommandError(f"{number[:40]!r} is no rule's number; the first is 1")
    namespace = shell.lab.existing(node)
    chains = namespace.netfilter.tables[table].chains if table in namespace.netfilter.tables else {}
    if chain not in chains:
        there = ", ".join(chains) or "none"
        raise LabError(f"table {table} of {node} has no chain {chain[:40]!r}; there are: {there}")
    rules = chains[chain].rules
    if not 0 < int(number) <= len(rules):
        raise LabError(f"{chain} of {node} has {len(rules)} rule{'' if len(rules) == 1 else 's'}")
    rule = rules[int(number) - 1]
    row = RuleRow(_names(namespace), namespace.name, table, chain, int(number), rule.text, rule.packets, rule.bytes,
                  rule.made_at)
    return why_rule(shell.lab.trace, row, language, names)


def of_connection(shell: Shell, words: list[str], language: str, names: Names) -> Story:
    """NODE [WORD…]: the newest entry that has all these words in its line of `conntrack -L`."""
    if not words:
        raise CommandError("why connection needs NODE, and words of the entry's line, as in "
                           "`why connection host dport=8080`")
    namespace = shell.lab.existing(words[0])
    table, now = namespace.netfilter.connections, namespace.scheduler.now
    lines = [] if table is None else [
        (connection, connection_text(connection, now)) for connection, direction in table.by_tuple.values()
        if direction == ORIGINAL and connection.expires > now]
    found = [(connection, line) for connection, line in lines if set(words[1:]) <= set(line.split())]
    if not found:
        raise LabError(f"{words[0]} tracks no connection with {' '.join(words[1:])[:80]!r}" if lines else
                       f"{words[0]} tracks no connection")
    connection, line = found[-1]
    return why_connection(shell.lab.trace, _names(namespace), connection.made_at, line, language, names)


def unasked(shell: Shell, language: str, names: Names) -> Story | None:
    """What the last line sent over a bridge although FORWARD forbids it: br_netfilter shows iptables none of it."""
    places = {place.name: place for place in shell.lab.namespaces()}
    for record in shell.lab.trace.since(shell.last_seq):
        event = record.event
        if not isinstance(event, FrameBridged) or event.port is None or not event.ports or (
                event.frame.ethertype != ETH_P_IP):
            continue
        namespace = places.get(event.bridge.namespace)
        is_asked = namespace is None or namespace.sysctls.get(f"{CALLS}iptables")
        rules = [] if namespace is None or is_asked else _forbidding(namespace)
        if rules:
            voice, told = Voice(language, names), why_seq(shell.lab.trace, record.seq, language, names)
            return told._replace(decision=voice.say("story.unasked", bridge=voice.label(event.bridge)),
                                 looked_at=tuple(voice.say("story.rule-unasked", rule=rule) for rule in rules),
                                 reference="sysctl net.bridge.bridge-nf-call-iptables; net/bridge/br_netfilter_hooks.c")
    return None


def passed_by(shell: Shell, language: str) -> str:
    """A rule that a person wrote to forbid, and that packets of the last line passed by; nothing without one."""
    for record in shell.lab.trace.since(shell.last_seq):
        event = record.event
        for walk in event.walks if isinstance(event, VerdictGiven) else ():
            for rule in walk.rules:
                written = f"{'' if walk.table == 'filter' else f'-t {walk.table} '}-A {rule.chain} {rule.text}"
                if rule.failed and rule.chain in OWN and FORBIDS.search(written) and not any(
                        pattern.match(written) for _case, pattern in OF_DOCKER):
                    line = f"why rule {event.namespace} {walk.table} {rule.chain} {rule.number}"
                    return Voice(language).say("story.passed-by", rule=safe(written), line=line,
                                               seq=str(record.seq), failed=safe(rule.failed), seen=safe(rule.seen))
    return ""


def _forbidding(namespace: NetworkNamespace) -> list[str]:
    """What a person wrote into FORWARD, or where Docker leaves room for it, that lets packets not pass.

    The policy is told beside such a rule alone: dockerd itself sets it to DROP.
    """
    chains = namespace.netfilter.tables["filter"].chains if "filter" in namespace.netfilter.tables else {}
    policy = ["-P FORWARD DROP"] if "FORWARD" in chains and chains["FORWARD"].policy == "DROP" else []
    rules = [f"-A {name} {rule.text}" for name in ("FORWARD", "DOCKER-USER") if name in chains
             for rule in chains[name].rules if rule.target is not None and rule.target.name in FORBIDDING]
    return policy + rules if rules else []


def _names(namespace: NetworkNamespace) -> frozenset[str]:
    return frozenset({namespace.name, *namespace.former_names})
