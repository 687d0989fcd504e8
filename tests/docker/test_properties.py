"""Whatever is run, stopped, connected and removed in whatever order: nothing leaks, nothing is given out twice."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netsandbox.docker.network import BridgeNetwork
from netsandbox.linux.core.devices.interface import Interface
from tests.docker.machine import Machine

NAMES = ("c1", "c2", "c3", "c4")
NETWORKS = ("net-a", "net-b")
name, network = st.sampled_from(NAMES), st.sampled_from((*NETWORKS, "bridge", "host", "none"))
mode = st.one_of(network, name.map("container:{}".format))
image = st.sampled_from(("nginx", "redis", "busybox sleep 3", "alpine", "-it alpine", "--init busybox sleep 1000",
                         "busybox ping 172.17.0.1", "alpine nosuch", "--rm nginx", "--restart always nginx",
                         "-p 8080:80 nginx", "-p 80:80 -p 8080:81 nginx", "-P --rm nginx"))
line = st.one_of(
    st.builds("run -d --name {} --net {} {}".format, name, mode, image),
    st.builds("create --name {} --net {} {}".format, name, mode, image),
    st.builds("{} {}".format, st.sampled_from(
        ("stop", "stop -t 1", "start", "restart -t 1", "kill", "rm", "rm -f", "kill -s TERM")), name),
    st.builds("rename {} {}".format, name, name),
    st.builds("network {} {} {}".format, st.sampled_from(("connect", "disconnect")), network, name),
    st.builds("network create {}".format, st.sampled_from(NETWORKS)),
    st.builds("network rm {}".format, st.sampled_from(NETWORKS)),
    st.builds("sleep {}".format, st.sampled_from((0, 1, 4))))


def veths(interfaces: dict[str, Interface]) -> list[Interface]:
    return [interface for interface in interfaces.values() if interface.kind == "veth"]


def check(docker: Machine) -> None:
    """What must hold at rest."""
    docker.settle()
    engine = docker.engine
    running = [c for c in engine.containers.values() if c.is_running]
    assert all(not c.endpoints and c.namespace is None and c.program is None
               for c in engine.containers.values() if not c.is_running)
    endpoints = [endpoint for container in running for endpoint in container.endpoints.values()]
    assert len({(e.network.name, e.address) for e in endpoints}) == len(endpoints)
    assert len({e.mac for e in endpoints}) == len(endpoints)
    assert {e.outside for e in endpoints} == set(veths(engine.namespace.interfaces))
    for found in engine.networks.values():
        if isinstance(found, BridgeNetwork):
            check_network(found)
    for container in running:
        check_namespace(docker, container.name)
    owners = {c.program.process.pid for c in running if c.program is not None and c.namespace is engine.namespace}
    proxies = [b.proxy.socket for c in running for b in c.bindings if b.proxy is not None]
    assert all(not c.bindings for c in engine.containers.values() if not c.is_running)
    sockets = engine.namespace.sockets.sockets
    assert {socket for socket in sockets if socket.process.name == "docker-proxy"} == set(proxies)
    assert {socket.process.pid for socket in sockets if socket not in proxies} <= owners


def check_network(found: BridgeNetwork) -> None:
    members = [member.endpoints[found.name] for member in found.members.values()]
    pool = found.pool
    assert pool.used == {pool.subnet.network, pool.subnet.broadcast, pool.gateway, *(e.address for e in members)}
    assert {port.interface for port in found.bridge.ports} == {endpoint.outside for endpoint in members}
    assert found.bridge.carrier == bool(members)
    assert all(port.forwarding for port in found.bridge.ports)
    assert all(member.is_running for member in found.members.values())


def check_namespace(docker: Machine, container_name: str) -> None:
    container = docker.container(container_name)
    namespace = container.namespace
    assert namespace is not None
    if container.mode == "host":
        assert namespace is docker.engine.namespace
    if namespace is docker.engine.namespace:
        return
    sharers = [c for c in docker.engine.containers.values() if c.namespace is namespace]
    inside = {endpoint.inside for c in sharers for endpoint in c.endpoints.values()}
    assert set(veths(namespace.interfaces)) == inside
    pids = {c.program.process.pid for c in sharers if c.program is not None}
    own = [socket for socket in namespace.sockets.sockets if socket.process.name != "dockerd"]
    assert {socket.process.pid for socket in own} <= pids
    defaults = [route for route in namespace.routes.all("main") if route.destination.length == 0]
    assert len(defaults) == min(1, len(inside))
    assert namespace.name in {c.name for c in sharers}
    assert all(interface.label == f"{namespace.name}:{interface.name}" for interface in namespace.interfaces.values())


def carry_out(docker: Machine, text: str) -> None:
    if text.startswith("sleep"):
        docker.wait(float(text.split()[1]))
    else:
        said = docker(text)
        assert said.code is not None, text


@settings(max_examples=150)
@example(["run -d --name c1 --rm -p 80:80 nginx", "restart -t 1 c1"], "docker-29")
@given(st.lists(line, max_size=14), st.sampled_from(("docker-27", "docker-28", "docker-29")))
def test_any_sequence_keeps_the_books(lines: list[str], profile: str) -> None:
    docker = Machine(profile)
    docker("network create net-a")
    for text in lines:
        carry_out(docker, text)
        check(docker)
    for container in list(docker.engine.containers):
        docker(f"rm -f {container}")
    assert veths(docker.engine.namespace.interfaces) == []
    assert docker.engine.namespace.sockets.sockets == []
    assert not docker.engine.bridge.carrier
    docker.lab.scheduler.run_until_quiet()


@settings(max_examples=25)
@given(st.lists(line, max_size=8))
def test_the_same_lines_give_the_same_lab(lines: list[str]) -> None:
    seen = []
    for _run in range(2):
        docker = Machine()
        docker("network create net-a")
        said = [docker(text) for text in lines if not text.startswith("sleep")]
        docker.wait(3)
        seen.append((said, docker("ps -a --no-trunc"), docker("network inspect bridge"), docker.lab.trace.end))
    assert seen[0] == seen[1]


words = st.one_of(st.text(max_size=12), st.sampled_from(
    ("run", "ps", "network", "create", "inspect", "-f", "--format", "--name", "-p", "{{.X}}", "{{", "nginx", "exec",
     "--", "-", "--=", "=", "\x1b[31m", "\u202e", "a" * 5000, "-it", "--net", "container:", "1-99999", "[::]:80:80")))


@settings(max_examples=400)
@example(["run", "nginx"])
@given(st.lists(words, max_size=6))
def test_anything_typed_ends_in_an_exit_status_and_an_intact_lab(typed: list[str]) -> None:
    docker = Machine()
    client = docker.begin(" ".join(shlex.quote(word) for word in typed))
    docker.wait(3)
    if client.is_running:  # a server in the foreground
        client.interrupt()
        docker.wait(20)
    assert client.code is not None
    assert all(character.isprintable() or character in "\n\t" for character in client.err)
    check(docker)


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "\u202eright", "x" * 100_000, "a-" * 500, "\x00", "😀", ""])
@pytest.mark.parametrize("place", ["run {}", "run -d --name {} nginx", "stop {}", "exec {} ls", "run --net {} nginx",
                                   "network create {}", "inspect {}", "run -p {} nginx", "inspect -f {} bridge",
                                   "run --rm alpine {}", "run --rm alpine sh -c {}", "logs --tail {} x", "{}"])
def test_hostile_words_are_refused_on_a_few_printable_lines(docker: Machine, text: str, place: str) -> None:
    said = docker(place.format(shlex.quote(text)))
    assert said.code is not None
    assert all(character.isprintable() or character == "\n" for character in said.err)
    assert len(said.err) < 9000
    check(docker)
