"""The tracker's TCP states: what each kind of segment makes of each, as nf_conntrack_proto_tcp.c has it."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.linux.netfilter.connection import ASSURED, SEEN_REPLY, Connection, tuple_of
from netsandbox.linux.netfilter.listing import unconnected_words
from netsandbox.linux.netfilter.tcp_states import IGNORE, INVALID, STATES, TRANSITIONS
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ipv4 import TCP, IPv4Packet
from netsandbox.wire.tcp import ACK, FIN, RST, SYN, TcpSegment
from tests.linux.netfilter.router import Router

SHORT = {"NONE": "NO", "SYN_SENT": "SS", "SYN_RECV": "SR", "ESTABLISHED": "ES", "FIN_WAIT": "FW", "CLOSE_WAIT": "CW",
         "LAST_ACK": "LA", "TIME_WAIT": "TW", "CLOSE": "CL", "SYN_SENT2": "S2"}
KINDS = ("syn", "synack", "fin", "ack", "rst", "none")
TABLE = """\
original        NO SS SR ES FW CW LA TW CL S2
syn             SS SS IG IG IG IG IG SS SS S2
synack          IV IV SR IV IV IV IV IV IV SR
fin             IV IV FW FW LA LA LA TW CL IV
ack             ES IV ES ES CW CW TW TW CL IV
rst             IV CL CL CL CL CL CL CL CL CL
none            IV IV IV IV IV IV IV IV IV IV
reply           NO SS SR ES FW CW LA TW CL S2
syn             IV S2 IV IV IV IV IV SS IV S2
synack          IV SR IG IG IG IG IG IG IG SR
fin             IV IV FW FW LA LA LA TW CL IV
ack             IV IG SR ES CW CW TW TW CL IG
rst             IV CL CL CL CL CL CL CL CL CL
none            IV IV IV IV IV IV IV IV IV IV
"""


def expected() -> list[tuple[str, str, str, str]]:
    """(direction, kind of segment, state before, state after or what is thought of the segment)."""
    found: list[tuple[str, str, str, str]] = []
    direction, states = "", list[str]()
    for line in TABLE.splitlines():
        head, *cells = line.split()
        if head in ("original", "reply"):
            direction, states = head, cells
        else:
            found += [(direction, head, state, cell) for state, cell in zip(states, cells, strict=True)]
    return found


@pytest.mark.parametrize("direction", ["original", "reply"])
def test_each_segment_leads_where_the_kernels_table_leads(direction: str) -> None:
    names = [SHORT[state] for state in STATES] + ["IV", "IG"]
    for way, kind, before, after in expected():
        if way == direction:
            row = TRANSITIONS[way == "reply"][KINDS.index(kind)]
            assert names[row[names.index(before)]] == after, (kind, before)


def test_the_verdicts_on_a_segment_stand_behind_the_states() -> None:
    assert (len(STATES), len(STATES) + 1) == (INVALID, IGNORE)


SCALE = bytes([1, 3, 3, 7])
HANDSHAKE = [("c", SYN, 100, 0, 0), ("s", SYN | ACK, 500, 101, 0), ("c", ACK, 101, 501, 0)]
CLOSED = [*HANDSHAKE, ("c", FIN | ACK, 101, 501, 0), ("s", FIN | ACK, 501, 102, 0), ("c", ACK, 102, 502, 0)]
Step = tuple[str, int, int, int, int]


def talk(steps: list[Step], options: bytes = b"") -> tuple[Router, list[bool]]:
    """A router that has seen segments of a client and a server, and which of them it took for valid ones.

    Args:
        steps: who, flags, sequence number, acknowledgement, and bytes of data; the window is always 100.
        options: of the first segment.
    """
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate INVALID -j DROP")
    valid: list[bool] = []
    for number, (who, flags, seq, ack, size) in enumerate(steps):
        ports, ends, ways = (1000, 80), ("10.0.0.7", "192.0.2.1"), ("eth0", "eth1")
        if who == "s":
            ports, ends, ways = ports[::-1], ends[::-1], ways[::-1]
        segment = TcpSegment(*ports, seq, ack, flags, 100, b"" if number else options, bytes(size))
        packet = IPv4Packet(parse_ipv4(ends[0]), parse_ipv4(ends[1]), TCP, segment)
        valid.append(router.pass_through(packet, *ways) is not None)
    return router, valid


def entry(router: Router) -> Connection:
    table = router.namespace.netfilter.connections
    assert table is not None
    found, = table.entries()
    return found


def test_what_does_not_fit_a_connection_is_told_by_what_that_is_by_then() -> None:
    """And the words that are kept keep no connection, which leads to a whole lab."""
    found = entry(talk(HANDSHAKE)[0])
    assert unconnected_words(found, is_untracked=False).startswith("INVALID tcp ESTABLISHED src=10.0.0.7 ")
    found.state = STATES.index("CLOSE")
    assert unconnected_words(found, is_untracked=False).startswith("INVALID tcp CLOSE src=10.0.0.7 ")
    found.status &= ~SEEN_REPLY
    assert " [UNREPLIED] " in unconnected_words(found, is_untracked=False)


@pytest.mark.parametrize(("steps", "state"), [
    pytest.param([("c", SYN, 100, 0, 0), ("s", SYN, 500, 0, 0)], "SYN_SENT2", id="both began at once"),
    pytest.param([("c", SYN, 100, 0, 0), ("s", SYN, 500, 0, 0), ("c", SYN | ACK, 100, 501, 0),
                  ("s", SYN | ACK, 500, 101, 0), ("s", ACK, 501, 101, 0)], "ESTABLISHED",
                 id="both began at once, and the answering side's ACK ends it"),
    pytest.param([("c", SYN, 100, 0, 0), ("s", SYN, 500, 0, 0), ("c", SYN | ACK, 100, 501, 0),
                  ("s", SYN | ACK, 500, 101, 0)], "SYN_RECV", id="both began at once, and both have answered"),
    pytest.param([*HANDSHAKE, ("c", FIN | ACK, 101, 501, 0), ("s", RST, 0, 0, 0)], "CLOSE",
                 id="a RST of what is being closed, without a number"),
    pytest.param([*HANDSHAKE, ("c", FIN | ACK, 101, 501, 0), ("s", RST | ACK, 90000, 7777, 0)], "CLOSE",
                 id="a RST of what is being closed, far beyond the window"),
    pytest.param([*HANDSHAKE, ("c", SYN, 9000, 0, 0), ("s", RST | ACK, 0, 9001, 0)], "CLOSE",
                 id="a RST that answers a SYN which was let through"),
    pytest.param([("c", SYN, 100, 0, 0), ("s", ACK, 500, 111, 0), ("c", RST, 111, 0, 0)], "CLOSE",
                 id="a RST that answers an ACK which was let through"),
    pytest.param([*HANDSHAKE, ("s", ACK, 501, 101, 10), ("s", RST, 511, 0, 0)], "CLOSE",
                 id="a RST right behind the data before it"),
    pytest.param([*HANDSHAKE, ("s", ACK, 501, 101, 10), ("s", RST, 530, 0, 0)], "ESTABLISHED",
                 id="a RST further on, which the receiver may challenge"),
    pytest.param([*HANDSHAKE, ("s", ACK, 501, 101, 100), ("c", ACK, 101, 601, 0), ("s", ACK, 601, 101, 100),
                  ("c", FIN | ACK, 101, 501, 0)], "FIN_WAIT", id="an acknowledgement may be much older than a window"),
    pytest.param([("c", ACK, 100, 500, 0), ("s", ACK, 500, 101, 0)], "ESTABLISHED",
                 id="a keepalive of one whose beginning nobody saw, and its answer"),
    pytest.param([*CLOSED, ("c", SYN, 5000, 0, 0)], "SYN_SENT", id="a SYN begins a closed one anew")])
def test_a_conversation_leads_to_a_state(steps: list[Step], state: str) -> None:
    router, valid = talk(steps)
    assert all(valid)
    assert STATES[entry(router).state] == state


@pytest.mark.parametrize(("steps", "valid"), [
    pytest.param([("c", ACK, 100, 500, 0), ("s", ACK, 500, 101, 0), ("s", ACK, 500, 101, 0)], [True] * 3,
                 id="the answer to a keepalive tells where the side whose beginning nobody saw is"),
    pytest.param([*HANDSHAKE, ("c", ACK, 101, 502, 0)], [True, True, True, False],
                 id="one byte more is acknowledged than was sent"),
    pytest.param([*HANDSHAKE, ("c", SYN, 9000, 0, 0), ("c", RST | ACK, 70000, 9001, 0)], [True] * 4 + [False],
                 id="a RST beyond the window by who sent the SYN that was let through"),
    pytest.param([("c", SYN, 100, 0, 0), ("s", ACK, 500, 111, 0), ("c", RST, 112, 0, 0)], [True, True, False],
                 id="a RST that does not answer the ACK which was let through"),
    pytest.param([*HANDSHAKE, ("c", ACK, 101, 501, 0)], [True] * 4, id="the same once more")])
def test_a_segment_fits_or_not(steps: list[Step], valid: list[bool]) -> None:
    assert talk(steps)[1] == valid


def test_what_was_never_established_is_not_assured() -> None:
    closed, _valid = talk([*HANDSHAKE[:2], ("c", FIN | ACK, 101, 501, 0), ("s", ACK, 501, 102, 0)])
    assert not entry(closed).status & ASSURED
    assert entry(talk(HANDSHAKE)[0]).status & ASSURED


def test_a_closed_connection_that_begins_anew_is_another_one() -> None:
    again, _valid = talk([*CLOSED, ("c", SYN, 5000, 0, 0)])
    assert not entry(again).status & SEEN_REPLY
    closed, _valid = talk(CLOSED)
    assert entry(closed).status & SEEN_REPLY


@pytest.mark.parametrize(("far", "options", "is_valid"), [(50, b"", True), (5000, b"", False), (5000, SCALE, False)])
def test_windows_are_scaled_where_both_offered_it(far: int, options: bytes, is_valid: bool) -> None:
    _router, valid = talk([*HANDSHAKE, ("s", ACK, 501 + far, 101, 10)], options)
    assert valid == [True, True, True, is_valid]


@pytest.mark.parametrize(("more", "seconds"), [
    ([], 432_000), ([("s", ACK, 501, 101, 10)], 300), ([("s", ACK, 501, 101, 10), ("c", ACK, 101, 511, 0)], 432_000)])
def test_what_nobody_acknowledges_is_not_kept_for_days(more: list[Step], seconds: int) -> None:
    router, valid = talk([*HANDSHAKE, *more])
    assert all(valid)
    assert entry(router).lifetime == seconds * SECOND


@pytest.mark.parametrize(("header", "key"), [
    ("3001880b00040007", 7), ("3001080000040007", None), ("2000080000000007", 0), ("30010800", 0)])
def test_only_gre_of_pptp_has_a_key_and_must_carry_ppp(header: str, key: int | None) -> None:
    found = tuple_of(IPv4Packet(1, 2, 47, bytes.fromhex(header)))
    assert (found and found.dport) == key


INIT = "03e900500000000034d361c801000014000012340000ffff000a000a00000001"
"""A first packet of SCTP from port 1001 to 80."""


@pytest.mark.parametrize(("data", "is_valid"), [
    (INIT, True), (INIT.replace("34d3", "34d2"), False), (INIT[:-2] + "02", False), (INIT[:24], False)])
def test_a_packet_of_sctp_is_known_by_its_checksum(data: str, is_valid: bool) -> None:
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate INVALID -j DROP")
    sent = IPv4Packet(parse_ipv4("10.0.0.7"), parse_ipv4("192.0.2.1"), 132, bytes.fromhex(data))
    assert (router.pass_through(sent, "eth0", "eth1") is not None) == is_valid
    table = router.namespace.netfilter.connections
    assert table is not None
    assert len(list(table.entries())) == is_valid
