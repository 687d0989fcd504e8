"""What happens when a link changes: up, down, carrier, MAC, MTU, master, end.

Each of these has consequences in other tables (routes, neighbours, bridge
ports, the peer's carrier), and this is where they are kept together, in the
kernel's order of notifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.interface import HARD_HEADER, VLAN_HEADER, Interface
from netsandbox.linux.events import LinkChanged
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import arp
from netsandbox.linux.ipv4.routing import interface_mtu_changed
from netsandbox.wire.addresses import format_mac

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.namespace import NetworkNamespace


def set_up(interface: Interface) -> None:
    """`ip link set IFACE up`: the connected routes come back, others do not."""
    if interface.up:
        return
    namespace = interface.namespace
    interface.up = True
    interface.qdisc = "noqueue"
    interface.update_running()
    namespace.record(LinkChanged(interface.place, "up", ""))
    addresses.link_is_up(interface)
    _update_pair(interface)
    _note_lower(interface)
    _tell_bridge(interface)
    if interface.running:
        _notify_arp(interface, at_once=True)


def set_down(interface: Interface) -> None:
    """`ip link set IFACE down`: its routes and all its neighbours go."""
    if not interface.up:
        return
    namespace = interface.namespace
    namespace.neighbours.flush_interface(interface, "link down", keep_permanent=False)
    interface.up = False
    interface.update_running()
    namespace.record(LinkChanged(interface.place, "down", ""))
    addresses.link_is_down(interface)
    namespace.netfilter.address_is_gone(interface, None)
    _update_pair(interface)
    _tell_bridge(interface)


def set_carrier(interface: Interface, carrier: bool) -> None:
    """The other end came up or went down; without carrier dynamic neighbours go, routes stay `linkdown`."""
    if interface.carrier == carrier:
        return
    namespace = interface.namespace
    interface.carrier = carrier
    interface.carrier_changes += 1
    _note_lower(interface)
    interface.update_running()
    namespace.record(LinkChanged(interface.place, "carrier" if carrier else "no-carrier", ""))
    namespace.routes.flush_cache()
    both = namespace.sysctls.all.arp_evict_nocarrier and interface.conf.arp_evict_nocarrier
    if not carrier and interface.up and both:
        namespace.neighbours.flush_interface(interface, "no carrier", keep_permanent=True)
    _tell_bridge(interface)


def _note_lower(interface: Interface) -> None:
    """default_operstate, when the carrier changes: the peer is looked for by its index in the interface's own
    namespace, so that an unrelated interface of that index counts as well as the peer."""
    peer = interface.peer
    namesake = None if peer is None or peer.index == interface.index else interface.namespace.by_index(peer.index)
    interface.lower_down = namesake is not None and not namesake.carrier


def _update_pair(interface: Interface) -> None:
    """Both ends of a veth have a carrier while both are up (veth_open, veth_close)."""
    peer = interface.peer
    if interface.kind == "bridge":
        _bridge_ports_follow(interface)
    elif peer is not None:
        both = interface.up and peer.up
        set_carrier(interface, both)
        set_carrier(peer, both)


def _bridge_ports_follow(interface: Interface) -> None:
    bridge: Bridge = interface  # type: ignore[assignment]
    bridge.ports_changed()


def _tell_bridge(interface: Interface) -> None:
    """A port stops with its link at once, but forwards only once linkwatch has noticed the carrier."""
    if interface.port is None:
        return
    if interface.running and not interface.port.forwarding:
        interface.namespace.scheduler.soon(_notice_carrier, interface)
    else:
        interface.port.bridge.port_changed(interface.port)


def _notice_carrier(interface: Interface) -> None:
    if interface.port is not None:
        interface.port.bridge.port_changed(interface.port)


def _notify_arp(interface: Interface, at_once: bool) -> None:
    if interface.addresses and interface.namespace.sysctls.either(interface.conf, "arp_notify"):
        arp.announce(interface, at_once)


def change_mac(interface: Interface, mac: int) -> None:
    """`ip link set IFACE address MAC`: neighbours are forgotten, bridges learn the new own address.

    The address that it has already is told to everybody as well (NETDEV_CHANGEADDR).
    """
    namespace, old = interface.namespace, interface.mac
    if mac != old:
        _replace_mac(interface, mac)
    namespace.record(LinkChanged(interface.place, "mac", format_mac(mac), format_mac(old)))
    namespace.neighbours.flush_interface(interface, "new MAC", keep_permanent=False)
    namespace.routes.flush_cache()
    if interface.port is not None and mac != old:
        interface.port.bridge.port_mac_changed(interface.port, old)
    if interface.running:
        _notify_arp(interface, at_once=False)


def _replace_mac(interface: Interface, mac: int) -> None:
    if interface.kind == "bridge":
        bridge: Bridge = interface  # type: ignore[assignment]
        bridge.set_mac(mac)
    else:
        interface.mac = mac
        interface.note_place()


def set_mtu(interface: Interface, mtu: int) -> None:
    """Bytes of payload; the peer's sender learns the new limit by losing what is larger."""
    if interface.mtu == mtu:
        return
    old, interface.mtu = interface.mtu, mtu
    namespace = interface.namespace
    interface_mtu_changed(interface, old)
    namespace.record(LinkChanged(interface.place, "mtu", str(mtu)))
    namespace.routes.flush_cache()
    if interface.peer is not None:
        peer = interface.peer
        peer.peer_limit = mtu + HARD_HEADER + VLAN_HEADER
        if peer.port is not None:
            peer.port.bridge.floods.limit_changed(peer.port)
    if interface.port is not None:
        interface.port.bridge.port_changed(interface.port)


def delete(interface: Interface) -> None:
    """`ip link del`: a veth takes its peer along; a bridge lets its ports go."""
    pair = [interface, interface.peer] if interface.peer is not None else [interface]
    for end in pair:
        _unregister(end)


def move(interface: Interface, namespace: NetworkNamespace, name: str) -> None:
    """dev_change_net_namespace: it keeps its MAC, its peer and, if it is free there, its index, and nothing else."""
    _leave_namespace(interface)
    if interface.peer is not None:
        _note_lower(interface.peer)
    interface.name, interface.qdisc, interface.group_macs = name, "noop", ()
    namespace.add_interface(interface, None if namespace.by_index(interface.index) else interface.index)
    namespace.record(LinkChanged(interface.place, "added", ""))


def _unregister(interface: Interface) -> None:
    if interface.kind == "bridge":
        bridge: Bridge = interface  # type: ignore[assignment]
        for port in list(bridge.ports):
            bridge.remove_port(port)
    _leave_namespace(interface)
    interface.peer, interface.wire = None, ()
    interface.note_place()


def _leave_namespace(interface: Interface) -> None:
    namespace = interface.namespace
    if interface.port is not None:
        interface.port.bridge.remove_port(interface.port)
    set_down(interface)
    addresses.forget_all(interface)
    namespace.neighbours.flush_interface(interface, "link removed", keep_permanent=False)
    namespace.record(LinkChanged(interface.place, "removed", ""))
    namespace.drop_interface(interface)
