"""Each claim of the tutorial is shown by an expectation that is in its scenario, and that holds."""

from __future__ import annotations

import pytest

from netsandbox.commands.expect import parse
from netsandbox.grading import check
from tests.scenarios.flips import NAMES, expectations, load
from tests.scenarios.seed_claims import CLAIMS

REPORTS: dict[str, check.Report] = {}


def report(name: str) -> check.Report:
    if name not in REPORTS:
        REPORTS[name] = check.check(name)
    return REPORTS[name]


def test_no_claim_is_left_out() -> None:
    assert list(CLAIMS) == [f"S{number}" for number in range(1, 53)]
    assert {claim.mark for claim in CLAIMS.values()} == {"✔", "◐", "✘", "–"}


@pytest.mark.parametrize("number", CLAIMS)
def test_a_claim_is_shown(number: str) -> None:
    claim = CLAIMS[number]
    assert claim.shown
    for scenario, text in claim.shown:
        assert scenario in NAMES
        assert text in expectations(load(scenario)), f"{scenario} expects no {text!r}"
        parse(text)
        held = [outcome.status for outcome in report(scenario).outcomes if outcome.text == text]
        assert held
        assert set(held) == {check.HELD}


def test_what_must_wait_is_named() -> None:
    waiting = {number: claim.waits for number, claim in CLAIMS.items() if claim.waits}
    assert set(waiting) == {"S2", "S7", "S52"}
    assert all("iptables" in text for text in waiting.values())


def test_every_scenario_shows_something() -> None:
    shown = {scenario for claim in CLAIMS.values() for scenario, _text in claim.shown}
    assert shown <= set(NAMES)
    assert len(shown) == 12
