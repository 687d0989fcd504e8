"""A storm: two switches with two cables between them and no spanning tree.  It ends, and the lab goes on."""

from __future__ import annotations

from typing import Any

import pytest

from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.engine import scheduler as scheduling
from netsandbox.engine.trace import QueueDropped, Storm
from netsandbox.engine.units import SECOND
from netsandbox.lab.lab import Lab
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived

LOOP = ["add-switch s1", "add-switch s2", "add-host h1", "add-host h2", "add-host h3", "add-host h4",
        "connect h1 s1", "connect h2 s2", "connect s1:p8 s2:p8", "connect s1:p9 s2:p9", "connect h3 h4",
        *(f"set-ip h{number} 10.0.{0 if number < 3 else 1}.{number}/24" for number in range(1, 5))]
CAP = 20_000
STEP = 100
"""More records than one step of these labs makes."""


class Storming:
    """A lab with a loop, whose trace forgets much; its rare records are kept beside it."""

    def __init__(self, cap: int = CAP) -> None:
        self.lab = Lab(trace_cap=cap)
        self.shell = Shell(self.lab)
        self.scheduler = self.lab.scheduler
        self.rare: list[tuple[int, Any]] = []
        """(step, event) of each Storm and QueueDropped."""
        record = self.lab.trace.record

        def keep(event: Any) -> None:
            if isinstance(event, Storm | QueueDropped):
                self.rare.append((self.lab.trace.step_count, event))
            record(event)
        self.lab.trace.record = keep  # type: ignore[method-assign]
        for line in LOOP:
            self.run(line)
        self.scheduler.run_until(SECOND)
        assert not self.rare

    def run(self, line: str) -> Job:
        job = self.shell.execute(line)
        assert job.crash is None
        self.scheduler.run_while(lambda: not job.is_done)
        return job

    def broadcast(self) -> int:
        """One ARP request, and with it the storm; returns the step after which it is on its way."""
        job = self.shell.execute("arping h1 10.0.0.99 -c 1 -w 1")
        assert self.scheduler.run_while(lambda: not self.scheduler.queue)
        assert job.crash is None
        return self.lab.trace.step_count


def test_a_storm_is_told_and_later_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """At ten thousand steps, and at a million; a tenth of that here, as it is the same and takes a second, not ten."""
    assert (scheduling.STORM_STEPS, scheduling.DROP_STEPS) == (10_000, 1_000_000)
    storm_steps, drop_steps = scheduling.STORM_STEPS, scheduling.DROP_STEPS // 10
    monkeypatch.setattr(scheduling, "DROP_STEPS", drop_steps)
    lab = Storming()
    start = lab.broadcast()
    others: list[int] = []
    lab.scheduler.run_while(lambda: not lab.rare)
    assert lab.rare == [(start + storm_steps, Storm(storm_steps))]
    while lab.scheduler.queue:
        lab.scheduler.run_steps(5_000)
        others.append(lab.lab.trace.step_count - start)
        assert others[-1] <= 1.2 * drop_steps, "it goes on for ever"
    (_step, _storm), (dropped_at, dropped) = lab.rare
    assert isinstance(dropped, QueueDropped)
    assert dropped.frames > 0
    assert drop_steps <= dropped_at - start < 1.01 * drop_steps, "timers and programs have their steps between"
    assert len(lab.lab.trace.events) <= lab.lab.trace.limit + STEP


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "STORM_STEPS", 500)
    monkeypatch.setattr(scheduling, "DROP_STEPS", 20_000)


@pytest.mark.usefixtures("small")
def test_what_is_dropped_is_recorded_frame_by_frame_with_its_reason() -> None:
    lab = Storming(1_000_000)
    lab.broadcast()
    lab.scheduler.run_while(lambda: len(lab.rare) < 2)
    assert isinstance(lab.rare[0][1], Storm)
    records = list(lab.lab.trace.since(0))
    last = max(number for number, record in enumerate(records) if isinstance(record.event, QueueDropped))
    ends = [record.event for record in records[last + 1:] if isinstance(record.event, FrameReceived)]
    cut = [event for event in ends if event.verdict is CASCADE_TOO_LONG]
    assert len(cut) == records[last].event.frames > 0
    assert not lab.scheduler.queue


@pytest.mark.usefixtures("small")
def test_timers_and_programs_go_on_meanwhile() -> None:
    """A ping on a cable of its own is answered, and a wait is over, while the storm is on."""
    lab = Storming()
    fired: list[int] = []
    lab.broadcast()
    lab.scheduler.run_while(lambda: not lab.rare)
    lab.scheduler.after(1, lambda _argument: fired.append(lab.lab.trace.step_count))
    ping, wait = lab.shell.execute("ping h3 h4"), lab.shell.execute("wait 1ms")
    lab.scheduler.run_while(lambda: len(lab.rare) < 2 and not (ping.is_done and wait.is_done and fired))
    assert len(lab.rare) == 1, "only when the storm was cut off"
    assert lab.scheduler.queue
    assert (ping.code, wait.code) == (0, 0)
    assert "0% packet loss" in ping.out


@pytest.mark.usefixtures("small")
def test_the_lab_works_again_without_the_loop() -> None:
    lab = Storming()
    lab.broadcast()
    lab.scheduler.run_while(lambda: not lab.rare)
    assert lab.run("disconnect s1:p9").code == 0
    lab.scheduler.run_until(lab.scheduler.clock + SECOND)
    assert not lab.scheduler.queue
    assert len(lab.rare) == 1, "the loop ended with the cable, not with the cut"
    assert lab.run("ping h1 h2").code == 0
    assert lab.run("ping h2 h1").code == 0
    assert lab.run("connect s1:p9 s2:p9").code == 0
    lab.scheduler.run_until(lab.scheduler.clock + SECOND)
    lab.rare.clear()
    lab.broadcast()
    lab.scheduler.run_while(lambda: len(lab.rare) < 2)
    assert [type(event) for _step, event in lab.rare] == [Storm, QueueDropped], "a second storm is told like the first"
    assert lab.run("disconnect s1:p9").code == 0
    assert lab.run("ping h1 h2").code == 0


@pytest.mark.parametrize("portion", [1, 7, 1000])
def test_a_storm_is_the_same_in_whatever_portions_it_is_run(portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a ping that takes its turns in it, and a trace that forgets."""
    monkeypatch.setattr(scheduling, "STORM_STEPS", 100)
    monkeypatch.setattr(scheduling, "DROP_STEPS", 1_000)

    def after(portion: int) -> str:
        lab = Storming(cap=300)
        end = lab.broadcast() + 1_500
        lab.shell.execute("ping h3 h4 -c 1")
        while (left := end - lab.lab.trace.step_count) > 0 and lab.scheduler.run_steps(min(portion, left)):
            pass
        assert [type(event) for _step, event in lab.rare] == [Storm, QueueDropped]
        return lab.lab.trace.digest()
    assert after(portion) == after(1_500)
