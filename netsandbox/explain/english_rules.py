"""What netfilter decides, in English."""

from __future__ import annotations

from netsandbox.explain.english import Words

SENTENCES: dict[str, Words] = {
    "VerdictGiven": ("{hook} of {ns} lets {packet} pass.", "hook {hook}", "in by {entered}", "out by {leaves}",
                     "connection: {connection}", "it goes on as {changed}"),
    "VerdictGiven.dropped": ("{hook} of {ns} drops {packet}.", "hook {hook}", "in by {entered}", "out by {leaves}",
                             "connection: {connection}", "{rule}"),
    "VerdictGiven.taken": ("{hook} of {ns} keeps {packet} until the rest of it is there.", "hook {hook}"),
    "ConnectionChanged.new": ("{ns} enters a connection into its table.", "{text}"),
    "ConnectionChanged.state": ("A connection of {ns} is in another state.", "{text}"),
    "ConnectionChanged.gone": ("{ns} forgets a connection.", "{why}", "{text}"),
    "PacketLogged": ("A LOG rule of {ns} writes {packet} to the kernel's log.", "{line}"),
    "RulesGone": ("Rules are gone from the table {table} of {ns}.", "{rules}"),
}
REASONS: dict[str, Words] = {
    "NETFILTER_DROP.table full": (
        "as many connections are tracked as may be, and none of them gives way", "nf_conntrack_max is {most}"),
    "NETFILTER_DROP.clash": (
        "no port is left that NAT may give it: another connection expects the same answers", "connection table"),
    "NETFILTER_DROP.cut short": (
        "a rule has to read a header that is cut short", "tcp, icmp, multiport or tcpmss match"),
    "NETFILTER_DROP.moved": (
        "its connection has borrowed the address of another interface than the one it leaves by now",
        "MASQUERADE", "route"),
    "NETFILTER_DROP.icmp error": ("NAT cannot translate an ICMP error that makes no sense", "ICMP checksum"),
    "NETFILTER_DROP.redirect": ("a redirect says nothing about a connection that NAT translates", "NAT"),
    "NETFILTER_DROP.no address": (
        "the interface has no address that NAT could put into it", "addresses of the interface"),
    "NETFILTER_DROP.all over": (
        "its connection is over, and no other is left that the rule could count", "connlimit match"),
    "NETFILTER_DROP.no way": (
        "after what OUTPUT has made of it, no route leads to where it is for now", "routing table"),
}
PHRASES: dict[str, str] = {
    "forgotten.expired": "its time is over",
    "forgotten.reset": "a RST ended it",
    "forgotten.reopened": "a SYN begins it anew",
    "forgotten.deleted": "somebody deleted it",
    "forgotten.early drop": "the table is full (early drop)",
    "forgotten.address gone": "the address that it borrowed is gone",
    "forgotten.another way out": "it leaves by another interface than the one whose address it borrowed",
    "forgotten.succeeded": "it was over, and another connection needs its port",
    "rules.other": "of {packet}:",
    "rules.made": "the rule was added by #{seq}: ❯ {line}",
    "rules.made.policy": "the policy was set by #{seq}: ❯ {line}",
    "rules.gone": "{ns} has no longer, since #{seq}: {rule} ← ❯ {line}",
    "rules.hook": "hook {hook}:", "rules.connection": "connection: {connection}",
    "rules.changed": "it goes on as {changed}",
    "rules.untracked": "connection: UNTRACKED: a rule of the table raw keeps the tracker from it",
    "rules.invalid": "connection: INVALID: it is of none that the tracker knows, and cannot begin one",
    "rules.invalid.of": "connection: INVALID: it does not fit the one that is known: {connection}",
    "rules.invalid.unanswered": "connection: INVALID: no answer to this one has come by here, perhaps as answers take "
                                "another way: {connection}",
    "rules.chain": "table {table}, chain {chain}:",
    "rules.hidden": "{count} rules before these did not fit either",
    "rules.taken": "{chain} {number} takes it ({packets} so far): {text}",
    "rules.passed": "{chain} {number} does not: {failed}, of {text}",
    "rules.passed.seen": "{chain} {number} does not: {failed}, but it has {seen}; {text}",
    "rules.policy": "end of {chain}: policy {verdict}",
    "rules.row": "Rule {number} of chain {chain}, table {table}, of {ns}: {text}.",
    "rules.counted": "it has counted: packets {packets}, bytes {bytes}",
    "rules.packet": "#{seq}: {packet}, at {hook}",
    "rules.unfit": "#{seq}: {packet}, at {hook}, does not fit: {failed}, but it has {seen}",
    "rules.unfit.nat": "#{seq}: {packet}, at {hook}, does not fit: {failed}, but it has {seen}; it was sent to {was}, "
                       "which -m conntrack --ctorigdst and --ctorigdstport ask for",
    "rules.before": "#{seq}: {packet}, at {hook}, does not come to it: rule {number} takes it, {text}",
    "rules.unmet": "no packet has come to its chain since it is there",
    "rules.now": "the entry now: {text}",
    "trace.answered": "⇒ the answer is back after {time}: {packet}",
    "trace.dropped": "⇒ no answer comes: {why}",
    "trace.delivered": "⇒ it has arrived; whether the program answers is its own affair",
    "trace.unanswered": "⇒ no answer comes",
}
