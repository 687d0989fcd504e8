"""The settings without an interface in their name, with the kernel's defaults (Linux 6.18)."""

from __future__ import annotations

CONGESTION_CONTROL, AVAILABLE = "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_available_congestion_control"
QDISCS = frozenset({
    "bfifo", "cake", "cbs", "choke", "clsact", "codel", "drr", "dualpi2", "etf", "ets", "fq", "fq_codel",
    "fq_pie", "gred", "hfsc", "hhf", "htb", "ingress", "mq", "mqprio", "multiq", "netem", "noqueue", "pfifo",
    "pfifo_fast", "pfifo_head_drop", "pie", "plug", "prio", "qfq", "red", "sfb", "sfq", "skbprio", "taprio",
    "tbf", "teql0"})
"""What net.core.default_qdisc may name: the kernel's own, and those for which it has a module (net/sched)."""
RESERVED = "net.ipv4.ip_local_reserved_ports"
READ_ONLY = {AVAILABLE, "net.netfilter.nf_conntrack_count"}
SHARED = frozenset({f"net.core.{kind}mem_{which}" for kind in "rw" for which in ("default", "max")} | {
    f"net.netfilter.nf_conntrack_{name}" for name in ("buckets", "expect_max", "max")})
"""What all namespaces of a machine read, and its first one alone may set."""
ALIASES = {"net.nf_conntrack_max": "net.netfilter.nf_conntrack_max"}  # Second names
OF_MACHINE = ("net.core.busy_", "net.core.default_qdisc", "net.core.dev", "net.core.gro_", "net.core.max_",
              "net.core.message_", "net.core.netdev_", "net.core.rps_sock_", "net.core.warnings",
              "net.ipv4.fib_sync_mem", "net.ipv4.inet_peer_", "net.ipv4.neigh.default.", "net.ipv4.route.error_",
              "net.ipv4.route.gc_", "net.ipv4.route.max_", "net.ipv4.route.redirect_", "net.ipv4.tcp_low_latency",
              "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_mem", "net.ipv4.udp_mem")
"""How the names of those begin that a machine's first namespace alone has."""
GLOBALS: dict[str, int | str] = {
    "net.ipv4.ip_forward": 0,
    "net.ipv4.ip_default_ttl": 64,
    "net.ipv4.ip_no_pmtu_disc": 0,
    "net.ipv4.ip_nonlocal_bind": 0,
    "net.ipv4.ip_forward_use_pmtu": 0,
    "net.ipv4.ip_local_port_range": "32768\t60999",
    RESERVED: "",
    "net.ipv4.ip_unprivileged_port_start": 1024,
    "net.ipv4.icmp_echo_ignore_all": 0,
    "net.ipv4.icmp_echo_ignore_broadcasts": 1,
    "net.ipv4.icmp_errors_use_inbound_ifaddr": 0,
    "net.ipv4.icmp_ignore_bogus_error_responses": 1,
    "net.ipv4.icmp_ratelimit": 1000,
    "net.ipv4.icmp_ratemask": 6168,
    "net.ipv4.icmp_msgs_per_sec": 1000,
    "net.ipv4.icmp_msgs_burst": 50,
    "net.ipv4.ipfrag_time": 30,
    "net.ipv4.ipfrag_high_thresh": 4194304,
    "net.ipv4.ipfrag_low_thresh": 3145728,
    "net.ipv4.ipfrag_max_dist": 64,
    "net.ipv4.route.min_pmtu": 552,
    "net.ipv4.route.mtu_expires": 600,
    "net.ipv4.route.gc_timeout": 300,
    "net.ipv4.route.error_cost": 1000,
    "net.ipv4.route.error_burst": 5000,
    "net.ipv4.route.redirect_load": 20,
    "net.ipv4.route.redirect_number": 9,
    "net.ipv4.route.redirect_silence": 20480,
    "net.ipv4.neigh.default.gc_thresh1": 128,
    "net.ipv4.neigh.default.gc_thresh2": 512,
    "net.ipv4.neigh.default.gc_thresh3": 1024,
    "net.ipv4.neigh.default.gc_interval": 30,
    CONGESTION_CONTROL: "cubic",
    AVAILABLE: "reno cubic",
    "net.ipv4.tcp_rmem": "4096\t131072\t6291456",
    "net.ipv4.tcp_wmem": "4096\t16384\t4194304",
    "net.ipv4.tcp_abort_on_overflow": 0,
    "net.ipv4.tcp_dsack": 1,
    "net.ipv4.tcp_early_retrans": 3,
    "net.ipv4.tcp_fin_timeout": 60,
    "net.ipv4.tcp_frto": 2,
    "net.ipv4.tcp_keepalive_intvl": 75,
    "net.ipv4.tcp_keepalive_probes": 9,
    "net.ipv4.tcp_keepalive_time": 7200,
    "net.ipv4.tcp_orphan_retries": 0,
    "net.ipv4.tcp_recovery": 1,
    "net.ipv4.tcp_max_syn_backlog": 2048,
    "net.ipv4.tcp_reordering": 3,
    "net.ipv4.tcp_retries2": 15,
    "net.ipv4.tcp_rfc1337": 0,
    "net.ipv4.tcp_sack": 1,
    "net.ipv4.tcp_slow_start_after_idle": 1,
    "net.ipv4.tcp_syn_linear_timeouts": 4,
    "net.ipv4.tcp_syn_retries": 6,
    "net.ipv4.tcp_synack_retries": 5,
    "net.ipv4.tcp_syncookies": 1,
    "net.ipv4.tcp_timestamps": 1,
    "net.ipv4.tcp_tw_reuse": 2,
    "net.ipv4.tcp_window_scaling": 1,
    "net.ipv4.ping_group_range": "1\t0",
    "net.core.somaxconn": 4096,
    "net.core.rmem_max": 212992,
    "net.core.wmem_max": 212992,
    "net.core.devconf_inherit_init_net": 0,
    "net.ipv6.conf.all.disable_ipv6": 1,
    "net.ipv6.conf.default.disable_ipv6": 1,
    "net.bridge.bridge-nf-call-iptables": 0,
    "net.bridge.bridge-nf-call-ip6tables": 0,
    "net.bridge.bridge-nf-call-arptables": 0,
    "net.bridge.bridge-nf-filter-vlan-tagged": 0,
    "net.bridge.bridge-nf-filter-pppoe-tagged": 0,
    "net.bridge.bridge-nf-pass-vlan-input-dev": 0,
}
"""What has no interface in its name."""


