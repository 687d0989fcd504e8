"""What the kernel does with RTM_NEWLINK and RTM_DELLINK (net/core/rtnetlink.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import LinkKind, NewLink
from netsandbox.linux.core.devices.link import named
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import LinkChanged
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.netlink.names import check_name, rename
from netsandbox.linux.stack import bring_up_loopback
from netsandbox.wire.addresses import MAC_GROUP_BIT

OTHER_TYPES = {"amt", "bareudp", "erspan", "geneve", "gtp", "hsr", "ifb", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl",
               "ipoib", "ipvtap", "macsec", "macvtap", "netdevsim", "netkit", "nlmon", "rmnet", "sit", "team", "vcan",
               "virt_wifi", "vti", "vxcan", "wireguard", "xfrm"}
"""What `ip link add` can make on a real machine, beside the kinds that there are."""
MAX_ALIAS = 255  # Bytes: IFALIASZ without its final zero
INT_MAX = (1 << 31) - 1


class LinkRequest:
    """What somebody wants one interface to be."""

    def __init__(self, device: str = "", kind: str = "") -> None:
        self.device = device  # the name it has, or is to get when it is made
        self.new_name = ""
        self.type = kind
        self.settings: dict[str, Any] = {}
        self.mac: list[int] = []  # bytes, or empty
        self.mtu: int | None = None
        self.up: bool | None = None
        self.arp: bool | None = None
        self.promisc: bool | None = None
        self.flags: dict[str, bool | None] = {}  # IFF_* beside these: whether each shall be set or cleared
        self.queue_length: int | None = None
        self.alias: str | None = None
        self.group: int | None = None
        self.index: int | None = None  # The number that a new device shall have
        self.master: Interface | None = None  # a bridge, or None to leave it as it is
        self.leaves_master = False
        self.namespace: NetworkNamespace | None = None  # where it shall go, or None
        self.lower: Interface | None = None  # The device that it shall stand on (`link`)


def mac_of(octets: list[int]) -> int:
    return int.from_bytes(bytes(octets), "big")


# -- making

def unmodelled(kind: str) -> NotModelledError:
    return NotModelledError(f"interfaces of type {kind} are not modelled "
                            f"(these are: {', '.join(known.name for known in kinds.all_kinds())})")


def kind_named(name: str) -> LinkKind:
    """The kind of that name (rtnl_link_ops_get) (KernelError: no kernel has it.  NotModelledError: a real one has)."""
    kind = kinds.find(name)
    if kind is None and name in OTHER_TYPES:
        raise unmodelled(name)
    if kind is None:
        raise KernelError("EOPNOTSUPP", "Unknown device type")
    return kind


@needs_net_admin
def add(home: NetworkNamespace, request: LinkRequest, new_mac: Callable[[], int]) -> None:
    """Make an interface, or a veth pair (rtnl_newlink).

    Args:
        home: where it is made, unless the request names another namespace.
        new_mac: gives a random address to what was given none.

    Raises:
        KernelError: the name is taken, or the kind is not known, or its driver refuses.
    """
    namespace, peer = request.namespace or home, request.settings.get("peer")
    if request.device and named(namespace, request.device) is not None:
        raise KernelError("EEXIST")
    if request.index is not None and namespace.by_index(request.index) is not None:
        raise KernelError("EEXIST")
    for name in (request.device, peer.device if peer is not None else ""):
        check_name(name)
    kind = kind_named(request.type)
    settings = request.settings
    if kind.has_peer:
        if peer is None:
            peer = LinkRequest()
            peer.group, peer.namespace = request.group, request.namespace
        # `netns` in front of `type veth` moves the near end alone (veth_newlink: the peer is made where one is asked)
        other = _new_link(peer, home, peer.namespace or home, new_mac, "veth")
        settings = settings | {"peer": other}
        if not request.device and other.namespace is namespace:
            request.device = namespace.free_name(kind.name, taken=other.name)
        _check_peer(namespace, request, peer, other)
    made = kind.make(_new_link(request, home, namespace, new_mac, kind.name)._replace(settings=settings))
    _register([(made, request)] if made.peer is None or peer is None else [(made.peer, peer), (made, request)])


def _register(new: list[tuple[Interface, LinkRequest]]) -> None:
    """Put what was made into its namespaces: both ends of a pair, or none."""
    for interface, wanted in new:
        if wanted.mtu is not None:
            _check_mtu(interface, wanted.mtu)
    for interface, wanted in new:
        interface.namespace.add_interface(interface, wanted.index)
    for interface, wanted in new:
        interface.namespace.record(LinkChanged(interface.place, "added", ""))
        interface.registered()
        _finish(interface, wanted)


def _check_peer(namespace: NetworkNamespace, request: LinkRequest, peer: LinkRequest, other: NewLink) -> None:
    """Whether a veth's other end can be made (veth_newlink) (KernelError: it cannot)."""
    if other.name in other.namespace.interfaces or (other.namespace, other.name) == (namespace, request.device):
        raise KernelError("EEXIST")
    peer.index = peer.index if request.index is not None else None  # veth_newlink
    if peer.index is not None and (other.namespace.by_index(peer.index) is not None or (
            other.namespace, peer.index) == (namespace, request.index)):
        raise KernelError("EBUSY")
    if peer.up:  # it would be opened before it has the other end (veth_open)
        raise KernelError("ENOTCONN")


