"""Several Docker hosts on a LAN with an outside client: each has its own Engine, which the other's client may ask."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from tests.session.lines import state

LAN = ("add-host h1 --docker", "add-host h2 --docker", "add-host pc", "add-switch sw", "connect h1 sw", "connect h2 sw",
       "connect pc sw", "set-ip h1:eth0 192.168.5.1/24", "set-ip h2:eth0 192.168.5.2/24", "set-ip pc 192.168.5.3/24",
       "exec h1 docker run -d --name web1 -p 80:80 nginx", "exec h2 docker run -d --name web2 -p 80:80 nginx")
HOSTS = """exec h2 sh -c 'echo "{{\\\"hosts\\\": {hosts}}}" > /etc/docker/daemon.json'"""
BOTH = '[\\"unix:///var/run/docker.sock\\", \\"tcp://0.0.0.0:2375\\"]'
OPEN = (HOSTS.format(hosts=BOTH), "exec h2 docker update --restart always web2", "exec h2 systemctl restart docker")
NAMES = "ps --format {{.Names}}"
NOT_THERE = "Cannot connect to the Docker daemon at tcp://192.168.5.2:2375. Is the docker daemon running?\n"
UNRESOLVED = "Failed to initialize: unable to resolve docker endpoint: "


@pytest.fixture
def two() -> KeptSession:
    made = KeptSession(profile="docker-28")
    for line in LAN:
        assert made.run(line).code == 0, line
    return made


@pytest.fixture
def opened(two: KeptSession) -> KeptSession:
    for line in OPEN:
        assert two.run(line).code == 0, line
    return two


def test_each_host_has_an_engine_of_its_own(two: KeptSession) -> None:
    assert (two.run(f"exec h1 docker {NAMES}").out, two.run(f"exec h2 docker {NAMES}").out) == ("web1\n", "web2\n")
    inside = "docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}'"
    assert two.run(f"exec h1 {inside} web1").out == two.run(f"exec h2 {inside} web2").out == "172.17.0.2\n"
    for address in ("192.168.5.1", "192.168.5.2"):
        assert two.run(f"exec pc curl -sS -o /dev/null {address}").code == 0
    assert two.run("exec pc docker ps").err.startswith("sh: 1: docker: not found")
    assert two.run("docker ps -q").out == ""  # the default host's, which is a third one
    assert two.run(f"on h2 docker {NAMES}").out == "web2\n"
    two.run("enter h2")
    assert two.run(f"docker {NAMES}").out == "web2\n"


def test_a_containers_way_to_the_other_host_is_masqueraded(two: KeptSession) -> None:
    two.run("exec h2 docker run -d --name who -p 81:80 nginx")
    two.run("exec h1 docker exec web1 curl -sS -o /dev/null 192.168.5.2:81")
    assert "192.168.5.1" in two.run("exec h2 docker logs who").out
    assert two.run("exec h1 docker exec web1 curl -sS -m 1 172.17.0.3").code in (7, 28)  # h1's own subnet


@pytest.mark.parametrize(("line", "code", "err"), [
    ("docker -H tcp://192.168.5.2:2375 ps", 1, NOT_THERE), ("docker -H tcp://192.168.5.2 ps", 1, NOT_THERE),
    ("docker -H 192.168.5.2 ps", 1, NOT_THERE), ("docker --host=192.168.5.2:2375 ps", 1, NOT_THERE),
    ("env DOCKER_HOST=tcp://192.168.5.2:2375 docker ps", 1, NOT_THERE),
    ("docker -H tcp://192.168.5.2 run -d nginx", 125,
     f"docker: {NOT_THERE}\nRun 'docker run --help' for more information\n"),
    ("docker -H unix:///nowhere.sock ps", 1,
     "Cannot connect to the Docker daemon at unix:///nowhere.sock. Is the docker daemon running?\n"),
    ("docker -H ssh://root@192.168.5.2 ps", 1, (
        'error during connect: Get "http://docker.example.com/v1.51/containers/json": command [ssh -l root -o '
        "ConnectTimeout=30 -T -- 192.168.5.2 docker system dial-stdio] has exited with exit status 255, make sure the "
        "URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host "
        "192.168.5.2 port 22: Connection refused\n\n")),
    ("docker -H tcp://192.168.5.77:2375 ps", 1, (
        'error during connect: Get "http://192.168.5.77:2375/v1.51/containers/json": dial tcp 192.168.5.77:2375: '
        "connect: no route to host\n")),
    ("docker -H tcp://nowhere:2375 network ls", 1, (
        'error during connect: Get "http://nowhere:2375/v1.51/networks": dial tcp: lookup nowhere: no such host\n')),
    ("docker -H foo://x ps", 1, f"{UNRESOLVED}invalid bind address format: foo://x\n"),
    ("docker -H tcp://192.168.5.2:x ps", 1, f'{UNRESOLVED}parse "tcp://192.168.5.2:x": invalid port ":x" after host\n'),
    ("docker --context nowhere ps", 1, (
        f'{UNRESOLVED}context "nowhere": context not found: open /root/.docker/contexts/meta/20aeff0494e828d188c704e1f'
        "488a589b15ae01d11f6cb129f62129caa6cc543/meta.json: no such file or directory\n")),
    ("docker --tlsverify ps", 1, (
        "netsandbox: --tlsverify is not modelled: there is no encryption; `docker -H tcp://HOST:2375` reaches an "
        'Engine whose daemon.json has it in "hosts"\n'))])
def test_an_engine_that_is_not_reached(two: KeptSession, line: str, code: int, err: str) -> None:
    answer = two.run(f"exec h1 {line}")
    assert (answer.code, answer.out, answer.err) == (code, "", err)
    assert two.run(f"exec h2 docker {NAMES}").out == "web2\n"


@pytest.mark.parametrize("how", ["docker -H tcp://192.168.5.2:2375", "docker -H 192.168.5.2", "docker -H=192.168.5.2",
                                 "docker --host 192.168.5.2", "env DOCKER_HOST=192.168.5.2 docker"])
def test_an_engine_elsewhere_is_asked_over_the_network(opened: KeptSession, how: str) -> None:
    first = opened.lab.trace.end
    assert opened.run(f"exec h1 {how} {NAMES}").out == "web2\n"
    assert opened.lab.trace.end - first > 10  # frames of a connection
    assert opened.run(f"exec h1 {how} run -d --name more nginx").code == 0
    assert opened.run(f"exec h2 docker {NAMES}").out == "more\nweb2\n"
    assert opened.run(f"exec h1 {how} exec web2 hostname -i").out == "172.17.0.2\n"
    assert "2375" not in opened.run("exec h1 ss -Htn").out
    opened.run("exec h2 systemctl stop docker")
    assert opened.run(f"exec h1 {how} ps").err == NOT_THERE


def test_who_answers_there_must_be_an_engine(two: KeptSession) -> None:
    assert two.run("exec h1 docker -H tcp://192.168.5.2:80 ps").err == (
        "error during connect: what answers there is no Docker Engine\n")


def test_a_firewall_keeps_the_api_from_others(opened: KeptSession) -> None:
    opened.run("exec h2 iptables -A INPUT -p tcp --dport 2375 -j DROP")
    answer = opened.run("exec h1 timeout 3 docker -H 192.168.5.2 ps")
    assert (answer.code, answer.out) == (124, "")


def test_contexts(opened: KeptSession) -> None:
    def on_h1(words: str) -> str:
        answer = opened.run(f"exec h1 docker {words}")
        return answer.out + answer.err

    assert on_h1("context create two --docker host=tcp://192.168.5.2:2375") == (
        'two\nSuccessfully created context "two"\n')
    assert on_h1("context create two --docker host=tcp://192.168.5.2:2375") == 'context "two" already exists\n'
    assert on_h1("context use two") == 'two\nCurrent context is now "two"\n'
    assert (on_h1(NAMES), on_h1(f"--context default {NAMES}"), on_h1("context show")) == ("web2\n", "web1\n", "two\n")
    assert on_h1("context ls") == (
        "NAME      DESCRIPTION                               DOCKER ENDPOINT               ERROR\n"
        "default   Current DOCKER_HOST based configuration   unix:///var/run/docker.sock   \n"
        "two *                                               tcp://192.168.5.2:2375        \n")
    assert on_h1("context rm two") == 'context "two" is in use, set -f flag to force remove\n'
    assert on_h1("context rm -f two") == "two\n"
    assert (on_h1("context show"), on_h1(NAMES)) == ("default\n", "web1\n")
    assert opened.run("exec h2 docker context ls -q").out == "default\n"


@pytest.mark.parametrize(("words", "err"), [
    ("create x --docker host=tcp://1.2.3.4", 'context name "x" is invalid, names are validated against regexp '),
    ("create default", '"default" is a reserved context name'), ("rm default", 'context "default" cannot be removed'),
    ("rm nope", 'context "nope" does not exist'), ("use nope", 'context "nope": context not found: open '),
    ("create xx --docker host=foo://x", "unable to create docker endpoint config: invalid bind address format: foo://x"),
    ("create xx --docker foo=1", "unable to create docker endpoint config: foo: unrecognized config key"),
    ("update xx", "docker context update is not modelled in the sandbox")])
def test_contexts_refuse(two: KeptSession, words: str, err: str) -> None:
    assert two.run(f"exec h1 docker context {words}").err.startswith(err)
    assert two.run("exec h1 docker context ls -q").out == "default\n"


@pytest.mark.parametrize(("hosts", "said"), [
    ("tcp://0.0.0.0:80", "listen tcp 0.0.0.0:80: bind: address already in use"),
    ("tcp://10.9.9.9:2375", "listen tcp 10.9.9.9:2375: bind: cannot assign requested address"),
    ("tcp://x:2375", "invalid bind address format: tcp://x:2375")])
def test_a_port_that_dockerd_cannot_have(two: KeptSession, hosts: str, said: str) -> None:
    two.run("exec h2 docker rm -f web2")
    two.run("exec h2 nc -lk -p 80 &")
    two.run(HOSTS.format(hosts=f'[\\"{hosts}\\"]'))
    assert two.run("exec h2 systemctl restart docker").code == 1
    assert two.run("exec h2 journalctl -u docker").out.endswith(f"dockerd[612]: failed to load listeners: {said}\n")
    assert ":2375" not in two.run("exec h2 ss -Hltn").out


def test_going_back_over_a_line_for_the_other_host(opened: KeptSession) -> None:
    opened.run("exec h1 docker -H 192.168.5.2 run -d --name more nginx")
    here = state(opened)
    opened.go_to(len(LAN))
    opened.go_to(*opened.end)
    assert state(opened) == here
