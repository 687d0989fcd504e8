"""Settings take what the kernel takes (measured on Linux 6.18) and refuse the rest in its words; none breaks a lab."""

from __future__ import annotations

from io import BytesIO

import pytest

from netsandbox.commands.shell import Shell
from netsandbox.engine.units import SECOND
from netsandbox.lab.export import CaptureFile
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.sysctl.ranges import range_of
from netsandbox.linux.core.sysctl.table import SysctlError
from tests.session.lines import built

MEASURED = """\
ip_forward -2147483648 2147483647 | 2147483648 -2147483649
ip_default_ttl 1 255 0x40 0100 | 0 256 1000 -1 abc 1_0 +1 1.5 08
ip_no_pmtu_disc 0 255 | -1 256
ip_local_port_range 1024 32768 | 1023 65535 0 -1
ip_unprivileged_port_start 0 32768 | 65535 -1
icmp_echo_ignore_all 0 1 | 2 -1
icmp_ratelimit 0 2147483647 | -1 2147483648
icmp_ratemask -2147483648 2147483647 | 2147483648
icmp_msgs_burst 0 2147483647 | -1
ipfrag_time -65536 2147484 | 21474836 -2147483648
ipfrag_high_thresh 21474836 4294967296 | 2147484 -1
ipfrag_low_thresh 0 2147484 | 21474836 -1
route.min_pmtu 100 2147483647 | 64 -1
route.mtu_expires -65536 2147484 | 21474836
tcp_rmem 1 2147483647 | 0 -1
tcp_syn_retries 1 127 | 0 128
tcp_synack_retries 0 255 | 256
tcp_mtu_probing 3 | 300 x
tcp_ecn 2 | 9 -1
tcp_adv_win_scale -31 | 40
tcp_shrink_window 1 | 3
tcp_rto_max_ms 1000 | 1
tcp_rto_min_us 1 2147483647 | 0 -1
tcp_min_snd_mss 48 65535 | 47 65536
tcp_notsent_lowat 4294967295 | -1 4294967296
tcp_no_metrics_save 0 255 | 256 -1
tcp_no_ssthresh_metrics_save 0 1 | 2 -1
tcp_min_tso_segs 1 | 0
tcp_min_rtt_wlen 0 | -1
tcp_ecn_option 2 | 3
tcp_ecn_option_beacon 3 | 4
tcp_tw_reuse_delay 1 60000 | 0 -1 60001
tcp_plb_enabled 1 | 2
tcp_plb_cong_thresh 0 256 | 257 -1
tcp_plb_rehash_rounds 31 | 32
tcp_plb_suspend_rto_sec 255 | 256
udp_child_hash_entries 300 | -1
xfrm4_gc_thresh -1 2147483647 | 2147483648
ip_local_reserved_ports 0 65535 7-7 1, 8080,8080-8082,1-2 | 65536 a 1,,2 1- 5-3 10-12,x -5
fib_multipath_hash_policy 0 3 | 4 -1
fib_multipath_hash_fields 1 4095 | 0 4096
igmp_qrv 1 2147483647 | 0
igmp_max_msf -2147483648 2147483647 | 2147483648
conf.eth0.rp_filter -2147483648 2147483647 | 2147483648
neigh.eth0.app_solicit 0 2147483647 | -1
neigh.eth0.base_reachable_time -65536 2147484 | 21474836
neigh.eth0.base_reachable_time_ms 0 2147483647 | -1 2147483648
neigh.eth0.delay_first_probe_time -65536 2147484 | 21474836
neigh.eth0.interval_probe_time_ms 1 2147483647 | 0 -1
neigh.eth0.locktime -65536 0 2147483647 4294967296 | abc
neigh.eth0.ucast_solicit 0 2147483647 | -1
neigh.eth0.unres_qlen 0 1000000 | 2147483647 -1
neigh.eth0.unres_qlen_bytes 0 2147483647 | -1
"""
CASES = [(key, value, good) for line in MEASURED.splitlines() for key, *rest in [line.split()]
         for good, values in ((True, rest[:rest.index("|")]), (False, rest[rest.index("|") + 1:])) for value in values]


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab()
    lab.add_container("web")
    lab.namespace("web").sysctls.write("net.ipv4.ip_unprivileged_port_start", 1024)  # of Docker it has 0
    return lab


