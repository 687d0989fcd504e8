"""Bonds: several links as one (drivers/net/bonding/bond_netlink.c, bond_options.c, bond_procfs.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.device import NO_SPEED
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Attribute, Detail, Form, LinkKind, NewLink, choice, number, setting
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.bond_arp import VALIDATED, now
from netsandbox.linux.drivers.bond_device import OPTIONS, BondInterface
from netsandbox.linux.drivers.bond_modes import ACTIVE_BACKUP, LONG_NAMES, MODES, POLICIES, ROUND_ROBIN, XOR
from netsandbox.linux.drivers.bond_slave import Slave
from netsandbox.wire.addresses import LIMITED_BROADCAST, format_ipv4, format_mac

INT_MAX = (1 << 31) - 1
VALIDATES, ALL_TARGETS = tuple(VALIDATED), ("any", "all")
RESELECTS, MAC_WAYS = ("always", "better", "failure"), ("none", "active", "follow")
SELECTS = ("stable", "bandwidth", "count")
OTHER_POLICIES = ("encap2+3", "encap3+4", "vlan+srcmac")
WORDS = {"primary_reselect": RESELECTS, "fail_over_mac": MAC_WAYS, "xmit_hash_policy": POLICIES, "ad_select": SELECTS}
"""Options that are a word or its number."""
OF_OTHER_MODES = frozenset({"lacp_rate", "lacp_active", "tlb_dynamic_lb"})
BOND_IS_UP = "unable to set option because the bond is up"
RANGES = {name: range(INT_MAX + 1) for name in ("miimon", "updelay", "downdelay", "arp_interval", "min_links")} | {
    "lp_interval": range(1, INT_MAX + 1), "peer_notify_delay": range(300_001), "packets_per_slave": range(65_536),
    "arp_missed_max": range(1, 256), "num_grat_arp": range(256), "resend_igmp": range(256),
    "all_slaves_active": range(2), "use_carrier": range(2)}
"""Of the options that are a number (bond_options.c); netlink has looked at some before."""
TEXTS = {"num_peer_notif": "num_grat_arp", "ad_lacp_active": "lacp_active", "ad_lacp_rate": "lacp_rate"}
"""What is called otherwise in JSON."""
QUEUES = 16  # Of a bond, tx_queues of the module
LOOKED_FOR = ("updelay", "downdelay", "peer_notify_delay")  # Delays: multiples of miimon, without which there are none


class BondKind(LinkKind):
    """`type bond [ mode MODE ] [ miimon MS ] …`."""

    name = "bond"
    attributes = (
        choice("mode*", choices=(*MODES, *map(str, range(7))), complaint="invalid mode"),
        Attribute(("active_slave*",), Form.DEVICE, code=1), number("miimon*", complaint="invalid miimon"),
        *(number(f"{word}*", complaint=f"invalid {word}") for word in LOOKED_FOR),
        number("use_carrier*", complaint="invalid use_carrier", high=255),
        number("arp_interval*", complaint="invalid arp_interval"), Attribute(("arp_ip_target*",), Form.ADDRESSES),
        choice("arp_validate*", choices=VALIDATES, complaint="invalid arp_validate"),
        choice("arp_all_targets*", choices=ALL_TARGETS, complaint="invalid arp_all_targets"),
        number("arp_missed_max", complaint="invalid arp_missed_max", high=255),
        Attribute(("primary*",), Form.DEVICE, code=1),
        choice("primary_reselect*", choices=(*RESELECTS, "0", "1", "2"), complaint="invalid primary_reselect"),
        choice("fail_over_mac*", choices=(*MAC_WAYS, "0", "1", "2"), complaint="invalid fail_over_mac"),
        choice("xmit_hash_policy*", choices=(*POLICIES, *OTHER_POLICIES, *map(str, range(6))),
               complaint="invalid xmit_hash_policy"),
        number("resend_igmp*", complaint="invalid resend_igmp"),
        number("num_grat_arp*", "num_unsol_na*", complaint="invalid num_grat_arp|num_unsol_na", high=255),
        number("all_slaves_active*", complaint="invalid all_slaves_active", high=255),
        number("min_links*", complaint="invalid min_links"), number("lp_interval*", complaint="invalid lp_interval"),
        number("packets_per_slave*", complaint="invalid packets_per_slave"),
        choice("lacp_rate*", choices=("slow", "fast", "0", "1"), complaint="invalid lacp_rate"),
        choice("lacp_active", choices=("off", "on", "0", "1"), complaint="invalid lacp_active"),
        choice("ad_select*", choices=(*SELECTS, "0", "1", "2"), complaint="invalid ad_select"),
        number("tlb_dynamic_lb*", complaint="invalid tlb_dynamic_lb", high=1))
    without_effect = frozenset({"resend_igmp", "min_links", "lp_interval", "use_carrier", "ad_select", "queue_id"})
    slave_attributes = (number("queue_id*", complaint="queue_id is invalid", high=0xFFFF),
                        number("prio", complaint="prio is invalid"))
    slave_flags = ("SLAVE",)
    unknown = 'bond: unknown option "{word}"?'
    proc_directory = "bonding"
    is_immovable = True

    def make(self, request: NewLink) -> Interface:
        """bond_newlink."""
        mode = self._mode(request.settings)
        self._check_options(mode, request.settings)
        self._check_choice(mode, request.settings, [])
        self._check_policy(request.settings)
        bond = BondInterface(request.namespace, request.name, request.address, mode)
        bond.mac_is_set = request.mac is not None
        self._set(bond, request.settings)
        return bond

    @staticmethod
    def _mode(settings: dict[str, Any]) -> str:
        mode = settings.get("mode", ROUND_ROBIN)
        mode = MODES[int(mode)] if mode.isdecimal() else mode
        if mode not in LONG_NAMES:
            raise NotModelledError(f"mode {mode} of a bond is not modelled ({', '.join(LONG_NAMES)} are)")
        return mode

    @staticmethod
    def _check_choice(mode: str, settings: dict[str, Any], slaves: list[Slave]) -> None:
        """Which slave is preferred or active is a question where one of them works (__bond_opt_set) (KernelError: all
        of them do, or the active one is to be a stranger)."""
        if mode != ACTIVE_BACKUP and {"primary", "active_slave"} & settings.keys():
            raise KernelError("EACCES", "option not supported in mode")
        wanted = settings.get("active_slave")
        if wanted is not None and not any(slave.interface is wanted for slave in slaves):
            raise KernelError("EINVAL", "invalid option value")

    @staticmethod
    def _check_options(mode: str, settings: dict[str, Any]) -> None:
        """What only other modes take, and numbers out of range (bond_opt_check_deps, bond_opt_parse) (KernelError:
        there is one)."""
        if OF_OTHER_MODES & settings.keys() or (mode != ROUND_ROBIN and "packets_per_slave" in settings):
            raise KernelError("EACCES", "option not supported in mode")
        wrong = [name for name, values in RANGES.items() if settings.get(name, values[0]) not in values]
        if "peer_notify_delay" in wrong:  # netlink's own policy
            raise KernelError("ERANGE", "integer out of range")
        if wrong:
            raise KernelError("EINVAL", "invalid option value")

    @staticmethod
    def _set(bond: BondInterface, settings: dict[str, Any]) -> None:
        """bond_changelink, in its order (KernelError: a delay without anybody who looks, or what only a bond without
        slaves takes)."""
        if "miimon" in settings:
            bond.miimon = settings["miimon"]
        if settings.get("miimon"):
            bond.options |= {"arp_interval": 0, "arp_validate": "none"}
        BondKind._set_arp(bond, settings)
        if not bond.miimon and any(settings.get(name) for name in LOOKED_FOR):
            raise KernelError("EPERM")
        if bond.slaves and "fail_over_mac" in settings:
            raise KernelError("ENOTEMPTY", "unable to set option because the bond device has slaves")
        if "primary" in settings:
            bond.primary, bond.prefers_primary = settings["primary"].name, True
        for name in OPTIONS.keys() & settings.keys():
            value = settings[name]
            words = WORDS.get(name, ())
            bond.options[name] = words[int(value)] if words and value.isdecimal() else value
        for name in LOOKED_FOR:
            bond.options[name] -= bond.options[name] % (bond.miimon or 1)

    @staticmethod
    def _set_arp(bond: BondInterface, settings: dict[str, Any]) -> None:
        """The ARP monitor's part: it or the other one; targets before a wrong one are taken."""
        watches, interval = settings.get("miimon", 0), settings.get("arp_interval", 0)
        if watches and interval:
            raise KernelError("EINVAL", "ARP monitoring cannot be used with MII monitoring")
        bond.miimon = 0 if interval else bond.miimon
        targets = settings.pop("arp_ip_target", None)
        if targets is not None:
            good = [one for number, one in enumerate(targets) if one not in (0, LIMITED_BROADCAST, *targets[:number])]
            bond.options["arp_ip_target"] = tuple(good)
            for slave in bond.slaves:
                slave.heard_of = dict.fromkeys(good, now(bond))
            if good != targets:
                raise KernelError("EINVAL", "invalid option value")
        if watches and settings.get("arp_validate", "none") != "none":
            raise KernelError("EINVAL", "ARP validating cannot be used with MII monitoring")

    @staticmethod
    def _check_policy(settings: dict[str, Any]) -> None:
        policy = settings.get("xmit_hash_policy", "0")
        every = (*POLICIES, *OTHER_POLICIES)
        policy = every[int(policy)] if policy.isdecimal() else policy
        if policy not in POLICIES:
            raise NotModelledError(f"xmit_hash_policy {policy} of a bond is not modelled ({', '.join(POLICIES)} are)")

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """bond_changelink: the mode only while it is down and has no slaves."""
        assert isinstance(interface, BondInterface)
        if "mode" in settings:
            if interface.up or interface.slaves:
                raise KernelError("ENOTEMPTY" if interface.slaves else "EBUSY", (
                    "unable to set option because the bond device has slaves" if interface.slaves else BOND_IS_UP))
            interface.mode = self._mode(settings)
        self._check_choice(interface.mode, settings, interface.slaves)
        self._check_options(interface.mode, settings)
        if interface.up and "ad_select" in settings:
            raise KernelError("EBUSY", BOND_IS_UP)
        self._check_policy(settings)
        watched = interface.watching
        try:
            self._set(interface, settings)
        finally:
            interface.watch_anew(watched)
        wanted = settings.get("active_slave")
        slave = next((one for one in interface.slaves if one.interface is wanted), None)
        if slave is not None and not slave.is_up:
            raise KernelError("EINVAL", "invalid option value")
        if slave is not None:
            interface.primary, kept, interface.prefers_primary = slave.interface.name, interface.primary, True
            interface.reselect("primary")
            interface.primary = kept
        elif {"primary", "primary_reselect"} & settings.keys():
            interface.reselect("primary")

    def change_slave(self, interface: Interface, settings: dict[str, Any]) -> None:
        """bond_changeslave."""
        slave = interface.stack.handler if interface.stack is not None else None
        assert isinstance(slave, Slave)
        queue, bond = settings.get("queue_id", slave.queue), slave.bond
        if queue > QUEUES or (queue and any(other.queue == queue for other in bond.slaves if other is not slave)):
            raise KernelError("EPERM")
        slave.queue = queue
        if "prio" in settings and bond.mode != ACTIVE_BACKUP:
            raise KernelError("EACCES", "option not supported in mode")
        if settings.get("prio"):
            raise NotModelledError(f"prio {settings['prio']} of a slave of a bond is not modelled (it is 0)")

    def enslave(self, master: Interface, interface: Interface) -> None:
        assert isinstance(master, BondInterface)
        if interface is master:
            raise KernelError("EPERM", "Cannot enslave bond to itself")
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
        has = bond.options
        rows += [setting(name, value) for name, value in (
            ("miimon", bond.miimon), *((name, has[name]) for name in LOOKED_FOR), *(
                (name, has[name]) for name in ("use_carrier", "arp_interval", "arp_missed_max")))]
        if has["arp_ip_target"]:
            targets = [format_ipv4(one) for one in has["arp_ip_target"]]
            rows.append(Detail("arp_ip_target", targets, f"arp_ip_target {','.join(targets)} "))
        validates = has["arp_validate"]
        rows += [Detail("arp_validate", None if validates == "none" else validates, f"arp_validate {validates} "),
                 setting("arp_all_targets", has["arp_all_targets"])]
        if any(slave.interface.name == bond.primary for slave in bond.slaves):
            rows.append(setting("primary", bond.primary))
        return rows + [setting(name, value, TEXTS.get(name, "")) for name, value in (
            *((name, has[name]) for name in ("primary_reselect", "fail_over_mac", "xmit_hash_policy", "resend_igmp")),
            ("num_peer_notif", has["num_grat_arp"]),
            *((name, has[name]) for name in ("all_slaves_active", "min_links", "lp_interval", "packets_per_slave")),
            ("ad_lacp_active", "on"), ("ad_lacp_rate", "slow"), ("coupled_control", True),
            ("ad_select", has["ad_select"]), ("tlb_dynamic_lb", 1))]

    def slave_details(self, interface: Interface) -> list[Detail]:
        slave = interface.stack.handler if interface.stack is not None else None
        assert isinstance(slave, Slave)
        bond = slave.bond
        state = "BACKUP" if bond.mode == ACTIVE_BACKUP and bond.active is not slave else "ACTIVE"
        seen = slave.state.upper().replace(" ", "_")
        return [Detail("state", state, f"state {state} "), Detail("mii_status", seen, f"mii_status {seen} "),
                setting("link_failure_count", slave.failures), setting("perm_hwaddr", format_mac(slave.permanent)),
                setting("queue_id", slave.queue), setting("prio", 0)]

    def proc_names(self, namespace: NetworkNamespace) -> list[str]:
        return [one.name for one in namespace.interfaces.values() if isinstance(one, BondInterface)]

    def proc_file(self, namespace: NetworkNamespace, name: str) -> str | None:
        """bond_info_seq_show."""
        bond = namespace.interfaces.get(name)
        return _status(bond) if isinstance(bond, BondInterface) else None


