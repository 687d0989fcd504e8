"""What `ip` and `bridge` said of bridges' VLANs, IPIP and VXLAN devices on Linux 6.12, line after line."""

from __future__ import annotations

import json
import re
from pathlib import Path

from netsandbox.session.keeping import KeptSession

LINES: list[tuple[str, int, str]] = [tuple(line) for line in json.loads(
    Path(__file__).with_name("segment_words.json").read_text(encoding="utf-8"))]
MOMENTARY = re.compile(r"^\d+: |numtxqueues.*|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}| +$", re.MULTILINE)
"""Indices, queues, which depend on the processors, random MACs and blanks."""


def test_each_line_says_what_it_said_on_the_kernel() -> None:
    session = KeptSession()
    session.run("ip netns add s")
    different = []
    for line, code, text in LINES:
        done = session.run(line)
        if (done.code, MOMENTARY.sub("", done.out + done.err).strip()) != (code, MOMENTARY.sub("", text).strip()):
            different.append((line, text, done.out + done.err))
    assert different == []
    assert len(LINES) > 60
