"""The queueing discipline pfifo_fast: three bands by priority (sch_generic.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Held, Xmit
from netsandbox.linux.core.queueing.fifo import Fifo
from netsandbox.linux.ipv4.prio import PRIOMAP
from netsandbox.linux.ipv4.priority import priority
from netsandbox.wire.ethernet import Frame

BANDS = 3


class FastFifo(Fifo):
    """Who is in a better band goes first; each band has room for as many as the device's queue."""

    kind = "pfifo_fast"

    def __init__(self, interface: Interface, handle: int) -> None:
        super().__init__(interface, handle)
        self.bands: tuple[list[Held], ...] = ()  # what waits in each, the best first
        self.purge()

    @property
    def waiting(self) -> list[Held]:
        return [held for band in self.bands for held in band]

    def purge(self) -> None:
        self.bands = tuple([] for _ in range(BANDS))

    def peek(self) -> Frame | None:
        return next((band[0][2] for band in self.bands if band), None)

    def keep(self, frame: Frame) -> Xmit:
        """pfifo_fast_enqueue."""
        band = self.bands[PRIOMAP[priority(frame, self.interface) & 15]]
        if len(band) >= self.most:
            self.drop(frame, "limit")
            return Xmit.DROP
        band.append(self.as_held(frame))
        return Xmit.SUCCESS

    def take(self) -> tuple[int, Frame]:
        since, _serial, frame = next(filter(None, self.bands)).pop(0)
        return since, frame
