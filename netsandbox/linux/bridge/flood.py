"""Floods: where one goes, and which of its receivers it concerns.

To nearly all stations behind a bridge a broadcast means nothing: it asks
about somebody else's address, by somebody whom they do not doubt.  A Crowd
knows for all of them together what each would find out for itself, so that
only those concerned process the frame one by one.  The verdicts, records and
counters are the same as if every station had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from netsandbox.engine.scheduler import Audience
from netsandbox.linux.core.interface import Interface, unhandled
from netsandbox.linux.drop import Outcome
from netsandbox.wire.addresses import BROADCAST_MAC
from netsandbox.wire.arp import REQUEST, ArpPacket
from netsandbox.wire.ethernet import VLAN_TYPES

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge, BridgePort
    from netsandbox.linux.core.interface import Verdict
    from netsandbox.linux.ipv4.neighbour import Neighbour
    from netsandbox.wire.ethernet import Frame

SMALLEST_CROWD = 8
"""Receivers of a flood below which asking each costs no more than asking for all."""


class Crowd:
    """The plain stations at the far ends of a bridge's ports.

    Dissolved when something changes about who they are; a change of their
    neighbour tables it follows.

    Attributes:
        owners: by address, the stations that answer for it.
        unsure: by address, the stations with an entry for it that holds no MAC.
        macs: by address, how many stations know it by which MAC.
    """

    __slots__ = ("bridge", "macs", "owners", "stations", "unsure")

    def __init__(self, bridge: Bridge, receivers: Iterable[Any]) -> None:
        self.bridge = bridge
        self.stations = [receiver for receiver in receivers if _is_plain(receiver)]
        self.owners: dict[int, list[Interface]] = {}
        self.unsure: dict[int, set[Interface]] = {}
        self.macs: dict[int, dict[int, int]] = {}
        for station in self.stations:
            station.crowd = self
            for address in station.arp_targets or ():
                self.owners.setdefault(address, []).append(station)
            for entry in station.neighbours.values():
                self.learn(entry)

    def learn(self, entry: Neighbour) -> None:
        """A station has an entry, or has it in a new state."""
        if entry.is_valid:
            known = self.macs.setdefault(entry.address, {})
            known[entry.mac or 0] = known.get(entry.mac or 0, 0) + 1
        else:
            self.unsure.setdefault(entry.address, set()).add(entry.interface)

    def forget(self, entry: Neighbour) -> None:
        """A station no longer has an entry as it stands."""
        if not entry.is_valid:
            self.unsure[entry.address].discard(entry.interface)
            return
        known = self.macs[entry.address]
        known[entry.mac or 0] -= 1
        if not known[entry.mac or 0]:
            del known[entry.mac or 0]

    def concerned(self, frame: Frame) -> tuple[Verdict, set[Interface]] | None:
        """The verdict of all stations but some, and those; None where each has to look.

        The same questions, in the same order, as Interface.receive and arp.receive ask.
        """
        payload = frame.payload
        if type(payload) is ArpPacket:
            known = self.macs.get(payload.spa)
            if payload.op != REQUEST or (known and (len(known) > 1 or payload.sha not in known)):
                return None
            concerned = self.unsure.get(payload.spa, set()).union(self.owners.get(payload.tpa, ()))
            return Outcome.IGNORED, concerned
        if type(payload) is bytes and frame.ethertype not in VLAN_TYPES:
            return unhandled(frame.ethertype), set()
        return None


def _is_plain(receiver: Any) -> bool:
    """Whether a receiver does with a broadcast what any station does."""
    return (type(receiver).receive is Interface.receive and receiver.port is None and receiver.running
            and receiver.arp_targets is not None)


class FloodPlan(Audience):
    """The receivers of a flood from one port; kept until something about the ports changes.

    Attributes:
        ports: where the frames leave.  limit: the longest frame that all of them and their peers take.
        frames, bytes: what the ports' transmit counters do not hold yet: counting a flood port by port is dear.
        unheard, unheard_bytes: the same of the stations' receive counters.
        strangers: places of receivers that are not of the crowd.
    """

    bridge: Bridge
    ports: tuple[BridgePort, ...]
    limit: int
    frames: int
    bytes: int
    unheard: int
    unheard_bytes: int
    crowd: Crowd | None
    strangers: list[int]
    is_used: bool

    @classmethod
    def through(cls, bridge: Bridge, ports: tuple[BridgePort, ...]) -> FloodPlan:
        plan = cls(target for port in ports for target in port.interface.wire)
        plan.bridge, plan.ports = bridge, ports
        plan.limit = min((min(port.limit, port.interface.peer_limit) for port in ports), default=1 << 30)
        plan.frames = plan.bytes = plan.unheard = plan.unheard_bytes = 0
        plan.crowd, plan.strangers, plan.is_used = None, [], False
        return plan

    def count_sent(self, size: int) -> None:
        """One more frame leaves by all ports."""
        if not self.frames and not self.unheard:
            self.bridge.uncounted.append(self)
        self.frames += 1
        self.bytes += size

    def settle(self) -> None:
        """Put what is not counted yet into the interfaces' counters."""
        for port in self.ports if self.frames else ():
            port.interface.tx_packets += self.frames
            port.interface.tx_bytes += self.bytes
        for station in self if self.unheard else ():
            if getattr(station, "crowd", None) is self.crowd:
                station.rx_packets += self.unheard
                station.rx_bytes += self.unheard_bytes
        self.frames = self.bytes = self.unheard = self.unheard_bytes = 0

    def split(self, frame: Frame) -> tuple[Verdict, list[int]] | None:
        """See Audience.split."""
        if frame.dst != BROADCAST_MAC:
            return None
        crowd = self.bridge.audience or self._gather()
        if crowd is None:
            return None
        if crowd is not self.crowd:
            self._meet(crowd)
        found = crowd.concerned(frame)
        if found is None:
            return None
        self._count_heard(frame.size)
        return found[0], sorted([*self.strangers, *self._places(found[1], frame.size)])

    def _gather(self) -> Crowd | None:
        """A crowd for the bridge: not for a few receivers, nor for a first frame, after which much may change."""
        if len(self) < SMALLEST_CROWD or not self.is_used:
            self.is_used = True
            return None
        bridge = self.bridge
        crowd = bridge.audience = Crowd(bridge, (end for port in bridge.ports for end in port.interface.wire))
        return crowd

    def _meet(self, crowd: Crowd) -> None:
        self.bridge.settle_counters()
        self.crowd = crowd
        self.strangers = [place for place, end in enumerate(self) if getattr(end, "crowd", None) is not crowd]

    def _count_heard(self, size: int) -> None:
        if not self.frames and not self.unheard:
            self.bridge.uncounted.append(self)
        self.unheard += 1
        self.unheard_bytes += size

    def _places(self, concerned: set[Interface], size: int) -> Iterator[int]:
        """Where the concerned are; they will count the frame themselves."""
        for station in concerned:
            try:
                place = self.index(station)
            except ValueError:
                continue
            station.rx_packets -= 1
            station.rx_bytes -= size
            yield place
