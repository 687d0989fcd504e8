"""What the connections to a peer have found out, for those that follow (net/ipv4/tcp_metrics.c).

Times are microseconds, the round trip eightfold and its deviation fourfold, as `rtt.RoundTrip` has them.
"""

from __future__ import annotations

from netsandbox.engine.units import MICROSECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.congestion import NEVER
from netsandbox.linux.tcp.control.rtt import RTO_FALLBACK
from netsandbox.linux.tcp.sending.transmit import way_of
from netsandbox.linux.tcp.state import Recovery

MILLI = 1000
SAVES_NOTHING, SAVES_NO_THRESHOLD = "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_no_ssthresh_metrics_save"
REORDERING = "net.ipv4.tcp_reordering"


class PathMetrics:
    """Of one of our addresses and one peer; what is 0 nobody knows (at: when it was learned, in virtual
    nanoseconds)."""

    __slots__ = ("at", "deviation", "reordering", "threshold", "trip", "window")

    def __init__(self) -> None:
        self.at = self.trip = self.deviation = self.threshold = self.window = self.reordering = 0

    def begin(self, route: Route) -> None:
        """What the route says of it (tcpm_suck_dst): there it is in parts of milliseconds."""
        self.trip, self.deviation = route.asks("rtt") * MILLI, route.asks("rttvar") * MILLI
        self.threshold, self.window = route.asks("ssthresh"), route.asks("cwnd")
        self.reordering = route.asks("reordering")

    def note_trip(self, smoothed: int, deviation: int) -> None:
        """A longer round trip counts at once, a shorter one little by little: too long does less harm."""
        less = self.trip - smoothed
        self.trip = smoothed if less <= 0 else self.trip - (less >> 3)
        found = max(abs(less) >> 1, deviation)
        self.deviation = found if found >= self.deviation else self.deviation - ((self.deviation - found) >> 2)

    def note_window(self, conn: Connection) -> None:
        """By how the connection ended: still in its first slow start, with a window that is sure, or neither."""
        state, settings = conn.congestion, conn.namespace.sysctls
        if state.threshold >= NEVER:
            if self.threshold and state.window >> 1 > self.threshold and not settings.get(SAVES_NO_THRESHOLD):
                self.threshold = state.window >> 1
            if state.window > self.window:
                self.window = state.window
            return
        saves_threshold = not settings.get(SAVES_NO_THRESHOLD)
        if not state.in_slow_start and conn.recovery is Recovery.OPEN:
            if saves_threshold:
                self.threshold = max(state.window >> 1, state.threshold)
            self.window = (self.window + state.window) >> 1
        else:
            self.window = (self.window + state.threshold) >> 1
            if saves_threshold:
                self.threshold = max(self.threshold, state.threshold)
            most = conn.rack.reordering
            if self.reordering < most != settings.get(REORDERING):
                self.reordering = most


def learn(conn: Connection) -> None:
    """A connection has come to its end, and not by a RST (tcp_update_metrics)."""
    if conn.namespace.sysctls.get(SAVES_NOTHING):
        return
    known = conn.namespace.sockets.metrics
    found: PathMetrics | None = known.get((conn.address, conn.peer))
    if conn.backoff or not conn.round_trip.smoothed:
        if found is not None:
            found.trip = 0
        return
    if found is None:
        found = known[conn.address, conn.peer] = PathMetrics()
        if isinstance(way := way_of(conn), OutputRoute) and way.route.metrics:
            found.begin(way.route)
    found.note_trip(conn.round_trip.smoothed, conn.round_trip.deviation)
    found.note_window(conn)
    found.at = conn.namespace.scheduler.now


def apply(conn: Connection) -> None:
    """A connection begins: its first timeout is that of a data packet, not of the SYN (tcp_init_metrics)."""
    trip = conn.round_trip
    found: PathMetrics | None = conn.namespace.sockets.metrics.get((conn.address, conn.peer))
    known = 0
    if found is not None:
        known = found.trip
        if found.threshold and not conn.namespace.sysctls.get(SAVES_NO_THRESHOLD):
            conn.congestion.threshold = found.threshold
        if found.reordering:
            conn.rack.reordering = found.reordering
    if known > trip.smoothed:
        ticks = (known >> 3) * MICROSECOND // TICK * TICK
        trip.timeout = ticks + max(2 * ticks, trip.floor * MICROSECOND)
    elif not trip.smoothed:
        trip.timeout = RTO_FALLBACK
