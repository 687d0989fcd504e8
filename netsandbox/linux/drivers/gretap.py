"""GRE tunnels for Ethernet frames (net/ipv4/ip_gre.c, ipgre_tap_*)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import NewLink
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.gre import GreInterface, GreKind
from netsandbox.wire.addresses import BROADCAST_MAC, format_mac
from netsandbox.wire.ethernet import HEADER
from netsandbox.wire.gre import ETHERNET


class GretapInterface(GreInterface):
    """One end: a device with a MAC, which a bridge can have as a port."""

    kind = "gretap"
    hardware = "ether"
    flags = ("BROADCAST", "MULTICAST")
    uncounted = 0
    link_address_size = 6
    min_mtu = 68
    queueing = "fq_codel"
    ethertype = ETHERNET

    __slots__ = ()

    def __init__(self, namespace: NetworkNamespace, name: str, settings: dict[str, Any], overhead: int) -> None:
        super().__init__(namespace, name, settings, overhead)
        self.noarp = False

    @property
    def outer_size(self) -> int:
        return super().outer_size + HEADER

    @property
    def speed(self) -> int | None:
        return None

    @property
    def hardware_addresses(self) -> tuple[str, str] | None:
        return format_mac(self.mac), format_mac(BROADCAST_MAC)


class GretapKind(GreKind):
    """`type gretap remote ADDR local ADDR …`."""

    name = "gretap"
    overhead = 38
    is_raw = False
    device = GretapInterface

    def make(self, request: NewLink) -> Interface:
        made = super().make(request)
        made.mac = request.address
        return made


KIND = GretapKind()
