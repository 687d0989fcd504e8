"""What an event looked at, as texts: which words it takes, and the fields that go into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from netsandbox.apps.events import NO_DATA, NOT_KNOWN, OTHER_FAMILY, TRY_AGAIN, NameUnknown
from netsandbox.docker import events as docker
from netsandbox.engine.trace import QueueDropped, Storm
from netsandbox.explain import devices
from netsandbox.explain import operands_of_frames as frames
from netsandbox.explain import operands_of_rules as rules
from netsandbox.explain import operands_of_tcp as tcp
from netsandbox.explain.drops import reason_clause
from netsandbox.explain.voice import Voice, port_name, safe
from netsandbox.lab import events as lab
from netsandbox.linux import events as linux
from netsandbox.linux.drop import Dropped
from netsandbox.wire.addresses import format_ipv4, format_mac

ERRORS = {NOT_KNOWN: "gai.noname", TRY_AGAIN: "gai.again", NO_DATA: "gai.nodata", OTHER_FAMILY: "gai.addrfamily"}
PASSED = ("isolated", "flag", "vlan", "neighbour")  # Why a flood does not leave by a port that forwards
DESKTOP_NAMES = ("host.docker.internal", "gateway.docker.internal")
"""What Docker Desktop calls the machine that it runs on."""
EMBEDDED_SERVER = 0x7F00000B  # 127.0.0.11: Docker's name server, in containers on networks that somebody made


class Operands(NamedTuple):
    """A key of the catalogue and its fields."""

    key: str
    fields: dict[str, str]
    lines: tuple[str, ...] = ()  # More that was looked at, in words already


Teller = Callable[[Any, Voice], Operands]


def operands(event: Any, voice: Voice) -> Operands:
    """The words for an event; a kind of event that has none is told by its name."""
    teller = TELLERS.get(type(event))
    if teller is None:
        return Operands("Unknown", {"event": type(event).__name__})
    return teller(event, voice)


# -- frames


def _sent(event: linux.FrameSent, voice: Voice) -> Operands:
    return Operands(f"FrameSent{frames.arp_case(event.frame)}", frames.fields(event.interface, event.frame, voice))


def _received(event: linux.FrameReceived, voice: Voice) -> Operands:
    fields = frames.fields(event.interface, event.frame, voice)
    if isinstance(event.verdict, Dropped):
        return _dropped("FrameReceived.dropped", event.verdict, fields, event.frame, voice)
    case = frames.outcome_case(event.interface, event.frame, event.verdict)
    return Operands(f"Outcome.{event.verdict.name}{case}", fields)


def _send_failed(event: linux.SendFailed, voice: Voice) -> Operands:
    return _dropped("SendFailed", event.verdict, frames.fields(event.interface, event.frame, voice), event.frame, voice)


def _packet_dropped(event: linux.PacketDropped, voice: Voice) -> Operands:
    fields = {"where": safe(event.namespace), "packet": voice.packet(event.packet)}
    return _dropped("PacketDropped", event.verdict, fields, event.packet, voice)


def _dropped(key: str, verdict: Dropped, fields: dict[str, str], what: devices.Ended, voice: Voice) -> Operands:
    """A drop's operands are those of its reason: `explain` asks for them by the same key."""
    clause = reason_clause(verdict, what, voice)
    return Operands(key, fields | {"why": clause})


def _bridged(event: linux.FrameBridged, voice: Voice) -> Operands:
    frame = event.frame
    host_too = event.to_host and event.why is not linux.Forwarding.LOCAL
    return Operands(f"Forwarding.{event.why.name}", {
        "bridge": voice.label(event.bridge), "frame": voice.frame(frame), "dst": voice.mac(frame.dst),
        "station": voice.station(frame.dst), "address": format_mac(frame.dst),
        "ports": voice.ports(event.ports, event.bridge),
        "port": port_name(event.port, event.bridge) if event.port is not None else voice.say("port.host"),
        "host": voice.say("host.too") if host_too else ""}, passed_over(event, voice))


def passed_over(event: linux.FrameBridged, voice: Voice) -> tuple[str, ...]:
    """Why a flood does not leave by a port, one by one."""
    return tuple(voice.say(f"passed.{why}" if why in PASSED else "passed.state", port=port_name(port, event.bridge),
                           state="" if why in PASSED else voice.say(f"state.{why}"))
                 for port, why in event.passed_over)


# -- tables


def _learned(event: linux.FdbLearned, voice: Voice) -> Operands:
    moved = event.previous is not None
    return Operands("FdbLearned.moved" if moved else "FdbLearned", {
        "bridge": voice.label(event.bridge), "mac": voice.mac(event.mac),
        "port": port_name(event.port, event.bridge),
        "previous": port_name(event.previous, event.bridge) if event.previous is not None else ""})


def _forgotten(event: linux.FdbForgotten, voice: Voice) -> Operands:
    return Operands(f"FdbForgotten.{event.why}", {
        "bridge": voice.label(event.bridge), "mac": voice.mac(event.mac),
        "port": port_name(event.port, event.bridge)})


