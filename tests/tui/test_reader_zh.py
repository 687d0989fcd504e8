"""What a Chinese reader who followed a tutorial met, and what goes wrong alike in English."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text

LESSON = """netsandbox: 2
title: {en: Four lines, zh: 四行}
setup: [add-host one, add-host two, connect one two, set-ip one 10.0.0.1/24, set-ip two 10.0.0.2/24]
steps:
  - run: [ping one two -c 1, ping two one -c 1, docker run -d --name web nginx, ping one two -c 1]
    say: {en: Four lines., zh: 四行命令。}
    expect: [state web running, frames 1 out on one:eth0 where icmp]
  - run: add-host five
    say: {en: And one more., zh: 再来一台。}
  - task: {en: Make a host six., zh: 建一台主机 six。}
    run: add-host six
    say: {en: There it is., zh: 有了。}
    expect: ["interface six:lo"]
  - say: {en: That is all., zh: 完了。}
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "four.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


def names(on: Stage) -> list[str]:
    return [row.name for row in on.app.live.nodes() if row.name != "host"]


async def test_a_line_that_asks_has_all_its_characters(tmp_path: Path) -> None:
    """A border of the line that it lies over went through one of two cells, and neither was painted."""
    set_language("zh")
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.quiet()
        for key, label in {"S": "图片的文件名", "x": "导出这一帧，文件名", "ctrl+f": "搜索", "slash": "过滤"}.items():
            await on.press(key)
            assert screen_text(on.app).splitlines()[-2].startswith(f" {label}"), key
            await on.press("escape")


