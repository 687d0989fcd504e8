"""What the kernel does with RTM_NEWNEIGH and RTM_DELNEIGH (net/core/neighbour.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import VALID, NudState
from netsandbox.linux.netlink.credentials import needs_net_admin


@needs_net_admin
def put(interface: Interface, address: int, mac: list[int] | None, state: NudState, command: str,
        flags: frozenset[str] = frozenset()) -> None:
    """neigh_add.

    Args:
        flags: of extern_learn, managed, router and use. To use an entry is to ask for its MAC; one that is managed
            is asked for again and again.

    Raises:
        KernelError: the entry is there (add) or is not (change), or the MAC is missing or none.
    """
    size = interface.link_address_size
    if mac is not None and len(mac) < size:
        raise KernelError("EINVAL", "Invalid link address")
    table, is_lasting = interface.namespace.neighbours, state is NudState.PERMANENT and "managed" in flags
    entry = _entry(interface, address, command, is_lasting)
    is_asked = not flags.isdisjoint(("use", "managed"))
    if entry.state not in VALID and mac is None and state in VALID and not is_asked:
        raise KernelError("EINVAL", "No link layer address given")
    kept = entry.flags & {"router"} if is_asked else frozenset()
    entry.flags = (flags - {"use"} if not is_asked else flags - {"use", "router"}) | kept
    if "managed" in flags:
        table.manage(entry)
    if is_asked:
        table.event_send(entry, None)
        return
    number = int.from_bytes(bytes(mac[:size]), "big") if mac is not None else None
    table.update(entry, number, state, True, "by hand", admin=True)


def _entry(interface: Interface, address: int, command: str, is_lasting: bool) -> Neighbour:
    """The entry that is there, or a new one, as the command wants it."""
    entry = interface.neighbours.get(address)
    if entry is None and command in ("change", "chg"):
        raise KernelError("ENOENT")
    if entry is not None and command == "add":
        raise KernelError("EEXIST")
    if entry is None and is_lasting:
        raise KernelError("EINVAL", "Invalid NTF_* flag for permanent entry")
    entry = entry or interface.namespace.neighbours.ensure(interface, address)
    if entry is None:
        raise KernelError("ENOBUFS")
    return entry


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
