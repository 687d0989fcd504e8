"""Public tutorials, line by line: each line has its effect, and shows what the tutorial shows.

A file holds a tutorial's address and what a reader types; `adapt` is typed in place of `run` where placeholders are
filled in, and `expect` must be found in what is printed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from netsandbox.commands.prompt.pasted import whole_lines
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
NO_EFFECT = re.compile(r"the sandbox has no |not modelled|sandbox's shell has no|netsandbox: ")


def typed(line: dict[str, Any]) -> list[str]:
    """What a reader types for one line of a tutorial; physical lines as they are broken."""
    whole, begun = whole_lines(line.get("adapt", line["run"]).split("\n"))
    assert not begun, line
    return whole


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_tutorial_reaches_its_end(path: Path) -> None:
    session = KeptSession(uplink=DEFAULT_LAN)
    for line in yaml.safe_load(path.read_text(encoding="utf-8"))["lines"]:
        jobs = [session.run(text) for text in typed(line)]
        said = "\n".join(job.out + job.err for job in jobs)
        if "expect" in line:
            assert re.search(line["expect"], said, re.MULTILINE), (line, said)
        else:
            assert all(job.code in (0, None) for job in jobs) or "packets captured" in said, (line, said)
            assert not NO_EFFECT.search(said), (line, said)


def test_the_tutorials_are_many() -> None:
    assert len(FILES) >= 15
