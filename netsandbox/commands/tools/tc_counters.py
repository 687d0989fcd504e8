"""What `tc -s` counts (print_tcstats2_attr of tc/tc_util.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsandbox.linux.core.discipline import Discipline

NOTHING = " Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n"


def counters(found: Discipline | None) -> str:
    """Of one discipline; None is what a device has from the start."""
    if found is None:
        return NOTHING
    return (f" Sent {found.bytes} bytes {found.packets} pkt (dropped {found.dropped}, overlimits "
            f"{found.overlimits} requeues {found.requeues}) \n"
            f" backlog {held(found)}b {len(found.waiting)}p requeues {found.requeues}\n")


def held(found: Discipline | None) -> int:
    """How many bytes wait."""
    return sum(found.length_of(frame) for _when, _serial, frame in found.waiting) if found is not None else 0
