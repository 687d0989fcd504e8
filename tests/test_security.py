"""SECURITY.md: each sentence names a test, and that test is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
MAY_REACH_OUT = {"netsandbox/grading/apart.py"}
"""Forks, to judge a hand-in."""
CALLS = {"system", "fork", "execv", "execve", "popen", "posix_spawn"}
"""Of os."""


def functions() -> set[str]:
    return {node.name for path in ROOT.glob("tests/**/test_*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_test_that_is_named_is_there() -> None:
    named = [" ".join(name.split()) for name in re.findall(r"(?<![*\w])\*([^*]+)\*", TEXT)]
    there = functions()
    assert len(named) > 15
    missing = [name for name in named
               if not any(one.startswith("test_" + re.sub(r"[ -]", "_", name.removesuffix(" …"))) for one in there)]
    assert missing == []
    assert [path for path in re.findall(r"`(tests/[\w/.]+)`", TEXT) if not (ROOT / path).exists()] == []


def test_each_point_has_its_test() -> None:
    points = re.split(r"\n- ", TEXT)[1:]
    assert len(points) > 8
    assert [point[:60] for point in points if "*" not in point and "tests/" not in point] == []


def test_nothing_opens_a_socket_or_starts_a_program() -> None:
    found = set()
    for path in ROOT.glob("netsandbox/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            calls = isinstance(node, ast.Attribute) and node.attr in CALLS and ast.unparse(node.value) == "os"
            if calls or names & {"socket", "subprocess", "multiprocessing", "ctypes"}:
                found.add(path.relative_to(ROOT).as_posix())
    assert found <= MAY_REACH_OUT
