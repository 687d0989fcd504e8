"""What `tc qdisc` says of a bucket of tokens (tc/q_tbf.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import shown_rate, shown_size, shown_time
from netsandbox.commands.tools.words import Words
from netsandbox.engine.units import MICROSECOND, SECOND

if TYPE_CHECKING:
    from netsandbox.linux.core.queueing.tbf import Tbf

BURST = ("burst", "buffer", "maxburst")
TICKS = 15_625_000  # Of the packet scheduler, a second: a burst is kept as the time that it takes, in these


def read(new: Tbf, words: Words, _old: Tbf | None) -> None:
    """tbf_parse_opt."""
    found: dict[str, int] = {}
    new.rate = 0
    while words:
        word = words.next()
        name = "burst" if word in BURST else word
        if name in found:
            raise ToolError(1, f'tbf: duplicate "{"buffer/burst/maxburst" if name == "burst" else name}" specification')
        if {name, *found} >= {"latency", "limit"}:
            raise ToolError(1, 'tbf: specifying both "latency" and "limit" is not allowed')
        if name in READERS:
            text = words.next()
            found[name] = READERS[name](text.partition("/")[0] if name == "burst" else text,
                                        ToolError(1, f'tbf: illegal value for "{word}": "{text}"'))
        elif name in ("peakrate", "mtu", "minburst", "mpu", "overhead", "linklayer"):
            raise ToolError(1, f"netsandbox: {name} of tbf is not modelled")
        else:
            lead = "" if name == "help" else f'tbf: unknown parameter "{word}"\n'
            raise ToolError(1, f"{lead}{usage('tbf').message}")
    _check_missing(found)
    new.rate = max(1, found["rate"] // 8)
    new.burst = found["burst"] * TICKS // new.rate * new.rate // TICKS
    new.most = found["limit"] if found.get("limit") else new.rate * found["latency"] // SECOND + found["burst"]


def _check_missing(found: dict[str, int]) -> None:
    missing = [text for wanted, text in (
        (("rate",), 'tbf: the "rate" parameter is mandatory.'),
        (("burst",), 'tbf: the "burst" parameter is mandatory.'),
        (("latency", "limit"), 'tbf: either "limit" or "latency" is required.'))
        if not any(found.get(name) for name in wanted)]
    if missing:
        raise ToolError(1, "\n".join([*missing, str(usage("tbf").message)]))


READERS = {"rate": numbers.rate, "burst": numbers.size, "latency": numbers.time, "limit": numbers.size}


def text(tbf: Tbf, in_detail: bool) -> str:
    """tbf_print_opt."""
    latency = (tbf.most - tbf.burst) * SECOND // tbf.rate
    waits = f"lat {shown_time(latency)}" if latency >= 0 else f"limit {shown_size(tbf.most)}"
    burst = shown_size(tbf.burst) + ("/1 mpu 0b" if in_detail else "")
    return (f"rate {shown_rate(tbf.rate * 8)} burst {burst} {waits} {'linklayer ethernet ' if in_detail else ''}")


def members(tbf: Tbf) -> dict[str, Any]:
    """The same for JSON."""
    latency = (tbf.most - tbf.burst) * SECOND // tbf.rate
    waits = {"lat": latency // MICROSECOND} if latency >= 0 else {"limit": tbf.most}
    return {"rate": tbf.rate, "burst": tbf.burst, **waits}
