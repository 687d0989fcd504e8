"""Where a cable that a person asks for goes: which interface of a node is free, and whether there is room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.lab.errors import LabError
from netsandbox.lab.nodes import HubNode, Node, Switch
from netsandbox.linux.bridge.bridge import MAX_PORTS

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace


def check_room(owner: Node | NetworkNamespace) -> None:
    """Raises LabError: all ports of a switch are used."""
    if isinstance(owner, Switch):
        limit = owner.port_limit or MAX_PORTS
        if len(owner.bridge.ports) >= limit:
            raise LabError(f"{owner.name!r} has {limit} ports and all are used")


def free_name(owner: Node | NetworkNamespace, namespace: NetworkNamespace) -> str:
    """An interface without a cable, or the name of the next one that is to be made."""
    box = isinstance(owner, Switch | HubNode)
    for interface in namespace.interfaces.values():
        if interface.peer is None and interface.kind in ("veth", "port") and interface.port is None and not box:
            return interface.name
        if box and interface.peer is None and interface.kind in ("veth", "port"):
            return interface.name
    number = 1 if box else 0
    prefix = "p" if box else "eth"
    while f"{prefix}{number}" in namespace.interfaces:
        number += 1
    return f"{prefix}{number}"
