"""What `tc qdisc` says of flows that send in turns (tc/q_sfq.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import illegal, shown_size
from netsandbox.commands.tools.word_values import within
from netsandbox.commands.tools.words import Words

if TYPE_CHECKING:
    from netsandbox.linux.core.queueing.sfq import Sfq

KERNEL = 2  # The status where the kernel refused
NUMBERS = ("limit", "flows", "depth", "divisor")
LEAST_LIMIT, LEAST_QUANTUM, MOST_FLOWS, MOST_DIVISOR = 2, 256, 65408, 65536
LARGEST = (1 << 31) - 1
OF_RED = ("redflowlimit", "min", "max", "avpkt", "burst", "probability", "ecn", "harddrop")


def read(new: Sfq, words: Words, _old: Sfq | None) -> None:
    """sfq_parse_opt, sfq_change."""
    found: dict[str, int] = {}
    while words:
        word = words.next()
        if word == "perturb":
            found[word] = within(words.next(), illegal(word), -LARGEST)
        elif word in NUMBERS:
            found[word] = within(words.next(), illegal(word))
            if word == "limit" and found[word] < LEAST_LIMIT:
                raise ToolError(1, 'Illegal "limit", must be > 1')
        elif word == "quantum":
            found[word] = numbers.size(words.next(), illegal(word))
        elif word == "headdrop":
            new.is_head_dropped = True
        elif word in OF_RED:
            raise ToolError(1, f"netsandbox: {word} of sfq is not modelled")
        else:
            raise ToolError(1, f'What is "{word}"?\n{usage("sfq").message}')
    _settle(new, {name: value for name, value in found.items() if value})


def text(sfq: Sfq, in_detail: bool) -> str:
    """sfq_print_opt."""
    return (f"limit {sfq.most}p quantum {shown_size(sfq.quantum)} depth {sfq.depth} "
            + "headdrop " * sfq.is_head_dropped + f"flows {sfq.flows} " * in_detail + f"divisor {sfq.divisor} "
            + (f"perturb {sfq.perturb}sec " if sfq.perturb else ""))


def members(sfq: Sfq) -> dict[str, Any]:
    """The same for JSON."""
    found = {"limit": sfq.most, "quantum": sfq.quantum, "depth": sfq.depth, "divisor": sfq.divisor}
    return {**found, **({"perturb": sfq.perturb} if sfq.perturb else {})}


def _settle(new: Sfq, found: dict[str, int]) -> None:
    """sfq_change: 0 stands for what it is without a word."""
    divisor = found.get("divisor", new.divisor)
    if divisor & divisor - 1 or divisor > MOST_DIVISOR:
        raise ToolError(KERNEL, "RTNETLINK answers: Invalid argument")
    if found.get("perturb", 0) < 0:
        raise ToolError(KERNEL, "Error: sch_sfq: invalid perturb period.")
    new.divisor, new.perturb = divisor, found.get("perturb", 0)
    new.quantum = max(found.get("quantum", new.quantum), LEAST_QUANTUM)
    new.depth = min(found.get("depth", new.depth), new.depth)
    new.flows = min(found.get("flows", new.flows), MOST_FLOWS)
    if "limit" in found:
        new.most = min(found["limit"], new.depth * new.flows)
        new.flows = min(new.flows, new.most)
