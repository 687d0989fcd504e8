"""What two readers, one in each language, met on the fifth walk."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from netsandbox.engine.units import SECOND, seconds_left
from netsandbox.explain.chinese_layers import field_words
from netsandbox.linux.drop import DropReason
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language, tr
from netsandbox.tui.keys.palette import LabCommands
from netsandbox.tui.log.columns import contains
from netsandbox.tui.options import Options
from netsandbox.tui.panes.late_table import LateTable
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.session.lesson import Goal, Stand, goals_summary, wanted
from netsandbox.tui.session.source import Flight
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.overlay import flight_overlay, travels
from netsandbox.tui.topology.parts import Detail
from tests.scenarios.flips import NAMES, load
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text
from tests.tui.rows import PING

AS_CONDITIONS = {"en": "Goals as conditions; c: as sentences again", "zh": "目标显示为条件；再按 c 恢复为句子"}
FOR = {"en": "DELAY  5 s", "zh": "DELAY  5 s"}
OWN = {"en": "2 goals unmet, as a line of yours came between: type ping pc1 pc2 -c 5 again",
       "zh": "还有 2 个目标没有达成，因为中间有你自己的命令：再输入一次 ping pc1 pc2 -c 5"}
NO_ROUTE = {"en": "no route matches 172.17.0.2", "zh": "没有路由匹配 172.17.0.2"}
MORE = {"en": "lines more: o", "zh": "行：按 o"}
UNMET = Stand("", 0, 6, "", (), "", (Goal("exit 0", False, "It works"),), (), 0, False, "", "")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_goals_that_a_key_shows_as_conditions_are_sentences_again_in_the_next_step(
    tmp_path: Path, language: str
) -> None:
    """A late second answer, c, made conditions of them for the rest of a lesson, without a word."""
    set_language(language)
    async with stage(tmp_path, Options(scenario="one-cable", tour=False), (80, 24)) as on:
        await on.press("p")
        await on.quiet()
        pane = on.app.main.panes["lesson"]
        await on.press("6", "c")
        assert on.app.main.status.message == AS_CONDITIONS[language]
        assert pane.as_written  # type: ignore[attr-defined]
        await on.press("p", "p")
        await on.quiet()
        assert on.app.live.lesson.stand().number > 1  # type: ignore[union-attr]
        assert not pane.as_written  # type: ignore[attr-defined]


def test_a_lesson_that_is_not_begun_is_at_no_step_and_what_is_wanted_has_its_colon() -> None:
    set_language("zh")
    assert goals_summary(UNMET, None).startswith("共 6 步，还没开始")
    assert wanted(UNMET, UNICODE) == "✗ 目标 0/1（按 6）：It works"
    set_language("en")
    assert wanted(UNMET, UNICODE) == "✗ goals 0 of 1 (6): It works"


async def test_what_has_no_room_beside_the_prompt_is_cut_with_a_mark(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line(f"echo {'word ' * 40}")
        entry = on.app.main.command.input
        assert str(entry.placeholder).endswith("…")
        assert cell_len(str(entry.placeholder)) <= entry.size.width


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_tables_and_verbs_tell_the_same_of_a_timer(tmp_path: Path, language: str) -> None:
    """The pane said 6 s, show said 5 s, and the setting is 5."""
    set_language(language)
    assert [seconds_left(round(left * SECOND)) for left in (5.168, 5, 4.3, 0.3, 0.1, -1)] == [5, 5, 5, 1, 0, 0]
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.line("show arp nginx-2")
        assert FOR[language] in "\n".join(one.text for one in on.app.live.jobs.transcript)
        assert "█████ 5 s" in table_of(on.app.live, Place("nginx-2"), "arp", UNICODE).rows[0].cells


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_lesson_that_hides_the_output_shows_what_its_step_has_printed(tmp_path: Path, language: str) -> None:
    """At 80x24 steps are about what `why` prints, of which only the last line was seen."""
    set_language(language)
    async with stage(tmp_path, Options(scenario="gateway-nat", tour=False), (80, 24)) as on:
        main, live = on.app.main, on.app.live
        await on.press("6")
        while live.lesson.stand().number < 6:  # type: ignore[union-attr]
            await on.press("p")
            await on.quiet()
        assert live.lesson.step is not None
        assert live.lesson.step.run == ("why",)
        assert main.view == "lesson"
        assert not main.output.display
        assert NO_ROUTE[language] in screen_text(on.app)
        assert MORE[language] in screen_text(on.app), "and the key that shows the rest"
        await on.line("echo mine")
        await on.press("escape", "6")
        assert NO_ROUTE[language] in screen_text(on.app)
        assert "mine" not in live.jobs.of_step()
        await on.press("b", "b")
        assert NO_ROUTE[language] not in screen_text(on.app), "of what is not done"
    async with stage(tmp_path / "wide", Options(scenario="gateway-nat", tour=False), (120, 40)) as on:
        await on.press("p")
        await on.quiet()
        assert not on.app.main.panes["lesson"].printed, "beside the output it stands there"  # type: ignore[attr-defined]


async def test_of_a_chain_of_causes_no_line_is_folded_twice(tmp_path: Path) -> None:
    """The scroll bar took a column of lines that had been broken without it."""
    set_language("zh")
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("3", "w", "enter")
        why = on.app.main.why
        assert why.show_vertical_scrollbar
        rows = [line.strip("│ ▂▃▄▅▆▇█").rstrip() for line in screen_text(on.app).splitlines()[11:20]]
        assert all(cell_len(row) > 2 for row in rows if row), rows


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_paragraphs_of_a_page_are_broken_once(tmp_path: Path, language: str) -> None:
    set_language(language)
    async with stage(tmp_path, size=(80, 24)) as on:
        for topic in ("filter", "uplink", "keys", "compose"):
            await on.line(f"help {topic}")
        said = [one.text for one in on.app.live.jobs.transcript if one.text.startswith("    ")]
        assert all("  " in text.strip() or text.endswith((".", "。")) for text in said)


@pytest.mark.parametrize(("typed", "flags"), [("syn", "S"), ("FIN", "F"), ("rst", "R")])
def test_a_search_finds_flags_by_their_names(typed: str, flags: str) -> None:
    row = PING[3]._replace(info=f"172.17.0.2.1 > 172.17.0.3.80: Flags [{flags}.], seq 1, length 0")
    assert contains(typed)(row)
    assert not contains(typed)(row._replace(info=row.info.replace(f"[{flags}.]", "[.]")))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_output_says_that_there_is_more_below(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    set_language(language)
    async with stage(tmp_path, size=size) as on:
        output = on.app.main.output
        await on.line("iptables-save")
        assert tr("lesson.more", where="▼") in str(output.border_title)
        await on.press("escape", "7", "end")
        assert tr("lesson.more", where="▼") not in str(output.border_title)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_a_task_wants_is_not_told_in_the_output_too_before_anything_was_done(
    tmp_path: Path, language: str
) -> None:
    set_language(language)
    async with stage(tmp_path, Options(scenario="gateway-nat", tour=False), (120, 40)) as on:
        live = on.app.live
        while not live.lesson.is_task_open:
            await on.press("p")
            await on.quiet()
        stand = live.lesson.stand()
        assert stand is not None
        assert [(goal.met, bool(goal.sentence)) for goal in stand.goals] == [(False, True)] * 2
        assert not [said for said in live.jobs.transcript if said.kind in ("fail", "goal")]


async def test_a_task_is_looked_at_while_a_line_of_one_s_own_goes_on_in_the_background(tmp_path: Path) -> None:
    async with stage(tmp_path, Options(scenario="gateway-nat", tour=False), (120, 40)) as on:
        live = on.app.live
        while not (live.session.pending and live.session.pending[0].task):
            await on.press("p")
            await on.quiet()
        await on.line("exec web ping 172.17.0.1 &")
        await on.pass_time(1)
        await on.press("escape", "p")
        await on.pass_time(3)
        stand = live.lesson.stand()
        assert stand is not None
        assert live.lesson.is_task_open
        assert [goal.met for goal in stand.goals] == [False, False]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_goals_that_a_line_of_one_s_own_upset_name_the_lesson_s_line(tmp_path: Path, language: str) -> None:
    """A step that only looks counts since the last line, which was the reader's, and nothing said how to go on."""
    set_language(language)
    async with stage(tmp_path, Options(scenario="hub", tour=False), (120, 40)) as on:
        live, main = on.app.live, on.app.main
        while live.lesson.stand().number < 5:  # type: ignore[union-attr]
            await on.press("p")
            await on.quiet()
        await on.line("ping pc1 pc2 -c 4")
        await on.quiet()
        await on.press("escape", "escape", "p")
        await on.press("p")
        assert main.status.message == OWN[language]
        said = {one.kind for one in live.jobs.transcript}
        assert "goal" in said
        assert not any(one.kind == "goal" for one in main.output._rows), "it stands beside them in the lesson"
        await on.line("ping pc1 pc2 -c 5")
        await on.quiet()
        assert live.lesson.stand().unmet == 0  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_that_a_branch_begins_is_over_with_the_next_line(tmp_path: Path, language: str) -> None:
    """Behind `branch b2 --rename NAME` the head still told that b2 begins."""
    set_language(language)
    async with stage(tmp_path) as on:
        await on.press("b", "b")
        await on.line("add-host other")
        await on.quiet()
        assert "b2" in on.app.main.status.message
        await on.line("branch b2 --rename mine")
        assert "b2" not in on.app.main.status.message


