"""How a bond watches its links by ARP: it asks some addresses, and a slave that hears nothing is down.

arp_interval and arp_ip_target (drivers/net/bonding/bond_main.c: bond_activebackup_arp_mon, bond_loadbalance_arp_mon).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.drivers.bond_modes import ACTIVE_BACKUP, DOWN, GOING_BACK, GOING_DOWN, UP
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import BROADCAST_MAC
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame

if TYPE_CHECKING:

    from netsandbox.linux.drivers.bond_device import BondInterface
    from netsandbox.linux.drivers.bond_slave import Slave

VALIDATED = {"none": (), "active": (True,), "backup": (False,), "all": (True, False)}
"""Of which slaves only true answers count, by arp_validate: of the active one, of the others."""


def now(bond: BondInterface) -> int:
    """Milliseconds."""
    return bond.namespace.scheduler.now // MILLISECOND


def is_recent(bond: BondInterface, at: int, intervals: int) -> bool:
    """bond_time_in_interval: not more than so many intervals and a half ago."""
    interval: int = bond.options["arp_interval"]
    return at - interval <= now(bond) <= at + intervals * interval + interval // 2


# -- what is heard

def note(slave: Slave, frame: Frame) -> None:
    """bond_rcv_validate: any frame shows that a link lives, unless only true answers are to."""
    if slave.is_used not in VALIDATED[slave.bond.options["arp_validate"]]:
        slave.heard_at = now(slave.bond)
    elif isinstance(frame.payload, ArpPacket):
        _validate(slave, frame.payload)


def _validate(slave: Slave, arp: ArpPacket) -> None:
    """bond_arp_rcv: an idle slave hears the active one's questions, and no answers."""
    bond = slave.bond
    asked, own = arp.spa, arp.tpa
    if not slave.is_used:
        active, tried = bond.active, bond.tried
        if active is not None and active.heard > active.up_since:
            asked, own = own, asked
        elif active is not None or tried is None or arp.op != REPLY or not is_recent(bond, tried.asked_at, 1):
            return
    if asked in bond.options["arp_ip_target"] and bond.namespace.routes.address_type(own) == "local":
        slave.heard_at = slave.heard_of[asked] = now(bond)


# -- looking

def look(bond: BondInterface) -> None:
    """The monitor's turn has come: it is a program of the kernel's (a workqueue)."""
    bond.namespace.scheduler.soon(_monitor, bond)


def _monitor(bond: BondInterface) -> None:
    scheduler, interval = bond.namespace.scheduler, bond.options["arp_interval"]
    if not bond.up or not interval:
        return
    tells = bond.may_tell()
    asking = _inspect_backup(bond) if bond.mode == ACTIVE_BACKUP else _inspect_balanced(bond)
    scheduler.soon(_ask_all, [(slave, target) for slave in asking for target in bond.options["arp_ip_target"]])
    if tells:
        bond.announcements -= 1
        scheduler.soon(bond.announce)
    bond.timer = scheduler.kernel_timer(interval * MILLISECOND, look, bond)


def _inspect_balanced(bond: BondInterface) -> list[Slave]:
    """bond_loadbalance_arp_mon: each link asks for itself."""
    changed = []
    for slave in bond.slaves:
        intervals = bond.options["arp_missed_max"] if slave.is_up else 1
        lives = is_recent(bond, slave.asked_at, intervals) and is_recent(bond, slave.heard, intervals)
        if lives != slave.is_up:
            changed.append(slave)
            slave.failures += not lives
            slave.state = UP if lives else DOWN
    if changed:
        bond.reselect("arp")
    return [slave for slave in bond.slaves if slave.interface.running]


def _inspect_backup(bond: BondInterface) -> list[Slave]:
    """bond_ab_arp_inspect, bond_ab_arp_commit, bond_ab_arp_probe."""
    changes = [(slave, state) for slave in bond.slaves for state in _changes_of(slave)]
    for slave, state in changes:
        if state == DOWN:
            slave.failures += 1
        if state == UP or slave is bond.active or (state == GOING_DOWN and bond.active is not None):
            bond.tried = None
        slave.state = state
    if changes:
        bond.reselect("arp")
    return [bond.active] if bond.active is not None else _try_next(bond)


def _changes_of(slave: Slave) -> Iterator[str]:
    bond = slave.bond
    missed = bond.options["arp_missed_max"]
    if not slave.is_up:
        if is_recent(bond, slave.heard, 1):
            yield UP
        elif slave.state == GOING_BACK:
            yield GOING_DOWN
    elif is_recent(bond, slave.up_since, 2):
        return
    elif slave.is_used:
        if not is_recent(bond, slave.asked_at, missed) or not is_recent(bond, slave.heard, missed):
            yield DOWN
    elif bond.tried is None and not is_recent(bond, slave.heard, missed + 1):
        yield DOWN


def _try_next(bond: BondInterface) -> list[Slave]:
    """bond_ab_arp_probe: while none answers each link has its turn."""
    for slave in bond.slaves:
        if slave.is_up and not slave.interface.running:
            slave.state = DOWN
            slave.failures += 1
    first = bond.slaves.index(bond.tried) + 1 if bond.tried is not None else 1
    turn = [slave for slave in (*bond.slaves[first:], *bond.slaves[:first]) if slave.interface.running]
    if not turn:
        return []
    bond.tried = turn[0]
    turn[0].state, turn[0].up_since = GOING_BACK, now(bond)
    return turn[:1]


# -- asking

def _ask_all(questions: list[tuple[Slave, int]]) -> None:
    """bond_arp_send_all; each is answered before the next is asked."""
    if questions:
        questions[0][0].bond.namespace.scheduler.one_by_one(questions, _ask)


def _ask(question: tuple[Slave, int]) -> None:
    slave, target = question
    bond, interface = slave.bond, slave.interface
    route = route_output(bond.namespace, target)
    way = _way(bond, route.interface) if isinstance(route, OutputRoute) else []
    if way is None or slave not in bond.slaves:
        return
    source = 0
    if isinstance(route, OutputRoute):
        source = next((own.local for own in route.interface.addresses if target in own.network), 0)
    frame = Frame(BROADCAST_MAC, interface.mac, ETH_P_ARP, ArpPacket(REQUEST, interface.mac, source, 0, target))
    for tpid, vid in way:
        frame = frame.tagged(vid, tpid)
    slave.asked_at = now(bond)
    interface.transmit(frame)


def _way(lower: Interface, wanted: Interface) -> list[tuple[int, int]] | None:
    """bond_verify_device_path: the tags from a device down to this one, the innermost first; None where none leads."""
    if lower is wanted:
        return []
    uppers: list[Interface] = [lower.port.bridge] if lower.port is not None else []
    vlans = lower.stack.vlans if lower.stack is not None else {}
    for upper in (*(lower.stack.uppers if lower.stack is not None else ()), *uppers):
        way = _way(upper, wanted)
        if way is not None:
            return way + [tag for tag, vlan in vlans.items() if vlan is upper]
    return None
