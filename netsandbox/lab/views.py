"""The lab's tables as rows of lab.tables: what every reader outside the model gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from netsandbox.docker.container import Container
from netsandbox.lab.docker_rows import published_by
from netsandbox.lab.errors import LabError
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import titled_bridges
from netsandbox.lab.nodes import Host, HubNode, Remote
from netsandbox.lab.tables import (
    ConnectionRow,
    FdbRow,
    InterfaceRow,
    LinkRow,
    NeighbourRow,
    NodeRow,
    RouteRow,
    RuleRow,
    SocketRow,
)
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.vlan import groups_of
from netsandbox.linux.core.devices.cable import LongCable
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.nud import VALID, NudState
from netsandbox.linux.core.queueing.netem import Netem
from netsandbox.linux.drivers.hub import HubPort
from netsandbox.linux.drivers.vlan import VlanInterface
from netsandbox.linux.drivers.vxlan_device import VxlanInterface
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.netfilter.connection import ASSURED, ORIGINAL, SEEN_REPLY, TOLD_WITH_PORTS, FlowTuple
from netsandbox.linux.netfilter.connection import Connection as Tracked
from netsandbox.linux.netfilter.iptables.print import listed_rules
from netsandbox.linux.netfilter.listing import NAMES, connection_text, state_word
from netsandbox.linux.netfilter.ruleset import Chain
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.state import STATE_NAMES, TcpState
from netsandbox.linux.tcp.timewait import TimeWait
from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.ipv4 import ICMP


def nodes(lab: Lab) -> list[NodeRow]:
    """Hosts with their containers behind them, then what else there is, in the order of adding."""
    rows = []
    for node in lab.nodes.values():
        group = node.group if isinstance(node, Remote) else None
        rows.append(NodeRow(node.name, node.kind, group, None, None, "up", node.namespace.name,
                            published_by(node.docker) if isinstance(node, Host) else (), _addresses(node.namespace)))
        if isinstance(node, Host) and node.docker is not None:
            rows += [_container(container, node.name) for container in node.docker.containers.values()]
    rows += [NodeRow(name, "host", None, None, None, "up", name, (), _addresses(namespace))
             for name, namespace in lab.extra_namespaces.items()]
    return rows


def _container(container: Container, host: str) -> NodeRow:
    namespace = container.namespace
    where = namespace.name if namespace is not None else ""
    own = _addresses(namespace) if namespace is not None and where == container.name else ()
    return NodeRow(container.name, "container", host, container.mode, container.image.name, container.state, where,
                   (), own)


def _addresses(namespace: NetworkNamespace) -> tuple[str, ...]:
    return tuple([str(own.with_length) for device in namespace.interfaces.values() if device is not namespace.lo
                  for own in device.addresses])


def find_namespace(lab: Lab, node: str) -> NetworkNamespace | None:
    """The namespace behind a name; None if there is none now."""
    try:
        return lab.existing(node)
    except LabError:
        return None


def interfaces(lab: Lab, node: str | None = None) -> list[InterfaceRow]:
    """The interfaces of one node's namespace, or of all namespaces."""
    titles = titled_bridges(lab)
    if node is None:
        some: Iterable[Interface] = lab.interfaces()
    else:
        found = find_namespace(lab, node)
        some = () if found is None else found.interfaces.values()
    hubs = {one.namespace for one in lab.nodes.values() if isinstance(one, HubNode)}
    return [_interface(interface, titles) for interface in some
            if not interface.is_loopback or interface.namespace not in hubs]  # a repeater has no address at all


def _interface(interface: Interface, titles: Mapping[tuple[str, str], str]) -> InterfaceRow:
    port, peer = interface.port, interface.peer
    return InterfaceRow(
        interface.namespace.name, interface.name, interface.index, interface.kind, format_mac(interface.mac),
        interface.mtu, interface.up, interface.carrier, interface.operstate, port.bridge.name if port else None,
        port.state if port else None, tuple(str(own.with_length) for own in interface.addresses),
        (peer.namespace.name, peer.name) if peer else None, interface.rx_packets, interface.rx_bytes,
        interface.rx_dropped, interface.tx_packets, interface.tx_bytes, interface.tx_dropped, interface.overheard,
        titles.get((interface.namespace.name, interface.name), ""), *_stands_on(interface),
        _vlans(interface))


def _stands_on(interface: Interface) -> tuple[str, int, int]:
    """The device below, the VLAN and the VXLAN network of a stacked device."""
    lower: Interface | None = getattr(interface, "below", None)
    below = lower.name if lower is not None and lower.namespace is interface.namespace else lower.label if lower else ""
    return (below,
            interface.vid if isinstance(interface, VlanInterface) else 0,
            interface.vni if isinstance(interface, VxlanInterface) else 0)


