"""A port of a bridge: the place that an interface has in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.interface import HARD_HEADER, VLAN_HEADER, Interface

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.place import Place

DISABLED, LEARNING, FORWARDING = "disabled", "learning", "forwarding"
STATES = (DISABLED, "listening", LEARNING, FORWARDING, "blocking")
"""BR_STATE_*, by number."""


class BridgePort:
    """An interface's place in a bridge, with its flags (`bridge -d link`).

    Attributes:
        number: the lowest that was free.  age: how many ports the bridge has had before.
        held: a state other than forwarding that a person set; it holds until the link changes.
        flags: what a person set that changes nothing here, as there is no spanning tree: cost, priority, guard …
    """

    __slots__ = ("age", "alone", "bcast_flood", "bridge", "flags", "flood", "forwarding", "group_fwd_mask", "hairpin",
                 "held", "interface", "isolated", "learning", "limit", "locked", "mcast_flood", "number", "state")

    def __init__(self, bridge: Bridge, interface: Interface, number: int, age: int) -> None:
        self.bridge = bridge
        self.interface = interface
        self.number = number
        self.age = age
        self.state = DISABLED
        self.held = ""
        self.forwarding = False
        self.learning = self.flood = self.mcast_flood = self.bcast_flood = True
        self.hairpin = self.isolated = self.locked = False
        self.flags: dict[str, int] = {}
        self.group_fwd_mask = 0
        self.alone = (interface.place,)
        """Its place, as records list the ports that a frame leaves by."""
        self.update_limit()

    def update_limit(self) -> None:
        self.limit = self.interface.mtu + HARD_HEADER + VLAN_HEADER

    @property
    def place(self) -> Place:
        return self.interface.place

    def call_anew(self) -> None:
        """The port, or who is behind it, is called otherwise from now on."""
        self.alone = (self.place,)
        self.bridge.floods.called_anew(self)

    def __repr__(self) -> str:
        return f"<port {self.interface.label}>"
