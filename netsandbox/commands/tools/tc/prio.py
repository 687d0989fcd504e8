"""What `tc qdisc` says of prio (tc/q_prio.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.tc.numbers import illegal
from netsandbox.commands.tools.word_values import within
from netsandbox.commands.tools.words import Words
from netsandbox.linux.ipv4.prio import MAX_BANDS, MIN_BANDS, PRIOMAP, Prio

USAGE = "Usage: ... prio bands NUMBER priomap P1 P2...[multiqueue]"


def read(new: Prio, words: Words, _old: Prio | None) -> None:
    """prio_parse_opt, and prio_tune's checks."""
    bands, priomap, is_map = 3, list(PRIOMAP), False
    while words:
        word = words.next()
        if word == "bands":
            bands = within(words.next(), illegal("bands"))
        elif word == "priomap":
            is_map, at = True, 0
        elif word == "multiqueue":
            raise ToolError(1, "netsandbox: multiqueue of prio is not modelled")
        elif word == "help" or not is_map:
            raise ToolError(1, USAGE if word == "help" else f'What is "{word}"?\n{USAGE}')
        elif at > 15:
            raise ToolError(1, '"priomap" index > TC_PRIO_MAX=15')
        else:
            priomap[at] = within(word, ToolError(1, 'Illegal "priomap" element'))
            if priomap[at] > bands:
                raise ToolError(1, '"priomap" element is out of bands')
            at += 1
    if not MIN_BANDS <= bands <= MAX_BANDS or max(priomap) >= bands:
        raise ToolError(2, "RTNETLINK answers: Invalid argument")
    new.resize(bands)
    new.priomap = tuple(priomap)


def text(prio: Prio, _in_detail: bool) -> str:
    """prio_print_opt."""
    return f"bands {len(prio.bands)} priomap {' '.join(map(str, prio.priomap))}"


def members(prio: Prio) -> dict[str, Any]:
    return {"bands": len(prio.bands), "priomap": list(prio.priomap), "multiqueue": False}
