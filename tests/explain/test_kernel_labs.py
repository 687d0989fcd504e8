"""Labs that were captured on a real kernel, run here: every record of theirs can be told, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from netsandbox.commands.verbs.why import text
from netsandbox.engine.trace import Trace
from netsandbox.explain.story import why_drop, why_seq
from netsandbox.rig.lab import KernelLab
from netsandbox.rig.performance import Performance

CASES = Path(__file__).resolve().parents[1] / "kernel" / "cases"
CHOSEN = ("accept_local", "arp_odd", "bad_frames", "bind_rules", "bridge_mtu", "fdb_commands", "frag_timeout", "hub",
          "icmp_redirect", "neigh_states", "port_states", "route_types_forward", "ttl_ladder", "udp_multicast")
ENGLISH_RUN = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
ROUTE = re.compile(r"\S+ (via \S+ )?dev \S+|(unreachable|prohibit|blackhole|throw|local|broadcast) \S+")


def perform(name: str) -> Trace:
    lab = KernelLab(json.loads((CASES / f"{name}.json").read_text())["lab"])
    Performance(lab).perform()
    return lab.trace


@pytest.mark.parametrize("name", CHOSEN)
def test_every_record_of_a_captured_lab_can_be_told(name: str) -> None:
    trace = perform(name)
    for seq in range(trace.end):
        for language in ("en", "zh"):
            story = why_seq(trace, seq, language)
            told = "\n".join([text(story), *story.effects])
            assert "{" not in told
            assert "was recorded" not in told
            if language == "zh":
                words = "\n".join(line for line in told.splitlines() if not line.startswith("  ["))
                assert not ENGLISH_RUN.search(ROUTE.sub("", words)), words
    assert why_drop(trace).decision
