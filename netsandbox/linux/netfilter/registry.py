"""The matches and targets there are, and those that iptables has and this stack has not."""

from __future__ import annotations

from netsandbox.linux.netfilter import congestion_marks, other_parts
from netsandbox.linux.netfilter.extension import Action, Match
from netsandbox.linux.netfilter.matches import (
    flow,
    hashlimit,
    header,
    host,
    packet,
    rate,
    recent,
    state,
    time,
    transport,
)
from netsandbox.linux.netfilter.targets import basic, nat
from netsandbox.linux.netfilter.targets import packet as targets_packet

MATCHES: dict[str, type[Match]] = {match.name: match for match in (
    *transport.MATCHES, *packet.MATCHES, *state.MATCHES, *host.MATCHES,
    *rate.MATCHES, *recent.MATCHES, *hashlimit.MATCHES, *header.MATCHES,
    *flow.MATCHES, *time.MATCHES, *congestion_marks.MATCHES, *other_parts.MATCHES)}
TARGETS: dict[str, type[Action]] = {target.name: target for target in (
    *basic.TARGETS, *nat.TARGETS, *targets_packet.TARGETS, *congestion_marks.TARGETS,
    *other_parts.TARGETS)}
WITHOUT_OPTIONS = {name: target({}) for name, target in TARGETS.items() if not target.options}
"""One of each for all rules: it never changes."""
OTHER_MATCHES = frozenset({
    "bpf", "cgroup", "cluster", "connlabel", "dccp", "ipcomp", "ipvs", "nfacct", "osf", "rateest", "realm",
    "set", "socket", "u32", "unclean"})
OTHER_TARGETS = frozenset({
    "CLUSTERIP", "CONNSECMARK", "HMARK", "IDLETIMER", "LED", "QUEUE", "RATEEST", "SECMARK", "SET",
    "SYNPROXY", "TPROXY", "ULOG"})
"""Real ones that are not modelled: they are refused by name."""
OF_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "33": "dccp", "50": "esp", "51": "ah", "132": "sctp"}
"""The match that an option behind -p loads by itself."""
