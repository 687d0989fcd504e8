"""/proc/net/arp, route, dev and dev_mcast: the kernel's tables as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.commands.tools.context import Machine
from netsandbox.commands.tools.groups import group_macs, groups_v4
from netsandbox.commands.tools.kernel.fib_trie import fib_trie
from netsandbox.commands.tools.kernel.proc_counters import netstat, snmp, sockstat
from netsandbox.commands.tools.kernel.socket_rows import proc_net_tcp, socket_rows, swapped
from netsandbox.commands.tools.names import in_order
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.nud import NOARP, NONE, PERMANENT, VALID
from netsandbox.linux.ipv4.igmp import version
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.netfilter.listing import age_text, connection_text, zone_text
from netsandbox.wire.addresses import format_ipv4, format_mac

COMPLETE, PERM, PUBLISHED = 0x2, 0x4, 0x8  # ATF_COM, ATF_PERM, ATF_PUBL
RTF_UP, RTF_GATEWAY, RTF_HOST, RTF_REJECT = 0x1, 0x2, 0x4, 0x200
ROUTE_WIDTH = 127  # Characters that each line of /proc/net/route is padded to


class ArpRow(NamedTuple):
    """One entry as the older tools know it."""

    address: int
    mac: int
    flags: int
    device: str

    @property
    def is_complete(self) -> bool:
        return bool(self.flags & COMPLETE)

    @property
    def is_permanent(self) -> bool:
        return bool(self.flags & PERM)

    @property
    def is_published(self) -> bool:
        return bool(self.flags & PUBLISHED)


def arp_entries(namespace: NetworkNamespace) -> list[ArpRow]:
    """Neighbours, then proxy entries (arp_seq_show); those without ARP are not listed."""
    rows = []
    for interface in in_order(namespace):
        for entry in interface.neighbours.values():
            if entry.state not in (NOARP, NONE):
                flags = (COMPLETE if entry.state in VALID else 0) | (PERM if entry.state is PERMANENT else 0)
                rows.append(ArpRow(entry.address, entry.mac or 0, flags, interface.name))
    return rows + [ArpRow(address, 0, PUBLISHED | PERM, name) for name, address in sorted(namespace.proxies)]


def arp(namespace: NetworkNamespace) -> str:
    text = "IP address       HW type     Flags       HW address            Mask     Device\n"
    for row in arp_entries(namespace):
        text += (f"{format_ipv4(row.address):<16} 0x{1:<10x}0x{row.flags:<10x}{format_mac(row.mac)}     *        "
                 f"{row.device}\n")
    return text


def route_bits(route: Route) -> int:
    """RTF_*; only unreachable and prohibit routes count as rejecting."""
    bits = RTF_UP | (RTF_REJECT if route.type in ("unreachable", "prohibit") else 0)
    bits |= RTF_GATEWAY if route.gateway is not None else 0
    return bits | (RTF_HOST if route.destination.length == 32 else 0)


def main_routes(namespace: NetworkNamespace) -> list[Route]:
    """What the older interface shows of the main table (fib_route_seq_show): no local and broadcast routes."""
    return [route for route in namespace.routes.all("main") if route.type not in ("local", "broadcast")]


def route_table(namespace: NetworkNamespace) -> str:
    heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
    lines = [heading]
    for route in main_routes(namespace):
        device = route.interface.name if route.interface is not None else "*"
        lines.append(f"{device}\t{swapped(route.destination.network)}\t{swapped(route.gateway or 0)}\t"
                     f"{route_bits(route):04X}\t0\t0\t{route.metric}\t{swapped(route.destination.mask)}\t0\t0\t0")
    return "".join(f"{line:<{ROUTE_WIDTH}}\n" for line in lines)


def dev(namespace: NetworkNamespace) -> str:
    text = ("Inter-|   Receive                                                |  Transmit\n"
            " face |bytes    packets errs drop fifo frame compressed multicast|"
            "bytes    packets errs drop fifo colls carrier compressed\n")
    for interface in in_order(namespace):
        text += (f"{interface.name:>6}: {interface.rx_bytes:7} {interface.rx_packets:7} {0:4} "
                 f"{interface.rx_dropped:4} {0:4} {0:5} {0:10} {0:9} {interface.tx_bytes:8} "
                 f"{interface.tx_packets:7} {0:4} {interface.tx_dropped:4} {0:4} {0:5} {0:7} {0:10}\n")
    return text


def dev_mcast(namespace: NetworkNamespace) -> str:
    """Index, name, users, whether by hand, address."""
    return "".join(f"{interface.index:<4} {interface.name:<15} {1:<5} {int(by_hand):<5} {mac:012x}\n"
                   for interface in in_order(namespace) for mac, by_hand in _groups(interface))


def igmp(namespace: NetworkNamespace) -> str:
    """igmp_mc_seq_show: the groups of each device that is up."""
    text = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
    reporters, others = namespace.igmp.reporters, namespace.igmp.others
    for interface in in_order(namespace):
        groups = groups_v4(interface)
        if groups:
            text += f"{interface.index}\t{interface.name:<10}: {len(groups):5} {version(interface):>7}\n"
        text += "".join(f"\t\t\t\t{swapped(group)} {1 + others[interface.name, group]:5} 0:{0:08X}"
                        f"\t\t{int((interface.name, group) in reporters)}\n"
                        for group in groups)
    return text


def _groups(interface: Interface) -> list[tuple[int, bool]]:
    return list(group_macs(interface))


HEADING_OF_UDP = ("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode "
                  "ref pointer drops")


def udp(namespace: NetworkNamespace) -> str:
    """Sockets of UDP (udp4_seq_show)."""
    lines = [HEADING_OF_UDP]
    own = [socket for socket in namespace.sockets.sockets if socket.protocol == "udp" and socket.family == "inet"]
    inodes = {row.source: row.inode for row in socket_rows(namespace) if row.protocol == "udp"}
    for number, socket in enumerate(own):
        lines.append(f"{number:4}: {swapped(socket.address)}:{socket.port:04X} {swapped(socket.peer)}:"
                     f"{socket.peer_port:04X} {1 if socket.peer_port else 7:02X} 00000000:00000000 00:00000000 "
                     f"00000000     0        0 {inodes[socket]} 2 0000000000000000 0")
    return "".join(f"{line:<127}\n" for line in lines)


def nf_conntrack(namespace: NetworkNamespace) -> str:
    """nf_conntrack_standalone.c: as `conntrack -L`, with the family before it and the zone."""
    now = namespace.scheduler.now
    found = namespace.netfilter.connections or ()
    lines = []
    for one in found:
        age = age_text(one, now)
        told = connection_text(one, now).removesuffix(f"{zone_text(one)}{age} use=1")
        lines.append(f"ipv4     2 {told} zone={one.original.zone}{age} use=2\n")
    return "".join(lines)


def ip_tables_names(namespace: NetworkNamespace) -> str:
    """The tables that iptables-legacy has looked at, the newest first."""
    return "".join(f"{name}\n" for name in reversed(namespace.netfilter.tables_of(True)))


def xt_recent(namespace: NetworkNamespace) -> dict[str, str]:
    """/proc/net/xt_recent: a file for each name that a rule has."""
    return {name: table.lines() for name, table in namespace.netfilter.recent.items()}


def stat(namespace: NetworkNamespace) -> dict[str, str]:
    """/proc/net/stat: what one CPU's connection tracking has counted (ct_cpu_seq_show), beside how many there are."""
    table = namespace.netfilter.connections
    counts = table.statistics if table is not None else {}
    values = [len(table or ()), *(counts.get(name, 0) for name in STATISTICS_SHOWN)]
    numbers = [f"{value:08x}" for value in values]
    return {"nf_conntrack": f"{STATISTICS_TITLE}\n{numbers[0]}  {' '.join(numbers[1:13])}  {' '.join(numbers[13:])}\n"}


