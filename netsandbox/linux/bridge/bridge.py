"""The Linux bridge: a switch in software that is an interface of its host as well.

Each frame: learn its source, then look its destination up (br_handle_frame in
net/bridge/br_input.c).  A flood serves ports newest first, then the bridge's
own stack, and is one entry of the queue for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.trace import UNDER_WAY
from netsandbox.linux.bridge.fdb import ForwardingDatabase
from netsandbox.linux.bridge.flood import Floods
from netsandbox.linux.bridge.port import DISABLED, FORWARDING, LEARNING, BridgePort
from netsandbox.linux.bridge.tally import Tally
from netsandbox.linux.core import link
from netsandbox.linux.core.interface import ETHERNET_MTU, HARD_HEADER, Interface
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import (
    Forwarding,
    FrameBridged,
    FrameReceived,
    FrameSent,
    LinkChanged,
    PortStateChanged,
    SendFailed,
)
from netsandbox.linux.place import BRIDGE, Place
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_mac

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netsandbox.linux.core.interface import Verdict
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.wire.ethernet import Frame

MAX_PORTS = (1 << 10) - 1
"""BR_MAX_PORTS without port 0, which is none."""
LINK_LOCAL = 0x0180C2000000 >> 4
"""01:80:C2:00:00:00 to 0F: 802.1D's reserved group addresses, without their last four bits."""
PAUSE = 0x0180C2000001

# To fetch a member from its Enum costs more than a look into a table, and these are fetched for each frame.
BRIDGED = Outcome.BRIDGED
KNOWN, UNKNOWN, LOCAL = Forwarding.KNOWN, Forwarding.UNKNOWN, Forwarding.LOCAL
BROADCAST, MULTICAST = Forwarding.BROADCAST, Forwarding.MULTICAST


