"""Network interfaces: what sends and receives frames in a namespace.

A frame travels only through the scheduler: `transmit` puts it at the tail of
the lab's queue for the peer, and the scheduler calls `receive`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.engine.trace import UNDER_WAY
from netsandbox.linux.core.devices.device import DeviceOperations
from netsandbox.linux.core.devices.interface_address import NO_ADDRESSES
from netsandbox.linux.core.neighbours.parameters import NeighbourParameters
from netsandbox.linux.core.sysctl.interface_conf import InterfaceConf
from netsandbox.linux.drop import LINK_GONE, NOT_READY, OTHERHOST, OVERHEARD, Dropped, DropReason, Outcome
from netsandbox.linux.events import FrameReceived, FrameSent, SendFailed
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_mac

if TYPE_CHECKING:
    from netsandbox.engine.few import Few
    from netsandbox.linux.bridge.crowd import Crowd
    from netsandbox.linux.bridge.port import BridgePort
    from netsandbox.linux.core.devices.stacked import Stack
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.core.neighbours.entry import Neighbour
    from netsandbox.wire.ethernet import Frame
    from netsandbox.wire.ipv4 import IPv4Packet

    Verdict = Outcome | Dropped

    class Shaper(Protocol):
        """A queueing discipline that an interface's frames pass."""

        limit: int  # What `peer_limit` is while there is none

        def enqueue(self, frame: Frame) -> bool:
            """Take a frame that is to be sent; False where it was dropped and the sender is told."""

        def detach(self) -> None:
            """Give the interface back."""

MAX_NAME = 15  # Characters of an interface's name: IFNAMSIZ without its final zero
ETHERNET_MTU = 1500
HARD_HEADER = 14
VLAN_HEADER = 4  # What a frame may exceed its MTU by: the kernel leaves room for one tag
NOT_DRAWN = 0, -1, 0  # Of Interface.reachable, before a neighbour needs it


@cache
def unhandled(ethertype: int) -> Dropped:
    """The verdict on a frame whose EtherType nobody registered for."""
    return Dropped(DropReason.UNHANDLED_PROTO, (ethertype,))


@cache
def longest_frame(mtu: int) -> int:
    """In bytes, with an Ethernet header and a VLAN tag; one number for all who have an MTU."""
    return mtu + HARD_HEADER + VLAN_HEADER


