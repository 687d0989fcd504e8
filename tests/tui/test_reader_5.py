"""What two readers, one in each language, met on the fifth walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.engine.units import SECOND, seconds_left
from netsandbox.tui.device_tables import table_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.lesson import Goal, Stand, goals_summary, wanted
from netsandbox.tui.options import Options
from netsandbox.tui.palette import LabCommands
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage

AS_CONDITIONS = {"en": "Goals as conditions; c: as sentences again", "zh": "目标显示为条件；再按 c 恢复为句子"}
FOR = {"en": "DELAY  5 s", "zh": "DELAY  5 s"}
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


async def test_a_key_has_its_name_once_in_the_palette(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        commands = LabCommands(on.app.main)
        twice = [entry for entry in commands._entries() if entry.verb is None and entry.note
                 and f"{entry.note} (" in entry.name]
        assert not twice
