"""Kernel labs: the JSON labs of tests/kernel, run on the simulated stack.

A lab describes namespaces, links and timed actions; the result has the form
that the rig writes after running it on a real kernel, so that both can be
compared frame by frame.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from netsandbox.commands.tools.bridge_fdb import fdb_json
from netsandbox.commands.tools.context import Tenant, ToolContext, ToolResult
from netsandbox.commands.tools.ip_neighbour import neighbour_json
from netsandbox.commands.tools.ip_route import route_cache_json, route_json
from netsandbox.commands.tools.registry import run_tool
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import SECOND, seconds
from netsandbox.linux.bridge import vlan
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core import link
from netsandbox.linux.core.files import Files
from netsandbox.linux.core.interface import Interface
from netsandbox.linux.core.linkwatch import LinkWatch
from netsandbox.linux.core.namespace import Kernel, NetworkNamespace
from netsandbox.linux.core.sysctl import SysctlError
from netsandbox.linux.drivers.bond_device import BondInterface
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.netfilter import restore
from netsandbox.linux.netfilter.listing import connection_text
from netsandbox.linux.place import Place
from netsandbox.linux.stack import TRANSPORTS, create_namespace
from netsandbox.rig.format import KernelLabError, check, knows_vlans, shown
from netsandbox.rig.pace import pace_of
from netsandbox.rig.tap import Tap
from netsandbox.wire.addresses import Network, format_ipv4, format_mac, parse_mac, random_mac

RMEM_MAX = 4194304
"""net.core.rmem_max of the machines that labs were captured on; it bounds the window scale of small buffers."""
BASE_SYSCTL: dict[str, int | str] = {
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.conf.all.promote_secondaries": 0,
    "net.ipv4.conf.default.promote_secondaries": 0,
    "net.ipv4.ip_forward": 0,
    "net.ipv4.tcp_congestion_control": "reno",
    "net.ipv4.tcp_rmem": "4096 131072 6291456",
    "net.core.rmem_max": RMEM_MAX,
    "net.ipv4.tcp_wmem": "4096 16384 4194304",
    "net.bridge.bridge-nf-call-iptables": 0,
    "net.bridge.bridge-nf-call-ip6tables": 0,
    "net.bridge.bridge-nf-call-arptables": 0,
}
"""What the rig sets in every namespace before it makes interfaces."""
CONFIGURING = 4 * SECOND // 10
"""How long after the links the rig gives addresses and begins to look whether all is ready, and what it waits then."""
CONNECTING = SECOND // 2
"""How long before the first action the last link came up, where nothing had to be waited for."""
LATE_SYSCTL = re.compile(r"net[./]ipv4[./](neigh[./]|conf[./](?!(all|default)[./]))")
"""Those that are set once the interfaces are there."""
LONGEST_ERROR = 200
"""Characters that are repeated of what a tool said."""


class KernelLab:
    """One lab, built; `actions` performs it."""

    def __init__(self, spec: dict[str, Any], seed: int = 0) -> None:
        check(spec)
        self.spec = spec
        self.nodes: dict[str, dict[str, Any]] = spec["nodes"]
        self.pace = pace_of(spec)
        self.chance = Chance(seed)
        self.trace = Trace()
        self.scheduler = Scheduler(self.trace, FrameReceived, CASCADE_TOO_LONG)
        self.linkwatch = LinkWatch(self.scheduler)
        self.kernel = Kernel(TRANSPORTS)
        self.namespaces: dict[str, NetworkNamespace] = {}
        self.snapshots: dict[str, Any] = {}
        self._macs = self.chance.stream("mac")
        self._build()
        self._settle()
        self.start = self.scheduler.now
        self.linkwatch.ran = min(self.linkwatch.ran, self.start - CONNECTING)
        self.tap = Tap(self.trace, self.start, spec.get("frame_cap", 400), self._tapped())
        self.interfaces = self._describe_interfaces()

    # -- names (commands.tools.context.Machine)

    def namespace(self, node: str) -> NetworkNamespace:
        """The namespace of a node; `netns_of` makes two nodes share one."""
        return self.namespaces[self.nodes[node].get("netns_of", node)]

    def namespace_named(self, name: str) -> NetworkNamespace | None:
        return self.namespaces.get(name)

    def namespace_owners(self, _namespace: NetworkNamespace, _files: Files, _pid: int | None) -> dict[str, int]:
        return {}

    def pid_seen(self, _namespace: NetworkNamespace, _files: Files, pid: int) -> int:
        return pid

    def namespace_of_pid(self, _pid: int) -> NetworkNamespace | None:
        return None

    def send(self, _namespace: NetworkNamespace, _files: Files, _pid: int, _number: int) -> bool:
        return False

    def begun(self, _pid: int) -> None:
        """No lines are typed here."""

    def processes_inside(self, _namespace: NetworkNamespace,
                         _files: Files) -> list[tuple[int, int, str, NetworkNamespace]]:
        return []

    def processes(self, namespace: NetworkNamespace) -> list[tuple[int, str, int]]:
        return [(1, "/sbin/init", namespace.inode)]

    def tenants(self, namespace: NetworkNamespace) -> list[Tenant]:
        return [Tenant(namespace, 1, 1, "/sbin/init", "")]

    def namespace_names(self) -> list[str]:
        return list(self.namespaces)

    def add_namespace(self, name: str) -> NetworkNamespace:
        self.namespaces[name] = create_namespace(name, self.scheduler, self.chance, lo_up=False)
        self.namespaces[name].kernel = self.kernel
        return self.namespaces[name]

    def remove_namespace(self, name: str) -> None:
        for interface in list(self.namespaces.pop(name).interfaces.values()):
            if not interface.is_loopback:
                link.delete(interface)

    def new_mac(self) -> int:
        """A random locally administered unicast address."""
        return random_mac(self._macs.bits(48))

    def hostname(self, namespace: NetworkNamespace, _seen: Files | None) -> str:
        return namespace.uts_name or namespace.name

    def set_hostname(self, namespace: NetworkNamespace, name: str, _seen: Files | None) -> None:
        namespace.uts_name = name

    def make_room(self, _namespace: NetworkNamespace, _name: str, _network: Network | None,
                  _gateway: int | None = None) -> str:
        return ""

    def tool(self, node: str, argv: list[str]) -> ToolResult:
        """A tool asks the kernel about each device that it is given (ll_name_to_index), and then about those that it
        prints the name of, but those that it has listed (ll_index_to_name)."""
        namespace = self.namespace(node)
        self._ask_about(namespace, argv)
        result = run_tool(ToolContext(namespace, self), argv)
        self._ask_about(namespace, result.out.split())
        return result

    def _ask_about(self, namespace: NetworkNamespace, words: list[str]) -> None:
        for interface in filter(None, map(namespace.interfaces.get, words)):
            self.linkwatch.sync(interface)

    @property
    def seconds(self) -> float:
        """Virtual seconds since the lab began."""
        return (self.scheduler.clock - self.start) / SECOND

    # -- building, in the rig's order

    def owners(self) -> list[str]:
        return [node for node, body in self.nodes.items() if "netns_of" not in body]

    def ifaces(self, node: str) -> dict[str, dict[str, Any]]:
        ifaces: dict[str, dict[str, Any]] = self.nodes[node].get("ifaces", {})
        return ifaces

    def _build(self) -> None:
        for node in self.owners():
            namespace = create_namespace(node, self.scheduler, self.chance)
            namespace.linkwatch, namespace.kernel = self.linkwatch, self.kernel
            self.namespaces[node] = namespace
            for key, value in {**BASE_SYSCTL, **self.nodes[node].get("sysctl", {})}.items():
                if not LATE_SYSCTL.match(key):
                    self.write_sysctl(namespace, key, value)
        for node in self.owners():
            self._make_bridges(node)
        for left, right in self.spec.get("links", []):
            VethPair.create(self._end(right), self._end(left))  # the kernel registers the peer first
        for node in self.owners():
            self._make_others(node)
        for node in self.owners():
            self._configure_links(node)
        for node in self.owners():
            self._configure_addresses(node)
        for node in self.owners():
            self._put_rules(node)
        for node, *argv in self.spec.get("setup", []):
            self._must(node, argv)

    def _mac(self, body: dict[str, Any]) -> int:
        return parse_mac(body["mac"]) if "mac" in body else self.new_mac()

    def _make_bridges(self, node: str) -> None:
        namespace = self.namespaces[node]
        for name, body in self.ifaces(node).items():
            if body.get("type") == "bridge":
                bridge = Bridge(namespace, name, self._mac(body), "mac" in body)
                bridge.fdb.ageing_time = int(body.get("ageing", 300) * 100) * SECOND // 100
                namespace.add_interface(bridge)
                if knows_vlans(self.spec):
                    vlan.ensure(bridge)
                if "args" in body:
                    self._must(node, ["ip", "link", "set", name, "type", "bridge", *body["args"].split()])

    def _make_others(self, node: str) -> None:
        """Devices of other kinds, each by the command that the rig gives; they need the links."""
        for name, body in self.ifaces(node).items():
            kind = body.get("type", "veth")
            if kind in ("veth", "bridge"):
                continue
            if kind in ("tun", "tap"):
                self._must(node, ["ip", "tuntap", "add", "dev", name, "mode", kind])
                continue
            home, _colon, lower = body.get("link", f"{node}:").partition(":")
            made = name if home == node else "kl-made"
            argv = ["ip", "link", "add", "name", made, *(["link", lower] if lower else []),
                    *(["address", body["mac"]] if "mac" in body else []), "netns", node, "type", kind,
                    *body.get("args", "").split()]
            self._must(home, argv)
            if made != name:
                self._must(node, ["ip", "link", "set", made, "name", name])

    def _end(self, endpoint: str) -> tuple[NetworkNamespace, str, int]:
        node, _colon, name = endpoint.partition(":")
        return self.namespace(node), name, self._mac(self.ifaces(node)[name])

    def _configure_links(self, node: str) -> None:
        namespace, ifaces = self.namespaces[node], self.ifaces(node)
        for name, body in ifaces.items():
            interface = self._interface(namespace, name)
            if "mtu" in body:
                self._must(node, ["ip", "link", "set", "dev", name, "mtu", str(body["mtu"])])
            if "master" in body:
                self._must(node, ["ip", "link", "set", "dev", name, "master", body["master"]])
                if interface.port is not None:
                    interface.port.learning = not ifaces.get(body["master"], {}).get("hub")
        for name, body in ifaces.items():
            if body.get("up", True):
                link.set_up(self._interface(namespace, name))
        for key, value in self.nodes[node].get("sysctl", {}).items():
            if LATE_SYSCTL.match(key):
                self.write_sysctl(namespace, key, value)

    def _configure_addresses(self, node: str) -> None:
        for name, body in self.ifaces(node).items():
            for address in body.get("ip", []):
                broadcast = [] if "brd" in address or address.endswith(("/32", "/31")) else ["broadcast", "+"]
                self._must(node, ["ip", "addr", "add", *address.split(), "dev", name, *broadcast])
        for what in ("route", "rule"):
            for words in self.nodes[node].get(f"{what}s", []):
                self._must(node, ["ip", what, "add", *words.split()])

    def _put_rules(self, node: str) -> None:
        """All rules of a node by one iptables-restore, as the rig does; where that fails, one by one."""
        rules = self.nodes[node].get("iptables", [])
        tables: dict[str, list[str]] = {}
        for rule in rules:
            words = shlex.split(rule)
            table = words[words.index("-t") + 1] if "-t" in words else "filter"
            tables.setdefault(table, []).append(rule.replace(f"-t {table} ", ""))
        text = "".join(f"*{table}\n" + "\n".join(lines) + "\nCOMMIT\n" for table, lines in tables.items())
        if restore.restore(self.namespaces[node], text, restore.Wish(keeps=True)).code:
            for rule in rules:
                self._must(node, ["iptables", *shlex.split(rule)])

    def _must(self, node: str, argv: list[str]) -> None:
        result = self.tool(node, argv)
        if result.code:
            raise KernelLabError(f"{shown(shlex.join(argv))} (in {node}): {result.err.strip()[:LONGEST_ERROR]}")

    @staticmethod
    def _interface(namespace: NetworkNamespace, name: str) -> Interface:
        interface = namespace.interfaces.get(name)
        if interface is None:
            raise KernelLabError(f"{namespace.name}:{name} is in no link")
        return interface

    @staticmethod
    def write_sysctl(namespace: NetworkNamespace, key: str, value: Any) -> None:
        try:
            namespace.write_sysctl(key, value)
        except SysctlError as error:
            raise KernelLabError(f"sysctl {key}={value}: {error}") from None

    # -- observing

    def run_until(self, when: int) -> None:
        """Let the lab go on to a virtual time, capturing on the way."""
        scheduler = self.scheduler

        def goes_on() -> bool:
            self.tap.drain(only_if_long=True)
            due = scheduler.next_time()
            return due is not None and due <= when
        scheduler.run_while(goes_on)
        scheduler.run_until(when)

    def snapshot(self) -> dict[str, Any]:
        """The tables of every node, as iproute2's JSON gives them."""
        snap: dict[str, Any] = {"t": round(self.seconds, 3), "neigh": {}, "route": {}, "fdb": {}}
        for node in self.owners():
            namespace = self.namespaces[node]
            snap["neigh"][node] = neighbour_json(namespace, statistics=True)
            snap["route"][node] = route_json(namespace)
            rows = (*snap["neigh"][node], *snap["route"][node])
            self._ask_about(namespace, [row["dev"] for row in rows if "dev" in row])
            cache = route_cache_json(namespace)
            if cache:
                snap.setdefault("route_cache", {})[node] = cache
            for name, body in self.ifaces(node).items():
                if body.get("type") == "bridge":
                    bridge = namespace.interfaces.get(name)
                    snap["fdb"].setdefault(node, {})[name] = fdb_json(bridge) if isinstance(bridge, Bridge) else []
                self._look_closer(snap, node, name, body)
        for node in self.spec.get("observe", []):
            namespace = self.namespace(node)
            snap.setdefault("iptables", {})[node] = restore.saved_lines(namespace)
            connections = namespace.netfilter.connections or ()
            snap.setdefault("conntrack", {})[node] = sorted(
                connection_text(connection, self.scheduler.now) for connection in connections)
        return snap

    def _tapped(self) -> list[Place]:
        return [interface.place for node in self.namespaces.values() for interface in node.interfaces.values()]

    def _look_closer(self, snap: dict[str, Any], node: str, name: str, body: dict[str, Any]) -> None:
        """What only some kinds of devices have: VLANs, states of ports, rows of their own, slaves."""
        def ask(*argv: str) -> Any:
            return json.loads(self.tool(node, list(argv)).out or "[]")
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
            text = self.tool(node, ["cat", f"/proc/net/bonding/{name}"]).out
            snap.setdefault("bond", {}).setdefault(node, {})[name] = text

    def _settle(self) -> None:
        """Wait, as the rig does and no longer, until all links have a carrier and all bridge ports forward."""
        end = self.scheduler.now + seconds(self.spec.get("settle", 3.0))
        self.scheduler.run_while(lambda: not self.scheduler.is_idle)
        poll = SECOND // 4
        while self.scheduler.now < end and any(map(self._is_late, self._all_interfaces())):
            self.scheduler.run_until(self.scheduler.now + poll)
            poll = min(2 * poll, 2 * SECOND)
        if poll != SECOND // 4 or any(namespace.groups for namespace in self.namespaces.values()):
            self.scheduler.run_until(self.scheduler.now + CONFIGURING)

    def _all_interfaces(self) -> list[Interface]:
        return [interface for namespace in self.namespaces.values() for interface in namespace.interfaces.values()]

    @staticmethod
    def _is_late(interface: Interface) -> bool:
        if interface.up and interface.operstate in ("DOWN", "LOWERLAYERDOWN"):
            return True
        if isinstance(interface, BondInterface):
            return any(slave.interface.running and slave.state == "down" for slave in interface.slaves)
        return interface.port is not None and not interface.port.forwarding

    def _describe_interfaces(self) -> dict[str, Any]:
        return {interface.label: {
            "mac": format_mac(interface.mac), "mtu": interface.mtu, "ifindex": interface.index, "type": interface.kind,
            "peer": interface.peer.label if interface.peer else None,
            "master": interface.port.bridge.name if interface.port else None,
            "ip": [f"{format_ipv4(own.local)}/{own.network.length}" for own in interface.addresses]}
            for namespace in self.namespaces.values() for interface in namespace.interfaces.values()}


def dump(result: dict[str, Any]) -> str:
    """JSON with one line for each frame, action and table row: small and diffable."""
    def block(value: Any, depth: int) -> str:
        pad = " " * depth
        if depth < 3 and isinstance(value, dict) and value:
            rows = [f"{pad} {json.dumps(key)}: {block(item, depth + 1)}" for key, item in value.items()]
            return "{\n" + ",\n".join(rows) + "\n" + pad + "}"
        if depth < 4 and isinstance(value, list) and value and isinstance(value[0], dict):
            return "[\n" + ",\n".join(f"{pad} {json.dumps(item)}" for item in value) + "\n" + pad + "]"
        return json.dumps(value)
    return block(result, 0) + "\n"
