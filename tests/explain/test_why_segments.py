"""`why` of what VLANs, children of a device, policy rules and a bridge's own host decided, as a person asks."""

from __future__ import annotations

import pytest

from netsandbox.engine.trace import kind_of
from netsandbox.linux.device_events import VlanLeft
from netsandbox.linux.events import RouteMissing
from netsandbox.session.session import Session

TWO = ("add-host pc1", "add-host pc2")
TRUNK = (*TWO, "add-switch sw1", "connect pc1 sw1", "connect pc2 sw1", "set-ip pc1 10.0.0.1/24",
         "exec sw1 ip link set br0 type bridge vlan_filtering 1",
         "exec sw1 bridge vlan add dev p1 vid 10 pvid untagged", "exec sw1 bridge vlan add dev p2 vid 10")
CHILD = (*TWO, "connect pc1 pc2", "set-ip pc1 10.0.0.1/24", "set-ip pc2 10.0.0.2/24", "exec pc1 ip netns add c",
         "exec pc1 ip link add m0 link eth0 type macvlan mode bridge", "exec pc1 ip link set m0 netns c",
         "exec pc1 ip -n c addr add 10.0.0.9/24 dev m0", "exec pc1 ip -n c link set m0 up",
         "exec pc1 ip netns exec c ping -c 1 -W 4 10.0.0.1")
RULE = (*TWO, "connect pc1 pc2", "set-ip pc1 10.0.0.1/24", "exec pc1 ip rule add to 10.9.0.0/16 table 7 pref 100",
        "exec pc1 ip route add unreachable 10.9.0.0/16 table 7", "exec pc1 ping -c 1 10.9.0.1")

AT_THE_NEXT_ROUTER = (
    "add-host a", "add-host r", "connect a:e1 r:e0", "set-ip a:e1 10.2.0.1/24", "set-ip r:e0 10.2.0.254/24",
    "exec a ip addr add 10.1.0.2/32 dev lo", "exec r sysctl -w net.ipv4.ip_forward=1",
    "exec a ip route add default via 10.2.0.254 table 100", "exec a ip rule add from 10.1.0.2 table 100",
    "exec a ping -c 1 -W 1 -I 10.1.0.2 10.99.0.1")


def asked(lines: tuple[str, ...], language: str = "en", question: str = "why") -> str:
    session = Session()
    for line in lines:
        session.run(line)
    return session.run(f"{question} --lang {language}").out


@pytest.mark.parametrize(("lines", "english", "chinese"), [
    (CHILD, "has the address on eth0, which this macvlan or ipvlan stands on", "macvlan 或 ipvlan 的父接口 eth0 上"),
    (AT_THE_NEXT_ROUTER, "In a rule 32765 fits the packet to 10.99.0.1: from 10.1.0.2 lookup 100",
     "规则 32765 适用于发往 10.99.0.1 的包：from 10.1.0.2 lookup 100"),
    (RULE, "rule 100: from all to 10.9.0.0/16 lookup 7", "规则 100: from all to 10.9.0.0/16 lookup 7")])
def test_why_names_what_decided(lines: tuple[str, ...], english: str, chinese: str) -> None:
    assert english in asked(lines)
    assert chinese in asked(lines, "zh")


def test_the_route_that_an_icmp_error_lacks_is_not_the_end_that_is_asked_for_and_no_programs() -> None:
    assert asked(AT_THE_NEXT_ROUTER).startswith("r:e0 drops the ICMP echo request 1")
    session = Session()
    for line in AT_THE_NEXT_ROUTER:
        session.run(line)
    trace = session.shell.lab.trace
    missing = next(seq for seq, raw in trace.back(trace.end) if kind_of(raw) is RouteMissing)
    told = session.run(f"why {missing}").out
    assert "no program waits for it" in told
    assert "ENETUNREACH" not in told
    assert "没有程序等着它" in session.run(f"why {missing} --lang zh").out


