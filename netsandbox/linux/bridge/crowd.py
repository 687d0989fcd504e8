"""The stations behind a bridge's ports, and what a broadcast means to them.

To nearly all of them it means nothing: it asks about somebody else's address, by somebody whom they do not doubt.  The
crowd knows for all of them together whom a question concerns, so that nobody else has to look at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from netsandbox.engine.receiver import Receiver
from netsandbox.linux.core.devices.interface import Interface, unhandled
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.drop import Outcome
from netsandbox.wire.arp import REQUEST, ArpPacket
from netsandbox.wire.ethernet import VLAN_TYPES, Frame

if TYPE_CHECKING:
    from netsandbox.linux.bridge.flood import Floods
    from netsandbox.linux.core.devices.interface import Verdict

NOBODY: frozenset[Interface] = frozenset()
LOOPBACK_BYTE = 127  # The first byte of addresses that all answer for, so that a question for one concerns everybody


class Crowd:
    """Whoever is at the far ends of the ports that forward.

    A station that changes leaves, and is looked at anew with the next flood; a change of its neighbour table is
    followed.
    """

    __slots__ = ("_floods", "_macs", "_owners", "_unsure", "_waiting", "members", "strangers")

    def __init__(self, floods: Floods) -> None:
        self._floods = floods
        # the stations that do with a broadcast what any station does, with the addresses that each answers for
        self.members: dict[Any, tuple[int, ...]] = {}
        self.strangers: dict[Receiver, None] = {}  # the other receivers: each processes every frame itself
        self._waiting: dict[Receiver, None] = {}  # Those who have not been looked at since they came, or changed
        self._owners: dict[int, tuple[Interface, ...]] = {}  # By address, the members that answer for it
        self._unsure: dict[int, set[Interface]] = {}  # By address, the members with an entry for it that holds no MAC
        self._macs: dict[int, dict[int, int]] = {}  # By address, how many members know it by which MAC

    # -- who is in it

    def enter(self, ends: Iterable[Receiver]) -> None:
        """Somebody is reached by floods from now on."""
        self._waiting.update(dict.fromkeys(ends))

    def leave(self, ends: Iterable[Receiver]) -> None:
        """Somebody is reached no longer."""
        for end in ends:
            self._waiting.pop(end, None)
            self._let_go(end)

    def reconsider(self, station: Interface) -> None:
        """Something about a station is new."""
        self._let_go(station)
        self._waiting[station] = None

    def admit(self) -> None:
        """Look at those who wait for it."""
        for end in self._waiting:
            if isinstance(end, Interface):
                end.crowd = self
            if _is_plain(end):
                self._take_in(end)
            else:
                self.strangers[end] = None
        self._waiting.clear()

    def _take_in(self, station: Any) -> None:
        frames, size = self._floods.heard_by(station)
        station.heard -= frames
        station.heard_bytes -= size
        addresses = tuple(address for address in station.arp_targets if address >> 24 != LOOPBACK_BYTE)
        self.members[station] = addresses
        for address in addresses:
            self._owners[address] = (*self._owners.get(address, ()), station)
        for entry in station.neighbours.values():
            self.learn(entry)

    def _let_go(self, end: Any) -> None:
        self.strangers.pop(end, None)
        if end in self.members:
            for entry in end.neighbours.values():
                self.forget(entry)
            for address in self.members.pop(end):
                self._owners[address] = tuple(other for other in self._owners[address] if other is not end)
                if not self._owners[address]:
                    del self._owners[address]
            frames, size = self._floods.heard_by(end)
            end.heard += frames
            end.heard_bytes += size
        if isinstance(end, Interface):
            end.crowd = None

    # -- what they know

    def learn(self, entry: Neighbour) -> None:
        """A station has an entry, or has it in a new state."""
        if entry.interface not in self.members:
            return
        address, mac = entry.address, entry.mac or 0
        if not entry.is_valid:
            self._unsure.setdefault(address, set()).add(entry.interface)
        elif address in self._macs:
            known = self._macs[address]
            known[mac] = known.get(mac, 0) + 1
        else:
            self._macs[address] = {mac: 1}

    def forget(self, entry: Neighbour) -> None:
        """A station no longer has an entry as it stands."""
        address = entry.address
        if entry.interface not in self.members:
            return
        if not entry.is_valid:
            unsure = self._unsure[address]
            unsure.discard(entry.interface)
            if not unsure:
                del self._unsure[address]
            return
        known = self._macs[address]
        known[entry.mac or 0] -= 1
        if not known[entry.mac or 0]:
            del known[entry.mac or 0]
        if not known:
            del self._macs[address]

    def heard_by(self, station: Interface) -> tuple[int, int]:
        """Frames and bytes that a station has received in floods and that are not in its own counters."""
        return self._floods.heard_by(station) if station in self.members else (0, 0)

    def concerned(self, frame: Frame) -> tuple[Verdict, Iterable[Interface]] | None:
        """The verdict of all members but some, and those; None where each has to look.

        The same questions, in the same order, as Interface.receive and arp.receive ask.
        """
        payload = frame.payload
        if type(payload) is ArpPacket:
            known = self._macs.get(payload.spa)
            if payload.op != REQUEST or payload.tpa >> 24 == LOOPBACK_BYTE or (
                    known and (len(known) > 1 or payload.sha not in known)):
                return None
            unsure, owners = self._unsure.get(payload.spa), self._owners.get(payload.tpa, ())
            return Outcome.IGNORED, owners if unsure is None else unsure.union(owners)
        if type(payload) is bytes and frame.ethertype not in VLAN_TYPES:
            return unhandled(frame.ethertype), NOBODY
        return None


def _is_plain(receiver: Any) -> bool:
    """Whether a receiver does with a broadcast what any station does."""
    return (type(receiver).receive is Interface.receive and receiver.port is None and receiver.running
            and receiver.stack is None and receiver.arp_targets is not None)
