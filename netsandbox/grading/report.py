"""What `netsandbox check` tells: lines for a person, and JUnit XML for a build server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from netsandbox.commands.words import printable
from netsandbox.explain.words import Words
from netsandbox.session.texts import text_in

if TYPE_CHECKING:
    from netsandbox.grading.outcome import Outcome, Report

MARKS = {"held": "✓", "failed": "✗", "wrong": "✗"}
COLOURS = {"held": "green", "failed": "bold red", "wrong": "bold red"}
PHRASES = Words({
    "after": ("after: ", "在此之后："),
    "step": ("of step {number}, neither met there nor so in the end", "属于第 {number} 步：途中没有达成，结尾也不成立"),
    "met": ("at step {number}, after: ", "在第 {number} 步成立，在此之后："),
    "session": ("session: ", "会话："),
    "run": ("the command line failed", "命令行失败"),
    "hand-ins": ("Sessions", "会话一览"), "holds": ("{held} of {count} hold", "成立 {held}/{count} 条"),
    "other": (" (of another lab)", "（另一个实验网络）"), "unread": ("not judged", "未能评判"),
    "none": ("scenarios: {files}", "场景：{files} 个"),
    "all": ("scenarios: {files}; expectations: {count}, all hold", "场景：{files} 个；期望：{count} 条，全部成立"),
    "some": ("scenarios: {files}; expectations: {count}, of which {failed} failed",
             "场景：{files} 个；期望：{count} 条，其中 {failed} 条不成立"),
    "lines": ("; command lines that failed: {lines}", "；失败的命令行：{lines} 行"),
    "wrong": ("; wrong files: {wrong}", "；有误的文件：{wrong} 个"),
})


class TextReport:
    """Prints each file's expectations and a summary: what holds as a sentence, what fails as it is written, too.

    Args:
        language: en or zh.
        coloured: the output is a terminal.
    """

    def __init__(self, language: str, coloured: bool) -> None:
        self._language = language
        self._print: Callable[[str, str], None] = _coloured() if coloured else _plain

    def file(self, report: Report) -> None:
        """One file: its title, its expectations, and below those that fail what there was instead."""
        title = report.title
        self._print(text_in(title, self._language) or report.file, "bold")
        if report.session:
            self._print(f"  {self._say('session')}{report.session}", "bold")
        if report.note:
            self._print(f"  {report.note}", "bold red")
        for outcome in report.outcomes:
            self._outcome(report, outcome)
        for text in report.told:
            self._print(f"  · {text}", "yellow")
        if report.error:
            self._print(f"  ✗ {report.error}", "bold red")

    def _outcome(self, report: Report, outcome: Outcome) -> None:
        holds = outcome.verdict.expected if outcome.status == "held" and outcome.verdict is not None else outcome.text
        text = holds if outcome.is_expect else f"❯ {outcome.text}"
        self._print(f"  {MARKS[outcome.status]} {text}", COLOURS[outcome.status])
        if outcome.step and outcome.status == "held" and outcome.after:
            self._print(f"      {self._say('met', number=outcome.step)}{outcome.after}", "dim")
        if outcome.status == "held" or report.note:
            return
        if outcome.step:
            self._print(f"      {self._say('step', number=outcome.step)}", "red")
        lines = outcome.message.splitlines()
        if not outcome.is_expect:
            lines.insert(0, self._say("run"))
        for line in lines:
            self._print(f"      {line}", "red")
        if outcome.after:
            self._print(f"      {self._say('after')}{outcome.after}", "dim")
        self._print(f"      {report.file}:{outcome.number}", "dim")

    def summary(self, reports: Sequence[Report]) -> None:
        """The last line; before it, of several sessions how each did."""
        if len(reports) > 1 and reports[0].session:
            self._hand_ins(reports)
        outcomes = [outcome for report in reports for outcome in report.outcomes]
        expected = [outcome for outcome in outcomes if outcome.is_expect]
        held = sum(outcome.status == "held" for outcome in expected)
        wrong = sum(report.status == "wrong" for report in reports)
        lines = len(outcomes) - len(expected)
        key = "none" if not expected else "all" if held == len(expected) else "some"
        text = self._say(key, files=len(reports), count=len(expected), failed=len(expected) - held)
        text += self._say("lines", lines=lines) if lines else ""
        text += self._say("wrong", wrong=wrong) if wrong else ""
        self._print(text, "green" if held == len(outcomes) and not wrong else "bold red")

    def _hand_ins(self, reports: Sequence[Report]) -> None:
        """A line for each session."""
        self._print(self._say("hand-ins"), "bold")
        are_several = len({report.file for report in reports}) > 1
        for report in reports:
            counted = [outcome.status == "held" for outcome in report.outcomes if outcome.is_expect]
            told = self._say("unread") if report.error else self._say("holds", held=sum(counted), count=len(counted))
            told += self._say("other") if report.note else ""
            whose = f"{report.session}, {report.file}" if are_several else report.session
            self._print(f"  {MARKS[report.status]} {whose}  {told}", COLOURS[report.status])

    def _say(self, key: str, **fields: int) -> str:
        return PHRASES.say(key, self._language, **fields)


def _plain(text: str, _style: str) -> None:
    print(printable(text))


def _coloured() -> Callable[[str, str], None]:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)

    def put(text: str, style: str) -> None:
        console.print(Text(printable(text), style=style))
    return put


# -- JUnit


def junit(reports: Sequence[Report]) -> str:
    """The XML that build servers read: a suite for each file, a case for each expectation."""
    root = ET.Element("testsuites", name="netsandbox check")
    for report in reports:
        _suite(root, report)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: ET.Element, report: Report) -> None:
    title = printable(f"{report.file} {report.session}".strip())
    suite = ET.SubElement(root, "testsuite", name=title)
    for outcome in report.outcomes:
        name = printable(outcome.text if outcome.is_expect else f"run {outcome.text}")
        case = ET.SubElement(suite, "testcase", name=name, classname=title,
                                      file=printable(report.file), line=str(outcome.number))
        if outcome.status != "held":
            _problem(case, "failure" if outcome.status == "failed" else "error", outcome.message)
    if report.error:
        case = ET.SubElement(suite, "testcase", name="scenario", classname=title)
        _problem(case, "error", report.error)
    cases = list(suite)
    if report.told:
        ET.SubElement(suite, "system-out").text = printable("; ".join(report.told))
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", str(sum(case.find("error") is not None for case in cases)))


def _problem(case: ET.Element, kind: str, message: str) -> None:
    lines = [printable(line) for line in message.splitlines()]
    problem = ET.SubElement(case, kind, message="; ".join(" ".join(line.split()) for line in lines[:2]))
    problem.text = "\n".join(lines)
