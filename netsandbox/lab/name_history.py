"""Who had which MAC and IPv4 address when, as the trace tells."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from netsandbox.linux.events import AddressChanged, LinkChanged
from netsandbox.wire.addresses import parse_mac

if TYPE_CHECKING:
    from netsandbox.engine.trace import Trace
    from netsandbox.linux.core.interface import Interface

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
        start = max(self._cursor, trace.first)
        changes = [(seq, event) for seq, event in enumerate(trace.events[start - trace.first:], start)
                   if type(event) is LinkChanged or type(event) is AddressChanged]
        macs = {event.interface: parse_mac(event.previous) for _seq, event in reversed(changes)
                if type(event) is LinkChanged and event.what == "mac"}
        for seq, event in changes:
            if event.interface.is_loopback:
                continue
            if isinstance(event, AddressChanged):
                note = self._hold if event.added else self._drop
                note(seq, event.address.address, event.interface.namespace.name)
            else:
                self._note_link(seq, event, macs)
        self._cursor = trace.end

    def names(self, number: int, seq: int) -> tuple[str, ...] | None:
        """Those who had an address when a record was made; None if that is not known."""
        held = self._held.get(number)
        if held is None:
            return None
        place = bisect_right(held, seq, key=lambda entry: entry[0])
        return held[place - 1][1] if place else ()

    def _note_link(self, seq: int, event: LinkChanged, macs: dict[Interface, int]) -> None:
        """
        Args:
            macs: what those interfaces have at this time that will have had another MAC when all is read.
        """
        interface, name = event.interface, event.interface.namespace.name
        mac = macs.get(interface, interface.mac)
        if event.what == "mac":
            self._drop(seq, mac, name)
            macs[interface] = parse_mac(event.detail)
            self._hold(seq, macs[interface], name)
        elif event.what == "removed":
            self._drop(seq, mac, name)
        elif event.what in ("added", "up"):
            self._hold(seq, mac, name)

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