def test_a_node_that_is_called_a_is_no_article_in_chinese() -> None:
    session = Session()
    for line in ("add-host a", "add-host b", "add-switch s", "connect a s", "connect b s", "set-ip a 10.0.0.1/24",
                 "exec a ping -c 1 -W 1 10.0.0.2"):
        session.run(line)
    told = session.run("why --lang zh").out
    assert " a 询问 10.0.0.2 的 ARP 请求是发给" in told
    assert "A 询问" not in told


def test_why_tells_by_which_ports_rule_a_tag_came_and_went() -> None:
    session = Session()
    for line in (*TRUNK, "exec pc1 ping -c 1 -W 1 10.0.0.2"):
        session.run(line)
    trace = session.shell.lab.trace
    sent = next(seq for seq, raw in trace.back(trace.end) if kind_of(raw) is VlanLeft) + 1
    told = session.run(f"why {sent}").out
    assert "floods the ARP request of pc1" in told
    assert "it came without a tag, and that is the PVID of p1" in told
    assert "By p2 the frame leaves with the tag of VLAN 10" in told
    assert "帧从 p2 发出时带 VLAN 10 的标签" in session.run(f"why {sent} --lang zh").out


def test_a_flood_that_is_not_for_a_bridges_own_host_is_not_the_drop_that_is_asked_for() -> None:
    lines = (*TRUNK, "exec pc2 ip link add link eth0 name v type vlan id 11",
             "exec pc1 ping -c 1 -W 1 10.0.0.2")
    assert "pc2:eth0 drops the ARP request of pc1" in asked(lines)


BESIDE = ("ip link add br0 type bridge vlan_filtering 1", "ip link set br0 up", "ip netns add a", "ip netns add b",
          "ip link add va type veth peer name eth0 netns a", "ip link add vb type veth peer name eth0 netns b",
          "ip link set va master br0 up", "ip link set vb master br0 up", "ip -n a addr add 10.1.0.1/24 dev eth0",
          "ip -n b addr add 10.1.0.2/24 dev eth0", "ip -n a link set eth0 up", "ip -n b link set eth0 up",
          "bridge vlan add dev va vid 10 pvid untagged", "bridge vlan del dev va vid 1")
PING = "ip netns exec a ping -c 1 -W 1 10.1.0.2"


def test_why_tells_of_the_last_line_and_not_of_what_goes_on_beside_it() -> None:
    said = asked((*BESIDE, PING))  # while it runs, br0's reports of its groups are dropped by b
    assert said.startswith("The last line met no drop and no refusal so far. It waits for an answer to a question:")
    assert "to every other port: none\n      not by vb, which is not in the frame's VLAN\n" in said
    later = asked((*BESIDE, PING, PING.replace("-W 1 ", "")))  # the first line's questions end while the second waits
    assert later.splitlines()[:2] == [
        "The last drop or refusal came while the last line ran, of what an earlier line had begun:",
        "a drops the ICMP echo request 1 from a to b: nobody answered the ARP requests for 10.1.0.2 (b)."]


def test_a_line_that_did_well_has_no_drop_though_a_bonds_own_flood_came_back() -> None:
    lines = (
        "add-host pc", "add-host srv", "add-switch sw1", "connect pc:e1 sw1", "connect pc:e2 sw1", "connect srv sw1",
        "exec pc ip link add bond0 type bond mode active-backup miimon 100", "exec pc ip link set e1 down",
        "exec pc ip link set e2 down", "exec pc ip link set e1 master bond0", "exec pc ip link set e2 master bond0",
        "exec pc ip link set bond0 up", "exec pc ip addr add 10.0.0.1/24 dev bond0", "set-ip srv 10.0.0.2/24",
        "wait 1s", "exec pc ping -c 1 10.0.0.2")
    assert asked(lines) == "Nothing has been dropped or refused so far.\n"
    down = asked((*lines, "disconnect pc:e1", "disconnect pc:e2", "wait 1s", "exec pc ping -c 1 -W 1 10.0.0.2"))
    assert "pc:bond0 has no carrier any more, because none of its slaves has a link" in down
