"""The matches and targets there are, and those that iptables has and this stack has not."""

from __future__ import annotations

from netsandbox.linux.netfilter import (
    congestion_marks,
    matches_flow,
    matches_hashlimit,
    matches_header,
    matches_host,
    matches_packet,
    matches_rate,
    matches_recent,
    matches_state,
    matches_time,
    matches_transport,
    other_parts,
    targets_basic,
    targets_nat,
    targets_packet,
)
from netsandbox.linux.netfilter.extension import Action, Match

MATCHES: dict[str, type[Match]] = {match.name: match for match in (
    *matches_transport.MATCHES, *matches_packet.MATCHES, *matches_state.MATCHES, *matches_host.MATCHES,
    *matches_rate.MATCHES, *matches_recent.MATCHES, *matches_hashlimit.MATCHES, *matches_header.MATCHES,
    *matches_flow.MATCHES, *matches_time.MATCHES, *congestion_marks.MATCHES, *other_parts.MATCHES)}
TARGETS: dict[str, type[Action]] = {target.name: target for target in (
    *targets_basic.TARGETS, *targets_nat.TARGETS, *targets_packet.TARGETS, *congestion_marks.TARGETS,
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
