"""What a piece of work takes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab
    from netsandbox.session.session import Session


def measured(lab: Lab, name: str, count: int, work: Callable[[], object]) -> dict[str, Any]:
    """CPU and wall time of the work alone, the cyclic garbage collector off, and what the lab did meanwhile."""
    gc.collect()
    gc.disable()
    scheduler, trace = lab.scheduler, lab.trace
    deliveries, records = scheduler.deliveries, trace.end
    wall, cpu = perf_counter(), process_time()
    work()
    cpu, wall = process_time() - cpu, perf_counter() - wall
    return {"workload": name, "n": count, "deliveries": scheduler.deliveries - deliveries,
            "records": trace.end - records, "cpu_s": round(cpu, 6), "wall_s": round(wall, 6),
            "max_rss_kb": peak_memory()}


def peak_memory() -> int | None:
    """The most KiB that this process has held at once; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def run_all(session: Session, typed: list[str]) -> None:
    """Lines, none of which may fail."""
    for line in typed:
        job = session.run(line)
        assert not job.code, f"{line}: {job.output}"
