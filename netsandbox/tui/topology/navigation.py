"""Which thing lies next to which: the arrow keys of the topology, as a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from netsandbox.lab.tables import InterfaceRow
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Region

DIRECTIONS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}

_ASPECT = 2  # A cell is about twice as high as it is wide


def first(placed: Placed) -> Place | None:
    """The place to begin at: the uppermost, and of those the leftmost, container or whatever there is."""
    inner = [place for place in placed.regions if not _is_frame(placed, place)]
    return min(inner or placed.regions, key=lambda place: _reading(placed, place), default=None)


def bridge_in_use(interfaces: Sequence[InterfaceRow], before: Place | None) -> Place | None:
    """The bridge whose tables tell most: the one of before while it has ports, else that with the most."""
    ports = Counter((row.node, row.master) for row in interfaces if row.master is not None)
    bridges = [Place(row.node, row.name) for row in interfaces if row.kind == "bridge"]
    if before in bridges and ports[before.node, before.interface]:
        return before
    return max(bridges, key=lambda place: ports[place.node, place.interface], default=None)


def nearest(placed: Placed, place: Place, direction: str) -> Place:
    """The place nearest to `place` in a direction of `DIRECTIONS`; `place` itself when there is none."""
    here = handle(placed, place)
    ranked = [
        (cost, _reading(placed, other), other)
        for other in placed.regions
        if other != place and (cost := _cost(here, handle(placed, other), *DIRECTIONS[direction])) is not None
    ]
    return min(ranked)[2] if ranked else place


def handle(placed: Placed, place: Place) -> Region:
    """The rectangle that stands for a place here: of a frame its title's line, since it surrounds the others."""
    region = placed.regions[place]
    return region._replace(height=1) if _is_frame(placed, place) else region


def _is_frame(placed: Placed, place: Place) -> bool:
    region = placed.regions[place]
    name = placed.names.get(place)
    return region.height > 1 and name is not None and name.y == region.y


def _reading(placed: Placed, place: Place) -> tuple[int, int, Place]:
    region = handle(placed, place)
    return region.y, region.x, place


def _cost(here: Region, there: Region, dx: int, dy: int) -> tuple[int, int] | None:
    """How far `there` is in the direction, aside steps counted double; None when it is not that way."""
    across = _gap(here.x, here.width, there.x, there.width)
    along = _gap(here.y, here.height, there.y, there.height)
    if dx:
        ahead, aside = across * dx, abs(along) * _ASPECT
        centre = abs(2 * here.y + here.height - 2 * there.y - there.height) * _ASPECT
    else:
        ahead, aside = along * dy * _ASPECT, abs(across)
        centre = abs(2 * here.x + here.width - 2 * there.x - there.width)
    return (ahead + 2 * aside, centre) if ahead > 0 else None


def _gap(start: int, size: int, other: int, other_size: int) -> int:
    """Signed distance from one span to another: 0 when they overlap, 1 when they touch."""
    if other >= start + size:
        return other - (start + size) + 1
    if other + other_size <= start:
        return other + other_size - start - 1
    return 0
