"""What takes a moment of a person's time: a published port among many, a copy, a step back, rows of the frame log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any

from netsandbox.bench.measured import measured, run_all
from netsandbox.lab.frame_log import rows
from netsandbox.lab.lab import Lab
from netsandbox.session.session import Session

STEPS, STEPS_BACK, DEPTH = 5000, 30, 100

Results = Iterator[dict[str, Any]]


def running(count: int, options: str = "") -> Session:
    """Containers that run nginx; `{}` in the options is the number of each."""
    session = Session()
    run_all(session, [f"docker run -d --name c{number} {options.format(number)} nginx" for number in range(count)])
    return session


def ports(count: int) -> Results:
    """One container more with a published port, among so many."""
    session = running(count, "-p 1{:04}:80")
    yield measured(session.lab, "ports", 1, partial(run_all, session, ["docker run -d -p 9000:80 nginx"]))


def copy(count: int) -> Results:
    """A copy of a lab of so many containers, as a checkpoint makes it; the second, as the first looks at each class."""
    lab = running(count).lab
    lab.copy()
    yield measured(lab, "copy", 1, lab.copy)


def log(count: int) -> Results:
    """The frame log's rows of so many pings."""
    session = running(2)
    run_all(session, [f"exec c0 ping -c {count} 172.17.0.3"])
    lab = session.lab
    told = sum(1 for _row in rows(lab, 0))
    yield measured(lab, "log", told, lambda: sum(1 for _row in rows(lab, 0)))


def back(count: int) -> Results:
    """Steps back among so many containers, and behind so many more steps as lines made, each a ping."""
    session = running(count)
    run_all(session, ["wait"])
    end = session.position.step + STEPS
    while session.position.step < end:
        run_all(session, ["exec c0 ping -c 1 172.17.0.3"])
    yield measured(Lab(), "back", STEPS_BACK, partial(_go_back, session))  # the lab before is left meanwhile


def _go_back(session: Session) -> None:
    for _step in range(STEPS_BACK):
        session.back()


def floor(count: int) -> Results:
    """The least that CPython could do for a delivery: a heap push, a pop and a call."""
    yield measured(Lab(), "floor", count, partial(_push_and_pop, count))


def _push_and_pop(count: int) -> None:
    def receive(_frame: object) -> None:
        """Nothing."""
    heap: list[tuple[int, int, Callable[[object], None]]] = [(at, at, receive) for at in range(DEPTH)]
    heapify(heap)
    for sequence in range(DEPTH, count + DEPTH):
        at, _sequence, receiver = heappop(heap)
        receiver(None)
        heappush(heap, (at + DEPTH, sequence, receiver))


MOMENTS: dict[str, tuple[Callable[[int], Results], int]] = {
    "ports": (ports, 100), "copy": (copy, 500), "log": (log, 1000), "back": (back, 2), "floor": (floor, 1_000_000)}
"""What measures each, and of how many unless told otherwise."""
