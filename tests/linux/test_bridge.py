"""The forwarding database and the ports' flags, one change at a time (net/bridge)."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.session.session import Session
from netsandbox.wire.addresses import BROADCAST_MAC, parse_mac
from netsandbox.wire.ethernet import Frame
from tests.linux.world import World

EXPERIMENTAL = 0x88B5
H1, H2, H3 = (parse_mac(f"02:00:00:00:00:0{number}") for number in (1, 2, 3))
AWAY = parse_mac("02:00:00:00:00:77")


def frame(destination: int, source: int) -> Frame:
    return Frame(destination, source, EXPERIMENTAL, bytes(46))


def heard(world: World, sender: str, sent: Frame) -> list[str]:
    """Which stations a frame reaches."""
    names = [f"h{number}" for number in (1, 2, 3)]
    before = {name: world.heard(name) for name in names}
    world.send(sender, sent)
    return [name for name in names if world.heard(name) > before[name]]


@pytest.fixture
def world() -> World:
    made = World()
    for number, mac in ((1, H1), (2, H2), (3, H3)):
        made.send(f"h{number}", frame(BROADCAST_MAC, mac))
    return made


def test_isolated_ports_hear_the_others_and_not_each_other(world: World) -> None:
    world.do("exec s1 bridge link set dev p1 isolated on", "exec s1 bridge link set dev p2 isolated on")
    assert heard(world, "h1", frame(BROADCAST_MAC, H1)) == ["h3"]
    assert heard(world, "h1", frame(H2, H1)) == []
    assert heard(world, "h1", frame(AWAY, H1)) == ["h3"]
    assert heard(world, "h3", frame(BROADCAST_MAC, H3)) == ["h1", "h2"]
    assert heard(world, "h3", frame(H1, H3)) == ["h1"]
    assert heard(world, "h1", frame(H3, H1)) == ["h3"]


@pytest.mark.parametrize(("flag", "destination"), [("bcast_flood", BROADCAST_MAC), ("flood", AWAY),
                                                   ("mcast_flood", parse_mac("01:00:5e:01:01:01"))])
def test_a_port_that_is_not_flooded_hears_no_flood_of_its_kind(world: World, flag: str, destination: int) -> None:
    assert heard(world, "h1", frame(destination, H1)) == ["h2", "h3"]
    world.do(f"exec s1 bridge link set dev p2 {flag} off")
    assert heard(world, "h1", frame(destination, H1)) == ["h3"]
    assert heard(world, "h1", frame(H2, H1)) == ["h2"], "what is known is no flood"


def test_what_a_row_of_a_person_says_of_where_frames_go(world: World) -> None:
    group = parse_mac("01:00:5e:01:01:01")
    world.do("exec s1 bridge fdb add 02:00:00:00:00:77 dev p2 master static",
             "exec s1 bridge fdb add 01:00:5e:01:01:01 dev p2 master static")
    assert heard(world, "h1", frame(AWAY, H1)) == ["h2"]
    assert heard(world, "h1", frame(group, H1)) == ["h2", "h3"], "a group's row names no port (br_handle_frame_finish)"
    world.do("exec s1 bridge fdb replace 02:00:00:00:00:77 dev p2 master permanent")
    assert heard(world, "h1", frame(AWAY, H1)) == [], "it is an address of the host's"


def test_the_hosts_own_broadcasts_leave_by_every_port(world: World) -> None:
    """br_flood: BR_BCAST_FLOOD is asked only of frames that came in by a port."""
    world.do("exec s1 bridge link set dev p2 bcast_flood off", "exec s1 ip addr add 10.0.0.9/24 dev br0")
    before = [world.heard(f"h{number}") for number in (1, 2, 3)]
    world.bridge.transmit(frame(BROADCAST_MAC, world.bridge.mac))
    world.settle()
    assert [world.heard(f"h{number}") - old for number, old in zip((1, 2, 3), before, strict=True)] == [1, 1, 1]


def test_a_frame_renews_when_its_source_was_seen_and_its_destination_used(world: World) -> None:
    rows = world.bridge.fdb.entries
    begun = world.lab.scheduler.now
    world.wait(10 * SECOND)
    world.send("h1", frame(H2, H1))
    assert rows[H1].updated >= begun + 10 * SECOND > rows[H1].used
    assert rows[H2].used >= begun + 10 * SECOND > rows[H2].updated


def test_a_row_moves_with_its_station_unless_it_is_sticky(world: World) -> None:
    world.do("exec s1 bridge fdb add 02:00:00:00:00:77 dev p1 master static sticky")
    for mac in (AWAY, H1):
        world.send("h3", frame(BROADCAST_MAC, mac))
    rows = world.bridge.fdb.entries
    assert [rows[mac].port.interface.name for mac in (AWAY, H1) if rows[mac].port] == ["p1", "p3"]


def test_a_row_ages_only_while_its_station_is_silent(world: World) -> None:
    world.wait(200 * SECOND)
    world.send("h1", frame(BROADCAST_MAC, H1))
    world.wait(150 * SECOND)
    assert [mac in world.bridge.fdb.entries for mac in (H1, H2, H3)] == [True, False, False]
    world.wait(160 * SECOND)
    assert H1 not in world.bridge.fdb.entries


def test_rows_go_with_the_link_of_their_port(world: World) -> None:
    world.do("exec s1 ip link set p2 down")
    assert [mac in world.bridge.fdb.entries for mac in (H1, H2, H3)] == [True, False, True]


def made_by_hand() -> World:
    """A bridge whose MAC nobody has set, with the ports a (…:0a) and b (…:0b), and c with b's MAC."""
    world = World(1)
    world.do("exec h1 ip link add br1 type bridge")
    for name, mac in (("b", "0b"), ("a", "0a"), ("c", "0b")):
        world.do(f"exec h1 ip link add {name}0 address 02:00:00:00:00:{mac} type veth peer {name}1",
                 f"exec h1 ip link set {name}0 master br1")
    return world


