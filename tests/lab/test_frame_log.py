"""The frame log's last rows are those of the whole log."""

from __future__ import annotations

import pytest

from netsandbox.commands.shell import Shell
from netsandbox.lab import frame_log
from netsandbox.lab.journeys import Journeys
from netsandbox.lab.lab import Lab

LINES = [*(f"docker run -d --name c{number} nginx" for number in range(12)), "add-hub u", "add-host h1", "add-host h2",
         "connect h1 u", "connect h2 u --latency 5ms", "set-ip h1 10.0.0.1/24", "set-ip h2 10.0.0.2/24",
         "exec c1 ping -c 2 172.17.0.5", "ping h1 h2", "link c3:eth0 down", "exec c1 ping -c 1 -W 1 172.17.0.4"]


@pytest.fixture(scope="module", params=[1_000_000, 150])
def lab(request: pytest.FixtureRequest) -> Lab:
    """Floods to many at once, a hub, a cable that takes time, drops; and a trace that keeps all, or forgets."""
    lab = Lab(trace_cap=request.param)
    shell = Shell(lab)
    for line in LINES:
        job = shell.execute(line)
        assert job.crash is None
        lab.scheduler.run_while(lambda job=job: not job.is_done)  # type: ignore[misc]
        lab.scheduler.run_until_quiet()
    return lab


@pytest.mark.parametrize("limit", [1, 2, 7, 100, 1_000_000])
def test_the_last_rows(lab: Lab, limit: int) -> None:
    everything = list(frame_log.rows(lab, lab.trace.first))
    assert frame_log.last(lab, limit) == (everything[-limit:], len(everything))


@pytest.mark.parametrize("part", [0, 0.3, 0.5, 0.9, 1])
def test_rows_are_numbered_and_made_from_anywhere(lab: Lab, part: float) -> None:
    trace = lab.trace
    since = trace.first + round(part * (trace.end - trace.first))
    whole = list(frame_log.rows(lab, since))
    numbers = frame_log.numbers(trace, since).tolist()
    assert numbers == [row.seq for row in whole]
    told = frame_log.Teller(lab, Journeys())
    assert [(hop.journey, hop.verdict, hop.reason) for hop in frame_log.hops(trace, Journeys(), since, trace.end)
            for _row in range(hop.rows)] == [
        (row.journey, row.verdict, row.reason) for row in frame_log.rows(lab, since, teller=told)]
    for at in range(0, len(whole), 7):
        skip = at - numbers.index(numbers[at])
        assert list(frame_log.rows(lab, numbers[at], 3, skip=skip)) == whole[at:at + 3]


def test_plain_pings_are_numbered_as_all_else() -> None:
    shell = Shell(Lab())
    for line in (*LINES[:2], "exec c1 ping -c 30 -f 172.17.0.2"):
        shell.execute(line)
        shell.lab.scheduler.run_until_quiet()
    trace = shell.lab.trace
    since = trace.end - 200
    assert list(frame_log.numbers(trace, since)) == [row.seq for row in frame_log.rows(shell.lab, since)]


def test_of_nothing() -> None:
    assert frame_log.last(Lab(), 10) == ([], 0)
