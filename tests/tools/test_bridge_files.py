"""brctl's spanning tree, a bridge's files in /sys, and `ip -d link` tell the same, and change the same."""

from __future__ import annotations

import json

import pytest

from netsandbox.session.keeping import KeptSession
from tests.lines import said


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("brctl addbr br0", "ip link add v0 type veth peer name v1", "brctl addif br0 v0", "ip link set br0 up",
                 "ip link set v0 up", "ip link set v1 up"):
        assert session.run(line).code == 0
    return session


@pytest.mark.parametrize(("line", "file", "value"), [
    ("brctl stp br0 on", "stp_state", "1"), ("brctl setfd br0 4", "forward_delay", "400"),
    ("brctl sethello br0 1", "hello_time", "100"), ("brctl setmaxage br0 6", "max_age", "600"),
    ("brctl setageing br0 10", "ageing_time", "1000"), ("brctl setbridgeprio br0 4096", "priority", "4096"),
    ("echo 1 > /sys/class/net/br0/bridge/vlan_filtering", "vlan_filtering", "1"),
    ("echo 1 > /sys/class/net/br0/bridge/stp_state", "stp_state", "1"),
])
def test_what_is_set_is_told_by_all(session: KeptSession, line: str, file: str, value: str) -> None:
    assert said(session, line) == ""
    assert said(session, f"cat /sys/class/net/br0/bridge/{file}") == value + "\n"
    details = json.loads(session.run("ip -j -d link show br0").out)[0]["linkinfo"]["info_data"]
    assert str(details[file]) == value


@pytest.mark.parametrize(("line", "answer"), [
    ("brctl stp br0 maybe", "expect on/off for argument\n"),
    ("brctl setfd nope 2", "set forward delay failed: No such device\n"),
    ("brctl sethello br0 99", "set hello timer failed: Numerical result out of range\n"),
    ("brctl setmaxage br0 x", "bad max age value\n"),
    ("brctl showstp v0", "device v0 is not a bridge!\n"),
    ("echo 1 > /sys/class/net/br0/bridge/nope", "bash: /sys/class/net/br0/bridge/nope: Permission denied\n"),
    ("echo x > /sys/class/net/br0/bridge/stp_state", "bash: echo: write error: Invalid argument\n"),
])
def test_what_is_wrong_is_said_and_changes_nothing(session: KeptSession, line: str, answer: str) -> None:
    before = said(session, "ip -d link show br0")
    assert said(session, line) in (answer, answer.replace("Permission denied", "No such file or directory"))
    assert said(session, "ip -d link show br0") == before


def test_showstp(session: KeptSession) -> None:
    session.run("brctl stp br0 on")
    session.run("wait 40s")
    shown = said(session, "brctl showstp br0")
    assert "root port\t\t   0\t\t\tpath cost\t\t   0" in shown
    assert "v0 (1)" in shown
    assert "port id\t\t8001\t\t\tstate\t\t     forwarding" in shown
    assert "yes\t\tv0" in said(session, "brctl show")


