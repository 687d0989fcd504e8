"""`branch`: the ways that things went, listed, gone to, named, and held side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.show import table
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.engine.units import format_time
from netsandbox.lab.compare import differences

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.session_protocol import SessionProtocol
    from netsandbox.commands.shell import Shell


@verb("branch", "The ways that things went: list them, go to one, compare",
      Parameter("which", kinds.BRANCH, required=False),
      Parameter("with", option="--compare", is_flag=True, default=False),
      Parameter("node", kinds.PLACE, "--node"),
      Parameter("rename", kinds.NEW_NAME, "--rename"),
      details="A line typed in the past begins a branch; what came after stays in the one that is left. branch lists "
              "them, branch NAME goes to the end of one, and with --rename it gets another name. branch NAME --compare "
              "puts the tables of the lab as it stands beside those at the end of that branch, by what they differ in; "
              "--node keeps to one node. `undo` of a branch's first line leads back to where it was typed.",
      examples=(("branch", "the list"), ("branch main", "go to where that one ended"),
                ("branch b2 --rename try-nat", "call it by a name"),
                ("branch main --compare", "what is different there")), group="session", effect=Effect.SESSION)
def branch(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    session, which = shell.session, values["which"]
    if session is None:
        raise CommandError("there is no session here that could have branches")
    if which is None and (values["with"] or values["rename"] or values["node"]):
        raise CommandError("branch: which one? `branch` lists them")
    if values["rename"] is not None:
        session.rename(which, values["rename"])
    if values["with"]:
        job.print(_side_by_side(shell, session, which, values["node"]))
    elif values["node"] is not None:
        raise CommandError("branch: --node goes with --compare")
    elif which is None or values["rename"] is not None:
        job.print(_listing(session))
    else:
        session.switch(which)
        job.print(f"on {which}: step {session.position.step}, {format_time(session.position.at)}")
    job.finish()


def _listing(session: SessionProtocol) -> str:
    rows = [("*" if row.is_present else "", row.name, str(row.lines), str(row.step), format_time(row.at),
             f"{row.parent} after line {row.shared}" if row.parent else "", row.last) for row in session.branch_rows()]
    return table(("", "BRANCH", "LINES", "STEPS", "TIME", "LEFT", "LAST LINE"), rows)


def _side_by_side(shell: Shell, session: SessionProtocol, which: str, node: str | None) -> str:
    here = next(row.name for row in session.branch_rows() if row.is_present)
    found = [row for row in differences(shell.lab, session.lab_at_end_of(which)) if node in (None, row.node)]
    if not found:
        return f"no table differs from the end of {which}"
    return table(("NODE", "TABLE", "ROW", f"{here} (here)", f"{which} (its end)"),
                 [(row.node, row.table, row.key, row.one or "—", row.other or "—") for row in found])
