"""A bond and its slaves: what it sends by whom, and how it watches their links (drivers/net/bonding/bond_main.c)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.device import NO_SPEED
from netsandbox.linux.core.devices.stacked import StackedInterface, settle, stack_of
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import ActiveSlaveChanged, SlaveChosen
from netsandbox.linux.drivers import bond_arp, bond_modes
from netsandbox.linux.drivers.bond_modes import ACTIVE_BACKUP, BROADCAST, DOWN, GOING_BACK, GOING_DOWN, ROUND_ROBIN, UP
from netsandbox.linux.drivers.bond_slave import Slave
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import SendFailed
from netsandbox.linux.ipv4 import arp
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, random_mac
from netsandbox.wire.arp import REQUEST
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.core.devices.interface import Interface, Verdict

OPTIONS: dict[str, Any] = {
    "updelay": 0, "downdelay": 0, "peer_notify_delay": 0, "primary_reselect": "always", "fail_over_mac": "none",
    "xmit_hash_policy": "layer2", "num_grat_arp": 1, "all_slaves_active": 0, "packets_per_slave": 1,
    "arp_interval": 0, "arp_ip_target": (), "arp_validate": "none", "arp_all_targets": "any", "arp_missed_max": 2,
    "resend_igmp": 1, "min_links": 0, "lp_interval": 1, "use_carrier": 1, "ad_select": "stable"}
"""What else can be set, and what it is unless it was; delays in milliseconds."""


class BondInterface(StackedInterface):
    """One bond.

    Attributes:
        slaves: in the order they were enslaved.  active: the one that is used (active-backup).
        primary: the name of the slave to prefer.  miimon: milliseconds between two looks at the links; 0: none.
        options: the rest (OPTIONS).  announcements: how many more looks may tell the switches (send_peer_notif).
        tried: the slave that the ARP monitor asks by while none is active (current_arp_slave).
        former: what slaves that have left counted.
        prefers_primary: it is new, and taken whatever primary_reselect says (force_primary).
    """

    kind = "bond"
    flags = ("BROADCAST", "MULTICAST", "MASTER")
    queues = 16
    uncounted = 0

    __slots__ = ("active", "announcements", "former", "miimon", "mode", "options", "prefers_primary", "primary",
                 "slaves", "timer", "tried", "tso_max", "turn")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mode: str) -> None:
        super().__init__(namespace, name, mac)
        self.mode = mode
        self.slaves: list[Slave] = []
        self.active: Slave | None = None
        self.tried: Slave | None = None
        self.primary = ""
        self.miimon = self.turn = self.announcements = 0
        self.options = dict(OPTIONS)
        self.former = [0] * 4
        self.tso_max = 65536
        self.prefers_primary = False
        self.timer: Timer | None = None

    @property
    def watching(self) -> str:
        """Which of the monitors looks after its links; empty: none."""
        return "arp" if self.options["arp_interval"] else "mii" if self.miimon else ""

    def watch_anew(self, before: str) -> None:
        """A monitor that is at work already keeps its time."""
        if self.watching != before:
            self.stop()
            if self.up and self.watching:
                self.open()

    @property
    def speed(self) -> int | None:
        """That of what it sends by (bond_ethtool_get_link_ksettings): of one slave, or of all together."""
        used = [slave.interface.speed or NO_SPEED for slave in self.slaves if slave.is_up and (
            self.mode != ACTIVE_BACKUP or slave is self.active)]
        known = [speed for speed in used if speed > 0]
        return (min(known) if self.mode == BROADCAST else sum(known)) if known else NO_SPEED

    def passes_down_to(self, lower: Interface) -> bool:
        """bond_set_promiscuity: in active-backup to the slave that is used alone."""
        return self.mode != ACTIVE_BACKUP or (self.active is not None and self.active.interface is lower)

    def take(self, frame: Frame, is_for_us: bool = False, shown: Frame | None = None) -> None:
        """Down it hands up all the same, for nothing on that way looks at IFF_UP; only taps are closed."""
        if self.up:
            super().take(frame, is_for_us, shown)
        else:
            self.hand_up(frame, is_for_us)

    def deliver(self, frame: Frame, is_for_us: bool = False) -> Verdict:
        """What is no slave's stays somebody else's, though it bear the bond's own MAC (eth_type_trans)."""
        if is_for_us or frame.dst & MAC_GROUP_BIT:
            return super().deliver(frame, is_for_us)
        return self.foreign()

    def hand_on(self, frame: Frame) -> bool:
        """bond_start_xmit."""
        chosen, why = self._choose(frame)
        if not chosen:
            self.tx_dropped += 1
            self.namespace.record(SendFailed(self.place, frame, Dropped(DropReason.BOND_INACTIVE, (self.name,))))
            return True
        self.namespace.record(SlaveChosen(self.label, ", ".join(one.interface.name for one in chosen), why))
        sent = [one.interface.transmit(frame) for one in chosen]
        return any(sent)

    def _choose(self, frame: Frame) -> tuple[list[Slave], str]:
        """The slaves to send by, and why."""
        if self.mode == BROADCAST:
            return [slave for slave in self.slaves if slave.can_send], "all"
        if self.mode == ACTIVE_BACKUP:
            slave, why = self.active, "active"
        elif self.mode == ROUND_ROBIN:
            slave, why = bond_modes.in_turn(self.slaves, self._next_number()), "turn"
        else:
            policy = self.options["xmit_hash_policy"]
            slave, why = bond_modes.by_hash(self.slaves, frame, policy), policy
        return [] if slave is None else [slave], why

    def _next_number(self) -> int:
        """bond_rr_gen_slave_id: each slave has a few frames, or chance decides."""
        frames = self.options["packets_per_slave"]
        if not self.slaves:
            return 0
        if not frames:
            return self.namespace.chance.stream("bond").below(len(self.slaves))
        self.turn += 1
        return int(self.turn // frames % len(self.slaves))

    # -- watching the links

    def open(self) -> None:
        if self.options["arp_interval"]:
            bond_arp.look(self)
        else:
            self._look(None)

    def stop(self) -> None:
        self.namespace.scheduler.cancel(self.timer)
        self.timer = None

    def _look(self, _argument: object) -> None:
        """bond_mii_monitor: every miimon milliseconds."""
        tells = self.may_tell()
        self._inspect()
        self.announcements -= self.announcements > 0
        if self.miimon and self.up:
            delay = self.miimon * MILLISECOND
            self.timer = self.namespace.scheduler.kernel_timer(delay, self._look)
        if tells:
            self.announce(None)

    def _inspect(self) -> None:
        """bond_miimon_inspect: a change of a link waits for downdelay or updelay, the latter where others work."""
        waits, changed = self.mode != ACTIVE_BACKUP or self.active is not None, []
        for slave in self.slaves:
            running = slave.interface.running
            if running == (slave.state in (UP, GOING_BACK)) and slave.state in (UP, DOWN):
                continue
            if slave.state in (UP, DOWN):
                slave.wait = self._looks("updelay" if running else "downdelay")
                slave.state = GOING_BACK if running else GOING_DOWN
            if running != (slave.state == GOING_BACK):
                slave.state = UP if running else DOWN
            elif slave.wait > 0 and (waits or not running):
                slave.wait -= 1
            else:
                waits |= running
                changed.append(slave)
        self._commit(changed)

    def _looks(self, delay: str) -> int:
        """A delay in looks of the monitor."""
        return int(self.options[delay] // self.miimon) if self.miimon else 0

    def _commit(self, changed: list[Slave]) -> None:
        """bond_miimon_commit: of all that have come and gone, one choice."""
        for slave in changed:
            slave.state = UP if slave.interface.running else DOWN
            slave.failures += not slave.is_up
        if changed:
            has_come = any(slave.is_up and slave.interface.name == self.primary for slave in changed)
            self.reselect("primary" if has_come else "link")

    def reselect(self, why: str) -> None:
        """bond_select_active_slave, bond_set_carrier."""
        if self.mode == ACTIVE_BACKUP:
            best = self._best()
            if best is not self.active:
                self._change_active(best, why)
        link.set_carrier(self, any(slave.is_up for slave in self.slaves))

    def _best(self) -> Slave | None:
        """bond_find_best_slave: the primary, else the one that is active, else the first with a link."""
        usable = [slave for slave in self.slaves if slave.is_up]
        current = self.active if self.active in usable else None
        preferred = next((slave for slave in usable if slave.interface.name == self.primary), None)
        stays = current is not None and not self.prefers_primary and self.options["primary_reselect"] != "always"
        if preferred is not None and not stays:
            self.prefers_primary = False
            return preferred
        return current or next(iter(usable), None)

    def _change_active(self, best: Slave | None, why: str) -> None:
        """bond_change_active_slave: and tell the switches, by a gratuitous ARP for each address (num_grat_arp).

        Not while the bond itself has no carrier (bond_should_notify_peers): the first slave with a link is not told.
        """
        old, self.active = self.active, best
        self.namespace.record(ActiveSlaveChanged(
            self.label, best.interface.name if best is not None else "",
            old.interface.name if old is not None else "", why))
        if best is not None:
            best.up_since = bond_arp.now(self)
            self._move_mac(old, best)
        if best is not None and self.up:
            self.announcements = self.options["num_grat_arp"] * max(1, self._looks("peer_notify_delay"))
            if self.may_tell() and why != "enslaved":
                self.announcements -= 1
                self.namespace.scheduler.soon(self.announce)

    def may_tell(self) -> bool:
        """bond_should_notify_peers."""
        return bool(self.announcements and self.active is not None and self.carrier
                    and not self.announcements % max(1, self._looks("peer_notify_delay")))

    def _move_mac(self, old: Slave | None, best: Slave) -> None:
        """bond_do_fail_over_mac: the bond takes the slave's MAC, or the slaves change theirs."""
        way, own = self.mac_way, best.interface.mac
        if way == "active" and own != self.mac:
            link.change_mac(self, own)
        elif way == "follow":
            old = old or next((one for one in self.slaves if one is not best and one.interface.mac == self.mac), None)
            link.change_mac(best.interface, self.mac if old is None else old.interface.mac)
            if old is not None:
                link.change_mac(old.interface, own)

    def announce(self, _argument: object) -> None:
        """NETDEV_NOTIFY_PEERS; each arrives before the next is sent."""
        if self.running:
            addresses = [(one, own.local) for one in _who_hear(self) for own in one.addresses]
            self.namespace.scheduler.one_by_one(addresses, _announce_address)

    # -- slaves

    def add_slave(self, interface: Interface) -> None:
        """bond_enslave: it gets the bond's MAC; the first one gives the bond its own, unless that was set."""
        if not self.slaves and not self.mac_is_set:
            link.change_mac(self, interface.mac)
        stack = stack_of(interface)
        slave = Slave(self, interface)
        stack.handler = slave
        if interface.mac != self.mac and self.mac_way == "none":
            link.change_mac(interface, self.mac)
        link.set_mtu(interface, self.mtu)
        link.set_up(interface)
        stack.uppers.append(self)
        self.slaves.append(slave)
        self.tso_max = min(one.interface.tso_max for one in self.slaves)
        link.tell_uppers(self, "features")
        slave.state, slave.up_since = UP if interface.running else DOWN, bond_arp.now(self)
        self.prefers_primary |= interface.name == self.primary
        self.reselect("enslaved")

    def drop_slave(self, interface: Interface) -> None:
        """__bond_release_one: it goes down, but only when the next one has been told of, and gets its own MAC back."""
        slave = next((one for one in self.slaves if one.interface is interface), None)
        stack = interface.stack
        if slave is None or stack is None:
            return
        self.slaves.remove(slave)
        self.tried = None
        self.former = [sum(pair) for pair in zip(self.former, slave.counted, strict=True)]
        stack.handler = None
        stack.uppers.remove(self)
        settle(interface)
        was_active = slave is self.active
        self.reselect("released")
        if not self.slaves:
            self.mac_is_set = False
            drawn = self.namespace.chance.stream(f"bond {self.name} {self.namespace.scheduler.now}").bits(48)
            link.change_mac(self, random_mac(drawn))
        if was_active and self.up and interface.up:
            self.namespace.scheduler.soon(Slave.restore, slave)
        else:
            slave.restore()

    def uninit(self) -> None:
        link.set_down(self)
        for slave in list(self.slaves):
            self.drop_slave(slave.interface)

    # -- counters: its slaves' (bond_get_stats)

    def _count_slaves(self, which: int) -> int:
        return self.former[which] + sum(slave.counted[which] for slave in self.slaves)

    @property
    def rx_packets(self) -> int:
        return self._count_slaves(0)

    @property
    def rx_bytes(self) -> int:
        return self._count_slaves(1)

    @property
    def tx_packets(self) -> int:
        return self._count_slaves(2)

    @property
    def tx_bytes(self) -> int:
        return self._count_slaves(3)

    @property
    def mac_way(self) -> str:
        """fail_over_mac, which other modes have no use for."""
        return str(self.options["fail_over_mac"]) if self.mode == ACTIVE_BACKUP else "none"

    def accept_mac(self, mac: int) -> int:
        """bond_set_mac_address: nothing, where the bond's address follows the slaves or theirs the bond's."""
        return self.mac if self.mac_way != "none" else mac

    def assign_mac(self, mac: int) -> None:
        super().assign_mac(mac)
        for slave in () if self.mac_way == "active" else self.slaves:
            if slave.interface.mac != mac:
                link.change_mac(slave.interface, mac)

    def assign_mtu(self, mtu: int) -> None:
        """bond_change_mtu."""
        for slave in self.slaves:
            link.set_mtu(slave.interface, mtu)
        super().assign_mtu(mtu)

    def on_lower(self, what: str, lower: Interface) -> None:
        slave = next((one for one in self.slaves if one.interface is lower), None)
        if slave is None:
            return
        if what == "gone":
            link.set_down(lower)
            self.drop_slave(lower)
        elif what in ("up", "carrier") and not slave.is_up and lower.running and not self.watching:
            self._commit([slave])
            self.announcements -= self.announcements > 0


def _who_hear(interface: Interface) -> Iterator[Interface]:
    """Whom NETDEV_NOTIFY_PEERS reaches: VLANs and macvlan devices pass it on, whatever they stand on."""
    yield interface
    for upper in interface.stack.uppers if interface.stack is not None else ():
        if upper.kind in ("vlan", "macvlan"):
            yield from _who_hear(upper)


def _announce_address(what: tuple[Interface, int]) -> None:
    interface, address = what
    arp.send(interface, REQUEST, address, address, 0, BROADCAST_MAC)