@pytest.mark.parametrize(("line", "answer"), [  # Linux 6.12
    ("cat $B/mode $B/slaves $B/active_slave $B/queue_id $B/primary", "active-backup 1\nd0 v0\nd0\nd0:0 v0:0\n"),
    ("cat /sys/class/net/v0/bonding_slave/state /sys/class/net/bond0/duplex", "backup\nunknown\n"),
    ("grep -c Unknown /proc/net/bonding/bond0", "2\n"), ("cat /sys/class/net/br0/speed", "-1\n"),
    ("echo v0 > $B/active_slave; cat $B/active_slave /sys/class/net/bond0/speed", "v0\n10000\n"),
    ("echo -v0 > $B/slaves; cat $B/slaves; echo +v0 > $B/slaves; cat $B/slaves", "d0\nd0 v0\n"),
    ("echo d1 > $B/slaves", "bash: echo: write error: Operation not permitted\n"),
    ("echo +nope > $B/slaves", "bash: echo: write error: No such device\n"),
    ("echo +d0 > $B/slaves", "bash: echo: write error: Device or resource busy\n"),
    ("echo balance-rr > $B/mode", "bash: echo: write error: Directory not empty\n"),
    ("echo 200 > $B/miimon; echo 350 > $B/updelay; cat $B/updelay", "200\n"),
    ("echo +10.0.0.1 > $B/arp_ip_target; echo -10.0.0.9 > $B/arp_ip_target; cat $B/arp_ip_target",
     "10.0.0.1\nbash: echo: write error: Invalid argument\n"),
    ("for F in miimon updelay downdelay min_links arp_interval; do echo 2147483648 > $B/$F; done; cat $B/min_links",
     "0\n" + "bash: echo: write error: Invalid argument\n" * 5),
    ("for F in resend_igmp num_grat_arp arp_missed_max use_carrier; do echo 256 > $B/$F; done",
     "bash: echo: write error: Invalid argument\n" * 4),
    ("echo 300001 > $B/peer_notif_delay", "bash: echo: write error: Invalid argument\n"),
    ("echo 1 > $B/packets_per_slave", "bash: echo: write error: Permission denied\n"),
])
def test_files_of_a_bond(session: KeptSession, line: str, answer: str) -> None:
    for before in ("brctl delif br0 v0", "ip link set v0 down", "ip link add d0 type dummy",
                   "ip link add bond0 type bond mode active-backup miimon 100", "ip link set d0 master bond0",
                   "ip link set v0 master bond0", "ip link set bond0 up", "wait 1s", "B=/sys/class/net/bond0/bonding"):
        assert said(session, before) == "" or before.startswith("wait")
    assert said(session, line) == answer


def test_a_namespace_keeps_its_number() -> None:
    session = KeptSession()
    for line in ("ip netns add a", "ip netns add b", "ip link add v0 type veth peer name v1", "ip link set v0 netns a",
                 "ip link set v1 netns b", "ip -n a link del v0", "ip link add v2 type veth peer name v3 netns b"):
        assert session.run(line).code == 0
    assert said(session, "ip netns") == "b (id: 1)\na (id: 0)\n"
    session.run("ip netns del a; ip netns add c; ip link set v2 netns c")
    assert said(session, "ip netns") == "c (id: 0)\nb (id: 1)\n"


def test_processes_and_numbers_of_namespaces() -> None:
    session = KeptSession()
    session.run("ip netns add one; ip link add v0 type veth peer name v1 netns one")
    assert said(session, "ip netns list-id") == "nsid 0 (iproute2 netns name: one)\n"
    assert said(session, "ip netns pids one") == ""
    session.run("docker run -d --name web nginx")
    session.run("ln -s /proc/$(docker inspect -f {{.State.Pid}} web)/ns/net /run/netns/c")
    assert said(session, "ip netns pids c").split()[0] == said(session, "docker inspect -f {{.State.Pid}} web").strip()
    for name in ("nope", "loop"):
        session.run("ln -s loop /run/netns/loop")
        assert said(session, f"ip netns pids {name}") == (
            "Cannot open network namespace: No such file or directory\n")


def test_tc_in_a_namespace() -> None:
    session = KeptSession()
    session.run("ip netns add one; ip -n one link add d0 type dummy; ip -n one link set d0 up")
    assert said(session, "tc -n one qdisc add dev d0 root netem delay 100ms") == ""
    assert "delay 100ms" in said(session, "tc -n one qdisc show")
    assert "delay" not in said(session, "tc qdisc show")


def test_a_setting_that_nothing_reads_says_so_however_it_is_written() -> None:
    session = KeptSession()
    note = "note: net.ipv4.conf.all.bootp_relay changes nothing in the sandbox\n"
    path = "/proc/sys/net/ipv4/conf/all/bootp_relay"
    for line in (f"echo 1 > {path}", f"echo 1 | tee {path} > /dev/null", f"sh -c 'echo 1 > {path}'",
                 "sysctl -qw net.ipv4.conf.all.bootp_relay=1"):
        assert said(session, line) == note, line
    assert said(session, "echo 1 > /proc/sys/net/ipv4/ip_forward") == ""
    assert session.run("docker run -d --sysctl net.ipv4.conf.all.bootp_relay=1 nginx").err == note


