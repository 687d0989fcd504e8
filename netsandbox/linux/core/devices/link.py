"""What happens when a link changes: up, down, carrier, MAC, MTU, master, end.

Each of these has consequences for the peer's carrier, for a bridge and for what stands on the device, which are kept
together here, and for the tables of the protocol families, which hear of it from the notifier.
"""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface, longest_frame
from netsandbox.linux.core.devices.notifier import Notice, tell
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import LinkChanged
from netsandbox.wire.addresses import format_mac


def named(namespace: NetworkNamespace, name: str) -> Interface | None:
    """By its name, or by another one (netdev_name_node_lookup)."""
    found = namespace.interfaces.get(name)
    return found or next((one for one in namespace.interfaces.values() if one.rare and name in one.altnames), None)


def set_up(interface: Interface) -> None:
    """`ip link set IFACE up`: the connected routes come back, others do not."""
    if interface.up:
        return
    namespace = interface.namespace
    interface.up = True
    if interface.qdisc == "noop":
        interface.qdisc = interface.queueing
    interface.update_running()
    namespace.record(LinkChanged(interface.place, "up", ""))
    tell(interface, Notice.UP)
    _update_pair(interface)
    interface.open()
    _note_lower_at_first(interface)
    _tell_bridge(interface)
    tell_uppers(interface, "up")
    if interface.running:
        tell(interface, Notice.RUNNING)


def set_down(interface: Interface) -> None:
    """`ip link set IFACE down`: its routes and all its neighbours go."""
    if not interface.up:
        return
    namespace = interface.namespace
    interface.up = False
    interface.update_running()
    namespace.record(LinkChanged(interface.place, "down", ""))
    tell(interface, Notice.DOWN)
    _update_pair(interface)
    interface.stop()
    _tell_bridge(interface)
    tell_uppers(interface, "down")


def set_carrier(interface: Interface, carrier: bool) -> None:
    """The other end came up or went down; without carrier dynamic neighbours go, routes stay `linkdown`."""
    if interface.carrier == carrier:
        return
    namespace = interface.namespace
    interface.carrier = carrier
    interface.carrier_changes += 1
    _note_lower(interface)
    namespace.record(LinkChanged(interface.place, "carrier" if carrier else "no-carrier", ""))
    if namespace.linkwatch is None:
        _carrier_noticed(interface)
    else:
        _limit_to_peer(interface)
        namespace.linkwatch.fire(interface, _carrier_noticed)


def _limit_to_peer(interface: Interface) -> None:
    """Until nobody sends to it any more, an end that is down takes nothing (is_skb_forwardable)."""
    if interface.peer is not None:
        interface.set_peer_limit(longest_frame(interface.peer.mtu) if interface.carrier else -1)
        if interface.port is not None:
            interface.port.bridge.floods.limit_changed(interface.port)


def _carrier_noticed(interface: Interface) -> None:
    """NETDEV_CHANGE; what has not been noticed yet still sends."""
    interface.update_running()
    tell(interface, Notice.CARRIER)
    _tell_bridge(interface)
    tell_uppers(interface, "carrier")


def _note_lower(interface: Interface) -> None:
    """default_operstate, when the carrier changes: the device below is looked for by its index in the interface's
    own namespace, so that an unrelated interface of that index counts as well."""
    peer = interface.lower
    namesake = None if peer is None or peer.index == interface.index else interface.namespace.by_index(peer.index)
    interface.lower_down = namesake is not None and not namesake.carrier


def _note_lower_at_first(interface: Interface) -> None:
    """The same when it was made: what was noted once stands until its carrier changes, wherever the peer goes."""
    before = interface.lower_down
    _note_lower(interface)
    interface.lower_down |= before


def _update_pair(interface: Interface) -> None:
    """Both ends of a veth have a carrier while both are up (veth_open, veth_close)."""
    peer = interface.peer
    if peer is not None:
        both = interface.up and peer.up
        set_carrier(interface, both)
        set_carrier(peer, both)


def tell_uppers(interface: Interface, what: str) -> None:
    """call_netdevice_notifiers: those that stand on the interface, in the order they came."""
    if interface.stack is not None:
        for upper in list(interface.stack.uppers):
            upper.on_lower(what, interface)


