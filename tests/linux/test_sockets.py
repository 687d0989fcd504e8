"""UDP sockets: who gets a datagram, what a sender is told, and how much waits to be read (net/ipv4/udp.c)."""

from __future__ import annotations

import pytest

from netsandbox.linux.core.neighbours.queue import buffer_size
from netsandbox.linux.core.socket import ANY, Process, SocketError
from netsandbox.linux.drop import DropReason
from netsandbox.linux.ipv4.udp import DO, DONT, RECEIVE_BUFFER, WANT, UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.icmp import FRAGMENTATION_NEEDED, UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from tests.linux.world import World

ONE, TWO = parse_ipv4("10.0.0.1"), parse_ipv4("10.0.0.2")


def socket(world: World, name: str, address: int = ANY, port: int = 0) -> UdpSocket:
    made = UdpSocket(world.namespace(name), Process("test", 1))
    made.bind(address, port)
    return made


def test_the_socket_that_says_most_about_a_datagram_gets_it() -> None:
    world = World(3)
    server = socket(world, "h2", ANY, 53)
    server.reuse = True
    named = UdpSocket(world.namespace("h2"), Process("test", 2), reuse=True)
    named.bind(TWO, 53)
    for name, wanted in (("h1", named), ("h3", named)):
        socket(world, name).send(b"a question", TWO, 53)
        world.settle()
        assert wanted.recv() is not None
        assert server.recv() is None
    named.connect(ONE, 4000)
    for port, wanted in ((4000, named), (4001, server)):
        socket(world, "h1", ANY, port).send(b"a question", TWO, 53)
        world.settle()
        assert wanted.recv() is not None
        assert (server if wanted is named else named).recv() is None


@pytest.mark.parametrize("port", [9, 0])
def test_a_connected_sender_is_told_that_nobody_listens(port: int) -> None:
    world = World(2)
    client = socket(world, "h1")
    client.connect(TWO, port)
    client.send(b"anybody?")
    world.settle()
    with pytest.raises(SocketError, match="ECONNREFUSED"):
        client.recv()


@pytest.mark.parametrize(("mode", "told"), [(DO, True), (WANT, True), (DONT, False)])
def test_a_smaller_path_is_told_unless_packets_may_be_cut(mode: int, told: bool) -> None:
    """udp_err: with IP_PMTUDISC_DONT the kernel cuts, and the program need not know."""
    world = World(2)
    client = socket(world, "h1", ONE, 4000)
    client.pmtudisc = mode
    client.connect(TWO, 53)
    sent = IPv4Packet(ONE, TWO, 17, UdpDatagram(4000, 53, bytes(100)), 64, 1, True)
    error = IPv4Packet(TWO, ONE, ICMP, IcmpMessage(UNREACHABLE, FRAGMENTATION_NEEDED, 600, sent.emit()[:36]))
    world.send("h2", Frame(world.eth0("h1").mac, world.eth0("h2").mac, ETH_P_IP, error))
    assert client.error == ("EMSGSIZE" if told else "")


def test_so_much_waits_to_be_read_and_no_more() -> None:
    world = World(2)
    server, client = socket(world, "h2", ANY, 53), socket(world, "h1")
    client.send(b"hello", TWO, 53)
    world.settle()
    room = RECEIVE_BUFFER // buffer_size(33)
    for _number in range(room + 3):
        client.send(b"hello", TWO, 53)
    world.settle()
    assert len(server.received) == room
    assert world.drops().count(DropReason.SOCKET_RCVBUFF) == 4
    server.recv()
    client.send(b"again", TWO, 53)
    world.settle()
    assert server.received[-1].data == b"again"


def test_who_is_bound_to_a_broadcast_address_answers_from_the_interfaces_own() -> None:
    world = World(2)
    server, client = socket(world, "h2", parse_ipv4("10.0.0.255"), 53), socket(world, "h1", ONE, 4000)
    client.broadcast = True
    client.send(b"anybody?", parse_ipv4("10.0.0.255"), 53)
    world.settle()
    question = server.recv()
    assert question is not None
    server.send(b"me", question.source, question.port)
    world.settle()
    answer = client.recv()
    assert answer is not None
    assert (answer.source, answer.data) == (TWO, b"me")