MARTIANS = ("ip netns add aa",
            "ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 address 02:00:00:00:00:0b",
            "ip link set v0 up", "ip addr add 10.9.0.1/24 dev v0", "ip link set v1 netns aa", "ip -n aa link set v1 up",
            "ip -n aa addr add 10.8.0.2/24 dev v1", "ip -n aa route add 10.9.0.0/24 dev v1",
            "ip -n aa neigh add 10.9.0.1 lladdr 02:00:00:00:00:0a dev v1", "sysctl -w net.ipv4.conf.all.rp_filter=1")
PING = "ip netns exec aa ping -c 2 -i 0.2 -W 1 10.9.0.1"
SAID = ("IPv4: martian source 10.9.0.1 from 10.8.0.2, on dev v0\n"
        "ll header: 00000000: 02 00 00 00 00 0a 02 00 00 00 00 0b 08 00\n")
"""As kernel 6.18 said it."""


def test_log_martians_has_dmesg_tell_of_sources_that_cannot_be() -> None:
    session = KeptSession()
    for line in (*MARTIANS, PING):
        session.run(line)
    assert said(session, "dmesg -t") == "", "nobody asked for it"
    assert said(session, "sysctl -qw net.ipv4.conf.v0.log_martians=1") == ""
    session.run(PING)
    assert said(session, "dmesg -t") == 2 * SAID
    session.run("ip netns exec aa ping -c 30 -i 0.01 -W 1 10.9.0.1")
    assert said(session, "dmesg -t").count("martian source") == 10, "so many in five seconds (net_ratelimit)"
    session.run("wait 5s")
    session.run(PING)
    assert "net_ratelimit: 22 callbacks suppressed\n" + 2 * SAID in said(session, "dmesg -t")
    assert said(session, "dmesg -C; dmesg") == ""


def test_a_martian_in_a_namespace_is_the_machine_s() -> None:
    session = KeptSession()
    for line in (*MARTIANS, "ip netns exec aa sysctl -qw net.ipv4.conf.v1.log_martians=1 net.ipv4.conf.v1.rp_filter=1",
                 "ip netns exec aa ip route del 10.9.0.0/24", "ip route add 10.8.0.0/24 dev v0",
                 "ip neigh add 10.8.0.2 lladdr 02:00:00:00:00:0b dev v0", "ip -n aa link add d0 type dummy",
                 "ip -n aa link set d0 up", "ip -n aa route add 10.9.0.0/24 dev d0", "ping -c 1 -W 1 10.8.0.2"):
        session.run(line)
    assert "IPv4: martian source 10.8.0.2 from 10.9.0.1, on dev v1\n" in said(session, "dmesg -t")


def test_connections_as_a_file() -> None:
    session = KeptSession()
    session.run("docker run -d -p 8080:80 nginx; curl -s localhost:8080 -o /dev/null")
    listed = session.run("conntrack -L").out.splitlines()
    assert listed
    assert said(session, "cat /proc/net/nf_conntrack").splitlines() == [
        f"ipv4     2 {line.removesuffix('use=1')}zone=0 use=2" for line in listed]
    assert said(session, "cat /proc/sys/net/netfilter/nf_conntrack_count") == f"{len(listed)}\n"
    title, counts = said(session, "cat /proc/net/stat/nf_conntrack").splitlines()
    assert (len(title.split()), counts.split()) == (17, [f"{len(listed):08x}", *["00000000"] * 16])
    assert said(session, "sysctl -w net.netfilter.nf_conntrack_count=7") == (
        'sysctl: setting key "net.netfilter.nf_conntrack_count": Operation not permitted\n')


def test_a_tunnel_is_made_in_the_older_way() -> None:
    session = KeptSession(uplink="192.168.1.0/24")
    assert said(session, "ip tunnel add gre1 mode gre remote 192.168.1.1 local 192.168.1.10 ttl 255") == ""
    assert "gre remote 192.168.1.1 local 192.168.1.10 ttl 255" in said(session, "ip -d link show gre1")
    assert said(session, "ip tunnel del gre1") == ""
    assert "does not exist" in said(session, "ip link show gre1")
    assert said(session, "ip tunnel add gre1 remote 192.168.1.1") == (
        "cannot determine tunnel mode (ipip, gre, vti or sit)\n")


@pytest.mark.parametrize(("count", "human", "iec"), [
    (999, "999", "999"), (1000, "1.00k", "1000"), (1024, "1.02k", "1.00ki"), (15_300, "15.3k", "14.9ki"),
    (123_456, "123k", "121ki"), (9_876_543, "9.88M", "9.42Mi")])
