"""The picture uses its room: in the middle, with addresses, alike in both languages, and no box is written over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.session.source import Flight
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.overlay import flight_overlay, travels
from netsandbox.tui.topology.parts import Detail
from tests.tui import labs
from tests.tui.harness import Harness

PANES = {"80x24": (78, 9), "120x40": (58, 15), "200x50": (98, 18)}
"""Cells of the topology pane in terminals of these sizes."""


def lay(rows: labs.Rows, size: tuple[int, int], detail: Detail | None = None) -> Placed:
    return layout(scope_of(rows.nodes, rows.interfaces, rows.links), *size, detail=detail)


def text(placed: Placed) -> str:
    return "\n".join(row.text for row in placed.rows)


@pytest.mark.parametrize("size", PANES.values(), ids=PANES)
@pytest.mark.parametrize("rows", [labs.docker0(2), labs.two_port(), labs.hub(), labs.docker0(30)],
                         ids=["docker0", "two_port", "hub", "thirty"])
def test_it_stands_in_the_middle(rows: labs.Rows, size: tuple[int, int]) -> None:
    """As many empty cells at the left as at the right, above as below, but for an odd one."""
    lines = [row.text.ljust(size[0]) for row in lay(rows, size).rows]
    used = [number for number, line in enumerate(lines) if line.strip()]
    left = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    right = min(len(line) - len(line.rstrip()) for line in lines if line.strip())
    assert abs(left - right) <= 2
    assert abs(used[0] - (len(lines) - 1 - used[-1])) <= 1


@pytest.mark.parametrize(("count", "size"), [(12, "120x40"), (12, "200x50"), (3, "80x24"), (4, "80x24")])
def test_whole_addresses_where_they_fit(count: int, size: str) -> None:
    rows = labs.docker0(count)
    drawn = text(lay(rows, PANES[size]))
    for row in rows.interfaces:
        if row.kind == "veth" and row.addresses:
            assert row.addresses[0].partition("/")[0] in drawn


@pytest.mark.parametrize("size", PANES.values(), ids=PANES)
def test_a_network_of_nobody_stands_below_those_that_are_used(size: tuple[int, int]) -> None:
    """docker0 stood between the containers and their network, and what went to that one seemed to go over it."""
    rows = labs.Rows()
    rows.host("host", "docker0", "app")
    rows.container("web", "host", "app")
    rows.container("db", "host", "app")
    used, idle = (next(at for at, line in enumerate(text(lay(rows, size)).split("\n")) if f"{bridge} ═" in line)
                  for bridge in ("app", "docker0"))
    assert used < idle


def test_thirty_containers_keep_the_ends_of_their_addresses() -> None:
    """Where whole addresses have no room their last octet has; the network's stands beside the bus."""
    drawn = text(lay(labs.docker0(30), PANES["200x50"]))
    assert "nginx-1 .6 " in drawn
    assert "nginx-30 .122" in drawn


@pytest.mark.parametrize("size", PANES.values(), ids=PANES)
def test_what_is_said_beside_a_bus_has_its_room_too(size: tuple[int, int]) -> None:
    """Two networks of fifteen beside a docker0 without a carrier: the host's frame was wider than the pane."""
    rows = labs.Rows()
    rows.host("host", "docker0", "front", "back")
    rows.interfaces = [row._replace(carrier=row.name != "docker0", state="DOWN") for row in rows.interfaces]
    for number in range(30):
        rows.container(f"web{number}", "host", "front" if number % 2 else "back")
    rows.container("both", "host", "front", "back")
    placed = lay(rows, size)
    assert "no carrier" in text(placed)
    assert max(len(row.text.rstrip()) for row in placed.rows) <= size[0]


def test_ends_of_addresses_tell_neighbours_apart() -> None:
    """Two octets where one is the same for several."""
    rows = labs.Rows()
    rows.host("host", "docker0")
    for number in range(1, 31):
        rows.container(f"nginx-{number}", "host", "docker0")
    rows.interfaces = [
        row._replace(addresses=("172.17.1.2/16",)) if row.node == "nginx-30" and row.name == "eth0" else row
        for row in rows.interfaces
    ]
    placed = lay(rows, (110, 18))
    assert placed.detail is Detail.CHIP
    assert "nginx-30 .1.2" in text(placed)


@pytest.mark.parametrize("size", [*PANES.values(), (40, 12), (66, 14)])
@pytest.mark.parametrize("make", [labs.hub, labs.two_port, labs.switches, labs.lan, labs.chain])
def test_boxes_stand_alike_in_both_languages(make: object, size: tuple[int, int]) -> None:
    rows = labs.chain(5) if make is labs.chain else make()  # type: ignore[operator]
    seen = []
    for language in ("en", "zh"):
        set_language(language)
        placed = lay(rows, size)
        hosts = [row.name for row in rows.nodes if row.kind in ("host", "container")]
        shown = {name: placed.regions.get(Place(name)) for name in hosts}
        left = min((region.x for region in shown.values() if region), default=0)
        seen.append({name: region and (region.x - left, region.y) for name, region in shown.items()})
    assert seen[0] == seen[1]


def test_a_two_port_bridge_stands_between_its_hubs() -> None:
    for size in PANES.values():
        placed = lay(labs.two_port(), size)
        hub1, br1, hub2 = (placed.regions[Place(name)] for name in ("hub1", "br1", "hub2"))
        assert hub1.x + hub1.width <= br1.x
        assert br1.x + br1.width <= hub2.x
        assert placed.paths[("hub1", "eth2"), ("br1", "eth0")][0][1] == br1.y + 1


@given(st.sampled_from([labs.docker0, labs.two_port, labs.hub, labs.switches, labs.odd, labs.lan, labs.stubs]),
       st.sampled_from([*PANES.values(), (40, 10), (140, 30)]), st.integers(0, 20),
       st.sampled_from(["ARP", "ARP OTHERHOST"]))
def test_labels_eat_no_box(make: object, size: tuple[int, int], tick: int, label: str) -> None:
    """Whatever travels, a box, a name and an address stay as they are; the frame alone may stand on an edge."""
    rows: labs.Rows = make()  # type: ignore[operator]
    placed = lay(rows, size)
    flights = [Flight(1, *end, label, False, "") for link in rows.links for end in link[:2]]
    ways = travels(placed, flights)
    overlay = flight_overlay(placed, ways, tick / 20, UNICODE)
    on_way = {cell for way in ways for cell in way.path}
    for x, y in overlay.keys() - on_way:
        if overlay[x, y][0] == " ":
            assert {"box", "frame"}.isdisjoint(placed.rows[y].styles[at] for at in (x - 1, x + 1)), "an open edge"
        assert placed.rows[y].styles[x] not in {"box", "frame", "name", "frame-title", "address", "bus-name"}


async def test_zoom_and_pan() -> None:
    """`>` and `<` say what they show; shift and arrows go over a picture that is larger than the pane."""
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 14)) as pilot:
        rows = labs.docker0(30)
        pane.show(list(rows.nodes), list(rows.interfaces), list(rows.links))
        pane.focus()
        await pilot.press("greater_than_sign")
        assert pane.detail is Detail.CHIP
        for _ in range(6):
            await pilot.press("greater_than_sign")
        assert pane.detail is Detail.FULL
        assert pane.virtual_size.height > pane.size.height
        await pilot.press("shift+down", "shift+down")
        assert pane.scroll_offset.y == 6
        await pilot.press("shift+up")
        assert pane.scroll_offset.y == 3
        for _ in range(9):
            await pilot.press("less_than_sign")
        assert pane.detail is Detail.COLLAPSED
