"""Every letter of a tool's option table is modelled, refused by name, noted, or what is done anyway: none is silent."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import netsandbox.commands.tools as room
from netsandbox.commands.tools import idle
from netsandbox.session.keeping import KeptSession

READERS = {"options_of": (2, 3), "read_options": (2, 2)}


class Table(NamedTuple):
    """One call that reads options: the tool, its letters, and those that its module asks for."""

    tool: str
    letters: str
    asked: frozenset[str]


def text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def tables() -> Iterator[Table]:
    for path in sorted(Path(room.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                 and node.func.id in READERS and len(node.args) > 3]
        for call in calls:
            assert isinstance(call.func, ast.Name)
            flags, valued = READERS[call.func.id]
            letters = text(call.args[flags]).replace(":", "") + (text(call.args[valued]) if valued > flags else "")
            for tool in [text(call.args[0])] if text(call.args[0]) else ["head", "tail"]:
                yield Table(tool, letters, frozenset(_asked(tree, call)))


def _asked(tree: ast.Module, call: ast.Call) -> Iterator[str]:
    """The letters that a module's code names, but for the tables themselves."""
    tables = [call, *(node for node in ast.walk(tree) if isinstance(node, ast.Dict)
                      and all(len(text(value)) == 1 for value in node.values))]
    inner = {id(node) for one in tables for node in ast.walk(one)}
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.Constant) and len(text(node)) == 1:
            yield text(node)
        if isinstance(node, ast.For | ast.comprehension):
            yield from text(node.iter)


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.tool)
def test_no_option_is_taken_in_silence(table: Table) -> None:
    known = "".join(found.get(table.tool, "") for found in (idle.REFUSED, idle.NOTED, idle.USUAL))
    silent = [letter for letter in table.letters if letter not in table.asked and letter not in known]
    assert not silent, f"nothing reads {table.tool} -{' -'.join(silent)}, and commands/tools/idle.py does not know it"


def test_what_is_said_of_idle_options_is_of_options_that_there_are() -> None:
    letters: dict[str, str] = {}
    for table in tables():
        letters[table.tool] = letters.get(table.tool, "") + table.letters
    for known in (idle.REFUSED, idle.NOTED, idle.USUAL):
        for tool, named in known.items():
            assert set(named) <= set(letters[tool]), tool


@pytest.mark.parametrize(("tool", "letter"), [(tool, letter) for tool, named in idle.REFUSED.items()
                                              for letter in named if (tool, letter) != ("touch", "r")])
def test_what_is_not_modelled_is_refused_by_name(tool: str, letter: str) -> None:
    value = " x" if tool in ("touch", "arp", "route", "ss") and letter in "drtpAHNf" else ""
    job = KeptSession().run(f"{tool} -{letter}{value} x")
    assert job.code
    assert f"netsandbox: {tool} -{letter} is not modelled" in job.err


@pytest.mark.parametrize("line", ["mkdir -v d", "rm -i f", "cp -v f g", "ln -sv f h", "ls -h f", "echo a | grep -I a"])
def test_what_means_nothing_here_is_noted(line: str) -> None:
    session = KeptSession()
    session.run("touch f")
    job = session.run(line)
    assert job.code == 0
    assert job.err.startswith("note: ")
    assert "changes nothing in the sandbox" in job.err


def test_grep_names_files_without_a_match_and_touch_makes_none_with_c() -> None:
    session = KeptSession()
    session.run("echo a > f; echo b > g; touch -c h")
    assert session.run("grep -L a f g").out == "g\n"
    assert session.run("ls").out.split()[-2:] == ["f", "g"]
