"""`expect CONDITION`: whether something holds in the lab, and if not, what is there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands.expect import frames, interfaces, manual, programs, reach, tables
from netsandbox.commands.expect.condition import CONDITIONS, Verdict, parse, run
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import ConditionError, words_of
from netsandbox.commands.expect.report import failure_lines
from netsandbox.commands.kinds import Kind
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.lab.lab import Lab

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

__all__ = ["CONDITIONS", "ConditionError", "Verdict", "parse"]

MODULES = (reach, tables, frames, interfaces, programs)  # Their import declares the conditions


def _candidates(lab: Lab) -> list[str]:
    return ["no", *CONDITIONS, *lab.names()]


CONDITION = Kind("CONDITION", lambda _lab, text: text, _candidates, (
    ("no", ("that it is not so", "要求不成立")), *((name, one.summary) for name, one in CONDITIONS.items())))


@verb("expect", ("Check that something holds", "检查某件事是否成立"),
      Parameter("condition", CONDITION, rest=True), details=manual.details(),
      examples=(("expect reach nginx-1 nginx-2", "a ping is answered", "一次 ping 得到回答"),
                ("expect arp nginx-1 172.17.0.3 nginx-2 REACHABLE", "a row of the ARP table", "ARP 表中的一条表项"),
                ("expect frames 4 in on ports of docker0 where arp or icmp",
                 "the ping took four frames",
                 "这次 ping 用了四个帧"),
                ("expect no drop", "since the last command line nothing was dropped", "自上一行命令以来没有丢弃")),
      group="check",
      effect=Effect.LOOK, alone=True, reads_line=True)
def expect(shell: Shell, job: Job, _values: dict[str, Any]) -> None:
    """Test the condition in the line, as it was typed."""
    line = job.text
    parsed = parse(line[words_of(line)[0].end:].strip())
    context = Context(shell, negated=parsed.negated)
    verdict = job.result = run(parsed, context)
    if verdict.holds:
        job.print(context.say("holds", found=verdict.found))
    else:
        job.complain("\n".join(failure_lines(verdict, context.say, context.shell.language)))
    job.finish(0 if verdict.holds else 1)
