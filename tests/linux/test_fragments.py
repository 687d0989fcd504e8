"""Pieces of packets, put together again or given up (RFC 791; net/ipv4/ip_fragment.c)."""

from __future__ import annotations

from typing import Any

import pytest

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import PacketReassembled
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from tests.linux.world import World

ONE, TWO = parse_ipv4("10.0.0.1"), parse_ipv4("10.0.0.2")


def piece(offset: int, size: int, more: bool, df: bool = False, ident: int = 7) -> IPv4Packet:
    return IPv4Packet(ONE, TWO, UDP, bytes(size), 64, ident, df, mf=more, offset=offset)


def take(world: World, *pieces: IPv4Packet) -> list[Any]:
    """What h2 makes of some fragments: the packets that became whole."""
    eth0 = world.eth0("h1")
    for packet in pieces:
        eth0.transmit(Frame(world.eth0("h2").mac, eth0.mac, ETH_P_IP, packet))
    world.wait(MILLISECOND)
    return [record.event.packet for record in world.lab.trace.since(0) if isinstance(record.event, PacketReassembled)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_in_any_order_they_make_one_packet(order: tuple[int, ...]) -> None:
    pieces = piece(0, 16, True), piece(16, 16, True), piece(32, 5, False)
    whole, = take(World(2), *(pieces[place] for place in order))
    assert (len(whole.payload_bytes()), whole.mf, whole.offset) == (37, False, 0)


@pytest.mark.parametrize(("last", "reason"), [
    (piece(8, 8, False), DropReason.IP_INHDR),  # it ends where others lie already
    (piece(32, 8, False), None), (piece(16, 16, True), DropReason.DUP_FRAG), (piece(24, 8, False), DropReason.DUP_FRAG),
    (piece(8, 16, True), DropReason.IP_INHDR), (piece(32, 0, True), DropReason.IP_INHDR)])
def test_what_does_not_fit_the_others_ends_it(last: IPv4Packet, reason: DropReason | None) -> None:
    world = World(2)
    take(world, piece(16, 16, True), last)
    assert world.drops() == ([] if reason is None else [reason])


def test_two_last_fragments_of_another_length_end_it() -> None:
    world = World(2)
    assert not take(world, piece(16, 8, False), piece(24, 8, False), piece(0, 16, True))
    assert DropReason.IP_INHDR in world.drops()


@pytest.mark.parametrize(("pieces", "kept"), [
    ((piece(0, 16, True, True), piece(16, 16, False, False)), True),
    ((piece(0, 16, True, False), piece(16, 16, False, True)), True),
    ((piece(0, 16, True, False), piece(16, 8, False, True)), False),
    ((piece(0, 16, True, True), piece(16, 8, False, False)), True),
    ((piece(0, 16, True, False), piece(16, 16, False, False)), False)])
def test_dont_fragment_of_any_of_the_longest_holds_for_the_whole(pieces: tuple[IPv4Packet, ...], kept: bool) -> None:
    whole, = take(World(2), *pieces)
    assert whole.df is kept


def test_what_stays_incomplete_is_given_up_after_ipfrag_time() -> None:
    world = World(2)
    world.do("exec h2 sysctl -w net.ipv4.ipfrag_time=5")
    take(world, piece(0, 16, True))
    world.wait(4 * SECOND)
    assert world.drops() == []
    world.settle()
    assert world.drops() == [DropReason.FRAG_REASM_TIMEOUT]
    assert not take(world, piece(16, 8, False))


@pytest.mark.parametrize(("between", "kept"), [(2, True), (3, False)])
def test_what_comes_too_many_fragments_later_begins_anew(between: int, kept: bool) -> None:
    world = World(2)
    world.do("exec h2 sysctl -w net.ipv4.ipfrag_max_dist=3")
    made = take(world, piece(0, 16, True), *(piece(0, 16, True, ident=100 + n) for n in range(between)),
                piece(16, 8, False))
    assert bool(made) is kept
    assert (DropReason.FRAG_TOO_FAR in world.drops()) is not kept


@pytest.mark.parametrize(("limit", "taken"), [(0, False), (1000, False), (4_194_304, True)])
def test_so_much_memory_there_is_for_what_waits(limit: int, taken: bool) -> None:
    world = World(2)
    world.do(f"exec h2 sysctl -w net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh={limit}")
    assert bool(take(world, piece(0, 16, True), piece(16, 8, False))) is taken
