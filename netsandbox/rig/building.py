"""Building a kernel lab: namespaces, links, addresses and rules, in the order and by the commands of the rig."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge import vlan
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.netfilter.iptables import restore
from netsandbox.linux.stack import create_namespace
from netsandbox.rig.format import KernelLabError, knows_vlans, shown
from netsandbox.wire.addresses import parse_mac

if TYPE_CHECKING:
    from netsandbox.rig.lab import KernelLab

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
LATE_SYSCTL = re.compile(r"net[./]ipv4[./](neigh[./]|conf[./](?!(all|default)[./]))")
"""Those that are set once the interfaces are there."""
LONGEST_ERROR = 200  # Characters that are repeated of what a tool said


def build(lab: KernelLab) -> None:
    """Make what a new lab's description says, in the rig's order."""
    for node in lab.owners():
        namespace = create_namespace(node, lab.scheduler, lab.chance)
        namespace.inode += len(lab.namespaces)
        namespace.linkwatch, namespace.kernel = lab.linkwatch, lab.kernel
        lab.namespaces[node] = namespace
        for key, value in {**BASE_SYSCTL, **lab.nodes[node].get("sysctl", {})}.items():
            if not LATE_SYSCTL.match(key):
                write_sysctl(namespace, key, value)
    for node in lab.owners():
        _make_bridges(lab, node)
    for left, right in lab.spec.get("links", []):
        VethPair.create(_end(lab, right), _end(lab, left))  # the kernel registers the peer first
    for node in lab.owners():
        _make_others(lab, node)
    for node in lab.owners():
        _configure_links(lab, node)
    for node in lab.owners():
        _configure_addresses(lab, node)
    for node in lab.owners():
        _put_rules(lab, node)
    for node, *argv in lab.spec.get("setup", []):
        _must(lab, node, argv)


def _mac(lab: KernelLab, body: dict[str, Any]) -> int:
    return parse_mac(body["mac"]) if "mac" in body else lab.new_mac()


def _make_bridges(lab: KernelLab, node: str) -> None:
    namespace = lab.namespaces[node]
    for name, body in lab.ifaces(node).items():
        if body.get("type") == "bridge":
            bridge = Bridge(namespace, name, _mac(lab, body), "mac" in body)
            namespace.add_interface(bridge)
            if knows_vlans(lab.spec):
                vlan.ensure(bridge)
            if "args" in body:
                _must(lab, node, ["ip", "link", "set", name, "type", "bridge", *body["args"].split()])
            bridge.fdb.ageing_time = int(body.get("ageing", 300) * 100) * SECOND // 100


def _make_others(lab: KernelLab, node: str) -> None:
    """Devices of other kinds, each by the command that the rig gives; they need the links."""
    for name, body in lab.ifaces(node).items():
        kind = body.get("type", "veth")
        if kind in ("veth", "bridge"):
            continue
        if kind in ("tun", "tap"):
            _must(lab, node, ["ip", "tuntap", "add", "dev", name, "mode", kind])
            continue
        home, _colon, lower = body.get("link", f"{node}:").partition(":")
        made = name if home == node else "kl-made"
        argv = ["ip", "link", "add", "name", made, *(["link", lower] if lower else []),
                *(["address", body["mac"]] if "mac" in body else []), "netns", node, "type", kind,
                *body.get("args", "").split()]
        _must(lab, home, argv)
        if made != name:
            _must(lab, node, ["ip", "link", "set", made, "name", name])


def _end(lab: KernelLab, endpoint: str) -> tuple[NetworkNamespace, str, int]:
    node, _colon, name = endpoint.partition(":")
    return lab.namespace(node), name, _mac(lab, lab.ifaces(node)[name])


def _configure_links(lab: KernelLab, node: str) -> None:
    namespace, ifaces = lab.namespaces[node], lab.ifaces(node)
    for name, body in ifaces.items():
        interface = _interface(namespace, name)
        if "mtu" in body:
            _must(lab, node, ["ip", "link", "set", "dev", name, "mtu", str(body["mtu"])])
        if "master" in body:
            _must(lab, node, ["ip", "link", "set", "dev", name, "master", body["master"]])
            if interface.port is not None:
                interface.port.learning = not ifaces.get(body["master"], {}).get("hub")
    for name, body in ifaces.items():
        if body.get("up", True):
            link.set_up(_interface(namespace, name))
    for key, value in lab.nodes[node].get("sysctl", {}).items():
        if LATE_SYSCTL.match(key):
            write_sysctl(namespace, key, value)


def _configure_addresses(lab: KernelLab, node: str) -> None:
    for name, body in lab.ifaces(node).items():
        for address in body.get("ip", []):
            broadcast = [] if "brd" in address or address.endswith(("/32", "/31")) else ["broadcast", "+"]
            _must(lab, node, ["ip", "addr", "add", *address.split(), "dev", name, *broadcast])
    for what in ("route", "rule"):
        for words in lab.nodes[node].get(f"{what}s", []):
            _must(lab, node, ["ip", what, "add", *words.split()])


def _put_rules(lab: KernelLab, node: str) -> None:
    """All rules of a node by one iptables-restore, as the rig does; where that fails, one by one."""
    rules = lab.nodes[node].get("iptables", [])
    tables: dict[str, list[str]] = {}
    for rule in rules:
        words = shlex.split(rule)
        table = words[words.index("-t") + 1] if "-t" in words else "filter"
        tables.setdefault(table, []).append(rule.replace(f"-t {table} ", ""))
    text = "".join(f"*{table}\n" + "\n".join(lines) + "\nCOMMIT\n" for table, lines in tables.items())
    answer = restore.restore(lab.namespaces[node], text, restore.Wish(keeps=True))
    if "is not modelled" in answer.err:
        raise KernelLabError(f"iptables (in {node}): {answer.err.strip()[:LONGEST_ERROR]}")
    if answer.code:
        for rule in rules:
            _must(lab, node, ["iptables", *shlex.split(rule)])


def _must(lab: KernelLab, node: str, argv: list[str]) -> None:
    result = lab.tool(node, argv)
    if result.code:
        raise KernelLabError(f"{shown(shlex.join(argv))} (in {node}): {result.err.strip()[:LONGEST_ERROR]}")


def _interface(namespace: NetworkNamespace, name: str) -> Interface:
    interface = namespace.interfaces.get(name)
    if interface is None:
        raise KernelLabError(f"{namespace.name}:{name} is in no link")
    return interface


def write_sysctl(namespace: NetworkNamespace, key: str, value: Any) -> None:
    try:
        namespace.write_sysctl(key, value)
    except SysctlError as error:
        raise KernelLabError(f"sysctl {key}={value}: {error}") from None
