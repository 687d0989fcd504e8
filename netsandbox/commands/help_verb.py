"""`help`: what there is, and a manual page for each verb."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from textwrap import fill
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Parameter, Verb, verb

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

GROUPS = {"lab": "Build and change the lab", "program": "Run programs", "shell": "Shells in a namespace",
          "look": "Look", "check": "Check", "session": "Move in time, keep"}
TOOLS = ("And the lines of any tutorial: docker run, ps, logs …; ip addr, link, route, neigh, netns;\n"
         "bridge link, fdb; arp, route, brctl, ss, sysctl, iptables -L: on the default host, or after\n"
         "`enter NODE` in that node. Several in one line with ; && || $(…) for and | (grep, head, tail, wc,\n"
         "sort, uniq, cut, awk behind it); > /dev/null; & at the end: it runs while the next ones do.")


@verb("help", "This list, or all about one verb", Parameter("verb", kinds.WORD, required=False),
      examples=(("help connect", "usage, details, examples"),), group="look", aliases=("?",))
def help_verb(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    name = values["verb"]
    job.print(overview(list(dict.fromkeys(shell.verbs.values()))) if name is None else manual(shell.verbs, name))
    job.finish()


def overview(verbs: list[Verb]) -> str:
    """Every verb with its usage, in groups."""
    width = max(len(v.usage) for v in verbs if len(v.usage) <= 40)
    blocks = []
    for group, title in GROUPS.items():
        lines = []
        for declared in (v for v in verbs if v.group == group):
            usage = declared.usage if len(declared.usage) <= width else f"{declared.name} …"
            lines.append(f"  {usage.ljust(width)}  {declared.summary}")
        if lines:
            blocks.append("\n".join([title, *lines]))
    return "\n\n".join([*blocks, TOOLS, "`help VERB` tells all about one."])


def _paragraph(text: str) -> str:
    """Filled to the page's width; one that is indented keeps its lines."""
    if text.startswith(" "):
        return "\n".join(f"  {line}" for line in text.splitlines())
    return fill(text, 78, initial_indent="    ", subsequent_indent="    ")


def manual(verbs: Mapping[str, Verb], name: str) -> str:
    """The manual page of a verb.

    Raises:
        CommandError: there is no such verb.
    """
    declared = verbs.get(name)
    if declared is None:
        near = get_close_matches(name, verbs, 1)
        raise CommandError(f"no help on {name[:40]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    stop = "" if declared.summary.endswith("?") else "."
    parts = [f"{declared.usage}\n    {declared.summary}{stop}"]
    if declared.details:
        parts += [_paragraph(text) for text in declared.details.split("\n\n")]
    if declared.aliases:
        parts.append(f"    Also: {', '.join(declared.aliases)}")
    if declared.examples:
        width = max(len(line) for line, _what in declared.examples)
        parts.append("Examples\n" + "\n".join(f"    {line.ljust(width)}   {what}" for line, what in declared.examples))
    return "\n\n".join(parts)
