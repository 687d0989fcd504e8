"""The usual uplink makes room for what a line wants; one that was chosen, or is in use, does not."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.session import Session
from tests.lines import said


@pytest.fixture
def session() -> Session:
    return Session(seed=3, uplink=DEFAULT_LAN)


@pytest.mark.parametrize("line", [
    "ip link add eth0 type veth peer name eth1",
    "ip link add veth0 type veth peer name eth0",
    "ip link add eth0 type dummy",
])
def test_a_new_device_gets_the_card_s_name(session: Session, line: str) -> None:
    assert said(session, line).startswith("note: the card of the sandbox's uplink had this name; it is ens3 now")
    assert "eth0" in said(session, "ip -br link show eth0")
    assert "dev ens3" in said(session, "ip route show default")
    assert ", 0% packet loss" in said(session, "ping -c 1 8.8.8.8")


@pytest.mark.parametrize("lines", [
    ("ip link add veth-a type veth peer name veth-b", "ip addr add 192.168.1.1/24 dev veth-a"),
    ("ip link add br0 type bridge", "ifconfig br0 192.168.1.1/24 up"),
    ("ip link add d0 type dummy", "ip addr replace 192.168.0.7/16 dev d0"),
])
def test_another_device_gets_the_lan_s_addresses(session: Session, lines: tuple[str, str]) -> None:
    session.run(lines[0])
    assert said(session, lines[1]).startswith("note: 192.168.1.0/24 was the LAN of the sandbox's uplink; ")
    assert ", 0% packet loss" in said(session, "ping -c 1 google.com")
    assert "192.168.1.10" not in said(session, "ip addr show eth0")


def test_a_network_that_is_there_twice_is_not_where_the_lan_goes(session: Session) -> None:
    session.run("ip link add d0 type dummy; ip addr add 192.168.2.1/24 dev d0")
    said(session, "ip addr add 192.168.1.1/24 dev d0")
    assert "192.168.3.10/24" in said(session, "ip addr show eth0")


def test_a_route_to_the_lan_s_own_prefix_moves_it_to_where_the_gateway_is(session: Session) -> None:
    assert said(session, "ip route add 192.168.1.0/24 via 192.168.2.1").startswith("note: 192.168.1.0/24 was the LAN")
    assert "192.168.1.0/24 via 192.168.2.1 dev eth0" in said(session, "ip route")
    assert said(session, "ip route add default via 192.168.2.1") == ""


@pytest.mark.parametrize(("line", "answer"), [
    ("ip route add 192.168.1.0/24 via 172.31.0.1", "Error: Nexthop has invalid gateway.\n"),
    ("ip link add eth0 type veth peer name lo", "RTNETLINK answers: File exists\n"),
    ("ip link add eth0 type nonsense", "RTNETLINK answers: File exists\n"),
])
def test_a_line_that_is_refused_all_the_same_moves_nothing(session: Session, line: str, answer: str) -> None:
    before = said(session, "ip addr")
    assert said(session, line) == answer
    assert said(session, "ip addr") == before


@pytest.mark.parametrize("line", [
    "ip addr add 192.168.1.50/24 dev eth0",
    "ip link add m0 link eth0 type macvlan mode bridge; ip addr add 192.168.1.60/24 dev m0",
    "ip link add br0 type bridge; ip link set eth0 master br0; ip addr add 192.168.1.10/24 dev br0",
    ("docker network create -d macvlan --subnet 192.168.1.0/24 -o parent=eth0 lan; ip link add d0 type dummy; "
     "ip addr add 192.168.1.61/24 dev d0"),
    "docker network create --subnet 192.168.1.0/24 overlapping",
    "ip link add d0 type dummy; ip addr add 192.168.1.77/32 dev d0",
    "ip netns add n; ip -n n link add eth0 type dummy; ip -n n addr add 192.168.1.1/24 dev eth0",
])
def test_a_lan_that_is_in_use_stays(session: Session, line: str) -> None:
    session.run(line)
    assert "192.168.1.10/24" in said(session, "ip addr")
    assert "ens3" not in said(session, "ip link")


def test_an_uplink_of_one_s_own_choice_stays(session: Session) -> None:
    session = Session(seed=3, uplink="192.168.2.0/24")
    session.run("ip link add d0 type dummy")
    assert said(session, "ip addr add 192.168.2.1/24 dev d0") == ""
    assert said(session, "ip link add eth0 type dummy") == "RTNETLINK answers: File exists\n"


def test_it_is_undone_and_done_again(session: Session) -> None:
    before = session.lab.trace.digest()
    session.run("ip link add eth0 type dummy")
    after = session.lab.trace.digest()
    session.back()
    assert session.lab.trace.digest() == before
    session.run("ip link add eth0 type dummy")
    assert session.lab.trace.digest() == after
