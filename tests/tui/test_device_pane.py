"""The device pane: a tab for each table, values updated in place, what has just changed marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import DataTable

from netsandbox.lab.tables import NeighbourRow
from netsandbox.tui.device.narrow_table import MORE, fitted, narrower, widths_of
from netsandbox.tui.device.rows import countdown, made_by, news
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.device.tabs import beyond, tabs_of
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.i18n import set_language, tr
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.topology.model import Place
from tests.tui import labs
from tests.tui.app_harness import stage
from tests.tui.fake_source import SECOND, FakeSource, pinged
from tests.tui.harness import Harness, screen_text


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (30, "█████ 30 s"),
        (27, "████▄ 27 s"),
        (15, "██▄   15 s"),
        (1, "▂     1 s"),
        (0, "      0 s"),
        (-5, "      0 s"),
    ],
)
def test_countdown(left: int, shown: str) -> None:
    now = (30 - left) * SECOND
    assert countdown(0, 30 * SECOND, now, UNICODE) == shown
    assert countdown(0, 30 * SECOND, now, ASCII).isascii()


def test_a_timer_that_does_not_run_has_no_bar() -> None:
    assert countdown(0, None, 5, UNICODE) == ""
    assert countdown(9, 9, 9, UNICODE) == "      0 s"
    assert made_by(14, UNICODE) == "⟵14"
    assert made_by(None, UNICODE) == ""


@pytest.mark.parametrize(("chosen", "room", "hidden"),
                         [(0, 3, 0), (1, 12, 0), (2, 19, 0), (2, 18, 1), (2, 17, 1), (2, 16, 2), (2, 3, 2)])
def test_the_chosen_tab_is_seen_however_many_there_are(chosen: int, room: int, hidden: int) -> None:
    assert beyond(["ARP", "Links", "Routes"], chosen, room) == hidden


async def test_the_last_tab_of_many_is_named_in_the_title() -> None:
    source = pinged()
    source.rule_rows["nginx-1"], source.connection_rows["nginx-1"] = [], []
    pane = DevicePane(source)
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    async with app.run_test(size=(40, 10)) as pilot:
        pane.show(Place("nginx-1"), "log")
        await pilot.pause()
        title = screen_text(app).splitlines()[0]
        assert title.startswith("╭─ nginx-1 ── … ")
        assert "[Log]" in title


def test_a_pane_that_is_narrower_than_a_table_has_seconds_without_bars() -> None:
    source = pinged()
    whole = table_of(source, Place("nginx-1"), "arp", UNICODE)
    short = narrower(whole, 0)
    assert [row.cells[3] for row in whole.rows if row.cells[3]] == ["█████ 30 s", "█████ 1 s"]
    assert [row.cells[3] for row in short.rows if row.cells[3]] == ["30 s", "1 s"]
    assert [row.cells[:3] for row in short.rows] == [row.cells[:3] for row in whole.rows]
    links = table_of(source, Place("nginx-1"), "links", UNICODE)
    assert narrower(links, 0) == links, "it has no clock"


def test_a_column_that_says_nothing_leaves_its_room_to_those_that_do() -> None:
    """What had been dropped was cut, and an empty column of bridges stood before it."""
    links = table_of(pinged(), Place("nginx-1"), "links", UNICODE)
    assert not any(row.cells[links.columns.index("master")] for row in links.rows)
    whole = sum(widths_of(links))
    short = fitted(links, whole - 1)
    assert short.columns == ("dev", *[column for column in links.columns[1:-2] if column != "master"], "drop", "mac")
    assert sum(widths_of(short)) < whole
    assert news(links, short) is None, "what has less room is no news"
    assert fitted(links, whole) == links
    ports = table_of(pinged(), Place("host", "docker0"), "links", UNICODE)
    assert "master" in fitted(ports, 40).columns, "here it says something"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_mac_table_is_whole_at_a_hundred_columns(tmp_path: Path, language: str) -> None:
    set_language(language)
    async with stage(tmp_path, size=(100, 36)) as on:
        table = on.app.main.pinned.table
        assert table is not None
        titles = [tr("column." + column) for column in table.columns]
        row = next(line for line in screen_text(on.app).splitlines() if titles[0] in line)  # type: ignore[arg-type]
        assert all(title in row for title in titles[:3])
        assert re.search(r"\(nginx-1\) 300 s", screen_text(on.app))  # type: ignore[arg-type]


async def test_a_key_for_a_row_of_a_pane_that_has_none_says_so(tmp_path: Path) -> None:
    """It was said to be the key of that very pane, which one was in."""
    async with stage(tmp_path) as on:
        await on.press("1", "up", "enter")
        on.app.main.device.show(Place("host"), "connections")
        await on.press("f")
        assert on.app.main.status.message == "f has nothing to act on in this pane: ? tells what it is for"


def test_each_kind_of_device_has_its_tabs() -> None:
    source = FakeSource(labs.odd())
    assert tabs_of(source, Place("web")) == ["arp", "links", "routes", "sockets", "endpoints", "log"]
    assert tabs_of(source, Place("h1")) == ["arp", "mac", "links", "routes", "sockets"]
    assert tabs_of(source, Place("h2")) == ["arp", "links", "routes", "sockets"]
    assert tabs_of(source, Place("h1", "docker0")) == ["mac", "links", "arp", "routes"]
    assert tabs_of(source, Place("h1", "eth0")) == ["links", "arp", "routes"]
    assert tabs_of(source, Place("sw1")) == ["mac", "links"]
    assert tabs_of(source, Place("集线器")) == ["links"]
    assert tabs_of(source, Place("gone")) == []


def test_a_clock_is_no_news() -> None:
    source = pinged()
    before = table_of(source, Place("nginx-1"), "arp", UNICODE)
    assert news(None, before) == frozenset()
    source.now = source.now._replace(at=5 * SECOND)
    after = table_of(source, Place("nginx-1"), "arp", UNICODE)
    assert before != after
    assert news(before, after) is None
    rows = source.neighbour_rows["nginx-1"]
    rows[1] = rows[1]._replace(state="DELAY")
    rows.append(NeighbourRow("172.17.0.4", "eth0", None, "INCOMPLETE", 0, None, 20))
    assert news(after, table_of(source, Place("nginx-1"), "arp", UNICODE)) == {"eth0 172.17.0.1", "eth0 172.17.0.4"}
    gone = after._replace(rows=after.rows[:1])
    assert news(after, gone) == frozenset()


def test_a_bridge_shows_only_its_own() -> None:
    source = pinged()
    source.fdb_rows["host"].append(source.fdb_rows["host"][0]._replace(bridge="br1", port="vethx"))
    assert len(table_of(source, Place("host", "docker0"), "mac", UNICODE).rows) == 3
    host = table_of(source, Place("host"), "mac", UNICODE)
    assert len(host.rows) == 4
    assert "bridge" in host.columns
    assert "veth0000005 (nginx-1)" in host.rows[0].cells
    links = table_of(source, Place("host", "docker0"), "links", UNICODE)
    assert [row.cells[0] for row in links.rows] == ["docker0", "veth0000005", "veth0000009", "veth000000d"]


async def test_all_tabs(picture: SnapshotAssertion) -> None:
    """Each tab of a container and of its bridge, at the width of a pane in a 120-column terminal."""
    source = pinged()
    pane = DevicePane(source)
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    texts = []
    async with app.run_test(size=(78, 10)) as pilot:
        for place in (Place("nginx-1"), Place("host", "docker0")):
            pane.show(place)
            for tab in list(pane.tabs):
                pane.show_tab(tab)
                await pilot.pause()
                texts.append(screen_text(app))
    assert "\n".join(texts) == picture


async def test_chinese_and_ascii(picture: SnapshotAssertion) -> None:
    set_language("zh")
    pane = DevicePane(pinged(), ASCII, pinned=True)
    pane.styles.border = ("ascii", "white")
    app = Harness(pane)
    async with app.run_test(size=(78, 8)) as pilot:
        pane.show(Place("host", "docker0"))
        await pilot.pause()
        assert screen_text(app) == picture


async def test_values_change_in_place_and_are_marked() -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10)) as pilot:
        pane.show(Place("nginx-1"))
        table = pane.query_one(DataTable)
        table.move_cursor(row=1)
        rows = source.neighbour_rows["nginx-1"]
        rows[0] = rows[0]._replace(state="DELAY", since=30 * SECOND, deadline=35 * SECOND)
        source.now = source.now._replace(at=31 * SECOND)
        pane.refresh_rows()
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert lines[1].startswith("✱")
        assert "DELAY" in lines[1]
        assert "4 s" in lines[1]
        assert not lines[2].startswith("✱")
        assert table.cursor_row == 1
        source.now = source.now._replace(at=33 * SECOND)
        pane.refresh_rows()
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert "2 s" in lines[1]
        assert lines[1].startswith("✱"), "the mark stays until the next change"
        rows[1] = rows[1]._replace(state="FAILED")
        pane.refresh_rows()
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert not lines[1].startswith("✱")
        assert lines[2].startswith("✱")


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10)) as pilot:
        pane.show(Place("nginx-1"))
        table = pane.query_one(DataTable)
        table.move_cursor(row=1)
        source.neighbour_rows["nginx-1"].insert(0, NeighbourRow("172.17.0.0", "eth0", None, "FAILED", 0, None, None))
        pane.refresh_rows()
        await pilot.pause()
        assert table.cursor_row == 2
        assert table.row_count == 4


async def test_only_what_differs_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10)):
        pane.show(Place("nginx-1"))
        table = pane.query_one(DataTable)
        written: list[int] = []
        monkeypatch.setattr(table, "renew", written.extend)
        source.now = source.now._replace(at=source.now.at + 1)
        pane.refresh_rows()
        assert written == []
        source.now = source.now._replace(at=10 * SECOND)
        pane.refresh_rows()
        assert written == [number for number, row in enumerate(source.neighbour_rows["nginx-1"])
                           if row.deadline is not None]


async def test_keys_change_tabs_choose_frames_and_pin() -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10), message_hook=app.heard.append) as pilot:
        pane.show(Place("nginx-1"))
        pane.query_one(DataTable).focus()
        await pilot.press("right")
        assert pane.tab == "links"
        await pilot.press("left", "left")
        assert pane.tab == "log"
        await pilot.press("right", "enter", "i")
        wanted = app.of(DevicePane.FrameWanted)
        assert [message.seq for message in wanted if isinstance(message, DevicePane.FrameWanted)] == [14]
        pins = app.of(DevicePane.PinWanted)
        assert [message.place for message in pins if isinstance(message, DevicePane.PinWanted)] == [Place("nginx-1")]


async def test_the_keys_stay_with_a_table_that_is_empty(tmp_path: Path) -> None:
    """Time does not step on under who looks through the tabs."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.quiet()
        pane, step = on.app.main.device, on.app.live.session.position.step
        await on.press("2")
        seen = [pane.tab]
        for _tab in pane.tabs[1:]:
            await on.press("right")
            seen.append(pane.tab)
        assert seen == pane.tabs
        assert on.app.live.session.position.step == step


