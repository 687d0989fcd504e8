"""The condition that acts: a real ping, with all that a ping leaves behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands import programs
from netsandbox.commands.expect.condition import Done, Trial, Verdict, condition
from netsandbox.commands.expect.reader import Reader
from netsandbox.lab import frame_log
from netsandbox.lab.events import CommandRun
from netsandbox.linux.events import PacketDropped

if TYPE_CHECKING:
    from netsandbox.apps.program import Program
    from netsandbox.commands.expect.context import Context

LIMIT = "4"
"""Seconds to wait: three ARP requests are over by then."""


@condition(
    "reach", "reach NODE NODE|ADDRESS",
    summary=(("NODE gets an answer to a ping (`ping -c 1 -W 4`). This one acts: real frames go out, and ARP and MAC "
              "tables are different afterwards, so it stands last among the conditions of a step. `frames`, `order` "
              "and `drop` do not count the ping's frames."),
             ("NODE 的 ping（`ping -c 1 -W 4`）得到回答。这个条件会行动：真的发出帧，之后 ARP 表和 MAC 表都会不同，所"
              "以它排在一个步骤的条件的最后。`frames`、`order` 和 `drop` 不计这次 ping 的帧。")),
    examples=(("reach nginx-1 nginx-2", "by the node's first address", "用节点的第一个地址"),
              ("no reach pc1 10.0.2.1", "no answer comes", "没有回答")),
    acts=True)
def _reach(reader: Reader) -> Trial:
    source, target = reader.take("NODE").text, reader.take("NODE or ADDRESS").text

    def begin(context: Context, done: Done) -> None:
        context.node(source)
        _Trial(context, source, target, done).start(context.address(target), f"expect {reader.text.strip()}")
    return begin


class _Trial:
    """One ping, and the verdict once it has ended."""

    def __init__(self, context: Context, source: str, target: str, done: Done) -> None:
        self._context, self._source, self._target, self._done = context, source, target, done
        self._first = 0

    def start(self, address: str, line: str) -> None:
        lab = self._context.lab
        self._first = lab.trace.end
        lab.scheduler.begin()
        lab.trace.record(CommandRun(line))
        words = ["ping", "-c", "1", "-W", LIMIT, address]
        shell = self._context.shell
        machine = shell.machine
        context = programs.context(shell, lab.namespace(self._source), words, machine.files(self._source),
                                   machine.names(self._source))  # of the node itself: no other is made for it
        ping = programs.program(shell, context)
        ping.on_exit.append(partial(self._ended, ping))
        ping.start()

    def _ended(self, ping: Program) -> None:
        context, say = self._context, self._context.say
        expected = say("reach", source=self._source, target=self._target)
        lines = [line for line in (ping.out + ping.err).splitlines() if line.strip()]
        if ping.code == 0:
            self._done(Verdict(True, expected, say("reach.yes", target=self._target, text=lines[1])))
            return
        said = [line for line in lines if line.startswith(("From ", "ping: "))]
        found = say("reach.no", text=said[0]) if said else say("reach.silent")
        rows = [row for row in frame_log.rows(context.lab, self._first) if context.is_probe(row.step)]
        drops = [row.seq for row in rows if row.dropped]
        drops += [record.seq for record in context.lab.trace.since(self._first)
                  if isinstance(record.event, PacketDropped) and context.is_probe(record.step)]
        why = context.why(max(drops)) if drops else ""
        self._done(Verdict(False, expected, found, tuple(rows[-3:]), why))
