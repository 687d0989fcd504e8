"""Network interfaces: what sends and receives frames in a namespace.

A frame travels only through the scheduler: `transmit` puts it at the tail of
the lab's queue for the peer, and the scheduler calls `receive`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.neighbour_parameters import NeighbourParameters
from netsandbox.linux.core.sysctl import InterfaceConf
from netsandbox.linux.drop import LINK_GONE, NOT_READY, OTHERHOST, Dropped, DropReason, Outcome
from netsandbox.linux.events import FrameSent, SendFailed
from netsandbox.linux.place import LOOPBACK, Place
from netsandbox.wire.addresses import MAC_GROUP_BIT, Network

if TYPE_CHECKING:
    from netsandbox.linux.bridge.crowd import Crowd
    from netsandbox.linux.bridge.port import BridgePort
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.neighbour import Neighbour
    from netsandbox.linux.ipv4.lifetime import Lifetime
    from netsandbox.wire.ethernet import Frame

    Verdict = Outcome | Dropped

ETHERNET_MTU = 1500
HARD_HEADER = 14
NOT_DRAWN = 0, -1, 0
VLAN_HEADER = 4
"""What a frame may exceed its MTU by: the kernel leaves room for one tag."""


@cache
def unhandled(ethertype: int) -> Dropped:
    """The verdict on a frame whose EtherType nobody registered for."""
    return Dropped(DropReason.UNHANDLED_PROTO, (ethertype,))


class InterfaceAddress:
    """One IPv4 address of an interface, with what `ip addr` shows of it.

    Attributes:
        network: its subnet; with a peer, the peer's address and prefix length.  local: the address itself.
        lifetime: how long the interface has it; None for as long as nobody takes it away.
        metric: of the route to the subnet.  makes_route: whether there is one (else noprefixroute).
    """

    __slots__ = ("broadcast", "label", "lifetime", "local", "makes_route", "metric", "network", "scope", "secondary")

    def __init__(self, network: Network, broadcast: int | None, scope: str, local: int | None = None) -> None:
        self.network = network
        self.local = network.address if local is None else local
        self.broadcast = broadcast
        self.scope = scope
        self.secondary = False
        self.lifetime: Lifetime | None = None
        self.label = ""
        self.metric = 0
        self.makes_route = True

    @property
    def has_peer(self) -> bool:
        return self.local != self.network.address

    @property
    def with_length(self) -> Network:
        """The address and its prefix length."""
        return Network(self.local, self.network.length)


class Interface:
    """A network device of one namespace.

    Attributes:
        mac: 48-bit address.  mtu: bytes of payload.
        up: the administrative state (IFF_UP).  carrier: the peer is up too.
        running: up and carrier: frames pass.
        port: set while the interface is enslaved to a bridge.
        place: what records call it; made anew when its namespace, name, index, MAC, cable or bridge changes.
        wire: the receivers at the other end of its cable.
        peer_limit: the longest frame, in bytes, that the other end takes.
        handlers: the namespace's protocols, by the class of a frame's payload.
        arp_targets: the only addresses that an ARP question from here can be about, as long as nothing makes the
            namespace look closer (proxies, arp_accept, NOARP); else None.
        sent, sent_bytes, heard, heard_bytes: frames that it counted itself, and their bytes; for what floods add, which
            is counted for all at once, ask tx_packets, tx_bytes, rx_packets and rx_bytes.
        crowd: those at a bridge that are told of floods all at once, if this one is among them.
    """

    kind = "veth"

    __slots__ = ("addresses", "arp_targets", "carrier", "carrier_changes", "conf", "crowd", "group_macs",
                 "handlers", "heard", "heard_bytes", "id", "index", "lower_down", "mac", "mtu", "name", "namespace",
                 "neigh", "neighbours", "noarp", "overheard", "peer", "peer_limit", "place", "port", "qdisc",
                 "reachable", "running", "rx_dropped", "sent", "sent_bytes", "trusts_sources", "tx_dropped", "up",
                 "wire")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mtu: int = ETHERNET_MTU) -> None:
        self.namespace = namespace
        self.handlers = namespace.protocols
        self.arp_targets: set[int] | None = None
        self.name = name
        self.index = 0
        self.id = namespace.scheduler.number()
        self.mac = mac
        self.mtu = mtu
        self.up = False
        self.carrier = False
        self.running = False
        self.carrier_changes = 1
        """As the kernel counts them: a new device starts by losing its carrier."""
        self.lower_down = False
        """What operstate says of a missing carrier: the device below is down as well."""
        self.noarp = False
        """IFF_NOARP: neither asks nor answers."""
        self.qdisc = "noop"
        """noqueue once the interface has been up."""
        self.group_macs: tuple[int, ...] = ()
        """Addresses that a person made the interface listen to (`bridge fdb add … self`, `ip maddr add`)."""
        self.port: BridgePort | None = None
        self.peer: Interface | None = None
        self.wire: tuple[Any, ...] = ()
        self.peer_limit = mtu + HARD_HEADER + VLAN_HEADER
        self.addresses: list[InterfaceAddress] = []
        self.neighbours: dict[int, Neighbour] = {}
        self.conf: InterfaceConf
        self.neigh: NeighbourParameters
        self.reachable = NOT_DRAWN
        """For how many nanoseconds a neighbour's confirmation counts, as drawn from base/2 to base*3/2; the base, in
        milliseconds; and when it was drawn."""
        self.heard = self.heard_bytes = self.rx_dropped = 0
        self.sent = self.sent_bytes = self.tx_dropped = 0
        self.overheard = 0
        self.crowd: Crowd | None = None
        self.trusts_sources = False
        """Any source that is not our own may come in here, in any frame: no rp_filter and the like."""
        self.place: Place
        self.note_place()

    @property
    def label(self) -> str:
        return self.place.label

    def __repr__(self) -> str:
        return f"<{self.label}>"

    # -- sending

    def transmit(self, frame: Frame) -> bool:
        """Put a frame on the wire; False when it could not go (the kernel's NET_XMIT_DROP)."""
        namespace = self.namespace
        if not self.running:
            self.tx_dropped += 1
            namespace.record(SendFailed(self.place, frame, NOT_READY))
            return True
        namespace.record((FrameSent, self.place, frame))
        size = frame.size
        if size > self.peer_limit:
            self.tx_dropped += 1
            namespace.record(SendFailed(self.place, frame, Dropped(DropReason.PKT_TOO_BIG, (size, self.peer_limit))))
            return False
        self.sent += 1
        self.sent_bytes += size
        scheduler = namespace.scheduler
        scheduler.queue.append((self.wire, frame, scheduler.current))
        return True

    # -- receiving

    def receive(self, frame: Frame) -> Verdict:
        """Take a frame off the wire and process it to the end."""
        if not self.running:
            return NOT_READY if self.peer is not None else LINK_GONE
        self.heard += 1
        self.heard_bytes += frame.size
        port = self.port
        if port is not None:
            return port.bridge.handle_frame(port, frame)
        destination = frame.dst
        if destination != self.mac and not destination & MAC_GROUP_BIT:
            self.overheard += 1
            return OTHERHOST
        payload = frame.payload
        handler = self.handlers.get(type(payload))
        if handler is None:
            return unhandled(frame.ethertype)
        return handler(self, frame, payload)  # type: ignore[no-any-return]

    def deliver(self, frame: Frame, is_for_us: bool = False) -> Verdict:
        """Hand a frame to the namespace's own stack, as `receive` does for one that came by wire."""
        destination = frame.dst
        if destination != self.mac and not destination & MAC_GROUP_BIT and not is_for_us:
            self.overheard += 1
            return OTHERHOST
        payload = frame.payload
        handler = self.handlers.get(type(payload))
        if handler is None:
            return unhandled(frame.ethertype)
        verdict: Verdict = handler(self, frame, payload)
        return verdict

    # -- state

    def note_place(self) -> None:
        """Something that records call the interface by has changed."""
        self.place = Place(self.namespace.name, self.name, self.kind, self.index, self.mac, self.id,
                           0 if self.peer is None else self.peer.id, 0 if self.port is None else self.port.bridge.id)
        for port in (self.port, None if self.peer is None else self.peer.port):
            if port is not None:
                port.call_anew()

    @property
    def is_loopback(self) -> bool:
        return False

    @property
    def operstate(self) -> str:
        """What `ip link` prints behind `state`."""
        if not self.up:
            return "DOWN"
        if self.carrier:
            return "UP"
        return "LOWERLAYERDOWN" if self.lower_down else "DOWN"

    def update_running(self) -> None:
        self.running = self.up and self.carrier
        self.station_changed()

    def station_changed(self) -> None:
        """Something is new about what this does with frames for everyone: it runs or not, has a master or other
        addresses, or is to look closer."""
        if self.crowd is not None:
            self.crowd.reconsider(self)

    # -- counters

    @property
    def rx_packets(self) -> int:
        return self.heard if self.crowd is None else self.heard + self.crowd.heard_by(self)[0]

    @property
    def rx_bytes(self) -> int:
        return self.heard_bytes if self.crowd is None else self.heard_bytes + self.crowd.heard_by(self)[1]

    @property
    def tx_packets(self) -> int:
        return self.sent if self.port is None else self.sent + self.port.bridge.floods.sent_by(self.port)[0]

    @property
    def tx_bytes(self) -> int:
        return self.sent_bytes if self.port is None else self.sent_bytes + self.port.bridge.floods.sent_by(self.port)[1]


class Loopback(Interface):
    """`lo`: what it sends, it receives; its MAC is zero and it asks no ARP.

    Its counters leave the Ethernet header out (loopback_xmit).
    """

    kind = LOOPBACK

    __slots__ = ()

    def __init__(self, namespace: NetworkNamespace) -> None:
        super().__init__(namespace, "lo", 0, 65536)
        self.wire = (self,)
        self.carrier_changes = 0
        self.carrier = True

    def transmit(self, frame: Frame) -> bool:
        before = self.sent
        is_sent = super().transmit(frame)
        self.sent_bytes -= HARD_HEADER * (self.sent - before)
        return is_sent

    def receive(self, frame: Frame) -> Verdict:
        if self.running:
            self.heard_bytes -= HARD_HEADER
        return super().receive(frame)

    @property
    def is_loopback(self) -> bool:
        return True

    @property
    def operstate(self) -> str:
        return "UNKNOWN" if self.up else "DOWN"
