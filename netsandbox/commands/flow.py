"""`flow`: the connections of the lab, one of them segment by segment, and what it carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands import flow_text, kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Parameter, verb
from netsandbox.lab.flows import end_name, flows

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell
    from netsandbox.lab.flows import Flow

VIEWS = {"segments": flow_text.diagram, "text": flow_text.text, "hex": flow_text.hexdump}


@verb("flow", "TCP connections, segment by segment, and what they carried",
      Parameter("which", kinds.WORDS, required=False),
      Parameter("view", kinds.choice(*VIEWS), required=False),
      details="flow: a line for each connection that the log still knows. flow N, or flow ADDRESS:PORT for the newest "
              "one of that end: its segments as arrows between client and server, with what each carries and "
              "acknowledges, counted in bytes from the first; a cross marks one that was dropped, with the reason. "
              "flow N text: the bytes that were carried, the client's lines behind >, the server's behind <. "
              "flow N hex: the same as bytes. What NAT rewrites is a connection of its own on each side of it.",
      examples=(("flow", "the connections"), ("flow 1", "the first one's segments"),
                ("flow 172.17.0.2:80 text", "what was said to port 80")),
      group="look")
def flow(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    found = flows(shell.lab.trace)
    if values["which"] is None:
        lines = flow_text.listing(found) if found else ["no connection so far; `curl http://ADDRESS/` makes one"]
    else:
        lines = VIEWS[values["view"] or "segments"](_chosen(found, values["which"]))
    for line in lines:
        job.print(line)
    job.finish()


def _chosen(found: list[Flow], which: str) -> Flow:
    """A flow by its number or one of its ends.

    Raises:
        CommandError: there is none.
    """
    if which.isascii() and which.isdecimal() and 0 < int(which) <= len(found):
        return found[int(which) - 1]
    for one in reversed(found):
        if which in (end_name(one.client), end_name(one.server)):
            return one
    there = f"there are 1 to {len(found)}" if found else "there is none so far"
    raise CommandError(f"no connection {which[:40]!r}: {there}; `flow` lists them")
