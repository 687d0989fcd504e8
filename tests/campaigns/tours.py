"""A tour of the bundled scenarios in the app: a reader who types what each step runs, and looks at the goals before and
after.

`python -m tests.campaigns.tours [SCENARIO…]` goes through all of them in both languages and tells what is wrong.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import dump_scenario, load_scenario
from netsandbox.tui.i18n import set_language
from netsandbox.tui.lesson import Stand, said
from netsandbox.tui.options import Options
from tests.tui.app_harness import Stage, stage

LANGUAGES = ("en", "zh")


def by_hand(name: str, directory: Path) -> tuple[Path, list[tuple[str, ...]]]:
    """A copy of a scenario whose steps run nothing, and the lines of each, for the reader to type."""
    scenario = load_scenario(find_scenario(name))
    lines = [step.run for step in scenario.steps]
    steps = tuple(step._replace(run=(), run_lines=(), ask={}, answers=(), right=0, task={},
                                say=step.say or {"en": "-"}) for step in scenario.steps)
    path = directory / f"{name}.yaml"
    path.write_text(dump_scenario(scenario._replace(steps=steps)), encoding="utf-8")
    return path, lines


async def tour(name: str, language: str, directory: Path) -> list[str]:
    """What is wrong with one scenario for a reader of one language; nothing when all is well."""
    set_language(language)
    scenario = load_scenario(find_scenario(name))
    path, lines = by_hand(name, directory)
    faults: list[str] = []
    crossed = ticked = 0
    async with stage(directory / "state", Options(str(path), tour=False), size=(120, 40)) as on:
        for number, (step, typed) in enumerate(zip(scenario.steps, lines, strict=True), 1):
            before = await begun(on)
            if step.say and said(step.say) != before.text:
                faults.append(f"{name} {language} step {number}: the text is not shown")
            crossed += sum(goal.met is False for goal in before.goals)
            for line in typed:
                await on.line(line)
                await through(on)
            after = await checked(on)
            ticked += sum(goal.met is True for goal in after.goals)
            faults += [f"{name} {language} step {number}: {goal.line}: {goal.wrong}"
                       for goal in after.goals if goal.met is not True]
            if language == "zh" and not all(chinese(goal.wrong) for goal in before.goals if goal.wrong):
                faults.append(f"{name} zh step {number}: what is wrong is told in English")
    if ticked and not crossed:
        faults.append(f"{name} {language}: no goal was unmet before its step")
    return faults


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


async def through(on: Stage) -> None:
    """Let the lab go on until what was typed is done, and all is quiet unless a line runs in the background."""
    live = on.app.live
    for _ in range(2000):
        if live.jobs.running is None and not live.jobs.waiting and (live.jobs.alive or not live.is_busy):
            break
        await on.pass_time(0.1)
    on.app.sync()
    await on.pilot.pause()


async def begun(on: Stage) -> Stand:
    """The next step's text and goals, of which nothing was done yet."""
    await on.press("escape", "p")
    await through(on)
    return await checked(on)


async def checked(on: Stage) -> Stand:
    """The goals after a look at all of them."""
    on.app.live.check_goals()
    await through(on)
    stand = on.app.live.lesson.stand()
    assert stand is not None
    return stand


def run(names: Sequence[str] = (), languages: Sequence[str] = LANGUAGES) -> list[str]:
    """All faults of some scenarios, or of all."""
    found: list[str] = []
    for name in names or bundled():
        for language in languages:
            with tempfile.TemporaryDirectory() as directory:
                found += asyncio.run(tour(name, language, Path(directory)))
    return found


if __name__ == "__main__":
    told = run(sys.argv[1:])
    print("\n".join(told) or "all is well")
    sys.exit(bool(told))
