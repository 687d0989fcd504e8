"""A lost carrier is noticed at most once a second, where nothing makes it urgent (net/core/link_watch.c)."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.lab.views import find_namespace
from netsandbox.linux.core.devices.linkwatch import LinkWatch
from netsandbox.session.session import Session
from tests.linux.test_multipath import say


class World:
    """Two hosts on one cable, whose ends have the same index or not."""

    def __init__(self, same_index: bool) -> None:
        self.session = Session()
        for line in ("add-host a", "add-host b"):
            self.session.execute(line)
        if not same_index:
            say(self.session, "b", "ip link add d0 type dummy")
        self.session.execute("connect a b")
        for host, address in (("a", 1), ("b", 2)):
            say(self.session, host, f"ip addr add 10.0.0.{address}/24 dev eth0")
        say(self.session, "a", "ping -c 1 10.0.0.2")
        self.scheduler = self.session.lab.scheduler
        self.watch = LinkWatch(self.scheduler)
        for name in ("a", "b"):
            namespace = find_namespace(self.session.lab, name)
            assert namespace is not None
            namespace.linkwatch = self.watch
        self.watch.ran = self.scheduler.now - 10 * MILLISECOND

    def knows(self) -> bool:
        return "REACHABLE" in say(self.session, "a", "ip neigh")

    def wait(self, milliseconds: int) -> None:
        self.scheduler.run_until(self.scheduler.now + milliseconds * MILLISECOND)


@pytest.mark.parametrize("same_index", [True, False])
def test_neighbours_go_once_the_carrier_is_missed(same_index: bool) -> None:
    world = World(same_index)
    say(world.session, "b", "ip link set eth0 down")
    assert world.knows() == same_index, "another index is urgent"
    assert "LOWER_UP" not in say(world.session, "a", "ip link show eth0"), "the carrier is gone all the same"
    world.wait(1100)
    assert not world.knows()
    assert "linkdown" in say(world.session, "a", "ip route")


def test_a_link_that_is_back_before_was_never_gone() -> None:
    world = World(same_index=True)
    say(world.session, "b", "ip link set eth0 down")
    say(world.session, "b", "ip link set eth0 up")
    world.wait(2000)
    assert world.knows()


def test_after_a_quiet_second_it_is_noticed_at_once() -> None:
    world = World(same_index=True)
    world.wait(1100)
    say(world.session, "b", "ip link set eth0 down")
    assert not world.knows()
    assert world.scheduler.now - world.watch.ran < SECOND
