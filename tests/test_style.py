"""Style and types as tests, so that the README's one command checks them too; and the documents against the tools."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import netsandbox

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 400


def run_tool(name: str, *arguments: str) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    command = [sys.executable, "-m", name, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run_tool("ruff", "check", "--no-cache", "--output-format=concise", ".")


@pytest.mark.slow
def test_mypy_finds_nothing() -> None:
    run_tool("mypy")


def test_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("netsandbox/**/*.py")}
    assert len(lengths) > 10
    too_long = {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > MAX_LINES}
    assert not too_long, f"more than {MAX_LINES} lines; a second responsibility wants a second file: {too_long}"


def test_what_an_app_under_test_saved_is_in_no_commit() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no repository, or no git")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name.partition("/")[0] for name in listed.split("\0") if name} == {
        ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "netsandbox",
        "pyproject.toml", "scenarios", "screenshots", "tests"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_no_document_holds_both_sides_of_a_merge(path: Path) -> None:
    assert not re.findall(r"(?m)^(?:<{7} |={7}$|>{7} ).*", path.read_text(encoding="utf-8"))


def readme_commands() -> dict[str, str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- command: (\w+) -->\n```sh\n(.*?)\n```\n", readme, flags=re.DOTALL))


def test_the_readme_has_its_two_commands_each_on_one_line() -> None:
    commands = readme_commands()
    assert set(commands) == {"run", "test"}
    for command in commands.values():
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert "\n" not in command
    assert "'.[test]'" in commands["test"]
    assert "-m pytest" in commands["test"]
    assert "-m 'not" not in commands["test"], "the test command deselects nothing"


@pytest.mark.skipif(os.name == "nt", reason=".ci/run is a shell script")
def test_ci_runs_the_command_that_the_readme_shows() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    done = subprocess.run([script, "--show"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert done.stdout == readme_commands()["test"] + "\n"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "pyproject.toml", ".ci/run"])
def test_no_package_index_is_named(name: str) -> None:
    """Which index pip asks is the machine's own business."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"pypi\.|pythonhosted|--index-url|--extra-index|--trusted-host", text)


def test_the_version_is_in_the_changelog_or_still_to_be_released() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"\d+\.\d+\.\d+", netsandbox.__version__)
    assert "## [Unreleased]" in changelog or f"## [{netsandbox.__version__}]" in changelog


def test_what_the_tests_import_is_what_the_test_extra_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=!~\[; ]", wish)[0].lower() for wish in wanted}
    for required in ("pyyaml", "rich", "textual", "pytest", "pytest-asyncio", "hypothesis", "pytest-textual-snapshot"):
        assert required in names
    tests = list(ROOT.glob("tests/**/*.py"))
    imported = {name for path in tests for name in top_level_imports(path)}
    known = sys.stdlib_module_names | {"netsandbox", "tests", "yaml"} | {name.replace("-", "_") for name in names}
    assert imported - known - {path.stem for path in tests} == set()


def top_level_imports(path: Path) -> set[str]:
    """The distributions' modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
