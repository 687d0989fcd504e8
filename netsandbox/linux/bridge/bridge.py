"""The Linux bridge: a switch in software that is an interface of its host as well.

Each frame: learn its source, then look its destination up (br_handle_frame in
net/bridge/br_input.c).  A flood serves ports newest first, then the bridge's
own stack, and is one entry of the queue for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.trace import UNDER_WAY
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge import host, output, special, suppress
from netsandbox.linux.bridge.fdb import AGEING_TIME, FdbEntry, ForwardingDatabase
from netsandbox.linux.bridge.flood import Floods
from netsandbox.linux.bridge.port import DISABLED, FORWARDING, BridgePort
from netsandbox.linux.bridge.special import LINK_LOCAL
from netsandbox.linux.bridge.stp_port import identifier
from netsandbox.linux.bridge.tally import Tally
from netsandbox.linux.bridge.vlan_group import DEFAULT_PVID, VlanGroup
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.device import LEGACY_TSO_MAX, NO_SPEED
from netsandbox.linux.core.devices.interface import ETHERNET_MTU, HARD_HEADER, Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged, FrameReceived, FrameSent, LinkChanged, PortStateChanged
from netsandbox.linux.place import BRIDGE
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_mac
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.vlan import ETH_P_8021Q

if TYPE_CHECKING:
    from netsandbox.linux.bridge.querier import Querier
    from netsandbox.linux.bridge.snooping import Snooping
    from netsandbox.linux.bridge.stp import SpanningTree
    from netsandbox.linux.core.devices.interface import Verdict

MAX_PORTS = (1 << 10) - 1  # BR_MAX_PORTS without port 0, which is none
ROOT_PRIORITY = 0x8000

# To fetch a member from its Enum costs more than a look into a table, and these are fetched for each frame.
BRIDGED = Outcome.BRIDGED
KNOWN, UNKNOWN, LOCAL = Forwarding.KNOWN, Forwarding.UNKNOWN, Forwarding.LOCAL
BROADCAST, MULTICAST = Forwarding.BROADCAST, Forwarding.MULTICAST


class Bridge(Interface):
    """A bridge, which is an interface with ports and a forwarding database.

    Attributes:
        no_linklocal_learn: who sends to such an address that is not forwarded is not learned.
        group_fwd_mask: one bit for each of 802.1D's reserved group addresses that is forwarded nevertheless.
        takes_all: its host gets what is for others too.
        settled: its carrier follows its ports.  Until it has had a port, or was given a MAC, it has a carrier
            whose state is UNKNOWN (br_port_state_selection has not run).
    """

    kind = BRIDGE
    releases_dst = False

    __slots__ = ("_ages", "_numbers", "_port_macs", "_port_mtus", "ageing_time", "default_pvid", "fdb", "floods",
                 "forward_delay", "group_fwd_mask", "hello_time", "max_age", "no_linklocal_learn", "ports", "priority",
                 "settled", "querier", "shows_snooping", "snooping", "suppresses", "takes_all", "tree",
                 "vlan_filtering", "vlan_protocol", "vlans")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mac_is_set: bool) -> None:
        super().__init__(namespace, name, mac)
        self.fdb = ForwardingDatabase(self)
        self.ports: list[BridgePort] = []
        self.mac_is_set = self.settled = mac_is_set
        self.carrier = not mac_is_set
        self.carrier_changes = int(mac_is_set)
        self.group_fwd_mask = 0
        self.no_linklocal_learn = False
        self.snooping: Snooping | None = None
        self.querier: Querier | None = None
        self.shows_snooping = False
        self.ageing_time = AGEING_TIME  # What a person set; while the tree changes, rows age faster
        self.priority = ROOT_PRIORITY
        self.max_age, self.hello_time, self.forward_delay = 20 * SECOND, 2 * SECOND, 15 * SECOND
        self.tree: SpanningTree | None = None
        self.vlan_filtering = self.suppresses = self.takes_all = False
        """suppresses: some port is to be spared questions."""
        self.vlan_protocol = ETH_P_8021Q
        self.default_pvid = DEFAULT_PVID
        self.vlans: VlanGroup | None = None  # Its own, once somebody has asked for VLANs
        self.floods = Floods()
        self._numbers = 1  # Those that ports have, as bits; 0 is nobody's
        self._ages = 0
        self._port_macs, self._port_mtus = Tally(), Tally()
        self.fdb.add_local(mac, None)

    @property
    def speed(self) -> int | None:
        """That of its fastest port (br_get_link_ksettings)."""
        return max((port.interface.speed or NO_SPEED for port in self.ports), default=NO_SPEED)

    @property
    def tso_max(self) -> int:  # type: ignore[override]
        """br_set_gso_limits: the least of its ports', from the first one on."""
        least = min((port.interface.tso_max for port in self.ports), default=super().tso_max)
        return least if self._ages else LEGACY_TSO_MAX

    @property
    def snoops(self) -> bool:  # type: ignore[override]
        return self.snooping is not None

    @property
    def operstate(self) -> str:
        return super().operstate if self.settled or not self.up else "UNKNOWN"

    # -- a frame from a port

    def handle_frame(self, port: BridgePort, frame: Frame) -> Verdict:
        """br_handle_frame: learn, look up, pass on."""
        if not port.is_simple:
            return special.handle_frame(self, port, frame)
        namespace = self.namespace
        if namespace.bridge_hooks is not None:
            verdict = namespace.bridge_hooks.look(self, port, frame)
            if verdict is not None:
                return verdict
        scheduler, entries = namespace.scheduler, self.fdb.entries
        entry = entries.get(frame.src)
        if entry is not None and entry.port is port and entry.leads and port.learning:
            entry.updated = scheduler.now
        else:
            refusal = special.learn_source(self, port, frame)
            if refusal is not None:
                return refusal
        found = entries.get(frame.dst)
        if found is None or not found.leads:
            return self._handle_otherwise(port, frame, found)
        out, size = found.port, frame.size
        found.used = scheduler.now
        if out is None:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (frame.dst,))
        interface = out.interface
        if out is port or not out.forwarding or out.isolated or size > out.limit or size > interface.peer_limit:
            return output.forward(self, port, out, frame, found.seq)
        namespace.trace.events.append(
            (FrameBridged, self.place, port.interface.place, frame, out.alone, False, KNOWN, found.seq))
        interface.sent += 1
        interface.sent_bytes += size
        scheduler.queue.append((interface.wire, frame, scheduler.current))
        return BRIDGED

    def _handle_otherwise(self, port: BridgePort, frame: Frame, found: FdbEntry | None) -> Verdict:
        """A frame for a group, for the host, or for somebody who is in no row."""
        destination = frame.dst
        if destination & MAC_GROUP_BIT:
            return self.handle_group(port, frame)
        if found is not None:
            self.namespace.trace.events.append(
                (FrameBridged, self.place, port.interface.place, frame, (), True, LOCAL, None))
            return self.pass_up(frame, destination == port.interface.mac)
        if not self.floods.plan(port, UNKNOWN).reach(port)[0].size:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "nobody"))
        self.flood(port, frame, UNKNOWN, False)
        return BRIDGED

    def handle_group(self, port: BridgePort, frame: Frame) -> Verdict:
        if frame.dst == BROADCAST_MAC:
            self.flood(port, frame, BROADCAST, True)
            self.pass_up(frame)
            return BRIDGED
        if frame.dst >> 4 == LINK_LOCAL:
            verdict = special.handle_reserved(self, port, frame)
            if verdict is not None:
                return verdict
        verdict = special.by_group(self, port, frame) if self.snooping is not None else None
        if verdict is not None:
            return verdict
        self.flood(port, frame, MULTICAST, True)
        self.pass_up(frame)
        return BRIDGED

    def flood(self, port: BridgePort | None, frame: Frame, why: Forwarding, to_host: bool) -> None:
        """br_flood: by all other ports, newest first, as one entry of the queue."""
        plan, size = self.floods.plan(port, why), frame.size
        ports, receivers = plan.reach(port)
        if size > plan.limit and any(size > port.limit or size > port.interface.peer_limit for port in ports):
            output.send_singly(self, port, ports, frame, why, to_host)
            return
        namespace, is_for_all = self.namespace, ports.size + (port is not None) >= len(self.ports)
        passed = () if is_for_all else output.passed_over(self, port, ports)
        namespace.record((FrameBridged, self.place, output.place_of(port), frame, ports.called, to_host, why, None,
                          passed))
        if receivers.size:
            plan.count(port, size)
            namespace.scheduler.transmit(receivers, frame)

    def pass_up(self, frame: Frame, is_for_us: bool = False) -> Verdict:
        """br_pass_frame_up: the host's own stack gets the frame, from the bridge (is_for_us: the destination is the
        ingress port's own MAC, which the port's driver took for this host's)."""
        self.heard += 1
        self.heard_bytes += frame.size - HARD_HEADER
        events = self.namespace.trace.events
        mark = len(events)
        events.append(UNDER_WAY)
        events[mark] = FrameReceived, self.place, frame, self.to_host(frame, is_for_us)
        return BRIDGED

    def to_host(self, frame: Frame, is_for_us: bool) -> Verdict:
        """What stands on the bridge, or its host's own stack."""
        if self.stack is not None:
            return self.stack.pass_up(frame, is_for_us or frame.dst == self.mac)
        return self.deliver(frame, is_for_us)

    @property
    def vlan_group(self) -> VlanGroup:
        """The VLANs of the bridge itself, which is a port among others."""
        if self.vlans is None:
            self.vlans = VlanGroup(self.default_pvid)
        return self.vlans

    # -- a frame from the host

    def transmit(self, frame: Frame) -> bool:
        """The host sends by its own bridge."""
        if not self.running:
            return super().transmit(frame)
        if self.shaper is not None:
            return self.shaper.enqueue(frame)
        self.namespace.trace.events.append((FrameSent, self.place, frame))
        host.transmit(self, frame)
        return True

    def put_through(self, frame: Frame) -> None:
        host.transmit(self, frame)

    # -- ports

    def add_port(self, interface: Interface) -> BridgePort:
        """Enslave an interface (br_add_if)."""
        free = ~self._numbers & self._numbers + 1
        self._numbers |= free
        port = BridgePort(self, interface, free.bit_length() - 1, self._ages)
        self._ages += 1
        self.ports.append(port)
        self._port_macs.put(port, interface.mac)
        self.settled = True
        interface.station_changed()
        interface.port = port
        interface.note_place()
        self.fdb.add_local(interface.mac, port)
        self.namespace.record(LinkChanged(interface.place, "master", self.name))
        if self.vlans is not None:
            for vid in port.vlan_group.vlans:
                self.fdb.add_local(interface.mac, port, vid)
        self._recalculate_mac()
        self.port_changed(port)
        return port

    def remove_port(self, port: BridgePort) -> None:
        self._disable(port)
        if self.snooping is not None:
            self.snooping.port_gone(port)
        self.fdb.forget_port(port, everything=True)
        self.ports.remove(port)
        if port.neigh_suppress:
            suppress.recalculate(self)
        self._numbers &= ~(1 << port.number)
        self._port_macs.drop(port)
        self._port_mtus.drop(port)
        port.interface.port = None
        port.interface.note_place()
        self.namespace.record(LinkChanged(port.interface.place, "nomaster", self.name))
        self._recalculate_mac()
        self._follow_ports()

    def port_changed(self, port: BridgePort) -> None:
        """Something about a port is new: its link, its MTU, or the state that a person wants it to have."""
        port.update_limit()
        self.floods.limit_changed(port)
        self._port_mtus.put(port, port.interface.mtu)
        self._update_state(port)
        self._follow_ports()

    def ports_changed(self) -> None:
        """The bridge itself went up or down."""
        for port in self.ports:
            self._update_state(port)
        self._follow_ports()

    def _update_state(self, port: BridgePort) -> None:
        if self.up and port.interface.running:
            port.take_cost()
            if port.held or self.tree is None:
                if port.state == DISABLED:
                    port.start_forward_delay()
                self.set_state(port, port.held or FORWARDING)
            elif port.state == DISABLED:
                self.tree.link_is_up(port)
            return
        if port.held == DISABLED:
            self.fdb.forget_port(port, everything=False)
        port.held, port.forward_end = "", 0
        self._disable(port)

    def _disable(self, port: BridgePort) -> None:
        if self.tree is not None and port.state != DISABLED:
            self.tree.disable_port(port)
        else:
            self.set_state(port, DISABLED)

    def _follow_ports(self) -> None:
        """The bridge's own MTU is the least of its ports', and it has a carrier while one of them forwards."""
        if not self.mtu_is_set:
            link.set_mtu(self, self._port_mtus.least(ETHERNET_MTU))
        self.states_changed()

    @property
    def has_stp(self) -> bool:
        return self.tree is not None and self.tree.enabled

    def states_changed(self) -> None:
        """br_port_state_selection: it has a carrier while one of its ports forwards."""
        if self.settled:
            link.set_carrier(self, self.floods.has_ports)

    def port_mac_changed(self, port: BridgePort, old: int) -> None:
        self.fdb.move_local(old, port.interface.mac, port)
        self._port_macs.put(port, port.interface.mac)
        self._recalculate_mac()

    def open(self) -> None:
        if self.tree is not None:
            self.tree.start()
        self.ports_changed()
        if self.querier is not None:
            self.querier.start()

    def stop(self) -> None:
        self.ports_changed()
        if self.querier is not None:
            self.querier.stop()
        if self.tree is not None:
            self.tree.stop()

    def filter_changed(self) -> None:
        """Something that stands on the bridge wants every frame, or a person does (IFF_PROMISC)."""
        self.takes_all = self.promisc or (self.stack is not None and bool(self.stack.listeners))
        for port in self.ports:
            port.note_simple()

    def uninit(self) -> None:
        for port in list(self.ports):
            self.remove_port(port)

    def assign_mac(self, mac: int) -> None:
        """br_fdb_change_mac_address: the own row follows the address."""
        old, self.mac, self.settled = self.mac, mac, True
        self.note_place()
        self.fdb.move_local(old, mac, None)
        if self.tree is not None:
            self.tree.identity_changed(identifier(self.priority, old))

    def _recalculate_mac(self) -> None:
        """br_stp_recalculate_bridge_id: the lowest of the ports', zero without ports, unless it was set."""
        if self.mac_is_set:
            return
        mac = self._port_macs.least(0)
        if mac != self.mac:
            link.change_mac(self, mac)

    def set_state(self, port: BridgePort, state: str) -> None:
        """br_set_state."""
        if port.state == state:
            return
        port.state = state
        port.forwarding = state == FORWARDING
        port.note_simple()
        if port.forwarding:
            self.floods.port_forwards(port)
        else:
            self.floods.port_stops(port)
        self.namespace.record(PortStateChanged(self.place, port.interface.place, state))
        if self.querier is not None:
            self.querier.ports_changed()
        if state == DISABLED and not port.held:
            self.fdb.forget_port(port, everything=False)

    def __repr__(self) -> str:
        return f"<bridge {self.label} {format_mac(self.mac)}>"
