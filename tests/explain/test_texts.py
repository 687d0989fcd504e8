"""Files of words: how they are read, and that each is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.explain.texts import OF_EXPLAIN, pairs, read

PACKAGE = OF_EXPLAIN.parents[1]
FILES = sorted([*OF_EXPLAIN.rglob("*.txt"), *(PACKAGE / "tui" / "texts").glob("*.txt"),
                PACKAGE / "commands" / "expect" / "phrases.txt", PACKAGE / "commands" / "tool_words.txt"])


def test_an_entry_stands_on_a_line_or_has_a_line_for_each_language(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text(
        "# What there is.\nlog.title | Frames | 帧\nlong key\n    a | b\n    甲 | 乙\n# more\ntwo | x\\ny | ,\\s\n",
        encoding="utf-8")
    (tmp_path / "more.txt").write_text("log.number | # | #\n", encoding="utf-8")
    assert pairs(tmp_path / "words.txt", tmp_path / "more.txt") == {
        "log.title": ("Frames", "帧"), "long key": ("a | b", "甲 | 乙"), "two": ("x\ny", ", "),
        "log.number": ("#", "#")}


def test_an_entry_without_one_of_the_languages_is_no_pair(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("log.title | Frames\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not enough values"):
        pairs(tmp_path / "words.txt")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_key_stands_twice_and_nothing_is_hidden_at_a_line_s_end(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [line.partition(" | ")[0] for line in lines if not line.startswith((" ", "# "))]
    assert len(keys) == len(set(keys)) == len(read(path))
    assert [line for line in lines if line != line.rstrip() or not line.strip()] == []
    assert len({len(said) for said in read(path).values()}) == 1
