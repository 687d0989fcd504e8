"""Which way a packet goes, whose sources are believed, and how often a sender hears of a shorter way."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4 import icmp_limit
from netsandbox.linux.ipv4.reverse_path import validate_source
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import parse_ipv4
from tests.linux.world import World

FAR = parse_ipv4("203.0.113.9")


def routed() -> World:
    """h1 with a second interface, eth1, on h2; a route to 203.0.113.0/24 leaves by eth0."""
    world = World(2)
    world.do("connect h1:eth1 h2:eth1", "exec h1 ip route add 203.0.113.0/24 via 10.0.0.2")
    return world


def leaves_by(world: World, destination: str, **options: bool) -> str:
    """Which interface h1's route names, or the errno."""
    found = route_output(world.namespace("h1"), parse_ipv4(destination), **options)
    return found.interface.name if isinstance(found, OutputRoute) else found.error


def test_the_longest_prefix_then_the_lowest_metric_then_the_older_route() -> None:
    world = routed()
    world.do("exec h1 ip addr add 10.1.0.1/24 dev eth1", "exec h1 ip route add default via 10.0.0.2",
             "exec h1 ip route add 203.0.113.128/25 via 10.1.0.2")
    assert [leaves_by(world, address) for address in ("203.0.113.9", "203.0.113.200", "8.8.8.8")] == [
        "eth0", "eth1", "eth0"]
    world.do("exec h1 ip route add 203.0.113.128/25 via 10.0.0.2 metric 5")
    assert leaves_by(world, "203.0.113.200") == "eth1"
    world.do("exec h1 ip route del 203.0.113.128/25 via 10.1.0.2")
    assert leaves_by(world, "203.0.113.200") == "eth0"


def test_a_route_to_one_address_or_to_a_part_is_not_taken_by_the_rest_of_its_network() -> None:
    world = routed()
    world.do("exec h1 ip addr add 10.1.0.1/24 dev eth1", "exec h1 ip route add 203.0.113.0/32 via 10.1.0.2",
             "exec h1 ip route add 203.0.0.0/16 via 10.1.0.2")
    found = [leaves_by(world, f"203.0.{address}") for address in ("113.0", "113.1", "113.2", "112.1", "112.2")]
    assert found == ["eth1", "eth0", "eth0", "eth1", "eth1"]
    world.do("exec h1 ip route add 203.0.113.2/31 via 10.1.0.2")
    assert [leaves_by(world, f"203.0.113.{number}") for number in range(5)] == ["eth1", "eth0", "eth1", "eth1", "eth0"]


def test_routes_that_lead_nowhere_say_why() -> None:
    world = routed()
    for kind, error in (("unreachable", "EHOSTUNREACH"), ("prohibit", "EACCES"), ("blackhole", "EINVAL"),
                        ("throw", "ENETUNREACH")):
        world.do(f"exec h1 ip route add {kind} 198.51.100.0/24")
        assert leaves_by(world, "198.51.100.1") == error
        world.do(f"exec h1 ip route del {kind} 198.51.100.0/24")
    assert isinstance(route_output(world.namespace("h1"), parse_ipv4("198.51.100.1")), RouteMissing)


def test_without_a_gateway_only_what_is_on_the_link_is_reached() -> None:
    world = routed()
    assert leaves_by(world, "203.0.113.9", direct=True) == "ENETUNREACH"
    assert leaves_by(world, "10.0.0.2", direct=True) == "eth0"


@pytest.mark.parametrize(("mode", "addressed", "refused"), [
    (0, True, False), (0, False, False), (1, True, True), (1, False, True), (2, True, False), (2, False, True)])
def test_whose_answer_would_leave_otherwise_is_refused_as_rp_filter_says(mode: int, addressed: bool,
                                                                           refused: bool) -> None:
    """Loosely (2) any way back will do, but an interface without addresses believes none."""
    world = routed()
    if addressed:
        world.do("exec h1 ip addr add 10.1.0.1/24 dev eth1")
    world.do(f"exec h1 sysctl -w net.ipv4.conf.eth1.rp_filter={mode}")
    refusal, on_link = validate_source(world.namespace("h1").interfaces["eth1"], FAR, None)
    assert (refusal is not None and refusal.reason is DropReason.IP_RPFILTER) is refused
    assert not on_link


def test_our_own_address_comes_from_nobody_else() -> None:
    world = routed()
    eth1 = world.namespace("h1").interfaces["eth1"]
    refusal, _on_link = validate_source(eth1, parse_ipv4("10.0.0.1"), None)
    assert refusal is not None
    assert refusal.reason is DropReason.IP_LOCAL_SOURCE
    world.do("exec h1 sysctl -w net.ipv4.conf.eth1.accept_local=1")
    assert validate_source(eth1, parse_ipv4("10.0.0.1"), None)[0] is None


def test_redirects_come_in_gaps_that_double_and_then_no_more() -> None:
    """ip_rt_send_redirect: after the nth, redirect_load << n must have passed; after redirect_number, silence."""
    world = World(1)
    namespace, scheduler = world.namespace("h1"), world.lab.scheduler
    load = 20 * MILLISECOND
    assert icmp_limit.allows_redirect(namespace, FAR)
    for sent in range(1, 9):
        last, gap = namespace.peers[FAR].last, load << sent
        scheduler.stand_at(last + gap)
        assert not icmp_limit.allows_redirect(namespace, FAR), f"{sent}: the gap is not over"
        scheduler.stand_at(last + gap + TICK)
        assert icmp_limit.allows_redirect(namespace, FAR), sent
    scheduler.stand_at(scheduler.now + 19 * 1000 * MILLISECOND)
    assert not icmp_limit.allows_redirect(namespace, FAR), "nine were enough"
    scheduler.stand_at(scheduler.now + 21 * 1000 * MILLISECOND)
    assert icmp_limit.allows_redirect(namespace, FAR), "after the silence it begins anew"
