"""What a VXLAN device does itself with what it is given, and sends nothing out (drivers/net/vxlan/vxlan_core.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.device_events import Encapsulated, VtepMissing
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import SendFailed
from netsandbox.linux.ipv4.routing import learn_mtu
from netsandbox.wire.addresses import LIMITED_BROADCAST, LOOPBACK_ADDRESS, is_multicast
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame
from netsandbox.wire.icmp import FRAGMENTATION_NEEDED, QUERIES, UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.drivers.vxlan_device import VxlanInterface

LEAST = 576  # RFC 791: no way is said to take less
HEADERS = 28
KNOWN = frozenset({NudState.PERMANENT, NudState.REACHABLE, NudState.NOARP})  # NUD_CONNECTED


def answer_arp(device: VxlanInterface, frame: Frame) -> bool:
    """arp_reduce: the device answers for whom its host's neighbour table knows, and lets nothing of ARP through."""
    namespace, asked = device.namespace, frame.payload
    if isinstance(asked, ArpPacket) and asked.op == REQUEST:
        neighbour = device.neighbours.get(asked.tpa)
        if neighbour is not None and neighbour.mac is not None and neighbour.state in KNOWN:
            mac = neighbour.mac
            answer = ArpPacket(REPLY, mac, asked.tpa, asked.sha, asked.spa)
            _come_back(device, Frame(asked.sha, mac, ETH_P_ARP, answer))
            return True
        if device.l3miss and neighbour is None:
            namespace.record(VtepMissing(device.label, asked.tpa, 0))
    unknown = Dropped(DropReason.NO_TX_TARGET, (device.name,))
    namespace.record(SendFailed(device.place, frame, unknown))
    return True


def shorten(device: VxlanInterface, frame: Frame) -> Frame:
    """route_shortcircuit: what is for a router goes to whom it will go in the end, if that is known here."""
    packet = frame.payload
    if not isinstance(packet, IPv4Packet):
        return frame
    neighbour = device.neighbours.get(packet.dst)
    if neighbour is None:
        if device.l3miss:
            device.namespace.record(VtepMissing(device.label, packet.dst, 0))
        return frame
    mac = neighbour.mac
    return frame if mac is None or mac == frame.dst else Frame(mac, frame.dst, ETH_P_IP, packet)


def _come_back(device: VxlanInterface, frame: Frame) -> None:
    """netif_rx: as if it had come by the device, which does not count it."""
    device.heard -= 1
    device.heard_bytes -= frame.size - device.uncounted
    device.namespace.scheduler.transmit((device,), frame)


def bypass(device: VxlanInterface, frame: Frame, vni: int, port: int) -> None:
    """encap_bypass_if_local, vxlan_encap_bypass: the other end is of this host, and nothing is put around."""
    namespace = device.home
    devices = [cast("VxlanInterface", one) for one in namespace.tunnels if one.kind == device.kind]
    twin = next((one for one in devices if one.up and one.vni == vni and one.udp_port == port), None)
    if twin is None:
        device.fail(frame, DropReason.VXLAN_VNI_NOT_FOUND, vni)
        return
    if twin.learns:
        twin.learn(frame.src, LOOPBACK_ADDRESS)
    _turn(device, twin, frame)
    namespace.record(Encapsulated(device.label, device.kind, vni, LOOPBACK_ADDRESS, "local"))


def _turn(device: VxlanInterface, twin: VxlanInterface, frame: Frame) -> None:
    """vxlan_encap_bypass: both count the whole frame."""
    device.sent += 1
    device.sent_bytes += frame.size
    twin.heard_bytes += device.uncounted
    device.namespace.scheduler.transmit((twin,), frame)


def fits(device: VxlanInterface, frame: Frame, room: int) -> bool:
    """skb_tunnel_check_pmtu: the way outside takes less than the device says; who sends through it is told (room: bytes
    for the inner packet)."""
    inner = frame.payload
    if not isinstance(inner, IPv4Packet) or inner.size <= room:
        return True
    if device.port is None:
        learn_mtu(device.namespace, inner.dst, room)
        return True
    answer = _too_big(inner, room)
    if answer is None:
        return True
    _turn(device, device, Frame(frame.src, frame.dst, ETH_P_IP, answer))
    return False


def _too_big(inner: IPv4Packet, room: int) -> IPv4Packet | None:
    """iptunnel_pmtud_build_icmp: behind a bridge nobody has an address, so the answer is written in the name of
    whom the packet was for; None for what is not answered."""
    special = (0, 127, LIMITED_BROADCAST >> 24)
    is_error = inner.protocol == ICMP and not QUERIES.intersection(inner.payload_bytes()[:1])
    if (room < LEAST or not inner.df or inner.mf or inner.offset or inner.src >> 24 in special or is_error
            or is_multicast(inner.dst) or is_multicast(inner.src) or inner.dst == LIMITED_BROADCAST):
        return None
    message = IcmpMessage(UNREACHABLE, FRAGMENTATION_NEEDED, room, inner.emit()[:LEAST - HEADERS])
    return IPv4Packet(inner.dst, inner.src, ICMP, message, inner.ttl, 0, True)
