"""Each expectation of each scenario can fail, and says so in words; a check that cannot fail is found out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.cli import main
from netsandbox.commands import expect
from netsandbox.commands.expect import Verdict, condition
from netsandbox.commands.expect.compare import Comparison
from netsandbox.commands.job import Job
from netsandbox.grading import check
from netsandbox.session.library import find_scenario
from netsandbox.session.steps import Step
from tests.scenarios.flips import NAMES, expectations, flipped, load, turned_round


@pytest.mark.parametrize("name", NAMES)
def test_the_opposite_of_every_expectation_fails(name: str) -> None:
    seen = 0
    for text, opposite, line, in_chinese in flipped(name):
        assert line.job.code == 1, f"{text} and {opposite} both hold"
        verdict = line.job.result
        assert isinstance(verdict, Verdict)
        assert not verdict.holds
        assert verdict.expected
        assert verdict.found
        assert line.job.err.startswith("expected: ")
        assert in_chinese.job.code == 1, text
        first, second = in_chinese.job.err.splitlines()[:2]
        assert first.startswith("期望：")
        assert second.startswith("实际：")
        assert re.search(r"[\u4e00-\u9fff]", first.removeprefix("期望：")), first
        seen += 1
    assert seen == len(expectations(load(name)))
    assert seen, "a scenario expects something, that fails once the behaviour changes"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_wrong_expectation_fails(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last expectation of the file is turned round, in the file."""
    lines = find_scenario(name).read_text(encoding="utf-8").splitlines()
    scenario = load(name)
    last = max((number for step in scenario.steps for number in step.expect_lines), default=0)
    assert last, "no step of it has an expect line"
    text = expectations(scenario)[-1]
    wrong = turned_round(text)
    assert text in lines[last - 1]
    lines[last - 1] = lines[last - 1].replace(text, wrong)
    path = tmp_path / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert f"✗ {wrong}\n      expected: " in out
    assert f"{path}:{last}" in out
    assert out.count("\n  ✗ ") == 1
    assert out.endswith(" of which 1 failed\n")


COUNTS = re.compile(r"^frames ([0-9]+)\b")


@pytest.mark.parametrize("name", NAMES)
def test_one_frame_more_or_less_is_noticed(name: str) -> None:
    scenario = load(name)
    wrong = [text for right in expectations(scenario) if COUNTS.match(right) for text in one_off(right)]
    report = check.check_scenario(scenario._replace(setup=tuple(map(with_one_off, scenario.setup)),
                                                    steps=tuple(map(with_one_off, scenario.steps))))
    assert [outcome.text for outcome in report.outcomes if outcome.status == check.FAILED] == wrong


def one_off(text: str) -> tuple[str, ...]:
    """A count of frames with one less and one more; another condition as it is."""
    found = COUNTS.match(text)
    return (text,) if found is None else tuple(
        f"frames {int(found[1]) + by}{text[found.end():]}" for by in (-1, 1))


def with_one_off(step: Step) -> Step:
    """The step with two counts, neither of which holds, in place of each."""
    lines = [(other, number) for text, number in zip(step.expect, step.expect_lines, strict=True)
             for other in one_off(text)]
    return step._replace(expect=tuple(text for text, _number in lines),
                         expect_lines=tuple(number for _text, number in lines))


# -- a blinded check


def always_holds(parsed: condition.Parsed, context: object) -> Verdict:
    return Verdict(True, parsed.text, "whatever")


def says_nothing(_shell: object, job: Job, _values: object) -> None:
    job.finish()


def test_an_evaluator_that_finds_everything_right_is_found_out(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(expect, "run", always_holds)
    assert main(["check", "one-cable"]) == 2
    assert "the check is blind: it says that `exit 999` holds, which cannot be" in capsys.readouterr().out


def test_an_evaluator_that_does_not_look_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expect, "expect", expect.expect._replace(handler=says_nothing))
    report = check.check("one-cable")
    assert report.status == check.WRONG
    assert {outcome.status for outcome in report.outcomes} == {check.WRONG}


def test_a_comparison_that_is_always_true_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Comparison, "holds", lambda _self, _value: True)
    report = check.check("one-cable")
    assert report.status == check.WRONG
    assert "exit 999" in report.error or "999999999" in report.error


def test_a_negation_that_does_not_negate_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condition.Parsed, "negated", False)
    report = check.check("one-cable")
    assert report.status == check.FAILED
    assert "no interface pc1" in {outcome.text for outcome in report.outcomes if outcome.status == check.FAILED}


def test_an_exit_status_alone_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """0 without a verdict is no answer."""
    real = check.Runner.line

    def line(self: check.Runner, text: str, number: int = 0, is_expect: bool = False,
             is_judged: bool = False) -> check.Line:
        done = real(self, text, number, is_expect, is_judged)
        done.job.result = None
        return done
    monkeypatch.setattr(check.Runner, "line", line)
    assert check.check("one-cable").status == check.WRONG
