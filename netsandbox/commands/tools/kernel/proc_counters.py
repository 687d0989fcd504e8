"""/proc/net/snmp, netstat and sockstat (net/ipv4/proc.c): what a namespace has counted, and its sockets by number."""

from __future__ import annotations

from collections.abc import Iterable

from netsandbox.commands.tools.context import Machine
from netsandbox.commands.tools.notes import say
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import SocketTable
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.mib.counters import ICMP_MSG, groups
from netsandbox.linux.mib.table import NETSTAT, SNMP, UNMODELLED
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.sending.buffers import written
from netsandbox.linux.tcp.timewait import TimeWait

IN_A_LINE = 16  # Types of ICMP messages (PERLINE)
PAGE = 4096
NOT_COUNTED = f"note: at 0 as the sandbox does not count them: {', '.join(UNMODELLED)}\n"


def _lines(group: str, counters: dict[str, int]) -> str:
    return f"{group}: {' '.join(counters)}\n{group}: {' '.join(map(str, counters.values()))}\n"


def snmp(namespace: NetworkNamespace) -> str:
    found, text = groups(namespace), ""
    for group in SNMP:
        text += _lines(group, found[group])
        if group == "Icmp":
            types = list(found[ICMP_MSG].items())
            for start in range(0, len(types), IN_A_LINE):
                text += _lines(ICMP_MSG, dict(types[start:start + IN_A_LINE]))
    return text


def netstat(namespace: NetworkNamespace) -> str:
    say(NOT_COUNTED)
    found = groups(namespace)
    return "".join(_lines(group, found[group]) for group in NETSTAT)


class Usage:
    """The sockets of IPv4 of some namespaces, as sockstat has them.

    Attributes:
        tcp, udp, raw: those in use.  idle: TCP's that are neither connected nor listen.
        tunnels: UDP's that are no program's.  orphans: TCP's that no program has any more.  waiting: in TIME-WAIT.
        pages: memory of TCP's.  fragments: packets of which some are missing.  bytes: memory of these.
    """

    def __init__(self, namespaces: Iterable[NetworkNamespace]) -> None:
        self.tcp = self.idle = self.udp = self.tunnels = self.raw = 0
        self.orphans = self.waiting = self.pages = self.fragments = self.bytes = 0
        for namespace in namespaces:
            self._add_tcp(namespace.sockets)
            found = [one for one in namespace.sockets.sockets if isinstance(one, UdpSocket) and one.family == "inet"]
            self.udp += len(found)
            self.tunnels += sum(one.encapsulated is not None for one in found)
            self.raw += len(namespace.raw_sockets)
            self.fragments += namespace.fragments.waiting
            self.bytes += namespace.fragments.memory

    def _add_tcp(self, sockets: SocketTable) -> None:
        found = [conn for conn in sockets.connections.values() if isinstance(conn, Connection)]
        bound = [one for one in sockets.sockets if one.protocol == "tcp" and one.family == "inet" and one not in found]
        listening = sum(one.listening for one in bound)
        self.tcp += len(found) + listening
        self.idle += len(bound) - listening
        self.orphans += sum(conn.orphan for conn in found)
        self.waiting += sum(isinstance(one, TimeWait) for one in sockets.connections.values())
        self.pages += sum(-(-(conn.memory + written(conn)) // PAGE) for conn in found)

    @property
    def used(self) -> int:
        return self.tcp + self.idle - self.orphans + self.udp - self.tunnels + self.raw


def sockstat(namespace: NetworkNamespace, machine: Machine) -> str:
    """sockstat_seq_show: of TCP, orphans, all there are and their memory are counted for all namespaces at once."""
    own, common = Usage([namespace]), Usage(tenant.namespace for tenant in machine.tenants(namespace))
    return (f"sockets: used {own.used}\n"
            f"TCP: inuse {own.tcp} orphan {common.orphans} tw {own.waiting} alloc {common.tcp + common.idle} "
            f"mem {common.pages}\n"
            f"UDP: inuse {own.udp} mem 0\nUDPLITE: inuse 0\nRAW: inuse {own.raw}\n"
            f"FRAG: inuse {own.fragments} memory {own.bytes}\n")
