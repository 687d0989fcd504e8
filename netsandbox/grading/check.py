"""`netsandbox check`: whether what scenarios expect holds, as a report for a person, as JSON, and as JUnit XML."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from netsandbox.commands import expect
from netsandbox.commands.expect import ConditionError, Verdict
from netsandbox.commands.prompt.typography import straight
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.explain.questions import lettered, verdict
from netsandbox.explain.refusals import noted, translated
from netsandbox.explain.words import Words
from netsandbox.grading.apart import EndedError, Limits, apart
from netsandbox.grading.on_the_way import ForeignError, Way, counted, do_again
from netsandbox.grading.outcome import FAILED, HELD, WRONG, Outcome, Report
from netsandbox.grading.report import TextReport, junit
from netsandbox.session.files import refuse_inputs, write_atomically
from netsandbox.session.goals import EXPECT, conditions
from netsandbox.session.library import find_scenario
from netsandbox.session.ready import is_there
from netsandbox.session.runner import Line, Runner, Task
from netsandbox.session.scenario import read_scenario
from netsandbox.session.steps import Scenario, Step
from netsandbox.session.texts import text_in

CANARIES = ("exit 999", "frames 999999999 since 1 lines")
"""Conditions that hold in no lab: a check that calls one of them true sees nothing, and none of its answers counts."""


LIMITS = Limits()  # For each scenario and each hand-in


def main(options: argparse.Namespace) -> int:
    """Check the files; 0 when all holds, 1 when something does not, 2 when a file is wrong (FileError: the JUnit file
    cannot be written)."""
    if options.junit:
        refuse_inputs(options.junit, [*options.files, *options.session])
    text = TextReport(options.lang, sys.stdout.isatty())
    reports = list[Report]()
    for report in _reports(options.files, options.session, options.lang):
        reports.append(report)
        if not options.json:
            text.file(report)
    if options.json:
        json.dump(summary(reports), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        text.summary(reports)
    if options.junit:
        write_atomically(options.junit, junit(reports))
    return status(reports)


def _reports(files: Sequence[str], sessions: Sequence[str], language: str) -> Iterator[Report]:
    """One for each file; one for each session, and of several files that from which it was begun."""
    if not sessions:
        yield from (_apart(name, "", language) for name in files)
    for saved in sessions:
        found = [_apart(name, saved, language) for name in files]
        yield from [one for one in found if not one.note] or found


def _apart(name: str, saved: str, language: str) -> Report:
    """Judge one in a process of its own: a hand-in that breaks it leaves the others to be judged."""
    try:
        return apart(partial(judge, name, saved, language) if saved else partial(check, name, language), LIMITS)
    except EndedError as error:
        file, title = _headed(name) if saved else (name, {})
        return Report(file, dict(title), error=_said(language, "ended", saved or name, str(error)), session=saved)


def _headed(name: str) -> tuple[str, Mapping[str, str]]:
    """Under which file and title a scenario is told of, whatever becomes of a session of it."""
    try:
        scenario = read_scenario(find_scenario(name))
    except ScenarioError:
        return name, {}
    return scenario.name, scenario.title


def status(reports: Sequence[Report]) -> int:
    """The exit status."""
    statuses = {report.status for report in reports}
    return 2 if WRONG in statuses else 1 if FAILED in statuses else 0


def check(name: str, language: str = "en") -> Report:
    """Run one scenario, given by its file or bundled name, and see what it expects."""
    try:
        path = find_scenario(name)
        scenario = read_scenario(path)
    except ScenarioError as error:
        return Report(name, error=translated(str(error), language))
    return check_scenario(scenario, language)


def judge(name: str, saved: str, language: str = "en") -> Report:
    """Whether what a scenario expects holds where a saved session ends, or did at its step; nothing else counts."""
    try:
        scenario, session = read_scenario(find_scenario(name)), read_scenario(saved)
    except ScenarioError as error:
        file, title = _headed(name)
        return Report(file, dict(title), error=translated(str(error), language), session=saved)
    wrong = tuple(_unreadable(scenario, language))
    if wrong:
        return Report(scenario.name, dict(scenario.title), wrong, session=saved)
    runner = Runner.of(scenario)
    runner.language = language
    note, way = "", None
    try:
        way = do_again(runner.session, session, scenario, language)
    except ForeignError as error:
        note = ERRORS.say(error.key, language, file=saved, other=name, **error.fields)
    outcomes = tuple(_at_end(runner, scenario, way) if way is not None else _none_of(scenario, note))
    problem = "" if outcomes else _said(language, "nothing", scenario.name)
    told = tuple(_helped(session, scenario, language))
    return Report(scenario.name, dict(scenario.title), outcomes, problem, saved, note, told)


def _helped(session: Scenario, scenario: Scenario, language: str) -> Iterator[str]:
    """What a reader asked for and answered beside the lines, as the app has kept it."""
    for kind, given, left in session.notes:
        number = len(scenario.steps) - left
        step = scenario.steps[number - 1] if 0 < number <= len(scenario.steps) else None
        answers = [text_in(answer, language) for answer in step.answers] if step is not None else []
        if kind == "answer" and step is not None and 0 < given <= len(answers):
            text = verdict(lettered(answers, given), lettered(answers, step.right), language)
            yield ERRORS.say("answer", language, number=number, text=text)
        elif kind != "answer" and step is not None:
            yield ERRORS.say(kind, language, number=number, hint=given, of=len(step.hints))


def _at_end(runner: Runner, scenario: Scenario, way: Way) -> Iterator[Outcome]:
    """What a scenario expects, in its order; what does not hold in the end may have been met on the way."""
    for number, step in counted(scenario):
        for text, line in conditions(step):
            found = _judged(runner.line(EXPECT + text, line, is_expect=True), "")
            if found.status == FAILED and (text, line) in way.met:
                was = way.met[text, line]
                found = Outcome(line, text, was.after, HELD, verdict=was.verdict)
            if step in way.always:
                found = found._replace(status=FAILED, message=ERRORS.say("always", runner.language))
            yield found._replace(step=number)


def _none_of(scenario: Scenario, why: str) -> Iterator[Outcome]:
    """The same of a session that is none of the scenario's: nothing counts as met."""
    for number, step in counted(scenario):
        yield from (Outcome(line, text, "", FAILED, why, step=number) for text, line in conditions(step))


