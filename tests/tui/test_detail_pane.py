"""The detail of a frame: layers and bytes, each showing what the other has chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from netsandbox.tui.hex_lines import hex_layout, hex_runs
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.panes.hex_view import HexView
from netsandbox.tui.session.source import FrameBytes
from tests.tui.fake_source import ARP_REQUEST
from tests.tui.harness import Harness, screen_text

FRAME = FrameBytes(0, ARP_REQUEST)


def test_a_hex_line() -> None:
    layout = hex_layout(80)
    assert (layout.columns, layout.text) == (16, True)
    text = "".join(run.text for run in hex_runs(b"GET / HTTP/1.1\r\n\x00", 0, layout, range(0), None))
    assert text == "0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1.."
    second = "".join(run.text for run in hex_runs(b"GET / HTTP/1.1\r\n\x00", 1, layout, range(0), None))
    assert second.startswith("0010  00 ")
    assert second.endswith(" .")


@given(st.binary(max_size=60), st.integers(18, 120))
def test_every_byte_is_found_where_it_stands(data: bytes, width: int) -> None:
    layout = hex_layout(width)
    for line in range(layout.lines(len(data))):
        text = "".join(run.text for run in hex_runs(data, line, layout, range(0), None))
        assert len(text.rstrip()) <= width
        found = [layout.byte_at(x, line, len(data)) for x in range(len(text))]
        for offset in range(line * layout.columns, min((line + 1) * layout.columns, len(data))):
            digits = "".join(text[x] for x in range(len(text)) if found[x] == offset).split()[0]
            assert digits.startswith(f"{data[offset]:02x}")
        assert {offset for offset in found if offset is not None} == set(
            range(line * layout.columns, min((line + 1) * layout.columns, len(data)))
        )
    assert layout.byte_at(0, 0, len(data)) is None


@pytest.mark.parametrize(("width", "columns", "text"), [(73, 16, True), (60, 16, False), (41, 8, True), (32, 8, False)])
def test_fewer_bytes_in_a_narrow_pane(width: int, columns: int, text: bool) -> None:
    assert hex_layout(width) == (columns, text)


async def test_what_has_no_room_in_the_layers_is_marked() -> None:
    """A number's first digits were taken for another number."""
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(60, 16)) as pilot:
        pane.show(FRAME)
        await pilot.pause()
        rows = [row[:30].rstrip() for row in screen_text(app).splitlines()]  # type: ignore[arg-type]
        assert rows[0] == "▶ Ethernet  3e:d4:81:57:2b:0c…"
        assert "├ Hardware type  Ethernet (1)" in rows
        pane.tree_view.scroll_to(x=60, animate=False)
        await pilot.pause()
        assert "ff:ff:ff:ff" in screen_text(app).splitlines()[0], "it can be scrolled to"  # type: ignore[arg-type]


async def test_bytes_behind_a_packet_are_named_in_the_readers_language() -> None:
    set_language("zh")
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(60, 16)) as pilot:
        pane.show(FrameBytes(0, ARP_REQUEST + bytes(18)))
        await pilot.pause()
        assert "▶ 帧尾  18 字节" in screen_text(app)  # type: ignore[arg-type]


async def test_right_unfolds_a_layer_and_left_folds_it_and_another_frame_is_seen_from_its_left_edge() -> None:
    """Right moved the tree aside, whose marks were out of sight for all frames that came."""
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(60, 16)) as pilot:
        pane.show(FRAME)
        tree = pane.tree_view
        tree.focus()
        await pilot.pause()
        await pilot.press("home")
        await pilot.pause()
        node = tree.cursor_node
        assert node is not None
        await pilot.press("right")
        await pilot.pause()
        assert (node.is_expanded, tree.scroll_offset.x) == (True, 0)
        await pilot.press("down", "left")
        assert tree.cursor_node is node, "from a field to its layer"
        await pilot.press("left")
        assert not node.is_expanded
        await pilot.press("right", "right")
        await pilot.pause()
        assert tree.scroll_offset.x
        pane.show(FrameBytes(1, ARP_REQUEST))
        await pilot.pause()
        assert tree.scroll_offset.x == 0


