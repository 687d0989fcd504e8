"""What stands on an interface: VLANs, which take the frames with their tag, and one more device that may take others.

The order is that of __netif_receive_skb_core (net/core/dev.c): VLAN devices,
then the rx handler, of which a device has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import ETHERNET_MTU, Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Operand, Outcome
from netsandbox.linux.events import FrameSent, SendFailed
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.vlan import VlanTag

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict


class RxHandler(Protocol):
    """What is asked about each frame of an interface before its host is (rx_handler_func_t)."""

    master: Interface | None  # The bond or VRF that the interface belongs to; None for what merely stands on it

    def handle_frame(self, frame: Frame, is_for_us: bool) -> Verdict | None:
        """Take the frame, or None: it goes on to the interface's own host (RX_HANDLER_PASS)."""


class RoutedChildren(Protocol):
    """Who may have a packet that the interface's own host has taken so far (l3mdev_l3_rcv): an ipvlan in mode l3s."""

    def routed_child(self, packet: IPv4Packet) -> Interface | None:
        """The child that is to have it."""


class Stack:
    """All that stands on one interface."""

    __slots__ = ("handler", "interface", "listeners", "routed", "uppers", "vlans")

    def __init__(self, interface: Interface) -> None:
        self.interface = interface
        self.vlans: dict[tuple[int, int], Interface] = {}  # devices by TPID and number of the VLAN
        self.handler: RxHandler | None = None  # a macvlan's, ipvlan's, bond's or VRF's; a bridge's is `Interface.port`
        # children whose packets the interface's own host takes first, or None
        self.routed: RoutedChildren | None = None
        self.uppers: list[Interface] = []  # who is told when something about the interface changes
        self.listeners: set[str] = set()
        """Those above that made it take every frame (dev_set_promiscuity, for want of a unicast filter)."""

    @property
    def master(self) -> Interface | None:
        return self.handler.master if self.handler is not None else None

    def listen(self, who: str, wanted: bool) -> None:
        """dev_set_promiscuity."""
        if wanted:
            self.listeners.add(who)
        else:
            self.listeners.discard(who)
        self.interface.filter_changed()

    def pass_up(self, frame: Frame, is_for_us: bool) -> Verdict:
        """Who takes the frame: a VLAN device, the rx handler, the bridge, or the interface's own host."""
        interface, payload = self.interface, frame.payload
        if self.vlans and type(payload) is VlanTag:
            vlan = self.vlans.get((frame.ethertype, payload.vid))
            if vlan is not None:
                vlan.take(frame.untagged(), is_for_us, frame)
                return Outcome.PASSED_UP
        if self.handler is not None:
            verdict = self.handler.handle_frame(frame, is_for_us)
            if verdict is not None:
                return verdict
        if interface.port is not None:
            return interface.port.bridge.handle_frame(interface.port, frame)
        return interface.deliver(frame, is_for_us)


class StackedInterface(Interface):
    """A device whose frames go to another device, and not to a wire of its own."""

    is_stacked = True
    counts_itself: ClassVar[bool] = False  # Its driver counts what it sent: tunnels, packet by packet

    __slots__ = ()

    @property
    def is_wired(self) -> bool:
        return False

    @property
    def speed(self) -> int | None:
        """As fast as the device below."""
        return self.lower.speed if self.lower is not None else None

    def transmit(self, frame: Frame) -> bool:
        if not self.running or self.shaper is not None:
            return super().transmit(frame) if self.shaper is None else self.shaper.enqueue(frame)
        self.namespace.record((FrameSent, self.place, frame))
        return self.start_xmit(frame)

    def put_through(self, frame: Frame) -> None:
        self._count(frame, self.hand_on(frame))

    def start_xmit(self, frame: Frame) -> bool:
        if self.shaper is not None:
            return self.shaper.enqueue(frame)
        is_sent = self.hand_on(frame)
        self._count(frame, is_sent)
        return is_sent

    def _count(self, frame: Frame, is_sent: bool) -> None:
        if self.counts_itself:
            return
        if is_sent:
            self.sent += 1
            self.sent_bytes += frame.size
        else:
            self.tx_dropped += 1

    def hand_on(self, frame: Frame) -> bool:
        """What the driver does with a frame that was counted as sent; False as of `transmit`."""
        raise NotImplementedError


class TunnelEnd(StackedInterface):
    """A device that puts its frames into packets of the namespace in which it was made, as Docker makes those of an
    overlay on the host and moves them into a namespace of their own.

    Attributes:
        home: that namespace (vxlan->net, ip_tunnel->net).
        tx_errors, carrier_errors, collisions: frames that no outer packet could be sent for, by what was in its way.
    """

    up_state = "UNKNOWN"
    counts_itself = True
    releases_dst = False

    __slots__ = ("carrier_errors", "collisions", "home", "tx_errors")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mtu: int = ETHERNET_MTU) -> None:
        super().__init__(namespace, name, mac, mtu)
        self.home = namespace
        self.carrier = True
        self.tx_errors = self.carrier_errors = self.collisions = 0

    def fail(self, frame: Frame, reason: DropReason, operand: Operand) -> None:
        """It counts as an error."""
        self.tx_errors += 1
        self.namespace.record(SendFailed(self.place, frame, Dropped(reason, (operand,))))

    def receive(self, frame: Frame) -> Verdict:
        """The counters leave the link header out."""
        if self.running:
            self.heard_bytes -= self.uncounted
        return super().receive(frame)

    def registered(self) -> None:
        self.home.tunnels += (self,)

    def uninit(self) -> None:
        self.home.tunnels = tuple(one for one in self.home.tunnels if one is not self)


def stack_of(interface: Interface) -> Stack:
    """The stack on an interface, begun if there is none."""
    if interface.stack is None:
        interface.stack = Stack(interface)
        interface.station_changed()
    return interface.stack


def settle(interface: Interface) -> None:
    """Forget a stack that has become empty: most interfaces have none, and are served faster."""
    stack = interface.stack
    if stack is not None and not stack.uppers and stack.handler is None:
        interface.stack = None


def leave(lower: Interface, upper: Interface) -> None:
    """An upper device goes."""
    stack = lower.stack
    if stack is not None and upper in stack.uppers:
        stack.uppers.remove(upper)
        settle(lower)


def give_copy(what: tuple[Interface, Frame]) -> None:
    """Hand a device its copy of a frame, once what went before is over."""
    child, frame = what
    child.namespace.scheduler.transmit((child,), frame)


def follow_carrier(upper: Interface, lower: Interface) -> None:
    """netif_stacked_transfer_operstate: no carrier below, none above."""
    link.set_carrier(upper, lower.carrier)
