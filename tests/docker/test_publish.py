"""-p: who gets which port of the host, what is said when it is taken, and how it is shown."""

from __future__ import annotations

import json
import re

import pytest

from netsandbox.session.keeping import KeptSession
from tests.docker.machine import Machine

DAEMON = "docker: Error response from daemon: "
IDENTITY = re.compile(r"\([0-9a-f]{64}\)")


def shown(docker: Machine, name: str) -> str:
    return docker(f"ps -a --format {{{{.Ports}}}} -f name=^{name}$").out.rstrip("\n")


def holders(docker: Machine, port: int) -> list[tuple[str, str]]:
    table = docker.engine.namespace.sockets
    return [(socket.family, socket.process.name) for socket in table.at_port("tcp", port)]


@pytest.mark.parametrize(("options", "ports"), [
    ("-p 8080:80", "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp"), ("-p 80:80", "0.0.0.0:80->80/tcp, [::]:80->80/tcp"),
    ("-p 127.0.0.1:8080:80", "127.0.0.1:8080->80/tcp"), ("-p 80", "0.0.0.0:32768->80/tcp, [::]:32768->80/tcp"),
    ("-P", "0.0.0.0:32768->80/tcp, [::]:32768->80/tcp"),
    ("-p 8080:8080", "80/tcp, 0.0.0.0:8080->8080/tcp, [::]:8080->8080/tcp"),
    ("-p 8000-8002:8000-8002 --expose 1",
     "1/tcp, 80/tcp, 0.0.0.0:8000-8002->8000-8002/tcp, [::]:8000-8002->8000-8002/tcp"),
    ("-p 5353:53/udp", "80/tcp, 0.0.0.0:5353->53/udp, [::]:5353->53/udp"), ("--net host -p 8080:80", ""),
    ("--net none -p 8080:80", ""), ("-p '[::]:8080:80'", "[::]:8080->80/tcp"),
    ("-p 8000-8010:80", "0.0.0.0:8000->80/tcp, [::]:8000->80/tcp"),
    ("-p 1:80 -p 2:80", "0.0.0.0:1->80/tcp, 0.0.0.0:2->80/tcp, [::]:1->80/tcp, [::]:2->80/tcp")])
def test_what_is_shown(docker: Machine, options: str, ports: str) -> None:
    assert docker(f"run -d --name web {options} nginx").code == 0
    assert shown(docker, "web") == ports
    docker("stop web")
    assert shown(docker, "web") == ""


def test_the_earlier_release_writes_no_brackets() -> None:
    docker = Machine("docker-27")
    docker("run -d --name web -p 8080:80 nginx")
    assert shown(docker, "web") == "0.0.0.0:8080->80/tcp, :::8080->80/tcp"


def test_docker_proxy_holds_the_port_while_the_container_runs(docker: Machine) -> None:
    docker("run -d --name web -p 8080:80 nginx")
    assert holders(docker, 8080) == [("inet", "docker-proxy"), ("inet6", "docker-proxy")]
    for line in ("stop web", "start web", "kill web"):
        docker(line)
        assert bool(holders(docker, 8080)) == (line == "start web")
    docker("run -d --rm --name gone -p 8080:80 nginx")
    docker("rm -f gone")
    assert holders(docker, 8080) == []


