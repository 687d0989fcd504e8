"""The five netfilter hooks, and what is handed to the functions that look at packets there.

A function is given the packet in a SocketBuffer.  It may put another packet there (a translated address, another TTL),
and says whether the packet goes on: None, a Dropped, or an Outcome when the packet is in somebody else's hands now
(net/netfilter/core.c, nf_hook_slow).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.routing import OutputRoute
    from netsandbox.linux.netfilter.connection import Connection
    from netsandbox.linux.netfilter.events import ChainWalk
    from netsandbox.linux.netfilter.megaflow import Passage


class Hook(Enum):
    """Where in its way a packet can be looked at (NF_INET_*)."""

    PREROUTING = "PREROUTING"
    INPUT = "INPUT"
    FORWARD = "FORWARD"
    OUTPUT = "OUTPUT"
    POSTROUTING = "POSTROUTING"

    __hash__ = object.__hash__

    def __init__(self, label: str) -> None:
        self.label = label  # Its value, which an enum takes ten times as long to look up


PREROUTING = Hook.PREROUTING


class Priority(IntEnum):
    """Who looks at a packet first (enum nf_ip_hook_priorities)."""

    DEFRAGMENTATION = -400
    RAW = -300
    TRACKING = -200
    MANGLE = -150
    NAT_DESTINATION = -100
    FILTER = 0
    SECURITY = 50
    NAT_SOURCE = 100
    CONFIRMATION = (1 << 31) - 1


TABLES: dict[str, tuple[Hook, ...]] = {
    "filter": (Hook.INPUT, Hook.FORWARD, Hook.OUTPUT),
    "nat": (Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING),
    "mangle": tuple(Hook),
    "raw": (Hook.PREROUTING, Hook.OUTPUT),
    "security": (Hook.INPUT, Hook.FORWARD, Hook.OUTPUT),
}
"""Which hooks each table has a chain on, in the order that iptables lists them."""
PRIORITIES = {"raw": Priority.RAW, "mangle": Priority.MANGLE, "filter": Priority.FILTER, "security": Priority.SECURITY}
"""Of the tables but nat, whose chains are asked through the tracker."""


class SocketBuffer:
    """A packet on its way through one stack, with what the kernel notes beside it (struct sk_buff).

    Attributes:
        packet: as it is now.
        hook, entered, leaves: where it is, and the interfaces that it came in by and goes out by, if it does.
        physical_in, physical_out: the ports of a bridge that it crosses, where br_netfilter looks.
        frame: the frame that it came in.
        bound: the interface that its socket is bound to, of a packet of our own.
        next_hop, mtu: of its way out, once that is known; 0 before.
        mark, priority: what a rule wrote on it; None: its type of service says that.
        connection, info: the connection it belongs to, and how.  is_untracked: no connection is to have it.
        refused: the connection whose numbers it has, and which it does not fit.
        largest_piece: bytes of the longest fragment that it was put together from, or 0.
        pieces: bytes of data in each of them.
        segment_size: bytes of data in each of the TCP segments that it will be cut into, or 0.
        route: the way that it goes, since an address or the mark changed behind the back of the first one.
        skips_prerouting: the bridge has asked there already.
        is_forged: no socket sends it, not even one of the kernel's (nf_send_reset).
        is_copied: a copy has been sent before it.
        zone: of connections, among which its own is looked for, where a rule has told one (nf_ct_tmpl_alloc).
        traced: what the rules that take it are told under (nf_trace), or 0: they are not told.
        walks: the chains that it was led through at the present hook.
    """

    __slots__ = ("bound", "connection", "entered", "frame", "hook", "info", "is_copied", "is_forged",
                 "is_untracked", "largest_piece", "leaves", "mark", "mtu", "next_hop", "packet", "physical_in",
                 "physical_out", "pieces", "priority", "refused", "route", "segment_size", "skips_prerouting", "traced",
                 "walks", "zone")

    def __init__(self, packet: IPv4Packet) -> None:
        self.packet = packet
        self.hook = PREROUTING
        self.entered: Interface | None = None
        self.leaves: Interface | None = None
        self.bound: Interface | None = None
        self.physical_in: Interface | None = None
        self.physical_out: Interface | None = None
        self.frame: Frame | None = None
        self.connection: Connection | None = None
        self.refused: Connection | None = None
        self.route: OutputRoute | None = None
        self.mark = self.info = self.next_hop = self.mtu = self.largest_piece = self.segment_size = self.traced = 0
        self.is_untracked = self.skips_prerouting = self.is_forged = self.is_copied = False
        self.pieces: tuple[int, ...] = ()
        self.zone: int | None = None
        self.priority: int | None = None
        self.walks: tuple[ChainWalk | Passage, ...] = ()

    def clone(self) -> SocketBuffer:
        """The same for another port that the packet leaves by (skb_clone)."""
        twin = SocketBuffer(self.packet)
        for name in SocketBuffer.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.walks = ()
        return twin

    def of_answer(self, answer: IPv4Packet) -> SocketBuffer:
        """The buffer of an error about this packet, or of a refusal of it: it is related (nf_ct_attach).

        One about an untracked packet is related to no connection: NOTRACK lets it be all the same.
        """
        twin = SocketBuffer(answer)
        if self.connection is not None:
            twin.connection = self.connection
            twin.info = RELATED if self.info >= ESTABLISHED_REPLY else RELATED_REPLY
        elif self.is_untracked:
            twin.info = RELATED
        return twin


RELATED, ESTABLISHED_REPLY, RELATED_REPLY = 1, 3, 4  # See netsandbox.linux.netfilter.connection

HookVerdict = Dropped | Outcome | None
HookFunction = Callable[["NetworkNamespace", SocketBuffer], HookVerdict]
