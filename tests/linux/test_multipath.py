"""Routes with several next hops: the kernel's hash, its bounds, and what becomes of a flow when a way is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.linux.ipv4.multipath import bounds
from netsandbox.linux.ipv4.siphash import siphash
from netsandbox.session.session import Session

KEY = (0x0706050403020100, 0x0F0E0D0C0B0A0908)


@pytest.mark.parametrize(("length", "expected"), [
    (0, 0x726FDB47DD0E0E31), (8, 0x93F5F5799A932462), (15, 0xA129CA6149BE45E5)])
def test_siphash_gives_what_its_authors_publish(length: int, expected: int) -> None:
    assert siphash(bytes(range(length)), KEY) == expected


@given(st.lists(st.integers(1, 256), min_size=1, max_size=8))
def test_every_hash_has_a_way_and_the_last_one_ends_at_the_top(weights: list[int]) -> None:
    found = bounds(weights)
    assert found == sorted(found)
    assert found[-1] == (1 << 31) - 1


def say(session: Session, node: str, line: str) -> str:
    job = session.execute(f"exec {node} {line}")
    session.lab.scheduler.run_while(lambda: not job.is_done)
    return "".join(text for _stream, text in job.output)


def two_ways() -> Session:
    session = Session()
    for line in ("add-host h", "add-host r1", "add-host r2", "connect h r1", "connect h r2"):
        session.execute(line)
    for node, line in (("h", "ip addr add 10.1.0.1/24 dev eth0"), ("h", "ip addr add 10.2.0.1/24 dev eth1"),
                       ("r1", "ip addr add 10.1.0.254/24 dev eth0"), ("r2", "ip addr add 10.2.0.254/24 dev eth0"),
                       ("h", "ip route add default nexthop via 10.1.0.254 weight 3 nexthop via 10.2.0.254")):
        assert say(session, node, line) == ""
    return session


def test_a_route_lists_its_next_hops_and_loses_one_with_its_link() -> None:
    session = two_ways()
    assert say(session, "h", "ip route show default") == (
        "default \n\tnexthop via 10.1.0.254 dev eth0 weight 3 \n\tnexthop via 10.2.0.254 dev eth1 weight 1 \n")
    say(session, "h", "ip link set eth0 down")
    assert "via 10.1.0.254 dev eth0 weight 3 dead linkdown \n" in say(session, "h", "ip route show default")
    assert "via 10.2.0.254 dev eth1" in say(session, "h", "ip route get 10.9.0.1")


def test_the_last_way_takes_the_route_along() -> None:
    session = two_ways()
    say(session, "h", "ip link set eth0 down")
    say(session, "h", "ip link set eth1 down")
    assert say(session, "h", "ip route show default") == ""


def test_flows_spread_and_each_stays_on_its_way() -> None:
    session = two_ways()
    ways = {say(session, "h", f"ip route get 10.9.0.{number}").split()[4] for number in range(1, 30)}
    assert ways == {"eth0", "eth1"}
    assert len({say(session, "h", "ip route get 10.9.0.1") for _ in range(3)}) == 1


@pytest.mark.parametrize(("words", "complaint"), [
    ("nexthop via 10.1.0.254 weight 300", '"weight" is invalid'),
    ("nexthop foo", '"nexthop" or end of line is expected instead of "foo"'),
    ("nexthop", 'unexpected end of line after "nexthop"'),
    ("nexthop via 192.0.2.1", "Nexthop has invalid gateway"),
    ("via 10.1.0.254 nexthop via 10.2.0.254", "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA"),
    ("nexthop dev nope", "cannot parse nexthop")])
def test_what_is_no_next_hop_is_refused_and_changes_nothing(words: str, complaint: str) -> None:
    session = two_ways()
    before = say(session, "h", "ip route")
    assert complaint in say(session, "h", f"ip route add 10.50.0.0/16 {words}")
    assert say(session, "h", "ip route") == before
