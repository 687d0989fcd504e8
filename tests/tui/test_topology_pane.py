"""The topology pane: selection by key and mouse, frames on their way, repainting no more than what changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from textual.geometry import Region

from netsandbox.tui.canvas import Canvas
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.panes.topology import TopologyPane
from netsandbox.tui.panes.topology_picture import TRAVEL_TICKS
from netsandbox.tui.session.source import Flight
from netsandbox.tui.text import cell_len, safe
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.navigation import nearest
from netsandbox.tui.topology.overlay import overlaid
from netsandbox.tui.topology.parts import Detail
from netsandbox.tui.topology.parts import Region as Cells
from tests.tui import labs
from tests.tui.harness import Harness, screen_text


def show(pane: TopologyPane, rows: labs.Rows) -> None:
    pane.show(list(rows.nodes), list(rows.interfaces), list(rows.links))


def flood(rows: labs.Rows, *, dropped: bool = False) -> list[Flight]:
    """An ARP request from nginx-1 leaves docker0 by all other ports."""
    return [
        Flight(7, link.b[0], link.b[1], "ARP", dropped, "ARP_FILTERED" if dropped else "")
        for link in rows.links
        if link.a[0] != "nginx-1"
    ]


async def test_arrows_select_the_nearest_and_enter_inspects() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 14), message_hook=app.heard.append) as pilot:
        show(pane, labs.lan())
        pane.focus()
        await pilot.press("down")
        assert pane.selected == Place("c01")
        await pilot.press("right", "right")
        assert pane.selected == Place("c07")
        await pilot.press("up")
        assert pane.selected == Place("host2")
        await pilot.press("right")
        assert pane.selected == Place("host3")
        await pilot.press("down")
        assert pane.selected == Place("lan0"), "host3, which has nothing in it, stands just above it"
        await pilot.press("left", "enter")
        inspected = app.of(TopologyPane.Inspect)
        assert [message.place for message in inspected if isinstance(message, TopologyPane.Inspect)] == [Place("lan0")]
        assert len(app.of(TopologyPane.Selected)) == 6


async def test_every_place_can_be_reached_by_arrows() -> None:
    """From any place, arrows lead to every other."""
    for make in (labs.odd, labs.switches, labs.two_networks, lambda: labs.docker0(1000)):
        pane = TopologyPane(self_timed=False)
        app = Harness(pane)
        async with app.run_test(size=(100, 24)):
            show(pane, make())
            placed = pane.placed
            assert placed is not None
            found, todo = set(), [next(iter(placed.regions))]
            while todo:
                place = todo.pop()
                if place not in found:
                    found.add(place)
                    todo.extend(nearest(placed, place, way) for way in ("up", "down", "left", "right"))
            assert found == set(placed.regions)


async def test_a_click_selects_and_another_inspects() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 14), message_hook=app.heard.append) as pilot:
        show(pane, labs.docker0())
        assert pane.placed is not None
        region = pane.placed.regions[Place("nginx-2")]
        at = (region.x + 3, region.y + 1)
        await pilot.click(TopologyPane, offset=at)
        assert pane.selected == Place("nginx-2")
        assert not app.of(TopologyPane.Inspect)
        await pilot.click(TopologyPane, offset=at)
        assert app.of(TopologyPane.Inspect)


async def test_a_click_finds_what_is_scrolled_into_view() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 14)) as pilot:
        pane.detail = Detail.CHIP
        show(pane, labs.docker0(200))
        pane.select(Place("nginx-150"))
        await pilot.pause()
        assert pane.placed is not None
        region = Region(*pane.placed.regions[Place("nginx-151")]).translate(-pane.scroll_offset)
        assert pane.scroll_offset.y > 0
        await pilot.click(TopologyPane, offset=(region.x + 2, region.y))
        assert pane.selected == Place("nginx-151")


async def test_selection_picture(picture: SnapshotAssertion) -> None:
    """A selected container, a selected bus, a selected chip and a pinned one: each by glyph and by word."""
    pane = TopologyPane(self_timed=False)
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    texts = []
    async with app.run_test(size=(82, 13)) as pilot:
        show(pane, labs.docker0())
        for place in (Place("nginx-2"), Place("host", "docker0"), Place("host")):
            pane.select(place)
            await pilot.pause()
            texts.append(screen_text(app))
        show(pane, labs.chinese())
        pane.detail = Detail.CHIP
        pane.pin(Place("数据库"))
        pane.action_detail()
        pane.select(Place("前端"))
        await pilot.pause()
        texts.append(screen_text(app))
    assert "\n".join(texts) == picture


async def test_frames_travel_split_and_stop(picture: SnapshotAssertion) -> None:
    """A flood is on all its links at once, moves down them, and stays at their ends until the next step."""
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    rows = labs.docker0()
    texts = []
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, rows)
        pane.fly(flood(rows))
        for _ in range(TRAVEL_TICKS):
            await pilot.pause()
            texts.append(screen_text(app))
            assert pane.moving
            pane.tick()
        assert not pane.moving
        await pilot.pause()
        texts.append(screen_text(app))
        pane.fly(flood(rows, dropped=True), ticks=1)
        pane.tick()
        await pilot.pause()
        texts.append(screen_text(app))
        pane.fly([])
        await pilot.pause()
        assert "ARP" not in screen_text(app)
    assert "✗ARP ARP_FILTERED" in texts[-1]
    assert "\n".join(texts) == picture


async def test_frames_to_folded_containers_are_counted() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    rows = labs.docker0(1000)
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, rows)
        pane.fly(flood(rows))
        await pilot.pause()
        assert "ARP×980" in screen_text(app)


async def test_reduced_motion_shows_frames_where_they_arrive() -> None:
    pane = TopologyPane(ASCII, reduced_motion=True, self_timed=False)
    app = Harness(pane)
    rows = labs.docker0()
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, rows)
        pane.fly(flood(rows))
        assert not pane.moving
        await pilot.pause()
        assert screen_text(app).count("^ARP") == 2


async def test_only_changed_cells_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    rows = labs.docker0()
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, rows)
        await pilot.pause()
        painted: list[Region] = []
        monkeypatch.setattr(pane, "refresh", lambda *regions, **_: painted.extend(regions))
        pane.fly(flood(rows))
        pane.tick()
        pane.tick()
        assert painted
        assert sum(region.area for region in painted) < 60


async def test_what_is_painted_is_where_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)) as pilot:
        pane.detail = Detail.CHIP
        show(pane, labs.docker0(200))
        pane.select(Place("nginx-150"))
        await pilot.pause()
        painted: list[Region] = []
        monkeypatch.setattr(pane, "refresh", lambda *regions, **_: painted.extend(regions))
        pane.select(Place("nginx-151"))
        assert pane.scroll_offset.y > 0
        assert painted
        assert all(0 <= region.y < 11 for region in painted)


def test_right_is_right_and_not_below() -> None:
    """Aside steps count double: what lies ahead wins over what is near."""
    placed = Placed(40, 20, Detail.CHIP, 20)
    here, ahead, below = Place("here"), Place("ahead"), Place("below")
    placed.regions = {here: Cells(0, 0, 5, 1), ahead: Cells(20, 0, 5, 1), below: Cells(6, 10, 5, 1)}
    assert nearest(placed, here, "right") == ahead
    assert nearest(placed, here, "down") == below
    assert nearest(placed, here, "left") == here


@given(
    st.text("ab容器\u0301", max_size=12),
    st.dictionaries(st.integers(0, 15), st.sampled_from(["x", "▶", None]), max_size=6),
)
def test_an_overlay_never_changes_the_width_of_a_row(text: str, patches: dict[int, str | None]) -> None:
    canvas = Canvas(16, 1)
    canvas.text(0, 0, safe(text), "name")
    row = overlaid(canvas.row(0, UNICODE), {x: (glyph, "selected") for x, glyph in patches.items()})
    assert len(row.glyphs) == 16
    assert cell_len(row.text) == 16
    for x, glyph in patches.items():
        assert glyph is None or row.glyphs[x] == glyph


async def test_a_frame_without_a_link_is_shown_at_its_node() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, labs.docker0())
        pane.fly([Flight(1, "nginx-1", "lo", "ICMP", True, "IP_NOPROTO"), Flight(2, "gone", "eth0", "ARP", False, "")])
        for _ in range(TRAVEL_TICKS):
            pane.tick()
        await pilot.pause()
        assert "✗nginx-1" in screen_text(app)


async def test_enter_unfolds_a_group_and_d_changes_detail() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, labs.docker0(100))
        assert pane.placed is not None
        (group,) = pane.placed.members
        pane.select(group)
        assert "folded" in str(pane.border_subtitle)
        pane.focus()
        await pilot.press("enter")
        assert pane.placed.detail is Detail.CHIP
        assert pane.selected is not None
        assert pane.selected.node.startswith("nginx-")
        await pilot.press("d")
        assert pane.placed.detail is Detail.COLLAPSED
        await pilot.press("d")
        assert pane.detail is None


async def test_what_is_selected_stays_in_view_and_is_never_folded() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, labs.docker0(100))
        pane.select(Place("nginx-99"))
        await pilot.pause()
        assert "▶nginx-99" in screen_text(app)
        await pilot.resize_terminal(60, 9)
        assert "▶nginx-99" in screen_text(app)


async def test_a_counter_is_no_reason_to_lay_out_again() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    rows = labs.docker0(3)
    async with app.run_test(size=(80, 11)):
        show(pane, rows)
        before = pane.placed
        rows.interfaces = [row._replace(rx_packets=9, tx_bytes=99) for row in rows.interfaces]
        show(pane, rows)
        assert pane.placed is before
        rows.interfaces = [row._replace(up=False) for row in rows.interfaces]
        show(pane, rows)
        assert pane.placed is not before


async def test_a_node_that_is_removed_is_no_longer_selected() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)):
        show(pane, labs.docker0(3))
        pane.select(Place("nginx-3"))
        show(pane, labs.docker0(2))
        assert pane.selected is None


async def test_an_empty_lab_says_what_to_do() -> None:
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 11)) as pilot:
        show(pane, labs.Rows())
        await pilot.press("tab", "down", "enter")
        assert "add-host" in screen_text(app)


async def test_hostile_names_do_no_harm() -> None:
    rows = labs.Rows()
    rows.host("[red]h\x1b[2J", "br\n0")
    rows.container("a\u202eb[/]", "[red]h\x1b[2J", "br\n0")
    pane = TopologyPane(self_timed=False)
    app = Harness(pane)
    async with app.run_test(size=(80, 14)) as pilot:
        show(pane, rows)
        pane.select(Place("a\u202eb[/]"))
        pane.fly([Flight(1, "a\u202eb[/]", "eth0", "[b]\x1b", True, "\n")])
        await pilot.pause()
        text = screen_text(app)
        assert "[red]h␛[2J" in text
        assert "a\ufffdb[/]" in text
        assert not set(text) & {"\x1b", "\u202e"}
