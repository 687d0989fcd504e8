"""Connection tracking's sysctls and their defaults (Documentation/networking/nf_conntrack-sysctl.rst)."""

from __future__ import annotations

TCP_TIMEOUTS = {"syn_sent": 120, "syn_recv": 60, "established": 432_000, "fin_wait": 120, "close_wait": 60,
                "last_ack": 30, "time_wait": 120, "close": 10, "max_retrans": 300, "unacknowledged": 300}
SCTP_TIMEOUTS = {"closed": 10, "cookie_wait": 3, "cookie_echoed": 3, "established": 210, "shutdown_sent": 3,
                 "shutdown_recd": 3, "shutdown_ack_sent": 3, "heartbeat_sent": 30}
"""Seconds."""
MODELLED: dict[str, int | str] = {
    "nf_conntrack_max": 262_144, "nf_conntrack_checksum": 1, "nf_conntrack_tcp_loose": 1,
    "nf_conntrack_tcp_be_liberal": 0, "nf_conntrack_tcp_max_retrans": 3, "nf_conntrack_tcp_ignore_invalid_rst": 0,
    "nf_conntrack_generic_timeout": 600, "nf_conntrack_icmp_timeout": 30, "nf_conntrack_udp_timeout": 30,
    "nf_conntrack_udp_timeout_stream": 120, "nf_conntrack_buckets": 262_144,
    "nf_conntrack_acct": 0, "nf_conntrack_timestamp": 0,
    "nf_conntrack_gre_timeout": 30, "nf_conntrack_gre_timeout_stream": 180,
    **{f"nf_conntrack_tcp_timeout_{name}": seconds for name, seconds in TCP_TIMEOUTS.items()},
    **{f"nf_conntrack_sctp_timeout_{name}": seconds for name, seconds in SCTP_TIMEOUTS.items()}}
UNUSED: dict[str, int | str] = {
    "nf_conntrack_events": 2, "nf_conntrack_expect_max": 4096, "nf_conntrack_icmpv6_timeout": 30,
    "nf_conntrack_frag6_high_thresh": 4_194_304, "nf_conntrack_frag6_low_thresh": 3_145_728,
    "nf_conntrack_frag6_timeout": 60,
    "nf_conntrack_log_invalid": 0, "nf_log_all_netns": 0}
"""Kept and shown, and without meaning here."""
COUNT = "net.netfilter.nf_conntrack_count"
SETTINGS: dict[str, int | str] = {
    COUNT: 0, **{f"net.netfilter.{name}": value for name, value in {**MODELLED, **UNUSED}.items()}}
