"""Next hops with numbers: routes and groups that name one follow it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session
from tests.linux.test_multipath import say, two_ways


def ways() -> Session:
    session = two_ways()
    for line in ("route del default", "nexthop add id 1 via 10.1.0.254 dev eth0",
                 "nexthop add id 2 via 10.2.0.254 dev eth1", "nexthop add id 10 group 1,3/2",
                 "route add 10.99.0.0/24 nhid 10", "route add 10.98.0.0/24 nhid 1"):
        assert say(session, "h", f"ip {line}") == ""
    return session


def test_a_route_shows_the_number_and_the_way() -> None:
    session = ways()
    assert say(session, "h", "ip route show 10.98.0.0/24") == "10.98.0.0/24 nhid 1 via 10.1.0.254 dev eth0 \n"
    assert say(session, "h", "ip route show 10.99.0.0/24") == (
        "10.99.0.0/24 nhid 10 \n\tnexthop via 10.1.0.254 dev eth0 weight 3 \n"
        "\tnexthop via 10.2.0.254 dev eth1 weight 1 \n")
    assert say(session, "h", "ip nexthop") == (
        "id 1 via 10.1.0.254 dev eth0 scope link \nid 2 via 10.2.0.254 dev eth1 scope link \nid 10 group 1,3/2 \n")


def test_what_replaces_a_next_hop_is_taken_by_all_its_routes() -> None:
    session = ways()
    say(session, "h", "ip nexthop replace id 1 via 10.2.0.9 dev eth1")
    assert say(session, "h", "ip route show 10.98.0.0/24") == "10.98.0.0/24 nhid 1 via 10.2.0.9 dev eth1 \n"
    assert "via 10.2.0.9 dev eth1 weight 3" in say(session, "h", "ip route show 10.99.0.0/24")
    say(session, "h", "ip nexthop replace id 1 blackhole")
    assert "member of a group" in say(session, "h", "ip nexthop replace id 1 blackhole")


def test_a_link_that_goes_down_takes_its_next_hops_and_their_routes_along() -> None:
    session = ways()
    say(session, "h", "ip link set eth0 down")
    assert say(session, "h", "ip nexthop") == "id 2 via 10.2.0.254 dev eth1 scope link \nid 10 group 2 \n"
    assert say(session, "h", "ip route show 10.98.0.0/24") == ""
    assert say(session, "h", "ip route show 10.99.0.0/24") == "10.99.0.0/24 nhid 10 via 10.2.0.254 dev eth1 \n"
    say(session, "h", "ip nexthop del id 2")
    assert say(session, "h", "ip nexthop") == say(session, "h", "ip route show 10.99.0.0/24") == ""


def test_a_group_passes_over_a_next_hop_whose_neighbour_is_gone() -> None:
    session = ways()
    say(session, "h", "ip neigh replace 10.1.0.254 dev eth0 lladdr 02:00:00:00:00:99 nud failed")
    taken = {say(session, "h", f"ip route get 10.99.0.{number}").split()[2] for number in range(1, 20)}
    assert taken == {"10.2.0.254"}


@pytest.mark.parametrize(("words", "complaint"), [
    ("id 5", "Error: Invalid address family."),
    ("id 5 via 10.1.0.254", "Error: Device attribute required for non-blackhole and non-fdb nexthops."),
    ("id 1 via 10.1.0.254 dev eth0", "RTNETLINK answers: File exists"),
    ("id 5 via 192.0.2.1 dev eth0", "Error: Nexthop has invalid gateway."),
    ("id 5 dev nope", 'Error: argument "nope" is wrong: Device does not exist\n'),
    ("id abc dev eth0", 'Error: argument "abc" is wrong: invalid id value'),
    ("id 5 group 1/77", "Error: Invalid nexthop id."),
    ("id 5 group 10", "Error: Hash-threshold group can not be a nexthop within a group."),
    ("id 5 group 1/1", "Error: Nexthop id can not be used twice in a group."),
    ("id 5 group 1,0", 'Error: argument "0" is wrong: "weight" is invalid\n'),
    ("id 5 blackhole dev eth0", "Error: Blackhole attribute can not be used with gateway, oif, encap or fdb."),
    ("id 5 dev eth0 onlink", "Error: ONLINK flag can not be set for nexthop without a gateway."),
    ("id 5 group 1 type resilient", "netsandbox: groups of type resilient are not modelled (mpath is)"),
    ("id 5 dev eth0 fdb", "netsandbox: fdb of a next hop is not modelled")])
def test_what_is_no_next_hop_is_refused_and_changes_nothing(words: str, complaint: str) -> None:
    session = ways()
    before = say(session, "h", "ip nexthop")
    assert say(session, "h", f"ip nexthop add {words}") == complaint + "\n"
    assert say(session, "h", "ip nexthop") == before


@pytest.mark.parametrize(("line", "complaint"), [
    ("route add 10.97.0.0/24 nhid 77", "Error: Nexthop id does not exist."),
    ("route add 10.97.0.0/24 nhid 1 dev eth0", "Error: Nexthop specification and nexthop id are mutually exclusive."),
    ("route del 10.98.0.0/24 nhid 2", "RTNETLINK answers: No such process"),
    ("nexthop del id 9", "RTNETLINK answers: No such file or directory")])
def test_a_number_that_nobody_has_is_refused(line: str, complaint: str) -> None:
    assert say(ways(), "h", f"ip {line}") == complaint + "\n"
