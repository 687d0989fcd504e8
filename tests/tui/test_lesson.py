"""A lesson in the app: its pane, its goals as they are met, the question before an answer, and the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from textual.widgets import OptionList

from netsandbox.session.scenario import load_scenario
from netsandbox.session.steps import Note
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.panes.lesson import LessonPane
from netsandbox.tui.screens.browser import BrowserScreen
from tests.tui.app_harness import Stage
from tests.tui.app_harness import stage as opened
from tests.tui.harness import screen_text

MEND = """
netsandbox: 1
title: {en: Mend it, zh: 修好它}
learned: {en: A prefix decides who is a neighbour., zh: 前缀决定谁是邻居。}
next: hub
setup:
  - add-host pc1
  - add-host pc2
  - connect pc1 pc2
  - set-ip pc1 10.0.0.1/24
  - set-ip pc2 10.0.1.2/24
steps:
  - ask: Will pc1 hear an answer?
    run: ping pc1 10.0.0.2 -c 1 -W 1
    say: It did not.
    expect: exit 1
  - say: Mend it.
    expect:
      - interface pc2:eth0 address 10.0.0.2/24
      - reach pc1 pc2
    hints: [Look at the prefixes., The address of pc2 is in another network.]
"""


TASK = MEND.replace("  - say: Mend it.", """  - task: {en: Mend it., zh: 修好它。}
    run: [set-ip pc2 10.0.0.2/24, ping pc1 pc2]
    say: One prefix for both.""") + "  - say: That is all.\n"


@pytest.fixture
def mend(tmp_path: Path) -> Path:
    path = tmp_path / "mend.yaml"
    path.write_text(MEND, encoding="utf-8")
    return path


def pane(stage: Stage) -> tuple[LessonPane, str]:
    found = stage.app.main.panes["lesson"]
    assert isinstance(found, LessonPane)
    return found, str(found.query_one("Static").render())


async def test_a_question_comes_before_its_answer(tmp_path: Path, mend: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        await stage.press("p")
        assert "Will pc1 hear an answer?" in pane(stage)[1]
        assert len(stage.app.live.session.pending) == 2
        await stage.press("p")
        await stage.quiet()
        assert "It did not." in pane(stage)[1]
        assert "Goals: 1 of 1" in pane(stage)[1]


CHOICE = MEND.replace("    run: ping pc1 10.0.0.2", """    answers: [{en: "Yes", zh: 会}, {en: "No", zh: 不会}]
    right: 2
    run: ping pc1 10.0.0.2""")


@pytest.mark.parametrize(("key", "told"), [
    ("B", "✓ Right: B. No"), ("b", "✓ Right: B. No"), ("Ｂ", "✓ Right: B. No"),
    ("ａ", "✗ You thought “A. Yes”; right is “B. No”."), ("A", "✗ You thought “A. Yes”; right is “B. No”."),
    ("p", "Answer: B. No")])
async def test_an_answer_is_chosen_and_judged(tmp_path: Path, key: str, told: str) -> None:
    path = tmp_path / "choice.yaml"
    path.write_text(CHOICE, encoding="utf-8")
    async with opened(tmp_path / "a", Options(tour=False, scenario=str(path)), size=(80, 24)) as stage:
        await stage.press("A")
        assert "No question is open" in stage.app.main.status.message
        await stage.press("p")
        assert "Will pc1 hear an answer?\nA. Yes\nB. No\nA or B answers" in pane(stage)[1]
        await stage.press("C")
        assert len(stage.app.live.session.pending) == 2, "there is no third"
        await stage.press(key)
        await stage.quiet()
        said = [one.text for one in stage.app.live.jobs.transcript]
        assert told.lstrip("✓✗ ") in said, "where the lesson is not seen"
        assert "␊" not in screen_text(stage.app), "in lines of their own"
        assert told.lstrip("✓✗ ") in screen_text(stage.app)  # type: ignore[arg-type]
        await stage.press("6")
        assert f"Will pc1 hear an answer?\n{told}\nIt did not." in pane(stage)[1], "what it is the answer to"
        await stage.press("u", "p")
        assert "A. Yes\nB. No" in pane(stage)[1], "asked again"
        await stage.press("p")
        await stage.quiet()
        await stage.press("6")
        assert "Answer: B. No" in pane(stage)[1], "what was thought then is gone"


async def test_a_text_of_several_lines_is_paragraphs_and_one_in_one_language_is_seen_in_the_other(
        tmp_path: Path) -> None:
    path = tmp_path / "text.yaml"
    path.write_text("netsandbox: 2\ntitle: {zh: 标题}\nabout:\n  zh: |\n    First.\n\n    * Second\n"
                    "steps:\n  - say: |\n      One.\n\n      Two.\n  - task: {zh: 修好它。}\n"
                    "    expect: interface a:lo\n", encoding="utf-8")
    async with opened(tmp_path, Options(tour=False, scenario=str(path)), size=(120, 40)) as stage:
        await stage.press("6")
        assert "First.\n\n* Second\n" in pane(stage)[1]
        await stage.press("p")
        await stage.quiet()
        assert "One.\n\nTwo.\n" in pane(stage)[1]
        assert "␊" not in screen_text(stage.app)  # type: ignore[arg-type]
        await stage.press("p")
        await stage.quiet()
        assert "修好它。" in pane(stage)[1]
        await stage.press("ctrl+o")
        for _ in range(20):
            await stage.pilot.pause()
        assert "␊" not in screen_text(stage.app)  # type: ignore[arg-type]


async def test_a_task_that_is_open_is_saved_with_the_session(tmp_path: Path) -> None:
    """The next day there was no task, and nobody knew that the solution had been asked for."""
    path, saved = tmp_path / "task.yaml", tmp_path / "ada.yaml"
    text = TASK.replace("    run: ping", "    answers: ['yes', 'no']\n    right: 2\n    run: ping")
    path.write_text(text, encoding="utf-8")
    async with opened(tmp_path, Options(tour=False, scenario=str(path)), size=(120, 40)) as stage:
        for keys in (["p", "a"], ["p"]):
            await stage.press(*keys)
            await stage.quiet()
        await stage.press("6", "h")
        await stage.line(f"save {saved}")
        assert "and 2 steps to go" in screen_text(stage.app)  # type: ignore[arg-type]
    kept = load_scenario(saved)
    assert kept.notes == (Note("answer", 1, 2), Note("hint", 1, 1))
    assert [dict(step.task) for step in kept.steps] == [{"en": "Mend it.", "zh": "修好它。"}, {}]
    async with opened(tmp_path / "b", Options(tour=False, scenario=str(saved)), size=(120, 40)) as stage:
        await stage.press("p")
        await stage.quiet()
        assert "Your turn: Mend it." in pane(stage)[1]
        await stage.press("p", "p")
        await stage.quiet()
        await stage.line(f"save --force {saved}")
        assert "and 1 step to go" in screen_text(stage.app)  # type: ignore[arg-type]
    assert load_scenario(saved).notes == (*kept.notes, Note("solution", 0, 1))


@pytest.mark.parametrize(("language", "told"), [("en", "none of the lesson's lab; u leads back"),
                                                ("zh", "已不是课程的实验网络")])
async def test_a_line_amid_the_set_up_is_told_to_leave_the_lesson_s_lab(
        tmp_path: Path, language: str, told: str, mend: Path) -> None:
    set_language(language)
    more = "  - ping pc1 10.0.0.2 -c 1 -W 1\n  - add-host pc3\n"
    mend.write_text(MEND.replace("steps:", f"{more}steps:", 1), encoding="utf-8")
    async with opened(tmp_path, Options(tour=False, scenario=str(mend)), size=(120, 40)) as stage:
        await stage.line("back 99")
        await stage.line("add-host pc4")
        assert told in stage.app.main.status.message


async def test_a_server_of_a_step_goes_on_beside_the_next_lines(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text("netsandbox: 2\ntitle: {en: a, zh: a}\nsteps:\n"
                    "  - run: [nc -lk 80, 'echo hi | nc -N localhost 80']\n"
                    "  - run: nc -lk 81\n    expect: output contains Nothing\n")
    async with opened(tmp_path, Options(tour=False, scenario=str(path))) as stage:
        for _ in range(2):
            await stage.press("p")
            await stage.quiet()
            await stage.pass_time(8)
        said = [one.text for one in stage.app.live.jobs.transcript]
        assert "[1] nc: hi" in said
        assert [one.job.text for one in stage.app.live.jobs.alive] == ["nc -lk 80"]


@pytest.mark.parametrize("line", ["exec a ping 127.0.0.1 &", "exec a nc -lk 80"])
async def test_what_a_step_has_begun_is_its_own_after_a_step_back_and_a_recovery(tmp_path: Path, line: str) -> None:
    """It was a person's then: time passed while one read, and the next lines waited for the end of a server."""
    path = tmp_path / "one.yaml"
    path.write_text("netsandbox: 2\ntitle: {en: a, zh: a}\nsetup: [add-host a]\nsteps:\n"
                    f"  - run: ['{line}', wait 1s]\n  - run: add-host b\n  - run: add-host c\n")
    async with opened(tmp_path, Options(tour=False, scenario=str(path))) as stage:
        for keys in (("p",), ("p",), ("b", "p", "f5")):
            await stage.press(*keys)
            await stage.pass_time(6)
        assert stage.app.live.waits_for_reader
        stage.app.exit(143)
        stage.app.autosave.leave()
    async with opened(tmp_path, Options(tour=False, recover=True)) as stage:
        await stage.pass_time(2)
        assert stage.app.live.waits_for_reader
        assert [one.job.line for one in stage.app.live.jobs.alive] == [line]


