"""Random scripts: the sandbox's shell prints what a real dash and a real bash print, and ends with their status."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.shell.machine import real, simulated
from tests.shell.scripts import Scripts

ARGUMENTS = ("one", "a b", "3")
SAMPLE = 150
CAMPAIGN = int(os.environ.get("SHELL_SCRIPTS", "5000"))
SEED = int(os.environ.get("SHELL_SEED", "0"))
MAY_DIFFER = 0.001
"""Share of bash's scripts whose errors take another way: what bash gives up of a line when arithmetic fails in it."""


def differing(name: str, first: int, count: int) -> list[str]:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    found = []
    for seed in range(first, first + count):
        script = Scripts(seed, name == "bash").script()
        theirs, ours = real(script, name, ARGUMENTS), simulated(script, name, ARGUMENTS)
        if (ours.out, ours.code) != (theirs.out, theirs.code):
            found.append(f"seed {seed}:\n{script}\nreal: {theirs}\nours: {ours}")
    return found


@pytest.mark.parametrize("name", ["dash", "bash"])
def test_a_sample_of_scripts(name: str) -> None:
    found = differing(name, 0, SAMPLE)
    assert not found, found[0]


@pytest.mark.campaign
@pytest.mark.parametrize("name", ["dash", "bash"])
def test_a_campaign_of_scripts(name: str) -> None:
    found = differing(name, SEED, CAMPAIGN)
    print(f"{name}: {CAMPAIGN} scripts from seed {SEED}, {len(found)} differ")
    assert len(found) <= (MAY_DIFFER * CAMPAIGN if name == "bash" else 0), "\n\n".join(found[:3])
