"""Filters, long options and conflicts, in the words that a real Engine 28.5.2 (and 26.1.5) had for them."""

from __future__ import annotations

import pytest

from tests.docker.machine import Machine

JOINED = "run --network container:box"


@pytest.fixture(scope="module")
def docker() -> Machine:
    machine = Machine("docker-28")
    for line in ("run -d --name box -p 8400-8402:80 --label a --label b=c nginx",
                 "network create n1 --label x --label y=z", "network create n2",
                 "run -d --name two --network n2 --expose 7000-7002/udp nginx"):
        assert machine(line).code == 0, line
    return machine


@pytest.mark.parametrize(("line", "out"), [
    ("ps --filter publish=8400 --format {{.Names}}", "box\n"),
    ("ps --filter publish=1-9000 --format {{.Names}}", "box\n"),
    ("ps --filter publish=8400/udp --format {{.Names}}", ""),
    ("ps --filter expose=7001/udp --format {{.Names}}", "two\n"),
    ("ps --filter expose=80 --format {{.Names}}", "two\nbox\n"),
    ("network ls --filter label=x --format {{.Name}}", "n1\n"),
    ("network ls --filter label=y=q --format {{.Name}}", ""),
    ("network ls --filter dangling=true --format {{.Name}}", "n1\nn2\n"),
    ("network ls --filter label=x --format '{{.Internal}} {{.IPv4}}'", "false true\n"),
    ("network ls --filter scope=swarm --format {{.Name}}", ""),
    ("inspect box -f '{{slice .Name 1 3}} {{index .Config.Labels \"b\"}}{{index .Config.Labels \"q\"}}|'", "bo c|\n"),
    ("inspect box -f '{{pad \"x\" 1 2}}|'", " x  |\n"),
    ("inspect box -f '{{.NetworkSettings.Networks.nosuch.IPAddress}}'", "<no value>\n"),
    ("inspect box -f '{{slice .Id 0 12 | len}}'", "12\n")])
def test_what_is_found(docker: Machine, line: str, out: str) -> None:
    said = docker(line)
    assert said.code == 0
    assert said.out == out


@pytest.mark.parametrize(("line", "text"), [
    ("run --network name=n1,foo=bar nginx",
     'invalid argument "name=n1,foo=bar" for "--network" flag: invalid field key foo'),
    ("run --network name=n1, nginx", 'invalid argument "name=n1," for "--network" flag: invalid field\n'),
    ("run --network name=n1,gw-priority=x nginx", "flag: invalid gw-priority (x): invalid syntax"),
    ("run -e =foo nginx", 'invalid argument "=foo" for "-e, --env" flag: invalid environment variable: =foo'),
    ("run -l =foo nginx", "flag: invalid label '=foo': empty name"),
    ("run --link a:b:c nginx", 'invalid argument "a:b:c" for "--link" flag: bad format for links: a:b:c'),
    ("run --dns-search 'a b' nginx", 'invalid argument "a b" for "--dns-search" flag: a b is not a valid domain'),
    ("run --workdir here nginx", "the working directory 'here' is invalid, it needs to be an absolute path"),
    (f"{JOINED} --dns 1.2.3.4 nginx", "conflicting options: dns and the network mode"),
    (f"{JOINED} --add-host a:1.2.3.4 nginx", "conflicting options: custom host-to-IP mapping and the network mode"),
    (f"{JOINED} --expose 80 nginx", "conflicting options: port exposing and the container type network mode"),
    (f"{JOINED} --link box:x nginx", "container type network can't be used with links"),
    ("run --network host --link box:x nginx", "host type networking can't be used with links"),
    (f"{JOINED} --ip 1.2.3.4 nginx", "user specified IP address is supported on user defined networks only"),
    ("port box 99999", 'Error: invalid port (99999): strconv.ParseUint: parsing "99999": value out of range\n'),
    ("inspect nosuch", "Error: No such object: nosuch\n"),
    ("rename box ''", "Error: Neither old nor new names may be empty\n"),
    ("inspect box -f '{{slice .Name 5 2}}'", "template parsing error: "),
    ("network create -o com.docker.network.bridge.name=docker0 x1", "(docker0): networks have same bridge name\n"),
    ("network create --subnet 10.2.0.0/16 --gateway foo x1", "no matching subnet for gateway foo\n"),
    ("network prune -f --filter foo=bar", "Error response from daemon: invalid filter 'foo'\n"),
    ("network prune -f --filter until=x", 'failed to parse value as time or duration: "x"'),
    ("ps --filter publish=x", "error while looking up for publish x")])
