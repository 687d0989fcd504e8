"""Lines typed one after another in a namespace: the simulated tools answer each as the kernel's tools did."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from netsandbox.rig.actions import without_notes
from netsandbox.session.runner import Runner

SESSIONS = [(path.stem, number, rows) for path in sorted((Path(__file__).parent / "sessions").glob("*.json"))
            for number, rows in enumerate(json.loads(path.read_text()))]
Row = tuple[str, int, str, str]


def normal(text: str) -> str:
    """Without dates and the shell's line, and how long chance has neighbours be reachable."""
    text = re.sub(r"(\breachable\"?)[: ]\d+", r"\1", text)
    text = re.sub(r" on (Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*", "", text)
    return re.sub(r"^bash: line \d+: ", "bash: ", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("rows", "number"), [(rows, number) for _name, number, rows in SESSIONS],
                         ids=[f"{name}-{number}" for name, number, _rows in SESSIONS])
def test_each_line_is_answered_as_by_the_kernel(rows: list[Row], number: int) -> None:
    on = Runner(1, "docker-29", "192.168.1.0/24")
    for line in ("ip netns add bare", "ip -n bare link set lo up"):
        on.line(line)
    for line, code, out, err in rows:
        job = on.line(f"ip netns exec bare bash -c {shlex.quote(line)}").job
        found = line, job.code, normal(job.out), normal(without_notes(job.err))
        assert found == (line, code, normal(out), err), number
