"""What `tc qdisc` says of the disciplines that hold nothing back (tc/q_fifo.c, q_fq_codel.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools import tc_numbers as numbers
from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.tc_numbers import illegal, shown_size, shown_time
from netsandbox.commands.tools.word_values import within
from netsandbox.linux.core.fifo import ByteFifo, FastFifo, Fifo, FqCodel, NoQueue

if TYPE_CHECKING:
    from netsandbox.commands.tools.words import Words

PRIORITIES = "bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1"
OF_FQ_CODEL = ("memory_limit", "ecn", "noecn", "drop_batch", "ce_threshold", "ce_threshold_selector")


def read(new: Fifo, words: Words, _old: Fifo | None) -> None:
    """fifo_parse_opt, fq_codel_parse_opt."""
    while words:
        word = words.next()
        if word == "limit" and not isinstance(new, (FastFifo, NoQueue)):
            new.most = _number(new, word, words.next())
        elif isinstance(new, FqCodel) and word in ("flows", "quantum"):
            setattr(new, word, _number(new, word, words.next()))
        elif isinstance(new, FqCodel) and word in ("target", "interval"):
            setattr(new, word, numbers.time(words.next(), illegal(word)))
        elif isinstance(new, FqCodel) and word in OF_FQ_CODEL:
            raise ToolError(1, f"netsandbox: {word} of fq_codel is not modelled")
        elif type(new) in (Fifo, ByteFifo):
            raise ToolError(1, f'{new.kind}: unknown parameter "{word}"\nUsage: ... <[p|b]fifo | pfifo_head_drop> '
                               "[ limit NUMBER ]")
        else:
            raise ToolError(1, f'What is "{word}"?' if isinstance(new, FqCodel) else
                            f"Unknown qdisc \"{new.kind}\", hence option \"{word}\" is unparsable")


def _number(new: Fifo, name: str, word: str) -> int:
    complaint = illegal(name) if type(new) is FqCodel else ToolError(
        1, f'{new.kind}: Illegal value for "{name}": "{word}"')
    if isinstance(new, ByteFifo):
        return numbers.size(word, complaint)
    return within(word, complaint)


def text(fifo: Fifo, _in_detail: bool) -> str:
    """fifo_print_opt, fq_codel_print_opt."""
    if isinstance(fifo, FqCodel):
        return (f"limit {fifo.most}p flows {fifo.flows} quantum {fifo.quantum} target {shown_time(fifo.target)} "
                f"interval {shown_time(fifo.interval)} memory_limit 32Mb ecn drop_batch 64 ")
    if isinstance(fifo, NoQueue):
        return ""
    if isinstance(fifo, FastFifo):
        return PRIORITIES
    return f"limit {shown_size(fifo.most)}" if isinstance(fifo, ByteFifo) else f"limit {fifo.most}p"
