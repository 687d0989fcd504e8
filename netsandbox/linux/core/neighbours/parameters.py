"""net.ipv4.neigh.* of one interface, and the keys that say the same in another unit (net/core/neighbour.c)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND, SECOND

USER_HZ = 100  # `locktime` and `proxy_delay` count in hundredths of a second
FRAME_TRUESIZE = 2090  # Buffer that the kernel reckons for one full frame when unres_qlen counts packets
NEIGHBOUR_KEYS = ("anycast_delay", "app_solicit", "base_reachable_time", "base_reachable_time_ms",
                  "delay_first_probe_time", "gc_stale_time", "interval_probe_time_ms", "locktime", "mcast_resolicit",
                  "mcast_solicit", "proxy_delay", "proxy_qlen", "retrans_time", "retrans_time_ms", "ucast_solicit",
                  "unres_qlen", "unres_qlen_bytes")


class NeighbourParameters:
    """net.ipv4.neigh.IFACE.*, shared and never changed as an InterfaceConf is.

    Attributes:
        delay_probe_time, lock_time, retrans_time: in nanoseconds, what each neighbour asks for.
        unconfirmed_time: the same; so long ago, a confirmation counts in no case.
    """

    __slots__ = ("anycast_delay", "app_solicit", "base_reachable_time_ms", "delay_first_probe_time", "delay_probe_time",
                 "gc_stale_time", "interval_probe_time_ms", "lock_time", "locktime", "mcast_resolicit",
                 "mcast_solicit", "proxy_delay", "proxy_qlen", "retrans_time", "retrans_time_ms", "ucast_solicit",
                 "unconfirmed_time", "unres_qlen_bytes")

    def __init__(self) -> None:
        self.mcast_solicit = self.ucast_solicit = 3
        self.app_solicit = self.mcast_resolicit = 0
        self.retrans_time_ms = 1000
        self.base_reachable_time_ms = 30_000
        self.delay_first_probe_time = 5
        self.gc_stale_time = 60
        self.unres_qlen_bytes = 212_992
        self.proxy_qlen = 64
        self.proxy_delay = 80
        self.anycast_delay = 100
        self.locktime = 100
        self.interval_probe_time_ms = 5000
        self._note_times()

    def _note_times(self) -> None:
        self.retrans_time = max(self.retrans_time_ms, 10) * MILLISECOND
        self.delay_probe_time = self.delay_first_probe_time * SECOND
        self.lock_time = self.locktime * SECOND // USER_HZ
        self.unconfirmed_time = 2 * self.base_reachable_time_ms * MILLISECOND

    def changed(self, **values: int) -> NeighbourParameters:
        """The same with other values."""
        twin = NeighbourParameters()
        for name in self.__slots__:
            setattr(twin, name, values.get(name, getattr(self, name)))
        twin._note_times()
        return twin


INITIAL_NEIGHBOUR = NeighbourParameters()


def field_value(name: str, number: int) -> dict[str, int]:
    """The field that a key of another unit stands for, and its value."""
    if name == "unres_qlen":
        return {"unres_qlen_bytes": number * FRAME_TRUESIZE}
    if name == "base_reachable_time":
        return {"base_reachable_time_ms": number * 1000}
    if name == "retrans_time":
        return {"retrans_time_ms": number * 1000 // USER_HZ}
    return {name: number}


def shown_value(holder: NeighbourParameters, name: str) -> int:
    if name == "unres_qlen":
        return holder.unres_qlen_bytes // FRAME_TRUESIZE
    if name == "base_reachable_time":
        return holder.base_reachable_time_ms // 1000
    if name == "retrans_time":
        return holder.retrans_time_ms * USER_HZ // 1000
    return int(getattr(holder, name))
