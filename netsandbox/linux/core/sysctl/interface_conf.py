"""Settings of one interface: net.ipv4.conf.IFACE.*, as the kernel begins with them."""

from __future__ import annotations

from functools import lru_cache

UNUSED_CONF = {"bootp_relay": 0, "disable_policy": 0, "disable_xfrm": 0, "force_igmp_version": 0,
               "igmpv2_unsolicited_report_interval": 10_000, "igmpv3_unsolicited_report_interval": 1000,
               "mc_forwarding": 0, "tag": 0}
"""Settings of interfaces that are kept and shown, as the kernel has them, and mean nothing to this stack."""
CLOSE_LOOKS = "rp_filter", "drop_unicast_in_l2_multicast"
"""Settings for which more than the destination of a packet is looked at."""


class InterfaceConf:
    """net.ipv4.conf.IFACE.* (Documentation/networking/ip-sysctl.rst).

    Many interfaces share one, so that it never changes: a setting that is written makes another.
    """

    __slots__ = (*UNUSED_CONF,
                 "accept_local", "accept_redirects", "accept_source_route", "arp_accept", "arp_announce",
                 "arp_evict_nocarrier", "arp_filter", "arp_ignore", "arp_notify", "bc_forwarding",
                 "drop_gratuitous_arp", "drop_unicast_in_l2_multicast", "forwarding", "ignore_routes_with_linkdown",
                 "log_martians", "medium_id", "promote_secondaries", "proxy_arp", "proxy_arp_pvlan", "route_localnet",
                 "rp_filter", "secure_redirects", "send_redirects", "shared_media", "src_valid_mark")

    accept_local: int
    accept_redirects: int
    accept_source_route: int
    arp_accept: int
    arp_announce: int
    arp_evict_nocarrier: int
    arp_filter: int
    arp_ignore: int
    arp_notify: int
    bc_forwarding: int
    drop_gratuitous_arp: int
    drop_unicast_in_l2_multicast: int
    forwarding: int
    ignore_routes_with_linkdown: int
    log_martians: int
    medium_id: int
    promote_secondaries: int
    proxy_arp: int
    proxy_arp_pvlan: int
    route_localnet: int
    rp_filter: int
    secure_redirects: int
    send_redirects: int
    shared_media: int
    src_valid_mark: int

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0)
        self.accept_redirects = self.secure_redirects = self.send_redirects = 1
        self.shared_media = self.arp_evict_nocarrier = 1
        for name, value in UNUSED_CONF.items():
            setattr(self, name, value)

    def changed(self, **values: int) -> InterfaceConf:
        """The same with other values."""
        twin = InterfaceConf()
        for name in self.__slots__:
            setattr(twin, name, values.get(name, getattr(self, name)))
        return twin


INITIAL = InterfaceConf()


@lru_cache(64)
def of_loopback(default: InterfaceConf) -> InterfaceConf:
    """What lo has from the start, one object for many (inetdev_event)."""
    return default.changed(disable_policy=1, disable_xfrm=1)
