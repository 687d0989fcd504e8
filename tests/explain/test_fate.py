"""`why` of a question that nobody answers: how far the ARP request went, and since which line it goes no farther."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.linux.events import FrameSent
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.arp import REPLY, ArpPacket

TWO = ("docker run -d --name one nginx", "docker run -d --name two nginx", "wait 3s")
OF_ONE, OF_TWO = (f"$(ip -br link show type veth | {which} -1 | cut -d@ -f1)" for which in ("head", "tail"))
VLANS = ("ip link add br0 type bridge vlan_filtering 1", "ip link set br0 up", "ip netns add one", "ip netns add two",
         "ip link add va type veth peer name eth0 netns one", "ip link add vb type veth peer name eth0 netns two",
         "ip link set va master br0 up", "ip link set vb master br0 up", "ip -n one addr add 10.0.0.1/24 dev eth0",
         "ip -n one link set eth0 up", "ip -n two link set eth0 up", "ip -n two addr add 10.0.0.2/24 dev eth0",
         "bridge vlan add dev va vid 10 pvid untagged", "bridge vlan add dev br0 vid 10 self")
PING = "docker exec one ping -c 1 172.17.0.3"


@pytest.mark.parametrize(("lines", "says"), [
    ((f"bridge link set dev {OF_ONE} isolated on", f"bridge link set dev {OF_TWO} isolated on", PING),
     ("to every other port: none", "both ports are isolated, and such pass nothing on to each other")),
    (("exec two ip link set eth0 down", PING),
     ("which is disabled (since #", "❯ exec two ip link set eth0 down)", "host:docker0 hears the ARP request of one")),
    ((f"ip link set {OF_ONE} nomaster", PING),
     ("stays silent: the question is not for it\n", "is no longer a port of the bridge docker0 ← ❯ ip link set")),
    ((f"bridge link set dev {OF_TWO} bcast_flood off", PING), (": its flag for such floods is off",)),
    (("exec two ip addr flush dev eth0", PING), ("two:eth0 hears the ARP request of one for 172.17.0.3 and stays",)),
    (("exec two sysctl -w net.ipv4.conf.all.arp_ignore=8", PING),
     ("two:eth0 has 172.17.0.3 (two), which 172.17.0.2 (one)", "and stays silent: arp_ignore says so\n")),
    (("sysctl -w net.ipv4.conf.all.rp_filter=1", "exec one ip addr add 10.66.0.1/32 dev lo",
      "docker exec one ping -I 10.66.0.1 -c 1 172.17.0.1"),
     ("what comes from 10.66.0.1 by this interface is dropped (rp_filter)",)),
    (("ip addr del 172.17.0.1/16 dev docker0", "docker exec one ping -c 1 8.8.8.8"),
     ("host:docker0 loses the address 172.17.0.1/16 ← ❯ ip addr del 172.17.0.1/16 dev docker0\n",)),
    (("docker network create far", "docker network disconnect bridge two", "docker network connect far two",
      "exec two ip addr add 172.17.0.3/16 dev eth0", PING),
     ("172.17.0.3 is an address of two:eth0, where the question did not come\n",)),
    (("docker exec one ping -c 1 172.17.9.9",), ("no interface has had 172.17.9.9 so far\n",)),
    (("docker stop -t 0 one two", "ping -c 1 172.17.0.3"),
     ("because none of its ports forwards ← ❯ docker stop -t 0 one two",)),
    ((f"ip link set {OF_TWO} down", PING), ("which is disabled (since #",)),
    ((*VLANS, "ip netns exec one ping -c 1 10.0.0.2"), ("not by vb, which is not in the frame's VLAN",))])
def test_how_far_a_question_went(lines: tuple[str, ...], says: tuple[str, ...]) -> None:
    session = KeptSession()
    for line in (*(() if lines[0] is VLANS[0] else TWO), *lines):
        session.run(line)
    said = session.run("why").out
    assert "nobody answered the ARP requests" in said
    assert "the last question, #" in said
    for words in says:
        assert words in said
    assert ("had " in said) == ("172.17.9.9" in said)


def test_an_owner_who_heard_the_question_is_named_by_what_it_did_with_it() -> None:
    session = KeptSession()
    for line in (*TWO, "exec two sysctl -w net.ipv4.conf.all.arp_ignore=8", PING):
        session.run(line)
    assert "did not come" not in session.run("why").out


def test_a_question_that_still_waits_is_told_of_too() -> None:
    session = KeptSession()
    for line in (*TWO, "exec two ip link set eth0 down", PING.replace("-c 1", "-c 1 -W 1")):
        session.run(line)
    said = session.run("why").out
    assert said.startswith("The last line met no drop and no refusal so far. It waits for an answer to a question:")
    assert "which is disabled (since #" in said
    in_chinese = session.run("why --lang zh").out
    assert "的去向：\n" in in_chinese
    assert "它处于禁用状态" in in_chinese


def test_one_that_was_answered_has_no_such_lines() -> None:
    session = KeptSession()
    for line in (*TWO, PING):
        session.run(line)
    assert "went this far" not in session.run("why arp one 172.17.0.3").out


def test_a_port_that_a_program_has_of_another_address_alone() -> None:
    session = KeptSession()
    for line in ("docker run -d --name web alpine nc -lk -s 127.0.0.1 -p 80", "nc -z -w 1 172.17.0.2 80"):
        session.run(line)
    said = session.run("why").out
    assert said.splitlines()[0].endswith("nc has TCP port 80 of 127.0.0.1 alone, and this is for 172.17.0.2 (web).")
    session.run("docker exec -d web nc -lu -s 127.0.0.1 -p 53")
    session.run("dig +time=1 +tries=1 @172.17.0.2 x.org")
    assert "nc has UDP port 53 of 127.0.0.1 alone" in session.run("why").out
    session.run("nc -z -w 1 172.17.0.2 81")
    assert "no program has TCP port 81 open" in session.run("why").out


def test_since_when_nobody_has_a_port() -> None:
    session = KeptSession()
    for line in ("docker run -d --name web -p 8080:80 nginx", "docker stop -t 0 web", "curl localhost:8080"):
        session.run(line)
    said = session.run("why").out
    assert "no program has TCP port 8080 open" in said
    assert "docker-proxy gives back TCP port 8080 of every address on host ← ❯ docker stop -t 0 web" in said


def test_what_waits_for_programs_that_stand_still() -> None:
    session = KeptSession()
    for line in ("docker run -d --name web nginx", "docker pause web", "curl -m 2 172.17.0.2"):
        session.run(line)
    said = session.run("why").out
    assert said.splitlines()[:2] == [
        "The last line met no drop and no refusal. What it sent waits for programs that stand still:",
        "Docker on host pauses web: its programs stand still, and its network stack goes on."]
    session.run("docker unpause web")
    session.run("curl -m 2 172.17.0.2")
    assert "stand still" not in session.run("why").out


MACVLAN = ("docker network create -d macvlan --subnet 192.168.1.0/24 --gateway 192.168.1.1 -o parent=eth0 mac",
           "docker run -d --name mac --network mac --ip 192.168.1.50 alpine sleep 1d", "ping -c1 -W1 192.168.1.50")
CUT_OFF = ("mac has the address on a macvlan or ipvlan of eth0; what eth0 sends goes out by its cable, and never to "
           "those")


def ran(*lines: str) -> str:
    session = KeptSession(uplink=DEFAULT_LAN)
    return [session.run(line).out for line in lines][-1]


def test_a_parent_that_still_asks_its_child_is_told_at_once_that_it_will_never_hear() -> None:
    assert CUT_OFF in ran(*MACVLAN, "why").splitlines()[2]


def test_trace_says_why_a_packet_behind_an_open_question_gets_no_answer() -> None:
    said = ran(*MACVLAN, "trace host 192.168.1.50").splitlines()
    assert said[-1].startswith("⇒ no answer comes: host drops the ICMP echo request 1 from host to mac: nobody ")
    assert f"  {CUT_OFF}" in said


def test_a_question_that_a_flush_ends_was_not_asked_three_times() -> None:
    said = ran("ping -c1 -W1 192.168.1.99", "ip neigh flush all", "why")
    assert "its row for 192.168.1.99 was deleted, or set to FAILED, before" in said.splitlines()[0]
    assert "  questions asked until then: 1\n" in said
    assert "mcast_solicit, 3" not in said


def test_the_last_question_is_of_the_interface_that_gave_up() -> None:
    said = ran("ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up",
               "ping -c1 -W1 -I v0 192.168.1.99", "ping -c1 -W1 -I eth0 192.168.1.99",
               "ping -c1 -W1 -I v0 192.168.1.99", "ip neigh del 192.168.1.99 dev eth0", "why")
    assert "uplink:eth0 hears" in said


def test_the_host_that_drops_a_tagged_question_comes_first_and_the_bridges_own_vlan_is_no_matter() -> None:
    """It was line 18 behind two drops that had nothing to do with it."""
    session = KeptSession(1)
    session.load("vlan-trunk")
    for line in ("exec sw1 bridge vlan add dev p1 vid 10 pvid untagged", "exec sw1 bridge vlan add dev p2 vid 10",
                 "exec sw2 bridge vlan add dev p2 vid 10", "exec sw2 bridge vlan add dev p1 vid 10",
                 "exec pc1 ping -c 1 -W 1 10.0.10.2", "wait 5s"):
        session.run(line)
    told = session.run("why").out.splitlines()
    at = next(number for number, line in enumerate(told) if "went this far" in line)
    assert "pc2:eth0 drops" in told[at + 1]
    assert "has no device for that VLAN" in told[at + 1]
    assert not any("br0" in line for line in told)


def test_the_question_of_a_device_above_is_none_of_the_device_that_it_leaves_by() -> None:
    """The last question of eth0 was that of its macvlan, which somebody had answered."""
    session = KeptSession(uplink=DEFAULT_LAN)
    for line in ("docker network create -d macvlan --subnet 192.168.1.0/24 -o parent=eth0 mac",
                 "docker run -d --network mac --ip 192.168.1.50 nginx", "wait 3s", "ping -c 1 -W 1 192.168.1.50",
                 "ip link add mvh link eth0 type macvlan mode bridge", "ip link set mvh up",
                 "ip addr add 192.168.1.60/32 dev mvh", "ip route add 192.168.1.50/32 dev mvh",
                 "ping -c 1 192.168.1.50", "ip neigh flush all"):
        session.run(line)
    told = session.run("why host 192.168.1.50").out
    assert "went this far" in told
    assert "answers the ARP request" not in told


def test_what_a_device_sends_for_one_above_it_is_not_told_as_its_own_answer() -> None:
    """host:eth0 was said to answer for the address of a container on its macvlan."""
    session = KeptSession(uplink=DEFAULT_LAN)
    for line in ("docker network create -d macvlan --subnet 192.168.1.0/24 -o parent=eth0 mac",
                 "docker run -d --network mac --name web --ip 192.168.1.50 nginx", "wait 3s"):
        session.run(line)
    first = session.lab.trace.end
    session.run("exec uplink ping -c 1 192.168.1.50")
    sent = [record.seq for record in session.lab.trace.since(first) if isinstance(record.event, FrameSent)
            and isinstance(record.event.frame.payload, ArpPacket) and record.event.frame.payload.op == REPLY]
    told = [session.run(f"why {seq}").out.splitlines()[0] for seq in sent[:2]]
    assert told[0].startswith("web:eth0 answers 192.168.1.1 (uplink) that 192.168.1.50 (web) is at ")
    assert told[1].startswith("host:eth0 sends the ARP reply that 192.168.1.50 is at ")