def test_what_is_refused(docker: Machine, line: str, text: str) -> None:
    before = docker("ps -aq").out, docker("network ls -q").out
    said = docker(line)
    assert text in said.err
    assert said.code
    assert (docker("ps -aq").out, docker("network ls -q").out) == before


def test_prune_by_labels_and_age() -> None:
    docker = Machine("docker-28")
    docker("network create n1")
    docker("network create n2 --label keep=1")
    assert docker("network prune -f --filter until=1h").out == ""
    assert docker("network prune -f --filter label=nope").out == ""
    assert docker("network prune -f --filter label!=keep").out == "Deleted Networks:\nn1\n\n"
    assert docker("network prune -f --filter label=keep=1").out == "Deleted Networks:\nn2\n\n"


def test_what_26_says() -> None:
    docker = Machine("docker-26")
    docker("network create n1")
    docker("run -d --name box --network host nginx")
    for line, text in (
            ("run --network name=n1,gw-priority=1 nginx", "invalid field key gw-priority\nSee 'docker run --help'.\n"),
            ("network create",
             '"docker network create" requires exactly 1 argument.\nSee \'docker network create --help\'.\n'),
            ("rm", '"docker rm" requires at least 1 argument.\n'),
            ("network disconnect host box", "container cannot be disconnected from host network or connected to host"),
            ("network rm bridge", "bridge is a pre-defined network and cannot be removed\n")):
        said = docker(line)
        assert text in said.err
        assert "exit status" not in said.err


def test_settings_that_were_given_are_told() -> None:
    docker = Machine("docker-28")
    docker("run -d --name box --stop-signal SIGINT --stop-timeout 1 --mac-address 02-00-00-00-00-99 redis")
    said = docker("inspect box -f '{{.Config.StopSignal}} {{.Config.StopTimeout}} {{.Config.MacAddress}}'")
    assert said.out == "SIGINT 1 02-00-00-00-00-99\n"
    docker("network create --subnet 10.2.0.0/16 --aux-address a=10.2.0.2 n1")
    assert docker("network inspect n1 -f '{{json .IPAM.Config}}'").out == (
        '[{"Subnet":"10.2.0.0/16","AuxiliaryAddresses":{"a":"10.2.0.2"}}]\n')


def test_a_routed_network_has_no_port_of_the_host() -> None:
    """Of IPv4 none is taken; the listing says 0, and `docker port` nothing."""
    docker = Machine("docker-28")
    docker("network create -o com.docker.network.bridge.gateway_mode_ipv4=routed --subnet 10.20.0.0/24 rt")
    docker("run -d --name box --network rt -p 8080:80 nginx")
    assert docker("port box").out == "80/tcp -> 0.0.0.0:\n80/tcp -> [::]:8080\n"
    assert docker("ps --format {{.Ports}}").out == "0.0.0.0:0->80/tcp, [::]:8080->80/tcp\n"
    assert docker("run -d --name own -p 127.0.0.1:8080:80 nginx").code == 0


def test_an_isolated_network_has_no_gateway() -> None:
    docker = Machine("docker-28")
    option = "com.docker.network.bridge.gateway_mode_ipv4=isolated"
    docker(f"network create --internal -o {option} --subnet 10.22.0.0/24 iso")
    docker("run -d --name box --network iso nginx")
    assert docker("inspect box -f '{{.NetworkSettings.Networks.iso.IPAddress}}'").out == "10.22.0.1\n"
