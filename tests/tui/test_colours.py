"""Amber has one meaning: what moves now. Frames on their way have it, and the place of now in the timeline."""

from __future__ import annotations

import re
from pathlib import Path

import netsandbox.tui

SOURCES = [path for path in Path(netsandbox.tui.__path__[0]).rglob("*") if path.suffix in (".py", ".tcss")]
AMBER = re.compile(r"\$(?:text-)?(?:accent|warning)")
"""The colours that are amber in the usual theme."""


def test_amber_is_what_moves_now() -> None:
    lines = [(path, line) for path in SOURCES for line in path.read_text(encoding="utf-8").splitlines()]
    found = {(path.name, line.strip().split(" {")[0].removeprefix("& ")) for path, line in lines if AMBER.search(line)}
    assert found == {
        ("topology_picture.py", ".topology--frame-mark"),
        ("topology_picture.py", ".topology--frame-label"),
        ("timeline.py", ".timeline--here"),
    }
