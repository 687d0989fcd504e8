"""Bonds: several links as one (drivers/net/bonding/bond_main.c): active-backup and balance-rr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core import link
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.kind import Attribute, Detail, Form, LinkKind, NewLink, choice, number, refused, setting
from netsandbox.linux.core.stacked import StackedInterface, settle, stack_of
from netsandbox.linux.device_events import ActiveSlaveChanged, SlaveChosen
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import SendFailed
from netsandbox.linux.ipv4 import arp
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_mac
from netsandbox.wire.arp import REQUEST

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.core.interface import Interface, Verdict
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.wire.ethernet import Frame

ROUND_ROBIN, ACTIVE_BACKUP = "balance-rr", "active-backup"
MODES = (ROUND_ROBIN, ACTIVE_BACKUP, "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
LONG_NAMES = {ROUND_ROBIN: "load balancing (round-robin)", ACTIVE_BACKUP: "fault-tolerance (active-backup)"}


class Slave:
    """One link of a bond (struct slave).

    Attributes:
        permanent: its own MAC, which it gets back.  is_up: its link as the monitor saw it last.  failures: how often
            the monitor has seen it go.
    """

    def __init__(self, bond: BondInterface, interface: Interface) -> None:
        self.bond = bond
        self.master: Interface | None = bond
        self.interface = interface
        self.permanent = interface.mac
        self.is_up = interface.running
        self.failures = 0

    def handle_frame(self, frame: Frame, _is_for_us: bool) -> Verdict | None:
        """bond_handle_frame: what comes by another slave than the active one is not for the bond."""
        bond = self.bond
        if bond.mode == ACTIVE_BACKUP and bond.active is not self:
            if frame.dst & MAC_GROUP_BIT and frame.dst != BROADCAST_MAC:
                return None
            return Dropped(DropReason.BOND_INACTIVE, (bond.name,))
        bond.take(frame, is_for_us=frame.dst == self.interface.mac)
        return Outcome.PASSED_UP


class BondInterface(StackedInterface):
    """One bond.

    Attributes:
        slaves: in the order they were enslaved.  active: the one that is used (active-backup).
        primary: the name of the slave to prefer.  miimon: milliseconds between two looks at the links; 0: none.
    """

    kind = "bond"
    flags = ("BROADCAST", "MULTICAST", "MASTER")
    queues = 16
    uncounted = 0

    __slots__ = ("active", "miimon", "mode", "primary", "slaves", "timer", "turn")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, mode: str) -> None:
        super().__init__(namespace, name, mac)
        self.mode = mode
        self.slaves: list[Slave] = []
        self.active: Slave | None = None
        self.primary = ""
        self.miimon = 0
        self.turn = 0
        self.timer: Timer | None = None

    def hand_on(self, frame: Frame) -> bool:
        """bond_start_xmit."""
        slave, why = (self.active, "active") if self.mode == ACTIVE_BACKUP else (self._next_in_turn(), "turn")
        if slave is None:
            self.tx_dropped += 1
            self.namespace.record(SendFailed(self.place, frame, Dropped(DropReason.BOND_INACTIVE, (self.name,))))
            return True
        self.namespace.record(SlaveChosen(self.label, slave.interface.name, why))
        return slave.interface.transmit(frame)

    def _next_in_turn(self) -> Slave | None:
        """bond_xmit_roundrobin: packet by packet, over those whose link is up."""
        usable = [slave for slave in self.slaves if slave.is_up]
        if not usable:
            return None
        self.turn += 1
        slave = self.slaves[self.turn % len(self.slaves)]
        return slave if slave.is_up else usable[self.turn % len(usable)]

    # -- watching the links

    def open(self) -> None:
        self._look(None)

    def stop(self) -> None:
        self.namespace.scheduler.cancel(self.timer)
        self.timer = None

    def _look(self, _argument: object) -> None:
        """bond_mii_monitor: every miimon milliseconds."""
        for slave in self.slaves:
            self.note_link(slave)
        if self.miimon and self.up:
            delay = self.miimon * MILLISECOND
            self.timer = self.namespace.scheduler.kernel_timer(delay, self._look)

    def note_link(self, slave: Slave) -> None:
        running = slave.interface.running
        if slave.is_up == running:
            return
        slave.is_up = running
        slave.failures += not running
        self.reselect("primary" if running and slave.interface.name == self.primary else "link")

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
        preferred = next((slave for slave in usable if slave.interface.name == self.primary), None)
        if preferred is not None:
            return preferred
        return self.active if self.active in usable else next(iter(usable), None)

    def _change_active(self, best: Slave | None, why: str) -> None:
        """bond_change_active_slave: and tell the switches, by a gratuitous ARP for each address (num_grat_arp).

        Not while the bond itself has no carrier (bond_should_notify_peers): the first slave with a link is not told.
        """
        old, self.active = self.active, best
        self.namespace.record(ActiveSlaveChanged(
            self.label, best.interface.name if best is not None else "",
            old.interface.name if old is not None else "", why))
        if best is not None and self.up and self.carrier and why != "enslaved":
            self.namespace.scheduler.soon(self._announce)

    def _announce(self, _argument: object) -> None:
        """NETDEV_NOTIFY_PEERS, which VLANs on the bond hear as well; each arrives before the next is sent."""
        if self.running:
            vlans = self.stack.vlans.values() if self.stack is not None else ()
            addresses = [(one, own.local) for one in (self, *vlans) for own in one.addresses]
            self.namespace.scheduler.one_by_one(addresses, _announce_address)

    # -- slaves

    def add_slave(self, interface: Interface) -> None:
        """bond_enslave: it gets the bond's MAC; the first one gives the bond its own, unless that was set."""
        if not self.slaves and not self.mac_is_set:
            link.change_mac(self, interface.mac)
        stack = stack_of(interface)
        slave = Slave(self, interface)
        stack.handler = slave
        stack.uppers.append(self)
        self.slaves.append(slave)
        if interface.mac != self.mac:
            link.change_mac(interface, self.mac)
        link.set_mtu(interface, self.mtu)
        link.set_up(interface)
        slave.is_up = interface.running
        self.reselect("enslaved")

    def drop_slave(self, interface: Interface) -> None:
        """__bond_release_one: it goes down and gets its MAC back."""
        slave = next((one for one in self.slaves if one.interface is interface), None)
        stack = interface.stack
        if slave is None or stack is None:
            return
        self.slaves.remove(slave)
        stack.handler = None
        stack.uppers.remove(self)
        settle(interface)
        link.set_down(interface)
        link.change_mac(interface, slave.permanent)
        self.reselect("released")

    def uninit(self) -> None:
        for slave in list(self.slaves):
            self.drop_slave(slave.interface)

    def assign_mac(self, mac: int) -> None:
        super().assign_mac(mac)
        for slave in self.slaves:
            if slave.interface.mac != mac:
                link.change_mac(slave.interface, mac)

    def on_lower(self, what: str, lower: Interface) -> None:
        slave = next((one for one in self.slaves if one.interface is lower), None)
        if slave is None:
            return
        if what == "gone":
            self.drop_slave(lower)
        elif what == "down" or (what in ("up", "carrier") and (
                not self.carrier or (not slave.is_up and lower.running and not self.miimon))):
            self.note_link(slave)