async def test_picture(picture: SnapshotAssertion) -> None:
    """An ARP request, its opcode chosen in the tree."""
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(120, 16)) as pilot:
        pane.show(FRAME)
        pane.tree_view.focus()
        await pilot.pause()
        await pilot.press("down", "down", "down", "down", "down")
        await pilot.pause()
        assert screen_text(app) == picture


async def test_the_tree_marks_bytes() -> None:
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(120, 16)) as pilot:
        pane.show(FRAME)
        pane.tree_view.focus()
        await pilot.pause()
        assert pane.hex_view.marked == range(14, 42), "the innermost layer, unasked"
        await pilot.press("down")
        await pilot.pause()
        assert pane.hex_view.marked == range(14, 16)
        await pilot.press("up", "up")
        await pilot.pause()
        assert pane.hex_view.marked == range(14)


async def test_walking_the_bytes_chooses_fields() -> None:
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(120, 16)) as pilot:
        pane.show(FRAME)
        view = pane.hex_view
        view.focus()
        await pilot.pause()
        await pilot.press("right")
        await pilot.pause()
        assert view.cursor == 14, "the first of the marked bytes"
        assert view.marked == range(14, 16)
        await pilot.press("home")
        await pilot.pause()
        assert view.marked == range(6), "the destination, in a layer that was closed"
        await pilot.press("down", "down", "left")
        await pilot.pause()
        cursor = pane.tree_view.cursor_node
        assert view.cursor is not None
        assert cursor is not None
        assert view.cursor in view.marked
        assert cursor.data is not None
        assert range(cursor.data.start, cursor.data.end) == view.marked
        await pilot.press("end")
        await pilot.pause()
        assert view.cursor == 41
        assert "Target IP" in str(pane.tree_view.cursor_node.label if pane.tree_view.cursor_node else "")
        await pilot.press("home", "left")
        assert view.cursor == 0


async def test_a_click_on_a_byte() -> None:
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(120, 16), message_hook=app.heard.append) as pilot:
        pane.show(FRAME)
        await pilot.pause()
        await pilot.click(HexView, offset=(6 + 3 * 3, 1))
        assert pane.hex_view.cursor == pane.hex_view._layout.columns + 3


async def test_closed_layers_stay_closed_for_the_next_frame() -> None:
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(120, 16)) as pilot:
        pane.show(FRAME)
        pane.tree_view.focus()
        await pilot.pause()
        await pilot.press("space", "up", "space")
        await pilot.pause()
        pane.show(FrameBytes(1, ARP_REQUEST[:-1] + b"\x09"))
        await pilot.pause()
        ethernet, arp = pane.tree_view.root.children
        assert ethernet.is_expanded
        assert not arp.is_expanded
        pane.show(None)
        await pilot.pause()
        assert "Select a frame" in screen_text(app)
        assert "No frame selected" in screen_text(app)


@given(st.binary(max_size=120))
def test_any_bytes_have_a_node_for_each(data: bytes) -> None:
    """Walking cannot end on a byte that belongs to nothing."""
    from netsandbox.wire.dissect import dissect

    spans = [(layer.start, layer.end) for layer in dissect(data).layers]
    assert all(any(start <= offset < end for start, end in spans) for offset in range(len(data)))


async def test_broken_and_empty_frames() -> None:
    pane = DetailPane()
    app = Harness(pane)
    async with app.run_test(size=(100, 12)) as pilot:
        for data in (b"", b"\x00", ARP_REQUEST[:20], bytes(2000)):
            pane.show(FrameBytes(9, data))
            pane.hex_view.focus()
            await pilot.press("right", "down", "end")
        assert pane.hex_view.cursor == 1999
        assert pane.hex_view.scroll_offset.y > 0
