"""What holds for the picture of any lab: nothing overlaps, nothing is missing, every path is whole."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.text import cell_len, cells, safe
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Cell, Detail, Region
from tests.tui.labs import Rows

NAMES = st.one_of(
    st.from_regex(r"[a-z]{1,6}(-[0-9]{1,3})?", fullmatch=True),
    st.text(min_size=1, max_size=10),
    st.text("网桥容器主机", min_size=1, max_size=5),
)
KINDS = ["host", "container", "container", "container", "hub", "switch", "bridge"]


@st.composite
def labs(draw: st.DrawFn) -> Rows:
    rows = Rows()
    names = draw(st.lists(NAMES, max_size=18, unique=True))
    kinds = {name: draw(st.sampled_from(KINDS)) for name in names}
    hosts = [name for name in names if kinds[name] == "host"]
    bridges: dict[str, list[str]] = {}
    for host in hosts:
        bridges[host] = draw(st.lists(NAMES, max_size=3, unique=True))
        rows.host(host, *bridges[host])
    for name in names:
        if kinds[name] != "container":
            if kinds[name] != "host":
                rows.node(name, kinds[name])
            continue
        host = draw(st.sampled_from([*hosts, None])) if hosts else None
        mode = draw(st.sampled_from(["bridge", "none", "host", "container:x"]))
        state = draw(st.sampled_from(["running", "exited"]))
        if host is None or mode != "bridge":
            rows.node(name, "container", host, mode, state)
        else:
            nets = draw(st.lists(st.sampled_from(bridges[host]), max_size=3)) if bridges[host] else []
            rows.container(name, host, *nets, up=draw(st.booleans()), carrier=draw(st.booleans()), state=state)
    if names:
        for a, b in draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14)):
            master = draw(st.sampled_from([*bridges[a], None])) if bridges.get(a) else None
            rows.cable(a, b, master, up=draw(st.booleans()))
    return rows


def boxes(placed: Placed, rows: Rows) -> dict[Place, Region]:
    """The boxes of containers, hosts and groups, without the buses."""
    nets = {row.name for row in rows.nodes if row.kind not in ("host", "container")}
    return {
        place: region
        for place, region in placed.regions.items()
        if not place.interface and not (place.node in nets and place not in placed.members)
    }


def inside(outer: Region, inner: Region) -> bool:
    return (
        outer.x < inner.x
        and outer.y < inner.y
        and inner.x + inner.width < outer.x + outer.width
        and inner.y + inner.height < outer.y + outer.height
    )


def check(placed: Placed, rows: Rows) -> None:
    whole = Region(0, 0, placed.width, placed.height)
    assert len(placed.rows) == placed.height
    for row in placed.rows:
        assert len(row.glyphs) == len(row.styles) == placed.width
        assert cell_len(row.text) == placed.width
    for node in rows.nodes:
        region = placed.where(Place(node.name))
        assert region is not None, node
        assert inside(Region(-1, -1, whole.width + 2, whole.height + 2), region)
    seats = boxes(placed, rows)
    for one, two in combinations(seats.values(), 2):
        assert not one.overlaps(two) or inside(one, two) or inside(two, one)
    check_names(placed, rows)
    check_paths(placed, rows, seats)


def check_names(placed: Placed, rows: Rows) -> None:
    """A name is shown whole, wherever its place is shown."""
    for node in rows.nodes:
        name = placed.names.get(Place(node.name))
        if name is not None:
            shown = placed.rows[name.y].glyphs[name.x : name.x + name.width]
            assert shown[: len(cells(safe(node.name)))] == cells(safe(node.name))


def check_paths(placed: Placed, rows: Rows, seats: dict[Place, Region]) -> None:
    """Each link has a path of neighbouring cells from end to end, and none runs through a box or along another."""
    hosts = {row.name for row in rows.nodes if row.kind == "host"}
    solid = {place: region for place, region in seats.items() if place.node not in hosts}
    straight: dict[tuple[Cell, int], tuple[object, ...]] = {}
    for link in rows.links:
        path = placed.path_from(link.a)
        assert path, link
        assert path == placed.path_from(link.b)[::-1]
        for one, two in pairwise(path):
            assert abs(one[0] - two[0]) + abs(one[1] - two[1]) == 1
        folded = Place(link.a[0]) in placed.groups or Place(link.b[0]) in placed.groups
        for x, y in path:
            assert 0 <= x < placed.width
            assert 0 <= y < placed.height
            if not folded:
                assert not any(region.contains(x, y) for region in solid.values())
        if folded:
            continue
        for end in (link.a, link.b):
            box = solid.get(Place(end[0]))
            if box is not None:
                x, y = placed.path_from(end)[0]
                assert y == box.y + box.height
                assert box.x <= x < box.x + box.width
        for one, two, three in zip(path, path[1:], path[2:], strict=False):
            for axis in (0, 1):
                if one[axis] == two[axis] == three[axis]:
                    assert straight.setdefault((two, axis), (link.a, link.b)) == (link.a, link.b)


@given(labs(), st.integers(20, 160), st.integers(5, 50), st.sampled_from([None, *Detail]))
@settings(max_examples=300)
def test_any_lab_at_any_size(rows: Rows, width: int, height: int, detail: Detail | None) -> None:
    placed = layout(scope_of(rows.nodes, rows.interfaces, rows.links), width, height, detail=detail)
    assert placed.width >= width
    assert placed.height >= height
    check(placed, rows)


@given(labs(), st.sampled_from([UNICODE, ASCII]))
def test_glyphs_do_not_move_anything(rows: Rows, glyphs: object) -> None:
    one = layout(scope_of(rows.nodes, rows.interfaces, rows.links), 80, 20, glyphs=UNICODE)
    two = layout(scope_of(rows.nodes, rows.interfaces, rows.links), 80, 20, glyphs=ASCII)
    assert one.regions == two.regions
    assert one.paths == two.paths


@given(labs())
def test_the_same_rows_give_the_same_picture(rows: Rows) -> None:
    one = layout(scope_of(rows.nodes, rows.interfaces, rows.links), 100, 24)
    assert one.rows == layout(scope_of(rows.nodes, list(rows.interfaces), list(rows.links)), 100, 24).rows


@given(st.integers(1, 60), st.integers(24, 200), st.integers(6, 40), st.data())
def test_what_is_kept_is_never_folded(count: int, width: int, height: int, data: st.DataObject) -> None:
    rows = Rows()
    rows.host("host", "docker0")
    for number in range(count):
        rows.container(f"nginx-{number}", "host", "docker0")
    keep = Place(f"nginx-{data.draw(st.integers(0, count - 1))}")
    scope = scope_of(rows.nodes, rows.interfaces, rows.links)
    placed = layout(scope, width, height, keep=[keep], detail=Detail.COLLAPSED)
    assert keep in placed.regions
    check(placed, rows)
