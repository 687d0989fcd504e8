"""Frames that a bridge passes on, as iptables sees them with bridge-nf-call-iptables=1 (br_netfilter_hooks.c).

An IPv4 packet in a bridged frame crosses PREROUTING, FORWARD (once a port) and POSTROUTING; both the way in and the way
out are the bridge, and the ports are known to -m physdev.  What goes up to the host's own stack has been through
PREROUTING already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netsandbox.linux.bridge import output, special, vlan
from netsandbox.linux.bridge.bridge import BROADCAST, KNOWN, LOCAL, MULTICAST, UNKNOWN, Bridge
from netsandbox.linux.bridge.fdb import FdbEntry
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.special import LINK_LOCAL
from netsandbox.linux.core.hooks import Hook, HookVerdict, SocketBuffer
from netsandbox.linux.core.kernel import Kernel
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.nud import CONNECTED
from netsandbox.linux.core.sysctl.defaults import GLOBALS
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged, PacketFragmented, SendFailed
from netsandbox.linux.ipv4.fragment import fragment
from netsandbox.linux.ipv4.input_route import route_input
from netsandbox.linux.netfilter.conntrack import confirm
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import ETH_P_IP, Frame, Malformed
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:

    from netsandbox.linux.core.devices.interface import Verdict

MODULE = "br_netfilter"
CALLS = "net.bridge.bridge-nf-call-"  # How the settings begin that say whose rules see bridged frames


def load(kernel: Kernel, namespaces: Sequence[NetworkNamespace]) -> None:
    """br_netfilter_init: with the module what bridges pass on is looked at, unless that is switched off again."""
    if MODULE in kernel.modules:
        return
    kernel.modules += (MODULE,)
    for namespace in namespaces:
        for key in GLOBALS:
            if key.startswith(CALLS):
                namespace.write_sysctl(key, 1)


class Waiting:
    """A packet with a new destination on its own bridge, while ARP asks for the MAC."""

    __slots__ = ("buffer", "port", "source")

    def __init__(self, buffer: SocketBuffer, port: BridgePort, source: int) -> None:
        self.buffer, self.port, self.source = buffer, port, source


class BridgeHooks:
    """What looks at the bridged frames of one namespace."""

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.waiting: list[Waiting] = []

    def look(self, bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict | None:
        """A frame at a port that forwards (br_nf_pre_routing); None: it is none of iptables' business."""
        packet = frame.payload
        if isinstance(packet, Malformed) and frame.ethertype == ETH_P_IP:
            return Dropped(DropReason[packet.reason] if packet.reason in DropReason.__members__
                           else DropReason.IP_INHDR, (packet.message,))
        if not isinstance(packet, IPv4Packet):
            return None
        if packet.checksum is not None and not packet.is_checksum_right:
            return Dropped(DropReason.IP_CSUM, (packet.checksum,))
        buffer = SocketBuffer(packet)
        buffer.frame, buffer.physical_in = frame, port.interface
        verdict = self._traverse(Hook.PREROUTING, buffer, bridge, None)
        if verdict is not None:
            return verdict
        if buffer.packet.dst != packet.dst:
            return self._redirected(bridge, port, frame, buffer)
        return self._finish(bridge, port, _holding(frame, buffer.packet), buffer)

    def _traverse(self, hook: Hook, buffer: SocketBuffer, entered: Bridge | None, leaves: Bridge | None) -> HookVerdict:
        return self.namespace.netfilter.traverse(self.namespace, hook, buffer, entered, leaves)

    # -- a new destination (br_nf_pre_routing_finish)

    def _redirected(self, bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer) -> Verdict:
        """DNAT: to the host's own stack, or on over the same bridge to another station."""
        packet = buffer.packet
        route = route_input(bridge, packet.src, packet.dst)
        if route.refusal is not None:
            return route.refusal
        if route.chosen is None or route.chosen.interface is not bridge:
            return self._finish(bridge, port, _holding(frame, packet, bridge.mac), buffer)
        return self._to_neighbour(bridge, port, frame, buffer)

    def _to_neighbour(self, bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer) -> Verdict:
        """br_nf_pre_routing_finish_bridge: the frame gets its new receiver's MAC and stays a bridged one.

        Where that MAC is not beyond doubt, the packet takes the way of those that the host sends by the bridge.
        """
        packet, neighbours = buffer.packet, self.namespace.neighbours
        entry = neighbours.ensure(bridge, packet.dst)
        if entry is None:
            return Dropped(DropReason.NEIGH_CREATEFAIL, (packet.dst,))
        if entry.cached and entry.state in CONNECTED:
            return self._finish(bridge, port, _holding(frame, packet, entry.mac or 0), buffer)
        self.waiting.append(Waiting(buffer, port, frame.src))
        neighbours.output(bridge, packet.dst, packet, None)
        return Outcome.QUEUED

    def resume(self, bridge: Bridge, frame: Frame) -> bool:
        """The bridge is to send a frame: is it one that waited for its MAC? It then goes on as a bridged one."""
        for waiting in self.waiting:
            if waiting.buffer.packet is frame.payload:
                self.waiting.remove(waiting)
                held = Frame(frame.dst, waiting.source, ETH_P_IP, waiting.buffer.packet)
                verdict = self._finish(bridge, waiting.port, held, waiting.buffer)
                if isinstance(verdict, Dropped):  # that it came was told long ago
                    self.namespace.record(SendFailed(bridge.place, held, verdict))
                return True
        return False

    # -- br_handle_frame_finish

    def _finish(self, bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer) -> Verdict:
        """Learn, look up, pass on; as Bridge.handle_frame does it without hooks."""
        if bridge.vlan_filtering:
            return vlan.handle_frame(bridge, port, frame, buffer)
        refusal = special.learn_source(bridge, port, frame)
        if refusal is not None:
            return refusal
        destination = frame.dst
        if destination & MAC_GROUP_BIT:
            return self._group(bridge, port, frame, buffer)
        verdict = self._one(bridge, port, frame, buffer, bridge.fdb.entries.get(destination))
        return self._also_up(bridge, frame, buffer) if bridge.takes_all and not buffer.skips_prerouting else verdict

    def _one(self, bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer,
             found: FdbEntry | None) -> Verdict:
        """A frame for one station, which is in a row or not."""
        destination = frame.dst
        if found is None:
            ports, _receivers = bridge.floods.plan(port, UNKNOWN).reach(port)
            self.send(bridge, port, ports, frame, UNKNOWN, False, None, buffer)
            return Outcome.BRIDGED if ports else Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "nobody"))
        if found.local:
            self.namespace.record((FrameBridged, bridge.place, port.interface.place, frame, (), True, LOCAL, None))
            self.hand(buffer, confirms=False)
            return bridge.pass_up(frame, destination == port.interface.mac)
        found.used = self.namespace.scheduler.now
        if found.port is None:
            return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))
        refusal = output.refusal_to(port, found.port, destination)
        if refusal is not None:
            return refusal
        return self.send(bridge, port, (found.port,), frame, KNOWN, False, found.seq, buffer)

    def _group(self, bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer) -> Verdict:
        if frame.dst >> 4 == LINK_LOCAL:
            return bridge.handle_group(port, frame)
        why = BROADCAST if frame.dst == BROADCAST_MAC else MULTICAST
        ports, _receivers = bridge.floods.plan(port, why).reach(port)
        self.send(bridge, port, ports, frame, why, True, None, buffer)
        return self._also_up(bridge, frame, buffer)

    def _also_up(self, bridge: Bridge, frame: Frame, buffer: SocketBuffer) -> Verdict:
        refused = self.hand(buffer, confirms=True)
        return bridge.pass_up(frame) if refused is None else refused

    def hand(self, buffer: SocketBuffer, confirms: bool) -> HookVerdict:
        """To the host's own stack, which need not ask PREROUTING again (ip_sabotage_in).

        Args:
            confirms: whether or not anybody takes it there (br_nf_local_in), as others get it too.
        """
        buffer.skips_prerouting = True
        self.namespace.netfilter.handed = buffer
        return confirm(self.namespace, buffer) if confirms else None

    # -- FORWARD and POSTROUTING, for each port by itself

    def send(self, bridge: Bridge, port: BridgePort, ports: Sequence[BridgePort], frame: Frame, why: Forwarding,
              to_host: bool, row: int | None, buffer: SocketBuffer) -> Verdict:
        leaving: dict[Frame, list[BridgePort]] = {} if ports or not to_host else {frame: []}
        verdict: HookVerdict = None
        for out in ports:
            twin = buffer.clone()
            refused = self._ask(bridge, out, twin)
            verdict = verdict or refused
            for sent in self._frames(bridge, out, frame, twin) if refused is None else ():
                leaving.setdefault(sent, []).append(out)
        for sent, outs in leaving.items():
            self.namespace.record((FrameBridged, bridge.place, port.interface.place, sent,
                                   tuple(out.interface.place for out in outs), to_host, why, row))
            for out in outs:
                output.send_one(out, sent)
        return verdict if verdict is not None and not leaving and not to_host else Outcome.BRIDGED

    def _ask(self, bridge: Bridge, out: BridgePort, buffer: SocketBuffer) -> HookVerdict:
        buffer.physical_out, buffer.mtu, buffer.next_hop = out.interface, bridge.mtu, 0
        verdict = self._traverse(Hook.FORWARD, buffer, bridge, bridge)
        if verdict is None:
            verdict = self._traverse(Hook.POSTROUTING, buffer, None, bridge)
        return verdict if verdict is not None else self._too_long(bridge, out, buffer)

    def _too_long(self, bridge: Bridge, out: BridgePort, buffer: SocketBuffer) -> Dropped | None:
        """br_nf_ip_fragment: what must stay whole, or came in longer pieces, is dropped and nobody is told."""
        packet, largest = buffer.packet, buffer.largest_piece
        size = packet.total_length
        if size <= out.interface.mtu or not (largest > bridge.mtu if largest else packet.df):
            return None
        return Dropped(DropReason.PKT_TOO_BIG, (size, out.interface.mtu))

    def _frames(self, bridge: Bridge, out: BridgePort, frame: Frame, buffer: SocketBuffer) -> list[Frame]:
        """The frame, or fragments as long as the port, or those that the packet came in (br_nf_dev_queue_xmit)."""
        packet, largest = buffer.packet, buffer.largest_piece
        if packet.total_length <= min(out.interface.mtu, largest or out.interface.mtu):
            return [_holding(frame, packet)]
        mtu = min(bridge.mtu, largest or bridge.mtu)
        pieces = fragment(packet, mtu, buffer.pieces)
        self.namespace.record(PacketFragmented(self.namespace.name, packet, len(pieces), mtu))
        return [Frame(frame.dst, frame.src, ETH_P_IP, piece) for piece in pieces]


def _holding(frame: Frame, packet: IPv4Packet, destination: int | None = None) -> Frame:
    """The frame with another packet, or to another station; itself where nothing is new."""
    if packet is frame.payload and destination is None:
        return frame
    return Frame(frame.dst if destination is None else destination, frame.src, ETH_P_IP, packet)


