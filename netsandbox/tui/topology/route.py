"""Turn the plan of a scope into strokes, labels and the path of each link."""

from __future__ import annotations

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.text import cell_len, safe
from netsandbox.tui.topology.model import CLOSED, LinkKey, Port
from netsandbox.tui.topology.parts import Block, Cell, Label, Line, Options, Over, Region, WayOut, across
from netsandbox.tui.topology.shapes import bus_detail, bus_name, edge_text, edge_width
from netsandbox.tui.topology.wires import Bus, Drop, Plan, Rail

LINK_STYLES = {"": "link", "down": "link-down", "no-carrier": "link-no-carrier",
               **dict.fromkeys(CLOSED, "link-no-carrier")}


def state_glyph(state: str, glyphs: GlyphSet) -> str:
    """What stands on a line that lets nothing through."""
    return {"down": glyphs.link_down, "no-carrier": glyphs.no_carrier}.get(state, glyphs.blocked)


def finish(plan: Plan, options: Options, width: int) -> Block:
    """The block of a plan; `width` decides only whether a bus has room for its address."""
    block = Block(0, plan.height, plan.seats)
    block.wrapped = any(rail.kind == "net" for rail in plan.rails)
    block.rows = len(plan.drops)
    for seat in plan.seats:
        if seat.shape.block is not None:
            block.wrapped |= seat.shape.block.wrapped
            block.clipped |= seat.shape.block.clipped
            block.rows += seat.shape.block.rows
    router = Router(plan, options, width, block)
    for row, drops in enumerate(plan.drops):
        for drop in drops:
            router.drop(drop)
        for bus in plan.buses:
            if row in bus.rows:
                router.bus(bus, row)
    for rail in plan.rails:
        router.rail(rail)
    for bus in plan.buses:
        router.paths(bus)
    block.width = measured_width(block)
    return block


def measured_width(block: Block) -> int:
    """The columns that all that was put into a block take."""
    return max(
        [0, *(seat.x + seat.shape.width for seat in block.seats), *(line.x2 + 1 for line in block.lines),
         *(label.x + cell_len(label.text) for label in block.labels)]
    )


