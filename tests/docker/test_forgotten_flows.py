"""Connections that dockerd forgets when a container comes or goes, as 28.5.2 and 26.1.5 were seen to do it."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session

FLOW = re.compile(r"src=(\S+) dst=(\S+) .*?(?:dport=(\d+)|id=\d+) (?:\[UNREPLIED\] )?src=(\S+)")


def flows(session: Session) -> set[tuple[str, ...]]:
    """(from, to, port, who answers)"""
    return set(FLOW.findall(session.run("conntrack -L").out))


@pytest.fixture
def session() -> Session:
    session = Session()
    for line in ("add-host lan", "connect host lan", "set-ip host:eth0 192.168.1.10/24",
                 "set-ip lan:eth0 192.168.1.20/24", "ip route add default via 192.168.1.20"):
        assert session.run(line).code == 0, line
    return session


def test_of_udp_what_came_before_the_port_was_published(session: Session) -> None:
    session.run("exec lan sh -c 'echo one | nc -u -w1 192.168.1.10 7777; echo one | nc -u -w1 192.168.1.10 7778'")
    assert {flow[2] for flow in flows(session)} == {"7777", "7778"}
    session.run("docker run -d --name uu -p 7777:7777/udp nicolaka/netshoot nc -ukl 7777")
    assert {flow[2] for flow in flows(session)} == {"7778"}
    session.run("echo one | nc -u -w1 127.0.0.1 7777")
    session.run("docker stop -t 0 uu")
    assert ("127.0.0.1", "127.0.0.1", "7777", "127.0.0.1") in flows(session), "to docker-proxy, whose address stays"
    assert not any("172.17.0.2" in flow for flow in flows(session))
    session.run("docker start uu")
    assert {flow[2] for flow in flows(session)} == {"7778"}


def test_what_led_to_its_address_and_not_what_it_asked_behind_the_hosts(session: Session) -> None:
    for line in ("docker run -d --name tt -p 8080:80 nginx", "docker run -d --name cc nicolaka/netshoot sleep 1000",
                 "exec lan curl -s -o /dev/null 192.168.1.10:8080", "curl -s -o /dev/null 172.17.0.2",
                 "docker exec cc ping -c1 192.168.1.20"):
        assert session.run(line).code == 0, line
    asked = ("172.17.0.3", "192.168.1.20", "", "192.168.1.20")
    served = {("192.168.1.20", "192.168.1.10", "8080", "172.17.0.2"), ("172.17.0.1", "172.17.0.2", "80", "172.17.0.2")}
    assert flows(session) == {asked, *served}
    session.run("docker rm -f cc")
    assert flows(session) == {asked, *served}
    session.run("docker rm -f tt")
    assert flows(session) == {asked}


def test_those_of_the_network_that_its_ports_led_to(session: Session) -> None:
    for line in ("docker network create n1", "docker network create n2",
                 "docker run -d --name ss --network n1 -p 8081:80 nginx", "docker network connect n2 ss",
                 "curl -s -o /dev/null 192.168.1.10:8081", "docker network disconnect n2 ss"):
        assert session.run(line).code == 0, line
    assert flows(session) == {("192.168.1.10", "192.168.1.10", "8081", "172.18.0.2")}
    assert session.run("docker network connect n2 ss; docker network disconnect n1 ss").code == 0
    assert flows(session) == set()
