"""What `tc -s` counts (print_tcstats2_attr of tc/tc_util.c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.htb import HtbClass

COUNTED = {"bytes": "bytes", "packets": "packets", "drops": "dropped", "overlimits": "overlimits",
           "requeues": "requeues"}
"""As JSON calls them, and as they are called here."""


def stats(found: Discipline | HtbClass) -> dict[str, int]:
    """Of one discipline or class, as JSON has it."""
    frames = [frame for _when, _serial, frame in found.waiting]
    return {name: getattr(found, attribute, 0) for name, attribute in COUNTED.items()} | backlog(found, frames)


def backlog(found: Discipline | HtbClass, frames: Iterable[Frame]) -> dict[str, int]:
    """What waits."""
    sizes = list(map(found.length_of, frames))
    return {"backlog": sum(sizes), "qlen": len(sizes)}


def text(counted: Mapping[str, int]) -> str:
    """The same as text; a flow of fq_codel does not count what it sent."""
    sent = f"Sent {counted['bytes']} bytes {counted['packets']} pkt " if "bytes" in counted else ""
    return (f" {sent}(dropped {counted['drops']}, overlimits {counted['overlimits']} requeues {counted['requeues']}) \n"
            f" backlog {counted['backlog']}b {counted['qlen']}p requeues {counted['requeues']}\n")
