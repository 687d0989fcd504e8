"""SCTP as the connection tracker sees it from the middle (net/netfilter/nf_conntrack_proto_sctp.c).

The chunks of a packet lead from state to state; the states are those that `conntrack -L` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.sysctl.table import Sysctls
from netsandbox.linux.netfilter.connection import ASSURED, ORIGINAL, Connection, direction_of

STATES = ("NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECD",
          "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT")
SHORT = ("NO", "CL", "CW", "CE", "ES", "SS", "SR", "SA", "HS")
NO, CLOSED, ES = SHORT.index("NO"), SHORT.index("CL"), SHORT.index("ES")
HEADER, CHUNK_HEADER, INIT_SIZE = 12, 4, 16
(DATA, INIT, INIT_ACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO,
 COOKIE_ACK) = *range(3), 4, 5, 6, 7, 8, 9, 10, 11
SHUTDOWN_COMPLETE = 14
ALONE = frozenset({INIT, INIT_ACK, SHUTDOWN_COMPLETE})  # They stand in a packet of their own
BY_OWN_RULES = frozenset({INIT, SHUTDOWN_COMPLETE, COOKIE_ECHO, ABORT, SHUTDOWN_ACK, HEARTBEAT, HEARTBEAT_ACK})
"""Chunks whose packet may have another tag than the connection (RFC 9260, 8.5.1)."""
NO_BEGINNING = frozenset({ABORT, SHUTDOWN_COMPLETE, COOKIE_ACK})
OTHERS_TAG = 1  # The T bit: the packet has the tag of the other direction
TRANSITIONS = {
    INIT: ("CL CL CW CE ES CL CL SA CW", "-- CL CW CE ES SS SR SA --"),
    INIT_ACK: ("CL CL CW CE ES SS SR SA CL", "-- CW CW CE ES SS SR SA --"),
    ABORT: ("CL CL CL CL CL CL CL CL CL", "-- CL CL CL CL CL CL CL --"),
    SHUTDOWN: ("CL CL CW CE SS SS SR SA CL", "-- CL CW CE SR SS SR SA --"),
    SHUTDOWN_ACK: ("SA CL CW CE ES SA SA SA SA", "-- CL CW CE ES SA SA SA --"),
    ERROR: ("CL CL CW CE ES SS SR SA CL", "-- CL CW CL ES SS SR SA --"),
    COOKIE_ECHO: ("CL CL CE CE ES SS SR SA CL", "-- CL CE CE ES SS SR SA --"),
    COOKIE_ACK: ("CL CL CW ES ES SS SR SA CL", "-- CL CW ES ES SS SR SA --"),
    SHUTDOWN_COMPLETE: ("CL CL CW CE ES SS SR CL CL", "-- CL CW CE ES SS SR CL --"),
    HEARTBEAT: ("HS CL CW CE ES SS SR SA HS", "-- CL CW CE ES SS SR SA HS"),
    HEARTBEAT_ACK: ("CL CL CW CE ES SS SR SA HS", "-- CL CW CE ES SS SR SA ES")}
"""By chunk and direction, the new state for each old one; --: it makes no sense."""


class Chunk(NamedTuple):
    type: int
    flags: int
    tag: int  # Of INIT and INIT ACK: the one that the peer is to use; else 0


class SctpTracking:
    """What is known beside the state (struct ip_ct_sctp): the tag of each direction's packets."""

    __slots__ = ("failed_direction", "inits", "tags")

    def __init__(self) -> None:
        self.tags, self.inits = [0, 0], [False, False]
        self.failed_direction: int | None = None
        """Of a heartbeat with a strange tag, which an answer may yet make the right one."""


class _StrangeError(Exception):
    """A chunk that the connection has no use for."""


def track(connection: Connection, data: bytes, info: int, sysctls: Sysctls) -> tuple[bool, int | None]:
    """nf_conntrack_sctp_packet: (whether the packet is valid, its new lifetime in ns or None to keep it)."""
    direction, tag = direction_of(info), int.from_bytes(data[4:8], "big")
    try:
        chunks = list(_chunks(data))
        kinds = {chunk.type for chunk in chunks}
        if not connection.is_confirmed:
            connection.tcp = _begin(chunks, kinds, tag)
            connection.state = NO
        tracking = connection.tcp
        assert isinstance(tracking, SctpTracking), "an SCTP connection begins with `_begin`"
        if not kinds & BY_OWN_RULES and tag != tracking.tags[direction]:
            return False, None
        taken = [_take(connection, tracking, chunk, direction, tag, DATA in kinds) for chunk in chunks]
    except _StrangeError:
        return False, None
    name = STATES[connection.state].lower()
    return True, sysctls.get(f"net.netfilter.nf_conntrack_sctp_timeout_{name}") * SECOND if all(taken) else None