def _neighbour(event: linux.NeighbourChanged, voice: Voice) -> Operands:
    case = event.why if event.new is not None else f"gone.{event.why}"
    return Operands(f"NeighbourChanged.{case}", {
        "where": voice.label(event.interface), "address": voice.ip(event.address), "old": event.old.name,
        "new": event.new.name if event.new is not None else "", "mac": format_mac(event.mac) if event.mac else ""})


def _address(event: linux.AddressChanged, voice: Voice) -> Operands:
    return Operands("AddressChanged.added" if event.added else "AddressChanged.removed", {
        "where": voice.label(event.interface), "network": str(event.address), "length": str(event.address.length)})


def _route_changed(event: linux.RouteChanged, _voice: Voice) -> Operands:
    route = event.route
    return Operands("RouteChanged.added" if event.added else "RouteChanged.removed", {
        "ns": safe(event.namespace), "route": safe(str(route)), "table": safe(route.table),
        "metric": str(route.metric) if route.metric else ""})


# -- packets


def _route(event: linux.RouteChosen, voice: Voice) -> Operands:
    many = "routes.one" if event.considered == 1 else "routes"
    group = event.next_hop is None
    case = "gateway" if event.gateway is not None else "direct"
    if event.route.type == "local":
        case = "local"
    elif group:
        case = "group"
    return Operands(f"RouteChosen.{case}", {
        "ns": safe(event.namespace), "destination": voice.ip(event.destination), "where": voice.label(event.interface),
        "gateway": voice.ip(event.gateway) if event.gateway is not None else "", "route": safe(str(event.route)),
        "prefix": voice.say("prefix", prefix=str(event.route.destination)),
        "considered": voice.say(many, count=str(event.considered)) if event.considered else "",
        "source": voice.ip(event.source), "mtu": str(event.mtu)})


def _no_route(event: linux.RouteMissing, voice: Voice) -> Operands:
    case = "" if event.route is None else ".rule" if event.rule else ".route"
    return Operands(f"RouteMissing{case}", {
        "rule": safe(event.rule), "ns": safe(event.namespace), "destination": voice.ip(event.destination),
        "error": _errno(event.error, voice), "route": safe(str(event.route)) if event.route is not None else ""})


def _errno(name: str, voice: Voice) -> str:
    return voice.say_or(f"errno.{name}", "errno", error=safe(name))


def _of_rules(event: Any, voice: Voice) -> Operands:
    return Operands(*rules.TELLERS[type(event)](event, voice))


def _queued(event: linux.PacketQueued, voice: Voice) -> Operands:
    return Operands("PacketQueued", {"where": voice.label(event.interface), "packet": voice.packet(event.packet),
                                     "next_hop": voice.ip(event.next_hop)})


def _of_packet(event: Any, voice: Voice) -> Operands:
    """PacketFragmented, FragmentHeld, PacketReassembled: the packet, and numbers."""
    fields = {"ns": safe(event.namespace), "packet": voice.packet(event.packet), "size": str(event.packet.total_length)}
    numbers = {name: str(getattr(event, name)) for name in ("pieces", "mtu", "have") if hasattr(event, name)}
    return Operands(type(event).__name__, fields | numbers)


def _icmp_error(event: linux.IcmpErrorSent, voice: Voice) -> Operands:
    return Operands("IcmpErrorSent", {
        "ns": safe(event.namespace), "to": voice.ip(event.to), "packet": voice.packet(event.about),
        "name": voice.icmp(event.type, event.code), "type": str(event.type), "code": str(event.code)})


def _icmp_silence(event: linux.IcmpSuppressed, voice: Voice) -> Operands:
    return Operands(f"IcmpSuppressed.{event.why}", {
        "ns": safe(event.namespace), "packet": voice.packet(event.about),
        "name": voice.icmp(event.type, event.code)})


def _withheld(event: linux.ArpWithheld, voice: Voice) -> Operands:
    case = event.why if event.why.startswith("arp_") else "source"
    return Operands(f"ArpWithheld.{case}", {
        "where": voice.label(event.interface), "address": voice.ip(event.address), "sender": voice.ip(event.sender),
        "reason": {"IP_RPFILTER": "rp_filter"}.get(event.why, event.why)})


def _learned_way(event: linux.PathMtuLearned | linux.RedirectTaken, voice: Voice) -> Operands:
    fields = {"ns": safe(event.namespace), "destination": voice.ip(event.destination)}
    if isinstance(event, linux.PathMtuLearned):
        return Operands("PathMtuLearned", fields | {"mtu": str(event.mtu)})
    return Operands("RedirectTaken", fields | {"gateway": voice.ip(event.gateway)})


def _socket(event: Any, voice: Voice) -> Operands:
    """SocketMatched, SocketBound, SocketClosed, BindRefused."""
    key = type(event).__name__
    fields = {"ns": safe(event.namespace), "protocol": event.protocol.upper(), "port": str(event.port),
              "address": voice.ip(event.address) if event.address else voice.say("any-address"),
              "process": safe(event.process)}
    if isinstance(event, linux.BindRefused):
        key = f"{key}.{event.error}"
        fields["error"] = _errno(event.error, voice)
        fields["holder"] = safe(event.holder) or voice.say("holder.nobody")
    return Operands(key, fields)