def _new_link(request: LinkRequest, home: NetworkNamespace, namespace: NetworkNamespace,
              new_mac: Callable[[], int], stem: str) -> NewLink:
    name = request.device or namespace.free_name(stem)
    kind = kinds.find(request.type)
    mac = _valid_mac(request.mac, kind.no_address if kind is not None else "") if request.mac else None
    return NewLink(namespace, name, mac, request.mtu, request.settings, home, request.lower, new_mac)


def _finish(interface: Interface, request: LinkRequest) -> None:
    """What may be given when an interface is made, besides its name and MAC."""
    if request.mtu is not None:
        set_mtu(interface, request.mtu)
    if request.arp is not None:
        link.set_arp(interface, request.arp)
    if request.queue_length is not None:
        set_queue_length(interface, request.queue_length)
    interface.group = request.group or 0
    if request.master is not None:
        set_master(interface, request.master)
    if request.up is not None:
        set_up(interface, request.up)


# -- changing

@needs_net_admin
def change(interface: Interface, request: LinkRequest) -> None:
    """do_setlink: each change in the kernel's order; what came before a refusal stays done (KernelError: a change is
    refused)."""
    if request.type:
        _change_settings(interface, request)
    if request.namespace is not None:
        move(interface, request.namespace, request.new_name or interface.name)
    if request.mac:
        set_mac(interface, request.mac)
    if request.mtu is not None:
        set_mtu(interface, request.mtu)
    interface.group = interface.group if request.group is None else request.group
    if request.new_name and request.new_name != interface.name:
        rename(interface, request.new_name)
    interface.alias = interface.alias if request.alias is None else request.alias
    if request.leaves_master:
        leave_master(interface)
    if request.master is not None:
        set_master(interface, request.master)
    if request.arp is not None:
        link.set_arp(interface, request.arp)
    if request.promisc is not None:
        set_promisc(interface, request.promisc)
    for name, on in request.flags.items():
        if on is not None:
            set_flag(interface, on, name)
    if request.queue_length is not None:
        set_queue_length(interface, request.queue_length)
    if request.up is not None:
        set_up(interface, request.up)


def _change_settings(interface: Interface, request: LinkRequest) -> None:
    kind, slave, _ = request.type.partition("_slave")
    if not request.settings:
        return
    if slave:
        master = interface.master
        if master is None or master.kind != kind:
            raise KernelError("EOPNOTSUPP")
        kind_named(kind).change_slave(interface, request.settings)
    elif kind != interface.kind:
        raise KernelError("EOPNOTSUPP")
    else:
        kind_named(kind).change(interface, request.settings)


@needs_net_admin
def set_up(interface: Interface, up: bool) -> None:
    if not up:
        link.set_down(interface)
    elif interface.is_loopback:
        bring_up_loopback(interface.namespace)
    elif not interface.up:
        interface.check_open()
        link.set_up(interface)


def set_mac(interface: Interface, octets: list[int]) -> None:
    link.change_mac(interface, interface.accept_mac(_valid_mac(octets)), by_hand=True)


