"""What ping counts, and the statistics that it ends with."""

from __future__ import annotations

from netsandbox.apps.ping.options import TIMEVAL, PingOptions
from netsandbox.apps.ping.start import PingStart
from netsandbox.apps.ping.text import describe_round_trips, milliseconds
from netsandbox.engine.units import MICROSECOND, MILLISECOND
from netsandbox.linux.core.namespace import NetworkNamespace


class PingEnd(PingStart):
    """The part of a run that is told at its end.

    Attributes:
        sent, received, errors: as the statistics line counts them.
        round_trips: microseconds of each reply, in order.
    """

    def __init__(self, namespace: NetworkNamespace, options: PingOptions, destination: int, pid: int) -> None:
        super().__init__(namespace, options, destination, pid)
        self.sent = self.received = self.errors = self.duplicates = self.corrupted = 0
        self.round_trips: list[int] = []
        self._pipe = 1
        self._first = self._last = 0
        self._interval = options.interval
        self._smoothed = 0  # The smoothed round-trip time in eighths of a microsecond

    def _print_statistics(self) -> None:
        parts = [f"{self.sent} packets transmitted", f"{self.received} received"]
        parts += [f"+{self.duplicates} duplicates"] if self.duplicates else []
        parts += [f"+{self.corrupted} corrupted"] if self.corrupted else []
        parts += [f"+{self.errors} errors"] if self.errors else []
        loss = (self.sent - self.received) * 100 / self.sent if self.sent else 0
        parts += [f"{loss:.6g}% packet loss", f"time {(self._last - self._first) // MILLISECOND}ms"]
        dots = "." * (self.sent - self.received) if self.options.flood and not self.options.quiet else ""
        self.print(f"{dots}\n--- {self.options.target} ping statistics ---\n" + ", ".join(parts))
        options = self.options
        cells = [describe_round_trips(self.round_trips if options.size >= TIMEVAL else [])]
        cells += [f"pipe {self._pipe}"] if self._pipe > 1 else []
        if self.received and self.sent > 1 and (options.adaptive or options.flood or not self._interval):
            gap = (self._last - self._first) // MICROSECOND // (self.sent - 1)
            cells.append(f"ipg/ewma {milliseconds(gap)}/{milliseconds(self._smoothed // 8)} ms")
        self.print(", ".join(filter(None, cells)))
