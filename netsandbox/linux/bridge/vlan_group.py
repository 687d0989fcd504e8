"""The VLANs of a port of a bridge, or of the bridge itself (net/bridge/br_private.h)."""

from __future__ import annotations

DEFAULT_PVID = 1


class VlanGroup:
    """The VLANs of one port, or of the bridge itself (struct net_bridge_vlan_group)."""

    __slots__ = ("options", "pvid", "states", "untagged", "vlans")

    def __init__(self, default_pvid: int) -> None:
        self.states: dict[int, str] = {}  # of the VLANs that do not forward, as a spanning tree of their own says
        self.options: dict[int, dict[str, int]] = {}  # of the bridge alone, by VLAN: what snooping by VLAN would heed
        self.pvid = default_pvid  # the VLAN of what comes in without a tag; 0 for none
        self.vlans = {default_pvid} if default_pvid else set()  # their numbers
        self.untagged = set(self.vlans)  # those that leave without a tag

    def add(self, vid: int, pvid: bool, untagged: bool) -> None:
        """A VLAN with its flags, whatever flags it had (__vlan_add_flags)."""
        self.vlans.add(vid)
        if pvid:
            self.pvid = vid
        elif self.pvid == vid:
            self.pvid = 0
        (self.untagged.add if untagged else self.untagged.discard)(vid)

    def lets_out(self, vid: int) -> bool:
        """br_allowed_egress."""
        return vid in self.vlans and vid not in self.states

    def remove(self, vid: int) -> None:
        self.states.pop(vid, None)
        self.vlans.discard(vid)
        self.untagged.discard(vid)
        if self.pvid == vid:
            self.pvid = 0
