"""A network namespace: everything that one network stack has to itself.

Interfaces, addresses, routes, neighbours, sockets, netfilter and settings are all kept here, so a container is a
namespace, and host networking needs no special case: the container's namespace is the host's.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from netsandbox.engine.few import Few
from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.linux.core.devices.interface import NOT_DRAWN, Interface
from netsandbox.linux.core.devices.loopback import Loopback
from netsandbox.linux.core.devices.notifier import Notifier
from netsandbox.linux.core.kernel import Kernel
from netsandbox.linux.core.neighbours.table import NeighbourTable
from netsandbox.linux.core.sysctl.interface_conf import CLOSE_LOOKS
from netsandbox.linux.core.sysctl.table import SysctlError, Sysctls
from netsandbox.linux.events import LinkChanged, SettingChanged
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.engine.chance import Chance, Stream
    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.linux.core.devices.linkwatch import LinkWatch
    from netsandbox.linux.core.socket import SocketTable
    from netsandbox.linux.ipv4.fragment import Reassembler
    from netsandbox.linux.ipv4.icmp_limit import Peer
    from netsandbox.linux.ipv4.igmp import HostGroups
    from netsandbox.linux.ipv4.next_hop import NextHopException
    from netsandbox.linux.ipv4.route_tables import RouteTables
    from netsandbox.linux.netfilter.bridged import BridgeHooks
    from netsandbox.linux.netfilter.netfilter import Netfilter

T = TypeVar("T")
ALL_SYSTEMS = 0xE0000001  # 224.0.0.1: every interface is a member
IDENT_BUCKETS = 1024
FEW = 8  # Interfaces that are searched through in no time
NO_MEMBERS: frozenset[tuple[str, int]] = frozenset()
"""Of (interface, address): one for all namespaces, since a set of its own has 216 bytes."""
FIRST_INODE = 0xF000_0000  # Of the first namespace that a kernel numbers (proc_alloc_inum, PROC_DYNAMIC_FIRST)
PARTS: dict[str, Callable[[NetworkNamespace], object]] = {}
"""What the rooms above plug into each namespace, by the name that it has there (pernet_operations)."""


class Late(Generic[T]):
    """A part that a namespace has as soon as somebody asks for it, which in most namespaces nobody does."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name, self._slot = name, f"_{name}"

    def __get__(self, namespace: NetworkNamespace, _owner: type) -> T:
        part: T | None = getattr(namespace, self._slot)
        if part is None:
            part = PARTS[self._name](namespace)  # type: ignore[assignment]
            setattr(namespace, self._slot, part)
        return part  # type: ignore[return-value]


class RawSocket(Protocol):
    """A program that is shown what arrives."""

    def deliver(self, interface: Interface, packet: IPv4Packet, /) -> bool:
        """A packet for the namespace; whether it is wanted."""

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet, /) -> None:
        """An ICMP error, and the packet that it is about."""


