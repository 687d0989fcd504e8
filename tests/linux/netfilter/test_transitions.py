"""The tracker's TCP states: what each kind of segment makes of each, as nf_conntrack_proto_tcp.c has it."""

from __future__ import annotations

import pytest

from netsandbox.linux.netfilter import track_tcp
from netsandbox.linux.netfilter.track_tcp import STATES, TRANSITIONS

SHORT = {"NONE": "NO", "SYN_SENT": "SS", "SYN_RECV": "SR", "ESTABLISHED": "ES", "FIN_WAIT": "FW", "CLOSE_WAIT": "CW",
         "LAST_ACK": "LA", "TIME_WAIT": "TW", "CLOSE": "CL", "SYN_SENT2": "S2"}
KINDS = ("syn", "synack", "fin", "ack", "rst", "none")
TABLE = """\
original        NO SS SR ES FW CW LA TW CL S2
syn             SS SS IG IG IG IG IG SS SS S2
synack          IV IV SR IV IV IV IV IV IV SR
fin             IV IV FW FW LA LA LA TW CL IV
ack             ES IV ES ES CW CW TW TW CL IV
rst             IV CL CL CL CL CL CL CL CL CL
none            IV IV IV IV IV IV IV IV IV IV
reply           NO SS SR ES FW CW LA TW CL S2
syn             IV S2 IV IV IV IV IV SS IV S2
synack          IV SR IG IG IG IG IG IG IG SR
fin             IV IV FW FW LA LA LA TW CL IV
ack             IV IG SR ES CW CW TW TW CL IG
rst             IV CL CL CL CL CL CL CL CL CL
none            IV IV IV IV IV IV IV IV IV IV
"""


def expected() -> list[tuple[str, str, str, str]]:
    """(direction, kind of segment, state before, state after or what is thought of the segment)."""
    found: list[tuple[str, str, str, str]] = []
    direction, states = "", list[str]()
    for line in TABLE.splitlines():
        head, *cells = line.split()
        if head in ("original", "reply"):
            direction, states = head, cells
        else:
            found += [(direction, head, state, cell) for state, cell in zip(states, cells, strict=True)]
    return found


@pytest.mark.parametrize("direction", ["original", "reply"])
def test_each_segment_leads_where_the_kernels_table_leads(direction: str) -> None:
    names = [SHORT[state] for state in STATES] + ["IV", "IG"]
    for way, kind, before, after in expected():
        if way == direction:
            row = TRANSITIONS[way == "reply"][KINDS.index(kind)]
            assert names[row[names.index(before)]] == after, (kind, before)


def test_the_verdicts_on_a_segment_stand_behind_the_states() -> None:
    assert (len(STATES), len(STATES) + 1) == (track_tcp.INVALID, track_tcp.IGNORE)
