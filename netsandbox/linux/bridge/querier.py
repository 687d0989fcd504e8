"""A bridge that asks itself who listens to which group: mcast_querier 1 (net/bridge/br_multicast.c), in version 2.

Each port is asked on a timer of its own, and so is the bridge's host: a few times soon after the start, then at longer
intervals, and not while somebody else asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import DISABLED, BridgePort
from netsandbox.wire import igmp
from netsandbox.wire.addresses import multicast_mac
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

ALL_SYSTEMS = 0xE0000001
ROUTER_ALERT = bytes.fromhex("94040000")
USER_HZ = 100
DEFAULTS = {"mcast_querier": 0, "mcast_query_use_ifaddr": 0, "mcast_startup_query_count": 2,
            "mcast_querier_interval": 25500, "mcast_query_interval": 12500,
            "mcast_startup_query_interval": 3124, "mcast_query_response_interval": 1000}
"""Its settings, intervals in hundredths of a second."""
LEAST = 100  # BR_MULTICAST_QUERY_INTVL_MIN
SILENT = (DISABLED, "blocking")  # br_multicast_port_ctx_state_stopped


class Querier:
    """What one bridge asks."""

    __slots__ = ("address", "bridge", "other", "sent", "settings", "timers")

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.settings = dict(DEFAULTS)  # DEFAULTS, or what a person wants
        self.address = 0  # in whose name it asked last, or who else does
        self.other: Timer | None = None  # until it is taken that somebody else asks
        self.timers: dict[BridgePort | None, Timer] = {}  # when each port is asked next; None is the host
        self.sent: dict[BridgePort | None, int] = {}  # how often it was, up to the startup count

    @property
    def on(self) -> bool:
        return bool(self.settings["mcast_querier"])

    def change(self, settings: dict[str, int]) -> None:
        """br_multicast_set_querier and its like."""
        before, response = self.on, self.interval("mcast_query_response_interval")
        for name in DEFAULTS.keys() & settings.keys():
            least = LEAST if name in ("mcast_query_interval", "mcast_startup_query_interval") else 0
            self.settings[name] = max(settings[name], least)
        snooping = self.bridge.snooping
        if self.on and not before and snooping is not None:
            if snooping.asked_until <= snooping.now:
                snooping.useful_from = snooping.now + response
            self.start()

    def interval(self, name: str) -> int:
        """In nanoseconds."""
        return self.settings[name] * SECOND // USER_HZ

    def start(self, _argument: object = None) -> None:
        """br_multicast_start_querier."""
        self._restart(None)
        self.ports_changed()

    def ports_changed(self) -> None:
        """br_port_state_selection: all ports are asked anew."""
        for port in self.bridge.ports:
            if port.state not in SILENT:
                self._restart(port)

    def yield_for(self, delay: int) -> None:
        """br_multicast_querier_expired: so many nanoseconds after the other one was last heard it asks again."""
        scheduler = self.bridge.namespace.scheduler
        scheduler.cancel(self.other)
        self.other = scheduler.kernel_timer(delay, self.start)

    def stop(self) -> None:
        for port in list(self.timers):
            self._cancel(port)

    def _cancel(self, port: BridgePort | None) -> None:
        self.bridge.namespace.scheduler.cancel(self.timers.pop(port, None))

    def _restart(self, port: BridgePort | None) -> None:
        """br_multicast_enable."""
        if self.bridge.up and self.bridge.snooping is not None:
            self.sent[port] = 0
            self._arm(port, 0)

    def _arm(self, port: BridgePort | None, delay: int) -> None:
        self._cancel(port)
        self.timers[port] = self.bridge.namespace.scheduler.kernel_timer(delay, self._expired, port)

    def _expired(self, port: BridgePort | None) -> None:
        """br_multicast_query_expired, br_multicast_port_query_expired, br_multicast_send_query."""
        self.timers.pop(port)
        snooping, most = self.bridge.snooping, self.settings["mcast_startup_query_count"]
        if snooping is None or (port is not None and (port.state in SILENT or port.bridge is not self.bridge)):
            return
        self.sent[port] = min(self.sent.get(port, 0) + 1, most)
        if self.on and snooping.asked_until <= snooping.now:
            self.ask(port)
            self._arm(port, self.interval("mcast_startup_query_interval" if self.sent[port] < most
                                          else "mcast_query_interval"))

    def ask(self, port: BridgePort | None, group: int = 0) -> None:
        """__br_multicast_send_query: all groups, or who is left in one."""
        bridge, to = self.bridge, group or ALL_SYSTEMS
        source = self._own_address() if self.settings["mcast_query_use_ifaddr"] else 0
        tenths = 10 if group else self.settings["mcast_query_response_interval"] * 10 // USER_HZ
        message = igmp.IgmpMessage(igmp.QUERY, group, code=tenths)
        packet = IPv4Packet(source, to, igmp.PROTOCOL, message.emit(), 1, 0, True, 0xC0, options=ROUTER_ALERT)
        frame = Frame(multicast_mac(to), bridge.mac, ETH_P_IP, packet)
        if port is None:
            self.address = source
            bridge.pass_up(frame)
        else:
            port.interface.transmit(frame)

    def _own_address(self) -> int:
        """inet_select_addr: the bridge's own, or another of its host's."""
        devices = (self.bridge, *self.bridge.namespace.interfaces.values())
        return next((own.local for device in devices if not device.is_loopback for own in device.addresses), 0)

    def accepts(self, address: int) -> bool:
        """br_multicast_select_querier: whether somebody else asks from now on."""
        snooping = self.bridge.snooping
        is_free = None not in self.timers and snooping is not None and snooping.asked_until <= snooping.now
        if is_free or not self.address or address <= self.address:
            self.address = address
            return True
        return False
