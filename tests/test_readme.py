"""The README's transcripts are what the sandbox prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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


def test_the_way_to_chinese_is_told_where_one_begins_and_leads_there(capsys: pytest.CaptureFixture[str]) -> None:
    line = "netsandbox --lang zh"
    assert f"`{line}`" in README.read_text(encoding="utf-8").partition("## What it looks like")[0]
    with pytest.raises(SystemExit):
        main([*line.split()[1:], "--help"])
    assert capsys.readouterr().out.startswith("用法：netsandbox ")


def test_the_images_are_those_that_there_are() -> None:
    said = README.read_text(encoding="utf-8").partition("**Images:** ")[2].partition(", all there")[0]
    assert set(re.split(r",\s+|\s+and\s+", said)) == set(IMAGES)
