"""Lines that only look change nothing, are nothing to take back, and begin no branch in the past."""

from __future__ import annotations

from functools import partial

import pytest

from netsandbox.commands.line import changes_nothing
from netsandbox.commands.tools import looks
from netsandbox.explain.refusals import translated
from netsandbox.session.keeping import KeptSession
from tests.session.lines import built, tables

LOOKING = [
    "ip addr", "ip -br a", "ip -4 route show table all", "ip route get 172.17.0.2", "ip neigh", "ip netns",
    "bridge link", "bridge fdb show br docker0", "iptables -nvL", "iptables -t nat -S", "iptables-save",
    "nft list ruleset", "ss -ltn", "conntrack -L", "tc qdisc", "sysctl net.ipv4.ip_forward", "docker ps",
    "docker ps -a --filter name=web", "docker logs web", "docker network inspect bridge", "docker compose ps",
    "docker exec web ip addr", "docker exec -it web cat /etc/hosts", "exec uplink ip route", "sudo iptables -L",
    "cat /etc/hosts", "docker ps | grep web", "ip addr; docker ps | wc -l", "for i in 1 2; do ip link; done",
    "show mac; ip addr", "arp -n", "route -n", "ethtool eth0", "hostname", "ls /", "ps aux", "ip addr > /dev/null",
    "ufw status", "dmesg", "systemctl status docker", "ip netns exec nope ip addr"]
DOING = [
    "ip addr add 10.9.9.9/24 dev eth0", "ip link set eth0 down", "ip neigh flush all", "ip netns add x",
    "bridge vlan add", "iptables -A INPUT -j DROP", "iptables -Z", "iptables -nvL -Z", "nft flush ruleset",
    "conntrack -D -p udp", "conntrack -L -z", "tc qdisc add dev eth0 root netem delay 1ms",
    "sysctl -w net.ipv4.ip_forward=0", "docker run -d nginx", "docker rm -f web", "docker logs -f web",
    "docker exec web ip link set eth0 down", "exec uplink ip addr flush dev eth0", "ping 172.17.0.2 -c 1",
    "curl 172.17.0.2", "cat /etc/hosts > /tmp/x", "docker ps | tee x", "ip addr; ip link set lo down", "X=1",
    "cd /tmp", "sleep 1", "ip addr &", "rm x", "hostname x", "ip addr $(docker rm -f web)", "find / -delete",
    "sed -i s/a/b/ x", "date -s 12:00", "dmesg -C", "'", "ip monitor"]


@pytest.mark.parametrize("line", DOING)
def test_what_may_do_something_does_not_only_look(line: str) -> None:
    assert not changes_nothing(line)


def test_a_tool_says_beside_its_function_what_only_looks() -> None:
    def tool(words: list[str], name: str = "tool") -> str:
        return name + words[0]

    assert looks.said_of(looks.LOOKING, tool) is None
    assert looks.looks("show(?: .*)?")(tool) is tool
    for one in (tool, partial(tool, name="other")):
        assert looks.said_of(looks.LOOKING, one) == "show(?: .*)?"
    assert looks.said_of(looks.CHANGING, tool) is None
    assert looks.said_of(looks.CHANGING, looks.passes_on("-i")(tool)) == "-i"
    assert looks.said_of(looks.LOOKING, None) is None


def test_a_line_that_only_looks_changes_nothing() -> None:
    session = built("docker run -d --name web nginx")
    before = tables(session)
    for line in LOOKING:
        assert changes_nothing(line), line
        session.run(line)
        assert tables(session) == before, line


def test_undo_takes_back_the_last_line_that_did_something_and_says_what_went_with_it() -> None:
    session = built("docker run -d --name a1 nginx", "ip link set docker0 mtu 1400")
    before = tables(session)
    for line in ("ip addr", "docker ps | wc -l"):
        session.run(line)
    said = session.run("undo").out.splitlines()
    assert said[:2] == ["taken back: ip link set docker0 mtu 1400", "and with it 2 lines behind it that only looked"]
    assert translated(said[1], "zh") == "它后面只是查看的 2 行也一起撤回"
    assert session.done == 1
    assert session.redo() == "ip link set docker0 mtu 1400"
    assert (session.done, tables(session)) == (4, before)
    session.undo()
    assert session.undo() == "docker run -d --name a1 nginx"
    assert session.undo() is None


@pytest.mark.parametrize("line", ["ip addr", "docker ps | grep a1", "docker exec a1 ip route", "exec uplink ip link"])
def test_a_line_that_only_looks_in_the_past_begins_no_branch(line: str) -> None:
    session = KeptSession(uplink="192.168.1.0/24")
    for done in ("docker run -d --name a1 nginx", "ping -c 1 172.17.0.2", "ip link set docker0 mtu 1400"):
        session.run(done)
    session.undo()
    session.back(2)
    there, journal = session.position, list(session.journal)
    job = session.execute(line)
    assert (job.code, job.out != "") == (0, True)
    assert (session.position, session.journal, session.branches.present.name) == (there, journal, "main")
    assert session.redo() == "ip link set docker0 mtu 1400", "the future is there as it was"
    session.back(3)
    session.execute("ip link set docker0 mtu 1300")
    assert session.branches.present.name == "b2"
