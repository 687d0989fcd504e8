"""Which name may have been meant where a tool says that there is none: a note, which the app shows below its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from netsandbox.lab.errors import LabError

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.lab.lab import Lab

NO_CONTAINER = re.compile(r"No such container: (\S+)")
NO_NAMESPACE = re.compile(r'Cannot open network namespace "([^"]+)"')
NO_DEVICE = re.compile(r'Cannot find device "([^"]+)"')
NO_HOST = re.compile(r"(\S+): Name or service not known|Could not resolve host: (\S+)")
NO_CHAIN = re.compile(r"^iptables: No chain/target/match by that name\.$|: Chain '\S+' does not exist$", re.MULTILINE)
TARGETS = ("ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "MARK", "TRACE",
           "INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING")
CHAINS = re.compile(r"(?<!\S)-[AIDRCFLSZXjg] ([A-Za-z][\w-]*)")
ADVICE = re.compile(r"^(?:note|Try): ", re.MULTILINE)
"""What was meant is told already."""
IN_NODE = re.compile(r"exec (\S+) ")


def near_note(lab: Lab, job: Job) -> str:
    """What is said below the words of a line that failed for want of a name, or nothing: no tool says so."""
    said = job.err
    if not job.code or ADVICE.search(said):
        return ""
    if found := NO_NAMESPACE.search(said):
        return _near(found[1], lab.extra_namespaces)
    if found := NO_CONTAINER.search(said):
        return _near(found[1], (container.name for _host, container in lab.containers()))
    if found := NO_HOST.search(said):
        return _near(found[1] or found[2], lab.names())
    if found := NO_DEVICE.search(said):
        inner = IN_NODE.match(job.text)
        return _near(found[1], _devices(lab, inner[1] if inner else job.where))
    if NO_CHAIN.search(said):
        tables = (table for place in lab.namespaces() for table in place.netfilter.tables.values())
        chains = {*TARGETS, *(name for table in tables for name in table.chains)}
        return _near(next((word for word in CHAINS.findall(job.text) if word not in chains), ""), chains)
    return ""


def _devices(lab: Lab, node: str) -> Iterable[str]:
    try:
        return list(lab.namespace(node).interfaces)
    except LabError:
        return ()


def _near(word: str, names: Iterable[str]) -> str:
    near = get_close_matches(word, names, 1) if word else []
    return f"note: did you mean {near[0]!r}?" if near and near[0] != word else ""