def _chunks(data: bytes) -> Iterator[Chunk]:
    """do_basic_checks: at least one, and what has to be first or alone is."""
    at, is_first, was_alone = HEADER, True, False
    while at + CHUNK_HEADER <= len(data):
        kind, flags, length = data[at], data[at + 1], int.from_bytes(data[at + 2:at + 4], "big")
        was_alone = was_alone or kind in ALONE
        if not length or (not is_first and (was_alone or kind in (COOKIE_ACK, COOKIE_ECHO))):
            raise _StrangeError
        told = data[at + CHUNK_HEADER:at + CHUNK_HEADER + INIT_SIZE] if kind in (INIT, INIT_ACK) else bytes(INIT_SIZE)
        if len(told) < INIT_SIZE:
            raise _StrangeError
        yield Chunk(kind, flags, int.from_bytes(told[:4], "big"))
        at, is_first = at + (length + 3 & ~3), False
    if is_first:
        raise _StrangeError


def _begin(chunks: list[Chunk], kinds: set[int], tag: int) -> SctpTracking:
    """sctp_new: the first packet of a connection, or of one whose beginning nobody saw."""
    tracking = SctpTracking()
    if kinds & NO_BEGINNING:
        raise _StrangeError
    for chunk in chunks:
        if chunk.type not in TRANSITIONS or (chunk.type == INIT and tag):
            raise _StrangeError
        if chunk.type == HEARTBEAT:
            tracking.tags[ORIGINAL] = tag
        else:
            tracking.tags[not ORIGINAL] = chunk.tag if chunk.type == INIT else tag
    return tracking


def _take(connection: Connection, tracking: SctpTracking, chunk: Chunk, direction: int, tag: int,
          has_data: bool) -> bool:
    """One chunk; whether it renews the connection's lifetime."""
    if not _has_right_tag(tracking, chunk, direction, tag, has_data):
        return False
    old = connection.state
    row = TRANSITIONS.get(chunk.type)
    new = old if row is None else _state(row[direction], old)
    if chunk.type == INIT:
        if all(tracking.inits):
            tracking.inits[not direction] = False
        tracking.inits[direction] = True
        tracking.tags[not direction] = chunk.tag
    elif chunk.type == INIT_ACK:
        known = tracking.tags[not direction]
        if known != chunk.tag and ((known and not tracking.inits[not direction]) or all(tracking.inits)):
            raise _StrangeError
        tracking.tags[not direction] = chunk.tag
    connection.state = new
    if new == ES and old != new:
        connection.status |= ASSURED
    return not (chunk.type == INIT and old == new == CLOSED and connection.is_confirmed)


def _state(row: str, old: int) -> int:
    new = row.split()[old]
    if new not in SHORT:
        raise _StrangeError
    return SHORT.index(new)


def _has_right_tag(tracking: SctpTracking, chunk: Chunk, direction: int, tag: int, has_data: bool) -> bool:
    """RFC 9260, 8.5.1; False where a heartbeat with a strange tag is let be."""
    own, other = tracking.tags[direction], tracking.tags[not direction]
    kind = chunk.type
    if ((kind == INIT and tag) or (kind == COOKIE_ECHO and tag != own)
            or (kind in (ABORT, SHUTDOWN_COMPLETE) and tag != (other if chunk.flags & OTHERS_TAG else own))):
        raise _StrangeError
    if kind == COOKIE_ACK:
        tracking.inits = [False, False]
    if kind not in (HEARTBEAT, HEARTBEAT_ACK):
        return True
    if not own:
        tracking.tags[direction] = tag
    elif tag == own:
        tracking.failed_direction = None
    elif has_data:
        raise _StrangeError
    elif kind == HEARTBEAT:
        tracking.failed_direction = direction
        return False
    elif tracking.failed_direction in (None, direction):
        raise _StrangeError
    else:
        tracking.failed_direction = None
        tracking.tags[direction], tracking.tags[not direction] = tag, 0
    return True