@pytest.mark.parametrize(("reserved", "kept"), [("", set()), ("40000,40003-40010", {40000, 40003, 40004})])
def test_any_port_is_none_that_is_reserved_or_taken(reserved: str, kept: set[int]) -> None:
    """Of an odd number of ports TCP never tries the last, and any port is shared with nobody."""
    world = World(2)
    sysctls = world.namespace("h1").sysctls
    sysctls.write("net.ipv4.ip_local_port_range", "40000 40004")
    sysctls.write("net.ipv4.ip_local_reserved_ports", reserved)
    streams = [StreamSocket(world.namespace("h1"), Process("test", 1), reuse=True) for _number in range(5)]
    datagrams = [UdpSocket(world.namespace("h1"), Process("test", 1)) for _number in range(6)]
    for sockets, ports in ((streams, range(40000, 40004)), (datagrams, range(40000, 40005))):
        free = set(ports) - kept
        for one in sockets[:len(free)]:
            one.bind(ANY, 0)
        assert {one.port for one in sockets[:len(free)]} == free
        with pytest.raises(SocketError, match="EADDRINUSE"):
            sockets[len(free)].bind(ANY, 0)


def test_bind_and_connect_prefer_different_ports() -> None:
    world = World(2)
    world.namespace("h1").sysctls.write("net.ipv4.ip_local_port_range", "40000 40007")
    plain, sharing = ([StreamSocket(world.namespace("h1"), Process("test", 1), reuse=reuse) for _number in range(2)]
                      for reuse in (False, True))
    for one in plain:
        one.bind(ANY, 0)
    assert all(one.port % 2 for one in plain)
    for one in sharing:
        one.bind(ANY, 0)
    assert all(one.port < 40004 for one in sharing)


def test_sockets_that_share_a_port_share_what_comes_by_who_sends_it() -> None:
    """SO_REUSEPORT: each peer's datagrams go to one of them, and some of them to either."""
    world = World(2)
    servers = [UdpSocket(world.namespace("h2"), Process("test", number)) for number in range(2)]
    for one in servers:
        one.shares = True
        one.bind(ANY, 53)
    for port in range(4000, 4012):
        client = socket(world, "h1", ONE, port)
        client.send(b"a", TWO, 53)
        client.send(b"b", TWO, 53)
    world.settle()
    heard = [[datagram.port for datagram in one.received] for one in servers]
    assert all(heard)
    assert sorted(heard[0] + heard[1]) == sorted([*range(4000, 4012)] * 2)
    assert all(ports.count(port) == 2 for ports in heard for port in ports)
    with pytest.raises(SocketError, match="EADDRINUSE"):
        UdpSocket(world.namespace("h2"), Process("test", 3)).bind(ANY, 53)


def test_servers_that_share_a_port_share_the_connections() -> None:
    session = KeptSession()
    for name in ("one", "two"):
        session.run(f"socat TCP-LISTEN:80,reuseport,fork 'SYSTEM:echo {name}' &")
    assert session.run("socat TCP-LISTEN:80,fork SYSTEM:true").err.endswith("Address already in use\n")
    said = [session.run("nc -w 1 127.0.0.1 80").out for _number in range(10)]
    assert set(said) == {"one\n", "two\n"}
    assert len([row for row in session.run("ss -tlnH").out.splitlines() if "0.0.0.0:80" in row]) == 2


def test_no_queue_is_longer_than_somaxconn() -> None:
    session = KeptSession()
    session.run("docker run -d --name web --sysctl net.core.somaxconn=7 nginx")
    rows = session.run("exec web ss -Hltn").out.splitlines()
    assert [(row.split()[2], row.split()[3]) for row in rows] == [("7", "0.0.0.0:80"), ("7", "[::]:80")]
