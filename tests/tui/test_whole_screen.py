"""The main screen as a whole: what has room at each size, panes that find each other, text that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual._compositor import Compositor, ReflowResult
from textual.color import Color
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import DataTable

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.panes.topology_picture import COMPACT_ROWS, LEAST_ROWS
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_strips, screen_text

LEAST_FRAMES = 4
"""Rows of the log that a person sees beside the longest text of a bundled scenario, at 80×24."""


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_at_80x24_the_log_has_room_beside_what_any_scenario_tells(tmp_path: Path, language: str) -> None:
    set_language(language)
    async with stage(tmp_path, Options("docker0-ping", tour=False), size=(80, 24)) as on:
        main = on.app.main
        assert main.topology.size.height == COMPACT_ROWS, "no lab takes more of the screen"
        for text in longest_texts(language, 12):
            main.say.say(text)
            await on.pilot.pause()
            assert main.log_pane.size.height - 1 >= LEAST_FRAMES, text
            told = "".join(shown(on).splitlines()[-3 - main.say.size.height : -3])
            assert "".join(told.split()) == "".join(text.split()), "nothing of it is cut"


def longest_texts(language: str, count: int) -> list[str]:
    """Those of all that the bundled scenarios tell that take most room."""
    scenarios = [load_scenario(find_scenario(name)) for name in bundled()]
    texts = [text for one in scenarios for text in (one.about, *(step.say for step in one.steps))]
    return sorted((text.get(language, "") for text in texts), key=cell_len)[-count:]


async def test_the_picture_takes_the_rows_that_it_needs_at_80x24(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("one-cable", tour=False), size=(80, 24)) as on:
        topology, log = on.app.main.topology, on.app.main.log_pane
        assert "Press p for the first step" in shown(on)
        rows = log.size.height
        await on.line("add-host h1")
        await on.line("add-host h2")
        assert not topology.show_vertical_scrollbar
        assert topology.size.height < COMPACT_ROWS
        await on.line("docker run -d --name web nginx")
        await on.pilot.pause()
        assert topology.size.height == COMPACT_ROWS
        assert "172.17.0.2/16" in shown(on)
        assert log.size.height < rows
        await on.pilot.resize_terminal(120, 40)
        await on.pilot.pause()
        assert topology.size.height > COMPACT_ROWS
        await on.pilot.resize_terminal(80, 24)
        await on.pilot.pause()
        assert topology.size.height == COMPACT_ROWS
        await on.pilot.resize_terminal(60, 18)
        await on.pilot.pause()
        assert topology.size.height == LEAST_ROWS
        assert "172.17.0.2" in shown(on)


async def test_a_maximised_pane_leaves_the_lines_that_one_types_in(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        main = on.app.main
        await on.press("z")
        assert main.maximized is main.topology
        assert main.topology.size.height > 2 * COMPACT_ROWS - 2
        assert "docker0  ▶" in shown(on).splitlines()[0]
        await on.press("colon", *"ping")
        assert "host ❯ ping" in shown(on)
        await on.press("escape")
        assert main.maximized is main.topology
        assert not main.command.input.has_focus
        await on.press("escape")
        assert main.maximized is None
        assert main.view == "log"
        for view in ("device", "why", "lesson", "jobs", "log"):
            main.set_view(view)
            styled = [one.styles.get_rules() for one in main.walk_children()]
            main.update_node_styles()
            assert styled == [one.styles.get_rules() for one in main.walk_children()], "all that the view places"


async def test_a_long_text_ends_in_dots_and_is_whole_in_the_output(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text(f"netsandbox: 1\ntitle: {{en: Long}}\nabout: {{en: '{'word ' * 200}end'}}\n")
    async with stage(tmp_path / "state", Options(str(path), tour=False), size=(80, 24)) as on:
        assert on.app.main.say.size.height == 5
        assert "word…" in shown(on)
        await on.press("o")
        assert "end" in shown(on)


async def test_a_mac_address_in_the_layers_is_not_cut(tmp_path: Path) -> None:
    for size in ((80, 24), (120, 40), (200, 50)):
        async with stage(tmp_path / str(size[0]), size=size) as on:
            on.app.main.log_pane.go_to_seq(10**6)
            await on.press("4")
            await on.press(*["down"] * 7)
            frame = on.app.main.detail.frame
            assert frame is not None
            assert f"Sender MAC address  {frame.data[6:12].hex(':')}" in shown(on)


def contrast(one: Color, two: Color) -> float:
    """The ratio of WCAG 2: 1 for none, 21 for black on white."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: Color) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = color.normalized
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


LINES = " ─│╭╮╰╯┌┐└┘├┤┬┴═╧┏┓┗┛┃━┳▁▂▃▄▅▆▇█▊▉▋▌▍▎▏"


THEMES = ("textual-dark", "textual-light", "nord", "gruvbox", "solarized-light")


