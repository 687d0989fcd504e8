"""What `run --trace` prints of a record is the same in every run, and to be read: no address in memory, no tuple.

What objects share so that they take less room is nobody's business who reads it.
"""

from __future__ import annotations

import pytest

from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.runner import Runner
from netsandbox.session.scenario import load_scenario


@pytest.mark.parametrize("name", bundled())
def test_no_record_is_told_by_its_place_in_memory(name: str) -> None:
    scenario = load_scenario(find_scenario(name))
    runner = Runner.of(scenario)
    for _event in runner.scenario(scenario):
        pass
    told = [repr(record.event) for record in runner.session.lab.trace.since(0)]
    assert told
    assert not [text for text in told if " at 0x" in text or "FlowTuple(" in text or "Terms(" in text]
