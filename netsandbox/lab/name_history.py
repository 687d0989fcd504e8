"""Who had which MAC and IPv4 address when, and which broadcast address was one, as the trace tells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from netsandbox.docker.events import ContainerRenamed, NetworkCreated
from netsandbox.engine.trace import Trace
from netsandbox.lab.bridge_names import BridgeNames
from netsandbox.lab.events import NodeAdded
from netsandbox.linux.events import AddressChanged, LinkChanged
from netsandbox.linux.place import BRIDGE
from netsandbox.wire.addresses import parse_mac

TELLING = frozenset({AddressChanged, LinkChanged, ContainerRenamed, NetworkCreated, NodeAdded})
Held = dict[int, list[tuple[int, tuple[str, ...]]]]  # For each address: (sequence number, names from then on), in order
ALWAYS = -1  # A sequence number before any record's


class NameHistory:
    """Who had which address from when on, read from a trace as it grows (bridges: how they were called when)."""

    def __init__(self) -> None:
        self._cursor = 0
        self._held: Held = {}
        self._everyone: Held = {}  # Broadcast addresses, each with the devices that gave it
        self.bridges = BridgeNames()

    def read(self, trace: Trace) -> None:
        """Take in what has happened since the last time."""
        place, fresh = trace.tail(self._cursor)
        for at in [at for at, raw in enumerate(fresh) if type(raw) in TELLING]:
            seq, event = trace.number_at(place + at), fresh[at]
            if isinstance(event, AddressChanged):
                self._note_address(seq, event)
            elif isinstance(event, LinkChanged):
                self._note_link(seq, event)
            elif isinstance(event, ContainerRenamed):
                self._rename(seq, event.container, event.name)
            else:
                self.bridges.entitle(seq, event)
        self._cursor = trace.end

    def until(self, end: int) -> NameHistory:
        """What was taken in of the records before one; the last of them is to be read again.

        Who lost an address did so from the next record on: of an entry from `end` on nobody knows which made it.
        """
        early = NameHistory()
        early._cursor = min(self._cursor, max(end - 1, 0))
        early._held, early._everyone = _until(self._held, end), _until(self._everyone, end)
        early.bridges = self.bridges.until(early._cursor)
        return early

    def names(self, number: int, seq: int) -> tuple[str, ...] | None:
        """Those who had an address when a record was made; None if that is not known."""
        return _at(self._held, number, seq)

    def is_broadcast(self, number: int, seq: int) -> bool | None:
        """Whether an address was for everyone when a record was made; None if that is not known."""
        devices = _at(self._everyone, number, seq)
        return None if devices is None else bool(devices)

    def _note_address(self, seq: int, event: AddressChanged) -> None:
        device, own = event.interface, event.address
        if device.is_loopback:
            return
        note = _hold if event.added else _drop
        note(self._held, seq, own.address, device.namespace)
        if own.length < 31:
            note(self._everyone, seq, own.broadcast, f"{device.id} {own}")

    def _note_link(self, seq: int, event: LinkChanged) -> None:
        place = event.interface
        if place.is_loopback:
            return
        if place.kind == BRIDGE:
            self.bridges.note(seq, event)
        if event.what == "mac":
            _drop(self._held, seq, parse_mac(event.previous), place.namespace)
        if event.what == "removed":
            _drop(self._held, seq, place.mac, place.namespace)
        elif event.what in ("added", "up", "mac"):
            _hold(self._held, seq, place.mac, place.namespace)

    def _rename(self, seq: int, old: str, new: str) -> None:
        for held in self._held.values():
            names = held[-1][1]
            if old in names:
                held.append((seq, tuple(new if name == old else name for name in names)))


def _hold(table: Held, seq: int, number: int, name: str) -> None:
    held = table.setdefault(number, [])
    names = held[-1][1] if held else ()
    if name not in names:
        held.append((seq, (*names, name)))


def _drop(table: Held, seq: int, number: int, name: str) -> None:
    held = table.setdefault(number, [(ALWAYS, (name,))])
    names = held[-1][1]
    if name in names:
        held.append((seq + 1, tuple(other for other in names if other != name)))


def _at(table: Held, number: int, seq: int) -> tuple[str, ...] | None:
    held = table.get(number)
    if held is None:
        return None
    place = bisect_right(held, seq, key=_since)
    return held[place - 1][1] if place else ()


def _until(table: Held, end: int) -> Held:
    early = Held()
    for number, held in table.items():
        kept = held[:] if held[-1][0] < end else held[:bisect_left(held, end, key=_since)]
        if kept and kept[-1][0] != ALWAYS:
            early[number] = kept
    return early


def _since(entry: tuple[int, tuple[str, ...]]) -> int:
    return entry[0]
