"""Files that a real Compose (2.40.3) was asked about: what it says of each, or that it takes it.

`asked-files.txt` has a file's lines and, behind `>>>`, what `docker compose config -q` says; nothing
where it takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netsandbox.commands.compose.file.interpolate import Variables
from netsandbox.commands.compose.file.reader import read_project
from netsandbox.commands.compose.file.yaml_faults import in_its_words
from netsandbox.commands.scenario_error import ScenarioError

ASKED = Path(__file__).with_name("asked-files.txt").read_text(encoding="utf-8")
WHERE = "/root/proj/compose.yaml"
MARK = ">>>"


def said_of(text: str) -> str:
    variables, fault = Variables({}), list[str]()
    try:
        read_project(text, WHERE, "", variables)
    except ScenarioError as error:
        fault = [row for row in in_its_words(error, [WHERE]).split("\n") if row]
    rows = [*(f"warning {warning}" for warning in variables.warnings), *fault]
    return "".join(f"{MARK} {row}\n" for row in rows) or f"{MARK}\n"


def files() -> Iterator[str]:
    text = ""
    for row in ASKED.splitlines(keepends=True):
        if row.startswith(MARK):
            yield from [text] if text else []
            text = ""
        else:
            text += row


def test_what_compose_says_of_each_file() -> None:
    assert "".join(text + said_of(text) for text in files()) == ASKED
