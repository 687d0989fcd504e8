"""Where a person stands in a lesson: the present step, what it wants to be true, and what is still wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.explain.questions import lettered, verdict
from netsandbox.session.texts import text_in
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.text import crop

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.session.journal import Entry
    from netsandbox.session.keeping import KeptSession
    from netsandbox.session.steps import Scenario, Step

EXPECT = "expect "  # What a line begins with that looks whether a goal is met
TABLES = {"arp": ("arp", 1), "mac": ("mac", 1), "fdb": ("mac", 1), "route": ("routes", 1), "port": ("sockets", 1),
          "log": ("log", 1), "interface": ("links", 1), "counter": ("links", 2)}
"""The device pane's tab in which a person sees what a condition is about, and which of its words is the device."""


def titled(name: str) -> str:
    """The title of a lesson, or its name where it has none."""
    from netsandbox.session import shelf  # reads files: not before a lesson has ended

    return (said(shelf.read(name, shelf.BUNDLED).title) if name else "") or name


MOST_WANTED = 60  # Cells of a goal on another pane's edge


class Goal(NamedTuple):
    """One `expect` of a step."""

    line: str  # the condition as the scenario has it
    met: bool | None = None  # None until it has been looked at
    sentence: str = ""  # what it says, in the reader's language; empty until then
    wrong: str = ""  # what is there instead, and why; empty while it is not known or not wrong


class Guess(NamedTuple):
    """What a person thought before a step."""

    answer: str  # the one that was chosen; empty where none was
    right: str  # the right one; both with their letters
    question: str  # what was asked


class Stand(NamedTuple):
    """What the lesson pane shows."""

    title: str
    # number, total: of the step that was begun last, from 1 and 0 before the first, and of all
    number: int
    total: int
    text: str  # what the step says, before the first what the scenario is about
    lines: tuple[str, ...]  # what the step runs, but for a task that is open
    ask: str  # the question before the next step, once it was asked; empty otherwise
    goals: tuple[Goal, ...]
    hints: tuple[str, ...]  # those that were asked for
    more_hints: int  # how many there are beside them
    is_finished: bool
    # learned, after: of a lesson that is finished: what to keep, and the scenario that comes next
    learned: str
    after: str
    task: str = ""  # what a person is to do; empty where the lesson does all
    is_open: bool = False  # it is not done yet
    answers: tuple[str, ...] = ()  # those to choose among
    guess: Guess | None = None  # what was thought before the step that was begun last; None where nothing was asked
    skipped: tuple[int, ...] = ()  # of a lesson that is finished, the steps whose goals were left unmet
    insists: bool = False  # the key that goes on was pressed though goals are unmet: pressed again, it does

    @property
    def unmet(self) -> int:
        """Goals that do not hold, or were not looked at."""
        return sum(goal.met is not True for goal in self.goals)


def way_to(session: KeptSession, step: Step) -> list[str]:
    """Lines that lead a person who is in another shell to the one where a step's lines belong."""
    scenario, here = session.scenario, session.shell.where
    if scenario is None or not step.run:
        return []
    there = scenario.shell_before(len(scenario.steps) - len(session.pending) - 1)
    if there == here:
        return []
    return (["exit"] if here is not None else []) + ([f"enter {there}"] if there is not None else [])


def said(texts: Mapping[str, str]) -> str:
    """A text in the language in use, or in the one that it is written in."""
    return text_in(texts, language())


def step_of(stand: Stand) -> str:
    """Which of its steps a lesson is at."""
    if not stand.number:
        return tr("lesson.steps", count=stand.total)
    return tr("lesson.step", number=stand.number, count=stand.total)


def goals_summary(stand: Stand, subject: tuple[str, str] | None) -> str:
    """Where there is no room for the lesson: which step it is, how many goals are met, and if it is about a table."""
    met = len(stand.goals) - stand.unmet
    step = step_of(stand)
    step += tr("lesson.met", met=met, count=len(stand.goals)) if stand.goals else ""
    return step + (tr("lesson.table") if subject else "")


def wanted(stand: Stand, glyphs: GlyphSet) -> str:
    """Where the lesson is hidden: how many goals are met, and the first that is not; empty where a step has none."""
    if not stand.goals:
        return ""
    missing = next((goal.sentence for goal in stand.goals if goal.met is False), "")
    met, count = len(stand.goals) - stand.unmet, len(stand.goals)
    mark = ("NO" if glyphs.ascii else "✗") if stand.unmet else "ok" if glyphs.ascii else "✓"
    if not missing:
        return f"{mark} {tr('lesson.wanted', met=met, count=count)}"
    goal = crop(missing, MOST_WANTED, glyphs.ellipsis)
    return f"{mark} {tr('lesson.missing', met=met, count=count, goal=goal)}"


class Moment(NamedTuple):
    """When something of a step was found: of which step, how many lines were done, the last of them, and steps."""

    number: int
    done: int
    last: Entry | None
    step: int

    @classmethod
    def of(cls, session: KeptSession, number: int) -> Moment:
        done = session.done
        return cls(number, done, session.journal[done - 1] if done else None, session.position.step)

    def has_come(self, session: KeptSession) -> bool:
        """Whether it lies in the past of where the session stands, whatever branch that is."""
        return (self.done <= session.done and self.step <= session.position.step
                and (self.last is None or session.journal[self.done - 1] is self.last))


