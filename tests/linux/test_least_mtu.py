"""A link of less than 68 bytes has no IPv4 (inetdev_valid_mtu): what Linux 6.18 said of lo with such an MTU."""

from __future__ import annotations

import pytest

from netsandbox.linux.core.socket import Process, SocketError
from netsandbox.linux.ipv4.fragment import fragment
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ipv4 import IPv4Packet
from tests.linux.world import World


def said(world: World, line: str) -> tuple[int, str]:
    job = world.session.run(line)
    return job.code or 0, job.err.strip()


@pytest.fixture
def world() -> World:
    one = World(1)
    one.do("exec h1 ip link set lo mtu 60")
    return one


@pytest.mark.parametrize(("line", "answer"), [
    ("ip addr add 10.5.5.1/24 dev lo", "RTNETLINK answers: No buffer space available"),
    ("ip addr del 127.0.0.1/8 dev lo", "Error: ipv4: Device not found."),
    ("ip route add 10.7.0.0/16 dev lo", "RTNETLINK answers: No such device"),
    ("ip nexthop add id 5 dev lo", "RTNETLINK answers: No such device"),
])
def test_it_takes_no_addresses_and_no_routes(world: World, line: str, answer: str) -> None:
    assert said(world, f"exec h1 {line}") == (2, answer)


def test_its_addresses_go_and_do_not_come_back(world: World) -> None:
    world.do("exec h1 ip link set lo mtu 65536")
    assert "inet" not in world.session.run("exec h1 ip addr show lo").out
    assert said(world, "exec h1 ping -c 1 127.0.0.1") == (2, "ping: connect: Network is unreachable")
    assert said(world, "exec h1 ip addr add 127.0.0.1/8 dev lo") == (0, "")
    assert said(world, "exec h1 ping -c 1 127.0.0.1") == (0, "")


@pytest.mark.parametrize("mtu", [20, 28, 67])
def test_a_datagram_finds_no_way_over_a_route_of_so_little(mtu: int) -> None:
    world = World(2)
    world.do(f"exec h1 ip route add 10.9.9.0/24 via 10.0.0.2 mtu {mtu}")
    socket = UdpSocket(world.namespace("h1"), Process("test", 1))
    for data in (b"", b"hallo", bytes(100)):
        with pytest.raises(SocketError) as error:
            socket.send(data, parse_ipv4("10.9.9.9"), 99)
        assert error.value.name == "ENETUNREACH"
    assert said(world, "exec h1 ping -c 1 -W 1 -s 120 10.0.0.2") == (0, "")


def test_what_goes_over_such_a_link_nevertheless_is_cut_into_the_smallest_pieces() -> None:
    packet = IPv4Packet(parse_ipv4("10.0.0.1"), parse_ipv4("10.0.0.2"), 17, bytes(20), 64)
    assert [(piece.offset, len(piece.payload_bytes())) for piece in fragment(packet, 20)] == [(0, 8), (8, 8), (16, 4)]
