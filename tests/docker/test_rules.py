"""The rules that each release of the Engine sets, rule by rule; those of 26 and 28 were read off real Engines."""

from __future__ import annotations

import pytest

from netsandbox.docker.profiles import PROFILES
from netsandbox.linux.netfilter.iptables.iptables import execute
from tests.docker.machine import Machine

OPTION = "com.docker.network.bridge."
BEGIN = {
    "docker-26": """
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-ISOLATION-STAGE-1
        -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -o docker0 -j DOCKER
        -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        -A FORWARD -i docker0 -o docker0 -j ACCEPT
        -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        -A DOCKER-ISOLATION-STAGE-1 -j RETURN
        -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
        -A DOCKER-ISOLATION-STAGE-2 -j RETURN
        -A DOCKER-USER -j RETURN""",
    "docker-28": """
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A DOCKER ! -i docker0 -o docker0 -j DROP
        -A DOCKER-BRIDGE -o docker0 -j DOCKER
        -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A DOCKER-FORWARD -j DOCKER-CT
        -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
        -A DOCKER-FORWARD -j DOCKER-BRIDGE
        -A DOCKER-FORWARD -i docker0 -j ACCEPT
        -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP""",
    "docker-29": """
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A DOCKER ! -i docker0 -o docker0 -j DROP
        -A DOCKER-BRIDGE -o docker0 -j DOCKER
        -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A DOCKER-FORWARD -j DOCKER-CT
        -A DOCKER-FORWARD -j DOCKER-INTERNAL
        -A DOCKER-FORWARD -j DOCKER-BRIDGE
        -A DOCKER-FORWARD -i docker0 -j ACCEPT"""}
"""The filter table when dockerd has started and nothing runs."""


def rules(docker: Machine, table: str) -> list[str]:
    """What `iptables -t TABLE -S` has of rules, Docker's bridge called br."""
    text = execute(docker.engine.namespace, ["-t", table, "-S"])
    for network in docker.engine.networks.values():
        if network.name not in ("bridge", "host", "none"):
            text = text.replace(network.ifname, "br")  # type: ignore[attr-defined]
    return [line for line in text.splitlines() if line.startswith("-A")]


@pytest.mark.parametrize("profile", sorted(BEGIN))
def test_the_rules_of_a_start(profile: str) -> None:
    docker = Machine(profile)
    expected = [line.strip() for line in BEGIN[profile].splitlines() if line.strip()]
    assert sorted(rules(docker, "filter")) == sorted(expected)
    forward = execute(docker.engine.namespace, ["-S", "FORWARD"]).splitlines()
    assert forward == ["-P FORWARD DROP", *(line for line in expected if line.startswith("-A FORWARD"))]
    returns = [] if profile == "docker-29" else ["-A DOCKER -i docker0 -j RETURN"]
    assert rules(docker, "nat") == [
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
        "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
        "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", *returns]


NEW = {
    "": ["-A DOCKER ! -i br -o br -j DROP", "-A DOCKER-BRIDGE -o br -j DOCKER",
         "-A DOCKER-CT -o br -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A DOCKER-FORWARD -i br -j ACCEPT",
         "-A DOCKER-ISOLATION-STAGE-1 -i br ! -o br -j DOCKER-ISOLATION-STAGE-2",
         "-A DOCKER-ISOLATION-STAGE-2 -o br -j DROP",
         "-A POSTROUTING -s 172.18.0.0/16 ! -o br -j MASQUERADE", "-A DOCKER -i br -j RETURN"],
    "--internal": ["-A DOCKER-FORWARD -i br -o br -j ACCEPT",
                   "-A DOCKER-ISOLATION-STAGE-1 ! -s 172.18.0.0/16 -o br -j DROP",
                   "-A DOCKER-ISOLATION-STAGE-1 ! -d 172.18.0.0/16 -i br -j DROP"],
    f"-o {OPTION}enable_ip_masquerade=false": [
        "-A DOCKER ! -i br -o br -j DROP", "-A DOCKER-BRIDGE -o br -j DOCKER",
        "-A DOCKER-CT -o br -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A DOCKER-FORWARD -i br -j ACCEPT",
        "-A DOCKER-ISOLATION-STAGE-1 -i br ! -o br -j DOCKER-ISOLATION-STAGE-2",
        "-A DOCKER-ISOLATION-STAGE-2 -o br -j DROP"],
    f"-o {OPTION}gateway_mode_ipv4=routed": [
        "-A DOCKER -o br -p icmp -j ACCEPT", "-A DOCKER ! -i br -o br -j DROP", "-A DOCKER-BRIDGE -o br -j DOCKER",
        "-A DOCKER-CT -o br -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A DOCKER-FORWARD -i br -j ACCEPT",
        "-A DOCKER-ISOLATION-STAGE-1 -i br -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A DOCKER-ISOLATION-STAGE-1 -o br -j RETURN",
        "-A DOCKER-ISOLATION-STAGE-1 -i br ! -o br -j DOCKER-ISOLATION-STAGE-2",
        "-A DOCKER-ISOLATION-STAGE-2 -o br -j DROP", "-A DOCKER -i br -j RETURN"]}


