"""`ip monitor` and `bridge monitor` (ip/ipmonitor.c, bridge/monitor.c): what changes in a namespace, as it changes.

They read the lab's records after each tool, and whenever the queue has run
empty.  So an interface that one tool changes several times is printed once, as
it is then; the kernel tells of some of the steps in between.  Nothing is recorded, so nothing told,
of the addresses of its own that a bridge notes with each port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

from netsandbox.apps.calendar import ctime, moment
from netsandbox.commands.tools.bridge.fdb import FdbRow, fdb_row
from netsandbox.commands.tools.bridge.link import port_row
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.follows import FollowsError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.link_rows import address_row, link_row
from netsandbox.commands.tools.ip.neighbour import neighbour_row
from netsandbox.commands.tools.ip.nexthop_row import put_nexthop
from netsandbox.commands.tools.ip.route_rows import route_row
from netsandbox.commands.tools.ip.rule import rule_row
from netsandbox.commands.tools.monitor_known import Known
from netsandbox.commands.tools.names import OtherNamespaces, find_interface
from netsandbox.commands.tools.output import Row, Style
from netsandbox.commands.tools.words import USAGE, Words, choose, wrong
from netsandbox.engine.trace import Record
from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.linux import events
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.device_events import NextHopChanged, VtepMissing
from netsandbox.wire.addresses import format_ipv4, format_mac

IP = ("label*", "link*", "address*", "route*", "neigh*", "rule*", "nexthop*", "all", "help*", "dev")
IP_OTHERS = ("file*", "mroute*", "prefix*", "netconf*", "nsid*", "stats*", "all-nsid*")
BRIDGE = ("link*", "fdb*", "all", "help*")
BRIDGE_OTHERS = ("file*", "mdb*", "vlan*")
LABELS = {"link": "[LINK]", "address": "[ADDR]", "route": "[ROUTE]", "neigh": "[NEIGH]", "fdb": "[NEIGH]",
          "rule": "[RULE]", "nexthop": "[NEXTHOP]"}
UNTOLD = (NudState.INCOMPLETE, NudState.DELAY)
"""States that an entry enters without a message (__neigh_event_send, neigh_timer_handler)."""


def _stamp(at: int, kind: str) -> str:
    """print_timestamp: when a message came, to the microsecond; nothing unless that is asked for."""
    when, rest = moment(at), at % SECOND // MICROSECOND
    if kind == "tshort":
        return f"[{when.year}-{when.month:02}-{when.day:02}T{when.clock}.{rest:06}] "
    return f"Timestamp: {ctime(at)} {rest} usec\n" if kind else ""


def _is_replaced(record: Record, then: Record | None) -> bool:
    """Whether another route takes the place of one that goes, which is told by the new one alone (NLM_F_REPLACE)."""
    if then is None or not isinstance(record.event, events.RouteChanged):
        return False
    old, new = record.event, then.event
    return isinstance(new, events.RouteChanged) and new.added and not old.added and (
        old.namespace, old.route.destination, old.route.table, old.route.metric) == (
        new.namespace, new.route.destination, new.route.table, new.route.metric)


class Monitor:
    """What follows a namespace.

    Attributes:
        kinds: what it tells of, keys of LABELS.  device: the id of the only interface that counts; 0 for all.
    """

    def __init__(self, context: ToolContext, style: Style, kinds: frozenset[str], has_labels: bool,
                 device: int = 0) -> None:
        self.namespace, self.machine, self.style = context.namespace, context.machine, style
        self.kinds, self.has_labels, self.device = kinds, has_labels, device
        self._print: Callable[[str], object]
        self._complain: Callable[[str], object]
        self._known = Known(context.namespace)
        self._cursor = 0

    def open(self, show: Callable[[str], object], complain: Callable[[str], object]) -> None:
        """Listen from now on."""
        self._print, self._complain = show, complain
        self._cursor = self.namespace.trace.end
        self.namespace.scheduler.watchers.append(self.read)

    def close(self) -> None:
        if self.read in self.namespace.scheduler.watchers:
            self.namespace.scheduler.watchers.remove(self.read)

    def read(self) -> None:
        """Look at what was recorded since the last time."""
        records = list(self.namespace.trace.since(self._cursor))
        self._cursor = self.namespace.trace.end
        told = set[tuple[str, int]]()
        self._known.note([record.event for record in records])
        rows = [(record.at, *found) for record, then in zip_longest(records, records[1:])
                if not _is_replaced(record, then) for found in self._rows(record, told)]
        if "rule" in self.kinds:
            rows += [(self.namespace.scheduler.now, *found) for found in self._rules()]
        for at, kind, is_gone, row in rows:
            label = _stamp(at, self.style.stamp) + LABELS[kind] * self.has_labels
            self._print(f"{label}{'Deleted ' if is_gone else ''}{row.text}".removesuffix("\n"))

    def _rows(self, record: Record, told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """(kind, whether it is gone, row) of what a record tells of here; `told`: links that were printed already."""
        kind = KINDS.get(type(record.event))
        if kind is None:
            return
        find, names = kind
        if not self.kinds.isdisjoint(names):
            yield from find(self, record, told)

    def _rules(self) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWRULE, RTM_DELRULE: rules are in no record, and one tool does one thing to them."""
        old, new = self._known.rules, tuple(self.namespace.routes.rules)
        self._known.rules = new
        for rules, others, is_gone in ((old, new, True), (new, old, False)):
            for rule in rules if old is not new else ():
                if rule not in others:
                    yield "rule", is_gone, rule_row(self.namespace, rule, self.style, rules)

    def _is_here(self, place: Any) -> bool:
        return place.namespace == self.namespace.name and self.device in (0, place.id)

    # -- one of each kind

    def link(self, record: Record, told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWLINK, RTM_DELLINK; for `bridge monitor` those of ports alone."""
        event = record.event
        place = event.port if isinstance(event, events.PortStateChanged) else event.interface
        if not self._is_here(place):
            return
        if "port" in self.kinds:
            yield from self._port(place.id, getattr(event, "what", "") == "nomaster", told)
            return
        interface = self._known.interfaces.get(place.id)
        if interface is None or isinstance(event, events.PortStateChanged):
            return
        is_gone = event.what == "removed"
        if interface.namespace is not self.namespace:
            if is_gone:
                self._complain(f"note: {place.name} went to another namespace; the message of that is not modelled")
            return
        if is_gone or (("link", place.id) not in told and self.namespace.by_index(interface.index) is interface):
            told.add(("link", place.id))
            row = Row(self.style)
            link_row(row, interface, OtherNamespaces(self.namespace, self.machine), False, with_queue=False)
            yield "link", is_gone, row

    def _port(self, identity: int, is_gone: bool, told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        port = self._known.ports.get(identity)
        if port is not None and (is_gone or (port.interface.port is port and ("port", identity) not in told)):
            told.add(("port", identity))
            yield "link", is_gone, port_row(port, self.style)

    def address(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWADDR, RTM_DELADDR."""
        event = record.event
        interface = self._known.interfaces.get(event.interface.id)
        own = self._known.addresses.get((event.interface.id, event.address))
        if self._is_here(event.interface) and interface is not None and own is not None:
            row = Row(self.style)
            address_row(row, interface, own, True)
            yield "address", not event.added, row

    def route(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWROUTE, RTM_DELROUTE; of routes that go with their interface's link nothing is said (fib_flush)."""
        event = record.event
        place = event.route.interface
        if event.namespace != self.namespace.name or (self.device and (place is None or place.id != self.device)):
            return
        route = self._known.route(event.route)
        if route is not None and not self._known.is_silent(record):
            yield "route", not event.added, route_row(route, self.style, names_table=True)

    def nexthop(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWNEXTHOP, RTM_DELNEXTHOP; routes over one that has changed are told of as well."""
        event = record.event
        hop = self._known.hops.get(event.hop)
        if event.namespace != self.namespace.name or hop is None or (
                not event.added and self._known.goes_with_a_link(record)):
            return
        row = Row(self.style)
        put_nexthop(row, hop, self.style)
        if "nexthop" in self.kinds and (hop.interface is None or self.device in (0, hop.interface.id)):
            yield "nexthop", not event.added, row
        routes = self.namespace.routes
        groups = [one.id for one in routes.nexthops.values() if any(number == hop.id for number, _w in one.members)]
        for number in [hop.id, *groups] if event.added and "route" in self.kinds and not hop.members else ():
            for route in routes.all(None):
                if route.nexthop_id == number:
                    yield "route", False, route_row(route, self.style, names_table=True)

    def neigh(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWNEIGH, RTM_DELNEIGH."""
        event = record.event
        interface = self._known.interfaces.get(event.interface.id)
        if not self._is_here(event.interface) or interface is None or event.new in UNTOLD:
            return
        entry = Neighbour(interface, event.address, record.at)
        entry.state, entry.mac = event.old if event.new is None else event.new, event.mac
        kept = interface.neighbours.get(event.address)
        entry.flags = kept.flags if kept is not None else entry.flags
        yield "neigh", event.new is None, neighbour_row(entry, self.style)

    def miss(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_GETNEIGH of a VXLAN device with l2miss or l3miss."""
        event = record.event
        home, _colon, name = event.place.rpartition(":")
        interface = self.namespace.interfaces.get(name)
        if home != self.namespace.name or interface is None or self.device not in (0, interface.id):
            return
        row = Row(self.style)
        row.put("miss", None, "miss ")
        if event.address:
            row.put("dst", format_ipv4(event.address), f"{format_ipv4(event.address)} ")
        row.put("dev", name, f"dev {name} ")
        if event.mac:
            row.put("lladdr", format_mac(event.mac), f"lladdr {format_mac(event.mac)} ")
        row.put("state", ["STALE"], "STALE ")
        row.say("\n")
        yield "neigh", False, row

    def fdb(self, record: Record, _told: set[tuple[str, int]]) -> Iterator[tuple[str, bool, Row]]:
        """RTM_NEWNEIGH, RTM_DELNEIGH of a bridge."""
        event = record.event
        bridge, interface = self._known.bridge(event.bridge.id), self._known.interfaces.get(event.port.id)
        entry = self._known.entry(record)
        if event.bridge.namespace == self.namespace.name and bridge and interface and entry:
            is_gone = isinstance(event, events.FdbForgotten)
            found = FdbRow(event.mac, interface, bridge, entry, is_stale=is_gone and event.why == "aged")
            yield "fdb", is_gone, fdb_row(found, self.style)


Finder = Callable[[Monitor, "Record", set[tuple[str, int]]], Iterator[tuple[str, bool, Row]]]
KINDS: dict[type, tuple[Finder, tuple[str, ...]]] = {
    events.LinkChanged: (Monitor.link, ("link", "port")), events.PortStateChanged: (Monitor.link, ("port",)),
    events.AddressChanged: (Monitor.address, ("address",)), events.RouteChanged: (Monitor.route, ("route",)),
    NextHopChanged: (Monitor.nexthop, ("nexthop", "route")),
    events.NeighbourChanged: (Monitor.neigh, ("neigh",)), events.FdbLearned: (Monitor.fdb, ("fdb",)),
    events.FdbForgotten: (Monitor.fdb, ("fdb",)), VtepMissing: (Monitor.miss, ("neigh",))}


def ip(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    """`ip monitor [ all | OBJECTS ] [ label ] [ dev DEVICE ]`."""
    everything = ("link", "address", "route", "neigh", "rule", "nexthop")
    return _follow("ip", context, Words(arguments), style, (IP, IP_OTHERS), everything)


def bridge(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    """`bridge monitor [ all | OBJECTS ]`."""
    return _follow("bridge", context, Words(arguments), style, (BRIDGE, BRIDGE_OTHERS), ("link", "fdb"))


def _device(context: ToolContext, name: str) -> int:
    found = find_interface(context.namespace, name)
    if found is None:
        raise wrong(name, "Device does not exist\n")
    return found.id


def _follow(tool: str, context: ToolContext, words: Words, style: Style, known: tuple[tuple[str, ...], ...],
            everything: tuple[str, ...]) -> ToolResult:
    """Parse, and begin (FollowsError: always, unless the words are wrong (ToolError))."""
    kinds, has_labels, device = _read(tool, context, words, known)
    if style.json:
        raise ToolError(1, f"netsandbox: `{tool} -json monitor` is not modelled")
    chosen = kinds or set(everything)
    if tool == "bridge" and "link" in chosen:
        chosen = chosen - {"link"} | {"port"}
    raise FollowsError(Monitor(context, style, frozenset(chosen), has_labels, device))


def _read(tool: str, context: ToolContext, words: Words,
          known: tuple[tuple[str, ...], ...]) -> tuple[set[str], bool, int]:
    """What is followed, whether each line says what it is about, and of which device: 0, of all."""
    kinds, has_labels, device = set[str](), False, 0
    while words:
        word = words.next()
        name = choose(word, known[0])
        if name == "help":
            raise usage(f"{tool} monitor")
        if name == "dev":
            device = _device(context, words.next())
        elif name in ("all", "label"):
            has_labels = True
        elif name is not None:
            kinds.add(name)
        elif (other := choose(word, known[1])) is not None:
            raise ToolError(1, f"netsandbox: `{tool} monitor {other}` is not modelled")
        else:
            raise ToolError(USAGE, f'Argument "{word}" is unknown, try "{tool} monitor help".')
    return kinds, has_labels, device