@pytest.mark.parametrize(("language", "label"), [("en", "tried:    +"), ("zh", "试探中的帧：+")])
def test_frames_of_a_copy_have_no_numbers_of_the_lab_s(language: str, label: str) -> None:
    """`why 398` had no such record, or another one."""
    session = KeptSession(1)
    for line in ("docker run -d --name web nginx", "docker run -d --name db nginx", "wait", "ip link set docker0 down"):
        session.run(line)
    session.shell.language = language
    told = session.run("expect reach web db").err
    assert label in told
    assert "#" not in told.partition(label)[2].partition("\n")[0]


async def test_in_a_wide_terminal_branches_stand_beside_a_lesson_with_room(tmp_path: Path) -> None:
    """Five panes stood side by side, each too narrow for its lines."""
    async with stage(tmp_path, Options(scenario="hub", tour=False), (200, 50)) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        await on.press("b", "b")
        await on.line("add-host other")
        await on.press("escape", "escape", "9")
        assert main.panes["branches"].display
        assert not main.detail.display
        assert main.panes["branches"].size.width >= 70
        await on.press("escape", "escape")
        assert main.detail.display


def test_a_frame_s_label_covers_no_other_link_where_it_has_another_place() -> None:
    """`═▲ICMP══════ICMP 给别人的▲═`: where pc2's link meets the hub was covered."""
    session = KeptSession(1)
    session.load("hub")
    view = LabView(session)
    placed = layout(scope_of(view.nodes(), view.interfaces(), view.links()), 58, 11)
    reason = DropReason.OTHERHOST.name
    flights = [Flight(1, "hub1", "p2", "ICMP", False, ""), Flight(2, "hub1", "p4", "ICMP", True, reason)]
    ways = travels(placed, flights)
    bus = placed.names[Place("hub1")].y
    joints = {(x, bus) for x, glyph in enumerate(placed.rows[bus].glyphs) if glyph == "╧"}
    assert len(joints) == 4
    for progress in (0.0, 0.3, 0.6, 1.0):
        over = flight_overlay(placed, ways, progress, UNICODE)
        covered = {cell for cell, (glyph, style) in over.items() if cell in joints and style != "frame-mark"
                   and glyph not in "▲▼✗"}  # type: ignore[operator]
        assert not covered, progress
        assert sum(style == "dropped" for _glyph, style in over.values()) > 5, "the label is there"


