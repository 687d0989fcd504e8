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


def test_it_is_named_in_chinese_and_only_when_somebody_set_it() -> None:
    lines = (*ROUTER, "exec r sysctl -w net.ipv4.ip_forward=0", PING)
    assert "：r 的 net.ipv4.ip_forward 现在是 0 ← ❯ exec r sysctl -w net.ipv4.ip_forward=0" in asked(lines, "zh")
    without = asked((*(one for one in ROUTER if "sysctl" not in one), PING))
    assert "ip_forward is 0" in without
    assert "since" not in without


@pytest.mark.parametrize(("line", "english", "chinese"), [
    ("curl -m 2 http://172.17.0.2:81/", "TCP ports open in web now: 80 (nginx), 127.0.0.1:9000 (nc)",
     "web 现在打开的 TCP 端口：80 (nginx)、127.0.0.1:9000 (nc)"),
    ("nc -u -z -w 1 172.17.0.2 53", "no UDP port is open in web now", "web 现在没有打开的 UDP 端口")])
def test_of_a_refused_connection_what_is_open_there_is_told(line: str, english: str, chinese: str) -> None:
    lines = ("docker run -d --name web nginx", "wait", "docker exec -d web nc -lk 127.0.0.1 9000", line)
    assert english in asked(lines)
    assert chinese in asked(lines, "zh")
