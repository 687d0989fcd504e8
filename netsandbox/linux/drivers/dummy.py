"""dummy devices: what they send is counted and gone (drivers/net/dummy.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import LinkKind, NewLink
from netsandbox.linux.core.devices.stacked import StackedInterface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import SendFailed
from netsandbox.wire.ethernet import Frame


class DummyInterface(StackedInterface):
    """It has a carrier, asks no ARP, and swallows."""

    kind = "dummy"
    flags = ("BROADCAST",)
    min_mtu = max_mtu = 0
    tso_max = 65536

    __slots__ = ()

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int) -> None:
        super().__init__(namespace, name, mac)
        self.carrier = self.noarp = True
        self.carrier_changes = 0

    @property
    def operstate(self) -> str:
        """Nobody looks at its carrier before that changes."""
        found = super().operstate
        return "UNKNOWN" if found == "UP" and not self.carrier_changes else found

    def change_carrier(self, on: bool) -> None:
        """dummy_change_carrier."""
        link.set_carrier(self, on)

    def hand_on(self, frame: Frame) -> bool:
        """dummy_xmit."""
        self.namespace.record(SendFailed(self.place, frame, Dropped(DropReason.DEV_NULL, (self.name,))))
        return True


class DummyKind(LinkKind):
    """`type dummy`."""

    name = "dummy"

    def make(self, request: NewLink) -> Interface:
        return DummyInterface(request.namespace, request.name, request.address)


KIND = DummyKind()
