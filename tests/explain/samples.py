"""Realistic events of every kind, and the events modules themselves."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import netsandbox
from netsandbox.apps.events import NameUnknown
from netsandbox.docker.events import (
    AddressAnnounced,
    AddressReleased,
    ContainerExited,
    ContainerPaused,
    ContainerRenamed,
    ContainerStarted,
    ContainerUnpaused,
    DaemonFailed,
    DaemonStarted,
    DaemonStopped,
    NetworkConnected,
    NetworkCreated,
    NetworkDisconnected,
    NetworkRemoved,
    PoolRefused,
    PublishRefused,
    SubnetRefused,
)
from netsandbox.engine.trace import QueueDropped, Storm
from netsandbox.lab import events as lab_events
from netsandbox.lab.lab import Lab
from netsandbox.linux import device_events as devices
from netsandbox.linux import events
from netsandbox.linux.core.devices.cable import LongCable
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_value import RouteValue
from netsandbox.linux.netfilter.connection import FlowTuple
from netsandbox.linux.netfilter.events import ChainWalk, ConnectionChanged, PacketLogged, RuleSeen, RulesGone
from netsandbox.linux.netfilter.listing import Line
from netsandbox.linux.tcp import events as tcp
from netsandbox.wire.addresses import BROADCAST_MAC, Network, parse_ipv4, parse_mac
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, ETH_P_IP, Frame, Malformed
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

A, B, FAR, GROUP = (parse_ipv4(text) for text in ("172.17.0.2", "172.17.0.3", "203.0.113.9", "224.0.0.5"))
MAC_A, MAC_B = parse_mac("0a:5e:4f:11:00:02"), parse_mac("0a:5e:4f:11:00:03")


def events_modules() -> Iterator[Any]:
    """Every module below explain that holds events."""
    yield importlib.import_module("netsandbox.engine.trace")
    for found in pkgutil.walk_packages(netsandbox.__path__, "netsandbox."):
        name = found.name.rpartition(".")[2]
        if "event" in name and not found.name.startswith(("netsandbox.tui", "netsandbox.explain")):
            yield importlib.import_module(found.name)


def event_classes() -> list[type]:
    """The named tuples of the events modules; bases, a trace's Record, Step and Alike, and a walk's parts are none."""
    return [value for module in events_modules() for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields")
            and value.__module__ == module.__name__ and not value.__name__.startswith("_")
            and value.__name__ not in ("Record", "Step", "Alike", "RuleSeen", "ChainWalk")]


@cache
def lab() -> Lab:
    """nginx-1 and nginx-2 on docker0; a hub with two hosts."""
    made = Lab(1)
    made.scheduler.begin()
    made.add_container("nginx-1")
    made.add_container("nginx-2")
    made.add_hub("hub1")
    made.add_host("pc1")
    made.connect("pc1", "hub1")
    made.scheduler.run_until_quiet()
    return made


def frames() -> dict[str, Frame]:
    """A frame of each sort that a sentence can be about."""
    arp = {"request": (REQUEST, MAC_A, A, 0, B), "announcement": (REQUEST, MAC_A, A, 0, A),
           "detection": (REQUEST, MAC_A, 0, 0, A), "other": (9, MAC_A, A, 0, B)}
    made = {f"arp-{name}": Frame(BROADCAST_MAC, MAC_A, ETH_P_ARP, ArpPacket(*fields)) for name, fields in arp.items()}
    made["arp-check"] = Frame(MAC_B, MAC_A, ETH_P_ARP, ArpPacket(REQUEST, MAC_A, A, 0, B))
    made["arp-reply"] = Frame(MAC_A, MAC_B, ETH_P_ARP, ArpPacket(REPLY, MAC_B, B, MAC_A, A))
    for name, packet in packets().items():
        made[name] = Frame(MAC_B, MAC_A, ETH_P_IP, packet)
    made["malformed"] = Frame(MAC_B, MAC_A, ETH_P_IP, Malformed(b"\x00", "IP_INHDR", "IPv4 needs 20 bytes, here is 1"))
    made["ipv6"] = Frame(MAC_B, MAC_A, 0x86DD, b"\x60")
    return made


def packets() -> dict[str, IPv4Packet]:
    def ip(protocol: int, payload: Any, **options: Any) -> IPv4Packet:
        return IPv4Packet(A, B, protocol, payload, **options)
    return {
        "echo-request": ip(ICMP, echo(ECHO_REQUEST, 7, 1, b"")), "echo-reply": ip(ICMP, echo(ECHO_REPLY, 7, 1, b"")),
        "icmp-error": ip(ICMP, IcmpMessage(3, 1, 0, b"")), "icmp-odd": ip(ICMP, IcmpMessage(12, 7, 0, b"")),
        "icmp": ip(ICMP, IcmpMessage(13, 0, 0, b"")), "udp": ip(UDP, UdpDatagram(40000, 53, b"")),
        "tcp": ip(TCP, TcpSegment(40000, 80, 1, 0, SYN, 64240)), "fragment": ip(UDP, b"12345678", offset=1480),
        "other": ip(89, b""), "group": IPv4Packet(A, GROUP, UDP, UdpDatagram(1, 2, b""))}


OPERANDS: dict[DropReason, list[tuple[Any, ...]]] = {
    DropReason.BRIDGE_INGRESS_VLAN: [(10, "p1"), (0, "p1")],
    **{reason: [(10, "p1")] for reason in (DropReason.BRIDGE_EGRESS_VLAN, DropReason.VLAN_UNKNOWN,
                                           DropReason.VXLAN_VNI_NOT_FOUND, DropReason.TUNNEL_UNKNOWN)},
    **{reason: [("t0",)] for reason in (DropReason.DEV_NULL, DropReason.NO_TX_TARGET, DropReason.RECURSION_LIMIT,
                                        DropReason.BOND_INACTIVE, DropReason.MACVLAN_FOREIGN,
                                        DropReason.TUN_NO_READER, DropReason.TUNNEL_INVALID,
                                        DropReason.VXLAN_INVALID_HDR, DropReason.VXLAN_ENTRY_EXISTS,
                                        DropReason.LOCAL_MAC)},
    DropReason.QDISC_DROP: [("eth0", "netem", "loss")],
    DropReason.IGMP_INVALID: [("p1",)],
    DropReason.BPDU_INVALID: [("p1",), ("guard", "p1")],
    DropReason.OTHERHOST: [(), ("promiscuous",), ("TCP", "broadcast frame")],
    DropReason.NO_SOCKET: [("udp", 53), ("tcp", 80), ("tcp", 80, 0xAC110002, "nc", 0x7F000001),
                           ("tcp", 80, 0xAC110002, 80, 0x7F000001, 9090)],
    DropReason.PKT_TOO_SMALL: [(12,), ("IPv4 needs 20 bytes, here are 12",)],
    DropReason.TCP_CSUM: [(0x1234,)],
    DropReason.UDP_CSUM: [(0x1234,)],
    DropReason.IP_CSUM: [(0x1234,), ("total length 3 in 20 bytes",)],
    DropReason.ICMP_CSUM: [(0x1234, 0x4321)],
    DropReason.IP_INHDR: [("TTL", 1), ("empty", 7), ("overlap", 8), ("beyond the end", 99), ("IP version 6",),
                          ("options", 22), ("source route", 0xAC110002)],
    DropReason.IP_RPFILTER: [(A, 1)],
    DropReason.IP_INNOROUTES: [(FAR, ""), (FAR, "unreachable 203.0.113.0/24"),
                               (FAR, "32763: from 10.0.0.0/8 prohibit", "rule")],
    DropReason.NOT_JOINED: [(GROUP,)],
    DropReason.IP_INADDRERRORS: [(FAR, "ip_forward"), (FAR, "broadcast frame"), (FAR, "multicast frame")],
    DropReason.UNICAST_IN_L2_MULTICAST: [(A,)],
    DropReason.IP_LOCALNET: [(parse_ipv4("127.0.0.1"),)],
    DropReason.IP_LOCAL_SOURCE: [(A,)],
    DropReason.IP_INVALID_SOURCE: [(GROUP,)],
    DropReason.IP_INVALID_DEST: [(7,)],
    DropReason.IP_NOPROTO: [(89,)],
    DropReason.INVALID_PROTO: [(13,), (0, "broadcast")],
    DropReason.UNHANDLED_PROTO: [(0x86DD,), (0x26,)],
    DropReason.PKT_TOO_BIG: [(1600, 1500), (1614,), (28, 20)],
    DropReason.NEIGH_CREATEFAIL: [("172.17.0.3",), (B,)],
    DropReason.NEIGH_FAILED: [("172.17.0.3",), ("172.17.0.3", "above", "web", "eth0"),
                              ("172.17.0.3", "below", "host", "eth0"),
                              ("172.17.0.3", "ended", "1", "eth0"), ("172.17.0.3", "link", "172.17.0.0/16", "eth0")],
    DropReason.NEIGH_QUEUEFULL: [("172.17.0.3",)],
    DropReason.NEIGH_DEAD: [("172.17.0.3",)],
    DropReason.DUP_FRAG: [(1480,)],
    DropReason.FRAG_REASM_TIMEOUT: [(1480,)],
    DropReason.FRAG_TOO_FAR: [(70000,), ("distance", 1480), ("memory", 4096)],
    DropReason.NETFILTER_DROP: [(), ("FORWARD policy",), ("-A DOCKER ! -i br0 -o br0 -j DROP",),
                                ("-A DOCKER-FORWARD -i br0 -o br0 -j DROP",),
                                ("-A DOCKER-INTERNAL ! -d 10.0.0.0/8 -i br0 -j DROP",),
                                ("-t raw -A PREROUTING -d 10.0.0.2/32 ! -i br0 -j DROP",),
                                ("-t raw -A PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp --dport 1 -j DROP",),
                                ("table full", 2), ("clash",), ("cut short",), ("moved",),
                                ("icmp error",), ("redirect",), ("no address",), ("no way", "ENETUNREACH"),
                                ("all over",)],
    DropReason.BRIDGE_INGRESS_STP_STATE: [("blocking",), ("locked",)],
    DropReason.BRIDGE_NO_EGRESS_PORT: [(MAC_B, "same port"), (MAC_B, "disabled"), (MAC_B, "isolated"),
                                       (MAC_B, "nobody"), (MAC_B,), ("hub",)],
    DropReason.MAC_INVALID_SOURCE: [(0,)],
    DropReason.ARP_INVALID: [("op", 9), ("target", GROUP), ("gratuitous", A), ("NOARP", "eth0"),
                             ("ARP for hardware type 6",)],
    DropReason.ICMP_IGNORED: [("icmp_echo_ignore_broadcasts",), ("icmp_echo_ignore_all",), ("redirect", A),
                              ("accept_redirects",)],
    DropReason.TCP_LISTEN_OVERFLOW: [(80, 2, 1)],
    DropReason.SOCKET_FILTER: [(8080,)],
    DropReason.PROTO_MEM: [(80,)],
    **{reason: [(80,)] for reason in DropReason if reason.name.startswith("TCP_") and reason.name not in (
        "TCP_CSUM", "TCP_LISTEN_OVERFLOW")},
}
"""What the stack gives each reason; the others come without."""


def drops() -> list[Dropped]:
    return [Dropped(reason, operands) for reason in DropReason for operands in OPERANDS.get(reason, [()])]


def _verdicts() -> Iterator[Any]:
    yield from Outcome
    yield from drops()


def _of_frames() -> Iterator[Any]:
    eth0 = lab().interface("nginx-1:eth0").place
    cable = LongCable(lab().interface("nginx-1:eth0"), 5)
    for frame in frames().values():
        yield events.FrameSent(eth0, frame)
        for verdict in _verdicts():
            yield events.FrameReceived(eth0, frame, verdict)
        yield events.FrameReceived(cable.place, frame, Outcome.QUEUED)
        for drop in drops():
            yield events.SendFailed(eth0, frame, drop)
        yield from _bridgings(frame)


def _bridgings(frame: Frame) -> Iterator[Any]:
    bridge = lab().docker().bridge
    hub = lab().nodes["hub1"].hub  # type: ignore[attr-defined]
    for why in Forwarding:
        switch = hub.place if why is Forwarding.REPEAT else bridge.place
        ports = (tuple(port.place for port in hub.ports) if why is Forwarding.REPEAT
                 else tuple(port.interface.place for port in bridge.ports))
        yield events.FrameBridged(switch, ports[0], frame, ports[1:], True, why, None)
        yield events.FrameBridged(switch, None, frame, ports, False, why, None)
        yield events.FrameBridged(switch, None, frame, ports * 20, False, why, None)


NEIGHBOUR_CHANGES = ("asked", "no probes", "used", "confirmed", "unconfirmed", "unanswered", "expired",
                     "expired in use", "it asked", "it answered", "it was heard", "by hand", "deleted")
NEIGHBOUR_REMOVALS = ("deleted", "link down", "link removed", "no address", "no carrier", "new MAC", "arp on",
                      "arp off", "garbage collected", "expired")
LINK_CHANGES = ("added", "removed", "up", "down", "carrier", "no-carrier", "name", "mac", "mtu", "master", "nomaster")
FORGETTINGS = ("aged", "port", "vlan", "deleted", "flushed")


def _of_tables() -> Iterator[Any]:
    eth0, bridge = lab().interface("nginx-1:eth0").place, lab().docker().bridge.place
    ports = [port.interface.place for port in lab().docker().bridge.ports]
    yield events.FdbLearned(bridge, MAC_A, ports[0], None)
    yield events.FdbLearned(bridge, MAC_A, ports[1], ports[0])
    yield from (events.FdbForgotten(bridge, MAC_A, ports[0], why) for why in FORGETTINGS)
    for why in NEIGHBOUR_CHANGES:
        yield events.NeighbourChanged(eth0, B, NudState.STALE, NudState.DELAY, MAC_B, why)
    for why in NEIGHBOUR_REMOVALS:
        yield events.NeighbourChanged(eth0, B, NudState.STALE, None, None, why)
    yield from (events.AddressChanged(eth0, Network(A, 16), added) for added in (True, False))
    yield from (events.RouteChanged(eth0.namespace, *_route("unicast"), added) for added in (True, False))
    for interface in (eth0, bridge, eth0._replace(name="bond0", kind="bond")):
        yield from (events.LinkChanged(interface, what, "docker0") for what in LINK_CHANGES)
    yield events.SettingChanged("host", "net.ipv4.conf.eth0/10.rp_filter", "1", "0")
    yield from (events.PortStateChanged(bridge, ports[0], state)
                for state in ("disabled", "listening", "learning", "forwarding", "blocking"))


def _route(kind: str) -> RouteValue:
    return Route(Network(A & 0xFFFF0000, 16), kind, interface=lab().interface("nginx-1:eth0")).value()


FLOW = FlowTuple(17, 0x01020304, 0x05060708, 9, 53)
LINE = Line(FLOW, FLOW.inverted(), 29, 0, 0, 0, None)


def _of_routes() -> Iterator[Any]:
    eth0 = lab().interface("nginx-1:eth0").place
    namespace = eth0.namespace
    gateway = parse_ipv4("172.17.0.1")
    yield events.RouteChosen(namespace, B, _route("unicast"), None, eth0, B, A, 1500, 2)
    yield events.RouteChosen(namespace, FAR, _route("unicast"), gateway, eth0, gateway, A, 1500, 1)
    lo = lab().namespace("nginx-1").lo.place
    yield events.RouteChosen(namespace, A, _route("local"), None, lo, None, A, 65536, 3)
    yield events.RouteChosen(namespace, GROUP, _route("unicast"), None, eth0, None, A, 1500, 0)
    for error in ("ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL", "ENODEV"):
        yield events.RouteMissing(namespace, FAR, error, None)
        yield events.RouteMissing(namespace, FAR, error, _route("prohibit"))
        yield events.RouteMissing(namespace, FAR, error, _route("prohibit"), "100: from 10.0.0.0/8 lookup 7")
    for why in ("new", "state", "expired", "reset", "reopened", "deleted", "early drop", "address gone",
                "another way out", "succeeded"):
        yield ConnectionChanged(namespace, LINE, why, 0)
    yield events.PathMtuLearned(namespace, FAR, 1400)
    yield events.RedirectTaken(namespace, FAR, gateway)


WALKS = (ChainWalk("filter", "FORWARD", (
    RuleSeen("FORWARD", 1, "-s 10.0.0.0/8 -j DROP", "-s 10.0.0.0/8", "172.17.0.2", 0, 0),
    RuleSeen("FORWARD", 2, "-m comment --comment x", "", "", 1, 84)), "DROP", True),)


def _of_packets() -> Iterator[Any]:
    eth0 = lab().interface("nginx-1:eth0").place
    namespace = eth0.namespace
    yield RulesGone(namespace, "nat", (("POSTROUTING", "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"), ("DOCKER", "")))
    for packet in packets().values():
        yield events.VerdictGiven(namespace, "FORWARD", packet, None)
        yield events.VerdictGiven(namespace, "FORWARD", packet, Dropped(DropReason.NETFILTER_DROP, ("-j DROP",)), WALKS)
        yield events.VerdictGiven(namespace, "PREROUTING", packet, Outcome.QUEUED)
        yield events.VerdictGiven(namespace, "PREROUTING", packet, None, WALKS, "eth0", "docker0", packet.with_ttl(9),
                                  "NEW ORIGINAL icmp src=1.2.3.4 dst=5.6.7.8 type=8 code=0 id=1", 0)
        yield PacketLogged(namespace, packet, "IN=eth0 OUT= SRC=1.2.3.4")
        yield events.PacketQueued(eth0, packet, B)
        yield from (events.ArpWithheld(eth0, A, B, why) for why in ("arp_ignore", "arp_filter", "IP_RPFILTER", "OTHER"))
        yield from (events.PacketDropped(namespace, packet, drop) for drop in drops())
        yield events.PacketFragmented(namespace, packet, 3, 1500)
        yield events.FragmentHeld(namespace, packet, 1480)
        yield events.PacketReassembled(namespace, packet)
        yield from (events.IcmpErrorSent(namespace, kind, code, packet, A)
                    for kind, code in ((3, 0), (3, 1), (3, 4), (3, 9), (5, 1), (11, 0), (11, 1), (12, 0)))
        yield from (events.IcmpSuppressed(namespace, 3, 1, packet, why)
                    for why in ("rate", "broadcast", "busy", "error", "fragment"))


def _of_sockets() -> Iterator[Any]:
    namespace = "host"
    for address in (0, A):
        for kind in (events.SocketMatched, events.SocketBound, events.SocketClosed):
            yield kind(namespace, "tcp", address, 80, "nginx")
        for error, holder in (("EADDRINUSE", "nginx"), ("EADDRINUSE", ""), ("EADDRNOTAVAIL", ""), ("EACCES", "")):
            yield events.BindRefused(namespace, "tcp", address, 80, "nginx", error, holder)
    for servers in ((), (0x7F00000B,), (A, FAR)):
        yield NameUnknown(namespace, "nginx-2", "Name or service not known", servers)
    yield NameUnknown(namespace, "host.docker.internal", "Name or service not known", (0x08080808,))


def _of_connections() -> Iterator[Any]:
    ends = "nginx-1", A, 80, B, 40000
    for why in ("connect", "handshake", "syn", "fin", "close", "ack", "rst", "icmp", "abort", "timewait", "timeout",
                "reuse", "odd"):
        yield tcp.TcpStateChanged(*ends, "SYN_SENT", "ESTABLISHED", why)
    for why in ("timeout", "fast", "tail", "mtu", "window", "syn"):
        for what in ("syn", "synack", "data", "fin", "probe"):
            yield tcp.TcpRetransmitted(*ends, what, why, 1448, 1, 200_000_000)
    for why in ("no socket", "handshake", "time-wait", "closed", "unread data", "abort", "keepalive", "odd"):
        yield tcp.TcpResetSent(*ends, why)
    for why in ("rst", "timeout", "icmp", "odd"):
        yield tcp.TcpFailed(*ends, "ECONNRESET" if why != "timeout" else "ETIMEDOUT", why)
    yield tcp.TcpFailed(*ends, "EHOSTUNREACH", "timeout")
    yield tcp.TcpWindowShut(*ends, 2000)
    yield tcp.TcpSegmentsSmaller(*ends, 1024)
    yield tcp.TcpCookieSent(*ends, 128)
    yield tcp.TcpKeepaliveEnded(*ends, 100)
    yield from (tcp.TcpChallenged(*ends, why) for why in ("syn", "rst", "ack", "odd"))


def _of_people() -> Iterator[Any]:
    yield ContainerStarted("host", "nginx-1", "nginx", "bridge", A, MAC_A)
    yield ContainerStarted("host", "nginx-1", "nginx", "host", 0, 0)
    yield ContainerExited("host", "nginx-1", 1)
    yield DaemonStarted("host")
    yield DaemonStopped("host")
    yield DaemonFailed("host")
    yield ContainerPaused("host", "nginx-1")
    yield ContainerUnpaused("host", "nginx-1")
    yield AddressAnnounced("nginx-1", A, MAC_A, 2)
    yield AddressReleased("host", "nginx-1", A)
    yield PublishRefused("host", "nginx-1", 8080, "tcp", "web")
    yield PoolRefused("host", 30)
    yield SubnetRefused("host", "172.18.0.0/16", "mynet")
    yield ContainerRenamed("host", "nginx-1", "web")
    yield NetworkCreated("host", "mynet", "172.18.0.0/16", "br-0123456789ab")
    yield NetworkRemoved("host", "mynet")
    yield NetworkConnected("host", "mynet", "nginx-1", "eth1", A, MAC_A)
    yield NetworkConnected("host", "mynet", "nginx-1", "", 0, 0)
    yield NetworkDisconnected("host", "mynet", "nginx-1")
    yield lab_events.CommandRun("ping nginx-1 172.17.0.3")
    for kind in ("host", "container", "hub", "switch", "bridge", "router"):
        yield lab_events.NodeAdded(kind, "pc1")
        yield lab_events.NodeRemoved(kind, "pc1")
    yield lab_events.CableConnected("pc1:eth0", "hub1:p1")
    yield lab_events.CableDisconnected("pc1:eth0", "hub1:p1")
    yield Storm(10_000)
    yield QueueDropped(4000)


def _of_devices() -> Iterator[Any]:
    yield devices.TagPushed("pc1:eth0.10", "eth0", 10, "802.1Q")
    yield from (devices.VlanEntered("sw1:br0", "p1", 10, tagged) for tagged in (True, False))
    yield from (devices.VlanLeft("sw1:br0", "p1, p2", 10, tagged) for tagged in (True, False))
    yield devices.BpduTaken("sw1:p1", 32768, "02:00:00:00:a1:00", 2, "02:00:00:00:a2:00")
    yield from (devices.RootChosen("sw1:br0", 32768, "02:00:00:00:a1:00", port, 2) for port in ("p1", ""))
    yield from (devices.TopologyChanged("sw1:br0", changing) for changing in (True, False))
    for kind, why in (("vxlan", "flood"), ("vxlan", "row"), ("gre", "remote"), ("ipip", "route")):
        yield devices.Encapsulated("host:t0", kind, 42, A, why)
        yield devices.Decapsulated("host:t0", kind, 42, A)
    yield devices.ArpAnswered("host:br0", "eth1", A, MAC_A)
    yield from (devices.VtepMissing("host:vx0", address, mac) for address, mac in ((A, 0), (0, MAC_A)))
    yield devices.Encapsulated("host:vx0", "vxlan", 42, B, "local")
    yield from (devices.VtepLearned("host:vx0", MAC_A, A, previous) for previous in (0, B))
    yield from (devices.ChildChosen("host:eth0", "m1:eth0", why)
                for why in ("mac", "address", "sibling", "broadcast", "source", "passthru"))
    yield from (devices.SlaveChosen("host:bond0", "e1", why) for why in (
        "active", "turn", "all", "layer2", "layer2+3", "layer3+4"))
    for why in ("link", "primary", "enslaved", "released"):
        yield from (devices.ActiveSlaveChanged("host:bond0", slave, previous, why)
                    for slave, previous in (("e1", ""), ("e1", "e2"), ("", "e1")))
    yield from (devices.FrameShaped("host:eth0", "netem", what, 100_000_000)
                for what in ("delayed", "duplicated", "corrupted", "reordered", "shaped", "sorted", "waited"))
    yield devices.RuleMatched("host", FAR, 100, "from 10.0.0.0/8 lookup 5")
    yield devices.GroupJoined("br0", "p1", FAR)
    yield devices.GroupLeft("br0", "p1", FAR)
    yield devices.NextHopChanged("host", "id 1 via 10.1.0.254 dev e1", True)
    yield devices.NextHopChanged("host", "id 10 group 1/2", False)
    yield devices.PathChosen("host", FAR, "via 10.1.0.254 dev e1", 2, 1)


@cache
def all_events() -> tuple[Any, ...]:
    """One event or more of every class and every case."""
    sources = (_of_frames, _of_tables, _of_routes, _of_packets, _of_sockets, _of_connections, _of_people,
               _of_devices)
    return tuple(event for source in sources for event in source())
