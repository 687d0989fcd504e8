"""What TCP decides, as values: who the two ends are is said as the addresses and ports were then."""

from __future__ import annotations

from typing import NamedTuple


class TcpStateChanged(NamedTuple):
    """A connection went from one state to another (RFC 9293, 3.3.2)."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    old: str
    new: str
    why: str  # syn, synack, ack, fin, close, rst, timeout, icmp, abort, refused …


class TcpRetransmitted(NamedTuple):
    """A segment is sent again, or a probe in its place."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    what: str  # syn, synack, data, fin or probe
    why: str  # timeout, fast, tail, mtu or window
    size: int  # Bytes of data
    attempt: int
    timeout: int  # Nanoseconds after which it would be sent once more


class TcpResetSent(NamedTuple):
    """A RST leaves."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    why: str  # no socket, unread data, closed, abort, handshake, or time-wait


class TcpFailed(NamedTuple):
    """A program is told that its connection is over."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    error: str  # errno name
    why: str  # rst, timeout, icmp


class TcpWindowShut(NamedTuple):
    """The peer takes no more data: its window is zero."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    waiting: int  # Bytes that wait


class TcpSegmentsSmaller(NamedTuple):
    """Nothing arrives any more, perhaps as the path takes no large packets: smaller segments (RFC 4821)."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    size: int  # Bytes of data in a segment from now on


class TcpCookieSent(NamedTuple):
    """Too many half-open connections: the SYN,ACK carries all that is remembered of the SYN (RFC 4987, 3.6)."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    waiting: int  # Half-open connections of the listener


class TcpKeepaliveEnded(NamedTuple):
    """A peer that has answered so many keepalives is asked no more, so that a lab comes to rest (no RFC has it)."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    times: int


class TcpChallenged(NamedTuple):
    """A segment that might be forged is answered by an ACK that asks the peer what it really means (RFC 5961)."""

    namespace: str
    local: int
    port: int
    peer: int
    peer_port: int
    why: str  # syn, rst, ack or window
