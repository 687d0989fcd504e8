"""Place the items of one scope in rows and give their nets lines: the engine of the layout.

A row of boxes is followed by one line for each net that a box of the row hangs
on.  A net that is met in several rows is joined by a *rail* in the gutter, the
columns between the names of the nets and the boxes.  Links between two nets,
and links that leave through the frame below, run in the gutter too, so that no
line ever passes through a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netsandbox.tui.topology.model import Net
from netsandbox.tui.topology.parts import Block, Options, Seat, Shape
from netsandbox.tui.topology.route import finish
from netsandbox.tui.topology.shapes import edge_width, name_width
from netsandbox.tui.topology.wires import Bus, Drop, Plan, Rail


def stack(shapes: Sequence[Shape], nets: list[Net], width: int, options: Options) -> Block:
    """Lay out one scope in at most `width` columns, or as few more as its widest box needs."""
    slots = 0
    while True:
        plan = _Stack(shapes, nets, width, options, slots).plan()
        if plan.slots <= slots:
            return finish(plan, options, width)
        slots = plan.slots


@dataclass(slots=True)
class _Stack:
    """One attempt with a given number of gutter slots."""

    shapes: Sequence[Shape]
    nets: list[Net]
    width: int
    options: Options
    slots: int
    base: int = 0
    buses: list[Bus] = field(default_factory=list)
    rails: list[Rail] = field(default_factory=list)

    def plan(self) -> Plan:
        """Rows, lines, rails; `Plan.slots` says how many gutter slots they need."""
        names = name_width(self.nets)
        self.base = (1 if self.options.under else names + 1) if names else 0
        self.buses = [Bus(net) for net in self.nets]
        rows = self._wrap()
        drops = self._attach(rows)
        seats, height = self._heights(rows, drops)
        self._rails(height)
        plan = Plan(self.buses, self.rails, drops, seats, self.base, height)
        plan.slots = self._columns(height)
        return plan

    @property
    def _gutter_end(self) -> int:
        return self.base + 2 * self.slots

    def _wrap(self) -> list[list[tuple[int, Shape]]]:
        """Break the boxes into rows of (x, shape)."""
        rows: list[list[tuple[int, Shape]]] = []
        row: list[tuple[int, Shape]] = []
        x, home = 0, -1
        outward = max((edge_width(port, self.options.detail) for net in self.nets for port in net.exits), default=0)
        for shape in self.shapes:
            first = min((port.net for port in shape.item.ports if port.net is not None), default=home)
            turn = self.options.grouped and first != home and self.nets[first].kind != "lane"
            at = self._indent(shape, x + self._gap(row, shape), outward)
            if row and (at + shape.width > self.width or turn):
                rows.append(row)
                row = []
                at = self._indent(shape, self._gutter_end if self.slots else 0, outward)
            home = first
            row.append((at, shape))
            x = at + shape.width
        rows.append(row)
        return rows

    def _gap(self, row: list[tuple[int, Shape]], shape: Shape) -> int:
        """Columns left free before a box; names side by side have the cell of the mark between them."""
        return self.options.gap - (row[-1][1].chip and shape.chip) if row else 0

    def _indent(self, shape: Shape, x: int, outward: int) -> int:
        """The first column from `x` at which none of the box's links comes down on a name or in the gutter."""
        for column, port in zip(shape.columns, shape.item.ports, strict=True):
            x = max(x, self._gutter_end + (outward if port.net is None else 0) - column)
        return x

    def _attach(self, rows: list[list[tuple[int, Shape]]]) -> list[list[Drop]]:
        """The links that come down from each row of boxes, each with the bus that it ends at."""
        lanes: list[Bus] = []
        result: list[list[Drop]] = []
        for number, row in enumerate(rows):
            drops: list[Drop] = []
            for x, shape in row:
                for index, port in enumerate(shape.item.ports):
                    drop = Drop(shape, index, x + shape.columns[index], number)
                    drops.append(drop)
                    if port.net is not None:
                        drop.bus = self.buses[port.net]
                    elif number < len(rows) - 1:
                        drop.bus = Bus(Net(None, "", "lane"), way_out=drop)
                        lanes.append(drop.bus)
                    if drop.bus is not None:
                        drop.bus.drops.append(drop)
            result.append(drops)
        home = 0
        for bus in self.buses:
            bus.rows = sorted({drop.row for drop in bus.drops}) or [home]
            home = bus.rows[-1] if bus.named else home
        for bus in lanes:
            bus.rows = [bus.drops[0].row]
        self.buses += lanes
        return result

    def _heights(self, rows: list[list[tuple[int, Shape]]], drops: list[list[Drop]]) -> tuple[list[Seat], int]:
        """Give every box and every bus line its row of cells; returns the boxes and the height of it all."""
        seats: list[Seat] = []
        y = 0
        for number, row in enumerate(rows):
            tall = max((shape.height for _, shape in row), default=0)
            places: dict[int, Seat] = {}
            for x, shape in row:
                high = shape.height_in(tall)
                seat = Seat(x, y + tall - high, shape, high)
                seats.append(seat)
                places[id(shape)] = seat
            for drop in drops[number]:
                drop.seat = places[id(drop.shape)]
            y += tall + (self.options.drop if drops[number] else 0)
            y = self._bus_lines(number, y)
        return seats, y

    def _bus_lines(self, row: int, y: int) -> int:
        """The lines of the buses met in a row of boxes, lanes that do not overlap on one line."""
        here = sorted((bus for bus in self.buses if row in bus.rows), key=self._is_idle)
        above: Bus | None = None
        for bus in here:
            if bus.named:
                if above is not None and self._joined(above, bus):
                    y += 1
                bus.lines[row] = y
                y += 2 if self.options.under and row == bus.rows[0] else 1
                above = bus
        packed: list[int] = []
        for bus in sorted((bus for bus in here if not bus.named), key=lambda bus: bus.span(row)):
            start, end = bus.span(row)
            if bus.railed:
                start = 0
            slot = next((slot for slot, taken in enumerate(packed) if taken < start), len(packed))
            packed[slot : slot + 1] = [end]
            bus.lines[row] = y + slot
        return y + len(packed)

    def _is_idle(self, bus: Bus) -> bool:
        """Nothing hangs on the net: its line stands below those that boxes hang on, whose links would cross it."""
        return bus.named and not bus.drops and not any(self._joined(bus, other) for other in self.buses)

    def _joined(self, one: Bus, two: Bus) -> bool:
        """True when a link joins the two nets; it is given a cell between their lines."""
        return any(self.buses[join.other] is far for bus, far in ((one, two), (two, one)) for join in bus.net.joins)

    def _rails(self, height: int) -> None:
        """The vertical lines of the gutter: of one net in several rows, between nets, and out of the scope."""
        bottom = height - 1
        for bus in self.buses:
            if len(bus.rows) > 1:
                self.rails.append(Rail(bus.first, bus.last, bus))
            for join in bus.net.joins:
                other = self.buses[join.other]
                if other is not bus:
                    near, far = min(
                        ((a, b) for a in bus.lines.values() for b in other.lines.values()),
                        key=lambda pair: (abs(pair[0] - pair[1]), pair),
                    )
                    self.rails.append(Rail(near, far, bus, "join", other, join.wire, state=join.state))
            for port in bus.net.exits:
                self.rails.append(Rail(bus.last, bottom, bus, "exit", port=port, wire=port.wires[0]))
            if bus.way_out is not None:
                port = bus.way_out.port
                self.rails.append(Rail(bus.first, bottom, bus, "exit", port=port, wire=port.wires[0]))

    def _columns(self, height: int) -> int:
        """Give each rail a column of the gutter, the first that is free over its rows; returns the slots used."""
        slots: list[list[tuple[int, int]]] = []
        edge = 0
        for rail in sorted(self.rails, key=lambda rail: (rail.kind == "exit", rail.top, rail.bottom)):
            start, end = rail.top, rail.bottom if rail.kind != "exit" else height
            slot = edge if rail.kind == "exit" else 0
            while slot < len(slots) and any(start <= b and a <= end for a, b in slots[slot]):
                slot += 1
            while slot >= len(slots):
                slots.append([])
            slots[slot].append((start, end))
            rail.column = self.base + 2 * slot
            if rail.kind == "exit" and rail.port is not None:
                edge = slot + 1 + self._label_width(rail) // 2
        return len(slots)

    def _label_width(self, rail: Rail) -> int:
        assert rail.port is not None
        return edge_width(rail.port, self.options.detail, named=rail.bus.way_out is None)