STATISTICS_TITLE = ("entries  clashres found new invalid ignore delete chainlength insert insert_failed drop "
                    "early_drop icmp_error  expect_new expect_create expect_delete search_restart")
STATISTICS_SHOWN = ("clash_resolve", "found", "", "invalid", "", "", "chaintoolong", "insert", "insert_failed", "drop",
                    "early_drop", "error", "", "", "", "search_restart")
"""Those that the kernel keeps, in the order of the title; what it keeps no more is 0."""
FOLDERS: dict[str, Callable[[NetworkNamespace], dict[str, str]]] = {"stat": stat, "xt_recent": xt_recent}
"""Those of /proc/net, each with its files; an empty one is not there."""
OF_MACHINE: dict[str, Callable[[NetworkNamespace, Machine], str]] = {"sockstat": sockstat}
"""Those of /proc/net that tell of other namespaces as well."""
FILES: dict[str, Callable[[NetworkNamespace], str]] = {
    "arp": arp, "dev": dev, "dev_mcast": dev_mcast, "fib_trie": fib_trie, "igmp": igmp,
    "ip_tables_names": ip_tables_names, "netstat": netstat, "nf_conntrack": nf_conntrack,
    "route": route_table, "snmp": snmp, "tcp": proc_net_tcp, "udp": udp}
"""/proc/net, by name."""
