"""What bridges with VLANs or a spanning tree, stacked devices, tunnels and policy rules decide; values only."""

from __future__ import annotations

from typing import NamedTuple


class TagPushed(NamedTuple):
    """A VLAN device put its tag into a frame and hands it to the device below."""

    place: str  # The VLAN device, as `host:eth0.10`
    below: str
    vlan: int
    protocol: str  # 802.1Q or 802.1ad


class VlanEntered(NamedTuple):
    """A filtering bridge put a frame into a VLAN."""

    bridge: str
    port: str
    vlan: int
    had_tag: bool  # Its own tag said so; else the port's PVID


class VlanLeft(NamedTuple):
    """Some ports of a filtering bridge send a frame of a VLAN alike."""

    bridge: str
    ports: str
    vlan: int
    tagged: bool


class ArpAnswered(NamedTuple):
    """A bridge answers an ARP question itself, in the owner's name (neigh_suppress)."""

    bridge: str
    port: str  # Where the question came from
    address: int
    mac: int


class BpduTaken(NamedTuple):
    """A bridge port heard a better or newer message of the spanning tree than it had."""

    port: str
    priority: int
    root: str
    cost: int
    sender: str


class RootChosen(NamedTuple):
    """A bridge has found out which bridge is the root of the spanning tree."""

    bridge: str
    priority: int
    root: str
    port: str  # Its way there; empty where it is the root itself
    cost: int


class TopologyChanged(NamedTuple):
    """The spanning tree begins, or ends, to tell all bridges that it has changed."""

    bridge: str
    changing: bool


class Encapsulated(NamedTuple):
    """A tunnel device put what it was given into a packet of its own."""

    place: str
    kind: str  # vxlan, gre, gretap or ipip
    number: int  # VNI, or GRE key; 0 for none
    remote: int  # Where the outer packet goes
    why: str  # What named the other end: row, flood, remote or route


class Decapsulated(NamedTuple):
    """A tunnel device took a packet and goes on with what was in it."""

    place: str
    kind: str
    number: int
    remote: int  # Whom the outer packet was from


class VtepLearned(NamedTuple):
    """A VXLAN device noted behind which other end a MAC is."""

    place: str
    mac: int
    remote: int
    previous: int  # The end that it was behind before, or 0


class VtepMissing(NamedTuple):
    """A VXLAN device wants somebody to say where a station is (l2miss, l3miss)."""

    place: str
    address: int  # Whose MAC is wanted, or 0
    mac: int  # Whose other end is wanted, or 0


class ChildChosen(NamedTuple):
    """A macvlan's or ipvlan's parent, or a sibling, hands a frame to a child."""

    parent: str
    child: str
    why: str  # mac, address, sibling, broadcast, source or passthru


class SlaveChosen(NamedTuple):
    """A bond sends a frame by one of its slaves."""

    bond: str
    slave: str
    why: str  # active, turn, all, or the policy by which the frame's flow was hashed


class ActiveSlaveChanged(NamedTuple):
    """A bond has another active slave."""

    bond: str
    slave: str  # Empty where none is left
    previous: str
    why: str  # link, arp, primary, enslaved or released


class FrameShaped(NamedTuple):
    """A queueing discipline did something to a frame before it leaves."""

    place: str
    discipline: str
    what: str  # delayed, duplicated, corrupted, reordered, shaped, sorted into a class, or waited there
    nanoseconds: int


class RuleMatched(NamedTuple):
    """A rule of policy routing, not one of the three that are always there, chose what happens to a packet."""

    namespace: str
    destination: int
    priority: int
    rule: str  # As `ip rule` shows it, without its number

    @property
    def looks_up(self) -> bool:
        """It names a table; else it refuses by itself."""
        return " lookup " in self.rule


class GroupJoined(NamedTuple):
    """A bridge that looks into IGMP has noted that a port wants a group."""

    bridge: str
    port: str
    group: int


class GroupLeft(NamedTuple):
    """It has noted that a port wants a group no longer."""

    bridge: str
    port: str
    group: int


class NextHopChanged(NamedTuple):
    """A next hop with a number of its own, or a group of them, came, was replaced, or went."""

    namespace: str
    hop: str  # As `ip nexthop` shows it
    added: bool


class PathChosen(NamedTuple):
    """Of several next hops of one route, one was taken by the packet's hash."""

    namespace: str
    destination: int
    path: str  # As `ip route` shows the next hop
    paths: int
    policy: int  # fib_multipath_hash_policy
