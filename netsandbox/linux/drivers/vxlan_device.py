"""A VXLAN device: an Ethernet over UDP, of any number of ends (RFC 7348; drivers/net/vxlan/vxlan_core.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from netsandbox.engine.timers import Timer
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.device import NO_SPEED
from netsandbox.linux.core.devices.stacked import TunnelEnd, leave, stack_of
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import ANY, Process, SocketError
from netsandbox.linux.device_events import Decapsulated, Encapsulated, VtepLearned, VtepMissing
from netsandbox.linux.drivers import vxlan_shortcuts
from netsandbox.linux.drivers.vxlan_fdb import AGE_EVERY, ALL_ZERO, DYNAMIC, PERMANENT, Remote, VtepRow, VtepTable
from netsandbox.linux.drop import Dropped, DropReason, Operand, Outcome
from netsandbox.linux.events import RouteMissing, SendFailed
from netsandbox.linux.ipv4 import igmp, tunnel_output
from netsandbox.linux.ipv4.routing import route_output
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.wire.addresses import MAC_GROUP_BIT, is_multicast
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import ETH_P_ARP, Frame
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from netsandbox.wire.udp import NO_CHECKSUM, OuterDatagram
from netsandbox.wire.vxlan import LINUX_PORT, OVERHEAD, VxlanPacket

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

LIMIT = 8
SWITCHES = ("proxy", "rsc", "l2miss", "l3miss")
KERNEL = Process("", 0)  # The owner of the kernel's own sockets


class VxlanInterface(TunnelEnd):
    """One VTEP.

    Attributes:
        vni: the network's number.  udp_port: that of all ends.  below: the device of `dev`, or None.
        remote: the end or group that frames without a row go to, or 0.  local: the source of outer packets, or 0.
        ttl: of outer packets; None for auto, 0 to take that of the inner one.  ageing: seconds.
        learns, proxy, rsc, l2miss, l3miss, has_checksum: as they were asked for, the last one of outer datagrams.
    """

    kind = "vxlan"

    __slots__ = ("ageing", "below", "df", "has_checksum", "l2miss", "l3miss", "learns", "local", "proxy", "remote",
                 "rsc", "socket", "source_ports", "table", "timer", "tos", "tso_max", "ttl", "udp_port", "vni")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, settings: dict[str, Any]) -> None:
        self.below: Interface | None = settings.get("dev")
        super().__init__(namespace, name, mac, 1500 if self.below is None else self.below.mtu - OVERHEAD)
        self.tso_max = 65536 if self.below is None else self.below.tso_max
        self.vni: int = settings["id"]
        self.udp_port: int = settings.get("dstport") or LINUX_PORT
        self.source_ports: tuple[int, int] = settings.get("srcport", (0, 0))
        self.remote: int = settings.get("group", settings.get("remote", 0))
        self.local: int = settings.get("local", 0)
        self.ttl: int | None = settings.get("ttl")
        self.tos: int = settings.get("tos", 0)
        self.df: str = settings.get("df", "unset")
        self.ageing: int = settings.get("ageing", 300)
        self.learns: bool = settings.get("learning", True)
        self.proxy, self.rsc, self.l2miss, self.l3miss = (settings.get(name, False) for name in SWITCHES)
        self.has_checksum: bool = settings.get("udpcsum", True)
        self.table = VtepTable(settings.get("maxaddress", 0))
        self.socket: UdpSocket | None = None
        self.timer: Timer | None = None
        if self.remote:
            now = namespace.scheduler.now
            self.table.rows[ALL_ZERO] = VtepRow(ALL_ZERO, Remote(self.remote, below=self.below), PERMANENT, now)

    @property
    def vteps(self) -> VtepTable:
        return self.table

    @property
    def speed(self) -> int | None:
        """As fast as the device of `dev` (vxlan_get_link_ksettings)."""
        return self.below.speed if self.below is not None else NO_SPEED

    def change_protodown(self, _on: bool) -> None:
        raise NotModelledError("protodown of a vxlan is not modelled")

    # -- sending

    def hand_on(self, frame: Frame) -> bool:
        """vxlan_xmit."""
        if self.proxy and frame.ethertype == ETH_P_ARP:
            return vxlan_shortcuts.answer_arp(self, frame)
        now = self.namespace.scheduler.now
        row, why = self.table.rows.get(frame.dst), "row"
        if row is not None and row.is_router and self.rsc:
            frame = vxlan_shortcuts.shorten(self, frame)
            row = self.table.rows.get(frame.dst)
        if row is None:
            row, why = self.table.rows.get(ALL_ZERO), "flood"
        if row is None:
            if self.l2miss and not frame.dst & MAC_GROUP_BIT:
                self.namespace.record(VtepMissing(self.label, 0, frame.dst))
            self._drop(frame, DropReason.NO_TX_TARGET, self.name)
            return True
        row.used = now
        for remote in (*row.remotes[1:], row.remotes[0]):
            self._send(frame, remote, why)
        return True

    def _send(self, frame: Frame, remote: Remote, why: str) -> None:
        """vxlan_xmit_one."""
        if not remote.address:
            self._drop(frame, DropReason.NO_TX_TARGET, self.name)
            return
        namespace = self.home
        bound = self.socket.interface if self.socket is not None else None
        route = route_output(namespace, remote.address, self.local, remote.below or bound)
        if isinstance(route, RouteMissing):
            self.carrier_errors += route.error == "ENETUNREACH"
            self.fail(frame, DropReason.IP_OUTNOROUTES, remote.address)
            return
        if route.interface is self or namespace.depth >= LIMIT:
            self.collisions += 1
            self.fail(frame, DropReason.RECURSION_LIMIT, self.name)
            return
        vni = self.vni if remote.vni is None else remote.vni
        if route.route.type == "local":
            vxlan_shortcuts.bypass(self, frame, vni, remote.port or self.udp_port)
            return
        if not vxlan_shortcuts.fits(self, frame, route.mtu - OVERHEAD):
            return
        namespace.record(Encapsulated(self.label, "vxlan", vni, remote.address, why))
        outer = self._outer(frame, vni, remote, route.source)
        tunnel_output.transmit(self, outer, route, frame.size - 14)

    def _outer(self, frame: Frame, vni: int, remote: Remote, source: int) -> IPv4Packet:
        """The packet that carries a frame to another end."""
        namespace = self.home
        data = VxlanPacket(vni, frame.wire()).emit()
        datagram = OuterDatagram(self._source_port(frame), remote.port or self.udp_port, data,
                                 None if self.has_checksum else NO_CHECKSUM)
        ttl = self.ttl
        inner = frame.payload if isinstance(frame.payload, IPv4Packet) else None
        if ttl is None:
            ttl = 1 if is_multicast(remote.address) else namespace.default_ttl
        elif not ttl:
            ttl = inner.ttl if inner is not None else namespace.default_ttl
        df = self.df == "set" or (self.df == "inherit" and inner is not None and inner.df)
        ident = namespace.next_ident(source, remote.address, UDP)
        return IPv4Packet(source, remote.address, UDP, datagram, ttl, ident, df, tunnel_output.tos(self.tos, inner))

    def _source_port(self, frame: Frame) -> int:
        """udp_flow_src_port: one for each flow inside, so that routers on the way spread them."""
        low, high = self.source_ports
        if not low:
            low, high = self.home.sysctls.port_range
            high += 1
        packet = frame.payload
        flow = frame.wire()[:14]
        if isinstance(packet, IPv4Packet):
            ports = packet.payload_bytes()[:4] if packet.protocol in (6, 17) else b""
            flow = packet.src.to_bytes(4, "big") + packet.dst.to_bytes(4, "big") + bytes([packet.protocol]) + ports
        return low + (crc32(flow) * (high - low) >> 32)

    def _drop(self, frame: Frame, reason: DropReason, operand: Operand) -> None:
        self.tx_dropped += 1
        self.namespace.record(SendFailed(self.place, frame, Dropped(reason, (operand,))))

    # -- receiving

    def take_inner(self, frame: Frame, source: int) -> Verdict:
        """vxlan_rcv, once the device is found: learn, and hand on in its turn (gro_cells_receive)."""
        if frame.src == self.mac:
            return Dropped(DropReason.LOCAL_MAC, (self.name,))
        if self.learns:
            problem = self.learn(frame.src, source)
            if problem is not None:
                return problem
        self.namespace.record(Decapsulated(self.label, "vxlan", self.vni, source))
        self.namespace.scheduler.transmit((self,), frame)
        return Outcome.DECAPSULATED

    def learn(self, mac: int, source: int) -> Dropped | None:
        """vxlan_snoop."""
        if mac & MAC_GROUP_BIT or not mac:
            return Dropped(DropReason.MAC_INVALID_SOURCE, (mac,))
        now = self.namespace.scheduler.now
        row = self.table.rows.get(mac)
        if row is None:
            if not self.table.is_full:
                self.table.rows[mac] = VtepRow(mac, Remote(source), DYNAMIC, now)
                self.namespace.record(VtepLearned(self.label, mac, source, 0))
            return None
        if row.remotes[0].address == source:
            row.used = now
            return None
        if row.state != DYNAMIC:
            return Dropped(DropReason.VXLAN_ENTRY_EXISTS, (self.name,))
        self.namespace.record(VtepLearned(self.label, mac, source, row.remotes[0].address))
        row.remotes[0] = Remote(source)
        row.used = row.updated = now
        return None

    # -- coming and going

    def registered(self) -> None:
        super().registered()
        if self.below is not None:
            stack_of(self.below).uppers.append(self)

    def open(self) -> None:
        """vxlan_open: all devices of one port share its socket."""
        self.socket = _socket(self.home, self.udp_port, None if self.below is None else self.below.l3mdev)
        if is_multicast(self.remote) and self.below is not None:
            igmp.join(self.below, self.remote)
        if self.ageing and self.timer is None:
            self.timer = self.namespace.scheduler.after(AGE_EVERY, self._age)

    def stop(self) -> None:
        """vxlan_stop."""
        others = [one for one in self.home.tunnels if isinstance(one, VxlanInterface) and one is not self and one.up]
        if is_multicast(self.remote) and self.below is not None and not any(
                one.remote == self.remote and one.below is self.below for one in others):
            igmp.leave(self.below, self.remote)
        if self.socket is not None and not any(one.socket is self.socket for one in others):
            self.socket.close()
        self.socket = None
        self.namespace.scheduler.cancel(self.timer)
        self.timer = None
        self.table.forget_dynamic()

    def _age(self, _argument: object) -> None:
        scheduler = self.namespace.scheduler
        scheduler.cancel(self.timer)
        self.timer = scheduler.after(self.table.age(scheduler.now, self.ageing) - scheduler.now, self._age)

    def age_at_once(self) -> None:
        """How long rows stay has changed (vxlan_changelink)."""
        if self.up:
            self.namespace.scheduler.cancel(self.timer)
            self.timer = self.namespace.scheduler.after(0, self._age)

    def uninit(self) -> None:
        super().uninit()
        if self.below is not None:
            leave(self.below, self)

    def on_lower(self, what: str, lower: Interface) -> None:
        if what == "gone":
            link.delete(self)

    def check_mtu(self, mtu: int) -> None:
        if self.below is not None and mtu > self.below.mtu - OVERHEAD:
            raise KernelError("EINVAL")


def _socket(namespace: NetworkNamespace, port: int, vrf: Interface | None) -> UdpSocket:
    """vxlan_sock_add: bound to the VRF that the device below is in as it is opened."""
    for one in namespace.sockets.at_port("udp", port):
        if isinstance(one, UdpSocket) and one.encapsulated is not None and one.interface is vrf:
            return one
    socket = UdpSocket(namespace, KERNEL)
    socket.interface = vrf
    try:
        socket.bind(ANY, port)
    except SocketError as error:
        raise KernelError(error.name) from None
    socket.encapsulated = _receive
    return socket


def _receive(socket: UdpSocket, packet: IPv4Packet, data: bytes) -> Verdict:
    """vxlan_rcv: whose network the frame is of."""
    try:
        outer = VxlanPacket.parse(data)
    except ParseError:
        return Dropped(DropReason.VXLAN_INVALID_HDR, (str(socket.port),))
    found = next((one for one in socket.namespace.tunnels if isinstance(one, VxlanInterface)
                  and one.socket is socket and one.vni == outer.vni), None)
    if found is None:
        return Dropped(DropReason.VXLAN_VNI_NOT_FOUND, (outer.vni, ""))
    if len(outer.frame) < 14:
        return Dropped(DropReason.PKT_TOO_SMALL, (len(outer.frame),))
    return found.take_inner(Frame.parse(outer.frame), packet.src)
