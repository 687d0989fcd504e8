"""`ip monitor` and `bridge monitor`: the lines of iproute2, of what changes in the namespace that they are in."""

from __future__ import annotations

import re

import pytest

from netsandbox.commands.job import Job
from netsandbox.lab.copying import copied
from netsandbox.session.keeping import KeptSession

PAIR = ("ip netns add n1", "ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 address 02:00:00:00:00:0b",
        "ip link set v1 netns n1", "ip addr add 10.0.0.1/24 dev v0", "ip link set v0 up",
        "ip -n n1 addr add 10.0.0.2/24 dev v1", "ip -n n1 link set v1 up")
BRIDGE = (*PAIR, "ip link add br0 type bridge", "ip link set v0 master br0", "ip link set br0 up",
          "ip addr flush dev v0", "ip addr add 10.0.0.1/24 dev br0")


def monitored(command: str, *lines: str, before: tuple[str, ...] = PAIR) -> Job:
    """The monitor, in the background while the lines are carried out."""
    session = KeptSession()
    for line in before:
        assert not session.run(line).code, line
    job = session.run(f"{command} &")
    for line in lines:
        assert not session.run(line).code, line
    return job


def test_names_of_namespaces_come_and_go() -> None:
    assert monitored("ip netns monitor", "ip netns add a; ip netns add b", "ip netns del a", before=()).out == (
        "add a\nadd b\ndelete a\n")


@pytest.mark.parametrize(("line", "said"), [
    ("ip addr add 10.0.0.9/32 dev v0", (
     "[ADDR]v0    inet 10.0.0.9/32 scope global v0\n"
     "       valid_lft forever preferred_lft forever\n"
     "[ROUTE]local 10.0.0.9 dev v0 table local proto kernel scope host src 10.0.0.9 \n")),
    ("ip route add 10.9.0.0/16 via 10.0.0.2 metric 5", "[ROUTE]10.9.0.0/16 via 10.0.0.2 dev v0 metric 5 \n"),
    ("ip neigh add 10.0.0.8 lladdr 02:00:00:00:00:09 dev v0",
     "[NEIGH]10.0.0.8 dev v0 lladdr 02:00:00:00:00:09 PERMANENT \n"),
    ("ping -c 1 10.0.0.2", "[NEIGH]10.0.0.2 dev v0 lladdr 02:00:00:00:00:0b REACHABLE \n"),
    ("ip link set v0 mtu 1400", (
     "[LINK]v0v0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default \n"
     "    link/ether 02:00:00:00:00:0a brd ff:ff:ff:ff:ff:ff link-netns n1\n")),
])
def test_ip_monitor_all_labels_what_changes(line: str, said: str) -> None:
    found = monitored("ip monitor all", line).out
    assert re.sub(r"\d+: v0|@if\d+", "v0", found) == said


@pytest.mark.parametrize(("command", "said"), [
    ("ip -ts monitor route", "[2026-01-01T00:00:02.500000] 10.9.0.0/16 via 10.0.0.2 dev v0 \n"),
    ("ip -t -ts monitor route label", "[2026-01-01T00:00:02.500000] [ROUTE]10.9.0.0/16 via 10.0.0.2 dev v0 \n"),
    ("ip -t monitor route", "Timestamp: Thu Jan  1 00:00:02 2026 500000 usec\n10.9.0.0/16 via 10.0.0.2 dev v0 \n")])
def test_a_stamp_says_when_it_changed(command: str, said: str) -> None:
    assert monitored(command, "sleep 2.5", "ip route add 10.9.0.0/16 via 10.0.0.2").out == said


def test_bridge_monitor_has_the_long_stamp() -> None:
    said = monitored("bridge -t monitor fdb", "bridge fdb add 02:00:00:00:00:99 dev v0 master", before=BRIDGE).out
    assert said.startswith("Timestamp: Thu Jan  1 00:00:00 2026 0 usec\n02:00:00:00:00:99 ")


def test_what_is_gone_is_deleted() -> None:
    said = monitored("ip monitor route neigh", "ip route add 10.9.0.0/16 via 10.0.0.2", "ping -c 1 10.0.0.2",
                     "ip route del 10.9.0.0/16", "ip neigh del 10.0.0.2 dev v0").out
    assert said.splitlines() == [
        "10.9.0.0/16 via 10.0.0.2 dev v0 ", "10.0.0.2 dev v0 lladdr 02:00:00:00:00:0b REACHABLE ",
        "Deleted 10.9.0.0/16 via 10.0.0.2 dev v0 ", "10.0.0.2 dev v0 FAILED ", "Deleted 10.0.0.2 dev v0 FAILED "]


