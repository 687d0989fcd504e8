"""What a device may be called, and by which other names it is found (dev_valid_name, netdev_name_node)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import MAX_NAME, Interface
from netsandbox.linux.core.devices.link import named
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.netlink.credentials import needs_net_admin


def check_name(name: str) -> None:
    """dev_valid_name; what cannot be printed is refused as well."""
    if len(name) > MAX_NAME:
        raise KernelError("ERANGE", "Attribute failed policy validation")
    if name in (".", "..") or ":" in name or not name.isprintable():
        raise KernelError("EINVAL")


def rename(interface: Interface, name: str) -> None:
    check_name(name)
    if named(interface.namespace, name) is not None:
        raise KernelError("EEXIST")
    interface.namespace.rename_interface(interface, name)


@needs_net_admin
def add_altname(interface: Interface, name: str) -> None:
    """netdev_name_node_alt_create (KernelError: a device of the namespace is called so)."""
    if named(interface.namespace, name) is not None:
        raise KernelError("EEXIST")
    interface.altnames += (name,)


@needs_net_admin
def delete_altname(interface: Interface, name: str) -> None:
    """netdev_name_node_alt_destroy (KernelError: nothing is called so, or another device is, or that is its first
    name)."""
    found = named(interface.namespace, name)
    if name not in interface.altnames:
        raise KernelError("ENOENT" if found is None else "EINVAL")
    interface.altnames = tuple(other for other in interface.altnames if other != name)
