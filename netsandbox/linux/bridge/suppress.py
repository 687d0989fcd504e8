"""neigh_suppress: a bridge answers ARP itself, so that questions cross no tunnel (net/bridge/br_arp_nd_proxy.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.bridge import output
from netsandbox.linux.bridge.fdb import FdbEntry
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.device_events import ArpAnswered
from netsandbox.linux.drop import Outcome
from netsandbox.linux.events import Forwarding, FrameBridged
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, is_multicast
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.devices.interface import Interface, Verdict

LOOPBACK = 127
VALID = frozenset({NudState.PERMANENT, NudState.NOARP, NudState.REACHABLE, NudState.PROBE, NudState.STALE,
                   NudState.DELAY})
"""NUD_VALID."""


def recalculate(bridge: Bridge) -> None:
    """br_recalculate_neigh_suppress_enabled: whether some port is to be spared questions."""
    bridge.suppresses = any(port.neigh_suppress for port in bridge.ports)
    for port in bridge.ports:
        port.note_simple()


def handle_frame(bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict:
    """br_handle_frame_finish, where no VLANs are filtered and the source has been learned."""
    is_kept = bridge.suppresses and keeps(bridge, port, frame)
    entry = bridge.fdb.entries.get(frame.dst)
    if frame.dst & MAC_GROUP_BIT and not is_kept:
        return bridge.handle_group(port, frame)
    if frame.dst & MAC_GROUP_BIT or entry is None:
        return _flood(bridge, port, frame, is_kept)
    if entry.local:
        bridge.namespace.record((FrameBridged, bridge.place, port.place, frame, (), True, Forwarding.LOCAL, None))
        return bridge.pass_up(frame, frame.dst == port.interface.mac)
    verdict = _forward(bridge, port, frame, entry)
    return bridge.pass_up(frame) if bridge.takes_all else verdict


def _forward(bridge: Bridge, port: BridgePort, frame: Frame, entry: FdbEntry) -> Verdict:
    assert entry.port is not None, "only the bridge's own rows name no port"
    entry.used = bridge.namespace.scheduler.now
    return output.forward(bridge, port, entry.port, frame, entry.seq)


def _flood(bridge: Bridge, port: BridgePort, frame: Frame, is_kept: bool) -> Verdict:
    why = Forwarding.BROADCAST if frame.dst == BROADCAST_MAC else (
        Forwarding.MULTICAST if frame.dst & MAC_GROUP_BIT else Forwarding.UNKNOWN)
    ports = [out for out in output.flood_ports(bridge, port, why) if not (is_kept and out.neigh_suppress)]
    to_host, passed = why is not Forwarding.UNKNOWN or bridge.takes_all, output.passed_over(bridge, port, ports)
    if ports or not to_host:
        output.send_by(bridge, port, ports, frame, why, to_host, passed=passed)
    else:
        bridge.namespace.record((FrameBridged, bridge.place, port.place, frame, (), True, why, None, passed))
    if to_host:
        bridge.pass_up(frame)
    return Outcome.BRIDGED


def keeps(bridge: Bridge, port: BridgePort, frame: Frame, vid: int = 0) -> bool:
    """br_do_proxy_suppress_arp: answer what can be answered; whether the frame is kept from ports that suppress (vid:
    of the VLAN that the frame is in, or 0)."""
    asked = frame.payload
    if not isinstance(asked, ArpPacket) or port.neigh_suppress or bridge.noarp or (
            asked.tpa >> 24 == LOOPBACK or is_multicast(asked.tpa)):
        return False
    if not frame.dst & MAC_GROUP_BIT and asked.op == REQUEST:
        return False
    if not asked.spa or asked.spa == asked.tpa:
        return True
    device = _host_device(bridge, vid)
    if asked.op != REQUEST or device is None:
        return False
    if bridge.namespace.routes.is_local(asked.tpa) and any(own.local == asked.tpa for own in device.addresses):
        return True
    neighbour = device.neighbours.get(asked.tpa)
    if neighbour is None or neighbour.state not in VALID or neighbour.mac is None:
        return False
    entry = bridge.fdb.entries.get(vid << 48 | neighbour.mac)
    if entry is None:
        return False
    if entry.port is not None and entry.port.neigh_suppress:
        _answer(bridge, port, asked, neighbour.mac)
    return True


def _host_device(bridge: Bridge, vid: int) -> Interface | None:
    """Whose neighbours are looked at: the bridge's own, or those of its VLAN device."""
    if not vid:
        return bridge
    return bridge.stack.vlans.get((bridge.vlan_protocol, vid)) if bridge.stack is not None else None


def _answer(bridge: Bridge, port: BridgePort, asked: ArpPacket, mac: int) -> None:
    """br_arp_send: in the owner's name, by the port that the question came from."""
    bridge.namespace.record(ArpAnswered(bridge.label, port.interface.name, asked.tpa, mac))
    port.interface.transmit(Frame(asked.sha, mac, ETH_P_ARP, ArpPacket(REPLY, mac, asked.tpa, asked.sha, asked.spa)))
