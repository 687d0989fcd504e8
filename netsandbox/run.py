"""`netsandbox run`: a scenario's transcript, frame log and tables, as text or JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any, TextIO

from netsandbox.commands.expect.condition import Verdict
from netsandbox.commands.job import Job
from netsandbox.commands.prompt.pasted import whole_lines
from netsandbox.commands.verbs import frame_rows
from netsandbox.commands.verbs.show import by_vlan, columns_of, table
from netsandbox.commands.words import printable
from netsandbox.engine.units import format_time
from netsandbox.explain.questions import LETTERS, lettered, question, said_of_task, verdict
from netsandbox.explain.refusals import noted
from netsandbox.explain.words import Words
from netsandbox.lab import frame_log, views
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import called
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.files import FileError, refuse_inputs
from netsandbox.session.ready import scenario_named
from netsandbox.session.runner import Asked, Event, Line, Runner, Said
from netsandbox.session.steps import Scenario, Step
from netsandbox.session.texts import text_in

LOG_ROWS = 200  # Rows of the frame log that a transcript ends with


def run(arguments: argparse.Namespace) -> int:
    """0 when every line and expectation succeeded, 1 when one failed (ScenarioError, FileError: the file is wrong)."""
    scenario = read_lines(sys.stdin) if arguments.file == "-" else scenario_named(arguments.file)
    if arguments.ask and arguments.file == "-":
        raise FileError("--ask", "standard input holds the lines, so that no answer can be read from it")
    if arguments.pcapng:
        refuse_inputs(arguments.pcapng, (scenario.name,))
    runner = Runner.of(scenario, arguments.seed, arguments.uplink)
    runner.session.files.allowed = arguments.allow_writes
    runner.session.files.inputs.append(scenario.name)
    if arguments.ask:
        runner.answer = lambda step: read_answer(sys.stdin, step, arguments.lang)
    with ExitStack() as stack:
        if arguments.pcapng:
            from netsandbox.capture import capturing

            stack.enter_context(capturing(arguments.pcapng, runner, arguments.lang))
        printer = JsonPrinter(scenario) if arguments.json else TextPrinter(scenario, arguments.trace, arguments.lang)
        for event in runner.scenario(scenario, arguments.lang):
            printer.event(event)
        printer.end(runner.session.lab)
    return 1 if runner.failed else 0


def read_answer(stream: TextIO, step: Step, language: str) -> int:
    """The number of the answer that a reader chose by its letter, or typed; 0 at the end of the input."""
    letters = LETTERS[:len(step.answers)]
    if not letters:
        return 0
    while True:
        print(_say("answer", language, last=letters[-1]), end=" ", file=sys.stderr, flush=True)
        typed = stream.readline()
        given = typed.strip().casefold()
        texts = [text_in(answer, language).strip().casefold() for answer in step.answers]
        if given in tuple(letters.casefold()):
            return letters.casefold().index(given) + 1
        if given in texts or not typed:
            return texts.index(given) + 1 if typed else 0


def read_lines(stream: TextIO) -> Scenario:
    """Command lines from a stream, each a step of its own (FileError: a line is not text)."""
    physical = [line.rstrip() for line in stream]
    for number, line in enumerate(filter(None, physical), 1):
        if not line.isascii() and any("\ud800" <= char <= "\udfff" for char in line):
            raise FileError("standard input", f"command line {number} is not UTF-8 text: {line[:40]}")
    lines, begun = whole_lines(physical)
    lines += [begun] if begun else []
    return Scenario(title={"en": "standard input", "zh": "标准输入"}, about={}, seed=0, uplink=DEFAULT_LAN, setup=(),
                    steps=tuple(Step(run=(line,), say={}, expect=(), line=0, run_lines=(0,), expect_lines=())
                                for line in lines), name="-")


WORDS = Words({
    "frames": ("Frames", "帧"), "trace": ("Trace", "记录"), "arp": ("ARP table of {node}", "{node} 的 ARP 表"),
    "mac": ("MAC table of {node}", "{node} 的 MAC 表"),
    "last": ("the last {count} of {all}", "共 {all} 行，只列最后 {count} 行"),
    "arp.columns": ("ADDRESS|DEV|MAC|STATE", "地址|网卡|MAC|状态"),
    "mac.columns": ("BRIDGE|MAC|VLAN|PORT|", "网桥|MAC|VLAN|端口|"),
    "permanent": ("permanent", "永久"),
    "answer": ("A to {last}:", "请答 A 到 {last}："),
})
"""What a transcript says of its own, in English and Chinese."""


def _say(key: str, language: str, **fields: object) -> str:
    return WORDS.say(key, language, **fields)


def _columns(key: str, language: str) -> tuple[str, ...]:
    return tuple(_say(f"{key}.columns", language).split("|"))


def asked(event: Asked, language: str) -> list[str]:
    """What is printed of a question, and then of what was answered."""
    step, answers = event.step, [text_in(answer, language) for answer in event.step.answers]
    if event.answer is None:
        return ["\n  ".join(question(text_in(step.ask, language), answers, language))]
    return [verdict(lettered(answers, event.answer), lettered(answers, step.right), language)] if answers else []


def task(step: Step, language: str) -> list[str]:
    """What is printed of what the reader is to do, before the lines that do it."""
    return [said_of_task("task", language, text_in(step.task, language)),
            *(said_of_task("hint", language, text_in(hint, language)) for hint in step.hints),
            *[said_of_task("one-way", language)][:len(step.run)]]


def going_on(output: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was printed, where each text but the last ends a line: what comes behind half a line goes on in it."""
    found: list[tuple[str, str]] = []
    for stream, text in output:
        if found and not found[-1][1].endswith("\n"):
            found[-1] = found[-1][0], found[-1][1] + text
        else:
            found.append((stream, text))
    return found


