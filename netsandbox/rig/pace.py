"""How long a rig takes for what it does: the first one is a machine of its own, the second counts instructions."""

from __future__ import annotations

from typing import Any, NamedTuple

from netsandbox.engine.units import MICROSECOND, MILLISECOND
from netsandbox.rig.format import knows_vlans


class Pace(NamedTuple):
    """Nanoseconds."""

    # spawn, reap: until a program that was started does anything, and until its end is noticed
    spawn: int
    reap: int
    tools: dict[str, int]  # the former, of single ones
    command: int  # of each command that a snapshot is made of
    close_ring: int  # until the kernel has closed a tap with a ring, two grace periods of RCU
    ahead: int  # how much sooner the first one is

    def until_begin(self, tool: str) -> int:
        return self.tools.get(tool, self.spawn)


FIRST = Pace(1300 * MICROSECOND, 400 * MICROSECOND, {}, 3 * MILLISECOND, 18 * MILLISECOND, -18 * MILLISECOND)
SECOND = Pace(2300 * MICROSECOND, 900 * MICROSECOND, {"ip": 3300 * MICROSECOND, "tc": 3300 * MICROSECOND,
                                                      "bridge": 1700 * MICROSECOND, "cat": 1000 * MICROSECOND},
              1600 * MICROSECOND, 24 * MILLISECOND, 6 * MILLISECOND)


def pace_of(spec: dict[str, Any]) -> Pace:
    """That of the rig that is likely to have run the lab: the second one is for more than veths and bridges."""
    is_plain = all(iface.get("type", "veth") in ("veth", "bridge")
                   for node in spec["nodes"].values() for iface in node.get("ifaces", {}).values())
    return FIRST if is_plain and not knows_vlans(spec) else SECOND
