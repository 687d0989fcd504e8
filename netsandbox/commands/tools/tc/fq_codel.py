"""What `tc` says of fq_codel and its flows (tc/q_fq_codel.c)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import illegal, shown_size, shown_time
from netsandbox.commands.tools.word_values import within
from netsandbox.commands.tools.words import Words
from netsandbox.engine.units import MICROSECOND
from netsandbox.linux.core.queueing.codel import clock

if TYPE_CHECKING:
    from netsandbox.linux.core.queueing.fq_codel import Flow, FqCodel

KERNEL = 2  # The status where the kernel refused
NUMBERS = {"limit": "most", "flows": "flows", "quantum": "quantum", "drop_batch": "drop_batch"}
TIMES = ("target", "interval", "ce_threshold")
MOST_FLOWS, LEAST_QUANTUM, MOST_QUANTUM = 65536, 256, 1 << 20
SETTINGS = ("most", "flows", "quantum", "drop_batch", "memory_limit", "said")


def read(new: FqCodel, words: Words, old: FqCodel | None) -> None:
    """fq_codel_parse_opt."""
    for name in SETTINGS if old is not None else ():
        setattr(new, name, getattr(old, name))
    found: dict[str, int] = {}
    while words:
        word = words.next()
        if word in NUMBERS:
            found[word] = within(words.next(), illegal(word))
        elif word == "memory_limit":
            found[word] = numbers.size(words.next(), illegal(word))
        elif word in TIMES:
            found[word] = numbers.time(words.next(), illegal(word)) // MICROSECOND * MICROSECOND
        elif word in ("ecn", "noecn"):
            new.said = new.said._replace(is_ecn=word == "ecn")
        elif word == "ce_threshold_selector":
            raise ToolError(1, f"netsandbox: {word} of fq_codel is not modelled")
        else:
            lead = "" if word == "help" else f'What is "{word}"?\n'
            raise ToolError(1, f"{lead}{usage('fq_codel').message}")
    _settle(new, {name: value for name, value in found.items() if value}, old)


def _settle(new: FqCodel, found: dict[str, int], old: FqCodel | None) -> None:
    """fq_codel_change: 0 stands for what it is without a word."""
    if "flows" in found and (old is not None or found["flows"] > MOST_FLOWS):
        raise ToolError(KERNEL, "RTNETLINK answers: Invalid argument")
    if found.get("quantum", 0) > MOST_QUANTUM:
        raise ToolError(KERNEL, "Error: Invalid quantum.")
    for name, attribute in NUMBERS.items():
        setattr(new, attribute, found.get(name, getattr(new, attribute)))
    new.quantum = max(new.quantum, LEAST_QUANTUM)
    new.memory_limit = found.get("memory_limit", new.memory_limit)
    said = new.said
    new.said = said._replace(target=found.get("target", said.target), interval=found.get("interval", said.interval),
                             ce_threshold=found.get("ce_threshold", said.ce_threshold))


def _microseconds(units: int) -> int:
    """codel_time_to_us."""
    return units * 1024 // MICROSECOND


def text(one: FqCodel, _in_detail: bool) -> str:
    """fq_codel_print_opt."""
    shown = {name: shown_time(value * MICROSECOND) if name in TIMES else value for name, value in members(one).items()}
    shown |= {"limit": f"{one.most}p", "memory_limit": shown_size(one.memory_limit)}
    return "".join(name + " " if value is True else f"{name} {value} " for name, value in shown.items())


def members(one: FqCodel) -> dict[str, Any]:
    """The same for JSON, in its order."""
    said = one.said
    late = {} if said.ce_threshold is None else {"ce_threshold": _microseconds(clock(said.ce_threshold))}
    return {"limit": one.most, "flows": one.flows, "quantum": one.quantum,
            "target": _microseconds(clock(said.target)), **late, "interval": _microseconds(clock(said.interval)),
            "memory_limit": one.memory_limit, **({"ecn": True} if said.is_ecn else {}), "drop_batch": one.drop_batch}


def counts(one: FqCodel) -> list[dict[str, Any]]:
    """fq_codel_print_xstats, line by line."""
    seen = one.counts
    if_any = {"ce_mark": seen.ce_mark, "memory_used": one.memory_used, "drop_overmemory": one.drop_overmemory}
    return [{"maxpacket": seen.maxpacket, "drop_overlimit": one.drop_overlimit, "new_flow_count": one.new_flow_count,
             "ecn_mark": seen.ecn_mark, **{name: value for name, value in if_any.items() if value}},
            {"new_flows_len": len(one.new), "old_flows_len": len(one.old)}]


def flow_counts(flow: Flow, now: int) -> dict[str, Any]:
    """The same of one flow."""
    found: dict[str, Any] = {"deficit": flow.deficit, "count": flow.count, "lastcount": flow.lastcount,
                             "ldelay": _microseconds(flow.ldelay)}
    if flow.is_dropping:
        wait = flow.drop_next - clock(now)
        found |= {"dropping": True, "drop_next": _microseconds(abs(wait)) * (1 if wait >= 0 else -1)}
    return found


def flow_text(found: Mapping[str, Any]) -> str:
    """The same as text."""
    shown = {name: shown_time(value * MICROSECOND) if name == "ldelay" else value for name, value in found.items()}
    if "drop_next" in found:
        wait = found["drop_next"]
        shown["drop_next"] = "-" * (wait < 0) + shown_time(abs(wait) * MICROSECOND)
    return " ".join(name if value is True else f"{name} {value}" for name, value in shown.items())