def _tell_bridge(interface: Interface) -> None:
    """A port stops with its link at once, but forwards only once linkwatch has noticed the carrier."""
    if interface.port is None:
        return
    if interface.running and not interface.port.forwarding:
        interface.namespace.scheduler.soon(_notice_carrier, interface)
    else:
        _notice_carrier(interface)


def _notice_carrier(interface: Interface) -> None:
    if interface.port is not None:
        bridge = interface.port.bridge
        bridge.port_changed(interface.port)
        tell_uppers(bridge, "ports")


def change_mac(interface: Interface, mac: int, by_hand: bool = False) -> None:
    """`ip link set IFACE address MAC`: neighbours are forgotten, bridges learn the new own address.

    The address that it has already is told to everybody as well (NETDEV_CHANGEADDR).
    """
    namespace, old = interface.namespace, interface.mac
    interface.mac_is_set |= by_hand
    if mac != old:
        interface.assign_mac(mac)
    namespace.record(LinkChanged(interface.place, "mac", format_mac(mac), format_mac(old)))
    tell(interface, Notice.CHANGE_ADDRESS)
    if interface.port is not None and mac != old:
        interface.port.bridge.port_mac_changed(interface.port, old)
    tell_uppers(interface, "mac")
    if interface.running:
        tell(interface, Notice.NOTIFY_PEERS)


def set_mtu(interface: Interface, mtu: int, by_hand: bool = False) -> None:
    """Bytes of payload; the peer's sender learns the new limit by losing what is larger."""
    interface.mtu_is_set |= by_hand
    if interface.mtu == mtu:
        return
    old, namespace = interface.mtu, interface.namespace
    interface.assign_mtu(mtu)
    tell(interface, Notice.CHANGE_MTU, old)
    namespace.record(LinkChanged(interface.place, "mtu", str(mtu)))
    tell(interface, Notice.LIMITS_CHANGED)
    if interface.peer is not None:
        peer = interface.peer
        peer.set_peer_limit(longest_frame(mtu))
        if peer.port is not None:
            peer.port.bridge.floods.limit_changed(peer.port)
    if interface.port is not None:
        interface.port.bridge.port_changed(interface.port)
    tell_uppers(interface, "mtu")


def set_arp(interface: Interface, on: bool) -> None:
    """IFF_NOARP; what was known of neighbours is forgotten (arp_netdev_event)."""
    if interface.noarp == on:
        interface.noarp = not on
        interface.namespace.note_arp_settings()
        interface.namespace.neighbours.flush_interface(interface, "arp on" if on else "arp off", keep_permanent=False)


def delete(interface: Interface) -> None:
    """`ip link del`: a veth takes its peer along; what stands on it goes first, and a master lets its slaves go."""
    pair = [interface, interface.peer] if interface.peer is not None else [interface]
    for end in pair:
        tell_uppers(end, "gone")
        _unregister(end)


def move(interface: Interface, namespace: NetworkNamespace, name: str) -> None:
    """dev_change_net_namespace: it keeps its MAC, its peer and, if it is free there, its index, and nothing else."""
    peer, had_carrier = interface.peer, interface.carrier
    for end in (interface, peer):
        if end is not None and not had_carrier:
            _note_lower_at_first(end)
    _leave_namespace(interface)
    interface.name, interface.qdisc, interface.group_macs = name, "noop", ()
    namespace.add_interface(interface, None if namespace.by_index(interface.index) else interface.index)
    if peer is not None and had_carrier:
        _note_lower(peer)
    namespace.record(LinkChanged(interface.place, "added", ""))


def _unregister(interface: Interface) -> None:
    interface.uninit()
    _leave_namespace(interface)
    interface.peer, interface.wire, interface.qdisc = None, (), "noop"
    interface.note_place()


def _leave_namespace(interface: Interface) -> None:
    namespace = interface.namespace
    if interface.port is not None:
        interface.port.bridge.remove_port(interface.port)
    set_down(interface)
    tell(interface, Notice.UNREGISTER)
    namespace.record(LinkChanged(interface.place, "removed", ""))
    namespace.drop_interface(interface)