class TextPrinter:
    """What a person reads; with colour where the output is a terminal."""

    def __init__(self, scenario: Scenario, with_trace: bool, language: str = "en") -> None:
        self._with_trace = with_trace
        self._language = language
        self._style = Styles() if sys.stdout.isatty() else Plain()
        self._heard: list[tuple[Job, int]] = []  # Lines that still run, each with how much of its output was printed
        self._style.title(text_in(scenario.title, language) or scenario.name)
        if about := text_in(scenario.about, language):
            self._style.prose(about.rstrip())

    def event(self, event: Event) -> None:
        if isinstance(event, Said):
            self._style.prose(event.text.rstrip())
        elif isinstance(event, Line):
            self._line(event)
        else:
            for text in (asked(event, self._language) if isinstance(event, Asked) else
                         task(event.step, self._language)):
                self._style.prose(text)

    def _line(self, line: Line) -> None:
        if line.is_expect:
            holds, found = line.job.code == 0, line.job.result
            text = found.expected if holds and isinstance(found, Verdict) else line.text
            self._style.expectation(text, holds, line.job.err.strip() or line.job.out.strip())
            return
        self._style.command(line.text)
        self._print_output(line.job, 0)
        if line.meant:
            self._style.output([noted(line.meant, self._language)], True)
        self._print_background()
        if line.job.code is None or line.job.goes_on:
            self._heard.append((line.job, len(line.job.output)))

    def _print_output(self, job: Job, since: int) -> None:
        for stream, text in going_on(job.output[since:]):
            self._style.output([noted(line, self._language) for line in text.splitlines()], stream == "err")

    def _print_background(self) -> None:
        """What lines that were begun before have printed since."""
        for job, printed in self._heard:
            if len(job.output) > printed:
                self._style.prose(f"[{job.line}]")
                self._print_output(job, printed)
        self._heard = [(job, len(job.output)) for job, _printed in self._heard if job.code is None or job.goes_on]

    def end(self, lab: Lab) -> None:
        self._style.title(_say("frames", self._language))
        rows, count = frame_log.last(lab, LOG_ROWS)
        if count > LOG_ROWS:
            self._style.prose(_say("last", self._language, count=LOG_ROWS, all=count))
        self._style.table(frame_rows.columns(self._language), [frame_rows.cells(row, self._language) for row in rows])
        for name, header, body in _tables(lab, self._language):
            self._style.title(name)
            self._style.table(header, body)
        if self._with_trace:
            self._style.title(_say("trace", self._language))
            for record in lab.trace.since(lab.trace.first):
                told = f"{record.seq} {format_time(record.at)} step {record.step} cause {record.cause} {record.event}"
                self._style.output([told], False)


