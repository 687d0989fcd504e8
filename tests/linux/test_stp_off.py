"""A spanning tree that is switched off, and ports that must not lead to a root (net/bridge/br_stp_if.c, br_stp.c)."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.session.session import Session
from tests.linux.test_multipath import say


@pytest.fixture
def session() -> Session:
    """Two bridges with two cables: after 40 s the second port of s2 blocks."""
    session = Session()
    for number, host in enumerate(("s1", "s2"), 1):
        session.execute(f"add-host {host}")
        say(session, host, f"ip link add br0 address 02:00:00:00:0{number}:00 type bridge stp_state 1")
        say(session, host, "ip link set br0 up")
    for port in ("eth0", "eth1"):
        session.execute("connect s1 s2")
        for host in ("s1", "s2"):
            say(session, host, f"ip link set {port} master br0")
    wait(session, 40)
    assert state(session, "eth1") == "blocking"
    return session


def wait(session: Session, seconds: int) -> None:
    session.lab.scheduler.run_until(session.lab.scheduler.clock + seconds * SECOND)


def state(session: Session, port: str) -> str:
    return say(session, "s2", f"bridge link show dev {port}").split(" state ")[1].split()[0]


def test_a_blocked_port_blocks_until_what_it_was_told_is_too_old(session: Session) -> None:
    say(session, "s2", "ip link set br0 type bridge stp_state 0")
    wait(session, 15)
    assert state(session, "eth1") == "blocking"
    wait(session, 7)
    assert (state(session, "eth0"), state(session, "eth1")) == ("forwarding", "forwarding")


def test_a_port_that_listens_goes_on_to_learn(session: Session) -> None:
    say(session, "s2", "ip link set eth0 down")
    assert state(session, "eth1") == "listening"
    say(session, "s2", "ip link set br0 type bridge stp_state 0")
    wait(session, 16)
    assert state(session, "eth1") == "learning"
    wait(session, 15)
    assert state(session, "eth1") == "forwarding"


def test_a_port_that_comes_up_without_the_protocol_forwards_at_once(session: Session) -> None:
    say(session, "s2", "ip link set eth0 down")
    say(session, "s2", "ip link set br0 type bridge stp_state 0")
    say(session, "s2", "ip link set eth0 up")
    wait(session, 1)
    assert state(session, "eth0") == "forwarding"


def test_switched_on_again_it_blocks_as_before(session: Session) -> None:
    say(session, "s2", "ip link set br0 type bridge stp_state 0")
    wait(session, 25)
    say(session, "s2", "ip link set br0 type bridge stp_state 1")
    wait(session, 60)
    assert state(session, "eth1") == "blocking"


def test_what_the_tree_still_knows_stands_above_a_state_set_by_hand(session: Session) -> None:
    say(session, "s2", "ip link set br0 type bridge stp_state 0")
    assert say(session, "s2", "bridge link set dev eth1 state 3") == ""
    assert state(session, "eth1") == "blocking"


def test_the_switch_refuses_a_state_by_hand_while_the_protocol_runs(session: Session) -> None:
    assert "Device or resource busy" in say(session, "s2", "bridge link set dev eth1 state 3")


def test_a_port_with_root_block_listens_as_long_as_the_root_speaks(session: Session) -> None:
    say(session, "s2", "bridge link set dev eth0 root_block on")
    say(session, "s2", "bridge link set dev eth1 root_block on")
    wait(session, 60)
    assert (state(session, "eth0"), state(session, "eth1")) == ("listening", "listening")
    say(session, "s1", "ip link set br0 type bridge stp_state 0")
    wait(session, 60)
    assert (state(session, "eth0"), state(session, "eth1")) == ("forwarding", "forwarding")


def forward_delay(session: Session) -> float:
    return float(say(session, "h1", "ip -d link show eth0").split("forward_delay_timer")[1].split()[0])


def test_the_forward_delay_of_a_port_runs_without_a_tree_as_well() -> None:
    session = Session()
    session.execute("add-host h1")
    session.execute("add-host h2")
    session.execute("connect h1 h2")
    for line in ("ip link add br0 type bridge", "ip link set br0 up", "ip link set eth0 master br0"):
        say(session, "h1", line)
    assert forward_delay(session) == 15.0
    wait(session, 6)
    assert 8.9 <= forward_delay(session) <= 9.1
    say(session, "h1", "ip link set eth0 down")
    assert forward_delay(session) == 0.0
    say(session, "h1", "ip link set eth0 up")
    wait(session, 16)
    assert forward_delay(session) == 0.0