class Interface(DeviceOperations):
    """A network device of one namespace.

    Attributes:
        mac: 48-bit address.  mtu: bytes of payload.
        up: the administrative state (IFF_UP).  carrier: the peer is up too.
        running: up and carrier: frames pass.
        alias, group: what a person calls it beside its name (ifalias), and the number of its group.
        port: set while the interface is enslaved to a bridge.
        place: what records call it; made anew when its namespace, name, index, MAC, cable or bridge changes.
        wire: the receivers at the other end of its cable.
        peer_limit: the longest frame, in bytes, that the other end takes.
        stack: what stands on it and may take its frames: VLANs, macvlans, a bond …; None for nearly all.
        handlers: the namespace's protocols, by the class of a frame's payload.
        arp_targets: the only addresses that an ARP question from here can be about, as long as nothing makes the
            namespace look closer (proxies, arp_accept, NOARP); else None.
        sent, sent_bytes, heard, heard_bytes: frames that it counted itself, and their bytes; for what floods add, which
            is counted for all at once, ask tx_packets, tx_bytes, rx_packets and rx_bytes.
        crowd: those at a bridge that are told of floods all at once, if this one is among them.
    """

    __slots__ = ("addresses", "arp_targets", "carrier", "carrier_changes", "conf", "crowd", "handlers", "heard",
                 "heard_bytes", "l3mdev", "lower_down", "mac", "mtu", "name", "namespace", "neigh", "neighbours",
                 "overheard", "peer", "peer_limit", "place", "port", "queue_length", "rare", "reachable",
                 "running", "sent", "sent_bytes", "shaper", "stack", "trusts_sources", "up", "wire")

    alias = Rare("")
    altnames: Rare[tuple[str, ...]] = Rare(())  # Other names by which it is found (`ip link property`)
    group = Rare(0)
    group_macs: Rare[tuple[int, ...]] = Rare(())
    """Addresses that a person made the interface listen to (`bridge fdb add … self`, `ip maddr add`)."""
    mac_is_set = Rare(False)  # By a person: it does not follow other devices any more
    mtu_is_set = Rare(False)
    noarp = Rare(False)  # IFF_NOARP: it neither asks nor answers
    odd_flags: Rare[frozenset[str]] = Rare(frozenset())
    """IFF_* that a person turned from what its kind has: MULTICAST, and those that nothing here goes by."""
    promisc = Rare(False)  # IFF_PROMISC as a person set it: frames for others are looked at as well, and then dropped
    qdisc: Rare[str] = Rare("noqueue")  # noop before the interface has been up
    rx_dropped = Rare(0)
    taps = Rare(0)  # Packet sockets that made it promiscuous
    tx_dropped = Rare(0)

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mtu: int = ETHERNET_MTU) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.namespace = namespace
        self.handlers = namespace.protocols
        self.arp_targets: Few[int] | None = None
        self.name = name
        self.queue_length = self.default_queue_length
        self.mac = mac
        self.mtu = mtu
        self.up = self.carrier = self.running = False
        self.carrier_changes = 1  # As the kernel counts them: a new device starts by losing its carrier
        self.lower_down = False  # What operstate says of a missing carrier: the device below is down as well
        self.qdisc = "noop"
        self.port: BridgePort | None = None
        self.stack: Stack | None = None
        self.l3mdev: Interface | None = None  # The VRF that it belongs to, or is itself (l3mdev_master_dev)
        self.shaper: Shaper | None = None  # A queueing discipline other than noqueue (`tc qdisc`)
        self.peer: Interface | None = None
        self.wire: tuple[Any, ...] = ()
        self.peer_limit = longest_frame(mtu)
        self.addresses = NO_ADDRESSES
        self.neighbours: dict[int, Neighbour] = NOTHING
        self.conf: InterfaceConf
        self.neigh: NeighbourParameters
        self.reachable = NOT_DRAWN
        """For how many nanoseconds a neighbour's confirmation counts, as drawn from base/2 to base*3/2; the base, in
        milliseconds; and when it was drawn."""
        self.heard = self.heard_bytes = self.sent = self.sent_bytes = self.overheard = 0
        self.crowd: Crowd | None = None
        self.trusts_sources = False
        """Any source that is not our own may come in here, in any frame: no rp_filter and the like."""
        self.place: Place
        self.note_place(namespace.scheduler.number(), 0)

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
        size = frame.size
        if size > self.peer_limit:
            return self._transmit_otherwise(frame, size)
        namespace.trace.events.append((FrameSent, self.place, frame))
        self.sent += 1
        self.sent_bytes += size
        scheduler = namespace.scheduler
        scheduler.queue.append((self.wire, frame, scheduler.current))
        return True

    def _transmit_otherwise(self, frame: Frame, size: int) -> bool:
        """A queueing discipline has the frame first, or the other end takes none of this size."""
        if self.shaper is not None:
            return self.shaper.enqueue(frame)
        self.namespace.record((FrameSent, self.place, frame))
        self.fail_too_big(frame, self.peer_limit)
        return False

    def fail_too_big(self, frame: Frame, limit: int) -> None:
        """The other end takes no frame of this size, and both count that (veth_xmit, ____dev_forward_skb)."""
        self.tx_dropped += 1
        if self.peer is not None:
            self.peer.rx_dropped += 1
        why = NOT_READY if limit < 0 else Dropped(DropReason.PKT_TOO_BIG, (frame.size, limit))
        self.namespace.record(SendFailed(self.place, frame, why))

    def start_xmit(self, frame: Frame) -> bool:
        """ndo_start_xmit, for a frame that a bridge passes on by this interface: it is recorded already."""
        if self.shaper is not None:
            return self.shaper.enqueue(frame)
        self.sent += 1
        self.sent_bytes += frame.size
        self.namespace.scheduler.transmit(self.wire, frame)
        return True

    def put_through(self, frame: Frame) -> None:
        """What its queueing discipline lets go, which is recorded already."""
        self.sent += 1
        self.sent_bytes += frame.size
        self.namespace.scheduler.transmit(self.wire, frame)

    def set_peer_limit(self, limit: int) -> None:
        """The other end takes frames of at most so many bytes."""
        if self.shaper is not None:
            self.shaper.limit = limit
        else:
            self.peer_limit = limit

    @property
    def is_wired(self) -> bool:
        """What it sends is simply put on its wire, where a bridge may do that in its place."""
        return self.shaper is None

    @property
    def is_delayed(self) -> bool:
        """What it sends leaves later, and is recorded then."""
        return self.shaper is not None

    # -- receiving

    def receive(self, frame: Frame) -> Verdict:
        """Take a frame off the wire and process it to the end."""
        if not self.running:
            return NOT_READY if self.peer is not None else LINK_GONE
        self.heard += 1
        self.heard_bytes += frame.size
        if self.stack is not None:
            return self.stack.pass_up(frame, frame.dst == self.mac)
        port = self.port
        if port is not None:
            return port.bridge.handle_frame(port, frame)
        destination = frame.dst
        if destination != self.mac and not destination & MAC_GROUP_BIT:
            return self.foreign()
        payload = frame.payload
        handler = self.handlers.get(type(payload))
        if handler is None:
            return unhandled(frame.ethertype)
        return handler(self, frame, payload)  # type: ignore[no-any-return]

    def foreign(self) -> Dropped:
        """A frame is for another station: who listens in sees it, and the own stack drops it all the same."""
        self.overheard += 1
        listens = self.promisc or self.taps or (self.stack is not None and self.stack.listeners)
        return OVERHEARD if listens else OTHERHOST

    def deliver(self, frame: Frame, is_for_us: bool = False) -> Verdict:
        """Hand a frame to the namespace's own stack, as `receive` does for one that came by wire."""
        destination = frame.dst
        if destination != self.mac and not destination & MAC_GROUP_BIT and not is_for_us:
            return self.foreign()
        payload = frame.payload
        handler = self.handlers.get(type(payload))
        if handler is None:
            return unhandled(frame.ethertype)
        verdict: Verdict = handler(self, frame, payload)
        return verdict

    def take(self, frame: Frame, is_for_us: bool = False, shown: Frame | None = None) -> None:
        """A frame comes up from the device below, and not by a wire (netif_rx of a stacked device).

        Args:
            is_for_us: the device below took it for its host's, whatever this one's MAC is.
            shown: the frame as taps see it, where that is not how the host does.
        """
        events = self.namespace.trace.events
        mark = len(events)
        verdict: Verdict = NOT_READY
        events.append(UNDER_WAY)
        if self.up:
            self.heard += 1
            self.heard_bytes += frame.size - self.uncounted
            verdict = self.hand_up(frame, is_for_us)
        events[mark] = FrameReceived, self.place, shown or frame, verdict

    def hand_up(self, frame: Frame, is_for_us: bool) -> Verdict:
        """To what stands on it, to its bridge or to its host."""
        if self.stack is not None:
            return self.stack.pass_up(frame, is_for_us)
        return self.port.bridge.handle_frame(self.port, frame) if self.port is not None else self.deliver(
            frame, is_for_us)

    # -- state

    def assign_mac(self, mac: int) -> None:
        """ndo_set_mac_address: what was checked becomes its address."""
        self.mac = mac
        self.note_place()

    def assign_mtu(self, mtu: int) -> None:
        """ndo_change_mtu."""
        self.mtu = mtu

    def filter_changed(self) -> None:
        """dev_change_rx_flags: it takes every frame from now on, or no longer does."""

    @property
    def id(self) -> int:
        """Its number in the lab, whatever becomes of it."""
        return self.place.id

    @property
    def index(self) -> int:
        """Its number in its namespace; 0 before it is in one."""
        return self.place.ifindex

    def note_place(self, number: int | None = None, index: int | None = None) -> None:
        """Something that records call the interface by has changed; both numbers stand in its place alone."""
        self.place = Place(self.namespace.name, self.name, self.kind,
                           self.place.ifindex if index is None else index, self.mac,
                           self.place.id if number is None else number,
                           0 if self.peer is None else self.peer.id, 0 if self.port is None else self.port.bridge.id)
        for port in (self.port, None if self.peer is None else self.peer.port):
            if port is not None:
                port.call_anew()

    @property
    def link_address(self) -> int:
        """What a neighbour is called by that needs no question (dev_addr)."""
        return self.mac

    @property
    def hardware_addresses(self) -> tuple[str, str] | None:
        """Its own address and that of everybody, as `ip link` prints them; None where there is no such thing."""
        return format_mac(self.mac), format_mac(0 if self.is_loopback else BROADCAST_MAC)

    @property
    def lower(self) -> Interface | None:
        """The device that this one stands on, or whose other end it is (IFLA_LINK)."""
        return None

    @property
    def master(self) -> Interface | None:
        """The bridge, bond or VRF that it is part of."""
        if self.port is not None:
            return self.port.bridge
        return self.stack.master if self.stack is not None else None

    def hear(self, frame: Frame) -> None:
        """One of its ports has got a frame, which a VRF's taps see."""

    def show(self, packet: IPv4Packet) -> None:
        """Of a VRF: a packet that leaves by one of its ports is shown to its taps."""

    @property
    def seems_connected(self) -> bool:
        """It has a carrier, or linkwatch has not yet noticed that there is none (IFF_RUNNING of what is up)."""
        watch = self.namespace.linkwatch
        return self.carrier or (watch is not None and self in watch.waiting)

    @property
    def operstate(self) -> str:
        """What `ip link` prints behind `state`."""
        if not self.up:
            return "DOWN"
        if self.seems_connected:
            return self.up_state
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