class Bridge(Interface):
    """A bridge, which is an interface with ports and a forwarding database.

    Attributes:
        group_fwd_mask: one bit for each of 802.1D's reserved group addresses that is forwarded nevertheless.
        settled: its carrier follows its ports.  Until it has had a port, or was given a MAC, it has a carrier
            whose state is UNKNOWN (br_port_state_selection has not run).
    """

    kind = BRIDGE

    __slots__ = ("_ages", "_numbers", "_port_macs", "_port_mtus", "fdb", "floods", "group_fwd_mask", "mac_is_set",
                 "mtu_is_set", "multicast_snooping", "ports", "settled")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mac_is_set: bool) -> None:
        super().__init__(namespace, name, mac)
        self.fdb = ForwardingDatabase(self)
        self.ports: list[BridgePort] = []
        self.mac_is_set = self.settled = mac_is_set
        self.carrier = not mac_is_set
        self.carrier_changes = int(mac_is_set)
        self.mtu_is_set = False
        self.group_fwd_mask = 0
        self.multicast_snooping = False
        self.floods = Floods()
        self._numbers = 1
        """Those that ports have, as bits; 0 is nobody's."""
        self._ages = 0
        self._port_macs, self._port_mtus = Tally(), Tally()
        self.fdb.add_local(mac, None)

    @property
    def operstate(self) -> str:
        return super().operstate if self.settled or not self.up else "UNKNOWN"

    # -- a frame from a port

    def handle_frame(self, port: BridgePort, frame: Frame) -> Verdict:
        """br_handle_frame: learn, look up, pass on."""
        if not port.forwarding:
            return self._refuse(port, frame)
        hooks = self.namespace.bridge_hooks
        if hooks is not None:
            verdict = hooks.look(self, port, frame)
            if verdict is not None:
                return verdict
        entries = self.fdb.entries
        entry = entries.get(frame.src)
        if entry is not None and entry.port is port and port.learning and not entry.local:
            entry.updated = self.namespace.scheduler.now
        else:
            refusal = self.learn_source(port, frame)
            if refusal is not None:
                return refusal
        destination = frame.dst
        if destination & MAC_GROUP_BIT:
            return self.handle_group(port, frame)
        found = entries.get(destination)
        if found is None:
            if not self.floods.plan(port, UNKNOWN).reach(port)[1]:
                return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "nobody"))
            self._flood(port, frame, UNKNOWN, False)
            return BRIDGED
        if found.local:
            self.namespace.record((FrameBridged, self.place, port.interface.place, frame, (), True, LOCAL, None))
            return self.pass_up(frame, destination == port.interface.mac)
        namespace = self.namespace
        scheduler, out, size = namespace.scheduler, found.port, frame.size
        found.used = scheduler.now
        if out is None:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))
        interface = out.interface
        if out is port or not out.forwarding or out.isolated or size > out.limit or size > interface.peer_limit:
            return self._forward(port, out, frame)
        namespace.record((FrameBridged, self.place, port.interface.place, frame, out.alone, False, KNOWN, found.seq))
        interface.sent += 1
        interface.sent_bytes += size
        scheduler.queue.append((interface.wire, frame, scheduler.current))
        return BRIDGED

    def learn_source(self, port: BridgePort, frame: Frame) -> Dropped | None:
        """Note at which port a station is; one that cannot be, or that a locked port does not know, is refused."""
        source = frame.src
        entry = self.fdb.entries.get(source)
        if entry is not None and entry.port is port and port.learning and not entry.local:
            entry.updated = self.namespace.scheduler.now
        elif source == 0 or source & MAC_GROUP_BIT:
            return Dropped(DropReason.MAC_INVALID_SOURCE, (source,))
        elif port.locked and frame.dst >> 4 != LINK_LOCAL and (
                entry is None or entry.port is not port or entry.local):
            return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, ("locked",))
        elif port.learning and self.fdb.ageing_time:
            self.fdb.learn(port, source, entry)
        return None

    def _refuse(self, port: BridgePort, frame: Frame) -> Verdict:
        """A port that does not forward; while it is learning it learns all the same."""
        source = frame.src
        if port.state == LEARNING and port.learning and source and not source & MAC_GROUP_BIT and self.fdb.ageing_time:
            self.fdb.learn(port, source, self.fdb.entries.get(source))
        return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, (port.state,))

    def handle_group(self, port: BridgePort, frame: Frame) -> Verdict:
        if frame.dst == BROADCAST_MAC:
            self._flood(port, frame, BROADCAST, True)
            self.pass_up(frame)
            return BRIDGED
        if frame.dst >> 4 == LINK_LOCAL and frame.dst == PAUSE:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (frame.dst,))
        kept_back = ~(self.group_fwd_mask | port.group_fwd_mask) & 0xFFFE
        if frame.dst >> 4 == LINK_LOCAL and kept_back >> (frame.dst & 15) & 1:
            return port.interface.deliver(frame)
        self._flood(port, frame, MULTICAST, True)
        self.pass_up(frame)
        return BRIDGED

    @staticmethod
    def refusal_of(port: BridgePort | None, out: BridgePort | None, destination: int) -> Dropped | None:
        """Why the port that the table names is no way out (should_deliver)."""
        if out is None:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))
        if out is port and not port.hairpin:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "same port"))
        if not out.forwarding:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, out.state))
        if out.isolated and port is not None and port.isolated:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "isolated"))
        return None

    def _forward(self, port: BridgePort | None, out: BridgePort, frame: Frame) -> Verdict:
        """br_forward: to the one port that the table names."""
        refusal = self.refusal_of(port, out, frame.dst)
        if refusal is not None:
            return refusal
        interface, size = out.interface, frame.size
        namespace = self.namespace
        if size > interface.peer_limit or size > out.limit:
            return self._send_oversize(port, (out,), frame, KNOWN, False)
        namespace.record((FrameBridged, self.place, _place(port), frame, out.alone, False, KNOWN,
                          self.fdb.entries[frame.dst].seq))
        interface.sent += 1
        interface.sent_bytes += size
        namespace.scheduler.transmit(interface.wire, frame)
        return BRIDGED

    def _flood(self, port: BridgePort | None, frame: Frame, why: Forwarding, to_host: bool) -> None:
        """br_flood: by all other ports, newest first, as one entry of the queue."""
        plan, size = self.floods.plan(port, why), frame.size
        ports, receivers = plan.reach(port)
        if size > plan.limit and any(size > port.limit or size > port.interface.peer_limit for port in ports):
            self._send_oversize(port, ports, frame, why, to_host)
            return
        namespace = self.namespace
        namespace.record((FrameBridged, self.place, _place(port), frame, ports.called, to_host, why, None))
        if receivers:
            plan.count(port, size)
            namespace.scheduler.transmit(receivers, frame)

    def _send_oversize(self, source: BridgePort | None, ports: Sequence[BridgePort], frame: Frame, why: Forwarding,
                       to_host: bool) -> Verdict:
        """Some port or its peer does not take a frame of this size: port by port, and no ICMP."""
        namespace, size = self.namespace, frame.size
        fitting = tuple(port.interface.place for port in ports if size <= port.limit)
        row = self.fdb.entries[frame.dst].seq if why is KNOWN else None
        namespace.record((FrameBridged, self.place, _place(source), frame, fitting, to_host, why, row))
        for port in ports:
            interface = port.interface
            limit = min(port.limit, interface.peer_limit)
            if size > limit:
                interface.tx_dropped += 1
                namespace.record(SendFailed(interface.place, frame, Dropped(DropReason.PKT_TOO_BIG, (size, limit))))
            else:
                interface.sent += 1
                interface.sent_bytes += size
                namespace.scheduler.transmit(interface.wire, frame)
        if fitting or to_host:
            return BRIDGED
        return Dropped(DropReason.PKT_TOO_BIG, (size,))

    def pass_up(self, frame: Frame, is_for_us: bool = False) -> Verdict:
        """br_pass_frame_up: the host's own stack gets the frame, from the bridge.

        Args:
            is_for_us: the destination is the ingress port's own MAC, which the
                port's driver took for this host's.
        """
        self.heard += 1
        self.heard_bytes += frame.size - HARD_HEADER
        events = self.namespace.trace.events
        mark = len(events)
        events.append(UNDER_WAY)
        events[mark] = FrameReceived, self.place, frame, self.deliver(frame, is_for_us)
        return BRIDGED

    # -- a frame from the host

    def transmit(self, frame: Frame) -> bool:
        """br_dev_xmit: the host sends by its own bridge."""
        namespace = self.namespace
        if not self.running:
            return super().transmit(frame)
        namespace.record((FrameSent, self.place, frame))
        self.sent += 1
        self.sent_bytes += frame.size
        if namespace.bridge_hooks is not None and namespace.bridge_hooks.resume(self, frame):
            return True
        destination = frame.dst
        if destination & MAC_GROUP_BIT:
            why = BROADCAST if destination == BROADCAST_MAC else MULTICAST
            self._flood(None, frame, why, False)
            return True
        entry = self.fdb.entries.get(destination)
        if entry is None:
            self._flood(None, frame, UNKNOWN, False)
        elif entry.port is None:
            namespace.record(SendFailed(self.place, frame, Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))))
        else:
            verdict = self._forward(None, entry.port, frame)
            if isinstance(verdict, Dropped) and verdict.reason is not DropReason.PKT_TOO_BIG:
                namespace.record(SendFailed(self.place, frame, verdict))
        return True

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
        self._recalculate_mac()
        self.port_changed(port)
        return port

    def remove_port(self, port: BridgePort) -> None:
        self._set_state(port, DISABLED)
        self.fdb.forget_port(port, everything=True)
        self.ports.remove(port)
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
            self._set_state(port, port.held or FORWARDING)
            return
        if port.held == DISABLED:
            self.fdb.forget_port(port, everything=False)
        port.held = ""
        self._set_state(port, DISABLED)

    def _follow_ports(self) -> None:
        """The bridge's own MTU is the least of its ports', and it has a carrier while one of them forwards."""
        if not self.mtu_is_set:
            link.set_mtu(self, self._port_mtus.least(ETHERNET_MTU))
        if self.settled:
            link.set_carrier(self, self.floods.has_ports)

    def port_mac_changed(self, port: BridgePort, old: int) -> None:
        self.fdb.remove_local(old, port)
        self.fdb.add_local(port.interface.mac, port)
        self._port_macs.put(port, port.interface.mac)
        self._recalculate_mac()

    def set_mac(self, mac: int) -> None:
        """br_fdb_change_mac_address: the own row follows the address."""
        old, self.mac, self.settled = self.mac, mac, True
        self.note_place()
        self.fdb.remove_local(old, None)
        self.fdb.add_local(mac, None)

    def _recalculate_mac(self) -> None:
        """br_stp_recalculate_bridge_id: the lowest of the ports', zero without ports, unless it was set."""
        if self.mac_is_set:
            return
        mac = self._port_macs.least(0)
        if mac != self.mac:
            link.change_mac(self, mac)

    def hold_port(self, port: BridgePort, state: str) -> None:
        """`bridge link set dev PORT state …`: what was learned stays; forwarding takes it back."""
        port.held = "" if state == FORWARDING else state
        self.port_changed(port)

    def _set_state(self, port: BridgePort, state: str) -> None:
        if port.state == state:
            return
        port.state = state
        port.forwarding = state == FORWARDING
        if port.forwarding:
            self.floods.port_forwards(port)
        else:
            self.floods.port_stops(port)
        self.namespace.record(PortStateChanged(self.place, port.interface.place, state))
        if state == DISABLED and not port.held:
            self.fdb.forget_port(port, everything=False)

    def __repr__(self) -> str:
        return f"<bridge {self.label} {format_mac(self.mac)}>"


def _place(port: BridgePort | None) -> Place | None:
    return None if port is None else port.interface.place