def check_scenario(scenario: Scenario, language: str = "en") -> Report:
    """The same for one that was read already."""
    wrong = tuple(_unreadable(scenario, language))
    if wrong:
        return Report(scenario.name, dict(scenario.title), wrong)
    runner = Runner.of(scenario)
    told: list[str] = []
    outcomes = tuple(_outcomes(runner, scenario, language, told))
    if scenario.after and not is_there(scenario.after):
        told.append(ERRORS.say("next", language, file=scenario.name, name=scenario.after))
    report = Report(scenario.name, dict(scenario.title), outcomes, told=tuple(told))
    if not any(outcome.is_expect for outcome in outcomes):
        return report._replace(error=_said(language, "nothing", scenario.name))
    blind = _blind_to(runner)
    return report._replace(error=_said(language, "blind", scenario.name, blind)) if blind else report


ERRORS = Words({
    "done": ("{file}:{line}: this task is done before anybody has done anything: all of its goals hold",
             "{file}:{line}：这个任务在做任何事之前就已完成：它的目标全部成立"),
    "next": ("{file}: next: there is no scenario {name}", "{file}：next：没有名为 {name} 的场景"),
    "ended-so": ("the line before it ended with exit status {code}: {text}",
                 "它前面的那一行以退出码 {code} 结束：{text}"),
    "no-way": ("{file}:{line}: this task has no `run`, so that nothing does it here",
               "{file}:{line}：这个任务没有 `run`，所以这里没有什么来完成它"),
    "answer": ("step {number}, the question: {text}", "第 {number} 步的问题：{text}"),
    "hint": ("step {number}: hint {hint} of {of} was asked for", "第 {number} 步：要了第 {hint} 个提示（共 {of} 个）"),
    "solution": ("step {number}: the solution was shown and done by the app", "第 {number} 步：看了做法，由界面做完"),
    "set-up": ("{file} was not begun from {other}, whose set-up is another: nothing counts",
               "{file} 不是从 {other} 开始的，两者的开头不同：都不算"),
    "setting": ("{file} was not begun from {other}: its {name} is {found}, and not {wanted}: nothing counts",
                "{file} 不是从 {other} 开始的：它的 {name} 是 {found}，不是 {wanted}：都不算"),
    "always": ("it was so before anything was done, and at no time otherwise: nobody has done it",
               "做任何事之前就是这样，一直没有变过：没有人做过这件事"),
    "left": ("{file} leaves the lab of {other} for another, by the line `{line}`: nothing counts",
             "{file} 在这一行离开了 {other} 的实验网络：`{line}`：都不算"),
    "ended": ("{file}: not judged to the end: {what}", "{file}：没有评判完：{what}"),
    "nothing": ("{file}: no expect line: nothing was checked", "{file}：没有 expect 行，什么也没有检查"),
    "blind": ("{file}: the check is blind: it says that `{what}` holds, which cannot be",
              "{file}：检查失灵：它认为 `{what}` 成立，而这不可能"),
})


