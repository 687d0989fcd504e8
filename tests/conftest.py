"""What every test shares: how Hypothesis runs, how long the campaigns are, and what a collection of garbage sees."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

# A shared machine may stall for a second in the middle of an example: a deadline would then fail a good program.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples on every run, so that a red build can be repeated; fresh ones are found by developers' runs.
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the campaigns run, and with which seed: `pytest -m campaign tests/campaigns`."""
    parser.addoption("--campaign-count", type=int, default=None, help="how many; default: as many as are promised")
    parser.addoption("--campaign-seed", type=int, default=1)


def pytest_collection_finish() -> None:
    """The tests themselves are a million objects that stay: no collection needs to look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
