"""The condition that is tried: a ping in a copy of the lab, so that nothing of it is left in the lab itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands import programs
from netsandbox.commands.expect.condition import Test, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader
from netsandbox.lab import frame_log
from netsandbox.lab.events import CommandRun
from netsandbox.lab.probe import LASTS, MOST_STEPS, LedTo
from netsandbox.linux.events import PacketDropped
from netsandbox.wire.addresses import parse_ipv4

if TYPE_CHECKING:
    from netsandbox.apps.program import Program
    from netsandbox.lab.lab import Lab

LIMIT = "4"
"""Seconds to wait: three ARP requests are over by then."""


@condition(
    "reach", "reach NODE NODE|ADDRESS",
    summary=(("NODE gets an answer to a ping (`ping -c 1 -W 4`). It is sent in a copy of the lab as it is now: in the "
              "lab itself no frame goes out, no table changes and no time passes."),
             ("NODE 的 ping（`ping -c 1 -W 4`）得到回答。这次 ping 在当前实验网络的副本里发送：实验网络本身不发出任何"
              "帧，表不变，时间也不走。")),
    examples=(("reach nginx-1 nginx-2", "by its address on a network of both, else its first",
               "用两者同网络的地址，没有就用第一个"),
              ("no reach pc1 10.0.2.1", "no answer comes", "没有回答")))
def _reach(reader: Reader) -> Test:
    source, target = reader.take("NODE").text, reader.take("NODE or ADDRESS").text

    def test(context: Context) -> Verdict:
        context.wish = context.expects("reach", source=source, target=target)
        context.node(source)
        address = context.address(target, source)
        copy = context.lab.copy()
        first = copy.trace.end
        step = copy.scheduler.begin()
        copy.trace.record(CommandRun(f"expect {reader.text.strip()}"))
        ping = _pinged(context, copy, source, address)
        return _verdict(Context(context.shell, copy, context.negated), ping, (source, target, address), (first, step))
    return test


def _pinged(context: Context, copy: Lab, source: str, address: str) -> Program:
    """Ping in a copy of the lab until it ends; it is no process of the lab's."""
    machine, scheduler = context.shell.machine, copy.scheduler
    made = programs.context(context.shell, copy.existing(source), ["ping", "-c", "1", "-W", LIMIT, address],
                            machine.files(source), machine.names(source))
    ping = programs.PROGRAMS["ping"](made._replace(next_pid=copy.next_pid))
    ping.start()
    scheduler.end()
    end = scheduler.now + LASTS
    for _step in range(MOST_STEPS):
        due = scheduler.next_time()
        if not ping.is_running or due is None or due > end:
            break
        scheduler.step()
    return ping


def _waited(dropped: PacketDropped, source: str, address: str) -> bool:
    """Whether a packet waited for a MAC that an earlier packet had asked for, and was dropped with that one."""
    return dropped.namespace == source and dropped.packet.dst == parse_ipv4(address)


def _verdict(context: Context, ping: Program, ends: tuple[str, str, str], begun: tuple[int, int]) -> Verdict:
    """What came of it; of the copy's frames only those count that the ping led to.

    Args:
        ends: who pings whom, and by which address.
    """
    say, trace, (first, step) = context.say, context.lab.trace, begun
    expected = context.expects("reach", source=ends[0], target=ends[1])
    lines = [line for line in (ping.out + ping.err).splitlines() if line.strip()]
    if ping.code == 0:
        return Verdict(True, expected, say("reach.yes", target=ends[1], text=lines[1]))
    said = [line for line in lines if line.startswith(("From ", "ping: "))]
    found = say("reach.no" if said else "reach.silent", address=ends[2], text=said[0] if said else "")
    own = LedTo(trace, step)
    rows = [row for row in frame_log.rows(context.lab, first) if row.step in own]
    drops = [row.seq for row in rows if row.dropped]
    drops += [record.seq for record in trace.since(first) if isinstance(record.event, PacketDropped) and (
        record.step in own or _waited(record.event, context.lab.existing(ends[0]).name, ends[2]))]
    return Verdict(False, expected, found, tuple(rows[-3:]), context.why(max(drops)) if drops else "")