def _announce_address(what: tuple[Interface, int]) -> None:
    interface, address = what
    arp.send(interface, REQUEST, address, address, 0, BROADCAST_MAC)


class BondKind(LinkKind):
    """`type bond [ mode MODE ] [ miimon MS ] …`."""

    name = "bond"
    attributes = (
        choice("mode", choices=(*MODES, *map(str, range(7))), complaint="invalid mode"),
        number("miimon", complaint="invalid miimon"), Attribute(("primary",), Form.DEVICE),
        Attribute(("active_slave",), Form.DEVICE),
        *(refused(word) for word in (
            "updelay", "downdelay", "arp_interval", "arp_ip_target", "arp_validate", "primary_reselect",
            "fail_over_mac", "xmit_hash_policy", "resend_igmp", "num_grat_arp", "all_slaves_active", "min_links",
            "lp_interval", "packets_per_slave", "lacp_rate", "ad_select", "use_carrier")))
    slave_attributes = ()
    slave_flags = ("SLAVE",)
    unknown = 'bond: unknown option "{word}"?'
    proc_directory = "bonding"
    is_immovable = True

    def make(self, request: NewLink) -> Interface:
        """bond_newlink."""
        mode = self._mode(request.settings)
        self._check_choice(mode, request.settings, [])
        bond = BondInterface(request.namespace, request.name, request.address, mode)
        bond.mac_is_set = request.mac is not None
        self._set(bond, request.settings)
        return bond

    @staticmethod
    def _mode(settings: dict[str, Any]) -> str:
        mode = settings.get("mode", ROUND_ROBIN)
        mode = MODES[int(mode)] if mode.isdecimal() else mode
        if mode not in LONG_NAMES:
            raise NotModelledError(f"mode {mode} of a bond is not modelled ({' and '.join(LONG_NAMES)} are)")
        return mode

    @staticmethod
    def _check_choice(mode: str, settings: dict[str, Any], slaves: list[Slave]) -> None:
        """Which slave is preferred or active is a question where one of them works (__bond_opt_set).

        Raises:
            KernelError: all of them do, or the active one is to be a stranger.
        """
        if mode != ACTIVE_BACKUP and {"primary", "active_slave"} & settings.keys():
            raise KernelError("EACCES", "option not supported in mode")
        wanted = settings.get("active_slave")
        if wanted is not None and not any(slave.interface is wanted for slave in slaves):
            raise KernelError("EINVAL", "invalid option value")

    @staticmethod
    def _set(bond: BondInterface, settings: dict[str, Any]) -> None:
        bond.miimon = settings.get("miimon", bond.miimon)
        if "primary" in settings:
            bond.primary = settings["primary"].name

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """bond_changelink: the mode only while it is down and has no slaves."""
        assert isinstance(interface, BondInterface)
        if "mode" in settings:
            if interface.up or interface.slaves:
                raise KernelError("EBUSY" if interface.slaves else "EPERM", "unable to set option because the bond "
                                  + ("device has slaves" if interface.slaves else "device is up"))
            interface.mode = self._mode(settings)
        self._check_choice(interface.mode, settings, interface.slaves)
        self._set(interface, settings)
        wanted = settings.get("active_slave")
        slave = next((one for one in interface.slaves if one.interface is wanted), None)
        if slave is not None and not slave.is_up:
            raise KernelError("EINVAL", "invalid option value")
        if slave is not None:
            interface.primary, kept = slave.interface.name, interface.primary
            interface.reselect("primary")
            interface.primary = kept
        interface.reselect("primary")
        if interface.miimon and interface.up and interface.timer is None:
            interface.open()

    def enslave(self, master: Interface, interface: Interface) -> None:
        assert isinstance(master, BondInterface)
        if isinstance(interface, BondInterface):
            raise KernelError("EPERM", "Cannot enslave bond to itself" if interface is master else "")
        if interface.up:
            raise KernelError("EPERM", "Device can not be enslaved while up")
        if interface.is_loopback or interface.hardware != "ether":
            raise KernelError("EINVAL", "Device type (not supported) cannot be enslaved")
        if interface.stack is not None and interface.stack.handler is not None:
            raise KernelError("EBUSY", "Device is already in use")
        master.add_slave(interface)

    def release(self, master: Interface, interface: Interface) -> None:
        assert isinstance(master, BondInterface)
        master.drop_slave(interface)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, BondInterface)
        bond = interface
        rows = [setting("mode", bond.mode)]
        if bond.mode == ACTIVE_BACKUP and bond.active is not None:
            rows.append(setting("active_slave", bond.active.interface.name))
        rows += [setting(name, value) for name, value in (
            ("miimon", bond.miimon), ("updelay", 0), ("downdelay", 0), ("peer_notify_delay", 0), ("use_carrier", 1),
            ("arp_interval", 0), ("arp_missed_max", 2), ("arp_validate", "none"), ("arp_all_targets", "any"))]
        if any(slave.interface.name == bond.primary for slave in bond.slaves):
            rows.append(setting("primary", bond.primary))
        return rows + [setting(name, value, "num_grat_arp" if name == "num_peer_notif" else "") for name, value in (
            ("primary_reselect", "always"), ("fail_over_mac", "none"), ("xmit_hash_policy", "layer2"),
            ("resend_igmp", 1), ("num_peer_notif", 1), ("all_slaves_active", 0), ("min_links", 0), ("lp_interval", 1),
            ("packets_per_slave", 1), ("lacp_active", "on"), ("lacp_rate", "slow"), ("coupled_control", True),
            ("ad_select", "stable"), ("tlb_dynamic_lb", 1))]

    def slave_details(self, interface: Interface) -> list[Detail]:
        slave = interface.stack.handler if interface.stack is not None else None
        assert isinstance(slave, Slave)
        bond = slave.bond
        state = "BACKUP" if bond.mode == ACTIVE_BACKUP and bond.active is not slave else "ACTIVE"
        return [Detail("state", state, f"state {state} "),
                Detail("mii_status", "UP" if slave.is_up else "DOWN", f"mii_status {'UP' if slave.is_up else 'DOWN'} "),
                setting("link_failure_count", slave.failures), setting("perm_hwaddr", format_mac(slave.permanent)),
                setting("queue_id", 0), setting("prio", 0)]

    def proc_file(self, namespace: NetworkNamespace, name: str) -> str | None:
        """bond_info_seq_show."""
        bond = namespace.interfaces.get(name)
        return _status(bond) if isinstance(bond, BondInterface) else None


def _status(bond: BondInterface) -> str:
    text = f"Ethernet Channel Bonding Driver: v6.12.118+deb13-amd64\n\nBonding Mode: {LONG_NAMES[bond.mode]}\n"
    if bond.mode == ACTIVE_BACKUP:
        primary = f"{bond.primary} (primary_reselect always)" if bond.primary else "None"
        active = bond.active.interface.name if bond.active is not None else "None"
        text += f"Primary Slave: {primary}\nCurrently Active Slave: {active}\n"
    text += (f"MII Status: {'up' if bond.carrier else 'down'}\nMII Polling Interval (ms): {bond.miimon}\n"
             "Up Delay (ms): 0\nDown Delay (ms): 0\nPeer Notification Delay (ms): 0\n")
    for slave in bond.slaves:
        text += (f"\nSlave Interface: {slave.interface.name}\nMII Status: {'up' if slave.is_up else 'down'}\n"
                 "Speed: 10000 Mbps\nDuplex: full\n"
                 f"Link Failure Count: {slave.failures}\nPermanent HW addr: {format_mac(slave.permanent)}\n"
                 "Slave queue ID: 0\n")
    return text


KIND = BondKind()
