"""`conntrack` in rows of lines, many of them wrong, as the real one (1.4.8) answered them on a kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.session.keeping import KeptSession

REAL = json.loads((Path(__file__).parent / "conntrack_sessions.json").read_text(encoding="utf-8"))
MASKS = ((r"(?m)^((?:ipv4 +2 )?[a-z]+ +\d+) \d+ ", r"\1 T "), (r"id=\d+", "id=N"), (r"<id>\d+", "<id>N"),
         (r"<timeout>\d+", "<timeout>T"), (r"-t \d+", "-t T"), (r"use=\d", "use=U"), (r"<use>\d", "<use>U"),
         (r"cpu=\d+ .*\n", ""))
"""What is time, chance, or one of several processors."""


def masked(text: str) -> list[str]:
    """Its lines in no order, as entries are listed by a hash."""
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text)
    return sorted(text.split("\n"))


@pytest.mark.parametrize("lines", REAL["sessions"], ids=[f"{number}" for number in range(len(REAL["sessions"]))])
def test_each_line_is_answered_as_the_real_one_answered_it(lines: list[list[Any]]) -> None:
    session = KeptSession()
    for line in ("ip netns add n", "ip -n n link set lo up", "ip netns exec n iptables -t nat -A POSTROUTING -j ACCEPT",
                 *(f"ip netns exec n conntrack {line}" for line in REAL["before"])):
        assert session.run(line).code == 0
    for line, code, out, err in lines:
        job = session.run(f"ip netns exec n conntrack {line}")
        assert (job.code, masked(job.out), masked(job.err)) == (code, masked(out), masked(err)), line