def _tables(lab: Lab, language: str) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """The tables that a transcript ends with: neighbours and MAC tables, where there are rows."""
    names = list(dict.fromkeys(row.namespace for row in views.nodes(lab) if row.namespace))
    tables: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = []
    for name in names:
        neighbours = views.neighbours(lab, name)
        if neighbours:
            tables.append((_say("arp", language, node=name), _columns("arp", language),
                           [(r.address, called(lab, name, r.interface), r.mac or "", r.state) for r in neighbours]))
        rows = views.fdb(lab, name)
        if rows:
            permanent = _say("permanent", language)
            head, *cells = by_vlan([_columns("mac", language), *(
                (called(lab, name, r.bridge), r.mac, str(r.vlan or ""), called(lab, name, r.port),
                 permanent if r.permanent else "") for r in rows)])
            tables.append((_say("mac", language, node=name), head, cells))
    return tables


class Plain:
    """Text without colour, for files and pipes."""

    def title(self, text: str) -> None:
        print(f"\n{text}\n{'=' * columns_of(text)}")

    def prose(self, text: str) -> None:
        print(f"\n{text}")

    def command(self, text: str) -> None:
        print("\n❯ " + "\n".join(printable(line) for line in text.split("\n")))

    def output(self, lines: list[str], is_error: bool) -> None:
        sys.stdout.write("".join(printable(line.expandtabs()) + "\n" for line in lines))

    def expectation(self, text: str, holds: bool, message: str) -> None:
        print(f"  {'✓' if holds else '✗'} {printable(text)}")
        for line in () if holds else message.splitlines():
            print(f"    {printable(line)}")

    def table(self, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        print(table(header, [tuple(printable(cell) for cell in row) for row in rows]))


class Styles(Plain):
    """The same with Rich, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.text import Text

        self._console = Console(highlight=False)
        self._text = Text

    def _print(self, text: str, style: str) -> None:
        self._console.print(self._text(text, style=style))

    def title(self, text: str) -> None:
        self._print(f"\n{text}", "bold")

    def prose(self, text: str) -> None:
        self._print(f"\n{text}", "italic")

    def command(self, text: str) -> None:
        self._print("\n❯ " + "\n".join(printable(line) for line in text.split("\n")), "bold cyan")

    def output(self, lines: list[str], is_error: bool) -> None:
        for line in lines:
            self._print(printable(line.expandtabs()), "red" if is_error else "")

    def expectation(self, text: str, holds: bool, message: str) -> None:
        self._print(f"  {'✓' if holds else '✗'} {printable(text)}", "green" if holds else "bold red")
        for line in () if holds else message.splitlines():
            self._print(f"    {printable(line)}", "red")

    def table(self, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        from rich.table import Table

        grid = Table(box=None, pad_edge=False)
        for name in header:
            grid.add_column(name, overflow="fold")
        for row in rows:
            grid.add_row(*(self._text(printable(cell)) for cell in row))
        self._console.print(grid)


class JsonPrinter:
    """One JSON object for a program to read."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._lines: list[Line] = []
        self._asked: list[Asked] = []

    def event(self, event: Event) -> None:
        if isinstance(event, Line):
            self._lines.append(event)
        elif isinstance(event, Asked) and event.answer is not None:
            self._asked.append(event)

    def _begun(self, line: Line) -> list[dict[str, Any]]:
        """Of a line that stood on several of standard input, one row for each but the last: it was only begun there."""
        begun = line.text.split("\n")[:-1] if self._scenario.name == "-" else []
        return [{"line": text, "number": line.number, "expect": False, "code": None, "out": "", "err": "",
                 "records": [line.first, line.first]} for text in begun if text.strip()]

    def end(self, lab: Lab) -> None:
        """Print it all; what a line printed includes what it printed while later ones ran."""
        lines = [row for line in self._lines for row in (*self._begun(line), {
            "line": line.text, "number": line.number, "expect": line.is_expect, "code": line.job.code,
            "out": line.job.out, "err": line.job.err, "records": [line.first, line.end]})]
        result: dict[str, Any] = {"scenario": self._scenario.name, "title": self._scenario.title, "lines": lines}
        result["questions"] = [{"ask": one.step.ask, "answers": one.step.answers, "right": one.step.right,
                                "answer": one.answer, "number": one.step.line} for one in self._asked]
        result["frames"] = [row._asdict() for row in frame_log.rows(lab, lab.trace.first)]
        result["nodes"] = [row._asdict() for row in views.nodes(lab)]
        names = dict.fromkeys(row.namespace for row in views.nodes(lab) if row.namespace)
        for key, rows in (("neighbours", views.neighbours), ("fdb", views.fdb), ("routes", views.routes)):
            result[key] = {name: [row._asdict() for row in rows(lab, name)] for name in names}
        result["digest"] = lab.trace.digest()
        json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
        print()
