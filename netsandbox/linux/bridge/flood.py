"""Floods: where one goes, what it counts, and whom of those that it reaches it concerns.

A flood goes to hundreds of ports, and to nearly all stations behind them it means nothing.  So that it costs no more
than the stations which it concerns, a plan of the ports is kept from flood to flood, the ports' counters are kept for
all of them together, and the crowd says for all stations together what each would find out for itself.  Verdicts,
records and counters are the same as if every port and every station had done its part alone.

This is the one door: the bridge says which ports forward and how, a station
says `Interface.station_changed`, and who reads a counter gets what is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netsandbox.engine.receiver import Audience, Receiver
from netsandbox.linux.bridge.crowd import Crowd
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.roll import Backwards, Newest, Roll
from netsandbox.linux.bridge.tally import Tally
from netsandbox.linux.events import Forwarding
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import BROADCAST_MAC
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

SMALLEST_CROWD = 8  # Receivers of a flood below which asking each costs no more than asking for all
NO_LIMIT = 1 << 30
HOST, ISOLATED, ORDINARY = "the host", "an isolated port", "a port"
"""Where a flood comes from, as far as it matters to where it goes."""


class Flood(Newest["Receiver"], Audience):
    """The receivers of a flood, newest port first."""

    __slots__ = ("_plan",)

    def __init__(self, plan: FloodPlan, left_out: Receiver | None) -> None:
        super().__init__(plan.ends, left_out)
        self._plan = plan

    @property
    def places(self) -> Backwards[Place]:
        """See Audience.places."""
        return self.called

    def split(self, frame: Frame) -> tuple[Verdict, list[tuple[int, Receiver]]] | None:
        """See Audience.split."""
        plan = self._plan
        if frame.dst != BROADCAST_MAC or self.size < SMALLEST_CROWD or not self.shows_all(plan.ends):
            return None
        crowd = plan.floods.gather()
        found = crowd.concerned(frame)
        if found is None:
            return None
        verdict, concerned = found
        size = frame.size
        plan.heard += 1
        plan.heard_bytes += size
        if self.left_out in crowd.members:
            _uncount(self.left_out, size)
        found_here = [(place, end) for end in crowd.strangers if (place := self.find(end)) is not None]
        for station in concerned:
            place = self.find(station)
            if place is not None:
                found_here.append((place, station))
                _uncount(station, size)
        found_here.sort()
        return verdict, found_here


def _uncount(station: Any, size: int) -> None:
    """Of a frame that is counted for the whole crowd: this one has not heard it, or will count it itself."""
    station.heard -= 1
    station.heard_bytes -= size


class FloodPlan:
    """Where floods of one kind go, and what they have added to the counters of the ports and stations there.

    Attributes:
        ports: by which they leave.  ends: who receives them, at the other ends of the ports' cables.
        limit: the longest frame that all of the ports and their peers take.
        sent, sent_bytes: frames that left by every port so far; the interfaces' own counters do not hold them.
        heard, heard_bytes: the same of those that reached every station of the crowd.
    """

    __slots__ = ("_limits", "_views", "ends", "floods", "heard", "heard_bytes", "limit", "origin", "ports", "sent",
                 "sent_bytes", "why")
    caches: ClassVar = {"_views": "{}"}

    def __init__(self, floods: Floods, why: Forwarding, origin: str) -> None:
        self.floods = floods
        self.why = why
        self.origin = origin
        self.ports: Roll[BridgePort] = Roll()
        self.ends: Roll[Receiver] = Roll()
        self.sent = self.sent_bytes = self.heard = self.heard_bytes = 0
        self.limit = NO_LIMIT
        self._limits = Tally()
        self._views: dict[BridgePort | None, tuple[Newest[BridgePort], Flood]] = {}

    def serves(self, port: BridgePort) -> bool:
        """Whether floods of this kind leave by a port (br_flood)."""
        if not port.forwarding or (self.origin is ISOLATED and port.isolated):
            return False
        if self.why is Forwarding.UNKNOWN:
            return port.flood
        if self.origin is HOST:
            return True
        return port.bcast_flood if self.why is Forwarding.BROADCAST else port.mcast_flood

    def note_limit(self, port: BridgePort) -> None:
        if port in self.ports.places:
            self._limits.put(port, min(port.limit, port.interface.peer_limit))
            self.limit = self._limits.least(NO_LIMIT)

    def add(self, port: BridgePort) -> None:
        """A port begins to forward: what was counted before is not its."""
        self.ports.add(port)
        for end in port.interface.wire:
            self.ends.add(end)
        port.interface.sent -= self.sent
        port.interface.sent_bytes -= self.sent_bytes
        self.note_limit(port)
        self._views.clear()

    def drop(self, port: BridgePort, ends: tuple[Receiver, ...]) -> None:
        """A port forwards no longer: what was counted so far it keeps."""
        if port not in self.ports.places:
            return
        port.interface.sent += self.sent
        port.interface.sent_bytes += self.sent_bytes
        self.ports = self.ports.without((port,))
        self.ends = self.ends.without(ends)
        self._limits.drop(port)
        self.limit = self._limits.least(NO_LIMIT)
        self._views.clear()

    def call_anew(self, port: BridgePort) -> None:
        if port in self.ports.places:
            self.ports.call_anew(port)
        for end in port.interface.wire:
            if end in self.ends.places:
                self.ends.call_anew(end)
        self._views.clear()

    def reach(self, source: BridgePort | None) -> tuple[Newest[BridgePort], Flood]:
        """The ports that a frame leaves by, and who receives it: all but where it came from."""
        found = self._views.get(source)
        if found is None:
            back = source is None or source.hairpin
            end = None if back or source is None else next(iter(source.interface.wire), None)
            found = self._views[source] = Newest(self.ports, None if back else source), Flood(self, end)
        return found

    def count(self, source: BridgePort | None, size: int) -> None:
        """One more frame leaves by all ports but where it came from."""
        self.sent += 1
        self.sent_bytes += size
        if source is not None and source in self.ports.places and not source.hairpin:
            source.interface.sent -= 1
            source.interface.sent_bytes -= size


class Floods:
    """All about the floods of one bridge."""

    def __init__(self) -> None:
        self._plans: dict[tuple[Forwarding, str], FloodPlan] = {}
        self._ports: dict[BridgePort, tuple[Receiver, ...]] = {}
        """Those that forward, in the order in which they were enslaved, with who receives what they send."""
        self._crowd: Crowd | None = None
        """The stations behind the ports, once floods have made it worth while to know them."""

    def plan(self, source: BridgePort | None, why: Forwarding) -> FloodPlan:
        """Where a flood goes that came in by a port; None: that the host sends."""
        origin = HOST if source is None else ISOLATED if source.isolated else ORDINARY
        plan = self._plans.get((why, origin))
        if plan is None:
            plan = self._plans[why, origin] = FloodPlan(self, why, origin)
            for port in self._ports:
                if plan.serves(port):
                    plan.add(port)
        return plan

    # -- what the bridge says

    def port_forwards(self, port: BridgePort) -> None:
        """A port begins to forward."""
        newest = next(reversed(self._ports), port)
        self._ports[port] = port.interface.wire
        if newest.age > port.age:
            self._ports = dict(sorted(self._ports.items(), key=lambda item: item[0].age))
            self._forget_plans()
        for plan in self._plans.values():
            if plan.serves(port):
                plan.add(port)
        if self._crowd is not None:
            self._crowd.enter(port.interface.wire)

    def port_stops(self, port: BridgePort) -> None:
        """A port forwards no longer; harmless when it did not."""
        ends = self._ports.pop(port, ())
        if self._crowd is not None:
            self._crowd.leave(ends)
        for plan in self._plans.values():
            plan.drop(port, ends)

    def called_anew(self, port: BridgePort) -> None:
        """A port, or who is behind it, is called otherwise in records from now on."""
        for plan in self._plans.values():
            plan.call_anew(port)

    def limit_changed(self, port: BridgePort) -> None:
        """A port or its peer takes frames of another length."""
        for plan in self._plans.values():
            plan.note_limit(port)

    def flags_changed(self) -> None:
        """A port is to be flooded or not, is isolated or not, or sends frames back."""
        self._forget_plans()

    def _forget_plans(self) -> None:
        """Work them out anew; what they have counted goes to the ports and stations."""
        for plan in self._plans.values():
            for port in plan.ports.items:
                port.interface.sent += plan.sent
                port.interface.sent_bytes += plan.sent_bytes
            for station in self._crowd.members if self._crowd is not None else ():
                if station in plan.ends.places:
                    station.heard += plan.heard
                    station.heard_bytes += plan.heard_bytes
            plan.ends = Roll()
        self._plans.clear()

    # -- what is asked

    @property
    def has_ports(self) -> bool:
        """Whether any port forwards."""
        return bool(self._ports)

    def gather(self) -> Crowd:
        """The crowd as it is now."""
        if self._crowd is None:
            self._crowd = Crowd(self)
            for ends in self._ports.values():
                self._crowd.enter(ends)
        self._crowd.admit()
        return self._crowd

    def sent_by(self, port: BridgePort) -> tuple[int, int]:
        """Frames and bytes that left by a port in floods and are not in its interface's own counters."""
        frames = size = 0
        for plan in self._plans.values():
            if port in plan.ports.places:
                frames, size = frames + plan.sent, size + plan.sent_bytes
        return frames, size

    def heard_by(self, station: Interface) -> tuple[int, int]:
        """The same of what a station of the crowd has received."""
        frames = size = 0
        for plan in self._plans.values():
            if station in plan.ends.places:
                frames, size = frames + plan.heard, size + plan.heard_bytes
        return frames, size
