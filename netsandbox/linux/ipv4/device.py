"""What IPv4 does when something happens to a device (net/ipv4/devinet.c, fib_frontend.c, arp.c: their notifiers)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.notifier import Notice
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import arp, igmp, nexthop_object
from netsandbox.linux.ipv4.next_hop import interface_mtu_changed


def netdev_event(interface: Interface, notice: Notice, before: int) -> None:
    """See core.notifier."""
    namespace = interface.namespace
    if notice in (Notice.UP, Notice.DOWN):
        namespace.routes.flush_cache()  # A VRF without an address, too, decides by whom packets go.
        igmp.follow_snooping(interface)
    if notice is Notice.UP:
        addresses.link_is_up(interface)
    elif notice is Notice.DOWN:
        nexthop_object.interface_lost(interface)
        addresses.link_is_down(interface)
        namespace.neighbours.flush_interface(interface, "link down", keep_permanent=False)
    elif notice is Notice.CARRIER:
        _carrier_changed(interface)
    elif notice is Notice.CHANGE_MTU:
        interface_mtu_changed(interface, before)
        if not addresses.has_room(interface):
            nexthop_object.interface_lost(interface)
            addresses.forget_all(interface)
    elif notice is Notice.LIMITS_CHANGED:
        namespace.routes.flush_cache()
    elif notice is Notice.CHANGE_ADDRESS:
        namespace.neighbours.flush_interface(interface, "new MAC", keep_permanent=False)
        namespace.routes.flush_cache()
    elif notice is Notice.UNREGISTER:
        nexthop_object.interface_lost(interface)
        addresses.forget_all(interface)
        namespace.neighbours.flush_interface(interface, "link removed", keep_permanent=False)
    else:
        _tell_peers(interface, at_once=notice is Notice.RUNNING)


def _carrier_changed(interface: Interface) -> None:
    """Without carrier dynamic neighbours go, routes stay `linkdown`."""
    namespace = interface.namespace
    namespace.routes.flush_cache()
    both = namespace.sysctls.all.arp_evict_nocarrier and interface.conf.arp_evict_nocarrier
    if not interface.carrier:
        nexthop_object.interface_lost(interface)
    if not interface.carrier and interface.up and both:
        namespace.neighbours.flush_interface(interface, "no carrier", keep_permanent=True)


def _tell_peers(interface: Interface, at_once: bool) -> None:
    """arp_notify."""
    if interface.addresses and interface.namespace.sysctls.either(interface.conf, "arp_notify"):
        arp.announce(interface, at_once)
