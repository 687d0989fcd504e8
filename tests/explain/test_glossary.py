"""Chinese words are those of CONTRIBUTING.md's table, everywhere: one thing has one name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[一-鿿]")
ROW = re.compile(r"^\| (?P<english>[^|]+) \| (?P<word>[^|]*[一-鿿][^|]*) \| (?P<other>[^|]+) \|$", re.MULTILINE)
GLOSSARY = {row["word"].strip(): row["other"].strip().split("、")
            for row in ROW.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
            if row["english"].strip() != "English"}
TEXTS = sorted([*(ROOT / "netsandbox").rglob("*.py"), *(ROOT / "netsandbox").rglob("*.txt"),
                *(ROOT / "scenarios").glob("*.yaml")])
BLANKS = re.compile(r"[一-鿿] [一-鿿]|[，。；：！？、（）“”] [一-鿿（“]|[一-鿿][,;!?](?=[一-鿿 ])")
"""One blank between Chinese characters, or after what is as wide as one; an ASCII comma. More blanks part columns."""


@cache
def lines() -> list[tuple[str, str]]:
    return [(f"{path.relative_to(ROOT)}:{number}", line) for path in TEXTS
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if CHINESE.search(line)]


def test_the_table_is_there() -> None:
    assert len(GLOSSARY) > 15
    assert "条目" in GLOSSARY["表项"]


@pytest.mark.parametrize("word", GLOSSARY)
def test_nothing_is_called_by_another_name(word: str) -> None:
    wrong = [f"{place}: {other}: {line.strip()}" for other in GLOSSARY[word] for place, line in lines()
             if other in line]
    assert not wrong, "\n".join(wrong)


def test_chinese_is_set_without_blanks_and_with_its_own_commas() -> None:
    wrong = [f"{place}: {found[0]!r} in {line.strip()}" for place, line in lines()
             if (found := BLANKS.search(line.replace("简体中文", "")))]
    assert not wrong, "\n".join(wrong)
