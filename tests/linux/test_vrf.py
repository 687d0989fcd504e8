"""VRF devices: what is refused, what moves with a port, and that a bridge with neigh_suppress answers itself."""

from __future__ import annotations

import pytest

from netsandbox.linux.device_events import ArpAnswered
from netsandbox.session.session import Session
from tests.linux.test_multipath import say


def router() -> Session:
    session = Session()
    for line in ("add-host r", "add-host pc", "connect pc r"):
        session.execute(line)
    for line in ("ip link add red type vrf table 10", "ip link set red up", "ip addr add 10.0.0.1/24 dev eth0"):
        assert say(session, "r", line) == ""
    return session


@pytest.mark.parametrize(("line", "complaint"), [
    ("ip link add x type vrf", "Error: VRF table id is missing."),
    ("ip link add x type vrf table 0", "Error: Invalid VRF table id."),
    ("ip link add x type vrf table abc", "invalid table ID"),
    ("ip link set lo master red", "Error: Can not enslave loopback device to a VRF."),
    ("ip link set red type vrf table 11", "Operation not supported"),
    ("ip route add 10.9.0.0/24 vrf nope via 10.0.0.2", "Invalid VRF"),
    ("ip vrf exec nope true", "Invalid VRF name"),
    ("ip vrf identify 99999", "Failed to lookup vrf association: No such file or directory"),
    ("ip vrf exec red nosuch", 'exec of "nosuch" failed: No such file or directory'),
    ("ip vrf exec red bash", "`ip vrf exec` of bash is not modelled")])
def test_what_makes_no_sense_is_refused_and_changes_nothing(line: str, complaint: str) -> None:
    session = router()
    before = say(session, "r", "ip -d link"), say(session, "r", "ip route show table all")
    assert complaint in say(session, "r", line)
    assert (say(session, "r", "ip -d link"), say(session, "r", "ip route show table all")) == before


def test_routes_move_with_the_port_and_come_back() -> None:
    session = router()
    connected = "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 \n"
    assert say(session, "r", "ip route") == connected
    say(session, "r", "ip link set eth0 master red")
    assert say(session, "r", "ip route") == ""
    assert say(session, "r", "ip route show vrf red") == connected
    say(session, "r", "ip link del red")
    assert say(session, "r", "ip route") == connected


def test_two_vrfs_may_have_the_same_address() -> None:
    session = router()
    for line in ("ip link add blue type vrf table 20", "ip link set blue up", "ip link set eth0 master red",
                 "ip link add d0 type dummy", "ip link set d0 master blue", "ip addr add 10.0.0.1/24 dev d0",
                 "ip link set d0 up"):
        assert say(session, "r", line) == ""
    for vrf in ("red", "blue"):
        assert "1 received" in say(session, "r", f"ping -c 1 -W 1 -I {vrf} 10.0.0.1"), vrf
        assert "1 received" in say(session, "r", f"ip vrf exec {vrf} ping -c 1 -W 1 10.0.0.1"), vrf
    say(session, "r", "ip addr del 10.0.0.1/24 dev eth0")
    assert "1 received" in say(session, "r", "ping -c 1 -W 1 -I blue 10.0.0.1")


def test_a_bridge_answers_for_whom_it_knows_and_spares_the_port() -> None:
    session = Session()
    for line in ("add-switch sw", "add-host a", "add-host b", "connect a sw", "connect b sw",
                 "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24"):
        session.execute(line)
    mac = say(session, "b", "cat /sys/class/net/eth0/address").strip()
    for line in ("bridge link set dev p2 neigh_suppress on", f"bridge fdb add {mac} dev p2 master static",
                 f"ip neigh add 10.0.0.2 lladdr {mac} dev br0"):
        assert say(session, "sw", line) == ""
    heard = say(session, "b", "ip -s link show eth0")
    assert "1 received" in say(session, "a", "ping -c 1 10.0.0.2")
    assert any(isinstance(record.event, ArpAnswered) for record in session.lab.trace.since(0))
    assert say(session, "b", "ip -s link show eth0") != heard


def test_a_program_run_in_a_vrf_binds_its_sockets_to_it() -> None:
    session = router()
    say(session, "r", "ip link set eth0 master red")
    say(session, "pc", "ip addr add 10.0.0.2/24 dev eth0")
    assert "Network is unreachable" in say(session, "r", "ping -c 1 10.0.0.2")
    answered = say(session, "r", "ip vrf exec red ping -c 1 10.0.0.2")
    assert "1 received" in answered
    assert "Warning" not in answered
    assert "Network is unreachable" in say(session, "r", "ip vrf exec default ping -c 1 10.0.0.2")
    assert say(session, "r", "ip vrf exec red ip vrf identify") == "red\n"
    say(session, "r", 'sh -c "ip vrf exec red nc -l -p 82 > /tmp/got &"')
    say(session, "r", 'sh -c "nc -l -p 83 > /tmp/none &"')
    assert say(session, "r", "ip vrf pids red").split()[1:] == ["nc"]
    say(session, "pc", 'sh -c "echo hello | nc -w 1 10.0.0.1 82; echo lost | nc -w 1 10.0.0.1 83"')
    assert say(session, "r", "cat /tmp/got /tmp/none") == "hello\n"


def test_a_vxlan_speaks_and_listens_in_the_vrf_of_the_device_below_it() -> None:
    session = router()
    for node, number in (("r", 1), ("pc", 2)):
        for line in (*(["ip link set eth0 master red"] if node == "r" else ["ip addr add 10.0.0.2/24 dev eth0"]),
                     ("ip link add vx0 type vxlan id 6 dstport 4789 dev eth0 "
                      f"local 10.0.0.{number} remote 10.0.0.{3 - number}"),
                     f"ip addr add 10.50.0.{number}/24 dev vx0", "ip link set vx0 up"):
            assert say(session, node, line) == "", line
    assert " 0% packet loss" in say(session, "r", "ping -c 1 -W 1 10.50.0.2")
    assert " 0% packet loss" in say(session, "pc", "ping -c 1 -W 1 10.50.0.1")
    say(session, "r", "ip link set eth0 nomaster")
    assert "100% packet loss" in say(session, "pc", "ping -c 1 -W 1 10.50.0.1"), "its socket is still the VRF's"
