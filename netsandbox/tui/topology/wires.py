"""The wiring of one scope while it is laid out: drops from boxes, buses, and rails in the gutter."""

from __future__ import annotations

from dataclasses import dataclass, field

from netsandbox.tui.topology.model import Net, Port, Wire
from netsandbox.tui.topology.parts import Seat, Shape


@dataclass(slots=True, eq=False)
class Drop:
    """One port's line, from its box down to its bus or, without one, out of the scope."""

    shape: Shape
    index: int  # Of the port in its item
    column: int
    row: int  # Row of boxes, from 0
    bus: Bus | None = None
    seat: Seat | None = None

    @property
    def port(self) -> Port:
        """The port of the item."""
        return self.shape.item.ports[self.index]

    @property
    def label(self) -> str:
        """The text beside the line."""
        return self.shape.labels[self.index]

    @property
    def top(self) -> int:
        """The first row of cells below the box."""
        assert self.seat is not None
        return self.seat.y + self.seat.height


@dataclass(slots=True, eq=False)
class Bus:
    """A net at work: one line below each row of boxes that it is met in."""

    net: Net
    drops: list[Drop] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)  # Row of boxes -> row of cells
    way_out: Drop | None = None  # For a lane that only leads to the gutter: the link that it leads out of the scope

    @property
    def named(self) -> bool:
        """True for all but lanes."""
        return self.net.kind != "lane"

    @property
    def double(self) -> bool:
        """True when drawn as a double line."""
        return self.net.kind not in ("lane", "stub")

    @property
    def railed(self) -> bool:
        """True when a rail in the gutter meets it."""
        return len(self.rows) > 1 or self.way_out is not None

    @property
    def first(self) -> int:
        """The row of cells of its first line."""
        return self.lines[self.rows[0]]

    @property
    def last(self) -> int:
        """The row of cells of its last line."""
        return self.lines[self.rows[-1]]

    def span(self, row: int) -> tuple[int, int]:
        """The first and the last column of its drops in a row of boxes."""
        columns = [drop.column for drop in self.drops if drop.row == row]
        return min(columns, default=0), max(columns, default=0)


@dataclass(slots=True, eq=False)
class Rail:
    """A vertical line in the gutter, from the bus at `start` to `end`."""

    start: int
    end: int
    bus: Bus
    kind: str = "net"  # net: joins the lines of one bus; join: a link to the bus `far`; exit: out of the scope
    far: Bus | None = None
    wire: Wire | None = None
    port: Port | None = None
    state: str = ""
    column: int = 0

    @property
    def top(self) -> int:
        """The upper of its ends."""
        return min(self.start, self.end)

    @property
    def bottom(self) -> int:
        """The lower of its ends."""
        return max(self.start, self.end)

    @property
    def double(self) -> bool:
        """True when drawn as a double line."""
        return self.kind == "net" and self.bus.double

    def meets(self, bus: Bus, y: int) -> bool:
        """True when it is joined to the line of `bus` in row `y`, not passing over it."""
        if self.kind == "net":
            return bus is self.bus
        return (bus is self.bus and y == self.start) or (bus is self.far and y == self.end)


@dataclass(slots=True)
class Plan:
    """All of a scope, placed and numbered, ready to be turned into strokes and paths."""

    buses: list[Bus]
    rails: list[Rail]
    drops: list[list[Drop]]  # By row of boxes
    seats: list[Seat]
    base: int  # The first column of the gutter
    height: int
    slots: int = 0
