"""What the kernel takes as a value of a setting, and refuses as `Invalid argument`; measured on Linux 6.18.

The kinds are its handlers (kernel/sysctl.c): proc_dointvec for any int, proc_dou8vec_minmax, proc_dointvec_minmax with
the bounds of the setting, and the jiffies ones, whose seconds have to fit into an int of HZ ticks each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from netsandbox.linux.core.sysctl.defaults import RESERVED

Range = tuple[int, int]
HZ = 250
INT_MAX = (1 << 31) - 1
INT: Range = -INT_MAX - 1, INT_MAX
NOT_NEGATIVE: Range = 0, INT_MAX
POSITIVE: Range = 1, INT_MAX
BYTE: Range = 0, 255
TRUTH: Range = 0, 1
SECONDS: Range = -(INT_MAX // HZ), INT_MAX // HZ
LONG: Range = 0, (1 << 63) - 1  # Bytes that an unsigned long counts
SPANS = ("net.ipv4.ip_local_port_range", "net.ipv4.ping_group_range")  # Two numbers that are taken both or not at all
NO_GROUP = [1, 0]  # Of a range of groups that ends before it begins
PAGE_OF_BUCKETS = 512  # Rows of the connections' hash table come by whole pages (nf_conntrack_hash_resize)
PORT: Range = 0, 65535
NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|[0-9]+)", re.ASCII)

BY_NAME: dict[str, Range] = {
    "ip_default_ttl": (1, 255), "ip_local_port_range": (1, 65535), "ip_unprivileged_port_start": PORT,
    "icmp_echo_ignore_all": TRUTH, "icmp_echo_ignore_broadcasts": TRUTH, "icmp_errors_use_inbound_ifaddr": TRUTH,
    "icmp_ignore_bogus_error_responses": TRUTH, "icmp_echo_enable_probe": TRUTH, "icmp_ratelimit": NOT_NEGATIVE,
    "icmp_msgs_per_sec": NOT_NEGATIVE, "icmp_msgs_burst": NOT_NEGATIVE,
    "ipfrag_time": SECONDS, "ipfrag_high_thresh": LONG, "ipfrag_low_thresh": LONG, "ipfrag_max_dist": NOT_NEGATIVE,
    "route.min_pmtu": (68, INT_MAX), "route.mtu_expires": SECONDS, "route.gc_timeout": SECONDS,
    "tcp_rmem": POSITIVE, "tcp_wmem": POSITIVE, "udp_rmem_min": POSITIVE, "udp_wmem_min": POSITIVE,
    "tcp_reordering": POSITIVE, "tcp_early_retrans": (0, 4), "tcp_fin_timeout": SECONDS, "tcp_keepalive_intvl": SECONDS,
    "tcp_keepalive_time": SECONDS, "tcp_syn_linear_timeouts": (0, 127), "tcp_syn_retries": (1, 127),
    "tcp_tw_reuse": (0, 2), "tcp_tw_reuse_delay": (1, 60_000), "somaxconn": NOT_NEGATIVE,
    "ping_group_range": (0, (1 << 32) - 2),
    "fib_multipath_hash_policy": (0, 3), "fib_multipath_hash_fields": (1, 0xFFF),
    "fib_multipath_use_neigh": TRUTH, "fib_notify_on_flag_change": (0, 2),
    "igmp_qrv": POSITIVE, "ip_autobind_reuse": TRUTH, "ip_forward_update_priority": TRUTH,
    "nexthop_compat_mode": TRUTH, "raw_l3mdev_accept": TRUTH, "udp_l3mdev_accept": TRUTH,
    "tcp_l3mdev_accept": TRUTH, "fib_multipath_hash_seed": (0, (1 << 32) - 1),
    "app_solicit": NOT_NEGATIVE, "mcast_resolicit": NOT_NEGATIVE, "mcast_solicit": NOT_NEGATIVE,
    "ucast_solicit": NOT_NEGATIVE, "proxy_qlen": NOT_NEGATIVE, "unres_qlen_bytes": NOT_NEGATIVE,
    "unres_qlen": (0, INT_MAX // 2090), "base_reachable_time": SECONDS, "base_reachable_time_ms": NOT_NEGATIVE,
    "retrans_time_ms": NOT_NEGATIVE, "interval_probe_time_ms": POSITIVE, "delay_first_probe_time": SECONDS,
    "gc_stale_time": SECONDS, "neigh.default.gc_interval": SECONDS, "neigh.default.gc_thresh1": NOT_NEGATIVE,
    "neigh.default.gc_thresh2": NOT_NEGATIVE, "neigh.default.gc_thresh3": NOT_NEGATIVE,
    "nf_conntrack_max": NOT_NEGATIVE, "nf_conntrack_expect_max": POSITIVE, "nf_conntrack_buckets": POSITIVE,
    "nf_conntrack_events": (0, 2), "nf_conntrack_tcp_max_retrans": BYTE, "nf_conntrack_log_invalid": BYTE,
    "nf_conntrack_frag6_high_thresh": LONG, "nf_conntrack_frag6_low_thresh": LONG,
    "tcp_ecn": (0, 2), "tcp_ecn_option": (0, 2), "tcp_ecn_option_beacon": (0, 3), "tcp_plb_enabled": TRUTH,
    "tcp_plb_cong_thresh": (0, 256), "tcp_plb_idle_rehash_rounds": (0, 31), "tcp_plb_rehash_rounds": (0, 31),
    "tcp_plb_suspend_rto_sec": BYTE, "udp_child_hash_entries": (0, 65536), "tstamp_allow_data": TRUTH,
    "tcp_adv_win_scale": (-31, 31), "tcp_app_win": (0, 31), "tcp_min_snd_mss": (48, 65535),
    "tcp_notsent_lowat": (0, (1 << 32) - 1), "tcp_rto_max_ms": (1000, 120_000), "tcp_comp_sack_nr": BYTE,
    "tcp_rto_min_us": POSITIVE, "tcp_min_tso_segs": (1, 255), "tcp_pingpong_thresh": (1, 255),
    "tcp_max_reordering": POSITIVE,
    **dict.fromkeys(("tcp_min_rtt_wlen", "tcp_tso_win_divisor", "tcp_probe_interval",
                     "tcp_fastopen_blackhole_timeout_sec"), NOT_NEGATIVE),
    **dict.fromkeys(("tcp_autocorking", "tcp_backlog_ack_defer", "tcp_ecn_fallback", "tcp_reflect_tos",
                     "tcp_shrink_window", "tcp_no_ssthresh_metrics_save"), TRUTH),
    **dict.fromkeys(("nf_conntrack_checksum", "nf_conntrack_tcp_loose", "nf_conntrack_tcp_be_liberal",
                     "nf_conntrack_tcp_ignore_invalid_rst", "nf_conntrack_acct", "nf_conntrack_timestamp"), TRUTH),
}
"""By what follows `net.ipv4.`, or by the last part of the name."""
BY_NAME.update(dict.fromkeys((
    "ip_no_pmtu_disc", "ip_nonlocal_bind", "ip_forward_use_pmtu", "fwmark_reflect", "igmp_link_local_mcast_reports",
    "ip_dynaddr", "ip_early_demux", "udp_early_demux", "tcp_abort_on_overflow", "tcp_dsack", "tcp_frto",
    "tcp_keepalive_probes", "tcp_recovery", "tcp_orphan_retries",
    "tcp_retries1", "tcp_retries2", "tcp_rfc1337", "tcp_sack", "tcp_slow_start_after_idle",
    "tcp_mtu_probing", "tcp_moderate_rcvbuf", "tcp_no_metrics_save", "tcp_early_demux", "tcp_retrans_collapse",
    "tcp_thin_linear_timeouts", "tcp_fwmark_accept",
    "tcp_synack_retries", "tcp_syncookies", "tcp_timestamps", "tcp_window_scaling"), BYTE))
CLAMPED = frozenset({"anycast_delay", "locktime", "proxy_delay", "retrans_time"})
"""Hundredths of a second, of which the kernel takes any number, and counts a negative one as nothing."""


def range_of(key: str) -> Range:
    """The numbers that a setting takes, by its dotted name."""
    name = key.removeprefix("net.ipv4.")
    last = key.rpartition(".")[2]
    if "_timeout" in last and last.startswith("nf_conntrack"):
        return SECONDS
    return BY_NAME.get(name) or BY_NAME.get(last) or INT


def number_of(text: str) -> int | None:
    """A number as the kernel reads it: decimal, 0x… or 0…; None when it is none."""
    if NUMBER.fullmatch(text) is None or len(text) > 24:
        return None
    digits = text.lstrip("-").lower()
    base = 16 if digits.startswith("0x") else 8 if digits.startswith("0") else 10
    try:
        return int(text, base)
    except ValueError:  # 08
        return None


def is_number(text: str) -> bool:
    """Whether a value is one number."""
    return number_of(text) is not None


def taken(key: str, text: str, other: Callable[[str], str]) -> list[int] | None:
    """The numbers that a text sets, None when the kernel refuses them (other: the value of another setting, with which
    this one has to agree)."""
    if key == RESERVED:
        return ports_of(text)
    low, high = range_of(key)
    numbers: list[int] = []
    for word in text.split():
        number = number_of(word)
        if number is not None and key.rpartition(".")[2] in CLAMPED:
            number = min(max(number, 0), INT_MAX)
        if number is None or not low <= number <= high:
            return None
        numbers.append(-(-number // PAGE_OF_BUCKETS) * PAGE_OF_BUCKETS if key.endswith("conntrack_buckets") else number)
    if key.endswith("ping_group_range") and numbers and [*numbers, int(other(key).split()[1])][1] < numbers[0]:
        return NO_GROUP
    return numbers if numbers and _agree(key, numbers, other) else None


def good_start(key: str, text: str, other: Callable[[str], str]) -> str:
    """What is kept of a list that is refused: each number is stored as it is read, up to the wrong one
    (do_proc_dointvec); nothing of a span."""
    words = text.split()[:len(other(key).split())]
    wrong = next((at for at, word in enumerate(words) if taken(key, word, other) is None), 0)
    return "" if key in SPANS else " ".join(words[:wrong])


def ports_of(text: str) -> list[int] | None:
    """The ports of a list such as `8080,9000-9010`; None when the kernel refuses it (proc_do_large_bitmap)."""
    ports: set[int] = set()
    for part in text.removesuffix(",").split(",") if text else ():
        first, dash, last = part.partition("-")
        low, high = number_of(first), number_of(last if dash else first)
        if low is None or high is None or not 0 <= low <= high <= PORT[1]:
            return None
        ports.update(range(low, high + 1))
    return sorted(ports)


def port_list(ports: Iterable[int]) -> str:
    """Ports in order as the kernel lists them: neighbours as one range."""
    runs = [[port for _place, port in run] for _key, run in groupby(enumerate(ports), lambda pair: pair[1] - pair[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _agree(key: str, numbers: list[int], other: Callable[[str], str]) -> bool:
    """Bounds that another setting draws."""
    first = numbers[0]
    name = key.removeprefix("net.ipv4.")
    if name == "ip_local_port_range":
        last = numbers[1] if len(numbers) > 1 else int(other(key).split()[1])
        return int(other("net.ipv4.ip_unprivileged_port_start")) <= first <= last
    if name == "ip_unprivileged_port_start":
        return first <= int(other("net.ipv4.ip_local_port_range").split()[0])
    if name == "ipfrag_high_thresh":
        return first >= int(other("net.ipv4.ipfrag_low_thresh"))
    if name == "ipfrag_low_thresh":
        return first <= int(other("net.ipv4.ipfrag_high_thresh"))
    return True