def test_a_bridges_mac_is_the_lowest_of_its_ports_and_goes_to_the_next_heir() -> None:
    world = made_by_hand()
    bridge = world.namespace("h1").interfaces["br1"]
    found = [bridge.mac & 0xFF]
    for port in ("a0", "b0", "c0"):
        world.do(f"exec h1 ip link set {port} nomaster")
        found.append(bridge.mac & 0xFF)
    assert found == [0x0A, 0x0B, 0x0B, 0x00]


def test_the_row_of_a_mac_that_two_ports_have_goes_to_the_other_one() -> None:
    world = made_by_hand()
    shown = world.do("exec h1 bridge fdb show br br1")
    assert "02:00:00:00:00:0b dev b0" in shown
    shown = world.do("exec h1 ip link set b0 nomaster", "exec h1 bridge fdb show br br1")
    assert "02:00:00:00:00:0b dev c0" in shown
    assert "02:00:00:00:00:0b" not in world.do("exec h1 ip link set c0 nomaster", "exec h1 bridge fdb show br br1")


def test_ports_are_simple_again_when_the_one_that_is_spared_questions_has_gone(world: World) -> None:
    bridge = world.bridge
    for leaves in ("bridge link set dev p2 neigh_suppress off", "ip link set p2 nomaster"):
        world.do("exec s1 bridge link set dev p2 neigh_suppress on")
        assert [port.is_simple for port in bridge.ports] == [False] * 3
        world.do(f"exec s1 {leaves}")
        assert all(port.is_simple for port in bridge.ports)


def test_a_tunnel_by_way_of_a_bridge_may_be_its_port_and_a_device_on_it_may_not() -> None:
    session = Session()
    for line in ("add-host pc1", "exec pc1 ip link add br0 type bridge",
                 "exec pc1 ip link add v link br0 type vlan id 5",
                 "exec pc1 ip link add g0 type gretap local 1.1.1.1 remote 2.2.2.2 dev br0",
                 "exec pc1 ip link set g0 master br0"):
        assert session.run(line).code == 0, line
    job = session.run("exec pc1 ip link set v master br0")
    assert job.output == [("err", "RTNETLINK answers: Device or resource busy\n")]


def test_a_bridge_learns_no_more_stations_than_it_may(world: World) -> None:
    world.do("exec s1 ip link set br0 type bridge fdb_flush", "exec s1 ip link set br0 type bridge fdb_max_learned 2")
    for sender in (H1, H2, H3):
        world.send(f"h{(H1, H2, H3).index(sender) + 1}", frame(BROADCAST_MAC, sender))
    assert heard(world, "h3", frame(H1, H3)) == ["h1"]
    assert heard(world, "h1", frame(H3, H1)) == ["h2", "h3"]
    world.do("exec s1 ip link set br0 type bridge fdb_max_learned 0")
    world.send("h3", frame(BROADCAST_MAC, H3))
    assert heard(world, "h1", frame(H3, H1)) == ["h3"]
