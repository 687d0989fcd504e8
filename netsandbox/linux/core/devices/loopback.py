"""`lo` (drivers/net/loopback.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.devices.interface import HARD_HEADER, Interface
from netsandbox.linux.place import LOOPBACK
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict
    from netsandbox.linux.core.namespace import NetworkNamespace


class Loopback(Interface):
    """`lo`: what it sends, it receives; its MAC is zero and it asks no ARP.

    Its counters leave the Ethernet header out (loopback_xmit).
    """

    kind = LOOPBACK
    hardware = "loopback"
    flags = ("LOOPBACK",)
    min_mtu = max_mtu = 0
    up_state = "UNKNOWN"
    is_loopback = True

    __slots__ = ()

    def __init__(self, namespace: NetworkNamespace) -> None:
        super().__init__(namespace, "lo", 0, 65536)
        self.wire = (self,)
        self.carrier_changes = 0
        self.carrier = True

    @property
    def speed(self) -> int | None:
        return None

    def transmit(self, frame: Frame) -> bool:
        before = self.sent
        is_sent = super().transmit(frame)
        self.sent_bytes -= HARD_HEADER * (self.sent - before)
        return is_sent

    def receive(self, frame: Frame) -> Verdict:
        if self.running:
            self.heard_bytes -= HARD_HEADER
        return super().receive(frame)
