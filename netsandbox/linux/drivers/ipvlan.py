"""ipvlan devices: several IP addresses behind the one MAC of a parent (drivers/net/ipvlan)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import HARD_HEADER, Interface
from netsandbox.linux.core.devices.kind import Detail, LinkKind, NewLink, choice, flag
from netsandbox.linux.core.devices.stacked import StackedInterface, follow_carrier, give_copy, leave, stack_of
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import ChildChosen
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import PacketDropped, RouteMissing, SendFailed
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import route_output
from netsandbox.wire.addresses import MAC_GROUP_BIT, Network
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict

L2, L3, L3S = "l2", "l3", "l3s"
BRIDGE, PRIVATE, VEPA = "bridge", "private", "vepa"


def address_of(frame: Frame, of_source: bool = False) -> int | None:
    """The IPv4 address that a frame is told by: the packet's, or of an ARP packet the target's (ipvlan_get_L3_hdr)."""
    payload = frame.payload
    if isinstance(payload, IPv4Packet):
        return payload.src if of_source else payload.dst
    if isinstance(payload, ArpPacket):
        return payload.spa if of_source else payload.tpa
    return None


class IpvlanPort:
    """What a parent knows of its children (struct ipvl_port): mode and isolation are the parent's, not a child's."""

    def __init__(self, parent: Interface, mode: str, isolation: str) -> None:
        self.parent = parent
        self.mode = mode
        self.isolation = isolation
        self.children: list[IpvlanInterface] = []
        self.master: Interface | None = None

    def child_with(self, address: int | None) -> IpvlanInterface | None:
        """The child that has an address (ipvlan_addr_lookup)."""
        if address is None:
            return None
        return next((child for child in self.children if child.up
                     and any(own.local == address for own in child.addresses)), None)

    def set_mode(self, mode: str, isolation: str) -> None:
        """ipvlan_set_port_mode: of all children at once; those of l3 ask and answer no ARP."""
        self.mode, self.isolation = mode, isolation
        stack_of(self.parent).routed = self if mode == L3S else None
        self.parent.namespace.update_trust(self.parent)
        for child in self.children:
            link.set_arp(child, mode == L2)

    def handle_frame(self, frame: Frame, _is_for_us: bool) -> Verdict | None:
        """ipvlan_handle_frame."""
        if self.mode == L2 and frame.dst & MAC_GROUP_BIT:
            if frame.src != self.parent.mac or self.child_with(address_of(frame, of_source=True)) is None:
                self.spread(frame, None)
            return None
        child = self.child_with(address_of(frame)) if self.mode != L3S else None
        if child is None:
            return None
        self._note(child, "address")
        child.take(frame, is_for_us=True)
        return Outcome.PASSED_UP

    def routed_child(self, packet: IPv4Packet) -> Interface | None:
        """ipvlan_l3_rcv: the packet has come by the parent alone, and no tap of the child sees it."""
        child = self.child_with(packet.dst)
        if child is not None:
            self._note(child, "address")
            child.heard += 1
            child.heard_bytes += 14 + packet.total_length
        return child

    def spread(self, frame: Frame, source: IpvlanInterface | None) -> None:
        """ipvlan_multicast_enqueue: a work queue gives all children copies, and the wire what one of them sent."""
        self.parent.namespace.scheduler.soon(_process_multicast, (self, frame, source))

    def give_sibling(self, child: IpvlanInterface, frame: Frame) -> None:
        """ipvlan_rcv_frame of what another child sent, which counts its header twice."""
        child.heard_bytes += HARD_HEADER
        self._note(child, "sibling")
        self.parent.namespace.scheduler.transmit((child,), frame)

    def _note(self, child: IpvlanInterface, why: str) -> None:
        self.parent.namespace.record(ChildChosen(self.parent.label, child.label, why))


def _process_multicast(what: tuple[IpvlanPort, Frame, IpvlanInterface | None]) -> None:
    """ipvlan_process_multicast."""
    port, frame, source = what
    scheduler = port.parent.namespace.scheduler
    scheduler.one_by_one([(child, frame) for child in port.children if child is not source and child.up], give_copy)
    if source is not None:
        scheduler.soon(port.parent.transmit, frame)


class IpvlanInterface(StackedInterface):
    """One child."""

    is_cut_off = True
    kind = "ipvlan"
    uncounted = 0
    releases_dst = False

    __slots__ = ("_permanent", "_unchanged", "below", "multicast", "port_below", "tso_max")

    def __init__(self, namespace: NetworkNamespace, name: str, below: Interface, port: IpvlanPort) -> None:
        super().__init__(namespace, name, below.mac, below.mtu)
        self.below = below
        self.tso_max = below.tso_max
        self.port_below = port
        self._permanent = below.mac
        self.multicast = 0
        self._unchanged = -1  # How often its carrier had changed when it was made on a device that had one

    def receive(self, frame: Frame) -> Verdict:
        """ipvlan_count_rx of what the work queue gives (ipvlan_process_multicast)."""
        self.multicast += bool(self.running and frame.dst & MAC_GROUP_BIT)
        return super().receive(frame)

    @property
    def operstate(self) -> str:
        """Nobody sets it before its carrier first goes: ipvlan_link_new fires no event, where macvlan does."""
        found = super().operstate
        return "UNKNOWN" if found == "UP" and self.carrier_changes == self._unchanged else found

    @property
    def lower(self) -> Interface | None:
        return self.below

    def hand_on(self, frame: Frame) -> bool:
        """ipvlan_queue_xmit."""
        return self._hand_on_l2(frame) if self.port_below.mode == L2 else self._hand_on_l3(frame)

    def _hand_on_l2(self, frame: Frame) -> bool:
        port = self.port_below
        if frame.dst & MAC_GROUP_BIT:
            port.spread(frame, self)
            return True
        if port.isolation == VEPA or frame.dst != frame.src:
            return self.below.transmit(frame)
        sibling = port.child_with(address_of(frame))
        if sibling is None:
            self.below.namespace.scheduler.transmit((self.below,), frame)
        elif port.isolation == PRIVATE:
            return self._refuse(frame)
        else:
            port.give_sibling(sibling, frame)
        return True

    def _refuse(self, frame: Frame) -> bool:
        """NET_XMIT_DROP: the sender hears of it."""
        self.namespace.record(SendFailed(self.place, frame, Dropped(DropReason.MACVLAN_FOREIGN, (self.name,))))
        return False

    def _hand_on_l3(self, frame: Frame) -> bool:
        """ipvlan_xmit_mode_l3: to a sibling, else the parent's stack routes it (ipvlan_process_v4_outbound)."""
        port, packet = self.port_below, frame.payload
        sibling = port.child_with(address_of(frame)) if port.isolation != VEPA else None
        if sibling is not None:
            if port.isolation == PRIVATE:
                return self._refuse(frame)
            port.give_sibling(sibling, frame)
            return True
        if not isinstance(packet, IPv4Packet) or frame.dst & MAC_GROUP_BIT:
            return self._refuse(frame)
        namespace = self.below.namespace
        route = route_output(namespace, packet.dst, interface=self.below)
        if isinstance(route, RouteMissing):
            namespace.record(route)
            namespace.record(PacketDropped(namespace.name, packet, Dropped(DropReason.IP_OUTNOROUTES, (packet.dst,))))
            return False
        if route.route.type not in ("unicast", "local"):
            return self._refuse(frame)
        buffer = None
        if (packet.mf or packet.offset) and namespace.netfilter.is_tracking:
            buffer = SocketBuffer(packet)
            buffer.entered, buffer.frame = self.below, frame
            verdict = namespace.netfilter.gather(namespace, buffer)
            if verdict is not None:
                return not isinstance(verdict, Dropped)
            packet = buffer.packet
        return ip_output.send(namespace, packet, route, buffer) == ip_output.OK

    # -- following the parent

    def registered(self) -> None:
        stack = stack_of(self.below)
        stack.handler = self.port_below
        stack.routed = self.port_below if self.port_below.mode == L3S else None
        self.below.namespace.update_trust(self.below)
        self.port_below.children.append(self)
        stack.uppers.append(self)
        follow_carrier(self, self.below)
        if self.carrier:
            self._unchanged = self.carrier_changes

    def open(self) -> None:
        """ipvlan_open: not before does it know that it asks and answers no ARP."""
        self.noarp = self.port_below.mode != L2
        follow_carrier(self, self.below)

    def uninit(self) -> None:
        stack = self.below.stack
        if stack is None or self not in self.port_below.children:
            return
        self.port_below.children.remove(self)
        if not self.port_below.children:
            stack.handler = stack.routed = None
            self.below.namespace.update_trust(self.below)
        leave(self.below, self)

    def on_lower(self, what: str, lower: Interface) -> None:
        if what == "gone":
            link.delete(self)
            return
        if what == "mtu":
            link.set_mtu(self, lower.mtu)
        elif what == "mac":
            link.change_mac(self, lower.mac)
        follow_carrier(self, lower)

    def accept_mac(self, mac: int) -> int:
        raise KernelError("EOPNOTSUPP")

    def check_address(self, network: Network) -> None:
        """ipvlan_addr4_validator_event: no two children have one address."""
        if any(own.local == network.address for child in self.port_below.children if child is not self
               for own in child.addresses):
            raise KernelError("EADDRINUSE", "Address already assigned to an ipvlan device")

    @property
    def permanent_mac(self) -> int:
        return self._permanent