def _vlans(interface: Interface) -> tuple[str, ...]:
    """The VLANs of a port, or of a bridge itself, that filters by them, as `bridge vlan` prints them."""
    port = interface.port
    bridge = port.bridge if port is not None else interface
    if not isinstance(bridge, Bridge) or not bridge.vlan_filtering:
        return ()
    group = groups_of(bridge, port)
    return tuple(" ".join(filter(None, (str(vid), "PVID" if vid == group.pvid else "",
                                        "Egress Untagged" if vid in group.untagged else "")))
                 for vid in sorted(group.vlans))


def neighbours(lab: Lab, node: str) -> list[NeighbourRow]:
    """The neighbour table of a node, by address; as with `ip neigh`, without what needs no ARP."""
    namespace = find_namespace(lab, node)
    if namespace is None:
        return []
    return [NeighbourRow(format_ipv4(entry.address), interface.name,
                         format_mac(entry.mac) if entry.mac is not None and entry.state in VALID else None,
                         entry.state.value, entry.updated, entry.timer.when if entry.timer else None, entry.seq)
            for interface in namespace.interfaces.values()
            for entry in sorted(interface.neighbours.values(), key=lambda entry: entry.address)
            if entry.state is not NudState.NOARP]


def fdb(lab: Lab, node: str, bridge: str | None = None) -> list[FdbRow]:
    """The MAC table of a node's bridges, or of one of them."""
    namespace = find_namespace(lab, node)
    if namespace is None:
        return []
    return [FdbRow(interface.name, format_mac(entry.mac), entry.port.interface.name if entry.port else interface.name,
                   entry.local or entry.static, entry.updated, interface.fdb.deadline(entry),
                   None if entry.local else entry.seq, entry.vlan)
            for interface in namespace.interfaces.values()
            if isinstance(interface, Bridge) and bridge in (None, interface.name)
            for entry in interface.fdb.entries.values()]


def _route(table: str, route: Route, made_by: int) -> RouteRow:
    parts = [str(route)]
    if route.protocol != "boot":
        parts.append(f"proto {route.protocol}")
    if route.scope != "global":
        parts.append(f"scope {route.scope}")
    if route.source is not None:
        parts.append(f"src {format_ipv4(route.source)}")
    if route.metric:
        parts.append(f"metric {route.metric}")
    if route.is_linkdown:
        parts.append("linkdown")
    return RouteRow(table, " ".join(parts), made_by)


def routes(lab: Lab, node: str, tables: tuple[str, ...] = ("main", "local")) -> list[RouteRow]:
    """The main table, then the local one, or only some."""
    namespace = find_namespace(lab, node)
    if namespace is None:
        return []
    routes = namespace.routes
    return [_route(table, route, routes.made_by(route)) for table in tables for route in routes.all(table)]


def sockets(lab: Lab, node: str) -> list[SocketRow]:
    """Every bound socket of a node's namespace."""
    namespace = find_namespace(lab, node)
    if namespace is None:
        return []
    rows = []
    for socket in namespace.sockets.sockets:
        if isinstance(socket, Connection) and socket.key in namespace.sockets.connections:
            continue
        address = f"[{socket.address6}]" if socket.family == "inet6" else format_ipv4(socket.address)
        if isinstance(socket, UdpSocket):
            state = "ESTAB" if socket.is_connected else "UNCONN"
        else:
            state = "LISTEN" if socket.listening else "CLOSE"
        any_peer = "[::]:*" if socket.family == "inet6" else "0.0.0.0:*"
        peer = f"{format_ipv4(socket.peer)}:{socket.peer_port}" if socket.peer else any_peer
        rows.append(SocketRow(socket.protocol, state, f"{address}:{socket.port}", peer, socket.process.name,
                              socket.process.pid, socket.seq))
    return rows + [_connection(found) for found in namespace.sockets.connections.values()]


def _connection(found: Connection | Request | TimeWait) -> SocketRow:
    address, port, peer, peer_port = found.key
    ends = f"{format_ipv4(address)}:{port}", f"{format_ipv4(peer)}:{peer_port}"
    if isinstance(found, Request):
        return SocketRow("tcp", STATE_NAMES[TcpState.SYN_RECV], *ends, found.listener.process.name, 0)
    process = ("", 0) if isinstance(found, TimeWait) or found.orphan else (found.process.name, found.process.pid)
    return SocketRow("tcp", STATE_NAMES[found.state], *ends, *process)


def has_rules(lab: Lab, node: str) -> bool:
    """Whether anything was put into a table of a node's netfilter."""
    namespace = find_namespace(lab, node)
    return namespace is not None and any(table.chains for table in namespace.netfilter.tables.values())