@pytest.mark.parametrize(("key", "value", "good"), CASES, ids=str)
def test_the_kernels_range(lab: Lab, key: str, value: str, good: bool) -> None:
    namespace = lab.namespace("web")
    key = f"net.ipv4.{key}"
    before = namespace.sysctls.read(key)
    if good:
        namespace.write_sysctl(key, value)
    else:
        with pytest.raises(SysctlError, match="Invalid argument"):
            namespace.write_sysctl(key, value)
        assert namespace.sysctls.read(key) == before
    namespace.write_sysctl(key, before)
    assert namespace.sysctls.read(key) == before


def test_a_range_of_ports_is_in_order_and_may_be_written_in_part() -> None:
    sysctls = Lab().namespace("host").sysctls
    key = "net.ipv4.ip_local_port_range"
    sysctls.write(key, "2000 3000")
    sysctls.write(key, "2500")
    assert sysctls.read(key) == "2500\t3000"
    for wrong in ("3000 2000", "1 2 3", "", "a b", "4000"):
        with pytest.raises(SysctlError):
            sysctls.write(key, wrong)
    with pytest.raises(SysctlError):
        sysctls.write("net.ipv4.ip_unprivileged_port_start", 2501)


@pytest.mark.parametrize(("value", "shown"), [("5,3-4,9", "3-5,9"), ("8080,8080-8082,1-2", "1-2,8080-8082"),
                                              ("7-7", "7"), ("5,6,7", "5-7"), ("", "")])
def test_ports_that_are_reserved_are_listed_in_order(value: str, shown: str) -> None:
    sysctls = Lab().namespace("host").sysctls
    sysctls.write("net.ipv4.ip_local_reserved_ports", 80)
    sysctls.write("net.ipv4.ip_local_reserved_ports", value)
    assert sysctls.read("net.ipv4.ip_local_reserved_ports") == shown


@pytest.mark.parametrize("key", ["net.netfilter.nf_conntrack_max", "net.core.rmem_max", "net.core.wmem_default"])
def test_what_a_machine_s_namespaces_share_its_first_one_sets(key: str) -> None:
    session = built("docker run -d --name web nginx")
    asked = session.run(f"exec web sysctl -w {key}=9000")
    assert (asked.code, asked.out, asked.err) == (0, "", f'sysctl: setting key "{key}": Operation not permitted\n')
    path = key.replace(".", "/")
    assert "Permission denied" in session.run(f"exec web sh -c 'echo 9000 > /proc/sys/{path}'").err
    session.run(f"sysctl -w {key}=9000")
    assert session.run(f"exec web sysctl -n {key}").out == "9000\n"


def test_the_connections_table_has_whole_pages_of_rows() -> None:
    sysctls = Lab().namespace("host").sysctls
    for rows, kept in (("4", "512"), ("512", "512"), ("513", "1024")):
        sysctls.write("net.netfilter.nf_conntrack_buckets", rows)
        assert sysctls.read("net.netfilter.nf_conntrack_buckets") == kept
    for key, value in (("buckets", "0"), ("max", "-1"), ("expect_max", "0")):
        with pytest.raises(SysctlError, match="Invalid argument"):
            sysctls.write(f"net.netfilter.nf_conntrack_{key}", value)


