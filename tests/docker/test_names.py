"""Names: what /etc/hosts has, and on networks that a person made the names of the containers there."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture
def lab() -> KeptSession:
    session = KeptSession()
    for line in ("docker network create mynet", "docker run -d --name web --network mynet --network-alias db nginx",
                 "docker run -d --name app --network mynet --hostname front nginx",
                 "docker run -d --name alone --add-host x:172.17.0.1 --hostname foo nginx", "wait"):
        assert session.run(line).code == 0
    return session


def address(lab: KeptSession, container: str, name: str) -> str:
    """The address that ping finds, or what it complains of."""
    job = lab.run(f"docker exec {container} ping -c 1 -W 1 {name}")
    return job.out.partition("(")[2].partition(")")[0] if job.out else job.err.splitlines()[-1]


@pytest.mark.parametrize(("container", "name", "found"), [
    ("app", "web", "172.18.0.2"), ("app", "db", "172.18.0.2"), ("app", "web.mynet", "172.18.0.2"),
    ("app", "app", "172.18.0.3"), ("web", "front", "172.18.0.3"), ("web", "localhost", "127.0.0.1"),
    ("alone", "x", "172.17.0.1"), ("alone", "foo", "172.17.0.2"),
    *((one, name, f"ping: {name}: Temporary failure in name resolution") for one, name in (
        ("alone", "web"), ("app", "alone"), ("app", "nope")))])
def test_who_finds_whom(lab: KeptSession, container: str, name: str, found: str) -> None:
    assert address(lab, container, name) == found


def test_a_short_identity_is_a_name(lab: KeptSession) -> None:
    identity = lab.run("docker ps -q -f name=web").out.strip()
    assert address(lab, "app", identity) == "172.18.0.2"


def test_names_follow_connections_and_lives(lab: KeptSession) -> None:
    lab.run("docker network connect --alias three mynet alone")
    assert address(lab, "alone", "web") == "172.18.0.2"
    assert address(lab, "web", "alone") == address(lab, "web", "three") == "172.18.0.4"
    lab.run("docker network disconnect mynet alone")
    assert "Temporary failure" in address(lab, "web", "alone")
    lab.run("docker stop web")
    assert "Temporary failure" in address(lab, "app", "web")
    lab.run("docker rename app other")
    lab.run("docker start web")
    assert address(lab, "web", "other") == "172.18.0.3"


@pytest.mark.parametrize("line", [
    "docker exec app traceroute web", "docker exec app arping -c 1 web",
    "docker run --rm --network mynet busybox ping -c 1 web",
    "docker run --rm --network container:app nicolaka/netshoot ping -c 1 web", "docker exec app sh -c 'ping -c 1 web'",
    "exec app ping -c 1 web"])
def test_every_program_finds_them(lab: KeptSession, line: str) -> None:
    job = lab.run(line)
    assert job.code == 0
    assert "172.18.0.2" in job.out


def test_in_an_entered_shell_and_on_the_host(lab: KeptSession) -> None:
    lab.run("docker exec -it app bash")
    assert "172.18.0.2" in lab.run("ping -c 1 web").out
    lab.run("exit")
    assert "127.0.0.1" in lab.run("exec host ping -c 1 localhost").out
    assert "Temporary failure in name resolution" in lab.run("exec host ping -c 1 web").err


def test_a_hop_is_called_by_its_name(lab: KeptSession) -> None:
    assert " 1  web.mynet (172.18.0.2)  " in lab.run("docker exec app traceroute web").out


def test_replies_come_from_a_name_where_a_name_was_asked(lab: KeptSession) -> None:
    assert "64 bytes from web.mynet (172.18.0.2): icmp_seq=1 " in lab.run("docker exec app ping -c 1 web").out
    for words in ("-n web", "172.18.0.2"):
        assert "64 bytes from 172.18.0.2: icmp_seq=1 " in lab.run(f"docker exec app ping -c 1 {words}").out
    assert "64 bytes from localhost (127.0.0.1): icmp_seq=1 " in lab.run("exec host ping -c 1 localhost").out
    assert "64 bytes from 172.18.0.2: seq=0 " in lab.run("docker run --rm --network mynet busybox ping -c 1 web").out
