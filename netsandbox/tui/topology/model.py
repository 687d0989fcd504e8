"""The parts of a lab's picture: scopes that hold items, and the nets they hang on.

The picture has two kinds of thing.  An *item* is drawn as a box: a container, or a host, which is a frame around a
scope of its own.  A *net* is drawn as a bus: a bridge, hub or switch, or the anonymous *lane* that a cable between two
items runs in.  Every link then joins an item to a net, or a net to a net, or leaves its scope through the frame.  No
geometry here, and no Textual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

CLOSED = ("blocking", "listening", "learning")  # States of a port through which the spanning tree lets no frame
PROXY = "proxy"  # Kind of the item that a docker-proxy is

End = tuple[str, str]  # (node, interface): one end of a link

LinkKey = tuple[End, End]  # A link, by its two ends in the order of its row


class Place(NamedTuple):
    """Something in the picture that can be selected: a node, or a bridge inside one."""

    node: str
    interface: str = ""


class Note(NamedTuple):
    """A condition that is shown as a glyph and a word."""

    kind: str  # host-net, shared, on, no-net, exited, created, folded, down, no-carrier; `tr("note." + kind)`
    name: str = ""


class Wire(NamedTuple):
    """A link as seen from one of its ends."""

    link: LinkKey
    reverse: bool  # True when this side is the link's `b`


@dataclass(slots=True)
class Port:
    """Where a link leaves an item; `net` is an index into its scope, None when it leaves the scope."""

    wires: tuple[Wire, ...]
    near: str
    far: str
    state: str
    net: int | None = None
    address: str = ""
    marks: tuple[str, ...] = ()  # What stands beside its line: the VLANs of the port at its other end, delay and loss
    edge: str = ""  # What stands on its host's edge where the line ends there, as a docker-proxy's does: `:8080>web`


@dataclass(slots=True)
class Join:
    """A link from one net to another of the same scope."""

    wire: Wire
    other: int
    state: str
    marks: tuple[str, str] = ("", "")  # The VLANs of its port here, and of the one at the other net
    quality: str = ""  # Delay and loss


@dataclass(slots=True)
class Net:
    """A bus: a bridge, hub or switch; or a `lane` (a cable of its own) or a `stub` (an end in the host's stack)."""

    place: Place | None
    name: str
    kind: str
    detail: str = ""
    notes: tuple[Note, ...] = ()
    exits: list[Port] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """A box; a host has an `inner` scope and `uplinks`, its interfaces that belong to no bridge."""

    place: Place
    name: str
    kind: str
    notes: tuple[Note, ...] = ()
    addresses: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()  # Of a host, those that stand on others, with their addresses: `eth0.10 10.0.10.1/24`
    published: tuple[str, ...] = ()
    """Of a host, ports that lead to containers: `:8080>web`; those that a docker-proxy carries are its own."""
    tail: str = ""  # The end of its address that tells it from its neighbours': `.3`
    ports: list[Port] = field(default_factory=list)
    inner: Scope | None = None
    uplinks: list[Port] = field(default_factory=list)
    members: tuple[Place, ...] = ()  # The places that a collapsed group stands for


@dataclass(slots=True)
class Scope:
    """The whole picture, or the inside of one host."""

    items: list[Item] = field(default_factory=list)
    nets: list[Net] = field(default_factory=list)


def rank(item: Item) -> tuple[int, ...]:
    """Order of boxes: by the nets they hang on, those that hang on none last; ties stay as built."""
    nets = sorted(port.net for port in item.ports if port.net is not None)
    return (0, *nets) if nets else (1 if item.ports else 2,)


def places(scope: Scope) -> Mapping[Place, Item | Net]:
    """Everything in a scope and its inner scopes that can be selected."""
    found: dict[Place, Item | Net] = {}
    for item in scope.items:
        found[item.place] = item
        if item.inner is not None:
            found.update(places(item.inner))
    for net in scope.nets:
        if net.place is not None:
            found[net.place] = net
    return found