class Router:
    """Adds to one block."""

    def __init__(self, plan: Plan, options: Options, width: int, block: Block) -> None:
        self.plan = plan
        self.options = options
        self.width = width
        self.block = block
        self._starts: dict[Bus, int] = {}  # The first column of each bus's first line

    def drop(self, drop: Drop) -> None:
        """A line down from a box, with its state and the text beside it."""
        end = self._end(drop)
        style = LINK_STYLES[drop.port.state]
        start = min(drop.top, end - 1) if drop.shape.chip else drop.top - 1  # at the least a half below the name
        self.block.lines.append(Line(drop.column, start, drop.column, end, style))
        glyphs = self.options.glyphs
        if drop.port.state not in ("", "no-carrier"):
            self.block.labels.append(Label(drop.column, drop.top, state_glyph(drop.port.state, glyphs), style))
        elif drop.port.state:
            rows = range(drop.top, max(end, drop.top + 1))
            self.block.labels.extend(Label(drop.column, y, glyphs.no_carrier, style) for y in rows)
        if drop.label:
            self.block.labels.append(Label(drop.column + 1, drop.top, drop.label, "end" if style == "link" else style))
        if drop.bus is None:
            cells = [*self._lead(drop), *((drop.column, y) for y in range(self._start(drop), self.plan.height))]
            width = 2 + max(cell_len(drop.label), cell_len(drop.port.edge))
            self._way_out(drop.port, WayOut(drop.column, cells, end, drop.port.edge, width))

    def bus(self, bus: Bus, row: int) -> None:
        """One line of a bus, with its name and address on the first, and what passes over it."""
        y = bus.lines[row]
        style = "bus" if bus.double else "link"
        columns = [drop.column for drop in bus.drops if drop.row == row]
        columns += [rail.column for rail in self.plan.rails if rail.meets(bus, y)]
        start, end = min(columns, default=0), max(columns, default=0) + bus.double
        if bus.named and row == bus.rows[0] and self.options.under:
            start, end = max(start - 1, 0), max(end, start + 2)
            self._name_under(bus, row, Region(start, y, end - start + 1, 1))
        elif bus.named and row == bus.rows[0]:
            name = bus_name(bus.net)
            start = 2 + cell_len(name)
            end = max(end, start + 2)
            self.block.labels.append(Label(1, y, name, "bus-name"))
            end, right = self._detail(bus, row, end)
            if bus.net.place is not None:
                self.block.regions.append((bus.net.place, Region(0, y, right, 1)))
        elif bus.net.place is not None:
            self.block.regions.append((bus.net.place, Region(start, y, end - start + 1, 1)))
        self._starts.setdefault(bus, start)
        self.block.lines.append(Line(start, y, end, y, style, bus.double))
        self.block.overs.extend(self._overs(bus, row, start, end))

    def _name_under(self, bus: Bus, row: int, line: Region) -> None:
        """Write a bus's name, address and conditions below its line, clear of all that passes."""
        y = line.y + 1
        at = self.plan.base + 2 * self.plan.slots + 1
        name = bus_name(bus.net)
        detail = self._detail_text(bus, self.width - at - cell_len(name) - 1)
        length = cell_len(name) + (1 + cell_len(detail) if detail else 0)
        for column in sorted(drop.column for drop in self.plan.drops[row] if self._passes(drop, line.y)):
            if at - 2 <= column <= at + length:
                at = column + 3
        self.block.labels.append(Label(at, y, name, "bus-name"))
        if detail:
            self.block.labels.append(Label(at + cell_len(name) + 1, y, detail, self._detail_style(bus)))
        if bus.net.place is not None:
            self.block.regions.append((bus.net.place, Region(at - 1, y, length + 1, 1)))
            self.block.regions.append((bus.net.place, line))

    def _states(self, bus: Bus) -> list[str]:
        """The conditions of the links that join a bus to the ones above it."""
        return [self._join_text(rail) for rail in self.plan.rails if rail.state and rail.far is bus]

    def _detail_text(self, bus: Bus, room: int) -> str:
        """The text right of a bus or of its name; without its address where that has no room."""
        text = bus_detail(bus.net, self.options, self._states(bus), room)
        if bus.net.detail and not text.startswith(bus.net.detail):
            self.block.clipped = True
        return text

    def _detail_style(self, bus: Bus) -> str:
        return "bus-note" if bus.net.notes or self._states(bus) else "address"

    def _detail(self, bus: Bus, row: int, end: int) -> tuple[int, int]:
        """Write a bus's address and conditions at its right; returns where its line ends then, and all of it."""
        passing = sorted(drop.column for drop in self.plan.drops[row] if self._passes(drop, bus.lines[row]))
        at = end + 2
        text = bus_detail(bus.net, self.options, self._states(bus), self.width - at)
        for column in passing:
            if at - 1 <= column <= at + cell_len(text):
                at = column + 3
        text = self._detail_text(bus, self.width - at)
        if not text:
            return end, end + 1
        style = self._detail_style(bus)
        self.block.labels.append(Label(at, bus.lines[row], text, style))
        return at - 2, at + cell_len(text)

    def _join_text(self, rail: Rail) -> str:
        """The state of a link between two nets, told beside the lower of them: `╳sw1:p3 down`."""
        glyph, name = state_glyph(rail.state, self.options.glyphs), rail.bus.net.name
        port = safe(rail.wire.link[rail.wire.reverse][1]) if rail.wire is not None else name
        return f"{glyph}{name if port == name else f'{name}:{port}'} {tr('note.' + rail.state)}"

    def _overs(self, bus: Bus, row: int, start: int, end: int) -> list[Over]:
        """The cells in which another line passes over the bus."""
        y = bus.lines[row]
        overs = [
            Over(drop.column, y, LINK_STYLES[drop.port.state], False)
            for drop in self.plan.drops[row]
            if start <= drop.column <= end and self._passes(drop, y)
        ]
        overs += [
            Over(rail.column, y, self._rail_style(rail), rail.double)
            for rail in self.plan.rails
            if start <= rail.column <= end and rail.top < y < rail.bottom + (rail.kind == "exit")
            if not rail.meets(bus, y)
        ]
        return overs

    def _passes(self, drop: Drop, y: int) -> bool:
        """True when a drop goes on below row `y`."""
        return drop.bus is None or drop.bus.lines[drop.row] > y

    def rail(self, rail: Rail) -> None:
        """A line in the gutter."""
        style = self._rail_style(rail)
        self.block.lines.append(Line(rail.column, rail.top, rail.column, rail.bottom, style, rail.double))
        if rail.kind == "join" and rail.state:
            glyph = state_glyph(rail.state, self.options.glyphs)
            rows = range(rail.top + 1, rail.bottom if rail.state == "no-carrier" else rail.top + 2)
            self.block.labels.extend(Label(rail.column, y, glyph, style) for y in rows if y < rail.bottom)
        if rail.kind == "join" and rail.wire is not None:
            step = 1 if rail.end >= rail.start else -1
            cells = [(rail.column, y) for y in range(rail.start, rail.end + step, step)]
            self.block.paths[rail.wire.link] = cells[::-1] if rail.wire.reverse else cells
        elif rail.kind == "exit" and rail.port is not None:
            cells = []
            drop = rail.bus.way_out
            named = drop is None
            if drop is not None:
                cells = [*self._trail(drop), *across(drop.column, rail.column, rail.start)[1:]]
                cells += [(rail.column, y) for y in range(rail.start + 1, self.plan.height)]
            label = edge_text(rail.port, self.options.detail) if named else rail.port.edge
            width = max(edge_width(rail.port, self.options.detail, named), 2 + cell_len(rail.port.edge))
            self._way_out(rail.port, WayOut(rail.column, cells, rail.end, label, width))

    def _rail_style(self, rail: Rail) -> str:
        if rail.kind == "net":
            return "bus" if rail.double else "link"
        return LINK_STYLES[rail.state]

    def _way_out(self, port: Port, way_out: WayOut) -> None:
        for wire in port.wires:
            self.block.exits[wire.link] = way_out

    def paths(self, bus: Bus) -> None:
        """The cells of each link that ends at a bus, from the link's `a` to its `b`."""
        for join in bus.net.joins:
            if self.plan.buses[join.other] is bus:
                self.block.paths[join.wire.link] = [(self._starts[bus], bus.first)]
        if bus.way_out is not None:
            return
        if not bus.named:
            self._lane_paths(bus)
            return
        for drop in bus.drops:
            trail = self._trail(drop)
            for wire in drop.port.wires:
                self.block.paths[wire.link] = trail[::-1] if wire.reverse else trail

    def _lane_paths(self, bus: Bus) -> None:
        """The path of a cable between two boxes: down, along its lane, perhaps by the gutter, and up."""
        ends: dict[LinkKey, dict[bool, Drop]] = {}
        for drop in bus.drops:
            for wire in drop.port.wires:
                ends.setdefault(wire.link, {})[wire.reverse] = drop
        rails = [rail.column for rail in self.plan.rails if rail.kind == "net" and rail.bus is bus]
        for link, pair in ends.items():
            a, b = pair[False], pair[True]
            ya, yb = bus.lines[a.row], bus.lines[b.row]
            if ya == yb:
                between = across(a.column, b.column, ya)
            else:
                step = 1 if yb > ya else -1
                between = across(a.column, rails[0], ya)
                between += [(rails[0], y) for y in range(ya + step, yb, step)]
                between += across(rails[0], b.column, yb)
            self.block.paths[link] = [*self._trail(a)[:-1], *between, *self._trail(b)[:-1][::-1]]

    def _trail(self, drop: Drop) -> list[Cell]:
        """The cells from a drop's end down to its bus line."""
        return [*self._lead(drop), *((drop.column, y) for y in range(self._start(drop), self._end(drop) + 1))]

    def _lead(self, drop: Drop) -> list[Cell]:
        """The part of a link inside the frame of a host."""
        assert drop.seat is not None
        if not drop.shape.leads:
            return []
        return [(x + drop.seat.x, y + drop.seat.y) for x, y in drop.shape.leads[drop.index]]

    def _start(self, drop: Drop) -> int:
        """The first row of a link's cells in its own column, after its lead."""
        assert drop.seat is not None
        if not drop.shape.frame:
            return drop.top
        lead = drop.shape.leads[drop.index]
        return drop.seat.y + lead[-1][1] + 1 if lead else drop.top - 1

    def _end(self, drop: Drop) -> int:
        return self.plan.height - 1 if drop.bus is None else drop.bus.lines[drop.row]
