"""Everything that the stack decides, each kind with its operands.

Events are made where the decision is taken and never changed afterwards. They hold no prose: `explain` puts them into
words.  And they hold values only, which name things as they were called then: a namespace is its name, a device its
Place, a route a RouteValue.  Those of the hot path (FrameSent, FrameReceived, FrameBridged, FdbLearned) are recorded as
plain tuples `(class, *fields)`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.ipv4.route_value import RouteValue, Terms
from netsandbox.linux.netfilter.events import ChainWalk
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import Network
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.neighbours.nud import NudState
    from netsandbox.linux.netfilter.listing import Belonging
    from netsandbox.linux.netfilter.megaflow import Passage


class Forwarding(Enum):
    """How a bridge chose its ports for a frame."""

    KNOWN = "the destination's port is in the table"
    UNKNOWN = "the destination is in no row: flood"
    BROADCAST = "the destination is broadcast: flood"
    MULTICAST = "the destination is multicast: flood"
    GROUP = "ports have asked for this group"
    LOCAL = "the destination is the bridge's own MAC, or a port's"
    REPEAT = "a hub repeats everything"

    __hash__ = object.__hash__  # Enum's own hash is a Python function, and these are looked up for every flood


class FrameSent(NamedTuple):
    interface: Place
    frame: Frame


class FrameReceived(NamedTuple):
    interface: Place
    frame: Frame
    verdict: Outcome | Dropped


class FrameBridged(NamedTuple):
    """A frame left by some ports of a bridge; each is a transmission by that port, in this order."""

    bridge: Place
    port: Place | None  # The port it came in by; None when the host itself sent it
    frame: Frame
    ports: tuple[Place, ...]
    to_host: bool  # Whether the bridge's own stack gets it as well
    why: Forwarding
    row: int | None  # The record that made the row that names the port, where one does
    passed_over: tuple[tuple[Place, str], ...] = ()
    """Other ports that a flood does not leave by, and why: their state, `isolated`, `flag`, `vlan` or `neighbour`."""


class SendFailed(NamedTuple):
    """A frame that an interface could not put on its wire."""

    interface: Place
    frame: Frame
    verdict: Dropped


class FdbLearned(NamedTuple):
    bridge: Place
    mac: int
    port: Place
    previous: Place | None  # The port that had the address before, or None


class FdbForgotten(NamedTuple):
    bridge: Place
    mac: int
    port: Place
    why: str  # aged, port or deleted


class NeighbourChanged(NamedTuple):
    interface: Place
    address: int
    old: NudState
    new: NudState | None  # None when the row is gone
    mac: int | None
    why: str


class RouteChosen(NamedTuple):
    namespace: str
    destination: int
    route: RouteValue
    gateway: int | None  # The router to send it to, or None when the destination is on the link
    interface: Place
    next_hop: int | None
    """Whose MAC is needed: the gateway or the destination; None over lo and for broadcast and multicast."""
    source: int
    mtu: int  # Bytes: the interface's, the route's or the learned path MTU
    considered: int  # How many routes matched the destination
    locked: bool = False  # The path MTU was learned and is below route.min_pmtu: what is sent need not stay whole


class RouteMissing(NamedTuple):
    namespace: str
    destination: int
    error: str  # errno name: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL
    route: RouteValue | None  # The unreachable, prohibit, blackhole or throw route, or None
    rule: str = ""
    """The rule of policy routing that chose the route's table, if it is none of the three that are always there."""


class _VerdictGiven(NamedTuple):
    """The fields of VerdictGiven."""

    namespace: str
    hook: str
    packet: IPv4Packet  # As it came
    verdict: Dropped | Outcome | None  # None: it goes on; else a Dropped or an Outcome
    walks: tuple[ChainWalk, ...] = ()  # The chains that it was led through, rule by rule
    entered: str = ""
    leaves: str = ""
    after: IPv4Packet | None = None  # The packet that goes on in its place, if another one does
    connection: str = ""  # How it belongs to which connection, as netfilter.listing.Belonging has it
    connection_from: int = -1  # The first record after that connection's first packet came; -1 for none