def _below(folder: str, values: dict[str, int | str]) -> dict[str, int | str]:
    return {f"{folder}.{name}": value for name, value in values.items()}


GLOBALS.update(_below("net.ipv4", {
    "fib_multipath_hash_policy": 0, "fib_multipath_hash_seed": 0, "route.min_adv_mss": 256, "tcp_l3mdev_accept": 0,
    "udp_l3mdev_accept": 0, "fib_multipath_hash_fields": 7, "tcp_comp_sack_delay_ns": 1000000,
    "tcp_comp_sack_nr": 44, "tcp_comp_sack_slack_ns": 100000, "tcp_moderate_rcvbuf": 1,
    "tcp_base_mss": 1024, "tcp_ecn": 2, "tcp_ecn_fallback": 1, "tcp_min_snd_mss": 48, "tcp_mtu_probe_floor": 48,
    "tcp_mtu_probing": 0, "tcp_retries1": 3, "tcp_rto_min_us": 200000, "tcp_backlog_ack_defer": 1,
    "tcp_shrink_window": 0, "tcp_pingpong_thresh": 1, "tcp_workaround_signed_windows": 0,
    "tcp_probe_interval": 600, "tcp_probe_threshold": 8,
    "tcp_app_win": 31, "tcp_invalid_ratelimit": 500, "tcp_max_reordering": 300, "tcp_pacing_ca_ratio": 120,
    "tcp_pacing_ss_ratio": 200, "tcp_reflect_tos": 0, "tcp_retrans_collapse": 1, "tcp_rto_max_ms": 120000,
    "tcp_thin_linear_timeouts": 0, "tcp_tw_reuse_delay": 1000, "tcp_min_tso_segs": 2,
    "tcp_tso_rtt_log": 9, "tcp_tso_win_divisor": 3, "tcp_max_tw_buckets": 131072,
    "tcp_no_metrics_save": 0, "tcp_no_ssthresh_metrics_save": 1, "tcp_notsent_lowat": 4294967295,
    "ip_early_demux": 1, "tcp_early_demux": 1, "udp_early_demux": 1}))
GLOBALS.update(_below("net.core", {"message_burst": 10, "message_cost": 5}))
KEPT = _below("net.ipv4", {
    "fib_multipath_use_neigh": 0, "fib_notify_on_flag_change": 0,
    "fib_sync_mem": 524288, "fwmark_reflect": 0, "icmp_echo_enable_probe": 0, "igmp_link_local_mcast_reports": 1,
    "igmp_max_memberships": 20, "igmp_max_msf": 10, "igmp_qrv": 2, "inet_peer_maxttl": 600, "inet_peer_minttl": 120,
    "inet_peer_threshold": 65664, "ip_autobind_reuse": 0, "ip_dynaddr": 0,
    "ip_forward_update_priority": 1, "nexthop_compat_mode": 1, "raw_l3mdev_accept": 1, "route.gc_elasticity": 8,
    "route.gc_interval": 60, "route.gc_min_interval": 0, "route.gc_min_interval_ms": 500, "route.gc_thresh": -1,
    "route.max_size": 2147483647, "tcp_adv_win_scale": 1, "tcp_autocorking": 1,
    "tcp_challenge_ack_limit": 2147483647,
    "tcp_child_ehash_entries": 0, "tcp_ecn_option": 2, "tcp_ecn_option_beacon": 3, "tcp_fack": 0,
    "tcp_fastopen": 1, "tcp_fastopen_blackhole_timeout_sec": 0, "tcp_fwmark_accept": 0,
    "tcp_limit_output_bytes": 4194304, "tcp_low_latency": 0, "tcp_max_orphans": 131072,
    "tcp_mem": "287898\t383866\t575796", "tcp_migrate_req": 0, "tcp_min_rtt_wlen": 300,
    "tcp_plb_cong_thresh": 128, "tcp_plb_enabled": 0, "tcp_plb_idle_rehash_rounds": 3, "tcp_plb_rehash_rounds": 12,
    "tcp_plb_suspend_rto_sec": 60, "tcp_stdurg": 0, "udp_child_hash_entries": 0, "xfrm4_gc_thresh": 32768,
    "udp_mem": "575799\t767732\t1151598",
    "udp_rmem_min": 4096, "udp_wmem_min": 4096})
KEPT |= _below("net.core", {
    "busy_poll": 0, "busy_read": 0, "default_qdisc": "fq_codel", "dev_weight": 64, "gro_normal_batch": 8,
    "max_skb_frags": 17, "netdev_budget": 300, "netdev_budget_usecs": 8000,
    "netdev_max_backlog": 1000, "netdev_tstamp_prequeue": 1, "optmem_max": 131072, "rmem_default": 212992,
    "rps_sock_flow_entries": 0, "txrehash": 1, "tstamp_allow_data": 1, "warnings": 0,
    "wmem_default": 212992})
KEPT["net.unix.max_dgram_qlen"] = 10  # Kept and shown as the kernel has them, and read by nothing here
GLOBALS.update(KEPT)
