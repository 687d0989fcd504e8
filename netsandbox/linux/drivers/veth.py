"""veth pairs: what one end sends, the other receives, in whatever namespace it is."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Attribute, Form, LinkKind, NewLink
from netsandbox.linux.core.namespace import NetworkNamespace


class VethInterface(Interface):
    """One end of a veth pair (drivers/net/veth.c)."""

    kind = "veth"
    queues = 2

    __slots__ = ()

    @property
    def is_unbound(self) -> bool:
        """The other end is gone, as this one is about to be (veth_get_iflink is 0 then)."""
        return self.peer is None

    @property
    def lower(self) -> Interface | None:
        """The other end; a cable to a hub is no device."""
        return self.peer if isinstance(self.peer, VethInterface) else None


class VethPair:
    """Two ends that live and die together."""

    def __init__(self, left: Interface, right: Interface) -> None:
        self.left = left
        self.right = right
        left.peer, right.peer = right, left
        left.wire, right.wire = (right,), (left,)
        left.note_place()
        right.note_place()

    @classmethod
    def create(cls, left: tuple[NetworkNamespace, str, int], right: tuple[NetworkNamespace, str, int],
               is_moved: bool = False) -> VethPair:
        """Make both ends, each as (namespace, name, MAC), and add them to their namespaces, left first (is_moved: the
        right end was made beside the left one, before it, and takes its index along)."""
        pair = cls(VethInterface(*left), VethInterface(*right))
        index = left[0].take_index() if is_moved else None
        left[0].add_interface(pair.left)
        right[0].add_interface(pair.right, None if index is None or right[0].by_index(index) else index)
        return pair


class VethKind(LinkKind):
    """`type veth [ peer … ]`."""

    name = "veth"
    attributes = (Attribute(("peer",), Form.PEER),)
    usage = "Usage: ip link add IFACE type veth [ peer name IFACE [ address MAC ] [ netns NAME ] ]"
    has_peer = True

    def make(self, request: NewLink) -> Interface:
        """veth_newlink."""
        other: NewLink = request.settings["peer"]
        peer = VethInterface(other.namespace, other.name, other.address)
        return VethPair(peer, VethInterface(request.namespace, request.name, request.address)).right


KIND = VethKind()
