"""Cables that a person asks for: which interfaces of two nodes they join, and whether there is room for one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.lab.errors import LabError
from netsandbox.lab.events import CableConnected, CableDisconnected
from netsandbox.lab.nodes import Cable, HubNode, Node, Switch
from netsandbox.linux.bridge.bridge import MAX_PORTS
from netsandbox.linux.core.devices import cable, link
from netsandbox.linux.core.devices.interface import MAX_NAME, Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.veth import VethInterface

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

NAME = re.compile(r"[^\W_][\w.-]*")  # What a person may call a node or an interface


def connect(lab: Lab, left: str, right: str, latency: int) -> Cable:
    """Join two ends, each NODE or NODE:IFACE; what is not there yet is made.

    Args:
        latency: nanoseconds one way.

    Raises:
        LabError: one of them cannot have a cable; nothing was changed.
    """
    one, other = _plan_end(lab, left), _plan_end(lab, right)
    if one[0] is other[0] and one[1] == other[1]:
        raise LabError(f"{left!r} cannot be connected to itself")
    if one[0] is other[0] and isinstance(one[0], Switch | HubNode):
        raise LabError(f"{one[0].name!r} cannot be connected to itself")
    made = Cable(_make_end(lab, *one), _make_end(lab, *other))
    lab.cables.append(made)
    lab.trace.record(CableConnected(made.left.label, made.right.label))
    cable.plug(made.left, made.right, latency)
    for end in (made.left, made.right):
        link.set_up(end)
    return made


def _plan_end(lab: Lab, text: str) -> tuple[Node | NetworkNamespace, str]:
    """Check one end of a cable before anything is changed."""
    name, _colon, ifname = text.partition(":")
    owner: Node | NetworkNamespace = lab.nodes[name] if name in lab.nodes else lab.namespace(name)
    namespace = owner.namespace if isinstance(owner, Node) else owner
    ifname = ifname or _free_name(owner, namespace)
    if not 0 < len(ifname) <= MAX_NAME or not NAME.fullmatch(ifname):
        raise LabError(f"{ifname!r} is no interface name (1 to {MAX_NAME} letters, digits, . _ -)")
    interface = namespace.interfaces.get(ifname)
    if interface is not None and (interface.kind == "bridge" or interface.is_loopback):
        raise LabError(f"{name}:{ifname} is a {interface.kind}: a cable needs an interface of its own")
    if interface is not None and interface.peer is not None:
        raise LabError(f"{name}:{ifname} is already connected to {interface.peer.label}; "
                       f"`disconnect {name}:{ifname}` frees it")
    if interface is None and isinstance(owner, Switch):
        limit = owner.port_limit or MAX_PORTS
        if len(owner.bridge.ports) >= limit:
            raise LabError(f"{owner.name!r} has {limit} ports and all are used")
    return owner, ifname


def _free_name(owner: Node | NetworkNamespace, namespace: NetworkNamespace) -> str:
    """An interface without a cable, or the name of the next one that is to be made."""
    box = isinstance(owner, Switch | HubNode)
    for interface in namespace.interfaces.values():
        if interface.peer is None and interface.kind in ("veth", "card", "port") and (box or interface.port is None):
            return interface.name
    return namespace.free_name("p", first=1) if box else namespace.free_name("eth")


def _make_end(lab: Lab, owner: Node | NetworkNamespace, ifname: str) -> Interface:
    namespace = owner.namespace if isinstance(owner, Node) else owner
    interface = namespace.interfaces.get(ifname)
    if interface is not None:
        return interface
    if isinstance(owner, HubNode):
        return owner.hub.add_port(ifname)
    interface = VethInterface(namespace, ifname, lab.new_mac())
    namespace.add_interface(interface)
    if isinstance(owner, Switch):
        owner.bridge.add_port(interface)
    return interface


def disconnect(lab: Lab, end: str, other: str | None) -> None:
    """Pull a cable out, which may be named by both of its ends (LabError: there is none)."""
    interface = _connected(lab, end, other)
    if interface.peer is None:
        raise LabError(f"{interface.label} is not connected")
    forget(lab, interface)
    lab.trace.record(CableDisconnected(interface.label, interface.peer.label))
    cable.unplug(interface)


def forget(lab: Lab, interface: Interface) -> None:
    lab.cables = [one for one in lab.cables if interface not in (one.left, one.right)]


def _connected(lab: Lab, end: str, other: str | None) -> Interface:
    if ":" in end or other is None:
        return lab.interface(end)
    namespace, wanted = lab.namespace(end), other.partition(":")
    there = lab.namespace(wanted[0])
    for interface in namespace.interfaces.values():
        peer = interface.peer
        if peer and peer.namespace is there and wanted[2] in ("", peer.name):
            return interface
    raise LabError(f"no cable joins {end!r} and {other!r}")
