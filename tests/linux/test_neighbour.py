"""A neighbour's states by name, what moves it between them, and what waits meanwhile (RFC 4861, 7.3.2; neighbour.c)."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import NeighbourChanged
from netsandbox.wire.addresses import BROADCAST_MAC, parse_ipv4, parse_mac
from netsandbox.wire.arp import REPLY, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame
from tests.linux.world import World

TWO = parse_ipv4("10.0.0.2")
OTHER = parse_mac("02:00:00:00:00:77")


def row(world: World) -> Neighbour:
    return world.eth0("h1").neighbours[TWO]


def states(world: World) -> list[str]:
    """All that h1's row for 10.0.0.2 has been, in order."""
    return [record.event.new.value if record.event.new else "gone" for record in world.lab.trace.since(0)
            if isinstance(record.event, NeighbourChanged) and record.event.address == TWO
            and record.event.interface.namespace == "h1"]


def test_asked_answered_and_confirmed() -> None:
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1")
    assert states(world) == ["INCOMPLETE", "REACHABLE"]


def test_nobody_answers() -> None:
    world = World(2)
    world.do("exec h2 ip link set eth0 arp off", "ping h1 10.0.0.2 -c 1 -W 1")
    world.wait(4 * SECOND)
    assert states(world) == ["INCOMPLETE", "FAILED"]
    assert DropReason.NEIGH_FAILED in world.drops()


def test_what_is_not_confirmed_grows_stale_and_stays_in_use() -> None:
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1")
    world.wait(60 * SECOND)
    assert (states(world)[-1], row(world).mac) == ("STALE", world.eth0("h2").mac)


def test_use_of_a_stale_row_ends_in_a_probe_that_is_answered() -> None:
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1")
    world.wait(60 * SECOND)
    world.do("ping h1 10.0.0.2 -c 1")
    world.wait(6 * SECOND)
    assert states(world)[2:] == ["STALE", "DELAY", "PROBE", "REACHABLE"]


def test_a_probe_that_is_not_answered_fails() -> None:
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1", "exec h2 ip link set eth0 arp off")
    world.wait(60 * SECOND)
    world.do("ping h1 10.0.0.2 -c 1 -W 1")
    world.wait(10 * SECOND)
    assert states(world)[2:] == ["STALE", "DELAY", "PROBE", "FAILED"]


def test_who_asks_is_known_and_not_yet_trusted() -> None:
    world = World(2)
    world.ask("h2", "10.0.0.2", "10.0.0.1")
    assert states(world) == ["STALE"]


def test_without_carrier_what_was_learned_is_gone_and_what_was_set_stays() -> None:
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1", "exec h1 ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0",
             "exec s1 ip link set p1 down")
    assert list(world.eth0("h1").neighbours) == [parse_ipv4("10.0.0.9")]
    world.do("exec h1 ip link set eth0 down")
    assert not world.eth0("h1").neighbours


@pytest.mark.parametrize(("room", "lost"), [(3, 0), (2, 1), (1, 2)])
def test_so_many_bytes_wait_and_the_oldest_make_room(room: int, lost: int) -> None:
    """unres_qlen_bytes is what they may take at most, and exactly that much they may."""
    world = World(2)
    size = buffer_size(84)
    world.do("exec h2 ip link set eth0 arp off",
             f"exec h1 sysctl -w net.ipv4.neigh.eth0.unres_qlen_bytes={room * size}")
    world.do("ping h1 10.0.0.2 -c 3 -l 3 -W 1")
    dropped = world.packets_dropped(DropReason.NEIGH_QUEUEFULL)
    assert [packet.payload.seq for packet in dropped] == list(range(1, lost + 1))  # type: ignore[union-attr]


@pytest.mark.parametrize(("later", "believed"), [(1000 * MILLISECOND, False), (1000 * MILLISECOND + 1, True)])
def test_another_mac_is_believed_only_behind_locktime(later: int, believed: bool) -> None:
    """arp_process: what came first within locktime is taken, for a proxy may answer as well."""
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1")
    one, entry = world.eth0("h1"), row(world)
    world.lab.scheduler.run_until(entry.updated + later)
    answer = ArpPacket(REPLY, OTHER, TWO, one.mac, parse_ipv4("10.0.0.1"))
    one.receive(Frame(one.mac, OTHER, ETH_P_ARP, answer))
    assert (entry.mac == OTHER) is believed


@pytest.mark.parametrize(("target", "believed"), [(OTHER, True), (BROADCAST_MAC, False), (0, False)])
def test_an_unasked_reply_is_gratuitous_only_if_it_names_one_mac_twice(target: int, believed: bool) -> None:
    """arp_is_garp: such a reply is believed even within locktime."""
    world = World(2)
    world.do("ping h1 10.0.0.2 -c 1")
    one, entry = world.eth0("h1"), row(world)
    world.lab.scheduler.run_until(entry.updated + MILLISECOND)
    one.receive(Frame(BROADCAST_MAC, OTHER, ETH_P_ARP, ArpPacket(REPLY, OTHER, TWO, target, TWO)))
    assert (entry.mac == OTHER) is believed


def test_a_managed_row_is_asked_for_again_and_again() -> None:
    world = World(2)
    world.do("exec h1 ip neigh add 10.0.0.2 dev eth0 managed")
    world.wait(200 * SECOND)
    assert row(world).state in (NudState.REACHABLE, NudState.DELAY, NudState.PROBE)
    assert states(world).count("REACHABLE") > 2
    world.do("exec h1 ip neigh del 10.0.0.2 dev eth0")
    asked = len(states(world))
    world.wait(60 * SECOND)
    assert len(states(world)) == asked