def _valid_mac(octets: list[int], complaint: str = "") -> int:
    mac = mac_of(octets)
    if mac == 0 or mac & MAC_GROUP_BIT:
        raise KernelError("EADDRNOTAVAIL", complaint)
    return mac


def set_mtu(interface: Interface, mtu: int) -> None:
    _check_mtu(interface, mtu)
    interface.check_mtu(mtu)
    link.set_mtu(interface, mtu, by_hand=True)


def _check_mtu(interface: Interface, mtu: int) -> None:
    """dev_validate_mtu; a maximum of 0 is none."""
    if mtu < 0 or mtu < interface.min_mtu:
        raise KernelError("EINVAL", "mtu less than device minimum")
    if 0 < interface.max_mtu < mtu:
        raise KernelError("EINVAL", "mtu greater than device maximum")


@needs_net_admin
def set_promisc(interface: Interface, on: bool) -> None:
    """IFF_PROMISC."""
    interface.promisc = on
    interface.filter_changed()


@needs_net_admin
def set_flag(interface: Interface, on: bool, name: str) -> None:
    """One of IFF_* that only those who list devices see (dev_change_flags), or what a driver is asked for."""
    if name in ("carrier", "protodown"):
        getattr(interface, f"change_{name}")(on)
        return
    rest = interface.odd_flags - {name}
    interface.odd_flags = rest if on == (name in interface.flags) else rest | {name}


@needs_net_admin
def set_queue_length(interface: Interface, packets: int) -> None:
    """dev_change_tx_queue_len: what a queue that is made from then on may hold."""
    if not 0 <= packets <= INT_MAX:
        raise KernelError("ERANGE")
    interface.queue_length = packets


@needs_net_admin
def set_master(interface: Interface, master: Interface) -> None:
    """do_set_master."""
    if interface.master is master:
        return
    leave_master(interface)
    if _stands_on(interface, master):
        raise KernelError("EBUSY")
    kind_named(master.kind or "veth").enslave(master, interface)


def _stands_on(interface: Interface, lower: Interface) -> bool:
    """netdev_has_upper_dev: below it, through however many, is that one."""
    uppers = [*(lower.stack.uppers if lower.stack is not None else ()), *((lower.port.bridge,) if lower.port else ())]
    return any(upper is interface or _stands_on(interface, upper) for upper in uppers)


def leave_master(interface: Interface) -> None:
    master = interface.master
    if master is not None:
        kind_named(master.kind).release(master, interface)


def move(interface: Interface, namespace: NetworkNamespace, name: str) -> None:
    """dev_change_net_namespace: it arrives down, without addresses, routes and neighbours."""
    kind = kinds.find(interface.kind)
    if interface.is_loopback or (kind is not None and kind.is_immovable):
        raise KernelError("EINVAL", "The interface netns is immutable")
    if namespace is interface.namespace:
        return
    if name in namespace.interfaces:
        raise KernelError("EEXIST", "An interface with the same name exists in the target netns")
    link.move(interface, namespace, name)


def members(namespace: NetworkNamespace, group: int) -> list[Interface]:
    """The interfaces of a group, by index."""
    return sorted((one for one in namespace.interfaces.values() if one.group == group), key=lambda one: one.index)


def _may_be_deleted(interface: Interface) -> bool:
    """Only what rtnetlink has made: neither lo nor a machine's card has a kind."""
    return not interface.is_loopback and kinds.find(interface.kind) is not None


@needs_net_admin
def delete_group(namespace: NetworkNamespace, group: int) -> None:
    """rtnl_group_dellink: all or none."""
    found = members(namespace, group)
    if not group:
        raise KernelError("EPERM")
    if not found:
        raise KernelError("ENODEV")
    if not all(map(_may_be_deleted, found)):
        raise KernelError("EOPNOTSUPP")
    for one in found:
        if namespace.interfaces.get(one.name) is one:  # it did not go with its peer
            link.delete(one)


@needs_net_admin
def delete(interface: Interface) -> None:
    if not _may_be_deleted(interface):
        raise KernelError("EOPNOTSUPP")
    link.delete(interface)
