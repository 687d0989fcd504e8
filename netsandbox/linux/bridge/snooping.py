"""IGMP snooping: which ports of a bridge want which group (net/bridge/br_multicast.c, br_mdb.c).

The bridge keeps what hosts report, and sends a group's frames to those ports alone once somebody asks for reports at
all: without a querier every frame to a group is flooded as before.  querier.py is the one that a bridge can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.device_events import GroupJoined, GroupLeft
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.wire import igmp
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

MEMBERSHIP, QUERIER, RESPONSE = 260 * SECOND, 255 * SECOND, 10 * SECOND
"""mcast_membership_interval, mcast_querier_interval and mcast_query_response_interval."""
LOCAL_GROUPS = 0xE0000000 >> 8  # 224.0.0.0/24: never kept, always flooded (ipv4_is_local_multicast)
JOINS = (igmp.IS_EXCLUDE, igmp.TO_EXCLUDE, igmp.ALLOW)
Key = tuple[int, int]  # A VLAN, or 0, and a group


class Membership(NamedTuple):
    """That a port wants a group."""

    expires: int | None  # virtual nanoseconds, or None for what is `permanent`
    is_by_hand: bool = False  # a person said so


class Wanted(NamedTuple):
    """Who gets a frame to a group."""

    ports: Sequence[BridgePort]
    to_host: bool


class Snooping:
    """What one bridge knows of groups.

    Attributes:
        groups: by VLAN and group, the ports that want it; None is the bridge's own host.
        routers: ports behind which somebody asks, and until when.
        asked_until: until when another querier is taken to be there.  useful_from: reports have come in by then.
    """

    __slots__ = ("asked_until", "bridge", "groups", "routers", "useful_from")

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.groups: dict[Key, dict[BridgePort | None, Membership]] = {}
        self.routers: dict[BridgePort, int] = {}
        self.asked_until = self.useful_from = 0

    @property
    def now(self) -> int:
        return self.bridge.namespace.scheduler.now

    @property
    def has_querier(self) -> bool:
        """br_multicast_querier_exists."""
        return self.useful_from <= self.now and (self.now < self.asked_until or self._asks)

    @property
    def _asks(self) -> bool:
        return self.bridge.querier is not None and self.bridge.querier.on

    # -- frames

    def look(self, port: BridgePort | None, frame: Frame, vid: int = 0) -> Wanted | Dropped | None:
        """br_multicast_rcv: who gets a frame to a group; None where it is flooded.

        Args:
            port: where it came from; None for the host's own.
        """
        packet = frame.payload
        if not isinstance(packet, IPv4Packet):
            return None
        if packet.checksum is not None:
            return Dropped(DropReason.IP_CSUM, (packet.checksum,))
        is_reported = False
        if packet.protocol == igmp.PROTOCOL:
            try:
                message = igmp.IgmpMessage.parse(packet.payload_bytes())
            except ParseError:
                return Dropped(DropReason.IGMP_INVALID, (self._name(port),))
            self._hear(port, packet, message, vid)
            is_reported = message.type in (igmp.REPORT_V1, igmp.REPORT_V2)
            if message.type in igmp.TYPES and not is_reported:
                return None
        elif packet.dst >> 8 == LOCAL_GROUPS:
            return None
        if not self.has_querier:
            return None
        wanted = {} if is_reported else self._members((vid, packet.dst))
        return Wanted(self._in_order({*wanted, *self._routers()}, port), None in wanted and port is not None)

    def _in_order(self, ports: set[BridgePort | None], source: BridgePort | None) -> list[BridgePort]:
        """br_multicast_flood goes by where ports lie in memory: as they joined, unlike a flood."""
        return [port for port in self.bridge.ports if port in ports and port is not source and port.forwarding
                and not (port.isolated and source is not None and source.isolated)]

    def _members(self, key: Key) -> dict[BridgePort | None, Membership]:
        found = self.groups.get(key, {})
        return {port: one for port, one in found.items() if one.expires is None or one.expires > self.now}

    def _routers(self) -> list[BridgePort]:
        return [port for port in self.bridge.ports if port.mcast_router == 2 or self.routers.get(port, 0) > self.now]

    def _hear(self, port: BridgePort | None, packet: IPv4Packet, message: igmp.IgmpMessage, vid: int) -> None:
        if port is None:
            return
        if message.type == igmp.QUERY:
            self._query(port, packet)
        elif message.type in (igmp.REPORT_V1, igmp.REPORT_V2):
            self._join(port, (vid, message.group))
        elif message.type == igmp.LEAVE:
            self._leave(port, (vid, message.group))
        for kind, group, sources in message.records:
            if kind in JOINS or sources:
                self._join(port, (vid, group))
            elif kind in (igmp.IS_INCLUDE, igmp.TO_INCLUDE):
                self._leave(port, (vid, group))

    def _query(self, port: BridgePort, packet: IPv4Packet) -> None:
        """br_ip4_multicast_query: somebody asks; what is behind that port gets all groups."""
        querier = self.bridge.querier
        if querier is not None and not querier.accepts(packet.src):
            return
        if self.asked_until <= self.now:
            self.useful_from = self.now + RESPONSE
        wait = QUERIER if querier is None else querier.interval("mcast_querier_interval")
        self.asked_until = self.now + wait
        if querier is not None:
            querier.yield_for(wait)
        if port.mcast_router == 1:
            self.routers[port] = self.now + QUERIER

    def _join(self, port: BridgePort, key: Key) -> None:
        """br_multicast_add_group."""
        if key[1] >> 8 == LOCAL_GROUPS:
            return
        ports = self.groups.setdefault(key, {})
        known = ports.get(port)
        if known is None:
            self.bridge.namespace.record(GroupJoined(self.bridge.label, port.interface.name, key[1]))
        if known is None or known.expires is not None:
            ports[port] = Membership(self.now + MEMBERSHIP)

    def _leave(self, port: BridgePort, key: Key) -> None:
        """br_multicast_leave_group: at once with fast leave; else the querier asks who is still there."""
        known = self._members(key).get(port)
        if known is None or known.expires is None:
            return
        if port.flags.get("fastleave"):
            self._forget(port, key)
        elif self.asked_until <= self.now:
            if self._asks and self.bridge.querier is not None:
                self.bridge.querier.ask(port, key[1])
            last = min(known.expires, self.now + 2 * SECOND)
            self.groups[key][port] = Membership(last)

    def _forget(self, port: BridgePort | None, key: Key) -> None:
        self.groups[key].pop(port)
        if not self.groups[key]:
            del self.groups[key]
        self.bridge.namespace.record(GroupLeft(self.bridge.label, self._name(port), key[1]))

    def _name(self, port: BridgePort | None) -> str:
        return self.bridge.name if port is None else port.interface.name

    # -- what a person says

    def rows(self) -> list[tuple[Key, BridgePort | None, Membership]]:
        """All that is known now, as `bridge mdb` lists it: the newest group first."""
        return [(key, port, members[port]) for key in reversed(self.groups) for members in (self._members(key),)
                for port in (None, *self.bridge.ports) if port in members]

    def add(self, port: BridgePort | None, key: Key, is_permanent: bool) -> bool:
        """br_mdb_add; False where it is there."""
        if port in self._members(key):
            return False
        self.groups.setdefault(key, {})[port] = Membership(None if is_permanent else self.now + MEMBERSHIP, True)
        self.bridge.namespace.record(GroupJoined(self.bridge.label, self._name(port), key[1]))
        return True

    def delete(self, port: BridgePort | None, key: Key) -> bool:
        """br_mdb_del; False where there is none."""
        if port not in self._members(key):
            return False
        self._forget(port, key)
        return True

    def port_gone(self, port: BridgePort) -> None:
        """br_multicast_del_port."""
        self.routers.pop(port, None)
        for key in [key for key, ports in self.groups.items() if port in ports]:
            self._forget(port, key)
