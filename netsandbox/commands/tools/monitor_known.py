"""What a monitor knows of a namespace: whatever it is told the end of, it must still be able to print."""

from __future__ import annotations

from netsandbox.engine.trace import Record
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.fdb import FdbEntry
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import NextHopChanged
from netsandbox.linux.events import AddressChanged, FdbLearned, LinkChanged, RouteChanged
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.route_value import RouteValue
from netsandbox.wire.addresses import Network


class Known:
    """Everything that is or was there, by what records call it: numbers of devices, addresses, values of routes."""

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.interfaces: dict[int, Interface] = {}
        self.ports: dict[int, BridgePort] = {}
        self.addresses: dict[tuple[int, Network], InterfaceAddress] = {}
        self._routes: dict[tuple[object, ...], Route] = {}
        self._entries: dict[tuple[int, int, int], dict[int, FdbEntry]] = {}  # By bridge, MAC and port; of each VLAN one
        for interface in namespace.interfaces.values():
            self._see(interface)
            if isinstance(interface, Bridge):
                self._see_entries(interface)
        self._see_routes()
        self.rules = tuple(namespace.routes.rules)
        self.hops = {str(hop): hop for hop in namespace.routes.nexthops.values()}
        """Next hops with numbers, as `ip nexthop` shows them."""

    def note(self, events: list[object]) -> None:
        """Look at what new records tell of, as far as it is still there."""
        name = self.namespace.name
        for place in {event.interface for event in events if isinstance(event, LinkChanged | AddressChanged)}:
            found = self.namespace.by_index(place.ifindex) if place.namespace == name else None
            if found is not None and found.id == place.id:
                self._see(found)
        if any(isinstance(event, RouteChanged) and event.added and event.namespace == name for event in events):
            self._see_routes()
        self.hops.update({str(hop): hop for hop in self.namespace.routes.nexthops.values()})
        for identity in {event.bridge.id for event in events if isinstance(event, FdbLearned)}:
            bridge = self.bridge(identity)
            if bridge is not None:
                self._see_entries(bridge)

    def _see(self, interface: Interface) -> None:
        self.interfaces[interface.id] = interface
        if interface.port is not None:
            self.ports[interface.id] = interface.port
        self.addresses.update({(interface.id, own.with_length): own for own in interface.addresses})

    def _see_routes(self) -> None:
        self._routes.update({_key(route.value()): route for route in self.namespace.routes.all(None)})

    def _see_entries(self, bridge: Bridge) -> None:
        for entry in bridge.fdb.entries.values():
            place = bridge.place if entry.port is None else entry.port.interface.place
            self._entries.setdefault((bridge.id, entry.mac, place.id), {})[entry.vlan] = entry

    # -- what is asked

    def bridge(self, identity: int) -> Bridge | None:
        found = self.interfaces.get(identity)
        return found if isinstance(found, Bridge) else None

    def entry(self, record: Record) -> FdbEntry | None:
        """The row that FdbLearned or FdbForgotten tells of; of one that is gone it is asked once."""
        event, bridge = record.event, self.bridge(record.event.bridge.id)
        rows = self._entries.get((event.bridge.id, event.mac, event.port.id), {})
        if isinstance(event, FdbLearned):
            return next((entry for entry in rows.values() if entry.seq == record.seq), None)
        gone = [vlan for vlan, entry in rows.items() if bridge and bridge.fdb.entries.get(entry.key) is not entry]
        return rows.pop(gone[0]) if gone else None

    def route(self, value: RouteValue) -> Route | None:
        return self._routes.get(_key(value))

    def goes_with_a_link(self, record: Record) -> bool:
        """Whether a next hop went because of its interface, of which nothing is said (nexthop_flush_dev)."""
        for seq, raw in self.namespace.trace.back(record.seq):
            if self.namespace.trace.step_of(seq) != record.step:
                break
            if isinstance(raw, LinkChanged):
                return True
        return False

    def is_silent(self, record: Record) -> bool:
        """Whether a route went with a next hop or an interface: then the last thing of that before was just that."""
        event = record.event
        if event.added or event.route.interface is None:
            return False
        for seq, raw in self.namespace.trace.back(record.seq):
            if self.namespace.trace.step_of(seq) != record.step:
                return False
            if isinstance(raw, NextHopChanged):
                return not raw.added
            if isinstance(raw, AddressChanged | LinkChanged) and raw.interface.id == event.route.interface.id:
                return isinstance(raw, LinkChanged) and raw.what == "down"
        return False


def _key(value: RouteValue) -> tuple[object, ...]:
    return value._replace(interface=None), value.interface.id if value.interface is not None else 0