def is_tracking(lab: Lab, node: str) -> bool:
    """Whether a node tracks connections, or still knows some."""
    namespace = find_namespace(lab, node)
    if namespace is None or namespace.netfilter.connections is None:
        return False
    return namespace.netfilter.is_tracking or bool(namespace.netfilter.connections.by_tuple)


def rules(lab: Lab, node: str) -> list[RuleRow]:
    """The chains of each table that is in use, as `iptables -S` has them, each with its rules behind it."""
    namespace = find_namespace(lab, node)
    if namespace is None:
        return []
    tables, names = namespace.netfilter.tables, (namespace.name, *namespace.former_names)
    labels = dict.fromkeys([*TABLES, *(f"legacy-{name}" for name in TABLES), *tables])
    return [row for table in labels if table in tables and tables[table].chains
            for chain in (*tables[table].shown(), *tables[table].foreign()) for row in _chain(names, table, chain)]


def _chain(names: tuple[str, ...], table: str, chain: Chain) -> Iterator[RuleRow]:
    packets, size = (None, None) if chain.hook is None else (chain.packets, chain.bytes)
    head = next(listed_rules([chain], 0, verbose=False))
    yield RuleRow(names, table, chain.name, 0, packets, size, head, 0)
    for number, rule in enumerate(chain.rules, 1):
        yield RuleRow(names, table, chain.name, number, rule.packets, rule.bytes, rule.text, rule.made_at)


def connections(lab: Lab, node: str, most: int) -> list[ConnectionRow]:
    """What a node's conntrack knows, the newest first; no more than `most`: there may be very many."""
    namespace = find_namespace(lab, node)
    if namespace is None or namespace.netfilter.connections is None:
        return []
    now, names = namespace.scheduler.now, (namespace.name, *namespace.former_names)
    known = (tracked for tracked, direction in reversed(namespace.netfilter.connections.by_tuple.values())
             if direction == ORIGINAL and tracked.expires > now)
    return [_tracked(names, tracked, now) for tracked in islice(known, most)]


def _tracked(names: tuple[str, ...], tracked: Tracked, now: int) -> ConnectionRow:
    protocol, status = tracked.original.protocol, tracked.status
    word = state_word(protocol, tracked.state)
    words = [word] if word else []
    words += [] if status & SEEN_REPLY else ["[UNREPLIED]"]
    words += ["[ASSURED]"] if status & ASSURED else []
    return ConnectionRow(names, NAMES.get(protocol, str(protocol)), " ".join(words), _ends(tracked.original),
                         _ends(tracked.reply), tracked.expires - tracked.lifetime, tracked.expires, tracked.made_at,
                         connection_text(tracked, now))


def _ends(flow: FlowTuple) -> tuple[str, str]:
    source, destination = format_ipv4(flow.src), format_ipv4(flow.dst)
    if flow.protocol == ICMP:
        return source, f"{destination} type={flow.dport >> 8} code={flow.dport & 0xFF} id={flow.sport}"
    if flow.protocol in TOLD_WITH_PORTS:
        return f"{source}:{flow.sport}", f"{destination}:{flow.dport}"
    return source, destination


def links(lab: Lab) -> list[LinkRow]:
    """Every veth pair and cable once."""
    rows, seen = [], set()
    cabled = {end for cable in lab.cables for end in (cable.left, cable.right)}
    for namespace in lab.namespaces():
        for interface in namespace.interfaces.values():
            peer = interface.peer if interface is not namespace.lo else None
            if peer is not None and interface not in seen:
                seen.add(peer)
                kind = "cable" if interface in cabled or isinstance(interface, HubPort) else "veth"
                is_plain = interface.wire == (peer,) and interface.shaper is None is peer.shaper
                delay, loss = (0, 0.0) if is_plain else _slowed(interface, peer)
                rows.append(LinkRow((namespace.name, interface.name), (peer.namespace.name, peer.name), kind,
                                    interface.up and peer.up, delay, loss))
    return rows


def _slowed(*ends: Interface) -> tuple[int, float]:
    return max(map(_delay, ends)), max(map(_loss, ends))


def _delay(interface: Interface) -> int:
    """What a frame waits that leaves here: for the cable's length and for netem."""
    far = interface.wire[0] if interface.wire else None
    shaper = interface.shaper
    return (far.latency if isinstance(far, LongCable) else 0) + (shaper.delay if isinstance(shaper, Netem) else 0)


def _loss(interface: Interface) -> float:
    return interface.shaper.loss.chance if isinstance(interface.shaper, Netem) else 0.0

