"""The rig's capture, as it would be if its taps sat on the simulated interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from netsandbox.engine.trace import Record, Trace
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.capture import Passing, passings
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.events import FrameSent, LinkChanged
from netsandbox.linux.place import Place
from netsandbox.rig.pace import Pace
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from netsandbox.wire.vlan import SIZE, VlanTag

SNAPLEN, LO_SNAPLEN = 1982, 16318
CHUNK = 200_000  # Records after which a long cascade is taken in, before the trace forgets them


class Tap:
    """The rig's capture: the first frames of each interface as hex, and the number of all (places: the interfaces with
    a tap. It stays through a rename, and ends when its interface leaves the namespace)."""

    def __init__(self, trace: Trace, start: int, cap: int, places: Iterable[Place]) -> None:
        self._places = {place.id: place for place in places}
        self._trace = trace
        self._start = start
        self._cap = cap
        self._cursor = trace.end
        self._coming_up: tuple[int, int] | None = None
        self._kept: list[tuple[str, dict[str, Any]]] = []
        self._counts: dict[str, int] = {}
        self._closing: dict[str, int] = {}

    def closes_at(self, labels: list[str], when: int, pace: Pace) -> None:
        """The rig closes its taps one after the other, from this time on."""
        self._closing = {label: when + max(0, number * pace.close_ring - pace.ahead)
                         for number, label in enumerate(labels)}

    def drain(self, only_if_long: bool = False) -> None:
        """Take in what happened since the last time."""
        if only_if_long and self._trace.end - self._cursor < CHUNK:
            return
        records = self._trace.since(self._cursor)
        for passing in passings(self._without_link_up(records)):
            self._take(passing)
        self._cursor = self._trace.end

    def _without_link_up(self, records: Iterator[Record]) -> Iterator[Record]:
        """The rig's taps miss what an interface sends while the kernel still handles "link up"."""
        for record in records:
            event = record.event
            if isinstance(event, LinkChanged) and event.what == "up":
                self._coming_up = (record.step, event.interface.id)
            if isinstance(event, FrameSent) and self._coming_up == (record.step, event.interface.id):
                continue
            yield record

    def _take(self, passing: Passing) -> None:
        tapped = self._places.get(passing.interface.id)
        if tapped is None or tapped.namespace != passing.interface.namespace:
            return
        label = tapped.label
        if passing.record.at > self._closing.get(label, passing.record.at):
            return
        count = self._counts[label] = self._counts.get(label, 0) + 1
        if count <= self._cap:
            self._kept.append((label, {
                "n": len(self._kept), "t": round((passing.record.at - self._start) / SECOND, 9),
                "dir": "out" if passing.is_out else "in", "hex": self._kept_bytes(passing).hex(),
                **({"csum_partial": True} if _is_offloaded(passing.frame) else {})}))

    def _kept_bytes(self, passing: Passing) -> bytes:
        """What fits into a slot of the rig's rings, with the tag that the kernel keeps beside the frame."""
        data: bytes = passing.frame.wire()
        kind = kinds.find(passing.interface.kind)
        if kind is not None and kind.is_raw:
            data = data[14:]
        most = LO_SNAPLEN if passing.interface.is_loopback else SNAPLEN
        return data[:most + SIZE if isinstance(passing.frame.payload, VlanTag) else most]

    def frames(self) -> dict[str, list[dict[str, Any]]]:
        result: dict[str, list[dict[str, Any]]] = {place.label: [] for place in self._places.values()}
        for label, frame in self._kept:
            result[label].append(frame)
        return result

    def totals(self) -> dict[str, int]:
        return {place.label: self._counts.get(place.label, 0) for place in self._places.values()}


def _is_offloaded(frame: Any) -> bool:
    """Whether the frame's transport checksum was never filled in."""
    packet = frame.payload
    return (isinstance(packet, IPv4Packet) and isinstance(packet.payload, UdpDatagram)
            and packet.payload.is_checksum_offloaded)