def test_what_one_line_does_and_undoes_is_told_event_by_event() -> None:
    said = monitored("ip monitor address route", "ip addr add 10.6.0.1/24 dev v0; ip addr del 10.6.0.1/24 dev v0",
                     "ip route add 10.9.0.0/16 via 10.0.0.2; ip route del 10.9.0.0/16").out
    assert [line.split(" src ")[0] for line in said.splitlines() if "valid_lft" not in line] == [
        "4: v0    inet 10.6.0.1/24 scope global v0", "local 10.6.0.1 dev v0 table local proto kernel scope host",
        "10.6.0.0/24 dev v0 proto kernel scope link",
        "broadcast 10.6.0.255 dev v0 table local proto kernel scope link",
        "Deleted 4: v0    inet 10.6.0.1/24 scope global v0", "Deleted 10.6.0.0/24 dev v0 proto kernel scope link",
        "Deleted broadcast 10.6.0.255 dev v0 table local proto kernel scope link",
        "Deleted local 10.6.0.1 dev v0 table local proto kernel scope host",
        "10.9.0.0/16 via 10.0.0.2 dev v0 ", "Deleted 10.9.0.0/16 via 10.0.0.2 dev v0 "]


def test_a_flap_is_down_and_up() -> None:
    said = monitored("ip monitor link", "ip link set v0 down; ip link set v0 up").out
    assert [line.split(" state ")[1].split()[0] for line in said.splitlines() if " state " in line] == ["DOWN", "UP"]


def test_a_row_that_came_and_went_on_one_line() -> None:
    said = monitored("bridge monitor fdb", "bridge fdb add 02:00:00:00:00:77 dev v0 master static; bridge fdb del "
                     "02:00:00:00:00:77 dev v0 master", before=BRIDGE).out
    assert said == ("02:00:00:00:00:77 dev v0 master br0 static\n"
                    "Deleted 02:00:00:00:00:77 dev v0 master br0 static\n")


def test_routes_that_go_with_their_link_go_without_a_word() -> None:
    assert monitored("ip monitor route", "ip link set v0 down").out == ""


def test_a_removed_interface_has_no_other_end_and_no_queue() -> None:
    said = monitored("ip monitor link", "ip link del v0").out
    assert said.startswith("Deleted ")
    assert ": v0@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default \n" in said


def test_a_namespace_hears_of_itself_alone() -> None:
    assert monitored("ip monitor", "ip -n n1 addr add 10.1.0.1/24 dev v1").out == ""
    inside = monitored("ip netns exec n1 ip monitor address", "ip -n n1 addr add 10.1.0.1/24 dev v1",
                       "ip addr add 10.3.0.1/24 dev v0").out
    assert "10.1.0.1/24" in inside
    assert "10.3.0.1" not in inside


def test_one_device_alone() -> None:
    said = monitored("ip monitor dev v0", "ip addr add 10.7.0.1/24 dev lo", "ip addr add 10.8.0.1/24 dev v0").out
    assert "10.8.0.1" in said
    assert "10.7.0.1" not in said


def test_a_device_that_leaves_is_not_passed_over_in_silence() -> None:
    assert "note: v0 went to another namespace" in monitored("ip monitor link", "ip link set v0 netns n1").err


def test_bridge_monitor_fdb() -> None:
    said = monitored("bridge monitor fdb", "ping -c 1 10.0.0.2",
                     "bridge fdb add 02:00:00:00:00:77 dev v0 master static",
                     "bridge fdb del 02:00:00:00:00:77 dev v0 master", "wait 400s", before=BRIDGE).out
    assert said.splitlines() == [
        "02:00:00:00:00:0b dev v0 master br0 ", "02:00:00:00:00:77 dev v0 master br0 static",
        "Deleted 02:00:00:00:00:77 dev v0 master br0 static", "Deleted 02:00:00:00:00:0b dev v0 master br0 stale"]


def test_bridge_monitor_link_tells_of_ports() -> None:
    said = monitored("bridge monitor all", "ip link set v0 nomaster", before=BRIDGE).out
    assert said.startswith("[LINK]Deleted ")
    assert " master br0 state disabled priority 32 cost 2 \n" in said


@pytest.mark.parametrize(("line", "code", "said"), [
    ("ip monitor nonsense", 255, 'Argument "nonsense" is unknown, try "ip monitor help".\n'),
    ("bridge monitor nonsense", 255, 'Argument "nonsense" is unknown, try "bridge monitor help".\n'),
    ("ip monitor dev zz", 255, 'Error: argument "zz" is wrong: Device does not exist\n\n'),
    ("ip monitor dev", 255, 'Command line is not complete. Try option "help"\n'),
    ("ip monitor netconf", 1, "netsandbox: `ip monitor netconf` is not modelled\n"),
    ("bridge monitor vlan", 1, "netsandbox: `bridge monitor vlan` is not modelled\n"),
    ("ip -j monitor", 1, "netsandbox: `ip -json monitor` is not modelled\n"),
])
def test_wrong_words(line: str, code: int, said: str) -> None:
    job = KeptSession().run(line)
    assert (job.code, job.err, job.out) == (code, said, "")


