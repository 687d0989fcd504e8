"""IP protocols that a kernel knows only since it had a device for them (inet_add_protocol)."""

from __future__ import annotations

import pytest

from netsandbox.linux.events import FrameSent
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.gre import GrePacket
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from tests.linux.world import World

INNER = IPv4Packet(parse_ipv4("10.9.0.2"), parse_ipv4("10.9.0.1"), 17, bytes(8), 64).emit()
OUTER = {"gre": (47, GrePacket(ETH_P_IP, INNER).emit()), "ipip": (4, INNER)}


def answers(world: World, kind: str) -> list[tuple[int, int]]:
    """Type and code of what h1 says to h2 about a packet in a tunnel that nobody has."""
    protocol, body = OUTER[kind]
    world.do("exec h2 ping -c 1 10.0.0.1")
    mark = len(list(world.lab.trace.since(0)))
    packet = IPv4Packet(parse_ipv4("10.0.0.2"), parse_ipv4("10.0.0.1"), protocol, body, 64)
    world.send("h2", Frame(world.eth0("h1").mac, world.eth0("h2").mac, ETH_P_IP, packet))
    events = [record.event for record in world.lab.trace.since(0)][mark:]
    sent = [event.frame.payload.payload for event in events
            if isinstance(event, FrameSent) and isinstance(event.frame.payload, IPv4Packet)]
    return [(one.type, one.code) for one in sent if isinstance(one, IcmpMessage)]


@pytest.mark.parametrize("kind", OUTER)
def test_a_tunnels_protocol_is_unreachable_until_its_first_device(kind: str) -> None:
    world = World(2)
    assert (3, 2) in answers(world, kind)
    world.do("exec h1 ip netns add elsewhere")
    world.do(f"exec h2 ip link add t0 type {kind} remote 10.0.0.9 local 10.0.0.2")
    assert (3, 2) in answers(world, kind), "another machine's module is not this one's"
    world.do(f"exec h1 ip link add t0 type {kind} remote 10.0.0.9 local 10.0.0.1", "exec h1 ip link del t0")
    assert (3, 3) in answers(world, kind), "the module stays"
