"""What every test shares: how Hypothesis runs, how long the campaigns are, and what a collection of garbage sees."""

import functools
import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shared machine may stall for a second in the middle of an example: a deadline would then fail a good program.
settings.register_profile("fresh", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples on every run, so that a red one can be repeated; others are looked for with FRESH_EXAMPLES=1.
settings.register_profile("same", parent=settings.get_profile("fresh"), derandomize=True, database=None)
settings.load_profile("fresh" if os.environ.get("FRESH_EXAMPLES") else "same")

HERE = Path(__file__).resolve().parent

# What is printed follows the locale, and tests read it.
os.environ["LC_ALL"] = "C.UTF-8"

# Tests are found among ever more objects that stay.
gc.set_threshold(50_000, 20, 100)

# What a test has written need not outlive the machine, and a disk takes its time: of all tests, ten seconds.
os.fsync = lambda _descriptor: None

# A shell's background job ignores Ctrl-C, and so would every program that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the campaigns run, and with which seed: `pytest -m campaign tests/campaigns`."""
    parser.addoption("--campaign-count", type=int, default=None, help="how many; default: as many as are promised")
    parser.addoption("--campaign-seed", type=int, default=1)


def pytest_configure(config: pytest.Config) -> None:
    """Where no compiled modules may lie beside the sources, workers and programs that tests start share others."""
    if "PYTEST_XDIST_WORKER" not in os.environ and sys.dont_write_bytecode:
        compiled = tempfile.mkdtemp(prefix="compiled-")
        config.add_cleanup(functools.partial(shutil.rmtree, compiled, ignore_errors=True))
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class FromElsewhere(pytest.Dir):
    """The rooms of tests, of which each worker looks into another one first.

    They share what they compile, which takes longer than to find the tests.
    """

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        rooms = list(super().collect())
        worker, workers = os.environ.get("PYTEST_XDIST_WORKER", "gw0"), os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
        first = int(worker.removeprefix("gw")) * len(rooms) // int(workers)
        return rooms[first:] + rooms[:first]


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return FromElsewhere.from_parent(parent, path=path) if path == HERE else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: last, it would run on one core while the others have nothing left to do."""
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, item.path))


class Freezing:
    """What the interpreter does to keep objects out of the collector's sight, and to bring them back into it."""

    freeze, unfreeze = gc.freeze, gc.unfreeze

    @staticmethod
    def nothing() -> None:
        """Who calls this instead finds the tests as they were: out of sight."""


def pytest_sessionfinish() -> None:
    """A process that ends need not look for garbage."""
    Freezing.freeze()


def pytest_collection_finish() -> None:
    """The tests themselves are a million objects that stay: no collection needs to look at them again.

    An app, a copy of a lab and a pause would bring them back: 0.3 s for each collection from there on.
    """
    gc.collect()
    gc.freeze()
    gc.freeze = gc.unfreeze = Freezing.nothing


@pytest.fixture
def freezing() -> Iterator[None]:
    """For a test of what is frozen: the interpreter's own functions."""
    gc.freeze, gc.unfreeze = Freezing.freeze, Freezing.unfreeze
    yield
    gc.freeze()  # with the garbage of a thousand tests, which would take seconds to find
    gc.freeze = gc.unfreeze = Freezing.nothing
