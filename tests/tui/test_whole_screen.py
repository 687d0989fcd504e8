"""All panes on one screen, at the sizes that matter: nothing cut, nothing over another."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.color import Color
from textual.scrollbar import ScrollBar

from netsandbox.tui.ascii_scrollbar import AsciiScrollBarRender
from netsandbox.tui.glyphs import ASCII
from netsandbox.tui.i18n import set_language
from netsandbox.tui.topology_model import Place
from tests.tui.demo import Demo
from tests.tui.fake_source import ARP_REQUEST, pinged
from tests.tui.harness import screen_text

SIZES = [(80, 24), (120, 40), (200, 50)]


def demo(**options: object) -> Demo:
    source = pinged()
    source.frames = {row.seq: ARP_REQUEST for row in source.log_rows}
    source.whys[5] = source.whys[3]
    return Demo(source, ASCII) if options.get("ascii") else Demo(source)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_screen(size: tuple[int, int], language: str, picture: SnapshotAssertion) -> None:
    set_language(language)
    app = demo()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("p")
        app.topology.tick()
        await pilot.pause()
        assert screen_text(app) == picture


async def test_ascii_screen(picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ASCII glyphs and English nothing on the screen is anything else."""
    monkeypatch.setattr(ScrollBar, "renderer", AsciiScrollBarRender)
    app = demo(ascii=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("p", "slash", *"host nginx", "tab")
        await pilot.pause()
        text = screen_text(app)
        assert {character for character in text if not character.isascii()} == set()
        assert text == picture


def contrast(one: Color, two: Color) -> float:
    """The ratio of WCAG 2: 1 for none, 21 for black on white."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: Color) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = color.normalized
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "gruvbox", "solarized-light"])
async def test_all_text_can_be_read_in_every_theme(theme: str) -> None:
    """A colour that depends on the background is white on white in a widget that paints its own lines."""
    app = demo()
    app.theme = theme
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("p", "slash", *"arp or h")
        app.log_pane.go_to(1)
        app.log_pane.action_extend(1)
        app.detail.hex_view.action_walk(1)
        await pilot.pause()
        for strip in app.screen._compositor.render_strips():
            for text, style, _ in strip:
                if text.strip() and style is not None and style.color and style.bgcolor:
                    front, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                    assert contrast(front, back) >= 1.7 or text.strip(" ─│╭╮╰╯├└▁▂▃▄▅▆▇▊▉▋▌▍▎▏") == "", (text, style)


async def test_panes_find_each_other() -> None:
    """Select a device: its tables. Choose a row of one: its frame, its layers, its why."""
    app = demo()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("right")
        assert app.device.place == Place("nginx-2")
        app.device.show(Place("nginx-1"))
        app.device.query_one("DataTable").focus()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.log_pane.current is not None
        assert app.log_pane.current.seq == 3
        assert app.why.why == app.source.whys[3]
        assert app.detail.frame is not None


async def test_a_live_resize_loses_nothing() -> None:
    app = demo()
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        for size in ((80, 24), (40, 12), (120, 40), (200, 50), (10, 5), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        text = screen_text(app)
        assert "▶nginx-1" in text
        assert "NEIGH_FAILED" in text
