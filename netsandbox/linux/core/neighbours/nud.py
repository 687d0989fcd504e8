"""Neighbour Unreachability Detection: the states of an entry (RFC 4861, 7.3.2; include/net/neighbour.h)."""

from __future__ import annotations

from enum import Enum


class NudState(Enum):
    """Neighbour states as `ip neigh` prints them."""

    NONE = "NONE"
    INCOMPLETE = "INCOMPLETE"
    REACHABLE = "REACHABLE"
    STALE = "STALE"
    DELAY = "DELAY"
    PROBE = "PROBE"
    FAILED = "FAILED"
    NOARP = "NOARP"
    PERMANENT = "PERMANENT"

    __hash__ = object.__hash__  # Enum's own hash is a Python function, and these are looked up for every packet


NONE, INCOMPLETE, REACHABLE, STALE, DELAY, PROBE, FAILED, NOARP, PERMANENT = NudState
CONNECTED = frozenset({PERMANENT, NOARP, REACHABLE})
VALID = CONNECTED | {STALE, DELAY, PROBE}
IN_TIMER = frozenset({INCOMPLETE, REACHABLE, DELAY, PROBE})
SURE = CONNECTED | {DELAY, PROBE}  # States in which a packet leaves without any change of the entry