def _status(bond: BondInterface) -> str:
    has, way = bond.options, bond.options["fail_over_mac"]
    moves = f" (fail_over_mac {way})" if bond.mode == ACTIVE_BACKUP and way != "none" else ""
    text = f"Ethernet Channel Bonding Driver: v{RELEASE}\n\nBonding Mode: {LONG_NAMES[bond.mode]}{moves}\n"
    if bond.mode == XOR:
        policy = has["xmit_hash_policy"]
        text += f"Transmit Hash Policy: {policy} ({POLICIES.index(policy)})\n"
    if bond.mode == ACTIVE_BACKUP:
        primary = f"{bond.primary} (primary_reselect {has['primary_reselect']})" if bond.primary else "None"
        active = bond.active.interface.name if bond.active is not None else "None"
        text += f"Primary Slave: {primary}\nCurrently Active Slave: {active}\n"
    text += (f"MII Status: {'up' if bond.carrier else 'down'}\nMII Polling Interval (ms): {bond.miimon}\n"
             f"Up Delay (ms): {has['updelay']}\nDown Delay (ms): {has['downdelay']}\n"
             f"Peer Notification Delay (ms): {has['peer_notify_delay']}\n")
    if has["arp_interval"]:
        targets = ",".join(f" {format_ipv4(one)}" for one in has["arp_ip_target"])
        text += (f"ARP Polling Interval (ms): {has['arp_interval']}\nARP Missed Max: {has['arp_missed_max']}\n"
                 f"ARP IP target/s (n.n.n.n form):{targets}\nNS IPv6 target/s (xx::xx form):\n")
    for slave in bond.slaves:
        speed = slave.interface.speed or NO_SPEED
        rate = f"Speed: {speed} Mbps\nDuplex: full" if speed > 0 else "Speed: Unknown\nDuplex: Unknown"
        text += (f"\nSlave Interface: {slave.interface.name}\nMII Status: {slave.state}\n{rate}\n"
                 f"Link Failure Count: {slave.failures}\nPermanent HW addr: {format_mac(slave.permanent)}\n"
                 f"Slave queue ID: {slave.queue}\n")
    return text


KIND = BondKind()
