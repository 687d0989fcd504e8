"""Addresses and routes of one host, many of them: found as by looking at each, and without looking at each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4.route_tables import RouteTables
from netsandbox.linux.netlink import address as requests
from netsandbox.linux.netlink.route import RouteRequest
from netsandbox.linux.netlink.route import put as put_route
from netsandbox.wire.addresses import Network, format_ipv4, parse_ipv4
from tests.linux.world import World

NETWORKS = st.builds(Network, st.integers(parse_ipv4("10.9.0.0"), parse_ipv4("10.9.0.19")), st.sampled_from(
    (8, 24, 28, 30, 31, 32)))
BROADCASTS = st.sampled_from((None, parse_ipv4("10.9.0.3"), parse_ipv4("10.9.0.255")))


def _check(interface: Interface) -> None:
    """What is looked up is what a search through all finds."""
    own: list[InterfaceAddress] = list(interface.addresses)
    assert [one.secondary for one in own] == sorted(one.secondary for one in own)
    for network in {one.network for one in own}:
        subnet = [one for one in own if one.network.length == network.length and one.network.address in network]
        assert sorted(interface.addresses.in_subnet(network), key=id) == sorted(subnet, key=id)
        assert [one for one in subnet if not one.secondary] == [interface.addresses.primary(network)]
    _check_routes(interface.namespace.routes, interface, own)


def _check_routes(routes: RouteTables, interface: Interface, own: list[InterfaceAddress]) -> None:
    made = [route for route in routes.all(None) if route.interface is interface]
    assert {route.destination.address for route in made if route.type == "local"} == {one.local for one in own}
    primaries = [one for one in own if not one.secondary]
    for route in made:
        if route.type == "unicast":
            assert any(route.destination == Network(one.network.network, one.network.length) for one in primaries)
        assert route in routes.to((route.destination,), route.table)
        found = routes.lookup(route.destination.network)
        assert found is not None
        assert found.destination.network == route.destination.network


@given(st.lists(st.tuples(NETWORKS, BROADCASTS, st.booleans()), max_size=25), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_looked_up_is_what_a_search_finds(steps: list[tuple[Network, int | None, bool]], promote: bool) -> None:
    world = World(1)
    interface = world.eth0("h1")
    interface.namespace.write_sysctl("net.ipv4.conf.all.promote_secondaries", int(promote))
    for network, broadcast, is_added in steps:
        if is_added:
            addresses.add(interface, network, broadcast)
        else:
            for own in interface.addresses[network.address % 2:][:1]:
                addresses.remove(interface, own)
        _check(interface)


def test_the_broadcast_route_goes_with_the_last_address_that_makes_it() -> None:
    world = World(1)
    world.do("exec h1 ip addr flush dev eth0", "exec h1 ip addr add 10.9.0.200/24 dev eth0",
             "exec h1 ip addr add 10.9.0.201/25 dev eth0")
    world.do("exec h1 ip addr del 10.9.0.200/24 dev eth0")
    assert "broadcast 10.9.0.255 dev eth0" in world.do("exec h1 ip route show table local")
    world.do("exec h1 ip addr del 10.9.0.201/25 dev eth0")
    assert "10.9.0.255" not in world.do("exec h1 ip route show table local")


def _calls(work: Callable[[], None]) -> int:
    """How many calls of functions it is."""
    count = 0

    def note(_frame: object, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _addresses(length: int) -> Callable[[Interface, int], None]:
    def add(interface: Interface, number: int) -> None:
        requests.put(interface, Network(parse_ipv4("10.9.0.1") + 4 * number, length), "add", {"broadcast": "+"})

    return add


def _route(interface: Interface, number: int) -> None:
    destination = Network(parse_ipv4("172.16.0.0") + number, 32)
    put_route(interface.namespace, RouteRequest(destination, gateway=parse_ipv4("10.0.0.9")), "add")


@pytest.mark.parametrize("add", [_addresses(8), _addresses(30), _addresses(32), _route],
                         ids=["of one subnet", "of many subnets", "alone", "routes"])
def test_the_thousandth_costs_what_the_hundredth_does(add: Callable[[Interface, int], None]) -> None:
    interface = World(1).eth0("h1")
    costs = []
    for number in range(1001):
        if number in (100, 1000):
            costs.append(_calls(lambda number=number: add(interface, number)))
        else:
            add(interface, number)
    assert costs[1] < 1.5 * costs[0], f"the hundredth takes {costs[0]} calls, the thousandth {costs[1]}"


def test_to_take_them_away_costs_the_same_for_each() -> None:
    costs = []
    for count in (100, 800):
        interface = World(1).eth0("h1")
        for number in range(count):
            _addresses(30)(interface, number)
        costs.append(_calls(lambda interface=interface: addresses.forget_all(interface)) / count)
        assert not interface.addresses
        assert [format_ipv4(own) for own in interface.namespace.routes.local] == ["127.0.0.1"]
    assert costs[1] < 1.5 * costs[0]
