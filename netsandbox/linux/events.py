"""Everything that the stack decides, each kind with its operands.

Events are made where the decision is taken and never changed afterwards.
They hold no prose: `explain` puts them into words.  Those of the hot path
(FrameSent, FrameReceived, FrameBridged, FdbLearned, RouteChosen) are recorded
as plain tuples `(class, *fields)`.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple


class Forwarding(Enum):
    """How a bridge chose its ports for a frame."""

    KNOWN = "the destination's port is in the table"
    UNKNOWN = "the destination is in no row: flood"
    BROADCAST = "the destination is broadcast: flood"
    MULTICAST = "the destination is multicast: flood"
    LOCAL = "the destination is the bridge's own MAC, or a port's"
    REPEAT = "a hub repeats everything"

    __hash__ = object.__hash__
    """Enum's own hash is a Python function, and these are looked up for every flood."""


class FrameSent(NamedTuple):
    interface: Any
    frame: Any


class FrameReceived(NamedTuple):
    interface: Any
    frame: Any
    verdict: Any
    """An Outcome or a Dropped."""


class FrameBridged(NamedTuple):
    """A frame left by some ports of a bridge; each is a transmission by that port, in this order."""

    bridge: Any
    port: Any
    """The port it came in by; None when the host itself sent it."""
    frame: Any
    ports: tuple[Any, ...]
    to_host: bool
    """Whether the bridge's own stack gets it as well."""
    why: Forwarding


class SendFailed(NamedTuple):
    """A frame that an interface could not put on its wire."""

    interface: Any
    frame: Any
    verdict: Any


class FdbLearned(NamedTuple):
    bridge: Any
    mac: int
    port: Any
    previous: Any
    """The port that had the address before, or None."""


class FdbForgotten(NamedTuple):
    bridge: Any
    mac: int
    port: Any
    why: str
    """aged, port or deleted."""


class NeighbourChanged(NamedTuple):
    interface: Any
    address: int
    old: Any
    new: Any
    """NudState; None when the row is gone."""
    mac: int | None
    why: str


class RouteChosen(NamedTuple):
    namespace: Any
    destination: int
    route: Any
    gateway: int | None
    """The router to send it to, or None when the destination is on the link."""
    interface: Any
    next_hop: int | None
    """Whose MAC is needed: the gateway or the destination; None over lo and for broadcast and multicast."""
    source: int
    mtu: int
    """Bytes: the interface's, the route's or the learned path MTU."""
    considered: int
    """How many routes matched the destination."""
    locked: bool = False
    """The path MTU was learned and is below route.min_pmtu: what is sent need not stay whole."""


class RouteMissing(NamedTuple):
    namespace: Any
    destination: int
    error: str
    """errno name: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL."""
    route: Any
    """The unreachable, prohibit, blackhole or throw route, or None."""


class VerdictGiven(NamedTuple):
    """A netfilter hook decided about a packet."""

    namespace: Any
    hook: str
    packet: Any
    verdict: Any
    rule: Any


class PacketQueued(NamedTuple):
    """A packet waits for the MAC of its next hop."""

    interface: Any
    packet: Any
    next_hop: int


class PacketDropped(NamedTuple):
    """A packet that ended inside a stack, not on its way in from a wire."""

    namespace: Any
    packet: Any
    verdict: Any


class PacketFragmented(NamedTuple):
    namespace: Any
    packet: Any
    pieces: int
    mtu: int


class FragmentHeld(NamedTuple):
    namespace: Any
    packet: Any
    have: int
    """Bytes of payload that are there."""


class PacketReassembled(NamedTuple):
    namespace: Any
    packet: Any


class IcmpErrorSent(NamedTuple):
    """An ICMP error is about to leave."""

    namespace: Any
    type: int
    code: int
    about: Any
    """The packet it quotes."""
    to: int


class IcmpSuppressed(NamedTuple):
    namespace: Any
    type: int
    code: int
    about: Any
    why: str
    """rate, broadcast, error or fragment."""


class PathMtuLearned(NamedTuple):
    namespace: Any
    destination: int
    mtu: int


class RedirectTaken(NamedTuple):
    namespace: Any
    destination: int
    gateway: int


class SocketMatched(NamedTuple):
    namespace: Any
    protocol: str
    address: int
    port: int
    process: str


class SocketBound(NamedTuple):
    namespace: Any
    protocol: str
    address: int
    port: int
    process: str


class BindRefused(NamedTuple):
    namespace: Any
    protocol: str
    address: int
    port: int
    process: str
    error: str
    """errno name."""
    holder: str
    """The program that has the port, or empty."""


class SocketClosed(NamedTuple):
    namespace: Any
    protocol: str
    address: int
    port: int
    process: str


class AddressChanged(NamedTuple):
    interface: Any
    address: Any
    """A wire.addresses.Network."""
    added: bool


class RouteChanged(NamedTuple):
    namespace: Any
    route: Any
    added: bool


class LinkChanged(NamedTuple):
    """An interface went up or down, gained or lost its carrier, came or went."""

    interface: Any
    what: str
    """added, removed, up, down, carrier, no-carrier, mac, mtu, master, nomaster."""
    detail: str
    previous: str = ""
    """What a new MAC takes the place of."""


class PortStateChanged(NamedTuple):
    bridge: Any
    port: Any
    state: str


class SysctlChanged(NamedTuple):
    namespace: Any
    key: str
    old: str
    new: str
