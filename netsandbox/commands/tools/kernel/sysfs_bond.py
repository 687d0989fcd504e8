"""A bond's and a slave's files in /sys/class/net (bond_sysfs.c, bond_sysfs_slave.c): what netlink knows, in files."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.drivers.bond import KIND, WORDS
from netsandbox.linux.drivers.bond_arp import VALIDATED
from netsandbox.linux.drivers.bond_device import BondInterface
from netsandbox.linux.drivers.bond_modes import ACTIVE_BACKUP, MODES
from netsandbox.linux.drivers.bond_slave import Slave
from netsandbox.wire.addresses import AddressError, format_ipv4, format_mac, parse_ipv4

Values = dict[str, str | int]
AGGREGATION = ("ad_actor_key", "ad_actor_sys_prio", "ad_actor_system", "ad_aggregator", "ad_num_ports",
               "ad_partner_key", "ad_partner_mac", "ad_user_port_key")
"""Files of 802.3ad, which are empty in another mode."""
NUMBERS = ("all_slaves_active", "arp_interval", "arp_missed_max", "downdelay", "lp_interval", "min_links",
           "packets_per_slave", "resend_igmp", "updelay", "use_carrier")
OWN_NAMES = {"num_unsol_na": "num_grat_arp", "num_grat_arp": "num_grat_arp", "peer_notif_delay": "peer_notify_delay"}
"""Of numbers that netlink calls otherwise."""
CHOICES: dict[str, tuple[str, ...]] = {**WORDS, "arp_validate": tuple(VALIDATED), "arp_all_targets": ("any", "all")}
"""Files that say a word and its number."""
TOLD = ("mii_status", "queue_id", *AGGREGATION)


def slave_of(interface: Interface) -> Slave | None:
    handler = interface.stack.handler if interface.stack is not None else None
    return handler if isinstance(handler, Slave) else None


def bond_values(bond: BondInterface) -> Values:
    """The folder `bonding`, by file."""
    has, names = bond.options, [slave.interface.name for slave in bond.slaves]
    found: Values = dict.fromkeys(AGGREGATION, "")
    found |= {name: int(has[name]) for name in NUMBERS} | {name: int(has[own]) for name, own in OWN_NAMES.items()}
    found |= {name: f"{has[name]} {words.index(has[name])}" for name, words in CHOICES.items()}
    return found | {
        "mode": f"{bond.mode} {MODES.index(bond.mode)}", "miimon": bond.miimon, "slaves": " ".join(names),
        "active_slave": bond.active.interface.name if bond.mode == ACTIVE_BACKUP and bond.active is not None else "",
        "primary": bond.primary if bond.primary in names else "", "mii_status": "up" if bond.carrier else "down",
        "arp_ip_target": " ".join(map(format_ipv4, has["arp_ip_target"])), "lacp_rate": "slow 0", "lacp_active": "on 1",
        "tlb_dynamic_lb": 1, "queue_id": " ".join(f"{one.interface.name}:{one.queue}" for one in bond.slaves)}


def slave_values(slave: Slave) -> Values:
    """The folder `bonding_slave`, by file."""
    is_backup = slave.bond.mode == ACTIVE_BACKUP and slave.bond.active is not slave
    return {"state": "backup" if is_backup else "active", "mii_status": slave.state,
            "link_failure_count": slave.failures, "perm_hwaddr": format_mac(slave.permanent), "queue_id": slave.queue,
            "ad_aggregator_id": "N/A", "ad_actor_oper_port_state": "N/A", "ad_partner_oper_port_state": "N/A"}


def write_bond(bond: BondInterface, name: str, text: str) -> None:
    """Change a setting, as netlink would (FileError: it cannot be changed, or not to that)."""
    if name in TOLD and name != "queue_id":
        raise FileError("EACCES")
    try:
        if name == "slaves":
            _change_slaves(bond, text)
        else:
            KIND.change(bond, {OWN_NAMES.get(name, name): _value(bond, name, text)})
    except KernelError as error:
        raise FileError("EINVAL" if error.errno == "ERANGE" else error.errno) from None  # ERANGE is netlink's policy


def _value(bond: BondInterface, name: str, text: str) -> Any:
    if name in ("active_slave", "primary"):
        found = bond.namespace.interfaces.get(text)
        if found is None and not text:
            raise NotModelledError(f"an empty {name} of a bond is not modelled")
        if found is None:
            raise FileError("EINVAL")
        return found
    if name == "arp_ip_target":
        return _targets(bond, text)
    words = CHOICES.get(name, tuple(MODES) if name == "mode" else ())
    if name == "miimon" or name in NUMBERS or name in OWN_NAMES or (words and text.isdecimal()):
        if not text.isdecimal() or (words and int(text) >= len(words)):
            raise FileError("EINVAL")
        return text if words else int(text)
    if not words:
        raise NotModelledError(f"{name} of a bond is not modelled")
    if text not in words:
        raise FileError("EINVAL")
    return text


def _targets(bond: BondInterface, text: str) -> list[int]:
    """`+ADDRESS` or `-ADDRESS`."""
    known = list(bond.options["arp_ip_target"])
    try:
        address = parse_ipv4(text[1:])
    except AddressError:
        raise FileError("EINVAL") from None
    if text[:1] not in "+-":
        raise FileError("EPERM")
    if text[0] == "+":
        return [*known, address]
    if address not in known:
        raise FileError("EINVAL")
    return [one for one in known if one != address]


def _change_slaves(bond: BondInterface, text: str) -> None:
    """`+DEVICE` or `-DEVICE` (bond_option_slaves_set)."""
    if text[:1] not in ("+", "-"):
        raise FileError("EPERM")
    interface = bond.namespace.interfaces.get(text[1:])
    if interface is None:
        raise FileError("ENODEV")
    slave = slave_of(interface)
    if text[0] == "+":
        if interface.port is not None or slave is not None:
            raise FileError("EBUSY")
        KIND.enslave(bond, interface)
    elif slave is None or slave.bond is not bond:
        raise FileError("EINVAL")
    else:
        KIND.release(bond, interface)
