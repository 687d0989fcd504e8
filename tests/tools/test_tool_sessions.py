"""conntrack and iptables in rows of lines, many of them wrong, as the real ones (1.4.8, 1.8.11) answered them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.session.keeping import KeptSession

HERE = Path(__file__).parent
REAL = {name: json.loads((HERE / f"{name}_sessions.json").read_text(encoding="utf-8"))
        for name in ("conntrack", "iptables")}
SESSIONS = [(name, lines) for name, kept in REAL.items() for lines in kept["sessions"]]
MASKS = ((r"(?m)^((?:ipv4 +2 )?[a-z]+ +\d+) \d+ ", r"\1 T "), (r"id=\d+", "id=N"), (r"<id>\d+", "<id>N"),
         (r"<timeout>\d+", "<timeout>T"), (r"-t \d+", "-t T"), (r"use=\d", "use=U"), (r"<use>\d", "<use>U"),
         (r"cpu=\d+ .*\n", ""), (r"(?m)^# (Generated|Completed).*$", r"# \1"))
"""What is time, chance, or one of several processors."""


def masked(name: str, text: str) -> list[str]:
    """Its lines, those of conntrack in no order, as entries are listed by a hash."""
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text)
    return sorted(text.split("\n")) if name == "conntrack" else text.split("\n")


@pytest.mark.parametrize(("name", "lines"), SESSIONS, ids=[f"{name}-{at}" for at, (name, _) in enumerate(SESSIONS)])
def test_each_line_is_answered_as_the_real_one_answered_it(name: str, lines: list[list[Any]]) -> None:
    session = KeptSession()
    for line in ("ip netns add n", "ip -n n link set lo up",
                 *(f"ip netns exec n {line}" for line in REAL[name]["before"])):
        assert session.run(line).code == 0
    for line, code, out, err in lines:
        job = session.run(f"ip netns exec n {line}")
        found = job.code, masked(name, job.out), masked(name, job.err)
        assert found == (code, masked(name, out), masked(name, err)), line
