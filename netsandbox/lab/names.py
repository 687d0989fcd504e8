"""Names for addresses: who a MAC or an IPv4 address belongs to now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.wire.addresses import BROADCAST_MAC, LIMITED_BROADCAST, MAC_GROUP_BIT, format_ipv4, format_mac

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

EVERYONE = "everyone"


class Namer:
    """Names of a lab's addresses, looked up once; make a new one after the lab has changed."""

    def __init__(self, lab: Lab) -> None:
        self._by_mac: dict[int, str] = {BROADCAST_MAC: EVERYONE}
        self._by_address: dict[int, str] = {LIMITED_BROADCAST: EVERYONE}
        for namespace in lab.namespaces():
            for interface in namespace.interfaces.values():
                if interface.is_loopback:
                    continue
                name = namespace.name
                self._by_mac.setdefault(interface.mac, name)
                for own in interface.addresses:
                    self._by_address.setdefault(own.local, name)
                    if own.network.length < 31:
                        self._by_address.setdefault(own.network.broadcast, EVERYONE)

    def of_mac(self, mac: int) -> str:
        name = self._by_mac.get(mac)
        if name is not None:
            return name
        return "group" if mac & MAC_GROUP_BIT else format_mac(mac)

    def of_address(self, address: int) -> str:
        return self._by_address.get(address) or format_ipv4(address)