def _said(language: str, key: str, file: str, what: str = "") -> str:
    return ERRORS.say(key, language, file=file, what=what)


def _unreadable(scenario: Scenario, language: str) -> Iterator[Outcome]:
    """The conditions that cannot be read, found before anything is run."""
    for step in (*scenario.setup, *scenario.steps):
        for text, number in conditions(step):
            try:
                expect.parse(text)
            except ConditionError as error:
                after = step.run[-1] if step.run else ""
                found = translated(str(error).removeprefix("expect: "), language)
                offered = "\n" + noted(f"Try:  {meant}", language) if (meant := straight(text)) != text else ""
                yield Outcome(number, text, after, WRONG, found + offered)


def _outcomes(runner: Runner, scenario: Scenario, language: str, told: list[str]) -> Iterator[Outcome]:
    """What came of each line; what is odd about its tasks is told."""
    after, ended = "", ""
    for event in runner.scenario(scenario, language):
        if isinstance(event, Task):
            key = "done" if _is_done(runner, event.step) else "no-way" if not event.step.run else ""
            told += [ERRORS.say(key, language, file=scenario.name, line=event.step.line)] if key else []
        if not isinstance(event, Line):
            continue
        if event.is_expect:
            found = _judged(event, after)
            yield found._replace(message=f"{found.message}\n{ended}") if ended and found.status == FAILED else found
        else:
            after, code, text = event.text, event.job.code, event.job.err.strip().partition("\n")[0]
            ended = ERRORS.say("ended-so", language, code=code, text=text) if code and text else ""
            if event.failed:
                yield Outcome(event.number, event.text, "", FAILED, event.job.err.strip() or f"exit {event.job.code}",
                              is_expect=False)


def _is_done(runner: Runner, step: Step) -> bool:
    """Whether a task is done before its reader has done anything, as the app would see it."""
    shell = runner.session.shell
    shell.counts_from = runner.session.trace.end
    found = [shell.execute(EXPECT + text).code for text, _line in conditions(step)]
    shell.counts_from = 0
    return not any(found)


def _judged(line: Line, after: str) -> Outcome:
    """An expectation counts as held only if it says so itself: exit status 0 and a verdict."""
    text = line.text.removeprefix("expect ")
    verdict = line.job.result if isinstance(line.job.result, Verdict) else None
    if line.job.code == 0 and verdict is not None and verdict.holds:
        return Outcome(line.number, text, after, HELD, line.job.out.strip(), verdict)
    message = line.job.err.strip() or f"exit {line.job.code}"
    return Outcome(line.number, text, after, FAILED if verdict is not None else WRONG, message, verdict)


def _blind_to(runner: Runner) -> str:
    """A condition that cannot hold and is said to; empty if the check sees."""
    for text in CANARIES:
        line = runner.line(f"expect {text}", is_expect=True)
        verdict = line.job.result
        if line.job.code != 1 or not isinstance(verdict, Verdict) or verdict.holds:
            return text
    return ""


def summary(reports: Sequence[Report]) -> dict[str, Any]:
    """Everything, for a program to read."""
    counted = [outcome for report in reports for outcome in report.outcomes if outcome.is_expect]
    return {
        "status": {0: HELD, 1: FAILED, 2: WRONG}[status(reports)],
        "files": [_file(report) for report in reports],
        "summary": {"files": len(reports), "expectations": len(counted),
                    **{key: sum(outcome.status == key for outcome in counted) for key in (HELD, FAILED)},
                    WRONG: sum(report.status == WRONG for report in reports)},
    }


def _file(report: Report) -> dict[str, Any]:
    return {"file": report.file, "session": report.session, "title": report.title, "status": report.status,
            "error": report.error, "note": report.note, "told": report.told,
            "expectations": [_expectation(outcome) for outcome in report.outcomes if outcome.is_expect],
            "failed_lines": [{"line": outcome.number, "command": outcome.text, "message": outcome.message}
                             for outcome in report.outcomes if not outcome.is_expect]}


def _expectation(outcome: Outcome) -> dict[str, Any]:
    verdict = outcome.verdict or Verdict(False, "", "")
    return {"line": outcome.number, "condition": outcome.text, "after": outcome.after, "status": outcome.status,
            "expected": verdict.expected, "found": verdict.found, "why": verdict.why,
            "frames": [row._asdict() for row in verdict.rows], "message": outcome.message}
