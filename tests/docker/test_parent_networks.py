"""Docker's macvlan and ipvlan networks."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


def said(session: Session, line: str) -> str:
    job = session.execute(line)
    session.lab.scheduler.run_while(lambda: not job.is_done)
    return job.out + job.err


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
    ("-o parent=eth7.5", "failed to find master interface eth7 on the Docker host: Link not found"),
    ("--subnet 10.2.0.0/24", "several subnets of one macvlan network are not modelled in the sandbox"),
    ("-o parent=lo", "loopback interface is not a valid macvlan parent link"),
    ("-o parent=eth0 -o macvlan_mode=x", "requested macvlan mode 'x' is not valid")])
def test_what_docker_refuses(session: Session, options: str, words: str) -> None:
    assert words in said(session, f"docker network create -d macvlan --subnet 10.1.0.0/24 {options} no")
