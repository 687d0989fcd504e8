"""An interface's place in a bridge: its state and its flags (struct net_bridge_port)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.linux.bridge.stp_port import PortTree
from netsandbox.linux.bridge.vlan_group import VlanGroup
from netsandbox.linux.core.devices.interface import Interface, longest_frame
from netsandbox.linux.place import Place

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge

DISABLED, LEARNING, FORWARDING = "disabled", "learning", "forwarding"
STATES = (DISABLED, "listening", LEARNING, FORWARDING, "blocking")  # BR_STATE_*, by number
PRIORITY = 32  # Of a bridge port: 0x80 >> 2


class BridgePort:
    """An interface's place in a bridge, with its flags (`bridge -d link`).

    Attributes:
        number: the lowest that was free.  age: how many ports the bridge has had before.
        usual_cost: what its device is taken for, as of when that last had a carrier (br_port_carrier_check).
        forward_end: when its forward delay is over, which does nothing without a spanning tree, but runs.
        mcast_router: whether somebody behind it is taken to want all groups: 0 never, 1 who asks, 2 always.
        held: a state other than forwarding that a person set; it holds until the link changes.
        flags: what a person set that changes nothing here, as there is no spanning tree: cost, priority, guard …
    """

    __slots__ = ("age", "alone", "bcast_flood", "bridge", "flood", "forward_end", "forwarding", "hairpin", "interface",
                 "is_simple", "isolated", "learning", "limit", "mcast_flood", "number", "rare", "state", "tree",
                 "vlans")

    flags: Rare[dict[str, int]] = Rare(NOTHING)
    group_fwd_mask = Rare(0)
    held = Rare("")
    locked = Rare(False)
    mcast_router = Rare(1)
    neigh_suppress = Rare(False)
    usual_cost: Rare[int] = Rare(2)

    def __init__(self, bridge: Bridge, interface: Interface, number: int, age: int) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.bridge = bridge
        self.interface = interface
        self.number = number
        self.age = age
        self.state = DISABLED
        self.forwarding = self.is_simple = False
        """is_simple: it forwards, and the bridge does not filter by VLAN, answer ARP or show its host all."""
        self.tree: PortTree | None = None
        self.take_cost()
        self.forward_end = 0
        self.vlans: VlanGroup | None = None
        self.learning = self.flood = self.mcast_flood = self.bcast_flood = True
        self.hairpin = self.isolated = False
        self.alone = (interface.place,)  # Its place, as records list the ports that a frame leaves by
        self.update_limit()

    def note_simple(self) -> None:
        """Whether the bridge just passes its frames on may have changed."""
        bridge = self.bridge
        self.is_simple = self.forwarding and not (bridge.vlan_filtering or bridge.suppresses or bridge.takes_all
                                                  or bridge.no_linklocal_learn)

    def update_limit(self) -> None:
        """The longest frame that is simply put on the interface's wire: none, where more is to be done."""
        self.limit = self.longest if self.interface.is_wired else -1

    @property
    def longest(self) -> int:
        """The longest frame that may leave, in bytes (is_skb_forwardable)."""
        return longest_frame(self.interface.mtu)

    @property
    def vlan_group(self) -> VlanGroup:
        """Its VLANs; a port that nobody has asked about has the default."""
        if self.vlans is None:
            self.vlans = VlanGroup(self.bridge.default_pvid)
        return self.vlans

    def hold(self, state: str) -> None:
        """`bridge link set dev PORT state …`: what was learned stays; forwarding takes it back."""
        self.held = "" if state == FORWARDING else state
        self.bridge.port_changed(self)

    def take_cost(self) -> None:
        """port_cost."""
        self.usual_cost = self.interface.path_cost

    def start_forward_delay(self) -> None:
        """br_make_forwarding starts the timer of a port that forwards already as well."""
        self.forward_end = self.bridge.namespace.scheduler.now + self.bridge.forward_delay

    @property
    def priority(self) -> int:
        return self.flags.get("priority", PRIORITY)

    @property
    def path_cost(self) -> int:
        return self.flags.get("cost", self.usual_cost)

    @property
    def root_block(self) -> bool:
        return bool(self.flags.get("root_block"))

    @property
    def port_id(self) -> int:
        """Priority and number (br_make_port_id)."""
        return self.priority << 10 | self.number

    @property
    def place(self) -> Place:
        return self.interface.place

    def call_anew(self) -> None:
        """The port, or who is behind it, is called otherwise from now on."""
        self.alone = (self.place,)
        self.bridge.floods.called_anew(self)

    def __repr__(self) -> str:
        return f"<port {self.interface.label}>"