def test_counters_have_a_prefix_where_it_is_asked_for(count: int, human: str, iec: str) -> None:
    session = KeptSession()
    session.lab.host().namespace.interfaces["lo"].heard_bytes = count
    for options, shown in (("-h", human), ("-h -iec", iec), ("-iec", str(count))):
        assert said(session, f"ip {options} -s link show lo").splitlines()[3].split()[0] == shown


BRIDGE_FILES = """
ageing_time=30000 default_pvid=1 forward_delay=1500 group_addr=01:80:c2:00:00:00 group_fwd_mask=0x0
hash_elasticity=16 hash_max=4096 hello_time=200 hello_timer=0 max_age=2000 multicast_igmp_version=2
multicast_last_member_count=2 multicast_last_member_interval=100 multicast_membership_interval=26000
multicast_mld_version=1 multicast_querier=0 multicast_querier_interval=25500 multicast_query_interval=12500
multicast_query_response_interval=1000 multicast_query_use_ifaddr=0 multicast_router=1 multicast_snooping=1
multicast_startup_query_count=2 multicast_startup_query_interval=3124 multicast_stats_enabled=0
nf_call_arptables=0 nf_call_ip6tables=0 nf_call_iptables=0 no_linklocal_learn=0 priority=32768
root_path_cost=0 root_port=0 stp_state=0 tcn_timer=0 topology_change=0 topology_change_detected=0
topology_change_timer=0 vlan_filtering=0 vlan_protocol=0x8100 vlan_stats_enabled=0 vlan_stats_per_port=0"""
PORT_FILES = """
bpdu_guard=0 broadcast_flood=1 change_ack=0 config_pending=0 group_fwd_mask=0x0 hairpin_mode=0 hold_timer=0
isolated=0 learning=1 message_age_timer=0 multicast_fast_leave=0 multicast_flood=1 multicast_router=1
multicast_to_unicast=0 neigh_suppress=0 path_cost=2 port_id=0x8001 port_no=0x1 priority=32 proxyarp=0
proxyarp_wifi=0 root_block=0 state=3 unicast_flood=1"""
"""What Linux 6.12 has in them, where the bridge is up."""


def test_a_bridge_and_its_port_have_the_files_of_linux(session: KeptSession) -> None:
    for folder, wanted in (("br0/bridge", BRIDGE_FILES), ("v0/brport", PORT_FILES)):
        for name, value in (one.split("=") for one in wanted.split()):
            assert said(session, f"cat /sys/class/net/{folder}/{name}") == f"{value}\n", name
    assert "Permission denied" in said(session, "cat /sys/class/net/br0/bridge/flush")


@pytest.mark.parametrize(("line", "shown"), [
    ("echo 0 > /sys/class/net/br0/bridge/multicast_snooping", " mcast_snooping 0 "),
    ("echo 1 > /sys/class/net/br0/bridge/multicast_querier", " mcast_querier 1 "),
    ("echo 7 > /sys/class/net/br0/bridge/default_pvid", " vlan_default_pvid 7 "),
    ("echo 8 > /sys/class/net/br0/bridge/group_fwd_mask", " group_fwd_mask 0x8 "),
    ("echo 2 > /sys/class/net/v0/brport/multicast_router", " mcast_router 2 "),
    ("echo 0 > /sys/class/net/v0/brport/broadcast_flood", " bcast_flood off "),
])
def test_what_is_written_into_a_file_is_as_if_ip_had_set_it(session: KeptSession, line: str, shown: str) -> None:
    assert said(session, line) == ""
    assert shown in said(session, "ip -d link show br0") + said(session, "ip -d link show v0")


def test_flush_forgets_and_what_is_not_modelled_is_named(session: KeptSession) -> None:
    said(session, "bridge fdb add 02:00:00:00:00:77 dev v0 master dynamic")
    assert said(session, "echo 1 > /sys/class/net/br0/bridge/flush") == ""
    assert "00:77" not in said(session, "bridge fdb")
    assert said(session, "echo 3 > /sys/class/net/br0/bridge/multicast_igmp_version") == (
        "bash: echo: write error: netsandbox: mcast_igmp_version 3 of a bridge is not modelled (it is 2)\n")