def test_no_value_that_is_taken_breaks_a_lab() -> None:
    """Every setting at both ends of what it takes, one after the other, with traffic, time and an export."""
    broken = []
    keys = [key for key in built("add-container one").lab.namespace("one").sysctls.keys()  # noqa: SIM118 - no mapping
            if ".lo." not in key and ".all." not in key and ".default." not in key]
    assert len(keys) > 100
    lab = built("add-container one", "add-container two").lab
    for key in keys:
        for value in range_of(key):
            try:
                _used(lab.copy(), key, value)
            except SysctlError:
                continue  # another setting draws a closer bound
            except Exception as error:  # noqa: BLE001 - all of them are listed
                broken.append(f"{key}={value}: {type(error).__name__}: {error}")
    assert broken == []


def _used(lab: Lab, key: str, value: int) -> None:
    for name, interface in (("host", "docker0"), ("one", "eth0")):
        sysctls = lab.namespace(name).sysctls
        own = key.replace(".eth0.", f".{interface}.")
        if own in set(sysctls.keys()):
            lab.namespace(name).write_sysctl(own, value)
    shell = Shell(lab)
    for line in ("exec one ping -c 1 172.17.0.3", "exec one ping -c 1 -s 3000 172.17.0.1"):
        shell.execute(line)
        lab.scheduler.run_until(lab.scheduler.clock + 11 * SECOND)
    lab.scheduler.run_until(lab.scheduler.clock + 70 * SECOND)
    CaptureFile(BytesIO(), lab.trace, lambda _passing: None).update()


@pytest.mark.parametrize(("key", "value", "kept"), [
    ("tcp_rmem", "1 2 3 4", "1\t2\t3"), ("tcp_rmem", "1 2 3 x", "1\t2\t3"), ("tcp_wmem", "9", "9\t16384\t4194304"),
    ("ip_local_port_range", "1024 65000 99999999999", "1024\t65000"), ("ip_default_ttl", "5 x", "5"),
    ("tcp_fin_timeout", "33 44", "33")])
def test_numbers_behind_those_that_a_setting_has_room_for_are_not_read(key: str, value: str, kept: str) -> None:
    sysctls = Lab().namespace("host").sysctls
    sysctls.write(f"net.ipv4.{key}", value)
    assert sysctls.read(f"net.ipv4.{key}") == kept


@pytest.mark.parametrize(("key", "value", "kept"), [
    ("tcp_rmem", "5000 x 5", "5000\t131072\t6291456"), ("tcp_rmem", "5001 6001 0", "5001\t6001\t6291456"),
    ("tcp_wmem", "x 5 6", "4096\t16384\t4194304"), ("tcp_wmem", "7x 5 6", "4096\t16384\t4194304"),
    ("ip_local_port_range", "2000 x", "32768\t60999"), ("ping_group_range", "7 x", "1\t0"),
    ("ip_local_reserved_ports", "80 x", "")])
def test_of_a_list_that_is_refused_what_stands_before_the_wrong_word_is_kept(key: str, value: str, kept: str) -> None:
    session = built("docker run -d --name web nginx")
    job = session.run(f"echo '{value}' > /proc/sys/net/ipv4/{key}")
    assert (job.code, job.err.rpartition(": ")[2]) == (1, "Invalid argument\n")
    assert session.run(f"cat /proc/sys/net/ipv4/{key}").out == f"{kept}\n"


def test_a_range_of_groups_that_ends_before_it_begins_has_none() -> None:
    sysctls, key = Lab().namespace("host").sysctls, "net.ipv4.ping_group_range"
    for value, kept in (("3 9", "3\t9"), ("7", "7\t9"), ("5 4", "1\t0"), ("3 4", "3\t4"), ("9", "1\t0")):
        sysctls.write(key, value)
        assert sysctls.read(key) == kept


@pytest.mark.parametrize("value", ["-1", "0", "256", "1000", "abc"])
def test_the_tool_says_so(value: str) -> None:
    session = built("docker run -d --name web nginx")
    job = session.run(f"sysctl -w net.ipv4.ip_default_ttl={value}")
    assert (job.code, job.err) == (1, 'sysctl: setting key "net.ipv4.ip_default_ttl": Invalid argument\n')
    assert session.run("ping -c 1 172.17.0.2").code == 0
