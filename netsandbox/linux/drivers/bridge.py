"""The bridge as a kind of device: what `ip link` sets and shows of it and of its ports (net/bridge/br_netlink.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.bridge import settings as bridge_settings
from netsandbox.linux.bridge.bridge import MAX_PORTS, Bridge
from netsandbox.linux.bridge.details import bridge_rows, port_rows
from netsandbox.linux.core.devices import kind
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.ipv4 import igmp

SWITCHES = ("hairpin*", "guard*", "root_block*", "fastleave*", "learning*", "flood*", "mcast_flood*", "bcast_flood*",
            "mcast_to_unicast*", "proxy_arp*", "proxy_arp_wifi*", "mcast_fast_leave*", "neigh_suppress*",
            "vlan_tunnel*", "isolated*", "locked*", "mab")
NUMBERS = (
    "forward_delay*", "hello_time*", "max_age*", "ageing_time*", "stp_state*", "vlan_filtering*",
    "no_linklocal_learn", "mst_enabled", "fdb_max_learned", "vlan_default_pvid*", "vlan_stats_enabled*",
    "vlan_stats_per_port*", "mcast_router*", "mcast_snooping*", "mcast_vlan_snooping*", "mcast_query_use_ifaddr*",
    "mcast_querier*", "mcast_hash_elasticity*", "mcast_hash_max*", "mcast_last_member_count*",
    "mcast_startup_query_count*", "mcast_igmp_version*", "mcast_mld_version*", "nf_call_iptables*",
    "nf_call_ip6tables*", "nf_call_arptables*")
INTERVALS = tuple(f"mcast_{name}_interval*" for name in (
    "last_member", "membership", "querier", "query", "query_response", "startup_query"))


def _number(word: str) -> kind.Attribute:
    return kind.number(word, complaint=f"invalid {word.rstrip('*')}")


class BridgeKind(kind.LinkKind):
    """`type bridge` and `type bridge_slave`."""

    name = "bridge"
    attributes = (
        *map(_number, NUMBERS), kind.number("priority*", complaint="invalid priority", high=0xFFFF),
        kind.number("group_fwd_mask*", complaint="invalid group_fwd_mask", high=0xFFFF),
        kind.flag("fdb_flush*"),
        kind.choice("vlan_protocol*", choices=("802.1Q", "802.1ad"), complaint="invalid vlan_protocol"),
        kind.Attribute(("group_address*",), kind.Form.WORD), *map(_number, INTERVALS))
    slave_attributes = (
        kind.flag("fdb_flush*"), *(kind.number(f"{name}*", complaint=f"{name} is invalid") for name in (
            "state", "priority", "cost")),
        *(kind.Attribute((word,), kind.Form.ON_OFF, code=1) for word in SWITCHES),
        kind.number("mcast_router*", complaint="invalid mcast_router", high=255),
        kind.number("group_fwd_mask*", complaint="invalid group_fwd_mask", high=0xFFFF),
        kind.refused("backup_port"), kind.refused("nobackup_port", words=0), kind.refused("backup_nhid"),
        kind.Attribute(("neigh_vlan_suppress",), kind.Form.ON_OFF, code=1))
    unknown = 'bridge: unknown command "{word}"?'
    usage = "Usage: … bridge [ ageing_time HUNDREDTHS ] [ fdb_flush ]"
    is_immovable = True

    def make(self, request: kind.NewLink) -> Interface:
        bridge_settings.check_settings(request.settings)
        bridge = Bridge(request.namespace, request.name, request.address, request.mac is not None)
        bridge_settings.change_bridge(bridge, {"mcast_snooping": 1} | request.settings)
        return bridge

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        assert isinstance(interface, Bridge)
        bridge_settings.check_settings(settings)
        bridge_settings.change_bridge(interface, settings)
        igmp.follow_snooping(interface)

    def change_slave(self, interface: Interface, settings: dict[str, Any]) -> None:
        assert interface.port is not None
        bridge_settings.change_port(interface.port, settings)

    def enslave(self, master: Interface, interface: Interface) -> None:
        """br_add_if."""
        assert isinstance(master, Bridge)
        if interface.is_loopback or interface.hardware != "ether" or interface.mac == 0:
            raise KernelError("EINVAL")
        if isinstance(interface, Bridge):
            raise KernelError("ELOOP", "Can not enslave a bridge to a bridge")
        if len(master.ports) >= MAX_PORTS:
            raise KernelError("EXFULL")
        if interface.stack is not None and interface.stack.handler is not None:
            raise KernelError("EBUSY")
        master.add_port(interface)

    def release(self, master: Interface, interface: Interface) -> None:
        if interface.port is not None:
            interface.port.bridge.remove_port(interface.port)

    def details(self, interface: Interface) -> list[kind.Detail]:
        assert isinstance(interface, Bridge)
        return [kind.setting(name, value, text) for name, text, value in bridge_rows(interface)]

    def slave_details(self, interface: Interface) -> list[kind.Detail]:
        assert interface.port is not None
        return [kind.setting(name, value, text) for name, text, value in port_rows(interface.port)]


KIND = BridgeKind()
