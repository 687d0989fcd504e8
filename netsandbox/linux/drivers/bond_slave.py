"""One link of a bond, and whether what comes by it is for the bond (drivers/net/bonding/bond_main.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.devices import link
from netsandbox.linux.drivers import bond_arp
from netsandbox.linux.drivers.bond_modes import ACTIVE_BACKUP, DOWN, UP
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict
    from netsandbox.linux.drivers.bond_device import BondInterface


class Slave:
    """One link of a bond (struct slave).

    Attributes:
        queue: which of the bond's sixteen is its own, for tc's skbedit.
        permanent, mtu: its own, which it gets back.  before: its counters when it was enslaved.
        failures: how often the monitor has seen its link go.
        state: its link, as the monitor has it.  wait: how many looks its change still waits for.
        heard_at, asked_at, up_since: when it last took a frame and sent a question of the ARP monitor's, and when it
            was last enslaved, probed or made active; milliseconds.  heard_of: when of which target, as arp_validate
            has it, or when the target was told.
    """

    def __init__(self, bond: BondInterface, interface: Interface) -> None:
        self.bond = bond
        self.master: Interface | None = bond
        self.interface = interface
        self.permanent, self.mtu = interface.mac, interface.mtu
        self.state = UP if interface.running else DOWN
        self.failures = self.wait = self.queue = 0
        self.heard_at = self.asked_at = -1 - bond.options["arp_interval"]
        self.heard_of = dict.fromkeys(bond.options["arp_ip_target"], self.heard_at)
        self.up_since = 0
        self.before = _counted(interface)

    @property
    def counted(self) -> list[int]:
        """What has passed since it was enslaved."""
        return [now - before for now, before in zip(_counted(self.interface), self.before, strict=True)]

    @property
    def heard(self) -> int:
        """slave_last_rx: with arp_all_targets all the target counts of which it was longest ago."""
        counts_all = self.bond.options["arp_all_targets"] == "all"
        return min(self.heard_of.values(), default=0) if counts_all else self.heard_at

    @property
    def is_used(self) -> bool:
        """bond_is_active_slave: what comes by it is taken; so it is while the ARP monitor tries it."""
        return self in (self.bond.active, self.bond.tried)

    @property
    def is_up(self) -> bool:
        return self.state == UP

    @property
    def can_send(self) -> bool:
        """bond_slave_can_tx: with a carrier too, which the bond itself may not have noticed the loss of."""
        return self.state == UP and self.interface.running

    def handle_frame(self, frame: Frame, is_for_us: bool) -> Verdict | None:
        """bond_handle_frame: what comes by another slave than the active one is not for the bond."""
        bond = self.bond
        if bond.options["arp_interval"]:
            bond_arp.note(self, frame)
        if bond.mode == ACTIVE_BACKUP and not self.is_used and not bond.options["all_slaves_active"]:
            if frame.dst & MAC_GROUP_BIT and frame.dst != BROADCAST_MAC:
                return None
            return Dropped(DropReason.BOND_INACTIVE, (bond.name,))
        bond.take(frame, is_for_us or frame.dst == self.interface.mac)
        return Outcome.PASSED_UP

    def restore(self) -> None:
        """It is no slave any more: it goes down and is itself again."""
        link.set_down(self.interface)
        link.change_mac(self.interface, self.permanent)
        link.set_mtu(self.interface, self.mtu)


def _counted(interface: Interface) -> tuple[int, int, int, int]:
    return interface.rx_packets, interface.rx_bytes, interface.tx_packets, interface.tx_bytes