class NetworkNamespace:
    """One network stack."""

    __slots__ = ("bridge_hooks", "_fragments", "_holders", "_ident_key", "_idents", "_igmp", "_next_index",
                 "_sockets", "is_arp_special", "chance", "default_ttl", "deliver_local", "error_handlers", "exceptions",
                 "groups", "icmp_is_busy", "inode", "interfaces", "kernel", "lo", "mib", "name", "neighbours",
                 "netfilter", "notifiers", "protocols", "rare", "raw_sockets", "record", "routes",
                 "scheduler", "sysctls", "trace", "ended")

    routes: RouteTables
    neighbours: NeighbourTable
    netfilter: Netfilter
    fragments: Late[Reassembler] = Late()
    igmp: Late[HostGroups] = Late()
    sockets: Late[SocketTable] = Late()

    _by_index: Rare[dict[int, Interface]] = Rare(NOTHING)  # Of a namespace with many, once one was asked for
    depth = Rare(0)  # How many tunnels a packet that is being sent is inside of
    peers: Rare[dict[int, Peer]] = Rare(NOTHING)
    proxies: Rare[frozenset[tuple[str, int]]] = Rare(NO_MEMBERS)
    """(interface, address) that it answers ARP for by hand (`ip neigh add proxy`)."""
    icmp_global: Rare[tuple[int, int]] = Rare((0, -1))
    uts_name = Rare("")
    """What a person has made the host name of the machine or container whose stack it is (sethostname(2)); it is kept
    here, where both have their one namespace, and a container that is started anew has forgotten it."""
    former_names: Rare[tuple[str, ...]] = Rare(())  # What older records call it
    linkwatch: Rare[LinkWatch | None] = Rare(None)
    """What puts off the news of a lost carrier; without it all hear at once, as who types a line a second sees."""
    tunnels: Rare[tuple[Interface, ...]] = Rare(())
    """Those made here, whose outer packets are this namespace's, wherever they are themselves by now."""
    vrf_processes: Rare[dict[int, Interface]] = Rare(NOTHING)
    """By PID, the VRF whose sockets a process makes (`ip vrf exec`, whose program is told when one is made)."""
    nsids: Rare[dict[int, int]] = Rare(NOTHING)
    """By their inodes, the numbers that others have here (RTM_NEWNSID), once a person gave or was told them."""
    _proxy_delay: Rare[Stream | None] = Rare(None)
    proxy_waiting = Rare(0)
    """Questions that will be answered in another's name, each after some time (the table's proxy_queue)."""

    def __init__(self, name: str, scheduler: Scheduler, chance: Chance,
                 protocols: dict[type, Callable[[Interface, Any, Any], Any]]) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.name = name
        # its number in /proc/PID/ns/net, that of a machine's first namespace unless it is told another
        self.inode = FIRST_INODE
        self.scheduler = scheduler
        self.trace = scheduler.trace
        self.record: Callable[[Any], None] = scheduler.trace.record
        self.trace.ledger.begin(name, self.trace.end)
        self.chance = chance
        self.mib: dict[str, int] = NOTHING  # What is counted where it happens (linux/mib), since no record tells of it
        self.ended: tuple[int, ...] = ()
        """What is counted of TCP's connections, summed up over those that are over (linux/tcp/counts.py)."""
        self.interfaces: dict[str, Interface] = {}
        self.sysctls = Sysctls(self.interfaces)
        self._holders: dict[int, tuple[Interface, ...]] | None = None
        """By address, the interfaces that have it (inet_addr_lst); None until somebody asks."""
        self.protocols = protocols  # handlers by payload type (ptype_base)
        self.notifiers: tuple[Notifier, ...] = ()  # Who hears of what happens to its interfaces
        self.kernel = Kernel({})  # what it has in common with the machine's other namespaces
        self.error_handlers: dict[int, Callable[..., None]] = {}  # who is told of an ICMP error, by the quoted protocol
        # what takes a packet that is known to be for this host (ip_local_deliver)
        self.deliver_local: Callable[..., Any]
        self.raw_sockets: tuple[RawSocket, ...] = ()
        self.bridge_hooks: BridgeHooks | None = None
        """What looks at bridged frames, while something does (br_netfilter)."""
        self.groups = NO_MEMBERS
        self.exceptions: dict[int, NextHopException] = NOTHING  # path MTUs and redirects, by destination
        self.icmp_is_busy = False
        self.default_ttl = self.sysctls.get("net.ipv4.ip_default_ttl")
        self.is_arp_special = False
        """Some interface has proxy_arp or arp_accept on: questions for others need a second look."""
        self._idents: dict[int, int] = NOTHING
        self._ident_key = 0
        self._next_index = 1
        self._fragments = self._igmp = self._sockets = None
        for name, make in PARTS.items():
            if f"_{name}" not in self.__slots__:
                setattr(self, name, make(self))
        self.lo = Loopback(self)
        self.add_interface(self.lo)

    def __repr__(self) -> str:
        return f"<netns {self.name}>"

    # -- interfaces

    def add_interface(self, interface: Interface, index: int | None = None) -> None:
        """Register an interface, with copies of the default settings.

        Args:
            index: that it brings along, which moves the next free one no further (dev_index_reserve).
        """
        interface.namespace = self
        interface.note_place(index=index or self.take_index())
        interface.conf, interface.neigh = self.sysctls.first_of(interface), self.sysctls.neigh_default
        interface.reachable = NOT_DRAWN
        self.interfaces[interface.name] = interface
        if self._by_index:
            self._by_index[interface.index] = interface
        interface.handlers, interface.arp_targets = self.protocols, self._arp_targets()
        self.update_trust(interface)

    def take_index(self) -> int:
        """The next free index, of an interface that may go to another namespace at once."""
        while self.by_index(self._next_index) is not None:
            self._next_index += 1
        self._next_index += 1
        return self._next_index - 1

    def free_name(self, stem: str, first: int = 0, taken: str = "") -> str:
        """The first of `eth0`, `eth1` … that no interface has, one text for all that are called so.

        Args:
            taken: one that an interface will have (dev_alloc_name).
        """
        number = first
        while (name := f"{stem}{number}") in self.interfaces or name == taken:
            number += 1
        return intern(name)

    def update_trust(self, interface: Interface) -> None:
        either = self.sysctls.either
        interface.trusts_sources = not (interface.is_loopback or self.routes.has_custom_local
                                        or (interface.stack is not None and interface.stack.routed is not None)
                                        or any(either(interface.conf, name) for name in CLOSE_LOOKS))

    def note_custom_local(self) -> None:
        """A person has added a route of type local: whose a source is, is looked up closely from now on."""
        self.routes.has_custom_local = True
        self._note_settings()

    def drop_interface(self, interface: Interface) -> None:
        """Forget an interface (its routes and neighbours are gone already)."""
        del self.interfaces[interface.name]
        self._by_index.pop(interface.index, None)

    def rename_interface(self, interface: Interface, name: str) -> None:
        renamed = {name if i is interface else i.name: i for i in self.interfaces.values()}
        self.interfaces.clear()
        self.interfaces.update(renamed)
        old, interface.name = interface.name, name
        interface.note_place()
        self.routes.flush_cache()
        self.record(LinkChanged(interface.place, "name", name, old))

    def rename(self, name: str) -> None:
        """Call the namespace by another name, and its interfaces with it."""
        self.former_names += (self.name,)
        self.trace.ledger.rename(self.name, name, self.trace.end)
        self.name = name
        for interface in self.interfaces.values():
            interface.note_place()
        self.routes.flush_cache()

    def by_index(self, index: int) -> Interface | None:
        if not self._by_index:
            if len(self.interfaces) <= FEW:
                return next((interface for interface in self.interfaces.values() if interface.index == index), None)
            self._by_index = {interface.index: interface for interface in self.interfaces.values()}
        return self._by_index.get(index)

    # -- addresses

    def note_address(self, interface: Interface, address: int) -> None:
        """An interface has got an address."""
        if self._holders is not None:
            self._holders[address] = (*self._holders.get(address, ()), interface)

    def forget_address(self, interface: Interface, address: int) -> None:
        """It has lost it; of an address that it has twice, with two prefix lengths, one is left."""
        if self._holders is None:
            return
        holders = list(self._holders.pop(address))
        holders.remove(interface)
        if holders:
            self._holders[address] = tuple(holders)

    def holders_of(self, address: int) -> tuple[Interface, ...]:
        """The interfaces that have an address; twice where one has it with two prefix lengths."""
        holders = self._holders
        if holders is None:
            holders = self._holders = {}
            for interface in self.interfaces.values():
                for own in interface.addresses:
                    holders[own.local] = (*holders.get(own.local, ()), interface)
        return holders.get(address, ())

    def holder_of(self, address: int) -> Interface | None:
        """The interface that has an address (__ip_dev_find)."""
        holders = self.holders_of(address)
        if holders:
            return min(holders, key=_index_of)
        route = self.routes.local_route(address)
        if route is not None and route.type == "local":
            return route.interface
        return None

    def open_raw(self, socket: RawSocket) -> None:
        """A program has a raw socket: packets are shown to it from now on."""
        self.raw_sockets += (socket,)

    def close_raw(self, socket: RawSocket) -> None:
        """It has none any more; harmless when it had none."""
        self.raw_sockets = tuple(other for other in self.raw_sockets if other is not socket)

    def is_group_member(self, interface: Interface, group: int) -> bool:
        return group == ALL_SYSTEMS or (interface.name, group) in self.groups

    # -- small state of the IP layer

    def count(self, name: str, more: int = 1) -> None:
        """SNMP_ADD_STATS, by the name that nstat has for it."""
        mib = self.mib
        if mib is NOTHING:
            mib = self.mib = {}
        mib[name] = mib.get(name, 0) + more

    @property
    def proxy_delay(self) -> Stream:
        """The chance by which an answer in another's name is delayed."""
        if self._proxy_delay is None:
            self._proxy_delay = self.chance.stream(f"{self.name}/proxy_delay")
        return self._proxy_delay

    def next_ident(self, source: int, destination: int, protocol: int) -> int:
        """The next IP identification for a flow that is not connected (__ip_select_ident); never 0."""
        bucket = (source % IDENT_BUCKETS * 433 ^ destination % IDENT_BUCKETS * 567 ^ protocol) % IDENT_BUCKETS
        ident = self._idents.get(bucket)
        if ident is None:
            if not self._ident_key:
                self._ident_key = self.chance.stream(f"{self.name}/ident").bits(32) | 1
                self._idents = {}
            ident = bucket * self._ident_key >> 8
        self._idents[bucket] = ident = ident % 0xFFFF + 1
        return ident

    def note_arp_settings(self) -> None:
        """Work out anew what ARP looks at: a setting, a proxy entry or an interface's NOARP flag has changed."""
        confs = [self.sysctls.all, self.sysctls.default, *(i.conf for i in self.interfaces.values())]
        self.is_arp_special = bool(self.proxies or self.routes.prefixes) or any(
            i.noarp for i in self.interfaces.values()) or any(
            conf.proxy_arp or conf.proxy_arp_pvlan or conf.arp_accept for conf in confs)
        for interface in self.interfaces.values():
            interface.station_changed()
            interface.arp_targets = self._arp_targets()

    def stations_changed(self) -> None:
        """Who answers for which address has changed."""
        targets = self._arp_targets()
        for interface in self.interfaces.values():
            interface.arp_targets = targets
            interface.station_changed()

    def _arp_targets(self) -> Few[int] | None:
        return None if self.is_arp_special else self.routes.local

    def inherit_settings(self, first: NetworkNamespace) -> None:
        """Begin with the interface settings of the machine's first namespace."""
        self.sysctls.inherit(first.sysctls)
        self._note_settings()

    def write_sysctl(self, key: str, value: str | int) -> str:
        """Set a sysctl and let the stack notice; returns the old value (SysctlError: no such key, or no such value)."""
        old = self.sysctls.write(key, value)
        self._note_settings()
        self.netfilter.note_bridges(self)
        self.default_ttl = self.sysctls.get("net.ipv4.ip_default_ttl")
        low, soft, hard = (self.sysctls.get(f"net.ipv4.neigh.default.gc_thresh{number}") for number in (1, 2, 3))
        self.neighbours.collector.thresholds = (low, soft, hard)
        self.routes.flush_cache()
        return old

    def set_sysctl(self, path: str, value: str) -> None:
        """Set a sysctl, named with slashes, as somebody asks for (SysctlError: as of write_sysctl)."""
        previous = self.sysctls.read(path)
        try:
            self.write_sysctl(path, value)
        except SysctlError:
            kept = self.sysctls.good_start(path, value)
            if kept:
                self.set_sysctl(path, kept)
            raise
        now = self.sysctls.read(path)
        if now != previous:
            self.record(SettingChanged(self.name, path.translate(str.maketrans("/.", "./")), now, previous))

    def _note_settings(self) -> None:
        for interface in self.interfaces.values():
            self.update_trust(interface)
        self.note_arp_settings()


def _index_of(interface: Interface) -> int:
    return interface.index
