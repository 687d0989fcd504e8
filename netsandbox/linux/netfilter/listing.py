"""A connection as `conntrack -L` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from netsandbox.engine.made import made_as
from netsandbox.engine.units import SECOND
from netsandbox.linux.netfilter import tcp_states, track_sctp
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    GRE,
    SCTP,
    SEEN_REPLY,
    TOLD_WITH_PORTS,
    Connection,
    FlowTuple,
)
from netsandbox.linux.netfilter.events import INVALID, UNTRACKED
from netsandbox.wire.addresses import FEW, format_ipv4
from netsandbox.wire.ipv4 import ICMP, TCP

NAMES = {1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udplite", 47: "gre"}
STATES = {TCP: tcp_states.STATES, SCTP: track_sctp.STATES}  # Of the protocols that have states


def state_word(protocol: int, state: int, end: str = "") -> str:
    """A state's name with `end` behind it; empty where a protocol has none."""
    names = STATES.get(protocol)
    return "" if names is None else names[state] + end


@lru_cache(FEW)
def tuple_text(flow: FlowTuple) -> str:
    text = f"src={format_ipv4(flow.src)} dst={format_ipv4(flow.dst)}"
    if flow.protocol == ICMP:
        return f"{text} type={flow.dport >> 8} code={flow.dport & 0xFF} id={flow.sport}"
    if flow.protocol in TOLD_WITH_PORTS:
        return f"{text} sport={flow.sport} dport={flow.dport}"
    if flow.protocol == GRE:
        return f"{text} srckey=0x{flow.sport:x} dstkey=0x{flow.dport:x}"
    return text


class Line(NamedTuple):
    """What `conntrack -L` tells of a connection, as values."""

    original: FlowTuple
    reply: FlowTuple
    seconds: int
    state: int
    status: int
    mark: int
    counts: tuple[tuple[int, ...], ...] | None

    @property
    def text(self) -> str:
        """The line, without its end."""
        zone = f" zone={self.original.zone}" if self.original.zone else ""
        return (f"{_told(self.original, self.reply, f'{self.seconds} ', self.state, self.status, self.counts)}"
                f"mark={self.mark}{zone} use=1")

    def trace_key(self) -> str:
        return self.text


def _told(original: FlowTuple, reply: FlowTuple, left: str, state: int, status: int,
          counts: Sequence[Sequence[int]] | None) -> str:
    """What both kinds of lines have before the mark."""
    protocol = original.protocol
    unreplied = "" if status & SEEN_REPLY else "[UNREPLIED] "
    assured = "[ASSURED] " if status & ASSURED else ""
    there, back = _counted(counts)
    return (f"{NAMES.get(protocol, 'unknown'):<8} {protocol} {left}{state_word(protocol, state, ' ')}"
            f"{tuple_text(original)} {there}{unreplied}{tuple_text(reply)} {back}{assured}")


def _counted(counts: Sequence[Sequence[int]] | None) -> tuple[str, str]:
    """What each direction has carried, where that is counted."""
    if counts is None:
        return "", ""
    there, back = (f"packets={packets} bytes={size} " for packets, size in counts)
    return there, back


def zone_text(connection: Connection) -> str:
    return f" zone={connection.original.zone}" if connection.original.zone else ""


def line_of(connection: Connection, now: int) -> Line:
    """A connection as it is now."""
    left = connection.expires - now if connection.status & CONFIRMED else connection.lifetime
    counts, seconds = connection.counts, (left - 1) // SECOND if left > 0 else 0
    return made_as(Line, (connection.original, connection.reply, seconds, connection.state,
                          connection.status, connection.mark, None if counts is None else tuple(map(tuple, counts))))


def age_text(connection: Connection, now: int) -> str:
    """For how many seconds it has been there, by the clock on the wall."""
    return "" if connection.began is None else f" delta-time={now // SECOND - connection.began // SECOND}"


def connection_text(connection: Connection, now: int) -> str:
    """One line of `conntrack -L`, without its end."""
    text = line_of(connection, now).text
    return text if connection.began is None else text.removesuffix(" use=1") + age_text(connection, now) + " use=1"


def event_text(connection: Connection, now: int, is_over: bool) -> str:
    """One line of `conntrack -E`, without what happened: no use count, and what is nothing is left out.

    What it has carried is told at its end alone (ctnetlink_conntrack_event).
    """
    seconds = max(0, connection.expires - now) // SECOND
    told = _told(connection.original, connection.reply, f"{seconds} " if seconds else "", connection.state,
                 connection.status, connection.counts if is_over else None)
    mark = f"mark={connection.mark}" if connection.mark else ""
    return f"{told}{mark}".rstrip() + zone_text(connection) + (age_text(connection, now) if is_over else "")


STATE_WORDS = ("ESTABLISHED", "RELATED", "NEW", "ESTABLISHED", "RELATED")


def unconnected_words(refused: Connection | None, is_untracked: bool) -> str:
    """Why a packet is of no connection; where it does not fit one, with that one's line without times and counts."""
    if is_untracked or refused is None:
        return UNTRACKED if is_untracked else INVALID
    return _refused_words(refused.original, refused.reply, refused.state, refused.status & SEEN_REPLY)


@lru_cache(FEW)
def _refused_words(original: FlowTuple, reply: FlowTuple, state: int, is_replied: int) -> str:
    word = state_word(original.protocol, state)
    shown = f" {word}" if word else ""
    unreplied = "" if is_replied else " [UNREPLIED]"
    return (f"{INVALID} {NAMES.get(original.protocol, 'unknown')}{shown} {tuple_text(original)}"
            f"{unreplied} {tuple_text(reply)}")


class Belonging(NamedTuple):
    """How a packet belongs to a connection; it stands in a record for the words that are made of it when it is read."""

    original: FlowTuple
    reply: FlowTuple
    info: int

    def __str__(self) -> str:
        """In the words of the connection's line: state, direction, tuples."""
        direction = "REPLY" if self.info > 2 else "ORIGINAL"
        return (f"{STATE_WORDS[self.info]} {direction} {NAMES.get(self.original.protocol, 'unknown')} "
                f"{tuple_text(self.original)} {tuple_text(self.reply)}")

    def trace_key(self) -> str:
        return str(self)


def belonging(connection: Connection, info: int) -> Belonging:
    """How a packet belongs to a connection, which keeps that for the next one."""
    found = connection.words[info] = made_as(Belonging, (connection.original, connection.reply, info))
    return found