@pytest.mark.parametrize("options", sorted(NEW))
def test_what_a_network_adds_and_takes_away_again(docker28: Machine, options: str) -> None:
    before = [rules(docker28, table) for table in ("filter", "nat", "raw")]
    docker28(f"network create {options} mynet")
    found = [line for table, old in zip(("filter", "nat"), before, strict=False) for line in rules(docker28, table)
             if line not in old]
    assert sorted(found) == sorted(NEW[options])
    docker28("network rm mynet")
    assert [rules(docker28, table) for table in ("filter", "nat", "raw")] == before


def test_containers_of_a_network_may_be_kept_apart(docker28: Machine) -> None:
    docker28(f"network create -o {OPTION}enable_icc=false mynet")
    found = rules(docker28, "filter")
    assert found.index("-A DOCKER-FORWARD -i br -o br -j DROP") + 1 == found.index(
        "-A DOCKER-FORWARD -i br ! -o br -j ACCEPT")


@pytest.mark.parametrize(("profile", "raw", "nat", "accepts"), [
    ("docker-26", [], ["-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE"], 1),
    ("docker-28", ["-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP"], [], 1)])
def test_what_a_published_port_adds_and_takes_away_again(profile: str, raw: list[str], nat: list[str],
                                                         accepts: int) -> None:
    docker = Machine(profile)
    before = [rules(docker, table) for table in ("filter", "nat", "raw")]
    docker("run -d --name web -p 8080:80 -p 8081:80 nginx")
    dnat = [f"-A DOCKER ! -i docker0 -p tcp -m tcp --dport {port} -j DNAT --to-destination 172.17.0.2:80"
            for port in (8080, 8081)]
    assert rules(docker, "raw") == raw
    assert sorted(line for line in rules(docker, "nat") if line not in before[1]) == sorted([*nat, *dnat])
    assert rules(docker, "filter").count(
        "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT") == accepts
    docker("stop web")
    assert [rules(docker, table) for table in ("filter", "nat", "raw")] == before


def test_a_port_at_localhost_is_closed_to_all_others(docker28: Machine) -> None:
    docker28("run -d --name web -p 127.0.0.1:8081:80 nginx")
    assert rules(docker28, "raw")[-1] == "-A PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp -m tcp --dport 8081 -j DROP"
    assert rules(docker28, "nat")[-1] == (
        "-A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:80")


def test_a_published_port_moves_with_the_gateway(docker28: Machine) -> None:
    docker28("network create alpha")
    docker28("run -d --name web -p 8080:80 nginx")
    docker28("network connect alpha web")
    assert any("--to-destination 172.18.0.2:80" in line for line in rules(docker28, "nat"))
    docker28("network disconnect alpha web")
    assert any("--to-destination 172.17.0.2:80" in line for line in rules(docker28, "nat"))
    assert not any("172.18.0.2" in line for line in rules(docker28, "nat"))


def test_a_rule_that_a_person_deleted_is_no_trouble(docker28: Machine) -> None:
    docker28("run -d --name web -p 8080:80 nginx")
    execute(docker28.engine.namespace, ["-t", "nat", "-F", "DOCKER"])
    assert docker28("stop web").code == 0


def test_each_profile_says_whether_it_was_held_against_an_engine() -> None:
    assert [name for name, profile in PROFILES.items() if profile.is_held] == ["docker-26", "docker-28"]