async def test_w_asks_about_the_row_and_leaves_the_key_to_others_where_there_is_none() -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10), message_hook=app.heard.append) as pilot:
        pane.show(Place("nginx-1"))
        pane.query_one(DataTable).focus()
        await pilot.press("down", "w")
        pane.show_tab("log")
        await pilot.press("w")
        pane.show(Place("nginx-2"), "arp")
        await pilot.press("w")
        wanted = [one for one in app.of(DevicePane.WhyWanted) if isinstance(one, DevicePane.WhyWanted)]
        assert [one.row for one in wanted] == [source.neighbour_rows["nginx-1"][1]]


async def test_a_click_on_a_tab_shows_it() -> None:
    pane = DevicePane(pinged())
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    async with app.run_test(size=(90, 10)) as pilot:
        pane.show(Place("nginx-1"))
        await pilot.pause()
        title = screen_text(app).splitlines()[0]
        await pilot.click(DevicePane, offset=(title.index("Routes") + 1, 0))
        assert pane.tab == "routes"


async def test_the_tab_is_kept_when_the_other_device_has_it() -> None:
    pane = DevicePane(pinged())
    app = Harness(pane)
    async with app.run_test(size=(90, 10)):
        pane.show(Place("nginx-1"), "routes")
        pane.show(Place("nginx-2"))
        assert pane.tab == "routes"
        pane.show(Place("host", "docker0"), "mac")
        pane.show(Place("nginx-1"))
        assert pane.tab == "arp"


