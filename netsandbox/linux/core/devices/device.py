"""What differs from one kind of device to another: constants, and what a driver does when something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netsandbox.linux.core.errors import KernelError
from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface
    from netsandbox.linux.drivers.vxlan_fdb import VtepTable


LEGACY_TSO_MAX = 65536  # Bytes that a driver takes at once unless it says more (TSO_LEGACY_MAX_SIZE)
TEN_GIGABIT, NO_SPEED = 10_000, -1  # Mb/s; a driver that does not know


class DeviceOperations:
    """struct net_device_ops, and the constants that a driver's setup gives a device."""

    kind: ClassVar[str] = ""
    hardware: ClassVar[str] = "ether"  # ARPHRD_*, as `ip link` prints it
    flags: tuple[str, ...] = ("BROADCAST", "MULTICAST")  # IFF_* that all of its kind have
    min_mtu: ClassVar[int] = 68
    max_mtu: int = 65535
    queues: ClassVar[int] = 1
    tso_max: int = 524280
    releases_dst: bool = True  # It lets go of a packet's route before it sends it (IFF_XMIT_DST_RELEASE)
    default_queue_length: ClassVar[int] = 1000
    """Packets that its transmit queue would hold (DEFAULT_TX_QUEUE_LEN), unless whoever made it said otherwise."""
    uncounted: ClassVar[int] = 14
    """Bytes of each frame that it does not count when it comes from the device below: the Ethernet header."""
    up_state: ClassVar[str] = "UP"  # Its operstate when it is up: UNKNOWN for what nobody tells about a carrier
    queueing: ClassVar[str] = "noqueue"  # The queueing discipline that it gets when it comes up

    rx_errors = tx_errors = carrier_errors = collisions = 0
    """Frames that were refused as they came, that could not be sent, those of these without a way, and those whose way
    led back; tunnels count them."""

    multicast = 0  # Frames to groups that came in, of kinds that count them

    l3_table: str | None = None  # Of a VRF, the name of its routing table

    snoops = False  # A bridge that looks into IGMP, and so wants to hear what other snoopers say

    is_cut_off: ClassVar[bool] = False
    """It shares the link of the device below, whose own host does not reach it (macvlan, ipvlan)."""

    takes_stations = True  # A person may add addresses that it listens to (`bridge fdb add … self`; ndo_fdb_add)

    link_address_size: ClassVar[int] = 6
    """Bytes of what its neighbours are called by; those of tunnels for IP have addresses of IPv4 (addr_len)."""

    is_loopback: ClassVar[bool] = False
    is_stacked: ClassVar[bool] = False  # Its frames go to another device, and not to a wire of its own

    __slots__ = ()

    @property
    def speed(self) -> int | None:
        """Mb/s as it says itself (get_link_ksettings); None: its driver tells none."""
        return TEN_GIGABIT

    @property
    def path_cost(self) -> int:
        """What STP takes it for as a bridge's port (port_cost)."""
        speed = self.speed or NO_SPEED
        return 100 if speed < 0 else 2 if speed <= TEN_GIGABIT else 1

    def change_carrier(self, on: bool) -> None:
        """ndo_change_carrier."""
        raise KernelError("EOPNOTSUPP")

    def change_protodown(self, _on: bool) -> None:
        """dev_change_proto_down."""
        raise KernelError("EOPNOTSUPP", "Protodown not supported by device")

    # -- what a driver does when something about the device changes (struct net_device_ops)

    def registered(self) -> None:
        """It has its place in its namespace now."""

    def open(self) -> None:
        """ndo_open: it was set up."""

    def check_open(self) -> None:
        """Raises KernelError: it cannot be set up now (what ndo_open may answer)."""

    def stop(self) -> None:
        """ndo_stop: it was set down."""

    def uninit(self) -> None:
        """ndo_uninit: it is deleted."""

    def accept_mac(self, mac: int) -> int:
        """The address that the device has once it was given this one (ndo_set_mac_address) (KernelError: it does not
        take it)."""
        return mac

    def check_mtu(self, mtu: int) -> None:
        """Raises KernelError: the device does not take this MTU, although it is within its limits."""

    def check_address(self, network: Network) -> None:
        """Raises KernelError: the device does not take this IPv4 address (inetaddr_validator_chain)."""

    def on_lower(self, what: str, lower: Interface) -> None:
        """Something about a device below has changed (its notifier block) (what: up, down, carrier, mac, mtu, features
        or gone)."""

    def passes_down_to(self, _lower: Interface) -> bool:
        """Whether what it is to listen to that device is to listen to as well (ndo_change_rx_flags)."""
        return False

    @property
    def permanent_mac(self) -> int:
        """The address that it was made with, for what keeps one; else 0."""
        return 0

    @property
    def vteps(self) -> VtepTable | None:
        """The rows that say behind which other end a MAC is, for what has such."""
        return None

    @property
    def is_unbound(self) -> bool:
        """A tunnel that could stand on any device, and does on none (`t0@NONE`)."""
        return False
