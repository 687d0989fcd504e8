"""Who had which MAC and IPv4 address when, as the trace tells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from netsandbox.docker.events import ContainerRenamed
from netsandbox.linux.events import AddressChanged, LinkChanged
from netsandbox.wire.addresses import parse_mac

if TYPE_CHECKING:
    from netsandbox.engine.trace import Trace

TELLING = frozenset({AddressChanged, LinkChanged, ContainerRenamed})
ALWAYS = -1
"""A sequence number before any record's."""


class NameHistory:
    """Who had which address from when on, read from a trace as it grows."""

    def __init__(self) -> None:
        self._cursor = 0
        self._held: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
        """For each address: (sequence number, names from then on), in order."""

    def read(self, trace: Trace) -> None:
        """Take in what has happened since the last time."""
        place, fresh = trace.tail(self._cursor)
        for at in [at for at, raw in enumerate(fresh) if type(raw) in TELLING]:
            seq, event = trace.number_at(place + at), fresh[at]
            if isinstance(event, AddressChanged):
                self._note_address(seq, event)
            elif isinstance(event, LinkChanged):
                self._note_link(seq, event)
            else:
                self._rename(seq, event.container, event.name)
        self._cursor = trace.end

    def until(self, end: int) -> NameHistory:
        """What was taken in of the records before one; the last of them is to be read again.

        Who lost an address did so from the next record on: of an entry from `end` on nobody knows which made it.
        """
        early = NameHistory()
        early._cursor = min(self._cursor, max(end - 1, 0))
        for number, held in self._held.items():
            kept = held[:] if held[-1][0] < end else held[:bisect_left(held, end, key=_since)]
            if kept and kept[-1][0] != ALWAYS:
                early._held[number] = kept
        return early

    def names(self, number: int, seq: int) -> tuple[str, ...] | None:
        """Those who had an address when a record was made; None if that is not known."""
        held = self._held.get(number)
        if held is None:
            return None
        place = bisect_right(held, seq, key=_since)
        return held[place - 1][1] if place else ()

    def _note_address(self, seq: int, event: AddressChanged) -> None:
        if not event.interface.is_loopback:
            note = self._hold if event.added else self._drop
            note(seq, event.address.address, event.interface.namespace)

    def _note_link(self, seq: int, event: LinkChanged) -> None:
        place = event.interface
        if place.is_loopback:
            return
        if event.what == "mac":
            self._drop(seq, parse_mac(event.previous), place.namespace)
        if event.what == "removed":
            self._drop(seq, place.mac, place.namespace)
        elif event.what in ("added", "up", "mac"):
            self._hold(seq, place.mac, place.namespace)

    def _rename(self, seq: int, old: str, new: str) -> None:
        for held in self._held.values():
            names = held[-1][1]
            if old in names:
                held.append((seq, tuple(new if name == old else name for name in names)))

    def _hold(self, seq: int, number: int, name: str) -> None:
        held = self._held.setdefault(number, [])
        names = held[-1][1] if held else ()
        if name not in names:
            held.append((seq, (*names, name)))

    def _drop(self, seq: int, number: int, name: str) -> None:
        held = self._held.setdefault(number, [(ALWAYS, (name,))])
        names = held[-1][1]
        if name in names:
            held.append((seq + 1, tuple(other for other in names if other != name)))


def _since(entry: tuple[int, tuple[str, ...]]) -> int:
    return entry[0]
