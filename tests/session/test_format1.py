"""Files of format 1, which had no uplink: ten of them give the frames that they gave then, also when saved anew."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from netsandbox.lab import frame_log
from netsandbox.session.runner import Runner
from netsandbox.session.scenario import load_scenario, parse_scenario
from netsandbox.session.scenario_text import dump_scenario
from netsandbox.session.steps import Scenario

FOLDER = Path(__file__).parent / "format1"
FRAMES = {
    "arp-basics": (89, "a1fbdb3cbb051e4d"),
    "arp-cache": (125, "fc4afd79e1148096"),
    "docker0-by-hand": (41, "646ea9aeae7dd041"),
    "docker0-ping": (61, "ae3aa1bb301bd97b"),
    "host-net": (46, "1abac087a8814e53"),
    "mac-ip": (153, "1360bdd5e7599717"),
    "netns-tour": (4, "82909d17145844c0"),
    "switch-learning": (75, "f8e3ad40637299d5"),
    "two-port-bridge": (182, "6d00982dfc12ed2e"),
    "veth": (11, "519790a3daf5a2fc"),
}
"""Frames of each, and the beginning of their rows' SHA-256, as format 1's last version had them.

Without IGMP: a bridge made by hand looked into none then, and reports its groups now, as the kernel's does."""


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_an_old_file_gives_its_old_frames(name: str) -> None:
    scenario = load_scenario(FOLDER / f"{name}.yaml")
    assert (scenario.profile, scenario.uplink) == ("docker-29", "")
    assert _frames(scenario) == FRAMES[name]


def test_saved_anew_it_says_what_it_left_open() -> None:
    old = load_scenario(FOLDER / "docker0-by-hand.yaml")
    text = dump_scenario(old)
    assert text.startswith("netsandbox: 2\n")
    assert "profile: docker-29\nuplink: false\n" in text
    assert _frames(parse_scenario(text, "again")) == FRAMES["docker0-by-hand"]


def test_an_old_file_may_ask_for_an_uplink() -> None:
    assert parse_scenario("netsandbox: 1\nuplink: true\n", "x").uplink == "192.168.1.0/24"
    assert parse_scenario("netsandbox: 2\nuplink: false\n", "x").uplink == ""


def _frames(scenario: Scenario) -> tuple[int, str]:
    runner = Runner.of(scenario)
    list(runner.scenario(scenario))
    lab = runner.session.lab
    rows = [f"{row.at} {row.node}:{row.interface} {row.direction} {row.info} {row.verdict}\n"
            for row in frame_log.rows(lab, lab.trace.first) if row.protocol != "IGMP"]
    return len(rows), sha256("".join(rows).encode()).hexdigest()[:16]
