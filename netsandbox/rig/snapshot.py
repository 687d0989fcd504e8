"""What is told of a kernel lab at a moment: its nodes' tables, as iproute2's JSON gives them, and its devices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.bridge.fdb import fdb_json
from netsandbox.commands.tools.ip.neighbour import neighbour_json
from netsandbox.commands.tools.ip.route import route_cache_json, route_json
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.netfilter.iptables import restore
from netsandbox.linux.netfilter.listing import connection_text
from netsandbox.wire.addresses import format_ipv4, format_mac

if TYPE_CHECKING:
    from netsandbox.rig.lab import KernelLab


def take(lab: KernelLab) -> dict[str, Any]:
    """The tables of every node, as iproute2's JSON gives them."""
    snap: dict[str, Any] = {"t": round(lab.seconds, 3), "neigh": {}, "route": {}, "fdb": {}}
    for node in lab.owners():
        namespace = lab.namespaces[node]
        snap["neigh"][node] = neighbour_json(namespace, statistics=True)
        snap["route"][node] = route_json(namespace)
        rows = (*snap["neigh"][node], *snap["route"][node])
        lab.ask_about(namespace, [row["dev"] for row in rows if "dev" in row])
        cache = route_cache_json(namespace)
        if cache:
            snap.setdefault("route_cache", {})[node] = cache
        for name, body in lab.ifaces(node).items():
            if body.get("type") == "bridge":
                bridge = namespace.interfaces.get(name)
                snap["fdb"].setdefault(node, {})[name] = fdb_json(bridge) if isinstance(bridge, Bridge) else []
            _look_closer(lab, snap, node, name, body)
    for node in lab.spec.get("observe", []):
        namespace = lab.namespace(node)
        snap.setdefault("iptables", {})[node] = restore.saved_lines(namespace)
        connections = namespace.netfilter.connections or ()
        snap.setdefault("conntrack", {})[node] = sorted(
            connection_text(connection, lab.scheduler.now) for connection in connections)
    return snap


def _look_closer(lab: KernelLab, snap: dict[str, Any], node: str, name: str, body: dict[str, Any]) -> None:
    """What only some kinds of devices have: VLANs, states of ports, rows of their own, slaves."""
    def ask(*argv: str) -> Any:
        return json.loads(lab.tool(node, list(argv)).out or "[]")
    kind, args = body.get("type", "veth"), body.get("args", "")
    if kind == "bridge" and "vlan_filtering" in args:
        snap.setdefault("vlan", {})[node] = ask("bridge", "-j", "vlan", "show")
    if kind == "bridge" and "stp_state 1" in args:
        snap.setdefault("stp", {})[node] = [{"port": port["ifname"], "state": port.get("state"),
                                             "cost": port.get("cost")} for port in ask("bridge", "-j", "link")]
    if kind in ("vxlan", "macvlan") and "master" not in body:
        rows = ask("bridge", "-j", "fdb", "show", "dev", name)
        snap.setdefault("fdb_dev", {}).setdefault(node, {})[name] = rows
    if kind == "bond":
        text = lab.tool(node, ["cat", f"/proc/net/bonding/{name}"]).out
        snap.setdefault("bond", {}).setdefault(node, {})[name] = text


def interfaces(lab: KernelLab) -> dict[str, Any]:
    """What the rig asks of each device once all is built."""
    return {interface.label: {
        "mac": format_mac(interface.mac), "mtu": interface.mtu, "ifindex": interface.index, "type": interface.kind,
        "peer": interface.peer.label if interface.peer else None,
        "master": interface.port.bridge.name if interface.port else None,
        "ip": [f"{format_ipv4(own.local)}/{own.network.length}" for own in interface.addresses]}
        for namespace in lab.namespaces.values() for interface in namespace.interfaces.values()}


def time_taken(lab: KernelLab) -> int:
    """How long the rig is busy with a snapshot: a command for each table."""
    commands = sum(3 + sum(body.get("type") == "bridge" for body in lab.ifaces(node).values()) for node in lab.owners())
    return int(commands) * lab.pace.command