def _name(event: NameUnknown, voice: Voice) -> Operands:
    case = "" if not event.servers else ".docker" if EMBEDDED_SERVER in event.servers else ".others"
    case = ".desktop" if case and event.name in DESKTOP_NAMES else case
    return Operands(f"NameUnknown{case}", {
        "ns": safe(event.namespace), "name": safe(event.name), "error": voice.say(ERRORS[event.error]),
        "servers": ", ".join(map(format_ipv4, event.servers))})


def _publish(event: docker.PublishRefused, voice: Voice) -> Operands:
    fields = _plain(event, voice).fields
    return Operands("PublishRefused", fields | {"protocol": event.protocol.upper()})


def _tcp(event: Any, voice: Voice) -> Operands:
    return Operands(*tcp.TELLERS[type(event)](event, voice))


# -- links, Docker, the lab


def _link(event: linux.LinkChanged, voice: Voice) -> Operands:
    case = f"{event.what}.{event.interface.kind}" if event.interface.kind in ("bridge", "bond") else event.what
    return Operands(f"LinkChanged.{case}", {"where": voice.label(event.interface), "detail": safe(event.detail)})


def _port_state(event: linux.PortStateChanged, voice: Voice) -> Operands:
    return Operands("PortStateChanged", {
        "bridge": voice.label(event.bridge), "port": port_name(event.port, event.bridge),
        "state": voice.state(event.state)})


def _started(event: docker.ContainerStarted, voice: Voice) -> Operands:
    return Operands("ContainerStarted.bridge" if event.address else "ContainerStarted", {
        "host": safe(event.host), "container": safe(event.container), "image": safe(event.image),
        "network": safe(event.network), "address": voice.ip(event.address), "mac": format_mac(event.mac)})


def _connected(event: docker.NetworkConnected, voice: Voice) -> Operands:
    fields = _plain(event, voice).fields
    return Operands("NetworkConnected" if event.address else "NetworkConnected.later", fields)


def _plain(event: Any, voice: Voice) -> Operands:
    """Events whose fields are names, numbers and addresses only."""
    fields = {}
    for name, value in event._asdict().items():
        if name == "address":
            fields[name] = format_ipv4(value) if "container" in event._fields else voice.ip(value)
        elif name == "mac":
            fields[name] = format_mac(value)
        elif name == "kind":
            fields[name] = voice.say(f"kind.{value}") if voice.has(f"kind.{value}") else safe(value)
        else:
            fields[name] = safe(str(value))
    return Operands(type(event).__name__, fields)


def _device(event: Any, voice: Voice) -> Operands:
    return Operands(*devices.tell(event, voice))


TELLERS: dict[type, Teller] = {
    linux.FrameSent: _sent, linux.FrameReceived: _received, linux.FrameBridged: _bridged,
    linux.SendFailed: _send_failed, linux.FdbLearned: _learned, linux.FdbForgotten: _forgotten,
    linux.NeighbourChanged: _neighbour, linux.RouteChosen: _route, linux.RouteMissing: _no_route,
    **dict.fromkeys(rules.TELLERS, _of_rules), linux.PacketQueued: _queued, linux.PacketDropped: _packet_dropped,
    linux.PacketFragmented: _of_packet, linux.FragmentHeld: _of_packet, linux.PacketReassembled: _of_packet,
    linux.IcmpErrorSent: _icmp_error, linux.IcmpSuppressed: _icmp_silence, linux.PathMtuLearned: _learned_way,
    linux.RedirectTaken: _learned_way, linux.SocketMatched: _socket, linux.SocketBound: _socket,
    linux.ArpWithheld: _withheld,
    linux.BindRefused: _socket, linux.SocketClosed: _socket, linux.AddressChanged: _address,
    linux.RouteChanged: _route_changed, linux.LinkChanged: _link, linux.PortStateChanged: _port_state,
    linux.SettingChanged: _plain,
    NameUnknown: _name, **dict.fromkeys(tcp.TELLERS, _tcp),
    docker.ContainerStarted: _started, docker.ContainerExited: _plain, docker.AddressAnnounced: _plain,
    docker.DaemonStarted: _plain, docker.DaemonStopped: _plain, docker.DaemonFailed: _plain,
    docker.ContainerPaused: _plain, docker.ContainerUnpaused: _plain, docker.ContainerRenamed: _plain,
    docker.AddressReleased: _plain, docker.PublishRefused: _publish,
    docker.PoolRefused: _plain, docker.SubnetRefused: _plain,
    docker.NetworkCreated: _plain, docker.NetworkRemoved: _plain,
    docker.NetworkConnected: _connected, docker.NetworkDisconnected: _plain,
    lab.CommandRun: _plain, lab.NodeAdded: _plain, lab.NodeRemoved: _plain, lab.CableConnected: _plain,
    lab.CableDisconnected: _plain,
    Storm: _plain, QueueDropped: _plain, **dict.fromkeys(devices.KINDS, _device),
}
