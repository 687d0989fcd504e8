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

LARGER_THAN_CACHES = 256 * 1024 * 1024
CACHE_LINE = 64  # Bytes


def measured(lab: Lab, name: str, count: int, work: Callable[[], object],
             just_before: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """CPU and wall time of the work alone, the cyclic garbage collector off, and what the lab did meanwhile."""
    gc.collect()
    gc.disable()
    just_before()
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


def empty_caches() -> None:
    """Write more than any cache of a processor holds, so that what is touched next comes from memory."""
    bytearray(LARGER_THAN_CACHES)[::CACHE_LINE] = bytes(LARGER_THAN_CACHES // CACHE_LINE)


def run_all(session: Session, typed: list[str]) -> None:
    """Lines, none of which may fail."""
    for line in typed:
        job = session.run(line)
        assert not job.code, f"{line}: {job.output}"
