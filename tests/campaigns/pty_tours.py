"""Each bundled scenario by a reader at a real terminal: keys are written to a pty, and what is painted is read.

The lesson is followed as it is, by `p` alone; then it is done by hand: the reader answers its questions, sees each goal
unmet, types a wrong line, asks for hints, types what the step runs, and sees the goals met.

`python -m tests.campaigns.pty_tours [SCENARIO…] [--language zh] [--size 80x24] [-j 2]` tells of each tour as it ends.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import NamedTuple

from netsandbox.explain.questions import LETTERS, question, verdict
from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.session.steps import Scenario, Step
from netsandbox.tui.i18n import set_language, tr
from netsandbox.tui.panes.lesson import how_to_choose
from netsandbox.tui.session.lesson import said, titled
from tests.campaigns.lesson_page import Page
from tests.campaigns.reader import Reader, StuckError
from tests.campaigns.tours import LANGUAGES, arguments, by_hand, is_chinese
from tests.tui.measure import compiled

USUAL = (120, 40)
WAYS = AS_IT_IS, BY_HAND = ("as it is", "by hand")
OF_A_TITLE = 20
"""Characters that a list has room for on the narrowest screen."""
FASTEST, SLOW = "+" * 7, "-" * 9


class Tour(NamedTuple):
    """What came of one tour.

    Attributes:
        goals: of the whole scenario.  crossed: those that were seen unmet and then met.  held: those that were met when
            they were seen first.  seconds, cpu: it took, and the app used of them.
    """

    name: str
    language: str
    size: tuple[int, int]
    steps: int
    goals: int
    crossed: int
    held: int
    answers: int
    hints: int
    seconds: float
    cpu: float
    faults: tuple[str, ...]

    def line(self) -> str:
        """A row of the table."""
        size = "×".join(map(str, self.size))
        return (f"{self.name:24} {self.language} {size:>7} {self.steps:3} steps {self.crossed:3} ✗→✓ {self.held:3} ✓ "
                f"at once {self.answers:2} answers {self.hints:2} hints {self.seconds:6.1f} s {self.cpu:5.1f} s CPU  "
                f"{'ok' if not self.faults else 'WRONG'}")


class Journey:
    """A reader on the way through a scenario."""

    def __init__(self, reader: Reader, scenario: Scenario, language: str) -> None:
        self.reader = reader
        self.scenario = scenario
        self.language = language
        self.crossed = self.held = self.answers = self.hints = 0
        self.faults: list[str] = []
        self.number = 0
        self._is_beside = False
        """A line that was typed runs in the background: time is stopped while the reader reads and types."""

    @property
    def count(self) -> int:
        return len(self.scenario.steps)

    def fault(self, text: str) -> None:
        """Something is not as it should be."""
        self.faults.append(f"step {self.number}: {text}")

    # -- looks

    def page(self) -> Page | None:
        """The lesson's page, where it is of the present step."""
        found = Page.of(self.reader.screen)
        return found if found is not None and found.is_of(self.number, self.count) else None

    def whole(self) -> Page:
        """All of the page, which is read down to its end and left at its beginning."""
        page = self.reader.until("the lesson", self.page)
        title, rows = page.title, page.rows
        if not page.has_more:
            return page
        while page.has_more:
            page = self._moved(page, "\x1b[B")
            rows = joined(rows, page.rows)
        while page.was_more:
            page = self._moved(page, "\x1b[A")
        return Page(title, rows)

    def _says(self, text: str) -> bool:
        page = self.page()
        return page is not None and (page.says(text) or (page.has_more and self.whole().says(text)))

    def _moved(self, seen: Page, key: str) -> Page:
        """The page after a key that moves it by a row."""
        self.reader.press(key)
        return self.reader.until("the next row", lambda: self._other(seen), again=lambda: self.reader.press(f"6{key}"))

    def _other(self, seen: Page) -> Page | None:
        page = self.page()
        return page if page is not None and page != seen else None

    def _looked(self, count: int) -> bool:
        """All goals were looked at, and no line is at work."""
        page = self.page()
        if page is None or not (self.reader.is_at_rest or self._is_beside):
            return False
        if not count or page.met(count) is not None:
            return True
        return page.has_more and self.whole().met(count) is not None

    def _all_met(self, count: int) -> bool:
        page = self.page()
        if page is None or not count:
            return page is not None and self.reader.is_at_rest
        return page.met(count) == count or (page.has_more and self.whole().met(count) == count)

    def look(self) -> None:
        """Go to the lesson's pane."""
        self.reader.press("6")

    # -- the lesson as it is

    def begin(self) -> None:
        """Wait for the first page, and let time go as fast as it can."""
        self.reader.until("the lab", lambda: self.reader.is_at_rest)
        self.look()
        self.reader.until("what the scenario is about", lambda: self._says(said(self.scenario.about)))
        self.reader.press(FASTEST)
        self.reader.until("the fastest pace", lambda: self.reader.says("×" + tr("status.fastest")))

    def follow(self) -> None:
        """Go through it by the key that goes on."""
        self.begin()
        for step in self.scenario.steps:
            self.reader.press("p")
            if step.ask:
                self.question(step)
                self.reader.press("p")
            self.number += 1
            count = len(step.expect)
            self.look()
            self.reader.until("the step", lambda count=count: self._looked(count))
            if step.task:
                if not self.whole().says(said(step.task)):
                    self.fault("the task is not shown")
                self.reader.press("pp6")  # it is given up
            self.reader.until("all goals met", lambda count=count: self._all_met(count))
            if not self.whole().says(said(step.say)):
                self.fault("what the step says is not shown")
        self.end()

    def question(self, step: Step) -> None:
        """See a question and its answers."""
        self.look()
        choose = how_to_choose(len(step.answers)) if step.answers else tr("lesson.answer")
        self.reader.until("a question", lambda: self._says(choose))
        page = self.whole()
        for text in (step.ask, *step.answers):
            if not page.says(said(text)):
                self.fault(f"not shown: {said(text)}")

    def end(self) -> None:
        """See that it is finished, and what comes next."""
        for text in (tr("lesson.finished"), said(self.scenario.learned)):
            self.reader.until(text, lambda text=text: self._says(text))
        if not self.scenario.after:
            return
        self.reader.press("p")
        self.reader.until("the next lesson", lambda: self.reader.says(titled(self.scenario.after)[:OF_A_TITLE]))

    # -- the lesson by hand

    def do(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Type the lines of each step."""
        self.begin()
        for step, typed in zip(self.scenario.steps, lines, strict=True):
            self.reader.press("p")
            if step.ask:
                self.answer(step)
            self.number += 1
            self.look()
            self.reader.until("the step", lambda step=step: self._looked(len(step.expect)))
            if step.ask:
                self.see_verdict(step)
            unmet = self.see_unmet(step)
            if unmet and step.task:
                self.mistype(typed, len(step.expect))
            if unmet and step.hints:
                self.ask_for_hints(step)
            self.enter(typed)
            self.see_met(step, unmet)
        self.end()

    def _guess(self, step: Step) -> int:
        """Right at first, then wrong, and so on."""
        return step.right if self.answers % 2 == 0 else step.right % len(step.answers) + 1

    def answer(self, step: Step) -> None:
        """Answer a question."""
        self.question(step)
        self.reader.press(LETTERS[self._guess(step) - 1] if step.answers else "p")
        self.reader.until("an end of the question", lambda: not self._says(said(step.ask)))

    def see_verdict(self, step: Step) -> None:
        """See what is said of the answer."""
        if step.answers:
            _asked, *answers = question("", tuple(map(said, step.answers)), self.language)
            guess, right = (answers[at - 1] for at in (self._guess(step), step.right))
            if not self.whole().says(verdict(guess, right, self.language)):
                self.fault(f"nothing is said of the answer {guess}")
            self.answers += 1

    def see_unmet(self, step: Step) -> list[str]:
        """The goals that are not met yet, each of which says so; the page shows conditions from then on."""
        if not step.expect:
            return []
        self.reader.until("what is wrong with each goal", self._explains)
        for goal in self.whole().goals():
            if goal.mark == "✗" and self.language == "zh" and not is_chinese(goal.text, goal.wrong):
                self.fault(f"an unmet goal is told in English: {goal.text}: {goal.wrong}")
        marks = self.conditions(step)
        for line, mark in marks.items():
            if mark not in ("✓", "✗"):
                self.fault(f"nothing is seen of the goal: {line}")
        return [line for line, mark in marks.items() if mark == "✗"]

    def _explains(self) -> bool:
        return all(goal.text and (goal.wrong or goal.mark != "✗") for goal in self.whole().goals())

    def conditions(self, step: Step) -> Mapping[str, str]:
        """The marks of the goals, which are shown as they are written after it."""
        if not self._shows_conditions(step):
            self.reader.press("c")
            self.reader.until("the goals as conditions", lambda: self._shows_conditions(step))
        page = self.whole()
        return {line: page.mark_of(line) for line in step.expect}

    def _shows_conditions(self, step: Step) -> bool:
        page = self.page()
        if page is not None and page.has_more:
            page = self.whole()
        return page is not None and all(page.mark_of(line) for line in step.expect)

    def mistype(self, lines: Sequence[str], count: int) -> None:
        """Type a wrong line, and see that it has done nothing for the goals."""
        word, _, rest = lines[0].partition(" ")
        self.reader.type((f"{word[1:]}{word[0]} {rest}",))
        self.reader.until("what is wrong with a line", lambda: any(
            line.startswith(" ✗ ") for line in self.reader.screen.lines()[-4:-2]))
        self.reader.leave_prompt(waits=not self._is_beside)
        self.look()
        self.reader.press("r")
        self.reader.until("an unmet goal", lambda: self._is_unmet(count))

    def _is_unmet(self, count: int) -> bool:
        page = self.page()
        return page is not None and page.met(count) not in (None, count)

    def ask_for_hints(self, step: Step) -> None:
        """See each hint."""
        for hint in step.hints:
            self.reader.press("h")
            self.reader.until(f"the hint {said(hint)}", lambda hint=hint: self._says(said(hint)))
            self.hints += 1

    def enter(self, lines: tuple[str, ...]) -> None:
        """Type a step's lines."""
        if not self._is_beside and any(line.endswith("&") for line in lines):
            self._is_beside = True
            self.reader.press(SLOW)
        if self._is_beside:
            self.reader.press(" ")
            self.reader.until("a stop", lambda: self._is_paused)
        if self._is_beside and len(lines) > 1:  # lines that are typed run beside each other, pasted ones one by one
            self.reader.begin_typing()
            self.reader.press("\x1b[200~" + "".join(f"{line}\n" for line in lines) + "\x1b[201~")
        else:
            self.reader.type(lines)
        self.reader.leave_prompt(waits=not self._is_beside)
        if self._is_beside:
            self.reader.press(" ")
            self.reader.until("time", lambda: not self._is_paused)
        self.look()

    @property
    def _is_paused(self) -> bool:
        return f" {tr('status.paused')} " in self.reader.status

    def see_met(self, step: Step, unmet: Sequence[str]) -> None:
        """See all goals met; the page shows sentences again."""
        count = len(step.expect)
        self.reader.until("all goals met", lambda: self._all_met(count), again=lambda: self.reader.press("6r"))
        if not count:
            return
        marks = self.conditions(step)
        for line, mark in marks.items():
            if mark != "✓":
                self.fault(f"{line} has {mark or 'no mark'} where all goals are met")
            elif line in unmet:
                self.crossed += 1
            else:
                self.held += 1
        self.reader.press("c")
        self.reader.until("the goals as sentences", lambda: not self._shows_conditions(step))


def joined(above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...]:
    """The rows of two looks at a page that was moved in between."""
    for shared in range(min(len(above), len(below)), 0, -1):
        if above[-shared:] == below[:shared]:
            return above + below[shared:]
    return above + below


def tour(name: str, language: str, size: tuple[int, int] = USUAL, ways: Sequence[str] = WAYS) -> Tour:
    """The tours of one scenario for a reader of one language."""
    set_language(language)
    begun, cpu = time.monotonic(), 0.0
    scenario = load_scenario(find_scenario(name))
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        path, lines = by_hand(name, Path(directory))
        for way in ways:
            opened = name if way == AS_IT_IS else str(path)
            with Reader(opened, language, size, Path(directory)) as reader:
                journey = Journey(reader, scenario, language)
                try:
                    journey.follow() if way == AS_IT_IS else journey.do(lines)
                except StuckError as error:
                    journey.fault("\n".join((str(error), *reader.screen.lines())))
            cpu += reader.worked
            faults += [f"{name} {language} {size[0]}×{size[1]} {way}, {fault}" for fault in journey.faults]
    return Tour(name, language, size, len(scenario.steps), sum(len(step.expect) for step in scenario.steps),
                journey.crossed, journey.held, journey.answers, journey.hints, time.monotonic() - begun, cpu,
                tuple(faults))


def tours(names: Sequence[str] = (), languages: Sequence[str] = LANGUAGES, sizes: Sequence[tuple[int, int]] = (USUAL,),
          at_once: int = 1) -> Iterator[Tour]:
    """Tours of some scenarios, or of all, each as it ends."""
    os.environ.setdefault("PYTHONPYCACHEPREFIX", compiled().name)
    wanted = list(product(names or bundled(), languages, sizes))
    if at_once == 1:
        yield from (tour(*one) for one in wanted)
        return
    with ProcessPoolExecutor(at_once) as pool:
        yield from pool.map(tour, *zip(*wanted, strict=True))


def size_of(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    return int(columns), int(rows)


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--size", type=size_of, action="append", help="COLUMNSxROWS")
    parser.add_argument("-j", type=int, default=1, help="tours at once")
    given = parser.parse_args()
    done = []
    for one in tours(given.names, given.language or LANGUAGES, given.size or (USUAL,), given.j):
        print(one.line(), *one.faults, sep="\n    ", flush=True)
        done.append(one)
    print(summary(done))
    return int(any(one.faults for one in done))


def summary(done: Sequence[Tour]) -> str:
    """The sums of a table."""
    wrong = [one for one in done if one.faults]
    sums = (sum(values) for values in zip(*((one.steps, one.goals, one.crossed, one.held, one.answers, one.hints,
                                             one.seconds, one.cpu) for one in done), strict=True))
    return ("{} tours, {} wrong: {} steps, {} goals, of which {} were seen ✗ and then ✓, {} ✓ at once; {} answers, "
            "{} hints; {:.0f} s, {:.0f} s CPU").format(len(done), len(wrong), *sums)


if __name__ == "__main__":
    sys.exit(main())