def test_docker_port_and_inspect(docker: Machine) -> None:
    docker("run -d --name web -p 8080:80 -p 127.0.0.1:53:53/udp nginx")
    assert docker("port web").out == "53/udp -> 127.0.0.1:53\n80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n"
    assert docker("port web 80").out == "0.0.0.0:8080\n[::]:8080\n"
    assert docker("port web 53/udp").out == "127.0.0.1:53\n"
    assert docker("port web 53") == (1, "", "Error: No public port '53' published for web\n")
    ports = json.loads(docker("inspect -f '{{json .NetworkSettings.Ports}}' web").out)
    assert ports == {"53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
                     "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}]}
    form = '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}'
    assert docker(f"inspect -f '{form}' web").out == "8080\n"


@pytest.mark.parametrize(("first", "second", "err"), [
    ("8080:80", "127.0.0.1:8080:80", "listen tcp4 127.0.0.1:8080: bind: address already in use"),
    ("127.0.0.1:8080:80", "8080:80", "listen tcp4 0.0.0.0:8080: bind: address already in use"),
    ("127.0.0.1:8080:80", "192.168.1.10:8080:80", "")])
def test_releases_before_28_tell_addresses_apart_until_docker_proxy_is_to_listen(
        first: str, second: str, err: str) -> None:
    session = KeptSession(profile="docker-26")
    session.run("ip addr add 192.168.1.10/24 dev docker0")
    session.run(f"docker run -d --name web -p {first} nginx")
    said = session.run(f"docker run -d --name web2 -p {second} nginx")
    assert said.err.rpartition("userland proxy: ")[2] == (f"{err}.\n" if err else "")


def test_releases_before_28_choose_a_port_for_each_family() -> None:
    session = KeptSession(profile="docker-26")
    session.run("docker run -d --name lo -p 127.0.0.1::80 nginx")
    session.run("docker run -d --name one -p 80 nginx")
    session.run("docker run -d --name web -p 80 nginx")
    assert session.run("docker port web").out == "80/tcp -> 0.0.0.0:32770\n80/tcp -> [::]:32769\n"


@pytest.mark.parametrize(("profile", "before"), [
    ("docker-28", "failed to set up container networking: "), ("docker-29", "failed to set up container networking: ")])
@pytest.mark.parametrize(("first", "second", "where"), [
    ("8080:80", "8080:80", "0.0.0.0:8080"), ("127.0.0.1:8080:80", "8080:80", "127.0.0.1:8080"),
    ("8080:80", "127.0.0.1:8080:80", "0.0.0.0:8080"), ("'[::]:8080:80'", "8080:80", ":::8080")])
def test_a_port_that_another_container_has(profile: str, before: str, first: str, second: str, where: str) -> None:
    docker = Machine(profile)
    docker(f"run -d --name web -p {first} nginx")
    said = docker(f"run -d --name web2 -p {second} nginx")
    text = (f"{DAEMON}{before}driver failed programming external connectivity on endpoint web2 (ID): Bind for {where} "
            "failed: port is already allocated")
    assert said.code == 125
    assert text in IDENTITY.sub("(ID)", said.err)
    assert docker("ps -a --format '{{.State}} {{.Ports}}' -f name=web2").out == "created \n"
    docker("rm -f web")
    assert docker("start web2") == (0, "web2\n", "")


@pytest.mark.parametrize(("profile", "text"), [
    ("docker-29", "failed to bind host port 0.0.0.0:80/tcp: address already in use"),
    ("docker-28", "failed to bind host port for 0.0.0.0:80:172.17.0.2:80/tcp: address already in use"),
    ("docker-27", "Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use")])
def test_a_port_that_a_process_of_the_host_has(profile: str, text: str) -> None:
    docker = Machine(profile)
    docker("run -d --name host-web --net host nginx")
    said = docker("run -d --name web -p 80:80 nginx")
    assert (said.code, said.out.count("\n")) == (125, 1)
    assert f"external connectivity on endpoint web (ID): {text}" in IDENTITY.sub("(ID)", said.err)
    assert docker.container("web").state == "created"
    assert holders(docker, 80) == [("inet", "nginx"), ("inet6", "nginx")]


def test_what_does_not_collide(docker: Machine) -> None:
    for number, words in enumerate(("127.0.0.1:80:80", "172.17.0.1:80:80", "80:80/udp", "0.0.0.0:81:80",
                                    "'[::]:81:80'")):
        assert docker(f"run -d --name n{number} -p {words} nginx").code == 0, words
    said = docker("run -d --name far -p 9.9.9.9:80:80 nginx")
    assert "failed to bind host port 9.9.9.9:80/tcp: cannot assign requested address" in said.err


def test_chosen_ports_go_round(docker: Machine) -> None:
    docker("run -d --name a1 -p 80 -p 81 nginx")
    assert "32768->80" in shown(docker, "a1")
    assert "32769->81" in shown(docker, "a1")
    docker("rm -f a1")
    docker("run -d --name a2 -P nginx")
    assert "32770->80" in shown(docker, "a2")
    docker.engine.last_ports = dict.fromkeys(docker.engine.last_ports, 60999)
    docker("run -d --name a3 -P nginx")
    assert "32768->80" in shown(docker, "a3")


def test_a_range_that_is_full(docker: Machine) -> None:
    for name in ("r1", "r2"):
        docker(f"run -d --name {name} -p 8000-8001:80 nginx")
    assert shown(docker, "r2") == "0.0.0.0:8001->80/tcp, [::]:8001->80/tcp"
    assert "all ports are allocated" in docker("run -d --name r3 -p 8000-8001:80 nginx").err


def test_some_ports_are_given_back_when_another_is_taken(docker: Machine) -> None:
    docker("run -d --name web -p 81:80 nginx")
    assert docker("run -d --name web2 -p 80:80 -p 81:81 nginx").code == 125
    assert holders(docker, 80) == []
    assert docker("run -d --name web3 -p 80:80 nginx").code == 0
