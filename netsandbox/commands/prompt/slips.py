"""What is said of a line that fails because a node of the lab was called as something else is."""

from __future__ import annotations

import re

from netsandbox.commands.job import Job
from netsandbox.lab.lab import Lab

_NETNS = re.compile(r"\s*(?:sudo\s+)?ip\s+(?:netns\s+exec\s+(?P<in>\S+)|-n(?:etns)?\s+(?P<of>\S+))\s+(?P<rest>\S.*)")


def note_nodes(job: Job, lab: Lab) -> None:
    """`ip netns exec pc1 …`, as tutorials have it, of a host that `exec pc1 …` reaches."""
    found = _NETNS.fullmatch(job.line)
    name = (found["in"] or found["of"]) if found is not None else ""
    if found is None or not lab.is_named(name) or name in lab.extra_namespaces:
        return
    meant = found["rest"] if found["in"] else f"ip {found['rest']}"
    job.hint = (f"note: {name} is a node of the lab, and no namespace that `ip netns add` made: exec runs a line in "
                f"it\nTry:  exec {name} {meant}")
