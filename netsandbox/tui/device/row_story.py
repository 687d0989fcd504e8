"""What made a line of a device's tables: a neighbour, a route, an interface, a socket, a rule, a connection …"""

from __future__ import annotations

from netsandbox.engine.trace import Trace
from netsandbox.explain import story_of_rules
from netsandbox.explain.story import Story, why_change, why_row, why_seq
from netsandbox.explain.voice import Names
from netsandbox.lab.tables import ConnectionRow, FdbRow, InterfaceRow, NeighbourRow, RouteRow, RuleRow
from netsandbox.linux.events import AddressChanged, LinkChanged
from netsandbox.linux.place import Place
from netsandbox.tui.session.source import TableRow
from netsandbox.wire.addresses import parse_ipv4, parse_mac


def row_story(trace: Trace, row: TableRow, language: str, names: Names) -> Story:
    """Why a row is there, as it is."""
    if isinstance(row, NeighbourRow):
        return why_row(trace, row.seq, parse_ipv4(row.address), language, names)
    if isinstance(row, FdbRow):
        # A bridge's own addresses were never learned: no record is looked for.
        return why_row(trace, trace.end if row.seq is None else row.seq, parse_mac(row.mac), language, names)
    if isinstance(row, RouteRow):
        return why_seq(trace, trace.end if row.seq is None else row.seq, language, names)
    if isinstance(row, InterfaceRow):
        kinds = (LinkChanged, AddressChanged)
        return why_change(trace, kinds, lambda event: _is_interface(event.interface, row), language, names)
    if isinstance(row, RuleRow):
        return _rule_story(trace, row, language, names)
    if isinstance(row, ConnectionRow):
        known_as = frozenset(row.namespaces)
        return story_of_rules.why_connection(trace, known_as, row.made_at, row.text, language, names)
    return why_seq(trace, trace.end if row.seq is None else row.seq, language, names)


def _rule_story(trace: Trace, row: RuleRow, language: str, names: Names) -> Story:
    rule = story_of_rules.RuleRow(frozenset(row.namespaces), row.namespaces[0], row.table, row.chain, row.number,
                                  row.text, row.packets or 0, row.bytes or 0, row.made_at)
    return story_of_rules.why_rule(trace, rule, language, names)


def _is_interface(place: Place, row: InterfaceRow) -> bool:
    return (place.namespace, place.name) == (row.node, row.name)
