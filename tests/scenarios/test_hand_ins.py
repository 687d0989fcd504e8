"""Hand-ins of strangers: whatever one of them does, the others are judged, and the report says what happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from netsandbox.cli import main
from netsandbox.grading import check
from netsandbox.grading.apart import EndedError, Limits, apart


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("goal.yaml").write_text("netsandbox: 1\nsteps:\n  - expect: interface a:lo up\n", encoding="utf-8")
    Path("ok.yaml").write_text("netsandbox: 1\nsetup:\n  - add-host a\n", encoding="utf-8")


HOSTILE = [
    "echo " + "a" * 40 + " | grep -E '(a|aa){1,40}X'", "echo " + "a" * 40 + " | awk '/(a{1,30}){1,30}X/ {print}'",
    "expect output matches '.*.*.*.*.*.*.*.*X'", "load pipe", "load bad.yaml", "save goal.yaml --force",
    "for i in {1..9999}; do for j in {1..9999}; do true; done; done", "until 900000000000",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_hand_in_leaves_the_others_to_be_judged(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    goal = Path("goal.yaml").read_bytes()
    Path("bad.yaml").write_text(f'netsandbox: 1\nsetup:\n  - "{line}"\n', encoding="utf-8")
    assert main(["check", "goal.yaml", "--session", "bad.yaml", "ok.yaml"]) in (1, 2)
    out = capsys.readouterr().out
    assert out.count("session: ") == 2
    assert "a mistake of netsandbox" not in out
    assert "✓ a has lo: up" in out.partition("session: ok.yaml")[2]
    assert Path("goal.yaml").read_bytes() == goal


def never() -> None:
    while True:
        pass


def hungry() -> int:
    return len("x" * (4 << 30))


def waits() -> None:
    signal.pause()


def dies() -> None:
    os.kill(os.getpid(), 9)


def leaves() -> None:
    os._exit(3)


def fails() -> None:
    raise ZeroDivisionError("a slip")


@pytest.mark.parametrize(("work", "why"), [
    (never, "it took more than 1 s of CPU time"), (hungry, "it needed more than 1024 MiB of memory"),
    (waits, "it had not come to its end after 2 s"), (dies, "its process was ended by SIGKILL"),
    (leaves, "its process ended with status 3"), (fails, "a mistake of netsandbox itself, ZeroDivisionError: a slip")])
def test_a_process_of_its_own_ends_with_a_reason(work: Callable[[], object], why: str) -> None:
    with pytest.raises(EndedError) as ended:
        apart(work, Limits(cpu=1, wall=2 if work is waits else 60, memory=1 << 30))
    assert str(ended.value) == why


def test_what_cannot_be_judged_is_told_and_the_rest_judged(monkeypatch: pytest.MonkeyPatch,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    judge = check.judge

    def sometimes(name: str, saved: str, language: str) -> check.Report:
        if saved == "bad.yaml":
            dies()
        return judge(name, saved, language)
    monkeypatch.setattr(check, "judge", sometimes)
    assert main(["check", "goal.yaml", "--session", "bad.yaml", "ok.yaml"]) == 2
    out = capsys.readouterr().out
    assert "bad.yaml: not judged to the end: its process was ended by SIGKILL" in out
    assert "✓ a has lo: up" in out


def test_a_result_comes_back() -> None:
    assert apart(lambda: {"a": (1, "é")}, Limits()) == {"a": (1, "é")}