async def test_goals_are_met_as_one_types_and_the_lesson_ends(tmp_path: Path, mend: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        for _ in range(3):
            await stage.press("p")
            await stage.quiet()
        text = pane(stage)[1]
        assert "✗ pc2 has eth0: address 10.0.0.2/24" in text
        assert "✗ pc1 gets an answer from pc2 (one ping)\n  no answer from 10.0.1.2: ping: connect" in text
        assert "Goals: 0 of 2" in text
        await stage.press("p")  # a ping would be no help here
        await stage.quiet()
        assert "Goals not met: 2; mend what is wrong" in stage.app.main.status.message
        await stage.line("set-ip pc2 10.0.0.2/24")
        await stage.quiet()
        text = pane(stage)[1]
        assert "✓ pc2 has eth0: address 10.0.0.2/24" in text, "seen without a key"
        await stage.press("escape")
        stage.app.main.focus_pane(6)
        await stage.pilot.pause()
        await stage.press("c")
        assert "✓ interface pc2:eth0 address 10.0.0.2/24" in pane(stage)[1], "as the scenario has it"
        assert "Finished" in text
        assert "A prefix decides who is a neighbour." in text
        assert "Next: A hub, where everyone hears everything" in text


async def test_the_key_that_goes_on_leads_to_the_next_lesson(tmp_path: Path) -> None:
    """Where there is no room for the lesson beside the log, its end takes the log's place; then p is no ping."""
    async with opened(tmp_path, Options(tour=False, scenario="one-cable"), size=(80, 24)) as stage:
        for number in range(1, 10):
            assert "Finished" not in screen_text(stage.app)  # type: ignore[arg-type]
            stage.app.main.log_pane.release_anchor()
            await stage.to_step(number)
            assert stage.app.main.log_pane.following, "a row that was looked at is of the step before"
        text = screen_text(stage.app)  # type: ignore[arg-type]
        assert "Finished: every goal is met." in text
        assert "Next: The number on the door and the identity card (p)" in text
        assert "p lessons" in text
        assert "host" not in {row.name for row in stage.app.live.nodes()}
        lines = len(stage.app.live.session.journal)
        await stage.press("p")
        for _ in range(20):
            await stage.pilot.pause()
        screen = stage.app.screen
        assert isinstance(screen, BrowserScreen)
        assert screen.chosen is not None
        assert screen.chosen.name == "mac-ip"
        assert len(stage.app.live.session.journal) == lines
        await stage.press("p")
        await stage.quiet()
        assert stage.app.live.title() == "The number on the door and the identity card", "p is no word to look for"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", ["arp-cache", "hairpin"])
async def test_of_a_long_title_the_step_is_seen(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    async with opened(tmp_path, Options(tour=False, scenario=name), size) as stage:
        stage.app.main.focus_pane(6)
        await stage.pilot.pause()
        await stage.pilot.pause()
        assert re.search("Lesson: .* - step 0 of 1[0-9] ─", screen_text(stage.app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_hints_come_one_by_one(tmp_path: Path, mend: Path, size: tuple[int, int]) -> None:
    """Beside what they are about: goals that fill the pane come after them."""
    goals = "".join(f"\n      - interface pc2:eth{number} address 10.0.0.2/24" for number in range(9))
    mend.write_text(MEND.replace("- reach pc1 pc2", "- reach pc1 pc2" + goals))
    async with opened(tmp_path, Options(tour=False, scenario=str(mend)), size=size) as stage:
        for _ in range(3):
            await stage.press("p")
            await stage.quiet()
        await stage.press("escape", "3", "h")  # wherever the focus is
        assert "r checks again  h gives a hint" in screen_text(stage.app)  # type: ignore[arg-type]
        assert "Look at the prefixes." in pane(stage)[1]
        assert "another network" not in pane(stage)[1]
        await stage.press("h")
        assert "another network" in pane(stage)[1]
        text = screen_text(stage.app)
        assert "is in another network." in text, "seen without a key that scrolls"
        assert "Mend it." in text
        assert "step 2 of 2 ── ▼ more" in text
        await stage.press("6", "end")
        await stage.pilot.pause()
        assert "step 2 of 2 ── ▲ more" in screen_text(stage.app)
        await stage.press("h")
        assert stage.app.main.status.message == "There is no further hint"


async def test_a_title_says_more_only_while_there_is_more_however_late_the_text_is_laid_out(
    tmp_path: Path, mend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goals = "".join(f"\n      - interface pc2:eth{number} address 10.0.0.2/24" for number in range(9))
    mend.write_text(MEND.replace("- reach pc1 pc2", "- reach pc1 pc2" + goals))
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        for _ in range(3):
            await stage.press("p")
            await stage.quiet()
        found, _text = pane(stage)
        assert found.stand is not None
        assert "▼" in str(found.border_title)
        monkeypatch.setattr(found, "call_after_refresh", lambda then, *given: then(*given))
        found.show(found.stand._replace(goals=found.stand.goals[:1], hints=()))
        await stage.pilot.pause()
        assert found.max_scroll_y == 0
        assert "▼" not in str(found.border_title)


async def test_a_pane_of_another_size_shows_the_step_that_has_begun_meanwhile(tmp_path: Path, mend: Path) -> None:
    """A key right behind the pane's number left the step before on the screen, until something else happened."""
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        await stage.press("p")
        found, _text = pane(stage)
        before = found.stand
        assert before is not None
        found.on_resize()
        found.show(before._replace(number=2, text="What comes next."))
        await stage.pilot.pause()
        assert "What comes next." in pane(stage)[1]
        assert "step 2 of 2" in str(found.border_title)


async def test_with_all_hints_open_what_is_still_wrong_is_seen_and_when_it_is_done_hints_go(tmp_path: Path) -> None:
    """Three hints pushed the goals below the pane's edge, and stood there when the task was done."""
    async with opened(tmp_path, Options(tour=False, scenario="one-cable"), size=(120, 40)) as stage:
        await stage.to_step(3)
        await stage.press("p")
        await stage.quiet()
        await stage.press("h", "h", "h")
        await stage.line("exec pc1 ip addr add 10.0.0.1/24 dev eth0")
        await stage.quiet()
        text = screen_text(stage.app)
        assert "Hint: set-ip pc1 10.0.0.1/24" in text
        assert "Goals: 1 of 3" in text
        assert "✗ pc2 has eth0: address 10.0.0.2/24" in text
        assert "no address" in text
        await stage.line("set-ip pc2 10.0.0.2/24")
        await stage.quiet()
        await stage.press("escape", "6")
        text = screen_text(stage.app)
        assert "Goals: 3 of 3" in text
        assert "Hint" not in text
        assert "h gives a hint" not in text
        await stage.press("h")
        assert "The goals are met, so that there is nothing to hint at: p goes on" in screen_text(stage.app)


async def test_a_goal_that_nobody_has_looked_at_is_no_bare_condition(tmp_path: Path) -> None:
    path = tmp_path / "runs.yaml"
    path.write_text(MEND.replace("-c 1 -W 1", "-c 2 -W 1"), encoding="utf-8")
    async with opened(tmp_path / "a", Options(tour=False, scenario=str(path))) as stage:
        await stage.press("p", "p")
        assert "Goals: 1, looked at when the lines are done" in pane(stage)[1]
        assert "exit 1" not in pane(stage)[1]
        await stage.press("6", "c")
        assert "· exit 1" in pane(stage)[1], "as the scenario has it, for who asks"


async def test_another_lab_is_shown_whole(tmp_path: Path) -> None:
    """The filter of the lab before hid each frame of the lesson, and its tab stood where this one is about another."""
    async with opened(tmp_path, Options(tour=False), size=(120, 40)) as stage:
        await stage.press("slash", *"udp", "enter")
        stage.app.main.device.show_tab("sockets")
        await stage.line("load docker0-ping")
        await stage.quiet()
        assert stage.app.main.filter.line == ""
        assert stage.app.main.log_pane.current is not None
        assert stage.app.main.device.tab == "arp"


@pytest.mark.parametrize("typed", ["hostname", "exit", "enter pc2"])
async def test_a_step_is_done_in_the_shell_that_the_lesson_is_in(tmp_path: Path, typed: str) -> None:
    path = tmp_path / "inside.yaml"
    path.write_text("""netsandbox: 1
setup: [add-host pc1, add-host pc2, enter pc1]
steps:
  - run: ip link add br1 type bridge
    expect: interface pc1:br1
  - run: [exit, add-host pc3]
  - run: add-host pc4
    expect: interface pc1:br1
""", encoding="utf-8")
    async with opened(tmp_path, Options(tour=False, scenario=str(path))) as stage:
        assert "\n pc1 #\n" in screen_text(stage.app), "the prompt names the shell before anything is typed"
        for _step in range(3):
            await stage.line(typed)
            await stage.press("escape", "p")
            await stage.quiet()
        stand = stage.app.live.lesson.stand()
        assert stand is not None
        assert stand.is_finished
        assert {"pc3", "pc4"} <= {row.name for row in stage.app.live.nodes()}


async def at_task(stage: Stage) -> None:
    """Through a question, its step, and to the next one, a task."""
    for _ in range(3):
        await stage.press("p")
        await stage.quiet()


async def test_a_task_is_the_readers_and_is_shown_when_it_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(TASK, encoding="utf-8")
    async with opened(tmp_path / "a", Options(tour=False, scenario=str(path)), size=(80, 24)) as stage:
        await at_task(stage)
        assert stage.app.main.view == "lesson"
        text = pane(stage)[1]
        assert text.startswith("Your turn: Mend it.\nGoals: 0 of 2\n✗ pc2 has eth0")
        assert "set-ip" not in text
        assert "One prefix" not in text
        await stage.press("p")
        assert "Goals not met: 2; h gives a hint, p again shows how" in screen_text(stage.app), "not cut"
        await stage.press("p")
        await stage.quiet()
        text = pane(stage)[1]
        assert ("Mend it.\nOne prefix for both.\nOne way to do it:\n❯ set-ip pc2 10.0.0.2/24\n❯ ping pc1 pc2\n"
                "Goals: 2 of 2") in text
        await stage.press("u", "u")
        assert "Goals: 0 of 2" in pane(stage)[1]
        await stage.line("set-ip pc2 10.0.0.2/24")
        await stage.quiet()
        assert "Goals: 2 of 2" in pane(stage)[1], "done alone, what it would run is told"
        assert "One prefix for both." in pane(stage)[1]
        await stage.press("escape", "p")
        assert "That is all." in pane(stage)[1]


AGAIN = """
netsandbox: 2
title: {en: Again, zh: 再来}
setup: [add-host pc1, add-host pc2, connect pc1 pc2, set-ip pc1 10.0.0.1/24, set-ip pc2 10.0.0.2/24]
steps:
  - ask: Will it hear an answer?
    run: ping pc1 pc2
  - task: {en: Ping once more., zh: 再 ping 一次。}
    run: ping pc1 pc2
    expect: [exit 0, "exit 0 of 'ping'", frames > 0 on pc2 where icmp, no frames on pc2 where tcp, no drop]
"""


async def test_what_the_lesson_did_meets_no_goal_of_a_task(tmp_path: Path) -> None:
    """Four of five were met before the reader had typed anything."""
    path = tmp_path / "again.yaml"
    path.write_text(AGAIN, encoding="utf-8")
    async with opened(tmp_path / "a", Options(tour=False, scenario=str(path)), size=(120, 40)) as stage:
        await at_task(stage)
        assert "Goals: 0 of 5" in pane(stage)[1]
        await stage.line("show nodes")
        await stage.quiet()
        assert "Goals: 0 of 5" in pane(stage)[1]
        await stage.line("ping pc1 pc2")
        await stage.quiet()
        await stage.press("escape", "6")
        assert "Goals: 5 of 5" in pane(stage)[1]
        await stage.line("expect exit 0")
        assert stage.app.live.jobs.since(0)[-1].kind == "hold", "a person may ask about anything"


async def test_a_step_back_leaves_goals_their_sentences(tmp_path: Path, mend: Path) -> None:
    """What was a sentence stood there as a bare condition again, in English."""
    async with opened(tmp_path, Options(tour=False, scenario=str(mend)), size=(120, 40)) as stage:
        await at_task(stage)
        await stage.line("set-ip pc2 10.0.0.2/24")
        await stage.quiet()
        assert "✓ pc1 gets an answer from pc2 (one ping)" in pane(stage)[1]
        await stage.press("escape", "b", "6")
        assert "pc1 gets an answer from pc2 (one ping)" in pane(stage)[1]
        assert "✓" not in pane(stage)[1]


async def test_a_line_typed_in_the_past_is_not_judged_by_the_step_that_was_left(tmp_path: Path) -> None:
    """The last step's goals, about its own ping, were looked at again behind whatever was typed."""
    async with opened(tmp_path, Options(tour=False, scenario="arp-cache")) as stage:
        stand = stage.app.live.lesson.stand()
        assert stand is not None
        last = stand.total
        await stage.to_step(last)
        await stage.press("b", "6")
        assert f"step {last} of {last}" in str(pane(stage)[0].border_title)
        assert "✓" not in pane(stage)[1], "what it found comes later"
        await stage.press("n")
        assert "Finished" in pane(stage)[1], "and is known when it has come"
        await stage.press("b")
        await stage.line("ping pc1 pc2 -c 1")
        await stage.press("escape", "space")
        await stage.quiet()
        assert f"step {last - 1} of {last}" in str(pane(stage)[0].border_title)
        text = pane(stage)[1]
        assert "✗" not in text
        assert "✓" in text, "as it was before that step"
        assert len(stage.app.live.session.pending) == 1
        await stage.press("u")
        await stage.press("ctrl+r")
        assert f"step {last - 1} of {last}" in str(pane(stage)[0].border_title)


async def test_who_goes_back_behind_a_task_without_lines_is_before_it(tmp_path: Path, mend: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        await at_task(stage)
        assert "step 2 of 2" in str(pane(stage)[0].border_title)
        await stage.press("b", "6")
        assert "step 1 of 2" in str(pane(stage)[0].border_title)
        await stage.press("n")
        assert "step 2 of 2" in str(pane(stage)[0].border_title)


async def test_a_task_is_recovered(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(TASK, encoding="utf-8")
    async with opened(tmp_path / "a", Options(tour=False, scenario=str(path))) as stage:
        await at_task(stage)
        stage.app.exit(143)
        stage.app.autosave.leave()
    async with opened(tmp_path / "a", Options(tour=False, recover=True)) as stage:
        await stage.press("6")
        assert pane(stage)[1].startswith("Your turn: Mend it.")


async def test_narration_goes_when_time_goes_back(tmp_path: Path, mend: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        await stage.press("p", "p")
        await stage.quiet()
        assert stage.app.main.say.text == "It did not."
        await stage.press("u")
        assert stage.app.main.say.text == ""
        assert "It did not." not in pane(stage)[1]


async def test_goals_are_looked_at_anew_when_time_goes_back(tmp_path: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario="one-cable")) as stage:
        await stage.to_step(5)
        assert "Goals: 5 of 5" in pane(stage)[1]
        await stage.press("b")
        assert "✓" not in pane(stage)[1], "the reply is on its way again"
        assert "step 5 of 9" in str(pane(stage)[0].border_title)


async def test_a_step_without_frames_is_read_where_there_is_no_room_for_both(tmp_path: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario="one-cable"), size=(80, 24)) as stage:
        shown = []
        for number in range(1, 6):
            await stage.to_step(number)
            shown.append(stage.app.main.view)
        assert shown == ["lesson", "output", "output", "lesson", "log"]


async def test_a_table_is_shown_once(tmp_path: Path) -> None:
    """The switch that a step is about is pinned already."""
    async with opened(tmp_path, Options(tour=False, scenario="switch-learning")) as stage:
        for _ in range(3):
            await stage.press("p")
            await stage.quiet()
        main = stage.app.main
        assert main.pinned.place is not None
        assert main.device.place is not None
        assert (main.pinned.place.node, main.pinned.tab, main.device.place.node) == ("sw1", "mac", "pc1")


async def test_the_panes_follow_the_lesson(tmp_path: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario="arp-cache")) as stage:
        await stage.press("p")
        await stage.quiet()
        device = stage.app.main.device
        assert device.place is not None
        assert (device.place.node, device.tab) == ("pc1", "arp")


async def test_the_panes_follow_what_begins_without_a_device(tmp_path: Path) -> None:
    """A port is looked at among the sockets; the first device there is stands there before."""
    async with opened(tmp_path, Options(tour=False, scenario="host-net"), size=(120, 40)) as stage:
        device = stage.app.main.device
        shown = []
        for number in range(1, 4):
            await stage.to_step(number)
            shown.append((device.place and device.place.node, device.tab))
        assert shown == [(None, ""), ("nginx-host", "arp"), ("host", "sockets")]


async def test_a_text_that_scrolls_is_broken_at_the_same_width_as_a_short_one(tmp_path: Path) -> None:
    async with opened(tmp_path, Options(tour=False, scenario="docker0-ping"), size=(200, 50)) as stage:
        await stage.press("p")
        await stage.quiet()
        found = pane(stage)[0]
        assert found.stand is not None
        assert found.show_vertical_scrollbar
        width = found.scrollable_content_region.width
        found.show(found.stand._replace(text="short", goals=()))
        await stage.pilot.pause()
        assert not found.show_vertical_scrollbar
        assert found.scrollable_content_region.width == width


async def test_the_browser_finds_and_opens_and_progress_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+o")
        screen = stage.app.screen
        assert isinstance(screen, BrowserScreen)
        for _ in range(20):
            await stage.pilot.pause()
        rows = screen_text(stage.app).splitlines()  # type: ignore[arg-type]
        assert any("A hub, where everyone hears everything" in row for row in rows), "a title has the page's room"
        await stage.press("end")
        for _ in range(3):
            await stage.pilot.pause()
        options = screen.query_one(OptionList)
        assert options.scroll_offset.y == options.max_scroll_y, "the last is seen, however long the text about it"
        await stage.press(*"everyone hears")
        assert screen.chosen is not None
        assert screen.chosen.name == "hub"
        await stage.press(*" zz")
        assert screen.chosen.name == "hub", "a question has words that no title has"
        await stage.press("ctrl+u", *"zzz")
        assert "Nothing has these words" in str(screen.query_one(OptionList).get_option_at_index(0).prompt)
        await stage.press("ctrl+u", *"everyone hears")
        await stage.press("enter")
        await stage.quiet()
        assert stage.app.live.title() == "A hub, where everyone hears everything"
        await stage.press("p")
        await stage.quiet()
        told = json.loads((stage.app.files.directory / "progress.json").read_text())
        assert told["lessons"]["hub"][0] == 1


async def test_a_file_with_a_mistake_is_listed_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wrong.yaml").write_text("netsandbox: 1\nstepps: []\n")
    monkeypatch.chdir(tmp_path)
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+o")
        screen = stage.app.screen
        assert isinstance(screen, BrowserScreen)
        for _ in range(20):
            await stage.pilot.pause()
        await stage.press(*"wrong")
        assert screen.chosen is not None
        assert "wrong.yaml:2" in screen.chosen.problem
        assert "did you mean 'steps'" in screen.chosen.problem
        await stage.press("enter")
        assert stage.app.screen is screen, "it cannot be opened"


@pytest.mark.parametrize("text", ["{", '{"format": 2, "lessons": {}}', '{"format": 1, "lessons": {"hub": [1]}}', "7"])
async def test_a_damaged_progress_file_is_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_text(text)
    async with opened(tmp_path) as stage:
        assert stage.app.progress.lessons == {}
    assert (tmp_path / "progress.set-aside").read_text() == text


async def test_outside_a_lesson_the_device_pane_goes_with_who_speaks_until_a_person_selects(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        for line in ("docker network create app", "docker run -d --name web --network app nginx",
                     "docker run -d --name db --network app nginx", "wait 3s", "ping web db -c 1"):
            await stage.line(line)
            await stage.quiet()
        device = stage.app.main.device
        assert device.place is not None
        assert device.place.node in ("web", "db")
        assert stage.app.main.topology.selected != device.place
        assert str(device.border_subtitle) == "follows who speaks", "the picture marks another one"
        await stage.press("escape", "1", "right", "right")
        chosen = stage.app.main.topology.selected
        assert not str(device.border_subtitle)
        await stage.line("ping web db -c 1")
        await stage.quiet()
        assert device.place == chosen


async def test_a_docker_network_is_called_by_its_name_and_a_switch_by_its_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        for line in ("docker network create app", "docker run -d --name web --network app nginx", "wait 3s",
                     "add-switch sw1"):
            await stage.line(line)
            await stage.quiet()
        rows = stage.app.live.interfaces()
        bridge = next(row for row in rows if row.title == "app")
        assert bridge.name.startswith("br-")
        assert next(row for row in rows if row.node == "sw1" and row.kind == "bridge").called == "sw1"
        assert f"{bridge.name} 172.18.0.1/16" in screen_text(stage.app)  # type: ignore[arg-type]


async def test_what_a_lesson_said_goes_with_it(tmp_path: Path, mend: Path) -> None:
    """Its last sentence stood over all that a reader did later, and its pane stayed, empty, when a lab was opened."""
    plain = tmp_path / "plain.yaml"
    plain.write_text("netsandbox: 2\nsetup: [add-host pc1]\n")
    async with opened(tmp_path, Options(tour=False, scenario=str(mend))) as stage:
        main = stage.app.main
        for line in ("", "", "", "set-ip pc2 10.0.0.2/24"):
            await stage.line(line) if line else await stage.press("p")
            await stage.quiet()
        assert main.is_finished
        assert main.say.text
        await stage.line("show arp pc1")
        await stage.quiet()
        assert not main.say.text
        assert "Finished" in pane(stage)[1], "the lesson itself may be read again"
        await stage.press("escape", "6")
        await stage.line(f"load {plain}")
        await stage.quiet()
        assert main.view == "log"
