"""Nets in a row, each under its own boxes: hub, two-port bridge, hub on one line, as a person draws them.

This is for a scope whose nets hang together like beads on a string and whose
boxes hang on one net each.  Any other scope is drawn in rows (`stack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netsandbox.tui.i18n import tr, widest
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import Join, Net
from netsandbox.tui.topology.parts import Block, Detail, Label, Line, Options, Region, Seat, Shape
from netsandbox.tui.topology.route import LINK_STYLES, Router, measured_width, state_glyph
from netsandbox.tui.topology.shapes import bus_detail, bus_name, bus_name_room
from netsandbox.tui.topology.wires import Bus, Drop, Plan

_CABLE = 4  # Cells of a cable between two nets, at least


class _Bead(NamedTuple):
    """A net, what hangs on it, and the link to the net at its right."""

    net: int
    shapes: list[Shape]
    join: Join | None = None
    from_here: bool = True  # The join is declared by this net, not by the one at its right


def is_for_a_line(nets: Sequence[Net]) -> bool:
    """True when a two-port bridge is among the nets, which nobody can read but between the two that it joins, or a
    link of which more is told than that it is there."""
    return any((net.kind == "bridge" and net.place is not None and not net.place.interface)
               or any(any(join.marks) or join.quality for join in net.joins) for net in nets)


def chain(shapes: Sequence[Shape], nets: Sequence[Net], width: int, options: Options) -> Block | None:
    """Lay out a scope on one line; None where its nets are no string, or too many for `width` columns."""
    beads = _string(shapes, nets)
    if beads is None:
        return None
    drawn = (_Chain(beads, nets, options, width, is_marked).draw() for is_marked in (True, False))
    return next((block for block in drawn if block.width <= width), None)


def _string(shapes: Sequence[Shape], nets: Sequence[Net]) -> list[_Bead] | None:
    """The nets in their order from one end to the other."""
    if len(nets) < 2 or any(net.kind in ("lane", "stub") or net.exits for net in nets):
        return None
    if any(len(shape.item.ports) != 1 or shape.item.ports[0].net is None for shape in shapes):
        return None
    near: list[list[tuple[int, Join, bool]]] = [[] for _ in nets]
    for at, net in enumerate(nets):
        for join in net.joins:
            near[at].append((join.other, join, True))
            near[join.other].append((at, join, False))
    ends = [at for at, links in enumerate(near) if len(links) == 1]
    if len(ends) != 2 or any(len(links) > 2 for links in near):
        return None
    order: list[_Bead] = []
    here, before = ends[0], -1
    while True:
        hanging = [shape for shape in shapes if shape.item.ports[0].net == here]
        onward = next(((other, join, own) for other, join, own in near[here] if other != before), None)
        order.append(_Bead(here, hanging, onward[1], onward[2]) if onward else _Bead(here, hanging))
        if onward is None or len(order) > len(nets):
            break
        here, before = onward[0], here
    return order if len(order) == len(nets) else None


class _Chain:
    """One drawing, from left to right."""

    def __init__(self, beads: list[_Bead], nets: Sequence[Net], options: Options, width: int, is_marked: bool) -> None:
        """Marked: the VLANs stand at the ends of a cable also where their names have no room."""
        self.beads = beads
        self.is_marked = is_marked and options.detail >= Detail.PLAIN
        self.options = options
        self.tall = max((shape.height for bead in beads for shape in bead.shapes), default=0)
        self.drop = max(options.drop, 1) if self.tall else 1
        self.y = self.tall + self.drop  # The row of the line
        self.buses = [Bus(net, rows=[0], lines={0: self.y}) for net in nets]
        self.drops: list[Drop] = []
        self.seats: list[Seat] = []
        self.block = Block(0, self.y + 2, self.seats, rows=1)
        plan = Plan(self.buses, [], [self.drops], self.seats, 0, self.y + 2)
        self.router = Router(plan, options, width, self.block)

    def draw(self) -> Block:
        x = 0
        for at, bead in enumerate(self.beads):
            end = self._bead(bead, x, bool(at), bead.join is not None)
            if bead.join is not None:
                x = self._cable(bead, end)
        for bead in self.beads:
            self.router.paths(self.buses[bead.net])
        self.block.width = measured_width(self.block)
        return self.block

    def _bead(self, bead: _Bead, x: int, linked_left: bool, linked_right: bool) -> int:
        """Draw one net from column `x`; returns the last column of its line."""
        if not bead.shapes:
            return self._box(bead, x)
        bus = self.buses[bead.net]
        at = x
        for shape in bead.shapes:
            height = shape.height_in(self.tall)
            seat = Seat(at, self.tall - height, shape, height)
            drop = Drop(shape, 0, at + shape.columns[0], 0, bus, seat)
            self.seats.append(seat)
            self.drops.append(drop)
            bus.drops.append(drop)
            self.router.drop(drop)
            at += shape.width + self.options.gap
        columns = [drop.column for drop in bus.drops]
        start = x if linked_left else max(min(columns) - 1, 0)
        name, detail = self._words(bead)
        said = max(bus_name_room(bus.net), cell_len(name) + (1 + cell_len(detail) if detail else 0))
        end = max(at - self.options.gap - 1 if linked_right else max(columns) + 1, start + said + 1)
        self.block.lines.append(Line(start, self.y, end, self.y, "bus", True))
        self._say(bead, start + 1, self.y + 1, name, detail)
        if bus.net.place is not None:
            self.block.regions.append((bus.net.place, Region(start, self.y + 1, said + 2, 1)))
            self.block.regions.append((bus.net.place, Region(start, self.y, end - start + 1, 1)))
        return end

    def _box(self, bead: _Bead, x: int) -> int:
        """A net that nothing but its neighbours hangs on is a box on the line."""
        net = self.buses[bead.net].net
        name, detail = self._words(bead)
        if self._is_small:
            name, kind = net.name, name.removeprefix(net.name).strip()
            self.block.labels.append(Label(x, self.y + 2, kind, "end"))
            self.block.height = self.y + 3
        room = cell_len(name) if self._is_small else bus_name_room(net)
        right = x + 3 + max(room, cell_len(name) + (1 + cell_len(detail) if detail else 0))
        for y in (self.y - 1, self.y + 1):
            self.block.lines.append(Line(x, y, right, y, "bus"))
        for column in (x, right):
            self.block.lines.append(Line(column, self.y - 1, column, self.y + 1, "bus"))
        self._say(bead, x + 2, self.y, name, detail)
        if net.place is not None:
            self.block.regions.append((net.place, Region(x, self.y - 1, right - x + 1, 3)))
        return right

    @property
    def _is_small(self) -> bool:
        """No room for the names of ends, nor for more than a name in a box on the line."""
        return self.options.detail <= Detail.PLAIN and self.options.gap == 1

    def _words(self, bead: _Bead) -> tuple[str, str]:
        net = self.buses[bead.net].net
        return bus_name(net), bus_detail(net, self.options, [], 40)

    def _say(self, bead: _Bead, x: int, y: int, name: str, detail: str) -> None:
        self.block.labels.append(Label(x, y, name, "bus-name"))
        if detail:
            style = "bus-note" if self.buses[bead.net].net.notes else "address"
            self.block.labels.append(Label(x + cell_len(name) + 1, y, detail, style))

    def _cable(self, bead: _Bead, start: int) -> int:
        """The link to the next net, with the names of its ends above it; returns its last column."""
        join = bead.join
        assert join is not None
        own, far = join.wire.link[join.wire.reverse][1], join.wire.link[not join.wire.reverse][1]
        marks = join.marks[join.wire.reverse], join.marks[not join.wire.reverse]
        if not self._is_small:
            marks = f"{own} {marks[0]}".strip(), f"{far} {marks[1]}".strip()
        left, right = marks if bead.from_here else marks[::-1]
        said = f"{left} {right}".strip() if self.is_marked or not self._is_small else ""
        room = cell_len(join.quality) + (1 + widest(f"note.{join.state}") if join.state else 0)
        end = start + max(_CABLE, cell_len(said) + 3, room + 3)
        style = LINK_STYLES[join.state]
        self.block.lines.append(Line(start, self.y, end, self.y, style))
        if said:
            self.block.labels.append(Label(start + 1, self.y - 1, left, "end"))
            self.block.labels.append(Label(end - cell_len(right), self.y - 1, right, "end"))
        if join.state:
            glyph = state_glyph(join.state, self.options.glyphs)
            self.block.labels.append(Label((start + end) // 2, self.y, glyph, style))
        below = " ".join(filter(None, (tr(f"note.{join.state}") if join.state else "", join.quality)))
        if below and cell_len(below) < end - start:
            self.block.labels.append(Label(start + 1, self.y + 1, below, "end" if style == "link" else style))
        cells = [(x, self.y) for x in range(start, end + 1)]
        forward = bead.from_here != join.wire.reverse
        self.block.paths[join.wire.link] = cells if forward else cells[::-1]
        return end