def _isolation(settings: dict[str, Any], port: IpvlanPort) -> str:
    """Whoever says anything about a child says this as well, by iproute2."""
    isolation: str = settings.get("isolation", BRIDGE if settings else port.isolation)
    return isolation


class IpvlanKind(LinkKind):
    """`type ipvlan [ mode MODE ] [ bridge | private | vepa ]`."""

    name = "ipvlan"
    attributes = (
        choice("mode*", choices=(L2, L3, L3S), code=1, complaint=(
            'Error: argument of "mode" must be either "l2", "l3" or "l3s"')),
        *(flag(f"{word}*", name="isolation", value=word)._replace(first_only=True) for word in (PRIVATE, VEPA, BRIDGE)))
    unknown = 'ipvlan: unknown option "{word}"?'
    usage = """\
Usage: ... ipvlan [ mode MODE ] [ FLAGS ]

MODE: l3 | l3s | l2
FLAGS: bridge | private | vepa
(first values are the defaults if nothing is specified)."""

    def make(self, request: NewLink) -> Interface:
        """ipvlan_link_new."""
        below = request.lower
        if below is None:
            raise KernelError("EINVAL")
        if isinstance(below, IpvlanInterface):
            below = below.below
        if below.is_loopback or below.hardware != "ether" or below.l3_table is not None:
            raise KernelError("EINVAL")
        handler = below.stack.handler if below.stack is not None else None
        if (handler is not None and not isinstance(handler, IpvlanPort)) or below.port is not None:
            raise KernelError("EBUSY")
        settings = request.settings
        known = handler or IpvlanPort(below, L3, BRIDGE)
        mode, isolation = settings.get("mode", L3), _isolation(settings, known)
        known.set_mode(mode, isolation)
        return IpvlanInterface(request.namespace, request.name, below, known)

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        assert isinstance(interface, IpvlanInterface)
        port = interface.port_below
        port.set_mode(settings.get("mode", port.mode), _isolation(settings, port))

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, IpvlanInterface)
        port = interface.port_below
        return [Detail("mode", port.mode, f" mode {port.mode} "),
                Detail("mode_flag", port.isolation, f"{port.isolation} ")]


KIND = IpvlanKind()
