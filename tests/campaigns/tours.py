"""A tour of the bundled scenarios in the app: a reader who types what each step runs, and looks at the goals before and
after.

`python -m tests.campaigns.tours [SCENARIO…] [--language zh]` tells of each tour as it ends.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from netsandbox.explain.questions import LETTERS
from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.session.scenario_text import dump_scenario
from netsandbox.session.steps import Step
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.session.lesson import Stand, said
from tests.tui.app_harness import Stage, stage

LANGUAGES = ("en", "zh")
ENGLISH = re.compile(r"\b(the|are|there|not|has|nothing|none|such)\b")


def by_hand(name: str, directory: Path) -> tuple[Path, list[tuple[str, ...]]]:
    """A copy of a scenario whose steps run nothing, unless a task is given up, and each step's lines, to be typed."""
    scenario = load_scenario(find_scenario(name))
    lines = [step.run for step in scenario.steps]
    steps = tuple(step if step.task else step._replace(run=(), run_lines=(), say=step.say or {"en": "-"})
                  for step in scenario.steps)
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
            before = await begun(on, step)
            if said(step.task or step.say) not in (before.task or before.text):
                faults.append(f"{name} {language} step {number}: the text is not shown")
            crossed += sum(goal.met is False for goal in before.goals)
            for line in typed:
                await on.line(line)
                await through(on)
            after = await checked(on)
            ticked += sum(goal.met is True for goal in after.goals)
            faults += [f"{name} {language} step {number}: {goal.line}: {goal.wrong}"
                       for goal in after.goals if goal.met is not True]
            faults += [f"{name} zh step {number}: told in English: {goal.sentence}: {goal.wrong}"
                       for goal in before.goals if language == "zh" and not is_chinese(goal.sentence, goal.wrong)]
    if ticked and not crossed:
        faults.append(f"{name} {language}: no goal was unmet before its step")
    return faults


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def is_chinese(goal: str, wrong: str) -> bool:
    """Whether a goal and what is wrong with it are told in Chinese; rows of tables are in nobody's language."""
    return chinese(goal) and (chinese(wrong) or not ENGLISH.search(wrong))


async def through(on: Stage) -> None:
    """Let the lab go on until what was typed is done, and all is quiet unless a line runs in the background."""
    live = on.app.live
    for _ in range(2000):
        if live.jobs.running is None and not live.jobs.waiting and (live.jobs.alive or not live.is_busy):
            break
        await on.pass_time(0.1)
    on.app.sync()
    await on.pilot.pause()


async def begun(on: Stage, step: Step) -> Stand:
    """The next step's text and goals, of which nothing was done yet; a question is answered."""
    await on.press("escape", "p")
    if step.ask:
        await on.press("6", LETTERS[step.right - 1] if step.answers else "p")
    await through(on)
    return await checked(on)


async def checked(on: Stage) -> Stand:
    """The goals after a look at all of them."""
    on.app.live.check_goals()
    await through(on)
    stand = on.app.live.lesson.stand()
    assert stand is not None
    return stand


def told(names: Sequence[str] = (), languages: Sequence[str] = LANGUAGES) -> Iterator[tuple[str, list[str]]]:
    """Which tour it was, and what is wrong, as each ends."""
    for name, language in product(names or bundled(), languages):
        with tempfile.TemporaryDirectory() as directory:
            yield f"{name:24} {language}", asyncio.run(tour(name, language, Path(directory)))


def run(names: Sequence[str] = (), languages: Sequence[str] = LANGUAGES) -> list[str]:
    """All faults of some scenarios, or of all."""
    return [fault for _tour, faults in told(names, languages) for fault in faults]


def arguments(about: str) -> argparse.ArgumentParser:
    """What tours are asked for."""
    parser = argparse.ArgumentParser(description=about.partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="SCENARIO")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    return parser


def main() -> int:
    given = arguments(__doc__).parse_args()
    count = wrong = 0
    begun = time.monotonic()
    for name, faults in told(given.names, given.language or LANGUAGES):
        print(name, f"{time.monotonic() - begun:6.1f} s", "WRONG" if faults else "ok", *faults, sep="  ", flush=True)
        count, wrong = count + 1, wrong + bool(faults)
    print(f"{count} tours, {wrong} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
