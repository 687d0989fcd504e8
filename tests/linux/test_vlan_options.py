"""What a VLAN has of its own on a port (`bridge vlan set`) and in the bridge as a whole (`bridge vlan global`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.session.session import Session
from tests.linux.test_multipath import say

HOSTS = ("a", "b")


@pytest.fixture
def session() -> Session:
    session = Session()
    for host in (*HOSTS, "sw"):
        session.execute(f"add-host {host}")
    for host in HOSTS:
        session.execute(f"connect {host} sw")
    say(session, "sw", "ip link add br0 type bridge vlan_filtering 1")
    for number, host in enumerate(HOSTS):
        say(session, host, f"ip addr add 10.0.0.{number + 1}/24 dev eth0")
        say(session, "sw", f"ip link set eth{number} master br0")
    say(session, "sw", "ip link set br0 up")
    return session


def reaches(session: Session) -> bool:
    for host in HOSTS:
        say(session, host, "ip neigh flush all")
    return " 0% packet loss" in say(session, "a", "ping -c 1 -W 1 10.0.0.2")


def answers() -> dict[str, str]:
    """Of Linux 6.12 to `bridge OPTIONS vlan`, where p1 is a port of br0 and nobody has asked for VLANs."""
    text = (Path(__file__).parent / "default_vlan.txt").read_text(encoding="utf-8")
    return dict(part.split("\n", 1) for part in re.split("== ?", text)[1:])


@pytest.mark.parametrize("options", answers())
def test_a_bridge_that_nobody_asked_for_vlans_is_in_the_default_one(options: str) -> None:
    session = Session()
    session.execute("add-host a")
    for line in ("ip link add br0 type bridge", "ip link add p1 type veth peer name p2", "ip link set p1 master br0"):
        say(session, "a", line)
    before = say(session, "a", "bridge fdb")
    assert say(session, "a", f"bridge {options} vlan") == answers()[options]
    assert say(session, "a", "bridge fdb") == before


@pytest.mark.parametrize("port", ["eth0", "eth1"])
@pytest.mark.parametrize("state", ["disabled", "listening", "learning", "blocking", "4"])
def test_a_vlan_that_does_not_forward_lets_nothing_in_or_out(session: Session, port: str, state: str) -> None:
    assert reaches(session)
    assert say(session, "sw", f"bridge vlan set dev {port} vid 1 state {state}") == ""
    assert not reaches(session)
    shown = say(session, "sw", f"bridge -d vlan show dev {port}")
    assert f"state {'blocking' if state == '4' else state} mcast_router 1 neigh_suppress off" in shown
    say(session, "sw", f"bridge vlan set dev {port} vid 1 state forwarding")
    assert reaches(session)


def test_a_vlan_that_learns_has_rows_and_one_that_blocks_has_none(session: Session) -> None:
    say(session, "sw", "bridge vlan set dev eth0 vid 1 state learning")
    reaches(session)
    rows = say(session, "sw", "bridge fdb show br br0 dynamic")
    assert "dev eth0 vlan 1" in rows
    say(session, "sw", "bridge fdb flush dev br0 dynamic")
    say(session, "sw", "bridge vlan set dev eth0 vid 1 state blocking")
    reaches(session)
    assert say(session, "sw", "bridge fdb show br br0 dynamic") == ""


def test_a_vlan_that_is_added_again_forwards(session: Session) -> None:
    say(session, "sw", "bridge vlan set dev eth0 vid 1 state blocking")
    say(session, "sw", "bridge vlan del dev eth0 vid 1")
    say(session, "sw", "bridge vlan add dev eth0 vid 1 pvid untagged")
    assert reaches(session)


def test_alike_vlans_are_one_row_with_details_or_compressed(session: Session) -> None:
    say(session, "sw", "bridge vlan add dev eth0 vid 7-9")
    say(session, "sw", "bridge vlan set dev eth0 vid 9 state blocking")
    plain = say(session, "sw", "bridge vlan show dev eth0").splitlines()
    assert [line.split()[0] for line in plain[2:]] == ["7", "8", "9"]
    assert say(session, "sw", "bridge -compressvlans vlan show dev eth0").splitlines()[2].strip() == "7-9"
    assert [line.split()[0] for line in say(session, "sw", "bridge -d vlan show dev eth0").splitlines()[3::2]] == [
        "7-8", "9"]


def test_what_a_vlan_has_in_the_whole_bridge(session: Session) -> None:
    say(session, "sw", "bridge vlan add dev eth0 vid 7-9")
    assert say(session, "sw", "bridge vlan global set dev br0 vid 8 mcast_igmp_version 3") == ""
    shown = say(session, "sw", "bridge vlan global show").splitlines()
    assert [line.split()[-1] for line in shown[1::2]] == ["1", "7", "8", "9"]
    assert "mcast_snooping 1 mcast_querier 0 mcast_igmp_version 3 " in shown[6]
    assert "mcast_igmp_version 2" in shown[4]


@pytest.mark.parametrize(("line", "complaint"), [
    ("set dev eth0 vid 9 state blocking", "Error: bridge: Vlan range start doesn't exist, can't process options."),
    ("set dev eth0 vid 1 state foo", "Error: invalid STP state"),
    ("set dev eth0 vid 1 state 9", "Error: bridge: Invalid vlan state."),
    ("set dev lo vid 1 state blocking", "Error: bridge: The device is not a valid bridge or bridge port."),
    ("set dev eth0 state blocking", "Device and VLAN ID are required arguments."),
    ("global set dev eth0 vid 1 mcast_querier 1",
     "Error: bridge: Global vlan options can only be set on bridge device."),
    ("global set dev br0 vid 5 mcast_querier 1",
     "Error: bridge: Vlan in range doesn't exist, can't process global options."),
    ("global set dev br0 vid 1 mcast_igmp_version 9", "RTNETLINK answers: Invalid argument"),
    ("set dev eth0 vid 1 mcast_router 2", "netsandbox: mcast_router of a VLAN of a port is not modelled"),
])
def test_what_makes_no_sense_changes_nothing(session: Session, line: str, complaint: str) -> None:
    before = say(session, "sw", "bridge -d vlan") + say(session, "sw", "bridge vlan global")
    assert say(session, "sw", f"bridge vlan {line}") == complaint + "\n"
    assert say(session, "sw", "bridge -d vlan") + say(session, "sw", "bridge vlan global") == before