class VerdictGiven(_VerdictGiven):
    """A netfilter hook decided about a packet."""

    __slots__ = ()

    def __new__(cls, namespace: str, hook: str, packet: IPv4Packet, verdict: Dropped | Outcome | None,
                walks: tuple[ChainWalk | Passage, ...] = (), entered: str = "", leaves: str = "",
                after: IPv4Packet | None = None, connection: Belonging | str = "",
                connection_from: int = -1) -> VerdictGiven:
        """What was recorded; of known ways it is told now which rules the packet met, and of a connection how."""
        told = tuple(walk.told() for walk in walks)
        return super().__new__(cls, namespace, hook, packet, verdict, told, entered, leaves, after, str(connection),
                               connection_from)


class ArpWithheld(NamedTuple):
    """A host is asked by ARP for an address that it has, and does not answer."""

    interface: Place
    address: int
    sender: int
    why: str  # arp_ignore, arp_filter, or the reason for which a packet of the sender's would be dropped there


class PacketQueued(NamedTuple):
    """A packet waits for the MAC of its next hop."""

    interface: Place
    packet: IPv4Packet
    next_hop: int


class PacketDropped(NamedTuple):
    """A packet that ended inside a stack, not on its way in from a wire."""

    namespace: str
    packet: IPv4Packet
    verdict: Dropped


class PacketFragmented(NamedTuple):
    namespace: str
    packet: IPv4Packet
    pieces: int
    mtu: int


class FragmentHeld(NamedTuple):
    namespace: str
    packet: IPv4Packet
    have: int  # Bytes of payload that are there


class PacketReassembled(NamedTuple):
    namespace: str
    packet: IPv4Packet


class IcmpErrorSent(NamedTuple):
    """An ICMP error is about to leave."""

    namespace: str
    type: int
    code: int
    about: IPv4Packet  # The packet it quotes
    to: int


class IcmpSuppressed(NamedTuple):
    namespace: str
    type: int
    code: int
    about: IPv4Packet
    why: str  # rate, broadcast, busy, error or fragment


class PathMtuLearned(NamedTuple):
    namespace: str
    destination: int
    mtu: int


class RedirectTaken(NamedTuple):
    namespace: str
    destination: int
    gateway: int


class SocketMatched(NamedTuple):
    namespace: str
    protocol: str
    address: int
    port: int
    process: str


class SocketBound(NamedTuple):
    namespace: str
    protocol: str
    address: int
    port: int
    process: str


class BindRefused(NamedTuple):
    namespace: str
    protocol: str
    address: int
    port: int
    process: str
    error: str  # errno name
    holder: str  # The program that has the port, or empty


class SocketClosed(NamedTuple):
    namespace: str
    protocol: str
    address: int
    port: int
    process: str


class AddressChanged(NamedTuple):
    interface: Place
    address: Network
    added: bool


class RouteChanged(NamedTuple):
    """A route came or went; its parts stand here, as of those that a container starts with most are all containers'."""

    namespace: str
    terms: Terms
    interface: Place | None
    source: int | None
    added: bool

    @property
    def route(self) -> RouteValue:
        return RouteValue(self.terms, self.interface, self.source)

    def __repr__(self) -> str:
        return f"RouteChanged(namespace={self.namespace!r}, route={self.route!r}, added={self.added})"


class LinkChanged(NamedTuple):
    """An interface went up or down, gained or lost its carrier, came or went."""

    interface: Place
    what: str  # added, removed, up, down, carrier, no-carrier, name, mac, mtu, master, nomaster
    detail: str
    previous: str = ""  # What a new name or MAC takes the place of


class SettingChanged(NamedTuple):
    """Somebody gave a sysctl another value."""

    namespace: str
    key: str  # As sysctl(8) names it: a dot in an interface's name is a slash there
    value: str
    previous: str

    @property
    def path(self) -> list[str]:
        """Its folders below /proc/sys, and its name."""
        return [part.replace("/", ".") for part in self.key.split(".")]


class PortStateChanged(NamedTuple):
    bridge: Place
    port: Place
    state: str
