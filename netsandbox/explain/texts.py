"""Files of words: an entry a line, `key | English | 中文`, or the key and below it, indented, a line a language.

A line that begins with `# ` says what follows; `\\n` is a new line within a text, `\\s` a blank at its end.
"""

from __future__ import annotations

import re
from pathlib import Path

from netsandbox.explain.words import Both

OF_EXPLAIN = Path(__file__).with_name("texts")


def read(*paths: Path) -> dict[str, list[str]]:
    """By its key what stands behind it, a language each."""
    table = {}
    for entry in (entry for path in paths for entry in re.split(r"\n(?! )", path.read_text(encoding="utf-8"))):
        if entry and not entry.startswith("# "):
            key, *said = entry.split("\n    " if "\n" in entry else " | ")
            table[key] = [text.replace(r"\n", "\n").replace(r"\s", " ") for text in said] if "\\" in entry else said
    return table


def pairs(*paths: Path) -> dict[str, Both]:
    """Words in both languages."""
    return {key: (english, chinese) for key, (english, chinese) in read(*paths).items()}


def of_explain(*names: str) -> dict[str, Both]:
    """Words of explain's own files, in both languages."""
    return pairs(*(OF_EXPLAIN / f"{name}.txt" for name in names))


def alone(*names: str) -> dict[str, str]:
    """What stands alone behind a key of explain's own files, as Chinese words behind the English."""
    return {key: words for key, (words,) in read(*(OF_EXPLAIN / f"{name}.txt" for name in names)).items()}
