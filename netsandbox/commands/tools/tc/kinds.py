"""What tc knows of each kind of queueing discipline (struct qdisc_util): a kind is a line of `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.tc import fifo, fq_codel, htb, netem, prio, sfq, tbf
from netsandbox.commands.tools.words import Words
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.core.queueing.fifo import ByteFifo, Fifo, NoQueue
from netsandbox.linux.core.queueing.fq_codel import FqCodel
from netsandbox.linux.core.queueing.netem import Netem
from netsandbox.linux.core.queueing.sfq import Sfq
from netsandbox.linux.core.queueing.tbf import Tbf
from netsandbox.linux.ipv4.fast_fifo import FastFifo
from netsandbox.linux.ipv4.htb import Htb
from netsandbox.linux.ipv4.prio import Prio

D = TypeVar("D", bound=Discipline)
KERNEL = 2  # The status where the kernel refused
OTHER_KINDS = ("cake", "cbs", "choke", "clsact", "codel", "drr", "etf", "ets", "fq", "fq_pie", "hfsc", "hhf",
               "ingress", "mq", "mqprio", "multiq", "pie", "plug", "qfq", "red", "sfb", "skbprio",
               "taprio", "teql0")
"""What a real kernel has as well."""


class Kind(NamedTuple, Generic[D]):
    """One kind of discipline."""

    made: type[D]
    # its options into a new one; a third argument is the one that is changed, or None
    read: Callable[[D, Words, D | None], None]
    # its settings, as `tc qdisc show` has them; a second argument is whether `-d` was given
    text: Callable[[D, bool], str]
    members: Callable[[D], dict[str, Any]]  # the same for JSON
    counts: Callable[[D], list[dict[str, Any]]] = lambda _found: []  # what it counts besides, line by line


KINDS: dict[str, Kind[Any]] = {kind.made.kind: kind for kind in (
    Kind(Netem, netem.read, netem.text, netem.members),
    Kind(Tbf, tbf.read, tbf.text, tbf.members),
    Kind(Prio, prio.read, prio.text, prio.members),
    Kind(Htb, htb.read, htb.text, htb.members),
    Kind(Fifo, fifo.read, fifo.text, fifo.members),
    Kind(ByteFifo, fifo.read, fifo.text, fifo.members),
    Kind(FastFifo, fifo.read, fifo.text, fifo.members),
    Kind(FqCodel, fq_codel.read, fq_codel.text, fq_codel.members, fq_codel.counts),
    Kind(Sfq, sfq.read, sfq.text, sfq.members),
    Kind(NoQueue, fifo.read, fifo.text, fifo.members),
)}


def new(interface: Interface, kind: str, words: Words, old: Discipline | None = None) -> Discipline:
    """A discipline with the options that follow, not attached yet (old: the one of the same kind that is changed, or
    None)."""
    if kind and kind not in KINDS and kind not in OTHER_KINDS and words:  # tc itself cannot read what follows
        raise ToolError(1, f'Unknown qdisc "{kind}", hence option "{words.next()}" is unparsable')
    if kind not in KINDS and kind not in OTHER_KINDS:
        raise ToolError(KERNEL, "Error: Specified qdisc kind is unknown.")
    if kind not in KINDS:
        raise ToolError(1, f"netsandbox: the queueing discipline {kind!r} is not modelled ({', '.join(KINDS)} are)")
    made: Discipline = KINDS[kind].made(interface, 0)
    KINDS[kind].read(made, words, old)
    return made


def of_device(interface: Interface) -> Discipline:
    """What a device has from the start, which counts what it sends unless that is nothing at all."""
    made: Discipline = KINDS[interface.qdisc].made(interface, 0)
    if not isinstance(made, NoQueue):
        made.bytes, made.packets = interface.sent_bytes, interface.sent
    return made
