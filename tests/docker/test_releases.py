"""What differs from release to release, as real Engines 26.1.5 and 28.5.2 showed it."""

from __future__ import annotations

import json

import pytest

from tests.docker.machine import Machine


def subnets(docker: Machine, *lines: str) -> list[str]:
    for line in lines:
        docker(line)
    names = [name for name in docker.engine.networks if name not in ("bridge", "host", "none")]
    return [docker(f"network inspect {name} -f '{{{{(index .IPAM.Config 0).Subnet}}}}'").out.strip() for name in names]


@pytest.mark.parametrize(("profile", "again"), [("docker-26", "172.19.0.0/16"), ("docker-28", "172.18.0.0/16")])
def test_a_subnet_that_was_given_back(profile: str, again: str) -> None:
    """28 takes the lowest free one, 26 goes on behind the last."""
    assert subnets(Machine(profile), "network create a", "network rm a", "network create b") == [again]


def test_26_goes_round() -> None:
    docker = Machine("docker-26")
    for _round in range(30):
        docker("network create a")
        docker("network rm a")
    assert subnets(docker, "network create b") == ["172.18.0.0/16"]


@pytest.mark.parametrize(("profile", "name"), [("docker-26", "eth2"), ("docker-28", "eth1")])
def test_names_of_interfaces(profile: str, name: str) -> None:
    docker = Machine(profile)
    docker("network create a")
    docker("run -d --name box nginx")
    for _time in range(2):
        docker("network connect a box")
        inside = docker.container("box").endpoints["a"].inside.name
        docker("network disconnect a box")
    assert inside == name
    docker("restart box")
    assert docker.container("box").endpoints["bridge"].inside.name == "eth0"


@pytest.mark.parametrize(("profile", "hosts", "servers"), [
    ("docker-26", "fe00::0\tip6-localnet\nff00::0\tip6-mcastprefix", "# ExtServers: [192.168.1.1]"),
    ("docker-28", "fe00::\tip6-localnet\nff00::\tip6-mcastprefix", "# ExtServers: [host(192.168.1.1)]")])
def test_files(profile: str, hosts: str, servers: str) -> None:
    docker = Machine(profile)
    docker.engine.name_servers = (0xC0A80101,)
    docker("network create a")
    docker("run -d --name box nginx")
    docker("network connect a box")
    assert hosts in docker("exec box cat /etc/hosts").out
    assert servers in docker("exec box cat /etc/resolv.conf").out


@pytest.mark.parametrize(("profile", "last"), [("docker-26", ["DriverOpts", "DNSNames"]),
                                               ("docker-28", ["GlobalIPv6PrefixLen", "DNSNames"])])
def test_fields_of_an_endpoint(profile: str, last: list[str]) -> None:
    docker = Machine(profile)
    docker("run -d --name box nginx")
    fields = list(json.loads(docker("inspect box -f '{{json .NetworkSettings.Networks.bridge}}'").out))
    assert fields[-2:] == last
    assert ("GwPriority" in fields) == (profile == "docker-28")


@pytest.mark.parametrize("profile", ["docker-26", "docker-28"])
def test_devices_without_a_queue(profile: str) -> None:
    """Docker leaves TxQLen at 0, so `ip link` says nothing of a queue."""
    docker = Machine(profile)
    docker("run -d --name box nginx")
    devices = docker.container("box").endpoints["bridge"]
    assert {device.queue_length for device in (docker.engine.bridge, devices.inside, devices.outside)} == {0}


def test_ports_are_taken_in_the_order_of_the_container_s() -> None:
    """Certain ones first, then the container's lowest; TCP before UDP, each with numbers of its own."""
    docker = Machine("docker-28")
    docker("run -d --name box -p 90 -p 80/udp -p 80 -p 8000:9000 nginx")
    found = [(it.port, it.protocol, it.host_port) for it in docker.container("box").bindings if it.host == "0.0.0.0"]
    assert found == [(9000, "tcp", 8000), (80, "tcp", 32768), (80, "udp", 32768), (90, "tcp", 32769)]
    docker("rm -f box")
    docker("run -d --name rr -p 8000-8002:80 nginx")
    docker("restart rr")
    assert docker("port rr 80").out.splitlines()[0] == "0.0.0.0:8001"


def test_26_begins_with_the_highest() -> None:
    docker = Machine("docker-26")
    docker("run -d --name box -p 80:80 -p 90:90 nginx")
    assert [it.host_port for it in docker.container("box").bindings if it.host == "0.0.0.0"] == [90, 80]


def test_publish_all_is_no_list_of_ports() -> None:
    docker = Machine()
    docker("run -d --name box -P --expose 7000 nginx")
    said = docker("inspect box -f '{{json .HostConfig.PortBindings}} {{.HostConfig.PublishAllPorts}}'").out
    assert said == "{} true\n"
    assert docker("port box").out.count("0.0.0.0:") == 2


def test_the_long_form_of_p() -> None:
    docker = Machine()
    docker("run -d --name box -p published=8100,target=80,protocol=udp,mode=host nginx")
    assert docker("port box").out.splitlines()[0] == "80/udp -> 0.0.0.0:8100"


def test_port_0_is_any() -> None:
    docker = Machine()
    docker("run -d --name box -p 0:80 nginx")
    assert docker("port box").out.splitlines()[0] == "80/tcp -> 0.0.0.0:32768"
