"""However long a lab runs, its trace stays as small as it was told to; and what a container takes is little.

`python -m tests.lab.test_memory` says what one of a thousand takes, in bytes that are in use.
"""

from __future__ import annotations

import cProfile
import gc
import pstats
import tracemalloc

import pytest

from netsandbox.bench.workloads import Ends, build
from netsandbox.commands.shell import Shell
from netsandbox.lab.lab import Lab

CAP = 800
STEP = 100
"""More records than one command, turn or delivery of this lab makes."""
MOST_STEPS_PER_RECORD = 3


def busy(pings: int) -> Lab:
    """A lab in which so many pings went to and fro, its trace looked at after each."""
    lab = Lab(trace_cap=CAP)
    shell = Shell(lab)
    for line in ("add-container a", "add-container b", *["ping a b"] * pings):
        job = shell.execute(line)
        lab.scheduler.run_while(lambda job=job: not job.is_done)  # type: ignore[misc]
        assert job.code == 0
        assert len(lab.trace.events) <= CAP + CAP // 8 + STEP
        assert len(lab.trace.steps) <= MOST_STEPS_PER_RECORD * (CAP + CAP // 8 + STEP)
    return lab


def test_ten_times_the_deliveries_keep_no_more_records() -> None:
    few, many = busy(150), busy(1500)
    assert many.scheduler.deliveries > 9 * few.scheduler.deliveries
    assert few.trace.first > 0, "the cap was reached"
    assert many.trace.first > 9 * few.trace.first
    assert abs(len(many.trace.steps) - len(few.trace.steps)) < CAP
    assert many.trace.first_step > 5 * few.trace.first_step


def bytes_of(count: int, has_waited: bool) -> int:
    """The memory of a lab with so many containers on docker0."""
    gc.collect()
    before, _peak = tracemalloc.get_traced_memory()
    lab = Lab()
    build(lab, Ends(), count)
    if has_waited:
        lab.scheduler.run_until_quiet()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


@pytest.mark.parametrize(("has_waited", "most"), [(False, 8_800), (True, 14_400)])
def test_what_is_equal_in_all_containers_stands_once(has_waited: bool, most: int) -> None:
    tracemalloc.start()
    try:
        bytes_of(100, has_waited)  # what is kept for all labs: a table of that may be made wider by any test's names
        few, many = bytes_of(20, has_waited), bytes_of(100, has_waited)
    finally:
        tracemalloc.stop()
    assert (many - few) / 80 <= most


def calls_of(count: int) -> tuple[float, float]:
    """Calls of functions, for each of so many containers: those that make it, and those of its start."""
    lab, makes, starts = Lab(), cProfile.Profile(), cProfile.Profile()
    makes.runcall(build, lab, Ends(), count)
    starts.runcall(lab.scheduler.run_until_quiet)
    made: int = pstats.Stats(makes).total_calls  # type: ignore[attr-defined]
    started: int = pstats.Stats(starts).total_calls  # type: ignore[attr-defined]
    return made / count, started / count


def test_a_container_among_many_takes_as_many_calls_as_among_few() -> None:
    for many, few in zip(calls_of(300), calls_of(50), strict=True):
        assert many <= 1.02 * few


if __name__ == "__main__":
    tracemalloc.start()
    for waited in (False, True):
        bytes_of(1_000, waited)  # what is kept for all labs
        each = (bytes_of(1_000, waited) - bytes_of(100, waited)) / 900
        print(f"a container{' after wait' * waited}: {each:,.0f} bytes, {each / 1024:.2f} KiB")