async def midway(on: Stage) -> None:
    """Two steps done, and back into the first one, behind its second line."""
    for _step in range(2):
        await on.press("p")
        await on.quiet()
    assert "five" in names(on)
    session = on.app.live.session
    first = session.branches.present.begun[0].done
    while session.done > first + 2:
        await on.press("b")
    assert on.app.live.lesson.is_midway(session)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_p_amid_a_step_that_time_went_back_into_does_the_rest_of_it(
        tmp_path: Path, lesson: Path, language: str) -> None:
    """It went on to the next step, and what was left of this one was never done."""
    set_language(language)
    async with stage(tmp_path, Options(tour=False, scenario=str(lesson))) as on:
        await midway(on)
        await on.press("p")
        await on.quiet()
        assert "web" in names(on)
        assert "five" not in names(on)
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert (stand.number, stand.unmet) == (1, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_line_typed_amid_a_step_leaves_the_rest_of_it_to_p(
        tmp_path: Path, lesson: Path, language: str) -> None:
    """All of its lines were run again, and a container that was there already was complained of."""
    set_language(language)
    async with stage(tmp_path, Options(tour=False, scenario=str(lesson))) as on:
        await midway(on)
        session = on.app.live.session
        begun = session.branches.present.begun[0].done
        await on.line("add-host mine")
        await on.press("escape", "p", "space")
        await on.quiet()
        assert [entry.line for entry in session.journal[begun:]] == [
            "ping one two -c 1", "ping two one -c 1", "add-host mine", "docker run -d --name web nginx",
            "ping one two -c 1"]


@pytest.mark.parametrize(("language", "next_one", "yours"), [
    ("en", "next: p", "next: your turn, :"), ("zh", "下一步：按 p", "下一步：轮到你，按 :")])
async def test_above_a_task_nobody_is_told_to_press_p(
        tmp_path: Path, lesson: Path, language: str, next_one: str, yours: str) -> None:
    set_language(language)
    async with stage(tmp_path, Options(tour=False, scenario=str(lesson)), size=(120, 40)) as on:
        for _step in range(3):
            assert next_one in screen_text(on.app).splitlines()[0]
            await on.press("p")
            await on.quiet()
        assert yours in screen_text(on.app).splitlines()[0]
        await on.line("add-host six")
        await on.quiet()
        assert yours not in screen_text(on.app)


async def test_what_was_said_of_another_lab_goes_when_one_is_opened(tmp_path: Path) -> None:
    """“Copied: frame #470” stood in the place of the lesson's title."""
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("3", "y")
        assert on.app.main.status.message
        on.app.open_work("veth")
        assert not on.app.main.status.message


NOT_SAVED = {"en": "Not saved: enter again leaves this lab", "zh": "还没有保存：再按 enter 就丢下这个实验网络"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("line", ["load hub", "new"])
async def test_a_line_that_leaves_an_unsaved_lab_is_entered_twice(tmp_path: Path, language: str, line: str) -> None:
    """ctrl+q asked, and these dropped it without a word."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("add-host mine")
        await on.press("escape", "colon", *line, "enter")
        assert "mine" in names(on)
        assert NOT_SAVED[language] in screen_text(on.app)
        assert on.app.main.command.line == line
        await on.press("escape")
        await on.press("colon", "ctrl+u", *line, "enter")
        assert "mine" in names(on), "to leave the line is to say no"
        await on.press("enter")
        assert "mine" not in names(on)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_chosen_in_the_browser_leaves_no_unsaved_lab_at_once(tmp_path: Path, language: str) -> None:
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("add-host mine")
        await on.press("escape")
        on.app.open_work("hub")
        await on.pilot.pause()
        assert "mine" in names(on)
        assert on.app.main.command.line == "load hub"
        assert NOT_SAVED[language] in screen_text(on.app)
        await on.press("enter")
        assert "hub1" in names(on)
        await on.press("6")
        assert not on.app.is_unsaved


async def test_what_is_saved_or_only_looked_at_is_left_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("show nodes")
        await on.line("load hub")
        assert "hub1" in names(on)
        await on.line("add-host mine")
        await on.line(f"save {tmp_path / 'mine.yaml'}")
        await on.line("load docker0-ping")
        assert "nginx-1" in names(on)


@pytest.mark.parametrize(("language", "told"), [("en", "This step has no goals"), ("zh", "这一步没有目标")])
async def test_c_where_there_are_no_goals_says_so(tmp_path: Path, lesson: Path, language: str, told: str) -> None:
    set_language(language)
    async with stage(tmp_path, Options(tour=False, scenario=str(lesson)), size=(120, 40)) as on:
        await on.press("6", "c")
        assert told in screen_text(on.app).splitlines()[0]
        await on.press("p")
        await on.quiet()
        await on.press("6", "c")
        assert told not in screen_text(on.app)
        assert "state web running" in screen_text(on.app)


@pytest.mark.parametrize(("text", "is_error"), [
    ("note: the image nginx has no ping; the sandbox lends it one", False),
    ("注意：镜像 nginx 里没有 ping；沙盒借给它一个", False), ("[1] ping: 注意：没有 ping", False),
    ("curl: (7) no", True)])
async def test_a_note_is_no_error_in_either_language(tmp_path: Path, text: str, is_error: bool) -> None:
    """“✗ 注意：镜像 nginx 里没有 ping” stood under the lab as long as the ping ran."""
    async with stage(tmp_path, size=(120, 40)) as on:
        on.app.live.jobs.say("err", text)
        on.app.sync()
        assert on.app.main.command.has_class("-error") == is_error


async def test_the_layers_of_a_frame_are_told_in_chinese(tmp_path: Path) -> None:
    set_language("zh")
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        assert "ICMP  回显应答，标识符" in screen_text(on.app)


@pytest.mark.parametrize(("language", "wanted"), [
    ("en", "`docker run …` succeeded (exit status 0)"), ("zh", "`docker run …` 成功（退出码 0）")])
async def test_a_task_does_not_judge_the_line_of_the_lesson_before_it(
        tmp_path: Path, language: str, wanted: str) -> None:
    """The line with dashes, which is there to fail, was to succeed."""
    set_language(language)
    async with stage(tmp_path, Options(tour=False, scenario="host-net")) as on:
        for _step in range(2):
            await on.press("p")
            await on.quiet()
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert stand.is_open
        assert stand.goals[0].sentence.replace(" ", "") == wanted.replace(" ", "")
        await on.line("docker run –d –net=host --name nginx-host nginx")
        await on.quiet()
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert "125" in stand.goals[0].wrong, "the reader's own line is"
