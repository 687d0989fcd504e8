"""The states of a connection and of its recovery from losses, and what stands in its queues."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from netsandbox.linux.tcp.control.delivery import Departure
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import TcpSegment


class TcpState(IntEnum):
    """include/net/tcp_states.h."""

    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECV = 3
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    TIME_WAIT = 6
    CLOSE = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11


(ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN,
 CLOSING) = TcpState
"""By themselves, for what asks of each segment: to fetch a member from its Enum costs more than a look into a table."""
NAMES = {state: state.name for state in TcpState}
"""As RFC 9293 spells them; an Enum takes ten times as long to look its members' names up."""
STATE_NAMES = {TcpState.ESTABLISHED: "ESTAB", TcpState.CLOSE: "UNCONN", TcpState.FIN_WAIT1: "FIN-WAIT-1",
          TcpState.FIN_WAIT2: "FIN-WAIT-2", TcpState.SYN_SENT: "SYN-SENT", TcpState.SYN_RECV: "SYN-RECV",
          TcpState.TIME_WAIT: "TIME-WAIT", TcpState.CLOSE_WAIT: "CLOSE-WAIT", TcpState.LAST_ACK: "LAST-ACK",
          TcpState.LISTEN: "LISTEN", TcpState.CLOSING: "CLOSING"}
"""As `ss` spells them."""


class Recovery(IntEnum):
    """How the sender takes the latest ACKs (enum tcp_ca_state)."""

    OPEN = 0
    DISORDER = 1
    CWR = 2
    RECOVERY = 3
    LOSS = 4


OPEN, REDUCED = Recovery.OPEN, Recovery.CWR  # By themselves, as the states above
RECEIVE_SHUTDOWN, SEND_SHUTDOWN = 1, 2
ATO_MIN = 40_000_000  # TCP_ATO_MIN: 40 ms until a delayed ACK leaves, in nanoseconds
DEFAULT_MSS = 536


class Chunk:
    """Bytes that a program wrote and that have not been sent (an sk_buff of the write queue)."""

    __slots__ = ("data", "fin", "push", "seq")

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.data = bytearray()
        self.push = False
        self.fin = False


class Sent:
    """A segment that is under way (an sk_buff of the retransmit queue).

    Attributes:
        at: when it was last sent, in virtual nanoseconds.  first: whether that was the only time.
        end: the sequence number behind it (end_seq), which stays where its front has arrived.
        sacked, lost: what the peer's ACKs say of it.  again: whether a retransmission of it is under way.
        ends: whether it is the last of those that left as one (an sk_buff is cut into segments on its way out).
        departure: how much had arrived when it was last sent.
    """

    __slots__ = ("again", "at", "data", "departure", "end", "ends", "ever_again", "flags", "lost", "sacked", "seq",
                 "wire")

    def __init__(self, seq: int, data: bytes, flags: int, at: int, wire: TcpSegment | None = None) -> None:
        self.seq = seq
        self.data = data
        self.flags = flags
        self.at = at
        self.wire = wire  # What left last; it may still be in this host
        self.departure: Departure | None = None
        self.sacked = self.lost = self.again = self.ever_again = False
        self.ends = True
        self.end = (seq + len(data) + (flags & 1) + (flags >> 1 & 1)) & 0xFFFFFFFF


class Tuning(NamedTuple):
    """What few programs ask of a socket."""

    mss: int = 65535  # TCP_MAXSEG
    # receive, send: SO_RCVBUF and SO_SNDBUF, in bytes of memory; 0 where the kernel sees to it
    receive: int = 0
    send: int = 0
    cuts: int = 0  # whether close() sends a RST (SO_LINGER 0)
    syn_retries: int = 0  # TCP_SYNCNT; 0 for what the sysctls say


USUAL = Tuning()


class Keepalive(NamedTuple):
    """What a program asks for by SO_KEEPALIVE, in seconds; 0 is what the namespace's sysctl says (TCP_KEEPIDLE …)."""

    idle: int = 0
    interval: int = 0
    probes: int = 0


class Waiting(NamedTuple):
    """A segment that came while the program had the socket, or as many as became one; `room` is for bytes more."""

    packet: IPv4Packet
    segment: TcpSegment
    merged: int
    room: int
