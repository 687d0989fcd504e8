"""`why` of a drop that rests on what somebody set: since which line it is so; of a refused connection: what is open."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

ROUTER = ("add-host a", "add-host r", "add-host b", "connect a r", "connect b r", "set-ip a 10.0.0.2/24",
          "set-ip r:eth0 10.0.0.1/24", "set-ip r:eth1 10.0.1.1/24", "set-ip b 10.0.1.2/24",
          "exec a ip route add default via 10.0.0.1", "exec b ip route add default via 10.0.1.1",
          "exec r sysctl -w net.ipv4.ip_forward=1", "exec a ip addr add 10.9.9.9/32 dev lo")
PING = "ping a 10.0.1.2 -c 1 -W 1"


def asked(lines: tuple[str, ...], language: str = "en") -> str:
    session = KeptSession()
    for line in lines:
        session.run(line)
    return session.run(f"why --lang {language}").out


@pytest.mark.parametrize(("lines", "line", "words"), [
    (("exec r sysctl -w net.ipv4.ip_forward=0", PING), 0, "r has net.ipv4.ip_forward at 0 now"),
    (("exec r sysctl -w net.ipv4.conf.all.forwarding=0", "exec a sysctl -w net.ipv4.ip_forward=1", PING), 0,
     "r has net.ipv4.conf.all.forwarding at 0 now"),
    ((PING, "exec r sh -c 'echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter'",
      "exec r sysctl -w net.ipv4.conf.eth0.rp_filter=2", "exec r sysctl -w net.ipv4.conf.eth0.rp_filter=0",
      "exec r sysctl -w net.ipv4.conf.eth1.rp_filter=1", f"{PING} -I 10.9.9.9"), 1,
     "r has net.ipv4.conf.all.rp_filter at 1 now"),
    (("exec r ip link set eth1 mtu 600", "exec r ip link set eth0 mtu 700", f"{PING} -s 600 -M do"), 0,
     "r:eth1 has the MTU 600 now"),
    (("exec r ip route del 10.0.1.0/24", "exec r ip route del 10.0.0.0/24", PING), 0,
     "r loses the route 10.0.1.0/24 dev eth1"),
    (("exec a ip route del default", PING), 0, "a loses the route default via 10.0.0.1 dev eth0"),
])
def test_the_line_that_set_it_is_named(lines: tuple[str, ...], line: int, words: str) -> None:
    told = [one for one in asked((*ROUTER, *lines)).splitlines() if "since #" in one]
    assert [one.partition(": ")[2] for one in told] == [f"{words} ← ❯ {lines[line]}"]


QUIET = ("exec r ip neigh flush all", "exec a ip neigh flush all", "ping a 10.0.0.1 -c 1 -W 1")


@pytest.mark.parametrize(("lines", "line", "words"), [
    (("exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=8", "exec r sysctl -w net.ipv4.conf.eth1.arp_ignore=1",
      *QUIET), 0, "r has net.ipv4.conf.eth0.arp_ignore at 8 now"),
    (("exec r sysctl -w net.ipv4.conf.all.arp_ignore=8", "exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=8",
      "exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=0", *QUIET), 0, "r has net.ipv4.conf.all.arp_ignore at 8 now"),
    (("exec r ip route add 10.9.9.9/32 dev eth1", "exec r sysctl -w net.ipv4.conf.all.arp_filter=1",
      f"{QUIET[2]} -I 10.9.9.9"), 1, "r has net.ipv4.conf.all.arp_filter at 1 now"),
    (("exec r sysctl -w net.ipv4.conf.eth0.rp_filter=1", f"{QUIET[2]} -I 10.9.9.9"), 0,
     "r has net.ipv4.conf.eth0.rp_filter at 1 now"),
    (("exec a ip route replace default via 10.0.0.9", PING), 0, "a gets the route default via 10.0.0.9 dev eth0"),
    (("exec a ip route add 10.0.1.0/24 via 10.0.0.9", "ping a 10.0.1.2 -c 1 -W 5"), 0,
     "a gets the route 10.0.1.0/24 via 10.0.0.9 dev eth0"),
    (("exec r ip route add 10.7.0.0/16 via 10.0.1.2", "ping a 10.7.0.1 -c 1 -W 1"), 0,
     "r gets the route 10.7.0.0/16 via 10.0.1.2 dev eth1"),
])
def test_of_a_question_without_an_answer_and_of_a_router_that_knows_no_way_the_line_is_named(
        lines: tuple[str, ...], line: int, words: str) -> None:
    told = [one for one in asked((*ROUTER, *lines)).splitlines() if "since #" in one]
    assert [one.partition(": ")[2] for one in told] == [f"{words} ← ❯ {lines[line]}"]


def test_the_route_that_came_with_a_container_is_no_line_s() -> None:
    lines = ("docker run -d --name n1 nginx", "wait", "ip link set docker0 down", "ping n1 8.8.8.8 -c 1 -W 5")
    told = asked(lines)
    assert "nobody answered the ARP requests for 172.17.0.1" in told
    assert "gets the route" not in told


@pytest.mark.parametrize(("line", "goal", "words"), [
    ("exec r sysctl -w net.ipv4.ip_forward=0", "10.0.1.2", "r has net.ipv4.ip_forward at 0 now"),
    ("exec r sysctl -w net.ipv4.conf.all.arp_ignore=8", "10.0.0.1", "r has net.ipv4.conf.all.arp_ignore at 8 now"),
    ("exec a ip route replace default via 10.0.0.9", "10.0.1.2", "a gets the route default via 10.0.0.9 dev eth0"),
    ("exec a ip route del default", "10.0.1.2", "a loses the route default via 10.0.0.1 dev eth0"),
    ("exec r iptables -A FORWARD -p icmp -j DROP", "10.0.1.2", "the rule was added by"),
])
def test_trace_names_the_line_as_why_does(line: str, goal: str, words: str) -> None:
    session = KeptSession()
    for one in (*ROUTER, line):
        session.run(one)
    told = [one for one in session.run(f"trace a {goal}").out.splitlines() if words in one]
    assert told
    assert all(one.endswith(f"❯ {line}") for one in told)


def test_it_is_named_in_chinese_and_only_when_somebody_set_it() -> None:
    lines = (*ROUTER, "exec r sysctl -w net.ipv4.ip_forward=0", PING)
    assert "：r 的 net.ipv4.ip_forward 现在是 0 ← ❯ exec r sysctl -w net.ipv4.ip_forward=0" in asked(lines, "zh")
    without = asked((*(one for one in ROUTER if "sysctl" not in one), PING))
    assert "ip_forward is 0" in without
    told = [one.partition(": ")[2] for one in without.splitlines() if "since" in one]
    assert told == [f"a gets the route default via 10.0.0.1 dev eth0 ← ❯ {ROUTER[9]}"]


@pytest.mark.parametrize(("line", "english", "chinese"), [
    ("curl -m 2 http://172.17.0.2:81/", "TCP ports open in web now: 80 (nginx), 127.0.0.1:9000 (nc)",
     "web 现在打开的 TCP 端口：80 (nginx)、127.0.0.1:9000 (nc)"),
    ("nc -u -z -w 1 172.17.0.2 53", "no UDP port is open in web now", "web 现在没有打开的 UDP 端口")])
def test_of_a_refused_connection_what_is_open_there_is_told(line: str, english: str, chinese: str) -> None:
    lines = ("docker run -d --name web nginx", "wait", "docker exec -d web nc -lk 127.0.0.1 9000", line)
    assert english in asked(lines)
    assert chinese in asked(lines, "zh")
