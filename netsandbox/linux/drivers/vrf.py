"""VRF devices: interfaces whose packets are routed by a table of their own (drivers/net/vrf.c, net/l3mdev).

A VRF takes nothing from its ports: what comes in by one is shown to the VRF's taps and goes on as the port's, and the
rule [l3mdev-table] has the VRF's table looked at.  The packet filter sees the port, and then the VRF (ip_input.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Attribute, Detail, Form, LinkKind, NewLink
from netsandbox.linux.core.devices.stacked import StackedInterface, settle, stack_of
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Operand
from netsandbox.linux.events import FrameSent, LinkChanged, SendFailed
from netsandbox.linux.ipv4 import address
from netsandbox.linux.ipv4.ip_output import LoopedBack, output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.rule import VRF as RULE
from netsandbox.wire.addresses import LIMITED_BROADCAST, MAC_GROUP_BIT, is_multicast
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict

MTU = 65575  # IPV6_MAXPLEN and a header: nothing that an interface takes is too long for its VRF
LEAST_MTU = 1280
DEEPEST = 8  # XMIT_RECURSION_LIMIT: tables of VRFs that lead to each other end here


class VrfPort:
    """What an interface is to the VRF that it belongs to."""

    def __init__(self, vrf: VrfInterface, interface: Interface) -> None:
        self.vrf = vrf
        self.interface = interface
        self.master: Interface | None = vrf

    def handle_frame(self, frame: Frame, is_for_us: bool) -> Verdict | None:
        """vrf_ip_rcv: the VRF's taps see the packet, once PREROUTING has; its port goes on with it."""
        taken = is_for_us or frame.dst == self.interface.mac or frame.dst & MAC_GROUP_BIT
        if taken and isinstance(frame.payload, IPv4Packet) and not self.vrf.namespace.netfilter.functions:
            self.vrf.hear(frame)
        return None


class VrfInterface(StackedInterface):
    """One VRF (table: the routing table of its own)."""

    kind = "vrf"
    flags = ("MASTER",)
    min_mtu, max_mtu = LEAST_MTU, MTU
    tso_max = 65536

    __slots__ = ("l3_table",)

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, table: str) -> None:
        super().__init__(namespace, name, mac, MTU)
        self.l3_table = table
        self.l3mdev = self
        self.carrier = self.noarp = True
        self.carrier_changes = 0

    def registered(self) -> None:
        """vrf_newlink: its table is there, and the first one of a namespace brings the rule along."""
        routes = self.namespace.routes
        routes.make(self.l3_table or "main")
        if RULE not in routes.rules:
            routes.set_rules(tuple(sorted((*routes.rules, RULE), key=lambda rule: rule.priority)))
        self.namespace.note_custom_local()

    def stop(self) -> None:
        """What its ports send asks for its way by the VRF, which has to be up."""
        self.namespace.routes.flush_cache()

    def show(self, packet: IPv4Packet) -> None:
        """vrf_ip_out_direct: a packet of our own leaves by a port; the VRF's taps see it, without a destination."""
        if not is_multicast(packet.dst) and packet.dst != LIMITED_BROADCAST:
            self.namespace.record((FrameSent, self.place, Frame(0, self.mac, ETH_P_IP, packet)))

    def hear(self, frame: Frame) -> None:
        """Its taps see what came by a port, as a frame that leaves; one of a tunnel, without a header, gets the VRF's
        own (vrf_prepare_mac_header)."""
        if self.up:
            self.heard += 1
            self.heard_bytes += frame.size - self.uncounted
            shown = frame if frame.src else Frame(self.mac, self.mac, ETH_P_IP, frame.payload)
            self.namespace.record((FrameSent, self.place, shown))

    def hand_on(self, frame: Frame) -> bool:
        """vrf_process_v4_outbound: what is for the VRF's own addresses comes back, other things go by its table."""
        packet, namespace = frame.payload, self.namespace
        if not isinstance(packet, IPv4Packet):
            return self._fail(frame, "")
        route = route_output(namespace, packet.dst, 0, self)
        if not isinstance(route, OutputRoute):
            namespace.record(route)
            return self._fail(frame, packet.dst)
        if route.interface is self:
            self.heard += 1
            self.heard_bytes += frame.size
            namespace.scheduler.transmit((LoopedBack(self),), frame)
        elif namespace.depth < DEEPEST:
            namespace.depth += 1
            output(namespace, packet, route)
            namespace.depth -= 1
        return True

    def _fail(self, frame: Frame, operand: Operand) -> bool:
        lost = Dropped(DropReason.IP_OUTNOROUTES, (operand,))
        self.namespace.record(SendFailed(self.place, frame, lost))
        return False

    @property
    def ports(self) -> list[Interface]:
        return [one for one in self.namespace.interfaces.values() if one.master is self]

    def uninit(self) -> None:
        """vrf_dellink."""
        for port in self.ports:
            release(port)


def release(interface: Interface) -> None:
    """do_vrf_del_slave: its routes move to the tables that everybody has."""
    stack = interface.stack
    assert stack is not None, "only a port is released"
    stack.handler = interface.l3mdev = None
    settle(interface)
    interface.namespace.record(LinkChanged(interface.place, "nomaster", ""))
    _cycle(interface)


def _cycle(interface: Interface) -> None:
    """All its routes go (fib_netdev_event), and those of its addresses are made anew, as it goes down and up again
    (cycle_netdev); that is over before the other end has noticed."""
    interface.namespace.neighbours.flush_interface(interface, "link down", keep_permanent=False)
    address.forget_routes(interface)
    if interface.up:
        address.link_is_up(interface)


class VrfKind(LinkKind):
    """`type vrf table N`."""

    name = "vrf"
    no_address = "Invalid hardware address"
    attributes = (Attribute(("table*",), Form.TABLE, "invalid table ID\n"),)
    slave_attributes = ()
    unknown = 'vrf: unknown option "{word}"?'
    usage = "Usage: ... vrf table TABLEID"
    is_immovable = True

    def make(self, request: NewLink) -> Interface:
        """vrf_newlink."""
        table = request.settings.get("table")
        if table is None:
            raise KernelError("EINVAL", "VRF table id is missing")
        if table in ("0", "unspec"):
            raise KernelError("EINVAL", "Invalid VRF table id")
        return VrfInterface(request.namespace, request.name, request.address, table)

    def enslave(self, master: Interface, interface: Interface) -> None:
        """vrf_add_slave."""
        assert isinstance(master, VrfInterface)
        if interface.is_loopback:
            raise KernelError("EOPNOTSUPP", "Can not enslave loopback device to a VRF")
        if isinstance(interface, VrfInterface):
            raise KernelError("EINVAL", "Can not enslave an L3 master device to a VRF")
        stack = stack_of(interface)
        if stack.handler is not None:
            settle(interface)
            raise KernelError("EBUSY")
        stack.handler = VrfPort(master, interface)
        interface.l3mdev = master
        interface.namespace.record(LinkChanged(interface.place, "master", master.name))
        _cycle(interface)

    def release(self, master: Interface, interface: Interface) -> None:
        release(interface)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, VrfInterface)
        return _table(interface)

    def slave_details(self, interface: Interface) -> list[Detail]:
        master = interface.master
        assert isinstance(master, VrfInterface)
        return _table(master)


def _table(vrf: VrfInterface) -> list[Detail]:
    table = vrf.l3_table or ""
    return [Detail("table", int(table) if table.isdigit() else table, f"table {table} ")]


KIND = VrfKind()
