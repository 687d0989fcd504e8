"""What `tc qdisc` says of plain queues (tc/q_fifo.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.tc import numbers
from netsandbox.commands.tools.tc.numbers import shown_size
from netsandbox.commands.tools.word_values import within
from netsandbox.commands.tools.words import Words
from netsandbox.linux.core.queueing.fifo import ByteFifo, Fifo, NoQueue
from netsandbox.linux.ipv4.fast_fifo import BANDS, FastFifo
from netsandbox.linux.ipv4.prio import PRIOMAP


def read(new: Fifo, words: Words, _old: Fifo | None) -> None:
    """fifo_parse_opt."""
    while words:
        word = words.next()
        if isinstance(new, FastFifo):
            raise ToolError(255, f"qdisc '{new.kind}' does not support option parsing")
        if isinstance(new, NoQueue):
            raise ToolError(1, f"Unknown qdisc \"{new.kind}\", hence option \"{word}\" is unparsable")
        if word != "limit":
            raise ToolError(1, f'{new.kind}: unknown parameter "{word}"\nUsage: ... <[p|b]fifo | pfifo_head_drop> '
                               "[ limit NUMBER ]")
        text = words.next()
        complaint = ToolError(1, f'{new.kind}: Illegal value for "limit": "{text}"')
        new.most = numbers.size(text, complaint) if isinstance(new, ByteFifo) else within(text, complaint)


def text(fifo: Fifo, _in_detail: bool) -> str:
    """fifo_print_opt."""
    if isinstance(fifo, NoQueue):
        return ""
    if isinstance(fifo, FastFifo):
        return f"bands {BANDS} priomap {' '.join(map(str, PRIOMAP))}"
    return f"limit {shown_size(fifo.most)}" if isinstance(fifo, ByteFifo) else f"limit {fifo.most}p"


def members(fifo: Fifo) -> dict[str, Any]:
    """The same for JSON."""
    if isinstance(fifo, NoQueue):
        return {}
    if isinstance(fifo, FastFifo):
        return {"bands": BANDS, "priomap": list(PRIOMAP), "multiqueue": False}
    return {"limit": fifo.most}
