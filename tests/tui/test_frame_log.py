"""The frame log as a person uses it: following, holding, filtering, searching, marking, copying."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from syrupy.assertion import SnapshotAssertion

from netsandbox.lab.log_match import compile_filter
from netsandbox.lab.tables import LogRow
from netsandbox.tui.glyphs import ASCII
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.log_view import SLICE
from tests.tui.harness import Harness, screen_text
from tests.tui.rows import PING, Written, many


def log(**options: int) -> FrameLog:
    return FrameLog(Written(), self_timed=False, **options)


def write(pane: FrameLog, rows: Iterable[LogRow]) -> None:
    pane.extend(pane.store.rows.told.write(rows))  # type: ignore[attr-defined]


def feed(pane: FrameLog, count: int, start: int = 0) -> None:
    write(pane, many(count, start))
    pane.flush()


@pytest.mark.parametrize("width", [48, 80, 120, 200])
async def test_columns(width: int, picture: SnapshotAssertion) -> None:
    """The ping of the README at four widths: held at a row, marked, with a border."""
    pane = log()
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    async with app.run_test(size=(width, 10)) as pilot:
        write(pane, PING)
        pane.flush()
        pane.focus()
        await pilot.press("up", "up", "m", "up")
        assert screen_text(app) == picture


async def test_chinese_and_ascii(picture: SnapshotAssertion) -> None:
    set_language("zh")
    pane = FrameLog(Written(), ASCII, self_timed=False)
    pane.styles.border = ("ascii", "white")
    app = Harness(pane)
    async with app.run_test(size=(100, 10)) as pilot:
        first, *others = (row._replace(master="") for row in PING)
        write(pane, [first._replace(source="前端服务器甲", node="前端服务器甲"), *others])
        pane.flush()
        pane.set_filter("arp", compile_filter("arp"))
        await pilot.pause()
        assert screen_text(app) == picture


async def test_it_follows_until_a_key_holds_it() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 10), message_hook=app.heard.append) as pilot:
        feed(pane, 50)
        await pilot.pause()
        assert "frame 49" in screen_text(app)
        assert pane.following
        pane.focus()
        await pilot.press("up")
        assert not pane.following
        assert pane.current is not None
        assert pane.current.seq == 48
        feed(pane, 50, 50)
        await pilot.pause()
        assert pane.current.seq == 48
        assert "frame 99" not in screen_text(app)
        await pilot.press("G")
        await pilot.pause()
        assert pane.following
        assert "frame 99" in screen_text(app)
        feed(pane, 1, 100)
        await pilot.pause()
        assert "frame 100" in screen_text(app)


async def test_the_last_row_is_on_the_last_line() -> None:
    """Follow mode is not off by one, whatever the number of rows."""
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 10)) as pilot:
        for count in range(1, 30):
            feed(pane, 1, count - 1)
            await pilot.pause()
            lines = screen_text(app).splitlines()
            assert f"frame {count - 1}" in lines[min(count, 9)]


async def test_the_scrollbar_covers_no_text() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 10)) as pilot:
        write(pane, (row._replace(dropped=True, reason="R" * 9 + "!") for row in many(100)))
        pane.flush()
        await pilot.pause()
        lines = screen_text(app).splitlines()[1:]
        assert all("RRRRRRR" in line and "…" in line[-4:] for line in lines), lines


async def test_down_below_the_last_row_follows_again() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 10)) as pilot:
        feed(pane, 5)
        pane.focus()
        await pilot.press("up", "down")
        assert not pane.following
        await pilot.press("down")
        assert pane.following


async def test_the_wheel_holds_it_too() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 10)) as pilot:
        feed(pane, 100)
        await pilot.pause()
        pane.scroll_up(animate=False)
        pane.release_anchor()
        assert not pane.following
        top = pane.scroll_offset.y
        feed(pane, 100, 100)
        await pilot.pause()
        assert pane.scroll_offset.y == top


async def test_old_rows_go_and_the_view_stays() -> None:
    pane = log(capacity=100)
    app = Harness(pane)
    async with app.run_test(size=(80, 10)) as pilot:
        feed(pane, 100)
        pane.focus()
        await pilot.press("up")
        await pilot.pause()
        before = [line[:70] for line in screen_text(app).splitlines()[1:]]
        feed(pane, 50, 100)
        await pilot.pause()
        assert pane.store.total == 100
        assert [line[:70] for line in screen_text(app).splitlines()[1:]] == before


async def test_moving_and_paging() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12), message_hook=app.heard.append) as pilot:
        feed(pane, 100)
        pane.focus()
        await pilot.press("g")
        assert pane.position == 0
        await pilot.press("pagedown")
        assert pane.position == 10
        await pilot.press("j", "k", "k")
        assert pane.position == 9
        await pilot.press("enter")
        chosen = app.of(FrameLog.Chosen)
        assert [message.row.seq for message in chosen if isinstance(message, FrameLog.Chosen)] == [9]


async def test_a_click_holds_the_row_under_the_mouse() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 100)
        await pilot.pause()
        await pilot.click(FrameLog, offset=(20, 5))
        assert pane.current is not None
        assert pane.current.seq == 100 - 11 + 4
        await pilot.click(FrameLog, offset=(20, 0))
        assert pane.current.seq == 100 - 11 + 4, "the header is no row"


async def test_a_filter_is_built_in_slices() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 3 * SLICE)
        pane.set_filter("arp", compile_filter("arp"))
        assert len(pane.store) == SLICE // 10
        assert "filtering" in str(pane.border_title)
        pane.flush()
        pane.flush()
        assert len(pane.store) == 3 * SLICE // 10
        assert f"{3 * SLICE // 10} of {3 * SLICE}" in str(pane.border_title)
        feed(pane, 10, 3 * SLICE)
        assert len(pane.store) == 3 * SLICE // 10 + 1
        pane.set_filter("", None)
        await pilot.pause()
        assert len(pane.store) == 3 * SLICE + 10


async def test_the_cursor_keeps_its_frame_through_a_filter() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 1000)
        pane.go_to_seq(500)
        pane.set_filter("arp", compile_filter("arp"))
        await pilot.pause()
        assert pane.current is not None
        assert pane.current.seq == 500
        assert "▶" in screen_text(app)
        pane.set_filter("", None)
        await pilot.pause()
        assert pane.current.seq == 500
        assert "▶" in screen_text(app)


async def test_search_goes_on_beyond_a_slice() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 2 * SLICE + 500)
        pane.go_to(0)
        pane.search(f"FRAME {2 * SLICE + 7}")
        assert pane.position == 0
        pane.flush()
        pane.flush()
        assert pane.current is not None
        assert pane.current.seq == 2 * SLICE + 7
        pane.search("frame 1")
        pane.focus()
        await pilot.press("g", "f3")
        assert pane.current.seq == 1
        await pilot.press("f3")
        assert pane.current.seq == 10
        await pilot.press("shift+f3")
        assert pane.current.seq == 1
        await pilot.press("f3", "f15")
        assert pane.current.seq == 1, "what terminals send for shift+f3"


async def test_marks() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 100)
        pane.focus()
        for seq in (20, 60):
            pane.go_to_seq(seq)
            await pilot.press("m")
        await pilot.press("apostrophe")
        assert pane.current is not None
        assert pane.current.seq == 20
        await pilot.press("apostrophe")
        assert pane.current.seq == 60
        await pilot.press("m")
        assert pane.marks == {20}


async def test_copying_a_selection() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        write(pane, PING)
        pane.flush()
        pane.focus()
        await pilot.press("g", "shift+down", "shift+down", "y")
        assert [row.seq for row in pane.selected_rows()] == [0, 1, 2]
        assert app.clipboard.count("\n") == 3
        assert "docker0:veth0000005" in app.clipboard
        await pilot.press("down")
        assert len(pane.selected_rows()) == 1
        await pilot.press("shift+up")
        assert len(pane.selected_rows()) == 2
        await pilot.click(FrameLog, offset=(20, 2))
        assert [row.seq for row in pane.selected_rows()] == [1]


async def test_going_back_in_time() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 50)
        write(pane, many(10, 50))
        pane.rewind(30)
        pane.flush()
        await pilot.pause()
        assert len(pane.store) == 30
        assert "frame 29" in screen_text(app)
        feed(pane, 5, 30)
        await pilot.pause()
        assert "frame 34" in screen_text(app)
        pane.clear()
        await pilot.pause()
        assert "No frames yet" in screen_text(app)


async def test_a_held_row_stays_the_one_that_is_told_of_when_others_come() -> None:
    """Behind undo and a filter the mark went on to a later row, and the layers told of the first."""
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        feed(pane, 40)
        pane.set_filter("icmp", compile_filter("icmp"))
        pane.go_to_seq(35)
        pane.rewind(1)
        await pilot.pause()
        assert pane.current is None
        for start in range(1, 60, 6):
            feed(pane, 6, start)
            await pilot.pause()
        assert pane.current is not None
        assert pane.current.seq == 1
        pane.set_filter("arp", compile_filter("arp"))
        pane.go_to_seq(40)
        pane.set_filter("drop", compile_filter("drop"))
        pane.set_filter("icmp and not drop", compile_filter("icmp and not drop"))
        held = pane.current.seq
        feed(pane, 6, 61)
        await pilot.pause()
        assert pane.current.seq == held


async def test_an_empty_filter_result_says_so() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        pane.focus()
        await pilot.press("up", "down", "g", "G", "m", "apostrophe", "y", "enter", "f3", "shift+up", "pageup")
        feed(pane, 5)
        pane.set_filter("tcp", compile_filter("tcp"))
        await pilot.press("up", "down", "g", "G", "m", "apostrophe", "y", "enter", "f3", "shift+up", "pageup")
        assert "No frame passes" in screen_text(app)


async def test_hostile_text_does_no_harm() -> None:
    pane = log()
    app = Harness(pane)
    async with app.run_test(size=(120, 12)) as pilot:
        write(pane, [PING[0]._replace(source="[b]x\x1b[2J", info="a\nb\u202e[/]")])
        pane.set_filter("[red", None)
        pane.flush()
        await pilot.pause()
        text = screen_text(app)
        assert "[b]x␛[2J" in text
        assert "a␊b\ufffd[/]" in text
