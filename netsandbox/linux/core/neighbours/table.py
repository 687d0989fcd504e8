"""The neighbour table: which MAC a next hop has, and how sure the kernel is.

Neighbour Unreachability Detection as in net/core/neighbour.c (states of RFC 4861, 7.3.2).  Linux does not delete
an entry that "expires": REACHABLE turns STALE, stays in use, and the next packet starts DELAY, then PROBE by unicast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.family import Family
from netsandbox.linux.core.neighbours.gc import GarbageCollector
from netsandbox.linux.core.neighbours.nud import (
    CONNECTED,
    DELAY,
    FAILED,
    IN_TIMER,
    INCOMPLETE,
    NOARP,
    NONE,
    PERMANENT,
    PROBE,
    REACHABLE,
    STALE,
    SURE,
    VALID,
    NudState,
)
from netsandbox.linux.core.neighbours.queue import NeighbourQueue
from netsandbox.linux.core.neighbours.unanswered import whereabouts
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import NeighbourChanged, PacketDropped, PacketQueued
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.engine.chance import Stream
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.ipv4.route import Route

REDRAW = 300 * SECOND  # How long a drawn reachable time is used


class NeighbourTable:
    """The neighbours of one namespace, kept by interface.

    What they are the neighbours of is the family's: arp_tbl and nd_tbl are two of these.
    """

    __slots__ = ("_collector", "_draw", "count", "ethertype", "family", "is_classic", "namespace", "scheduler")

    def __init__(self, namespace: NetworkNamespace, family: Family) -> None:
        self.namespace = namespace
        self.scheduler = namespace.scheduler
        self.family = family
        self.ethertype = family.ethertype
        self.count = 0
        self._collector: GarbageCollector | None = None
        self.is_classic = False  # Entries are deleted when their time is over, as textbooks have it
        self._draw: Stream | None = None

    @property
    def collector(self) -> GarbageCollector:
        """What makes room; there is none before the first neighbour."""
        if self._collector is None:
            self._collector = GarbageCollector(self)
        return self._collector

    # -- finding and making

    def ensure(self, interface: Interface, address: int) -> Neighbour | None:
        """The entry for an address, made if it is not there; None when the table is full."""
        entry = interface.neighbours.get(address)
        return self._make(interface, address) if entry is None else entry

    def _make(self, interface: Interface, address: int) -> Neighbour | None:
        """neigh_create; where no address is asked for there is one entry, that of 0.0.0.0 (arp_constructor)."""
        if interface.is_loopback or "POINTOPOINT" in interface.flags:
            known = interface.neighbours.get(0)
            if known is not None:
                return known
            address = 0
        collector = self._collector or self.collector
        low, soft, _limit = collector.thresholds
        if self.count >= soft and not collector.make_room():
            return None
        entry = Neighbour(interface, address, self.scheduler.now)
        self.family.construct(entry)
        if not interface.neighbours:
            interface.neighbours = {}
        interface.neighbours[address] = entry
        if interface.crowd is not None:
            interface.crowd.learn(entry)
        self.count += 1
        if self.count >= low:
            collector.come_by(interface.neigh)
        return entry

    def reachable_time(self, interface: Interface) -> int:
        """Nanoseconds for which a confirmation counts: base/2 to base*3/2, one value per interface."""
        if self.is_classic:
            return interface.neigh.base_reachable_time_ms * MILLISECOND
        drawn, of, at = interface.reachable
        if of == interface.neigh.base_reachable_time_ms and self.scheduler.now - at <= REDRAW:
            return drawn
        return self._draw_reachable_time(interface)

    def _draw_reachable_time(self, interface: Interface) -> int:
        """neigh_rand_reach_time, every few minutes and whenever the base is another."""
        if self._draw is None:
            self._draw = self.namespace.chance.stream(f"{self.namespace.name}/reachable")
        of = interface.neigh.base_reachable_time_ms
        base = of * MILLISECOND
        drawn = self._draw.below(base) + base // 2 if base else 1
        interface.reachable = drawn, of, self.scheduler.now
        return drawn

    # -- output

    def output(self, interface: Interface, next_hop: int, packet: IPv4Packet, route: Route | None) -> bool:
        """Send a packet to a next hop, or let it wait for the MAC; False as Interface.transmit."""
        entry = interface.neighbours.get(next_hop)
        if packet.confirms and entry is not None:
            entry.confirmed = self.scheduler.now
        if entry is not None and entry.cached and entry.state is REACHABLE:
            return interface.transmit(Frame(entry.mac or 0, interface.mac, self.ethertype, packet))
        if entry is None:
            entry = self._make(interface, next_hop)
            if entry is None:
                self._drop(packet, DropReason.NEIGH_CREATEFAIL, next_hop)
                return False
        entry.used = self.scheduler.now
        if not entry.sure and not self.event_send(entry, packet, route):
            return True
        entry.cached = True
        return interface.transmit(Frame(entry.mac or 0, interface.mac, self.ethertype, packet))

    def manage(self, entry: Neighbour) -> None:
        """neigh_managed_work: an entry that a person lets be managed is used again and again."""
        if "managed" in entry.flags and not entry.dead:
            entry.used = self.scheduler.now
            self.event_send(entry, None)
            delay = entry.interface.namespace.sysctls.neigh_default.interval_probe_time_ms * MILLISECOND
            self.scheduler.kernel_timer(max(delay, SECOND), self.manage, entry)

    def event_send(self, entry: Neighbour, packet: IPv4Packet | None, route: Route | None = None) -> bool:
        """__neigh_event_send: whether the entry's MAC may be used now; if not, the packet waits."""
        state, parameters = entry.state, entry.interface.neigh
        if state in SURE:
            return True
        if state is STALE:
            self._set(entry, DELAY, "used")
            self._start(entry, parameters.delay_probe_time)
            return True
        probe_now = False
        if state is not INCOMPLETE:
            if not parameters.mcast_solicit + parameters.app_solicit:
                self._set(entry, FAILED, "no probes")
                if packet is not None:
                    self._drop(packet, DropReason.NEIGH_FAILED, entry.address)
                return False
            entry.probes = parameters.ucast_solicit
            self._set(entry, INCOMPLETE, "asked")
            self._start(entry, parameters.retrans_time)
            probe_now = True
        if packet is not None:
            self._enqueue(entry, packet, route)
        if probe_now:
            self._probe(entry)
        return False

    def _enqueue(self, entry: Neighbour, packet: IPv4Packet, route: Route | None) -> None:
        if entry.queue is None:
            entry.queue = NeighbourQueue()
        for oldest in entry.queue.add(packet, route, entry.interface.neigh.unres_qlen_bytes):
            self._drop(oldest, DropReason.NEIGH_QUEUEFULL, entry.address)
        self.namespace.record((PacketQueued, entry.interface.place, packet, entry.address))

    # -- input

    def update(self, entry: Neighbour, mac: int | None, new: NudState, override: bool, why: str,
               admin: bool = False) -> None:
        """neigh_update: what somebody says about a neighbour.

        Args:
            override: whether another MAC than the known one is believed.
            admin: a person says so, not the wire.
        """
        old = entry.state
        if not admin and (old is NOARP or old is PERMANENT):
            return
        if new not in VALID:
            self._invalidate(entry, new, why)
            return
        was_valid = entry.is_valid
        same = was_valid and (mac is None or mac == entry.mac)
        if mac is None:
            if not was_valid:
                return
            mac = entry.mac
        if new in CONNECTED:
            entry.confirmed = self.scheduler.now
        if was_valid:
            if not same and not override:
                return
            if same and new is STALE and not admin:
                new = old
        if new is STALE and self.is_classic:
            new = REACHABLE
        self._apply(entry, mac, new, same, why)

    def _apply(self, entry: Neighbour, mac: int | None, new: NudState, same: bool, why: str) -> None:
        old, was_valid = entry.state, entry.is_valid
        if not same and new not in CONNECTED:
            entry.confirmed = self.scheduler.now - entry.interface.neigh.unconfirmed_time
        if new is not old or not same:
            self._set(entry, new, why, mac)
        elif not (self.is_classic and new is REACHABLE):
            return
        if new is old and not self.is_classic:
            return
        if entry.timer is not None:
            self.scheduler.cancel(entry.timer)
            entry.timer = None
        if new is PROBE:
            entry.probes = 0
        if new in IN_TIMER:
            delay = self.reachable_time(entry.interface) if new is REACHABLE else 0
            self._start(entry, delay)
        if not was_valid:
            self._release(entry)

    def _release(self, entry: Neighbour) -> None:
        """The MAC is known: what waited leaves, in the order it came."""
        queue, entry.queue = entry.queue, None
        if queue is not None:
            self.scheduler.one_by_one([(entry, *waiting) for waiting in queue.take_all()], self._send_on)

    def _send_on(self, what: tuple[Neighbour, IPv4Packet, Route | None]) -> None:
        entry, packet, route = what
        self.output(entry.interface, entry.address, packet, route)

    def _invalidate(self, entry: Neighbour, new: NudState, why: str) -> None:
        old = entry.state
        self.scheduler.cancel(entry.timer)
        entry.timer = None
        if old is not new:
            self._set(entry, new, why)
        if old in (INCOMPLETE, PROBE) and new is FAILED:
            self._report(entry)

    # -- removing

    def remove(self, entry: Neighbour, why: str) -> None:
        """Take an entry out of the table; what still waits is dropped."""
        entry.interface.neighbours.pop(entry.address, None)
        if entry.interface.crowd is not None:
            entry.interface.crowd.forget(entry)
        entry.dead = True
        self.count -= 1
        self.scheduler.cancel(entry.timer)
        entry.timer = None
        for packet in entry.queue or ():
            self._drop(packet, DropReason.NEIGH_DEAD, entry.address)
        entry.queue = None
        self.namespace.record(NeighbourChanged(entry.interface.place, entry.address, entry.state, None, entry.mac, why))

    def delete(self, entry: Neighbour) -> None:
        """`ip neigh del`: fail it, which answers what waits, then remove it."""
        self.update(entry, None, FAILED, True, "deleted", admin=True)
        if entry.interface.neighbours.get(entry.address) is entry:
            self.remove(entry, "deleted")

    def flush_interface(self, interface: Interface, why: str, keep_permanent: bool) -> None:
        """neigh_flush_dev: link down, carrier loss or a new MAC."""
        for entry in list(interface.neighbours.values()):
            if not (keep_permanent and (entry.state is PERMANENT or "extern_learn" in entry.flags)):
                self.remove(entry, why)

    # -- timers

    def _start(self, entry: Neighbour, delay: int) -> None:
        if entry.timer is not None:
            self.scheduler.cancel(entry.timer)
        is_foreground = entry.state is INCOMPLETE or entry.state is PROBE
        entry.timer = self.scheduler.kernel_timer(delay, self._on_timer, entry, is_foreground)

    def _on_timer(self, entry: Neighbour) -> None:
        """neigh_timer_handler."""
        entry.timer = None
        now, parameters = self.scheduler.now, entry.interface.neigh
        state, delay = entry.state, parameters.retrans_time
        if state is REACHABLE:
            delay = self._expire_reachable(entry)
        elif state is DELAY:
            if now <= entry.confirmed + parameters.delay_probe_time:
                self._set(entry, REACHABLE, "confirmed")
                delay = entry.confirmed + self.reachable_time(entry.interface) - now
            else:
                entry.probes = 0
                self._set(entry, PROBE, "unconfirmed")
        if entry.state in (INCOMPLETE, PROBE) and entry.probes >= self._max_probes(entry):
            self._set(entry, FAILED, "unanswered")
            self._report(entry)
            return
        if entry.state in IN_TIMER:
            self._start(entry, max(delay, 10 * MILLISECOND))
        if entry.state in (INCOMPLETE, PROBE):
            self._probe(entry)

    def _expire_reachable(self, entry: Neighbour) -> int:
        now, parameters = self.scheduler.now, entry.interface.neigh
        end = entry.confirmed + self.reachable_time(entry.interface)
        if self.is_classic:
            if now < end:
                return end - now
            self.remove(entry, "expired")
            entry.state = NONE
            return 0
        if now < end:
            return end - now
        if now <= entry.used + parameters.delay_probe_time:
            self._set(entry, DELAY, "expired in use")
            return parameters.delay_probe_time
        self._set(entry, STALE, "expired")
        return 0

    @staticmethod
    def _max_probes(entry: Neighbour) -> int:
        parameters = entry.interface.neigh
        multicast = parameters.mcast_resolicit if entry.state is PROBE else parameters.mcast_solicit
        return parameters.ucast_solicit + parameters.app_solicit + multicast

    def _probe(self, entry: Neighbour) -> None:
        self.family.solicit(entry, None if entry.queue is None else entry.queue.newest)
        entry.probes += 1

    def _report(self, entry: Neighbour) -> None:
        """neigh_invalidate: every waiting packet is answered with Host Unreachable.

        Not where its route was deleted in the meantime: that leads to the machine's first namespace now
        (dst_dev_put), from where nobody finds the sender.
        """
        queue, entry.queue = entry.queue, None
        asks_on = entry.probes < self._max_probes(entry)
        for packet, route in queue.take_all() if queue else ():
            if entry.state is not FAILED:
                return
            self._drop(packet, DropReason.NEIGH_FAILED, entry.address, *whereabouts(entry, route, asks_on))
            if route is None or route.died is None:
                self.family.error_report(entry, packet)

    # -- recording

    def _set(self, entry: Neighbour, new: NudState, why: str, mac: int | None = None) -> None:
        trace, is_valid = self.namespace.trace, new in VALID
        mac = entry.mac if mac is None else mac
        crowd = None if entry.dead or (is_valid is entry.is_valid and mac == entry.mac) else entry.interface.crowd
        if crowd is not None:
            crowd.forget(entry)
        old, entry.state, entry.mac = entry.state, new, mac
        entry.sure, entry.is_valid = new in SURE, is_valid
        if crowd is not None:
            crowd.learn(entry)
        entry.updated = self.scheduler.now
        entry.seq = trace.ahead + len(trace.events)
        if not is_valid:
            entry.cached = False
        trace.events.append((NeighbourChanged, entry.interface.place, entry.address, old, new,
                             mac if is_valid else None, why))

    def _drop(self, packet: IPv4Packet, reason: DropReason, next_hop: int, *where: str) -> None:
        verdict = Dropped(reason, (self.family.text(next_hop), *where))
        self.namespace.record(PacketDropped(self.namespace.name, packet, verdict))
