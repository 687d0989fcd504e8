"""Words of gateways in other families, entries of neighbours of lo, and what lo is set to, as 6.12 has them."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("ip link add e1 type dummy", "ip link set e1 up", "ip addr add 10.0.0.1/24 dev e1"):
        assert session.run(line).out == "", line
    return session


@pytest.mark.parametrize(("words", "said"), [
    ("via inet6 foo", 'Error: inet6 address is expected rather than "foo".'),
    ("via inet6 10.0.0.2", 'Error: inet6 address is expected rather than "10.0.0.2".'),
    ("via inet6 fe80::1 dev e1", "Error: IPv6 is disabled on nexthop device."),
    ("via link 10.0.0.2", "Error: Unsupported address family in RTA_VIA."),
    ("via link xyz", '"xyz" is invalid lladdr.'),
    ("via inet foo", 'Error: inet address is expected rather than "foo".'),
])
def test_a_gateway_of_another_family_is_refused_as_such(session: KeptSession, words: str, said: str) -> None:
    assert session.run(f"ip route add 10.8.0.0/16 {words}").err.strip() == said
    assert session.run(f"ip route add 10.8.0.0/16 nexthop {words}").err.strip() == said


def test_the_family_of_a_gateway_may_be_named(session: KeptSession) -> None:
    assert session.run("ip route add 10.8.0.0/16 nexthop via inet 10.0.0.2").code == 0
    assert "10.8.0.0/16 via 10.0.0.2 dev e1" in session.run("ip route").out


def test_lo_has_one_neighbour_whoever_is_named(session: KeptSession) -> None:
    session.run("ip neigh add 10.9.9.9 lladdr 02:00:00:00:00:09 dev lo")
    session.run("ip neigh add 10.9.9.8 lladdr 02:00:00:00:00:08 dev lo")
    assert session.run("ip neigh show dev lo").out == "0.0.0.0 lladdr 02:00:00:00:00:08 PERMANENT \n"
    assert session.run("ip neigh del 10.9.9.8 dev lo").err == "RTNETLINK answers: No such file or directory\n"
    assert session.run("ping -c 1 -W 0.2 10.0.0.1").code == 1  # what lo sends is for another MAC now
    session.run("ip neigh del 0.0.0.0 dev lo")
    assert session.run("ping -c 1 -W 0.2 10.0.0.1").code == 0


def test_lo_has_no_policy_from_the_start(session: KeptSession) -> None:
    assert session.run("sysctl -n net.ipv4.conf.lo.disable_policy net.ipv4.conf.lo.disable_xfrm").out == "1\n1\n"
    assert session.run("sysctl -n net.ipv4.conf.e1.disable_policy").out == "0\n"
