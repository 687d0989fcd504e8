"""The README's transcripts are what the sandbox prints."""

from __future__ import annotations

import re
import shlex
from glob import glob
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from netsandbox.cli import main
from netsandbox.docker.images import IMAGES
from netsandbox.session.keeping import KeptSession
from tests.readme import PROMPT, README, blocks, written_anew

BLOCKS = blocks(README.read_text(encoding="utf-8"))


def test_there_are_transcripts() -> None:
    assert len(BLOCKS) > 1


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:30])
def test_a_transcript_is_what_its_lines_print(block: str) -> None:
    assert block.startswith(PROMPT)
    assert written_anew(block) == block, "python -m tests.readme writes it anew"


def saved(folder: Path, *lines: str) -> str:
    """A student's session: the README's lesson, some lines, and what `save` makes of them."""
    lesson = README.read_text(encoding="utf-8").partition("<!-- lesson -->\n```yaml\n")[2].partition("```")[0]
    (folder / "mend.yaml").write_text(lesson, encoding="utf-8")
    session = KeptSession()
    session.load(str(folder / "mend.yaml"))
    for line in lines:
        assert session.run(line).code == 0
    session.save(str(folder / "ada.yaml"))
    return str(folder / "ada.yaml")


GRADES: list[tuple[list[str], int]] = [(["set-ip pc2 10.0.0.2/24"], 0), ([], 1), (["set-ip pc1 10.0.1.1/24"], 1)]


@pytest.mark.parametrize(("lines", "status"), GRADES)
def test_the_lesson_can_be_graded(tmp_path: Path, lines: list[str], status: int) -> None:
    session = saved(tmp_path, *lines)
    assert main(["check", str(tmp_path / "mend.yaml"), "--session", session]) == status


def test_the_lesson_s_own_way_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path)
    assert main(["check", str(tmp_path / "mend.yaml")]) == 0
    assert "  · " not in capsys.readouterr().out, "nothing is odd about it"


@pytest.mark.parametrize(("lines", "status"), GRADES)
def test_the_workflow_s_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str],
                                     status: int) -> None:
    text = README.read_text(encoding="utf-8").partition("<!-- workflow -->\n```yaml\n")[2].partition("```")[0]
    steps = yaml.safe_load(text)["jobs"]["check"]["steps"]
    for name in ("exercises", "work"):
        (tmp_path / name).mkdir()
    saved(tmp_path / "work", *lines)
    (tmp_path / "work/mend.yaml").rename(tmp_path / "exercises/mend.yaml")
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(step["run"]) for step in steps if step.get("run", "").startswith("netsandbox ")]
    assert [main([part for word in words[1:] for part in (sorted(glob(word)) if "*" in word else [word])])
            for words in commands] == [0, status]
    suites = [list(ET.parse(name).getroot()) for name in sorted(glob(steps[-1]["with"]["path"]))]
    assert [len(found) for found in suites] == [1, 1], "one exercise, one session"
    assert bool(list(suites[0][0].iter("failure"))) is bool(status), "class.xml"


def test_the_way_to_chinese_is_told_where_one_begins_and_leads_there(capsys: pytest.CaptureFixture[str]) -> None:
    line = "netsandbox --lang zh"
    assert f"`{line}`" in README.read_text(encoding="utf-8").partition("## What it looks like")[0]
    with pytest.raises(SystemExit):
        main([*line.split()[1:], "--help"])
    assert capsys.readouterr().out.startswith("用法：netsandbox ")


def test_the_images_are_those_that_there_are() -> None:
    said = README.read_text(encoding="utf-8").partition("**Images:** ")[2].partition(", all there")[0]
    assert set(re.split(r",\s+|\s+and\s+", said)) == set(IMAGES)
