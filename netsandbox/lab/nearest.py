"""Of several addresses of a node, the one that another node has on its own link."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.wire.addresses import format_ipv4


def nearest_address(target: NetworkNamespace, source: NetworkNamespace | None) -> str | None:
    """The target's first IPv4 address in a subnet of the source's, as names lead there too; else its first one.

    None where it has none beside lo's.
    """
    own = _addresses(target)
    links = {_subnet(one) for one in _addresses(source)} if source is not None else set()
    shared = (one for one in own if _subnet(one) in links)
    found = next(shared, own[0] if own else None)
    return format_ipv4(found.local) if found is not None else None


def _addresses(namespace: NetworkNamespace) -> list[InterfaceAddress]:
    return [address for interface in namespace.interfaces.values() if not interface.is_loopback
            for address in interface.addresses]


def _subnet(address: InterfaceAddress) -> tuple[int, int]:
    return address.network.network, address.network.length
