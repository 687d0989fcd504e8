"""However many frames come, what the app keeps stays bounded: the trace is capped, and all that is read from it."""

from __future__ import annotations

import gc
from array import array
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest

from netsandbox.apps.program import Program
from netsandbox.engine.trace import kind_of
from netsandbox.lab import frame_log, journeys
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter.events import ConnectionChanged
from netsandbox.session.checkpoints import Checkpoints
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.panes import output
from netsandbox.tui.session import live_jobs, trace_watch
from tests.tui.app_harness import Stage, stage

CAP = 2000
LARGEST = CAP + CAP // 8 + 1000
"""The trace forgets an eighth at once; what three pictures bring comes on top."""
Sized = list[Any] | dict[Any, Any] | set[Any] | deque[Any] | str | bytes


def reachable(root: object) -> Iterator[Sized | array[int]]:
    """Every container, text and buffer that hangs on an object; not what modules, classes and programs own."""
    # Programs and checkpoints have bounds of their own.
    others = ModuleType | type | FunctionType | BuiltinFunctionType | Program | Checkpoints
    seen, waiting = {id(root)}, [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list | dict | set | deque | array | str | bytes):
            yield one
        for other in gc.get_referents(one):
            if id(other) not in seen and not isinstance(other, others):
                seen.add(id(other))
                waiting.append(other)


def entries(one: Any) -> int:
    """How many things it holds: a trace's array has three numbers for each step."""
    return len(one) // 3 if isinstance(one, array) else len(one)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps that a short test reaches."""
    for module, name in ((live_jobs, "KEPT"), (live_jobs, "MOST_CHUNKS"), (output, "KEPT"),
                         (output, "MOST_ROWS"), (trace_watch, "MOST_MARKS"), (journeys, "KEPT")):
        monkeypatch.setattr(module, name, CAP)


async def frames(on: Stage, records: int) -> None:
    """Let the lab go on until so many records were made."""
    trace = on.app.live.session.trace
    until = trace.end + records
    for _ in range(2000):
        on.clock.now += 0.1
        on.app.tick()
        await on.pilot.pause()
        if trace.end >= until:
            return
    pytest.fail(f"only {trace.end} records came")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("line", ["ping -i 0.002 172.17.0.3", "ping -f -b 172.17.255.255"])
async def test_no_store_grows_beyond_its_cap(tmp_path: Path, line: str) -> None:
    async with stage(tmp_path) as on:
        log, trace = on.app.main.log_pane, on.app.live.session.trace
        trace.cap, trace.limit = CAP, CAP + CAP // 8
        log.store.rows.capacity = CAP
        on.app.live.player.set_speed(300)
        await on.press("o")
        before = {id(one) for one in reachable(on.app) if len(one) > LARGEST}
        on.app.live.execute(f"exec nginx-1 {line}")
        await frames(on, 20 * CAP)
        assert trace.first > 18 * CAP
        on.app.main.sync(1)
        there = frame_log.numbers(trace, trace.first)
        assert log.store.rows.seqs == there[-log.store.total:]
        assert log.store.total >= min(len(there), CAP) > CAP // 4
        grown = [one for one in reachable(on.app) if entries(one) > LARGEST and id(one) not in before]
        assert [(type(one), len(one), str(one)[:200]) for one in grown] == []


async def test_rows_of_the_log_are_made_for_what_is_seen_whatever_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        log, made = on.app.main.log_pane, []
        ends = frame_log.ends
        monkeypatch.setattr(frame_log, "ends", lambda *what: made.append(what[2]) or ends(*what))
        before = log.store.total
        on.app.live.session.run("exec nginx-1 ping -c 500 -f 172.17.0.3")
        on.app.tick()
        await on.pilot.pause()
        assert log.store.total - before > 3000
        assert len(made) < 3 * log.size.height


def test_packets_that_are_filtered_and_tracked_are_no_reason_to_draw_the_picture_anew() -> None:
    session = KeptSession()
    for line in ("add-host a", "add-host b", "connect a b", "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24",
                 "exec b iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT"):
        session.run(line)
    watch = trace_watch.TraceWatch()
    session.run("ping a b -c 1")
    watch.read(session.trace)
    structure = watch.structure(session.trace.end)
    came = session.trace.end
    session.run("ping a b -c 3")
    watch.read(session.trace)
    assert {VerdictGiven, ConnectionChanged} < {kind_of(raw) for _seq, raw in session.trace.entries(came)}
    assert watch.structure(session.trace.end)[1] - structure[1] == 1, "the line itself"


async def test_of_frames_that_came_all_at_once_few_are_explained_and_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        main, asked = on.app.main, []
        why = on.app.live.why
        monkeypatch.setattr(on.app.live, "why", lambda seq: (asked.append(seq), why(seq))[1])
        await on.press("space")
        on.app.live.session.run("exec nginx-1 ping -c 200 -i 0.01 172.17.0.3")
        on.app.tick()
        main.sync(1)
        for _ in range(50):
            on.app.tick()
            await on.pilot.pause()
        assert len(asked) <= 3
        assert main.log_pane.current is not None
        assert main.why.why == why(main.log_pane.current.seq)