def test_rules_come_and_go() -> None:
    """As iproute2 6.15 on Linux 6.18 told of the same lines."""
    said = monitored("ip monitor rule dev v0", "ip rule add fwmark 1 table 100",
                     "ip rule add from 10.1.0.0/16 iif v0 lookup main pref 7", "ip rule del fwmark 1 table 100",
                     "ip rule add prohibit to 10.3.0.0/16", "ip rule flush", "ip rule add from all lookup main pref 9")
    assert said.out == """\
32765:\tfrom all fwmark 0x1 lookup 100
7:\tfrom 10.1.0.0/16 iif v0 lookup main
Deleted 32765:\tfrom all fwmark 0x1 lookup 100
6:\tfrom all to 10.3.0.0/16 prohibit
Deleted 6:\tfrom all to 10.3.0.0/16 prohibit
Deleted 7:\tfrom 10.1.0.0/16 iif v0 lookup main
Deleted 32766:\tfrom all lookup main
Deleted 32767:\tfrom all lookup default
9:\tfrom all lookup main
"""


NEXT_HOPS = ("ip nexthop add id 1 via 10.0.0.9 dev v0", "ip nexthop add id 4 via 10.0.0.10 dev v0",
             "ip nexthop add id 2 blackhole", "ip nexthop add id 3 group 1/4", "ip route add 10.9.0.0/16 nhid 3",
             "ip route add 10.10.0.0/16 nhid 1", "ip nexthop replace id 1 via 10.0.0.8 dev v0", "ip nexthop del id 4",
             "ip link set v0 down", "ip nexthop flush")


@pytest.mark.parametrize(("command", "said"), [
    ("ip monitor route nexthop label", """\
[NEXTHOP]id 1 via 10.0.0.9 dev v0 scope link
[NEXTHOP]id 4 via 10.0.0.10 dev v0 scope link
[NEXTHOP]id 2 blackhole
[NEXTHOP]id 3 group 1/4
[ROUTE]10.9.0.0/16 nhid 3
\tnexthop via 10.0.0.9 dev v0 weight 1
\tnexthop via 10.0.0.10 dev v0 weight 1
[ROUTE]10.10.0.0/16 nhid 1 via 10.0.0.9 dev v0
[NEXTHOP]id 1 via 10.0.0.8 dev v0 scope link
[ROUTE]10.10.0.0/16 nhid 1 via 10.0.0.8 dev v0
[ROUTE]10.9.0.0/16 nhid 3
\tnexthop via 10.0.0.8 dev v0 weight 1
\tnexthop via 10.0.0.10 dev v0 weight 1
[NEXTHOP]Deleted id 4 via 10.0.0.10 dev v0 scope link
[NEXTHOP]id 3 group 1
[NEXTHOP]Deleted id 2 blackhole
"""), ("ip monitor nexthop dev lo", "id 2 blackhole\nid 3 group 1/4\nid 3 group 1\nDeleted id 2 blackhole\n")])
def test_next_hops_and_the_routes_over_them(command: str, said: str) -> None:
    """What goes with the device is told by its link alone (Linux 6.18)."""
    found = monitored(command, *NEXT_HOPS).out
    assert re.sub(r" +$", "", found, flags=re.MULTILINE) == said


def test_a_blackhole_needs_the_loopback_up() -> None:
    session = KeptSession()
    session.run("ip netns add n1")
    assert session.run("ip -n n1 nexthop add id 2 blackhole").err == "Error: Device for nexthop is not up.\n"


def test_it_ends_by_ctrl_c_and_listens_no_longer() -> None:
    job = monitored("ip monitor", "ip addr add 10.8.0.1/24 dev v0")
    assert job.program is not None
    watchers = job.program.scheduler.watchers
    before = len(watchers)
    job.program.interrupt()
    assert job.code == 130
    assert len(watchers) == before - 1


def test_a_lab_with_a_monitor_can_be_copied() -> None:
    session = KeptSession()
    session.run("ip monitor &")
    assert len(copied(session.lab).scheduler.watchers) == len(session.lab.scheduler.watchers)


def test_a_link_that_goes_down_is_told_before_its_neighbours() -> None:
    said = monitored("ip monitor link neigh", "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0",
                     "ping -c 1 10.0.0.2", "ip link set v0 down").out.splitlines()
    assert said.index("Deleted 10.0.0.2 dev v0 lladdr 02:00:00:00:00:0b REACHABLE ") > next(
        place for place, line in enumerate(said) if " state DOWN " in line)


def test_a_route_in_the_place_of_another_is_told_alone() -> None:
    """As iproute2 6.15 prints what 6.18 tells."""
    lines = ("ip route add 10.9.0.0/16 via 10.0.0.2", "ip route replace 10.9.0.0/16 via 10.0.0.3",
             "ip route del 10.9.0.0/16; ip route add 10.9.0.0/16 via 10.0.0.4")
    assert monitored("ip monitor route", *lines).out == (
        "10.9.0.0/16 via 10.0.0.2 dev v0 \n10.9.0.0/16 via 10.0.0.3 dev v0 \n"
        "Deleted 10.9.0.0/16 via 10.0.0.3 dev v0 \n10.9.0.0/16 via 10.0.0.4 dev v0 \n")
