"""Two labs side by side: the rows of their tables that differ, timers and counters apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from netsandbox.lab import views
from netsandbox.lab.lab import Lab
from netsandbox.wire.addresses import format_mac

Rows = Iterator[tuple[str, str]]  # (what the row is about, what it says)
MOST_CONNECTIONS = 1000


class Difference(NamedTuple):
    """One row of a table; a text is None where that lab has no such row."""

    node: str
    table: str
    key: str
    one: str | None
    other: str | None


def _links(lab: Lab, node: str) -> Rows:
    namespace = views.find_namespace(lab, node)
    for one in namespace.interfaces.values() if namespace is not None else ():  # no counters, which cost the most
        addresses = (str(own.with_length) for own in one.addresses)
        master = one.port.bridge.name if one.port else ""
        yield one.name, " ".join(filter(None, (one.operstate, f"mtu {one.mtu}", format_mac(one.mac), *addresses,
                                               master)))


def _arp(lab: Lab, node: str) -> Rows:
    for row in views.neighbours(lab, node):
        yield f"{row.address} {row.interface}", " ".join(filter(None, (row.mac, row.state)))


def _mac(lab: Lab, node: str) -> Rows:
    for row in views.fdb(lab, node):
        if not row.permanent:
            yield " ".join(filter(None, (row.bridge, row.mac, f"VLAN {row.vlan}" if row.vlan else ""))), row.port


def _routes(lab: Lab, node: str) -> Rows:
    for row in views.routes(lab, node, ("main",)):
        head, _blank, rest = row.text.partition(" ")
        yield head, rest


def _sockets(lab: Lab, node: str) -> Rows:
    for row in views.sockets(lab, node):
        yield f"{row.protocol} {row.local} {row.peer}", f"{row.state} {row.process}".strip()


def _rules(lab: Lab, node: str) -> Rows:
    for row in views.rules(lab, node) if views.has_rules(lab, node) else ():
        yield f"{row.table} {row.chain} {row.number}", row.text  # counters differ in each, as timers do


def _connections(lab: Lab, node: str) -> Rows:
    for row in views.connections(lab, node, MOST_CONNECTIONS) if views.is_tracking(lab, node) else ():
        yield f"{row.protocol} {row.original[0]} {row.original[1]}", row.state


TABLES: dict[str, Callable[[Lab, str], Rows]] = {
    "links": _links, "arp": _arp, "mac": _mac, "routes": _routes, "sockets": _sockets, "rules": _rules,
    "connections": _connections}


class Tables(NamedTuple):
    """What a lab's tables say; it outlives the lab."""

    states: dict[str, str]  # Of each node
    rows: dict[str, tuple[list[tuple[str, str]], ...]]
    """Of the nodes that have a namespace of their own, table by table."""


def tables_of(lab: Lab) -> Tables:
    """The tables of a lab as it stands."""
    nodes = views.nodes(lab)
    return Tables({row.name: row.state for row in nodes},
                  {row.name: tuple([list(rows(lab, row.name)) for rows in TABLES.values()])
                   for row in nodes if row.namespace == row.name})


def differences(one: Tables, other: Tables) -> list[Difference]:
    """What two labs differ in, by node, table and row; the nodes themselves come first."""
    found = [Difference(name, "nodes", "", one.states.get(name), other.states.get(name))
             for name in dict.fromkeys((*one.states, *other.states)) if one.states.get(name) != other.states.get(name)]
    nothing: tuple[list[tuple[str, str]], ...] = ([],) * len(TABLES)
    for node in dict.fromkeys((*one.rows, *other.rows)):
        both = one.rows.get(node, nothing), other.rows.get(node, nothing)
        if both[0] != both[1]:  # hardly any of hundreds of nodes
            for name, left, right in zip(TABLES, *both, strict=True):
                paired = _by_order if name == "rules" else _by_key
                found += [Difference(node, name, *row) for row in paired(left, right)]
    return found


def _by_key(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> Iterator[tuple[str, str | None, str | None]]:
    """Rows that are about one thing are one row."""
    left, right = _counted(one), _counted(other)
    for key in dict.fromkeys((*left, *right)):
        if left.get(key) != right.get(key):
            yield key[0], left.get(key), right.get(key)


def _by_order(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> Iterator[tuple[str, str | None, str | None]]:
    """Rows of a chain that say the same in the same order are one row, whatever their numbers, as diff has lines."""
    left, right = ([(key.rpartition(" ")[0], text) for key, text in rows] for rows in (one, other))
    for tag, begin, end, from_, to in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from ((key, text, None) for key, text in one[begin:end])
            yield from ((key, None, text) for key, text in other[from_:to])


def _counted(rows: list[tuple[str, str]]) -> dict[tuple[str, int], str]:
    """Rows by what they are about; two routes to one place are the first and the second."""
    found: dict[tuple[str, int], str] = {}
    for key, text in rows:
        number = 0
        while (key, number) in found:
            number += 1
        found[key, number] = text
    return found
