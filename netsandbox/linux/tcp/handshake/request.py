"""A half-open connection of a listening socket (struct tcp_request_sock); plain data, as in state.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.tcp.state import DEFAULT_MSS

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.tcp.connection import Connection


class Request:
    """A connection of which only the SYN has come (struct tcp_request_sock).

    Attributes:
        isn: our initial sequence number.  peer_isn: the SYN's.  mss: what the peer takes.
        stamps, sack, scaling, ecn: agreed on.  window: what the SYN,ACK offers, in bytes.
        tos: of what we send.
        tries: how often the timer sent it again (num_timeout).
        resent: those, and the answers to a repeated SYN (num_retrans).
    """

    __slots__ = ("advertised_mss", "challenged_at", "clamp", "ecn", "interface", "isn", "key", "listener", "mss",
                 "peer_isn", "receive_scale", "recent", "resent", "sack", "scaling", "send_scale", "sent_at",
                 "stamp_offset", "stamps", "timer", "tos", "tries", "window")

    def __init__(self, listener: Connection, key: tuple[int, int, int, int], isn: int, peer_isn: int) -> None:
        self.listener = listener
        self.key = key
        self.isn = isn
        self.peer_isn = peer_isn
        self.mss = self.advertised_mss = DEFAULT_MSS
        self.stamps = self.sack = self.scaling = self.ecn = False
        self.interface: Interface | None = None
        self.challenged_at = -1 << 62
        self.recent = self.stamp_offset = 0
        self.send_scale = self.receive_scale = 0
        self.window = self.clamp = 0
        self.tries = self.resent = 0
        self.tos = listener.tos
        self.sent_at = 0
        self.timer: Timer | None = None
