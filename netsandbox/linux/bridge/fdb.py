"""A bridge's forwarding database: which MAC address is behind which port.

The source of every frame is learned before the destination is looked up
(br_fdb_update in net/bridge/br_fdb.c); a row that is not refreshed ages out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.events import FdbForgotten, FdbLearned
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import MAC_GROUP_BIT

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.bridge.bridge import Bridge

AGEING_TIME = 300 * SECOND  # 802.1D's default, in nanoseconds


def key_of(mac: int, vlan: int) -> int:
    """By which a row is found: where there is no VLAN the very number that the MAC is elsewhere."""
    return vlan << 48 | mac if vlan else mac


class FdbEntry:
    """One row.

    Attributes:
        port: None for the bridge's own MAC.  vlan: 0 while the bridge does not filter by VLAN.
        local: the address is the bridge's or a port's own (`permanent`).
        leads: a frame to it leaves by the port: it is neither local nor a group's.
        static: it never ages.
        updated, used: when it was last seen as a source, and as a destination.
        seq: the trace record that made or moved it.
    """

    __slots__ = ("by_user", "leads", "local", "mac", "port", "seq", "static", "sticky", "updated", "used", "vlan")

    def __init__(self, mac: int, port: BridgePort | None, now: int, seq: int, local: bool = False,
                 static: bool = False, vlan: int = 0) -> None:
        self.mac = mac
        self.port = port
        self.set_kind(local, static)
        self.by_user = False
        self.sticky = False
        self.updated = now
        self.used = now
        self.seq = seq
        self.vlan = vlan

    def set_kind(self, local: bool, static: bool) -> None:
        """What kind of row it is from now on."""
        self.local = local
        self.static = static or local
        self.leads = not local and not self.mac & MAC_GROUP_BIT

    @property
    def key(self) -> int:
        """By which it is found."""
        return key_of(self.mac, self.vlan)


class ForwardingDatabase:
    """The rows of one bridge, in the order they were made, by VLAN and MAC: `vlan << 48 | mac`."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.entries: dict[int, FdbEntry] = {}
        self.ageing_time = AGEING_TIME
        self.hurry = 0
        """How long a row lives while the spanning tree changes, should the collector come by then; else 0."""
        self.most = 0  # fdb_max_learned: no more than so many rows are learned, or 0
        self._timer: Timer | None = None

    @property
    def learned(self) -> int:
        """fdb_n_learned."""
        return sum(1 for entry in self.entries.values() if not entry.static and not entry.by_user)

    def learn(self, port: BridgePort, mac: int, entry: FdbEntry | None, vlan: int = 0) -> None:
        """Note that `mac` sends by `port`; `entry` is the row it has now, if any."""
        namespace = self.bridge.namespace
        now = namespace.scheduler.now
        seq = namespace.trace.end
        if entry is None:
            if self.most and self.learned >= self.most:
                return
            self.entries[key_of(mac, vlan)] = FdbEntry(mac, port, now, seq, vlan=vlan)
            namespace.record((FdbLearned, self.bridge.place, mac, port.interface.place, None))
            self._arm(now + self.ageing_time)
            return
        if entry.local:
            return
        entry.updated = now
        if entry.port is not port and not entry.sticky:
            previous = entry.port.interface.place if entry.port else None
            entry.port, entry.seq = port, seq
            namespace.record((FdbLearned, self.bridge.place, mac, port.interface.place, previous))

    def add_local(self, mac: int, port: BridgePort | None, vlan: int = 0) -> None:
        """The bridge's own address, or a port's: a frame to it goes up the stack."""
        key = key_of(mac, vlan)
        entry = self.entries.get(key)
        if mac == 0 or (entry is not None and entry.local):
            return
        scheduler = self.bridge.namespace.scheduler
        self.entries.pop(key, None)
        self.entries[key] = FdbEntry(mac, port, scheduler.now, self.bridge.namespace.trace.end, local=True, vlan=vlan)

    def remove_local(self, mac: int, port: BridgePort | None, vlan: int = 0) -> None:
        """Take back an own address, unless another port or the bridge has it as well, and is in the VLAN."""
        entry = self.entries.get(vlan << 48 | mac)
        if entry is None or not entry.local or entry.port is not port:
            return
        for other in reversed(self.bridge.ports):
            if other is not port and other.interface.mac == mac and (not vlan or vlan in other.vlan_group.vlans):
                entry.port = other
                return
        if port is not None and self.bridge.mac == mac and (not vlan or vlan in self.bridge.vlan_group.vlans):
            entry.port = None
            return
        del self.entries[entry.key]

    def move_local(self, old: int, new: int, port: BridgePort | None) -> None:
        """br_fdb_changeaddr: the own rows follow the address, in each VLAN."""
        group = (self.bridge if port is None else port).vlans
        for vid in (0, *sorted(group.vlans if group is not None else ())):
            self.remove_local(old, port, vid)
            self.add_local(new, port, vid)

    def add_static(self, mac: int, port: BridgePort | None, local: bool, static: bool, vlan: int = 0) -> None:
        """A row that a person adds; replaces what is there."""
        namespace = self.bridge.namespace
        entry = FdbEntry(mac, port, namespace.scheduler.now, namespace.trace.end, local, static, vlan)
        entry.by_user = True
        self.entries.pop(entry.key, None)
        self.entries[entry.key] = entry
        namespace.record((FdbLearned, self.bridge.place, mac, self._place(port), None))
        if not entry.static:
            self._arm(entry.updated + self.ageing_time)

    def change(self, entry: FdbEntry, port: BridgePort | None, local: bool, static: bool) -> None:
        """A person changes a row; it keeps its place in the list."""
        namespace = self.bridge.namespace
        previous = entry.port.interface.place if entry.port else None
        entry.port, entry.by_user = port, True
        entry.set_kind(local, static)
        entry.used = entry.updated = namespace.scheduler.now
        entry.seq = namespace.trace.end
        namespace.record((FdbLearned, self.bridge.place, entry.mac, self._place(port), previous))
        if not entry.static:
            self._arm(entry.updated + self.ageing_time)

    def forget(self, entry: FdbEntry, why: str) -> None:
        self.entries.pop(entry.key, None)
        self.bridge.namespace.record(FdbForgotten(self.bridge.place, entry.mac, self._place(entry.port), why))

    def _place(self, port: BridgePort | None) -> Place:
        """What a record names behind an address: a port, or the bridge itself."""
        return self.bridge.place if port is None else port.interface.place

    def forget_port(self, port: BridgePort, everything: bool) -> None:
        """What was learned on a port goes with its link; with the port, its own rows too."""
        for entry in [entry for entry in self.entries.values() if entry.port is port]:
            if everything and entry.local:
                self.remove_local(entry.mac, port, entry.vlan)
            elif everything or not entry.static:
                self.forget(entry, "port")

    def set_ageing(self, nanoseconds: int) -> None:
        """0 makes the bridge a hub: nothing is learned, and what was is dropped at once."""
        self.ageing_time = nanoseconds
        self._age(None)

    def deadline(self, entry: FdbEntry) -> int | None:
        """When the row will age out; None if never."""
        return None if entry.static else entry.updated + self.ageing_time

    def _arm(self, when: int) -> None:
        if self._timer is None or self._timer.callback is None:
            scheduler = self.bridge.namespace.scheduler
            self._timer = scheduler.kernel_timer(max(when - scheduler.now, 1), self._age)

    def has_expired(self, entry: FdbEntry) -> bool:
        """It is only still there, as nobody has looked since."""
        return (not entry.static and not entry.local
                and entry.updated + (self.hurry or self.ageing_time) <= self.bridge.namespace.scheduler.now)

    def _age(self, _argument: object) -> None:
        """br_fdb_cleanup: drop what is too old, and come back for the next."""
        scheduler = self.bridge.namespace.scheduler
        scheduler.cancel(self._timer)
        self._timer = None
        hold = self.hurry or self.ageing_time
        ageing = [entry for entry in self.entries.values() if not entry.static]
        for entry in ageing:
            if self.has_expired(entry):
                self.forget(entry, "aged")
        left = [entry.updated for entry in ageing if entry.key in self.entries]
        if left:
            self._arm(min(left) + hold)