class Lesson:
    """The goals of the present step and what was found of them; all else is the session's own.

    What was found was found at a moment: who goes back behind it finds the step as it was then, and who comes to it
    again, what was found. What happened stays; what is so is asked anew, until all of a step's goals are met at once.
    """

    def __init__(self) -> None:
        self.insists = False  # the goals were looked at again for the key that goes on; the next time it does
        self._scenario: Scenario | None = None
        self._number = 0  # The step that was begun last
        self._now = Moment(0, 0, None, 0)  # Where the lab was at the last look
        self._asked = -1  # The step whose question was asked
        self._guesses: dict[int, int] = {}  # By step: the number of the answer that was chosen before it
        self._shown = 0  # Hints that were asked for
        self._goals: dict[str, Goal] = {}
        self._solved = False  # A person gave the task up, or has done it
        self._found: list[tuple[Moment, Goal]] = []
        """Each look at a goal that found something else than the one before, and the one at which all were met."""
        self._given_up: list[Moment] = []  # When a person gave a task up
        self._begun: dict[int, int] = {}  # By step: the trace's next record when it was begun

    def follow(self, session: KeptSession) -> None:
        """Know of the present step what was found of it until now."""
        session.task_is_open = self._is_open
        scenario = session.scenario
        number = len(scenario.steps) - len(session.pending) if scenario is not None else 0
        if scenario is not self._scenario:
            self._found, self._given_up, self._begun, self._guesses = [], [], {}, {}
        is_other = scenario is not self._scenario or number != self._number
        if is_other:
            self._scenario, self._number = scenario, number
            self._shown, self._asked, self._goals, self.insists = 0, -1, {}, False
        before, self._now = self._now, Moment.of(session, number)
        if is_other or not before.has_come(session):  # what comes only later keeps its sentence
            self._goals = {line: goal._replace(met=None, wrong="") for line, goal in self._goals.items()}
            self._solved = any(moment.number == number and moment.done < session.done and moment.has_come(session)
                               for moment in self._given_up)
        if is_other or self._now != before:
            self._remember(session)

    def _remember(self, session: KeptSession) -> None:
        """What was found of the present step until now."""
        self._goals |= {goal.line: goal for goal in self._found_until(session)}
        self._solved = self._solved or (bool(self._goals) and not self.to_look_at())

    def _found_until(self, session: KeptSession) -> list[Goal]:
        found = [one for one in self._found if one[0].number == self._number and one[0].has_come(session)]
        return [goal for _moment, goal in sorted(found, key=lambda one: (one[0].step, one[0].done))]

    def is_midway(self, session: KeptSession) -> bool:
        """Time went back into the lines of a step, whose goals were looked at only behind them."""
        step = self.step
        return (step is not None and step.begins and bool(step.expect) and not self._found_until(session)
                and not session.is_at_end_of_step)

    def begin(self, session: KeptSession) -> None:
        """The next step begins."""
        self.follow(session)
        self._begun.pop(self._number, None)
        self._begun[self._number] = session.trace.end
        session.shell.counts_after = session.shell.last if self.is_task_open else None

    @property
    def is_newest(self) -> bool:
        """The present step is the one that was begun last: nobody went back to one before."""
        return next(reversed(self._begun), 0) == self._number

    @property
    def is_task_open(self) -> bool:
        """A person is to do something now."""
        return self._is_open()

    def _is_open(self) -> bool:
        return self.step is not None and bool(self.step.task) and not self._solved

    @property
    def counts_from(self) -> int:
        """From which record on lines and frames count: what a task asks for is not met by what the lesson did."""
        return self._begun.get(self._number, 0) if self.is_task_open else 0

    @property
    def step(self) -> Step | None:
        """The step that was begun last."""
        return self._scenario.steps[self._number - 1] if self._scenario is not None and self._number else None

    def judged(self, job: Job, session: KeptSession) -> Goal | None:
        """Take what an `expect` found; None where it is about no goal."""
        from netsandbox.commands.expect.condition import Verdict  # not needed for the first picture

        line = job.line.removeprefix(EXPECT)
        if self.step is None or line not in self.step.expect:
            return None
        found = job.result if isinstance(job.result, Verdict) else Verdict(False, "", job.err.strip())
        wrong = "" if found.holds else "\n".join(filter(None, (found.found, found.why)))
        before, goal = self._goals.get(line), Goal(line, found.holds, found.expected, wrong)
        self._goals[line] = goal
        is_done = not self.to_look_at()
        self._solved = self._solved or is_done
        if is_done or goal != before:
            moment = Moment.of(session, self._number)
            self._found += [(moment, one) for one in (self._goals.values() if is_done else (goal,))]
        return goal

    def look(self, session: KeptSession, rests: bool) -> None:
        """Look at the goals; while something is under way, only at what is so now: what will have happened is open."""
        from netsandbox.commands.expect.condition import is_of_event  # not needed for the first picture

        session.shell.language, session.shell.counts_from = language(), self.counts_from
        for line in self.to_look_at():
            wanted = line.removeprefix(EXPECT)
            if rests or not is_of_event(wanted):
                self.judged(session.shell.execute(line), session)
            elif wanted in self._goals:
                self._goals[wanted] = self._goals[wanted]._replace(met=None, wrong="")
        session.shell.counts_from = 0

    def to_look_at(self) -> list[str]:
        """The goals that are not met, and those that may be met no more, as lines; none once all were met at once."""
        lines = self.step.expect if self.step is not None else ()
        missing = [line for line in lines if not (line in self._goals and self._goals[line].met)]
        if not missing:
            return []
        from netsandbox.commands.expect.condition import is_of_event  # not needed for the first picture

        return [EXPECT + line for line in lines if line in missing or not is_of_event(line)]

    def ask(self) -> bool:
        """Ask the question before the next step; False when there is none, or it was asked already."""
        following = self._scenario.steps[self._number :] if self._scenario is not None else ()
        if not following or not following[0].ask or self._asked == self._number:
            return False
        self._asked = self._number
        self._guesses.pop(self._number + 1, None)
        return True

    def answer(self, number: int, session: KeptSession) -> bool:
        """Choose an answer to the question that was asked; False where there is no such one."""
        scenario = self._scenario
        if scenario is None or self._asked != self._number or self._number == len(scenario.steps):
            return False
        if not 0 < number <= len(scenario.steps[self._number].answers):
            return False
        self._guesses[self._number + 1] = number
        session.note("answer", number, self._number + 1)
        return True

    def judge(self) -> str:
        """What is said of the answer to the question before the step that comes next; empty where none was asked."""
        guess = self._guess(self._number + 1)
        return verdict(guess.answer, guess.right, language()) if guess is not None else ""

    def _guess(self, at: int) -> Guess | None:
        steps, number = self._scenario.steps if self._scenario is not None else (), self._guesses.get(at, 0)
        step = steps[at - 1] if 0 < at <= len(steps) else None
        if step is None or not 0 < step.right <= len(step.answers):
            return None
        answers = tuple(map(said, step.answers))
        return Guess(lettered(answers, number), lettered(answers, step.right), said(step.ask))

    def hint(self, session: KeptSession) -> bool:
        """Show one hint more; False when there is none."""
        if self.step is None or self._shown >= len(self.step.hints):
            return False
        self._shown += 1
        session.note("hint", self._shown, self._number)
        return True

    def solve(self, session: KeptSession) -> Step | None:
        """The step whose task a person gives up; None when it has none, or that was done."""
        if self.step is None or not (self.step.task and self.step.run) or self._solved:
            return None
        self._solved = True
        session.note("solution", 0, self._number)
        self._given_up.append(Moment.of(session, self._number))
        return self.step

    def stand(self) -> Stand | None:
        """Where the person stands; None without a lesson."""
        scenario, step = self._scenario, self.step
        if scenario is None or not scenario.steps:
            return None

        goals = tuple(self._goals.get(line, Goal(line)) for line in step.expect) if step is not None else ()
        is_last = self._number == len(scenario.steps)
        is_finished = is_last and all(goal.met for goal in goals)
        asks = scenario.steps[self._number] if self._asked == self._number and not is_last else None
        ask, answers = (said(asks.ask), tuple(map(said, asks.answers))) if asks is not None else ("", ())
        hints, task = (step.hints, said(step.task)) if step is not None else ((), "")
        shown = 0 if goals and all(goal.met for goal in goals) else self._shown  # what is done needs none
        is_open = self.is_task_open
        text = scenario.about if step is None else {} if is_open else step.say
        return Stand(said(scenario.title) or scenario.name, self._number, len(scenario.steps),
                     said(text), step.run if step is not None and not is_open else (), ask, goals,
                     tuple(map(said, hints[:shown])), len(hints) - self._shown, is_finished,
                     said(scenario.learned), scenario.after, task, is_open,
                     answers, self._guess(self._number), tuple(self._skipped(scenario)) if is_finished else (),
                     self.insists)

    def _skipped(self, scenario: Scenario) -> Iterator[int]:
        """Steps whose goals were looked at, and never all met."""
        for number, step in enumerate(scenario.steps, 1):
            found = [goal for moment, goal in self._found if moment.number == number]
            if found and not {goal.line for goal in found if goal.met}.issuperset(step.expect):
                yield number

    def subject(self) -> tuple[str, str] | None:
        """The node and the tab that the present step is about: of its first goal on a table, if it has one."""
        from netsandbox.commands.expect.reader import ConditionError, words_of

        for line in self.step.expect if self.step is not None else ():
            try:
                words = [word.text for word in words_of(line)]
            except ConditionError:
                continue
            words = words[1:] if words[:1] == ["no"] else words
            tab, at = TABLES.get(words[0], ("", 0)) if words else ("", 0)
            if tab and len(words) > at:
                return words[at].partition(":")[0], tab
        return None