async def test_empty_tables_say_what_would_fill_them() -> None:
    source = FakeSource()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(90, 10)) as pilot:
        assert "Select a device" in screen_text(app)
        pane.show(Place("nginx-1"))
        await pilot.pause()
        assert "fills this" in screen_text(app)
        source.neighbour_rows = pinged().neighbour_rows
        pane.refresh_rows()
        await pilot.pause()
        assert "REACHABLE" in screen_text(app)
        source.rows = labs.Rows()
        pane.refresh_rows()
        await pilot.pause()
        assert "Select a device" in screen_text(app)


async def test_hostile_output_does_no_harm() -> None:
    pane = DevicePane(pinged())
    app = Harness(pane)
    async with app.run_test(size=(90, 10)) as pilot:
        pane.show(Place("nginx-1"), "log")
        await pilot.pause()
        assert "␛[31mred␛[0m" in screen_text(app)


@pytest.mark.parametrize("width", [40, 56, 70, 78])
def test_a_pane_has_whole_numbers_or_none_and_says_that_there_are_more(width: int) -> None:
    """Cut numbers looked whole, or a last column was `…` in each row; a route's metric of 100 was 10."""
    source = pinged()
    links = table_of(source, Place("host"), "links", UNICODE)
    short = fitted(links, width)
    assert (MORE in short.columns) == ("mac" not in short.columns)
    numbers = {"mtu", "rx", "tx", "drop", "dropped"}
    at = 0
    for column, room in zip(short.columns, widths_of(short), strict=True):
        at += room
        assert column not in numbers or at <= width
    routes = fitted(table_of(source, Place("host"), "routes", UNICODE), width)
    assert sum(widths_of(routes)) <= width
    words = " ".join(row.cells[-1] for row in routes.rows).split()
    assert words == " ".join(row.cells[-1] for row in table_of(source, Place("host"), "routes", UNICODE).rows).split()
