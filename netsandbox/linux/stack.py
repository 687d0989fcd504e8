"""A namespace with its protocols plugged in, as the kernel registers them at boot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.notifier import Notice
from netsandbox.linux.core.kernel import Kernel
from netsandbox.linux.core.namespace import PARTS, NetworkNamespace
from netsandbox.linux.core.neighbours.family import Family
from netsandbox.linux.core.neighbours.table import NeighbourTable
from netsandbox.linux.core.socket import SocketTable
from netsandbox.linux.core.sysctl import defaults as sysctl_defaults
from netsandbox.linux.core.sysctl import effect as sysctl_effect
from netsandbox.linux.drivers import gre, ipip, vlan
from netsandbox.linux.drivers.ipip import PROTOCOL as IPIP
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import arp, device, icmp, igmp, ip_input, udp
from netsandbox.linux.ipv4.fragment import Reassembler
from netsandbox.linux.ipv4.route_tables import RouteTables
from netsandbox.linux.mib import records
from netsandbox.linux.netfilter.netfilter import Netfilter
from netsandbox.linux.netfilter.settings import SETTINGS, UNUSED
from netsandbox.linux.tcp import errors as tcp_errors
from netsandbox.linux.tcp.receiving import input as tcp
from netsandbox.wire.addresses import Network, format_ipv4
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import ETH_P_IP, Malformed
from netsandbox.wire.gre import PROTOCOL as GRE
from netsandbox.wire.igmp import PROTOCOL as IGMP
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet, ReservedBitPacket
from netsandbox.wire.vlan import VlanTag

if TYPE_CHECKING:
    from netsandbox.engine.chance import Chance
    from netsandbox.engine.scheduler import Scheduler

PROTOCOLS: dict[type, Callable[[Interface, Any, Any], Any]] = {
    ArpPacket: arp.receive, IPv4Packet: ip_input.receive, ReservedBitPacket: ip_input.receive,
    Malformed: ip_input.receive_malformed, VlanTag: vlan.receive}
TRANSPORTS = {ICMP: icmp.receive, UDP: udp.receive, TCP: tcp.receive_packet, IGMP: igmp.receive}
"""From boot on; tunnels come with the first device of theirs (Kernel.add_protocol)."""
ERROR_HANDLERS = {UDP: udp.receive_error, TCP: tcp_errors.receive_error, IPIP: ipip.receive_error,
                  GRE: gre.receive_error}


OF_LOOPBACK = Network(0x7F000001, 8)  # One for the `lo` of all namespaces
ARP = Family(ETH_P_IP, format_ipv4, arp.construct, arp.solicit, icmp.report_unresolved)  # arp_tbl


def _reassembler(namespace: NetworkNamespace) -> Reassembler:
    return Reassembler(namespace, ip_input.reassembly_timed_out)


def _netfilter(_namespace: NetworkNamespace) -> Netfilter:
    return Netfilter()


def _masquerades(interface: Interface, notice: Notice, _before: int) -> None:
    """What was translated to an address of a link that is down is over (masq_device_event)."""
    if notice is Notice.DOWN:
        interface.namespace.netfilter.address_is_gone(interface, None)


def _neighbours(namespace: NetworkNamespace) -> NeighbourTable:
    return NeighbourTable(namespace, ARP)


sysctl_defaults.GLOBALS.update(SETTINGS)
sysctl_effect.do_not_read(f"net.netfilter.{name}" for name in UNUSED)
NOTIFIERS = device.netdev_event, _masquerades
PARTS["routes"] = RouteTables
PARTS["neighbours"] = _neighbours
PARTS["igmp"] = igmp.HostGroups
PARTS["fragments"] = _reassembler
PARTS["netfilter"] = _netfilter
PARTS["sockets"] = SocketTable


def create_namespace(name: str, scheduler: Scheduler, chance: Chance, lo_up: bool = True) -> NetworkNamespace:
    """A fresh namespace: only `lo`; `ip netns add` leaves it down, Docker brings it up."""
    scheduler.trace.ledger.fold = records.fold
    namespace = NetworkNamespace(name, scheduler, chance, PROTOCOLS)
    namespace.kernel = Kernel(TRANSPORTS)
    namespace.error_handlers = ERROR_HANDLERS
    namespace.deliver_local = ip_input.deliver_local
    namespace.notifiers = NOTIFIERS
    if lo_up:
        bring_up_loopback(namespace)
    return namespace


def bring_up_loopback(namespace: NetworkNamespace) -> None:
    """lo gets 127.0.0.1/8 when it comes up (inetdev_event)."""
    if not namespace.lo.addresses:
        addresses.add(namespace.lo, OF_LOOPBACK)
    link.set_up(namespace.lo)
