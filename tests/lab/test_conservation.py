"""Nothing vanishes and nothing appears: each frame sent ends at each receiver with a verdict, or is still in flight."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from netsandbox.engine import scheduler as scheduling
from netsandbox.linux.bridge import flood
from netsandbox.linux.drop import DropReason, Outcome
from netsandbox.session.session import ENDLESS_LIMIT, Session
from netsandbox.session.timeline import INTERRUPT
from tests.lab.labs import BASE, histories
from tests.lab.ledger import Ledger

STORM_STEPS, DROP_STEPS = 100, 1000
"""Loops are cut off early: a random lab has many."""
FEW = 40
"""Frames in flight up to which the ledger is checked after every step."""
MANY_STEPS = 60_000


@pytest.fixture(autouse=True, scope="module")
def small_storms() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduling, "STORM_STEPS", STORM_STEPS)
        patch.setattr(scheduling, "DROP_STEPS", DROP_STEPS)
        patch.setattr(flood, "SMALLEST_CROWD", 2)
        yield


def carry_out(lines: list[str]) -> Counter[object]:
    """Do some lines step by step, with the ledger checked between the steps; returns what was met."""
    session = Session()
    ledger, scheduler = Ledger(session.lab), session.lab.scheduler
    for line in lines:
        job = session.execute(line)
        assert job.crash is None, f"{line}: {job.crash!r}"
        ledger.check()
        if line.endswith("&"):
            continue
        limit = scheduler.clock + ENDLESS_LIMIT
        for number in range(MANY_STEPS):
            if job.program is not None and job.program.is_endless and not job.is_done and scheduler.clock > limit:
                session.execute(INTERRUPT)
            if (job.is_done and scheduler.is_idle) or not scheduler.step():
                break
            if len(scheduler.queue) < FEW or number % 100 == 0:
                ledger.check()
        else:
            raise AssertionError(f"{line!r} has no end")
    end = scheduler.clock + 30_000_000_000
    for _ in range(MANY_STEPS):  # frames go round a loop of long cables for ever, too few at a time to be cut off
        if (scheduler.next_time() or end) >= end:
            break
        scheduler.step()
    else:
        ledger.check()
        return ledger.seen
    scheduler.run_until(end)
    ledger.check()
    assert not scheduler.queue
    return ledger.seen


@settings(max_examples=250)
@given(histories)
def test_random_labs_lose_no_frame(lines: list[str]) -> None:
    carry_out(lines)


def test_every_way_a_frame_can_end_is_met() -> None:
    """The accounts above balance too where nothing happens; here is what they were kept of."""
    seen = carry_out([
        *BASE, "ping h1 h2", "ping h1 h3", "ping c1 c2", "ping c1 127.0.0.1", "exec h1 ping -b -c 1 10.0.0.255",
        "connect h4 u1 --latency 3ms", "set-ip h4 10.0.0.4/24", "ping h4 h1",
        "ping h4 h1 -c 3 &", "wait 1ms", "remove h4",
        "exec h3 ip link set eth0 mtu 9000", "ping h3 h1 -c 1 -s 4000", "exec h2 ip link set eth0 mtu 600",
        "ping h1 h2 -c 1 -s 1000", "exec s1 ip link set p1 mtu 900", "ping h1 h2 -c 1 -s 1400",
        "link h2 down", "ping h1 h2 -c 1", "connect s1 s2", "connect s1 s2", "ping h1 10.0.0.9 -c 1"])
    assert seen["long"]
    assert seen["looped back"]
    for outcome in (Outcome.ACCEPTED, Outcome.ANSWERED, Outcome.BRIDGED, Outcome.REPEATED, Outcome.IGNORED):
        assert seen[outcome], outcome
    for reason in (DropReason.OTHERHOST, DropReason.PKT_TOO_BIG, DropReason.CASCADE_TOO_LONG, DropReason.LINK_GONE):
        assert seen[reason], reason


def test_the_ledger_notices_a_frame_from_nowhere_and_one_that_is_lost() -> None:
    session = Session()
    ledger = Ledger(session.lab)
    for line in ("add-container c1", "add-container c2"):
        session.run(line)
    session.execute("ping c1 c2")
    queue = session.lab.scheduler.queue
    while not queue:
        session.lab.scheduler.step()
    ledger.check()
    taken = queue.popleft()
    with pytest.raises(AssertionError, match="in flight"):
        ledger.check()
    queue.extend([taken, taken])
    with pytest.raises(AssertionError, match="nobody sent"):
        session.lab.scheduler.run_steps(8)
