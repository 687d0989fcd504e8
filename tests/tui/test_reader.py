"""What a first-time reader of a lesson met: time that ran on meanwhile, a step not through, a list without a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.session.shelf import path
from netsandbox.tui.options import Options
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


async def test_time_stands_while_somebody_reads_a_lesson_and_runs_elsewhere(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("arp-basics", tour=False)) as on:
        session = on.app.live.session
        for _ in range(4):
            await on.press("p")
            await on.quiet()
            before = session.clock
            await on.pass_time(60)
            assert session.clock == before, "nothing grows old over a page"
        await on.press("p")
        await on.quiet()
        assert on.app.live.lesson.stand().unmet == 0  # type: ignore[union-attr]
        assert "▶ waiting" in shown(on)
        await on.line("wait 5s")
        await on.quiet()
        assert session.clock - before >= 5_000_000_000
    async with stage(tmp_path) as on:
        before = on.app.live.session.clock
        await on.pass_time(3)
        assert on.app.live.session.clock - before > 2_000_000_000


@pytest.mark.parametrize("speed", ["", "+++++++"])
async def test_what_a_lesson_began_in_the_background_waits_for_its_reader_too(tmp_path: Path, speed: str) -> None:
    """Its ping goes on for 30 s; a reader takes longer than that for two steps, and the third looks at the ping."""
    async with stage(tmp_path, Options("rules-stale-connection", tour=False)) as on:
        live = on.app.live
        await on.press(*speed)
        for number in range(1, 6):
            while (stand := live.lesson.stand()) is not None and (stand.number < number or stand.unmet):
                await on.press("p")
                await on.pass_time(20)  # over a question and a task as well
            assert stand is not None
            assert (stand.number, stand.unmet, live.is_at_step) == (number, 0, False)
            assert [one.job.program.name for one in live.jobs.alive if one.job.program] == ["ping"]
        await on.press("p")
        await on.pass_time(40)
        assert not live.jobs.alive, "behind the last step time goes on"


async def test_p_again_while_a_step_is_under_way_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("arp-basics", tour=False)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("p", "p", "p")
        assert "This step is still under way" in shown(on)
        assert "not met" not in shown(on)
        await on.quiet()
        assert on.app.live.lesson.stand().number == 2  # type: ignore[union-attr]
        assert "under way" not in shown(on), "it is so no longer"


async def test_where_there_is_no_room_for_the_lesson_its_step_and_goals_are_told(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("arp-basics", tour=False), size=(80, 24)) as on:
        assert "Press p for the next step of the lesson" in shown(on)
        await on.press("p")
        await on.quiet()
        await on.press("p")
        await on.quiet()
        assert "step 2 of 9, goals 3 of 3: key 6" in shown(on)
        await on.press("6")
        assert "Goals: " in shown(on)
    async with stage(tmp_path, Options("arp-cache", tour=False), size=(80, 24)) as on:
        await on.press("p")
        await on.quiet()
        assert "goals 3 of 3: key 6, table: key 2" in shown(on)
        await on.press("2")
        assert "─ pc1 ── [ARP]" in shown(on)


async def test_what_is_wrong_with_a_goal_is_said_line_by_line(tmp_path: Path) -> None:
    scenario = tmp_path / "one.yaml"
    scenario.write_text("""netsandbox: 2
title: {en: A lesson, zh: 一课}
setup: [add-host a, add-host b, connect a b]
steps:
  - say: {en: One., zh: 一。}
    run: [set-ip a 10.0.0.1/24]
    expect: ["interface b:eth0 address 10.0.0.2/24"]
""", encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(scenario), tour=False)) as on:
        await on.press("p")
        await on.quiet()
        assert "✗ b has eth0: address 10.0.0.2/24" in shown(on)
        assert "␊" not in shown(on)
        assert not any(said.kind == "hold" for said in on.app.live.jobs.transcript)
        await on.line("expect interface a:eth0 address 10.0.0.1/24")
        assert "✓ expect interface a:eth0" in shown(on), "what a person asks is answered"


def test_the_lessons_are_listed_as_a_learner_goes_through_them() -> None:
    names = path(bundled())
    assert sorted(names) == bundled()
    assert names[:5] == ["one-cable", "mac-ip", "arp-basics", "arp-cache", "hub"]
    assert path(["a", "b"]) == ["a", "b"]
    lessons = [load_scenario(find_scenario(name)) for name in names]
    assert [lesson.after for lesson in lessons] == [*names[1:], ""], "one way leads through all of them"
    assert all(lesson.learned for lesson in lessons)
    assert all(any(step.ask or step.task for step in lesson.steps) for lesson in lessons), "a reader is asked in each"
    questions = [step for lesson in lessons for step in lesson.steps if step.ask]
    assert all(set(text) in ({"en"}, {"en", "zh"}) for step in questions for text in step.answers)
    assert {step.right for step in questions} == {1, 2, 3}, "no place is always right, and no question without a choice"
    assert {len(step.hints) for lesson in lessons for step in lesson.steps if step.task or step.hints} == {3}
    assert sum(bool(step.hints) for lesson in lessons for step in lesson.steps) > 50
    goals = [goal for lesson in lessons for step in lesson.steps for goal in step.expect]
    assert not [goal for goal in goals if "'0% packet loss'" in goal], "100% packet loss has these words too"


@pytest.mark.parametrize(("name", "step", "text", "size"), [
    ("rules-stale-connection", 1, "", (120, 40)),
    ("docker0-by-hand", 3, "Inside, lo up and an address on eth0", (80, 24)),
    ("docker0-by-hand", 3, "Inside, lo up and an address on eth0", (120, 40)),
])
async def test_a_question_and_the_text_before_it_are_seen_in_a_step_that_fills_its_pane(
        tmp_path: Path, name: str, step: int, text: str, size: tuple[int, int]) -> None:
    async with stage(tmp_path, Options(name, tour=False), size=size) as on:
        await on.to_step(step)
        await on.press("p")
        await on.pilot.pause()
        assert text in shown(on)
        assert "What do you think?" in shown(on)




async def test_below_a_tools_own_words_the_app_notes_the_near_name(tmp_path: Path) -> None:
    async with stage(tmp_path, Options(tour=False), size=(120, 40)) as on:
        await on.line("docker run -d --name web nginx")
        await on.line("docker exec wbe ls")
        await on.quiet()
        told = [one.text for one in on.app.live.jobs.transcript]
        assert told[-2:] == ["Error response from daemon: No such container: wbe", "note: did you mean 'web'?"]
        await on.line("docker exec web ls /nowhere")
        await on.quiet()
        assert "did you mean" not in on.app.live.jobs.transcript[-1].text
