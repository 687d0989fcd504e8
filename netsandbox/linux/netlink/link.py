"""What the kernel does with RTM_NEWLINK and RTM_DELLINK (net/core/rtnetlink.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.bridge.bridge import MAX_PORTS, Bridge
from netsandbox.linux.core import link
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.events import LinkChanged
from netsandbox.linux.netlink import bridge as bridge_requests
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.netlink.errors import KernelError, NotModelledError
from netsandbox.linux.stack import bring_up_loopback
from netsandbox.wire.addresses import MAC_GROUP_BIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

OTHER_TYPES = {"bareudp", "bond", "dummy", "geneve", "gre", "gretap", "ifb", "ip6tnl", "ipip", "ipvlan", "ipvtap",
               "macsec", "macvlan", "macvtap", "netkit", "nlmon", "sit", "team", "vlan", "vrf", "vti", "vxlan",
               "wireguard", "xfrm"}
"""What `ip link add` can make on a real machine."""
MIN_MTU, MAX_MTU = 68, 65535
"""Of a veth and a bridge; lo takes any."""
MAX_NAME = 15
"""IFNAMSIZ without the final zero."""


class LinkRequest:
    """What somebody wants one interface to be.

    Attributes:
        device: the name it has, or is to get when it is made.
        mac: bytes, or empty.
        master: a bridge, or None to leave it as it is.
        namespace: where it shall go, or None.
    """

    def __init__(self, device: str = "", kind: str = "") -> None:
        self.device = device
        self.new_name = ""
        self.type = kind
        self.settings: dict[str, Any] = {}
        self.mac: list[int] = []
        self.mtu: int | None = None
        self.up: bool | None = None
        self.arp: bool | None = None
        self.master: Interface | None = None
        self.leaves_master = False
        self.namespace: NetworkNamespace | None = None


def kernel_takes_name(name: str) -> bool:
    """dev_valid_name; what cannot be printed is refused as well."""
    return name not in (".", "..") and ":" not in name and name.isprintable()


def free_name(namespace: NetworkNamespace, stem: str) -> str:
    """The first of stem0, stem1 … that no interface has."""
    number = 0
    while f"{stem}{number}" in namespace.interfaces:
        number += 1
    return f"{stem}{number}"


def check_name(name: str) -> None:
    if len(name) > MAX_NAME:
        raise KernelError("ERANGE", "Attribute failed policy validation")
    if not kernel_takes_name(name):
        raise KernelError("EINVAL")


def mac_of(octets: list[int]) -> int:
    return int.from_bytes(bytes(octets), "big")


# -- making

def unmodelled(kind: str) -> NotModelledError:
    return NotModelledError(f"interfaces of type {kind} are not modelled (veth and bridge are)")


@needs_net_admin
def add(home: NetworkNamespace, request: LinkRequest, new_mac: Callable[[], int]) -> None:
    """Make an interface, or a veth pair (rtnl_newlink).

    Args:
        home: where it is made, unless the request names another namespace.
        new_mac: gives a random address to what was given none.

    Raises:
        KernelError: the name is taken, or the kind is not known.
    """
    namespace = request.namespace or home
    if request.device and request.device in namespace.interfaces:
        raise KernelError("EEXIST")
    for name in (request.device, request.settings["peer"].device if "peer" in request.settings else ""):
        check_name(name)
    if request.mtu is not None:
        _check_mtu(request.mtu)
    if request.type == "veth":
        _add_veth(namespace, request, new_mac)
    elif request.type == "bridge":
        _add_bridge(namespace, request, new_mac)
    elif request.type in OTHER_TYPES:
        raise unmodelled(request.type)
    else:
        raise KernelError("EOPNOTSUPP", "Unknown device type")


def _add_veth(namespace: NetworkNamespace, request: LinkRequest, new_mac: Callable[[], int]) -> None:
    """veth_newlink: the peer is registered first."""
    peer = request.settings.get("peer") or LinkRequest()
    peer_namespace = peer.namespace or namespace
    peer_name = peer.device or free_name(peer_namespace, "veth")
    if peer_name in peer_namespace.interfaces:
        raise KernelError("EEXIST")
    if peer_namespace is namespace and peer_name == request.device:
        raise KernelError("EEXIST")
    name = request.device or next(
        name for name in (f"veth{number}" for number in range(1 << 15))
        if name not in namespace.interfaces and (peer_namespace is not namespace or name != peer_name))
    macs = [_valid_mac(r.mac) if r.mac else new_mac() for r in (peer, request)]
    pair = VethPair.create((peer_namespace, peer_name, macs[0]), (namespace, name, macs[1]))
    for interface, wanted in ((pair.left, peer), (pair.right, request)):
        interface.namespace.record(LinkChanged(interface.place, "added", ""))
        _finish(interface, wanted)


def _add_bridge(namespace: NetworkNamespace, request: LinkRequest, new_mac: Callable[[], int]) -> None:
    mac = _valid_mac(request.mac) if request.mac else new_mac()
    name = request.device or free_name(namespace, "bridge")
    bridge_requests.check_settings(request.settings)
    bridge = Bridge(namespace, name, mac, bool(request.mac))
    namespace.add_interface(bridge)
    namespace.record(LinkChanged(bridge.place, "added", ""))
    bridge_requests.change_bridge(bridge, request.settings)
    _finish(bridge, request)


def _finish(interface: Interface, request: LinkRequest) -> None:
    """What may be given when an interface is made, besides its name and MAC."""
    if request.mtu is not None:
        set_mtu(interface, request.mtu)
    if request.arp is not None:
        set_arp(interface, request.arp)
    if request.master is not None:
        set_master(interface, request.master)
    if request.up is not None:
        set_up(interface, request.up)


# -- changing

@needs_net_admin
def change(interface: Interface, request: LinkRequest) -> None:
    """do_setlink: each change in the kernel's order; what came before a refusal stays done.

    Raises:
        KernelError: a change is refused.
    """
    if request.type:
        _change_settings(interface, request)
    if request.namespace is not None:
        move(interface, request.namespace, request.new_name or interface.name)
    if request.mac:
        set_mac(interface, request.mac)
    if request.mtu is not None:
        set_mtu(interface, request.mtu)
    if request.new_name and request.new_name != interface.name:
        rename(interface, request.new_name)
    if request.leaves_master:
        leave_master(interface)
    if request.master is not None:
        set_master(interface, request.master)
    if request.arp is not None:
        set_arp(interface, request.arp)
    if request.up is not None:
        set_up(interface, request.up)


def _change_settings(interface: Interface, request: LinkRequest) -> None:
    if request.type == "bridge_slave":
        if interface.port is None:
            raise KernelError("EOPNOTSUPP")
        bridge_requests.change_port(interface.port, request.settings)
    elif request.type == "bridge" and isinstance(interface, Bridge):
        bridge_requests.check_settings(request.settings)
        bridge_requests.change_bridge(interface, request.settings)
    elif request.type != interface.kind or request.settings:
        raise KernelError("EOPNOTSUPP")


@needs_net_admin
def set_up(interface: Interface, up: bool) -> None:
    if not up:
        link.set_down(interface)
    elif interface.is_loopback:
        bring_up_loopback(interface.namespace)
    else:
        link.set_up(interface)


def set_mac(interface: Interface, octets: list[int]) -> None:
    mac = _valid_mac(octets)
    if isinstance(interface, Bridge):
        interface.mac_is_set = True
    link.change_mac(interface, mac)


def _valid_mac(octets: list[int]) -> int:
    mac = mac_of(octets)
    if mac == 0 or mac & MAC_GROUP_BIT:
        raise KernelError("EADDRNOTAVAIL")
    return mac


def set_mtu(interface: Interface, mtu: int) -> None:
    if not interface.is_loopback:
        _check_mtu(mtu)
    elif mtu < 0:
        raise KernelError("EINVAL", "mtu less than device minimum")
    if isinstance(interface, Bridge):
        interface.mtu_is_set = True
    link.set_mtu(interface, mtu)


def _check_mtu(mtu: int) -> None:
    if mtu < MIN_MTU:
        raise KernelError("EINVAL", "mtu less than device minimum")
    if mtu > MAX_MTU:
        raise KernelError("EINVAL", "mtu greater than device maximum")


def rename(interface: Interface, name: str) -> None:
    check_name(name)
    if name in interface.namespace.interfaces:
        raise KernelError("EEXIST")
    interface.namespace.rename_interface(interface, name)


def set_arp(interface: Interface, on: bool) -> None:
    """IFF_NOARP; what was known of neighbours is forgotten (arp_netdev_event)."""
    if interface.noarp == on:
        interface.noarp = not on
        interface.namespace.note_arp_settings()
        interface.namespace.neighbours.flush_interface(interface, "arp on" if on else "arp off", keep_permanent=False)


@needs_net_admin
def set_master(interface: Interface, master: Interface) -> None:
    """do_set_master and br_add_if."""
    if interface.port is not None and interface.port.bridge is master:
        return
    leave_master(interface)
    if not isinstance(master, Bridge):
        raise KernelError("EOPNOTSUPP")
    if interface.is_loopback or interface.mac == 0:
        raise KernelError("EINVAL")
    if isinstance(interface, Bridge):
        raise KernelError("ELOOP", "Can not enslave a bridge to a bridge")
    if len(master.ports) >= MAX_PORTS:
        raise KernelError("EXFULL")
    master.add_port(interface)


def leave_master(interface: Interface) -> None:
    if interface.port is not None:
        interface.port.bridge.remove_port(interface.port)


def move(interface: Interface, namespace: NetworkNamespace, name: str) -> None:
    """dev_change_net_namespace: it arrives down, without addresses, routes and neighbours."""
    if interface.is_loopback or isinstance(interface, Bridge):
        raise KernelError("EINVAL", "The interface netns is immutable")
    if namespace is interface.namespace:
        return
    if name in namespace.interfaces:
        raise KernelError("EEXIST", "An interface with the same name exists in the target netns")
    link.move(interface, namespace, name)


@needs_net_admin
def delete(interface: Interface) -> None:
    if interface.is_loopback:
        raise KernelError("EOPNOTSUPP")
    link.delete(interface)
