"""One entry of a neighbour table, of whatever protocol family (struct neighbour)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.neighbours.nud import NONE
from netsandbox.linux.core.neighbours.queue import NeighbourQueue

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

NO_FLAGS: frozenset[str] = frozenset()


class Neighbour:
    """One entry of the table.

    Attributes:
        updated: when state or MAC last changed.  confirmed: when the neighbour last proved that it is there.
            used: when the slow output path last used it.  All in virtual nanoseconds.
        cached: a hardware header is cached (hh_cache): REACHABLE packets take the fast path, and leave `used` alone.
        flags: extern_learn, managed, router, as a person has set them (NTF_*).
        seq: the trace record of the last change.  dead: it is out of the table.
    """

    __slots__ = ("address", "cached", "confirmed", "dead", "flags", "interface", "is_valid", "mac", "probes", "queue",
                 "seq", "state", "sure", "timer", "updated", "used")

    def __init__(self, interface: Interface, address: int, now: int) -> None:
        self.interface = interface
        self.address = address
        self.mac: int | None = None
        self.state = NONE
        self.sure = self.is_valid = False  # state in SURE, in VALID: kept because each packet asks
        self.cached = self.dead = False
        self.flags: frozenset[str] = NO_FLAGS
        self.probes = 0
        self.queue: NeighbourQueue | None = None
        self.timer: Timer | None = None
        self.updated = self.used = now
        self.confirmed = now - interface.neigh.unconfirmed_time
        self.seq = 0
