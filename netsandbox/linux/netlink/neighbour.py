"""What the kernel does with RTM_NEWNEIGH and RTM_DELNEIGH (net/core/neighbour.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.nud import VALID, NudState
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.netlink.errors import KernelError

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

MAC_LENGTH = 6


@needs_net_admin
def put(interface: Interface, address: int, mac: list[int] | None, state: NudState, command: str, use: bool) -> None:
    """neigh_add.

    Raises:
        KernelError: the entry is there (add) or is not (change), or the MAC is missing or none.
    """
    if mac is not None and len(mac) != MAC_LENGTH:
        raise KernelError("EINVAL", "Invalid link address")
    table = interface.namespace.neighbours
    entry = interface.neighbours.get(address)
    if entry is None and command in ("change", "chg"):
        raise KernelError("ENOENT")
    if entry is not None and command == "add":
        raise KernelError("EEXIST")
    entry = entry or table.ensure(interface, address)
    if entry is None:
        raise KernelError("ENOBUFS")
    if entry.state not in VALID and mac is None and state in VALID and not use:
        raise KernelError("EINVAL", "No link layer address given")
    if use:
        table.event_send(entry, None)
        return
    number = int.from_bytes(bytes(mac), "big") if mac is not None else None
    table.update(entry, number, state, True, "by hand", admin=True)


@needs_net_admin
def delete(interface: Interface, address: int) -> None:
    entry = interface.neighbours.get(address)
    if entry is None:
        raise KernelError("ENOENT")
    interface.namespace.neighbours.delete(entry)


@needs_net_admin
def change_proxy(namespace: NetworkNamespace, interface: Interface | None, address: int, command: str) -> None:
    """`proxy` entries (struct pneigh_entry): addresses that an interface answers ARP for."""
    if interface is None:
        raise KernelError("ENODEV")
    proxied = (interface.name, address)
    if command == "delete":
        if proxied not in namespace.proxies:
            raise KernelError("ENOENT")
        namespace.proxies -= {proxied}
    else:
        namespace.proxies |= {proxied}
    namespace.note_arp_settings()