async def test_what_an_input_method_makes_of_a_key_is_the_key(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        status, driver = on.app.main.status, on.app._driver
        assert driver is not None
        await on.press("3", "full_stop")
        told = status.message
        assert told, "there is no later drop"
        status.say("")
        driver.send_message(Key("ideographic_full_stop", "。"))
        await on.pilot.pause()
        assert status.message == told
        driver.send_message(Key("ideographic_comma", "、"))
        await on.pilot.pause()
        assert on.app.main.filter.input.has_focus


@pytest.mark.parametrize("name", NAMES)
def test_no_lesson_speaks_of_a_tutorial_that_its_reader_has_not(name: str) -> None:
    lesson = load(name)
    texts = [text for step in lesson.steps for one in (step.say, step.ask, step.task, *step.hints)
             for text in one.values()]
    assert not [text for text in (*texts, *lesson.about.values()) if "教程" in text or "tutorial" in text]


def test_a_number_behind_a_name_is_in_brackets_of_one_width_in_chinese_layers() -> None:
    assert [field_words("Type", value, "zh")[1] for value in ("IPv4 (0x0800)", "Ethernet (1)", "reply (2)")] == [
        "IPv4（0x0800）", "Ethernet（1）", "应答（2）"]


def test_the_mark_of_a_container_stands_apart_from_the_name_before_it() -> None:
    """`web .3▶db` read as one name."""
    session = KeptSession(1)
    for line in ("docker network create app", "docker run -d --name web nginx", "docker run -d --name db nginx",
                 "docker network connect app db", "wait"):
        session.run(line)
    view = LabView(session)
    placed = layout(scope_of(view.nodes(), view.interfaces(), view.links()), 78, 7)
    assert placed.detail is Detail.CHIP
    assert any("web .2  db" in "".join(row.glyphs) for row in placed.rows)


async def test_a_key_has_its_name_once_in_the_palette(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        commands = LabCommands(on.app.main)
        twice = [entry for entry in commands._entries() if entry.verb is None and entry.note
                 and f"{entry.note} (" in entry.name]
        assert not twice


async def test_a_row_under_a_scroll_bar_is_cut_with_a_mark(tmp_path: Path) -> None:
    """`metric 10` was read where `metric 100` stood; a route goes on below now, what cannot be parted is cut."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line(f"iptables -I INPUT -m comment --comment {'long-' * 20} -j DROP")
        await on.press("escape", "1", "up", "up", "2", "right", "right", "right")
        await on.pilot.pause()
        routes = next(table for table in on.app.screen.query(LateTable) if table.show_vertical_scrollbar)
        first, second = routes.render_line(1), routes.render_line(2)
        assert "default via 192.168.1.1" in first.text
        assert "metric 100 " in second.text
        on.app.main.device.show_tab("rules")
        await on.pilot.pause()
        rules = next(table for table in on.app.screen.query(LateTable) if table.show_vertical_scrollbar)
        long = next(line for y in range(1, 8) if "long-" in (line := rules.render_line(y)).text)
        assert long.text.endswith("…")
        assert long.cell_length == rules.scrollable_content_region.width