@pytest.mark.parametrize("keys", [("p",), ("p", "2", "w"), ("3", "shift+up", "o"), ("slash", "a")])
async def test_all_text_can_be_read_in_every_theme(tmp_path: Path, keys: Sequence[str]) -> None:
    """A colour that depends on the background is white on white in a widget that paints its own lines."""
    async with stage(tmp_path, Options(theme=THEMES[-1], tour=False)) as on:
        await on.line("exec nginx-1 ping -c 1 172.17.0.99")
        await on.press("escape")
        await on.quiet()
        await on.press(*keys)
        for theme in THEMES:
            on.app.theme = theme
            await on.pilot.pause()
            for strip in screen_strips(on.app):  # type: ignore[arg-type]
                for text, style, _ in strip:
                    if text.strip(LINES) and style is not None and style.color and style.bgcolor:
                        front, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                        assert contrast(front, back) >= 1.7, (theme, text, style)


async def test_panes_find_each_other(tmp_path: Path) -> None:
    """Select a device: its tables. Choose a row of one: its frame, its layers, its why."""
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        await on.press("right")
        assert main.device.place == Place("nginx-2")
        await on.press("left")
        assert main.device.place == Place("nginx-1")
        main.device.query_one(DataTable).focus()
        await on.press("enter")
        await on.pilot.pause()
        made = on.app.live.neighbours("nginx-1")[0].seq
        assert made is not None
        assert main.about == made
        assert main.log_pane.current is not None
        assert main.log_pane.current.seq == made - 1, "the arrival that made it"
        assert main.detail.frame is not None
        assert main.why.why == on.app.live.why(made)


async def test_a_live_resize_loses_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(200, 50)) as on:
        await on.press("p")
        await on.quiet()
        for size in ((80, 24), (40, 12), (120, 40), (200, 50), (10, 5), (1, 1), (120, 40)):
            await on.pilot.resize_terminal(*size)
            await on.pilot.pause()
        text = shown(on)
        assert "▶nginx-1" in text
        assert "ICMP" in text
        assert "REACHABLE" in text


async def test_an_error_is_whole_above_the_line_and_a_long_output_ends_in_dots(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("load nosuch")
        text = " ".join(shown(on).split())
        assert "no bundled scenario has this name; `netsandbox list` names those that there are" in text
        await on.line("echo " + "word " * 40)
        await on.press("escape")
        await on.line("echo " + "word " * 40)
        assert on.app.main.command.size.height <= 3


async def test_while_a_scenario_is_read_it_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("one-cable", tour=False)) as on:
        assert not on.app.main.status.message, "once it is open, that is over"
    app_says: list[str] = []
    async with stage(tmp_path / "other", Options("one-cable", tour=False)) as on:
        on.app.open = lambda: app_says.append(on.app.main.status.message)  # type: ignore[method-assign]
        on.app.begin()
        await on.pilot.pause()
    assert app_says == ["Opening"]


async def test_nothing_is_laid_out_anew_while_frames_fly_and_somebody_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that come and letters that are typed paint their own lines: the whole screen costs ten times as much."""
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping -f -c 100000 172.17.0.3 &")
        await on.press("escape")
        on.app.live.player.set_speed(10.0)
        await on.pass_time(3.0)
        await on.press("colon", *"ls")
        laid_out = 0
        reflow = Compositor.reflow

        def counted(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
            nonlocal laid_out
            laid_out += 1
            return reflow(compositor, parent, size)
        monkeypatch.setattr(Compositor, "reflow", counted)
        rows, line = len(on.app.main.log_pane.store), on.app.main.command.line
        before = laid_out
        for _ in range(6):
            on.clock.now += 0.1
            on.app.tick()
            await on.pilot.press("x")
            await on.pilot.pause()
        assert len(on.app.main.log_pane.store) > rows
        assert on.app.main.command.line == line + "x" * 6
        assert laid_out - before <= 3, "now and then another frame has its fields listed"
        assert on.app.main.log_pane.following
        assert on.app.main.log_pane.scroll_offset.y == on.app.main.log_pane.max_scroll_y


async def test_what_is_painted_in_part_is_what_is_painted_whole(tmp_path: Path) -> None:
    """Only the lines that have changed are painted, and they are those of the whole picture."""
    async with stage(tmp_path) as on:
        await on.press("p")
        compositor = on.app.main._compositor
        for _ in range(12):
            on.clock.now += 0.1
            on.app.tick()
            compositor.update_widgets(on.app.main._dirty_widgets)
            changed = list(compositor._regions_to_spans(compositor._dirty_regions))
            update = compositor.render_partial_update()
            whole = compositor.render_strips()
            for y, left, right in changed if update is not None else ():
                parts = [(x, strip) for x, strip in update.chops[y].items() if strip is not None]  # type: ignore[union-attr]
                for x, strip in parts:
                    if left <= x and x + strip.cell_length <= right:
                        assert strip.text == whole[y].crop(x, x + strip.cell_length).text
                covered = {cell for x, strip in parts for cell in range(x, x + strip.cell_length)}
                assert covered >= set(range(left, right))


@pytest.mark.parametrize("keys", [(), ("f1",), ("ctrl+o",)])
async def test_a_size_that_is_the_terminals_no_longer_is_passed_over(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Two sizes in one burst: laid out for both, the screen told itself of each for ever, and never opened a lab."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press(*keys)
        old = Size(121, 40)
        on.app.screen.post_message(Resize(old, old))
        await on.pilot.pause()
        assert on.app.screen._compositor.size.width == 120
