"""Docker's macvlan and ipvlan networks."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session
from tests.lines import said


@pytest.fixture
def session() -> Session:
    return Session(uplink="192.168.1.0/24")


def test_containers_of_a_macvlan_network_reach_each_other_and_the_router_and_not_their_host(session: Session) -> None:
    said(session, "docker network create -d macvlan --subnet 192.168.1.0/24 -o parent=eth0 lan")
    said(session, "docker run -d --name web --network lan --ip 192.168.1.50 nginx")
    said(session, "docker run -d --name db --network lan nginx")
    assert "1 received" in said(session, "docker exec web ping -c 1 db")
    assert "1 received" in said(session, "docker exec web ping -c 1 192.168.1.1")
    assert " 0 received" in said(session, "docker exec web ping -c 1 192.168.1.10")
    assert "macvlan mode bridge" in said(session, "docker exec web ip -d link show eth0")
    assert "default via 192.168.1.1 dev eth0" in said(session, "docker exec web ip route")


def test_a_vlan_parent_is_made_and_removed_with_the_network(session: Session) -> None:
    said(session, "docker network create -d macvlan --subnet 10.10.0.0/24 -o parent=eth0.10 ten")
    assert "vlan protocol 802.1Q id 10" in said(session, "ip -d link show eth0.10")
    said(session, "docker network rm ten")
    assert "eth0.10" not in said(session, "ip link")


def test_an_ipvlan_network_of_layer_3_has_no_gateway(session: Session) -> None:
    said(session, "docker network create -d ipvlan --subnet 10.9.0.0/24 -o parent=eth0 -o ipvlan_mode=l3 far")
    said(session, "docker run -d --name web --network far nginx")
    assert "default dev eth0 scope link" in said(session, "docker exec web ip route")
    assert "ipvlan  mode l3 bridge" in said(session, "docker exec web ip -d link show eth0")


@pytest.mark.parametrize(("options", "words"), [
    ("-o parent=eth9", "invalid subinterface vlan name eth9, example formatting is eth0.10"),
    ("-o parent=eth0.5000", "vlan id must be between 1-4094, received: 5000"),
    ("-o parent=eth7.5", "-o parent interface was not found on the host: eth7"),
    ("-o parent=eth0.x", "unable to parse a valid vlan id from: x (ex. eth0.10 for vlan 10)"),
    ("-o parent=eth0.1.2", "required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead rec"),
    ("--subnet 10.1.0.0/16", "multiple overlapping subnet configuration is not supported"),
    ("--subnet 10.2.0.0/24 --gateway 10.3.0.1", "no matching subnet for gateway 10.3.0.1"),
    ("--subnet 10.2.0.0/24 --gateway 10.1.0.1 --gateway 10.1.0.2",
     "cannot configure multiple gateways (10.1.0.2, 10.1.0.1) for the same subnet (10.1.0.0/24)"),
    ("--subnet 10.2.0.0/24 --ip-range 10.1.0.0/25 --ip-range 10.1.0.128/25",
     "cannot configure multiple ranges (10.1.0.128/25, 10.1.0.0/25) on the same subnet (10.1.0.0/24)"),
    ("-o parent=lo", "loopback interface is not a valid macvlan parent link"),
    ("-o parent=eth0 -o macvlan_mode=x", "requested macvlan mode 'x' is not valid")])
def test_what_docker_refuses(session: Session, options: str, words: str) -> None:
    assert words in said(session, f"docker network create -d macvlan --subnet 10.1.0.0/24 {options} no")


def test_a_network_of_several_subnets_gives_out_of_the_first_that_has_an_address(session: Session) -> None:
    options = "--subnet 10.7.0.0/30 --subnet 10.8.0.0/24 --aux-address x=10.8.0.2 -o parent=eth0 -o ipvlan_mode=l3"
    run = "docker run -d --network far"
    for line in (f"docker network create -d ipvlan {options} far", f"{run} --name one nginx", f"{run} --name two nginx",
                 f"{run} --name own --ip 10.8.0.9 nginx"):
        assert session.run(line).code == 0, line
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}/{{.IPPrefixLen}}{{end}}"
    found = said(session, f"docker inspect one two own -f '{form}'").split()
    assert found == ["10.7.0.2/30", "10.8.0.3/24", "10.8.0.9/24"]
    assert "2 packets transmitted, 2 received" in said(session, "docker exec one ping -c 2 10.8.0.9")
    assert said(session, "docker network inspect far -f '{{json .IPAM.Config}}'") == (
        '[{"Subnet":"10.7.0.0/30"},{"Subnet":"10.8.0.0/24","AuxiliaryAddresses":{"x":"10.8.0.2"}}]\n')
    session.run("docker rm -f one")
    assert "10.7.0.2" in said(session, "docker run --rm --network far busybox ip addr")
    assert "Pool overlaps" in said(session, "docker network create --subnet 10.8.0.0/16 no")
    assert "contain the IP address 10.9.0.1" in said(session, "docker run --rm --network far --ip 10.9.0.1 nginx")


def test_each_subnet_has_its_gateway(session: Session) -> None:
    session.run("docker network create -d macvlan --subnet 10.7.0.0/24 --subnet 10.8.0.0/24 --gateway 10.8.0.9 "
                "-o parent=eth0.8 both")
    assert "default via 10.7.0.1 " in said(session, "docker run --rm --network both busybox ip route")
    assert "default via 10.8.0.9 " in said(session, "docker run --rm --network both --ip 10.8.0.8 busybox ip route")


def test_networks_of_macvlan_share_a_parent_since_28_and_the_last_one_takes_it_along(session: Session) -> None:
    create = "docker network create -d macvlan --subnet"
    said(session, f"{create} 10.7.0.0/24 -o parent=eth0.10 one")
    said(session, f"{create} 10.8.0.0/24 -o parent=eth0.10 two")
    assert "cannot use mode passthru, macvlan network" in said(
        session, f"{create} 10.9.0.0/24 -o parent=eth0.10 -o macvlan_mode=passthru three")
    said(session, "docker network rm one")
    assert "eth0.10" in said(session, "ip link")
    said(session, "docker network rm two")
    assert "eth0.10" not in said(session, "ip link")
    said(session, "docker network create -d ipvlan --subnet 10.7.0.0/24 -o parent=eth0 four")
    assert "is already using parent interface eth0" in said(
        session, "docker network create -d ipvlan --subnet 10.8.0.0/24 -o parent=eth0 five")
