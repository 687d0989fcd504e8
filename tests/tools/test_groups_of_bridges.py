"""`bridge mdb get|flush`, ports that always lead to a router, and `ip netconf`, as a 6.12 kernel has them."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("ip link add br0 type bridge", "ip link set br0 up",
                 *(f"ip link add p{n} type veth peer name q{n}" for n in (1, 2)),
                 *(f"ip link set p{n} master br0 up" for n in (1, 2)), *(f"ip link set q{n} up" for n in (1, 2)),
                 "bridge mdb add dev br0 port p1 grp 239.1.1.1 permanent",
                 "bridge mdb add dev br0 port p2 grp 239.1.1.2 temp",
                 "bridge mdb add dev br0 port p2 grp 239.1.1.1 temp"):
        assert session.run(line).err == "", line
    return session


def test_one_group_is_asked_for(session: KeptSession) -> None:
    assert session.run("bridge mdb get dev br0 grp 239.1.1.2").out == "dev br0 port p2 grp 239.1.1.2 temp\n"
    assert session.run("bridge mdb get dev br0 grp 239.1.1.1").out.count("\n") == 2
    gone = session.run("bridge mdb get dev br0 grp 239.1.1.9")
    assert (gone.code, gone.err) == (254, "Error: bridge: MDB entry not found.\n")
    assert session.run("bridge mdb get dev br0 grp 239.1.1.1 vid 7").code == 254
    lacking = session.run("bridge mdb get dev br0")
    assert (lacking.code, lacking.err) == (255, "Device and group address are required arguments.\n")


@pytest.mark.parametrize(("words", "left"), [
    ("", []), ("port p1", ["p2 239.1.1.2", "p2 239.1.1.1"]), ("permanent", ["p2 239.1.1.2", "p2 239.1.1.1"]),
    ("nopermanent", ["p1 239.1.1.1"]), ("vid 7", ["p2 239.1.1.2", "p1 239.1.1.1", "p2 239.1.1.1"]),
])
def test_groups_are_flushed(session: KeptSession, words: str, left: list[str]) -> None:
    assert session.run(f"bridge mdb flush dev br0 {words}").code == 0
    rows = [line.split() for line in session.run("bridge mdb show").out.splitlines()]
    assert [f"{row[3]} {row[5]}" for row in rows] == left


@pytest.mark.parametrize(("words", "said"), [
    ("", "Device is a required argument."), ("dev p1", "Error: Device does not support MDB bulk deletion."),
    ("dev br0 port q1", "Error: bridge: Net device is not a bridge port."),
])
def test_a_flush_is_refused(session: KeptSession, words: str, said: str) -> None:
    refused = session.run(f"bridge mdb flush {words}")
    assert (refused.code, refused.err) == (255, f"{said}\n")
    assert session.run("bridge mdb show").out.count("\n") == 3


def test_a_port_always_leads_to_a_router(session: KeptSession) -> None:
    session.run("ip link set p2 type bridge_slave mcast_router 2")
    session.run("bridge link set dev p1 mcast_router 0")
    assert "router ports on br0: p2 \n" in session.run("bridge -d mdb show").out
    assert " mcast_router 2 " in session.run("bridge -d link show dev p2").out
    assert " mcast_router 0 " in session.run("ip -d link show p1").out
    refused = session.run("ip link set p2 type bridge_slave mcast_router 4")
    assert (refused.code, refused.err) == (2, "RTNETLINK answers: Invalid argument\n")
    assert "mcast_router 3 of a bridge port is not modelled" in session.run("bridge link set dev p2 mcast_router 3").err
    session.run("bridge link set dev p2 mcast_router 1")
    assert "router" not in session.run("bridge -d mdb show").out


def test_netconf_says_what_interfaces_are_set_to(session: KeptSession) -> None:
    for name, value in (("rp_filter", 2), ("proxy_arp", 1), ("forwarding", 0), ("ignore_routes_with_linkdown", 1)):
        session.run(f"sysctl -w net.ipv4.conf.p1.{name}={value}")
    assert session.run("ip netconf show dev p1").out == (
        "inet p1 forwarding off rp_filter loose mc_forwarding off proxy_neigh on ignore_routes_with_linkdown on \n")
    names = [line.split()[1] for line in session.run("ip netconf").out.splitlines()]
    assert names[0] == "lo"
    assert names[-2:] == ["all", "default"]
    assert session.run("ip netconf show dev none").err == 'Device "none" does not exist.\n'
    assert session.run("ip netconf foo").err == 'Command "foo" is unknown, try "ip netconf help".\n'
    assert session.run("ip netconf help").err == "Usage: ip netconf show [ dev STRING ]\n"


def test_a_device_too_small_for_ipv6_is_in_none_of_its_groups() -> None:
    """As 6.18 has it: 1279 bytes are too few."""
    session = KeptSession()
    session.run("ip link add v type veth peer name w")
    counts = []
    for mtu in (1280, 1279, 1500):
        session.run(f"ip link set v mtu {mtu}")
        counts.append((session.run("ip maddr show dev v").out.count("inet6"),
                       session.run("bridge fdb show dev v").out.count("33:33:00:00:00:01")))
    assert counts == [(2, 1), (0, 0), (2, 1)]
