"""tun and tap devices, which no program reads: they exist, and swallow (drivers/net/tun.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices.device import TEN_GIGABIT
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Detail, LinkKind, NewLink, setting
from netsandbox.linux.core.devices.stacked import StackedInterface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import SendFailed
from netsandbox.wire.ethernet import Frame


class TapInterface(StackedInterface):
    """A tap device: Ethernet, and without a program no carrier."""

    kind = "tun"
    mode = "tap"
    queueing = "fq_codel"
    tso_max = 65536
    max_mtu = 65535 - 14

    __slots__ = ("settings",)

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int) -> None:
        super().__init__(namespace, name, mac)
        self.settings: dict[str, Any] = {}  # What a program would find: pi, vnet_hdr, user, group
        self.noarp = self.hardware == "none"

    @property
    def speed(self) -> int | None:
        """It says that it is as fast as a veth (tun_default_link_ksettings)."""
        return TEN_GIGABIT

    def change_carrier(self, on: bool) -> None:
        """tun_net_change_carrier: there is one as long as a program reads."""
        if on:
            raise KernelError("EPERM")

    def transmit(self, frame: Frame) -> bool:
        """Without a carrier its queueing discipline is noop, which swallows without a word (noop_enqueue)."""
        self.tx_dropped += 1
        self.namespace.record(SendFailed(self.place, frame, Dropped(DropReason.TUN_NO_READER, (self.name,))))
        return True

    def hand_on(self, frame: Frame) -> bool:
        return self.transmit(frame)


class TunInterface(TapInterface):
    """A tun device: IP packets without a link layer."""

    mode = "tun"
    hardware = "none"
    max_mtu = 65535
    flags = ("POINTOPOINT", "MULTICAST")
    default_queue_length = 500

    __slots__ = ()

    @property
    def hardware_addresses(self) -> None:
        return None


class TunKind(LinkKind):
    """Made by `ip tuntap add`, not by `ip link add`."""

    name = "tun"

    def make(self, request: NewLink) -> Interface:
        """tun_validate, and for `ip tuntap` tun_set_iff."""
        mode = request.settings.get("tuntap")
        if mode is None:
            raise KernelError("EOPNOTSUPP", "tun/tap creation via rtnetlink is not supported")
        made = (TunInterface(request.namespace, request.name, 0) if mode == "tun" else
                TapInterface(request.namespace, request.name, request.address))
        made.settings = {name: value for name, value in request.settings.items() if name != "tuntap"}
        return made

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, TapInterface)
        settings = interface.settings
        return [Detail("type", interface.mode, f"type {interface.mode} "),
                *(setting(name, settings.get(name, False)) for name in ("pi", "vnet_hdr")), setting("persist", True),
                *(setting(name, settings[name]) for name in ("user", "group") if name in settings)]


KIND = TunKind()
