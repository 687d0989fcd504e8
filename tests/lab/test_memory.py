"""However long a lab runs, its trace stays as small as it was told to."""

from __future__ import annotations

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
