"""What the kernel does with RTM_NEWADDR and RTM_DELADDR (net/ipv4/devinet.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.interface import MAX_NAME, Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.ipv4 import igmp
from netsandbox.linux.ipv4.lifetime import FOREVER
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.wire.addresses import Network

LOOPBACK_BYTE = 127


@needs_net_admin
def put(interface: Interface, network: Network | None, command: str, options: dict[str, Any]) -> None:
    """`ip addr add|change|replace` (inet_rtm_newaddr).

    Raises:
        KernelError: the address is there, or its scope does not fit.  (`change` adds what is not there.)
    """
    if network is None:
        raise KernelError("EOPNOTSUPP")
    if not addresses.has_room(interface):
        raise KernelError("ENOBUFS")
    own = _wanted(interface, network, options)
    existing = addresses.find(interface, own)
    if existing is not None and command == "add":
        raise KernelError("EEXIST", "ipv4: Address already assigned")
    lifetimes = options.get("valid_lft", FOREVER), options.get("preferred_lft", FOREVER)
    if existing is not None:
        addresses.set_lifetime(interface, existing, *lifetimes)
        return
    if network.address == 0:
        return
    _check_scope(interface, own.network, own.scope)
    interface.check_address(network)
    if own.joins:
        igmp.join(interface, own.local)
    addresses.insert(interface, own)
    addresses.set_lifetime(interface, own, *lifetimes)


def _wanted(interface: Interface, network: Network, options: dict[str, Any]) -> InterfaceAddress:
    """rtm_to_ifaddr."""
    scope = options.get("scope") or ("host" if network.address >> 24 == LOOPBACK_BYTE else "global")
    broadcast = _broadcast(network, options.get("broadcast"))
    label = options.get("label", "")
    if len(label) > MAX_NAME:
        raise KernelError("ERANGE", "Attribute failed policy validation")
    own = InterfaceAddress(options.get("peer") or network, broadcast, scope, network.address)
    own.metric, own.makes_route = options.get("metric", 0), "noprefixroute" not in options
    own.label, own.joins = "" if label == interface.name else label, "autojoin" in options
    return own


def _check_scope(interface: Interface, network: Network, scope: str) -> None:
    primary = interface.addresses.primary(network)
    if primary is not None and primary.scope != scope:
        raise KernelError("EINVAL", "ipv4: Invalid scope value")


def _broadcast(network: Network, wanted: str | int | None) -> int | None:
    """`+` sets the host bits, `-` clears them; neither does anything for /31 and /32."""
    if isinstance(wanted, str):
        if network.length > 30:
            return None
        return network.broadcast if wanted == "+" else network.network
    return wanted


@needs_net_admin
def delete(interface: Interface, network: Network | None, exact: bool, options: dict[str, Any]) -> None:
    """inet_rtm_deladdr: the first address that fits all that is given.

    Args:
        exact: whether its prefix length must be that of `network`.

    Raises:
        KernelError: none does.
    """
    if network is None:
        raise KernelError("EOPNOTSUPP")
    if not addresses.has_room(interface):
        raise KernelError("ENODEV", "ipv4: Device not found")
    wanted = options.get("peer") or network
    for own in interface.addresses:
        if own.local != network.address or (exact and not (own.network.length == wanted.length
                                                           and wanted.address in own.network)):
            continue
        if "label" in options and (own.label or interface.name) != options["label"]:
            continue
        remove(interface, own)
        break
    else:
        raise KernelError("EADDRNOTAVAIL", "ipv4: Address not found")


@needs_net_admin
def remove(interface: Interface, own: InterfaceAddress) -> None:
    addresses.remove(interface, own)
    if own.joins:
        igmp.leave(interface, own.local)
