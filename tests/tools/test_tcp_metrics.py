"""`ip tcp_metrics` held against iproute2 6.15 on Linux 6.18: tcp_metrics.json has what it told after two connections.

Times of that machine are masked, and so is the order, which there is that of a hash.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.rig.performance import simulate

KEPT: dict[str, Any] = json.loads((Path(__file__).parent / "tcp_metrics.json").read_text(encoding="utf-8"))
MEASURED = re.compile(r'((?:age|rtt|rttvar)"?:? ?)[0-9.e-]+')


def masked(text: str) -> list[str]:
    """The rows with their times masked, whichever comes first."""
    same = MEASURED.sub(r"\1N", text)
    return sorted(re.split(r"[][\n]|,(?={)", same))


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    asked = [{"do": "exec", "in": "a", "argv": line[0]} for line in KEPT["told"]]
    found = simulate(KEPT["lab"] | {"actions": [*KEPT["lab"]["actions"], *asked]})
    return [action["result"] for action in found["actions"] if action["do"] == "exec"]


@pytest.mark.parametrize("place", range(len(KEPT["told"])), ids=[" ".join(line[0]) for line in KEPT["told"]])
def test_it_tells_what_the_real_one_tells(place: int, told: list[dict[str, Any]]) -> None:
    _argv, code, out, err = KEPT["told"][place]
    found = told[place]
    assert (found["rc"], masked(found["out"]), found["err"]) == (code, masked(out), err)
