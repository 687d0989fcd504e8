"""Which name may have been meant where a tool says that there is none: a note, which the app shows below its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from netsandbox.commands.docker.client.flags import Command
from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.prompt.prompt import known_programs
from netsandbox.lab.errors import LabError
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import DEFAULT_HOST

USAGES: Late[str, Mapping[str, str]] = Late({"texts": "netsandbox.commands.tools.help:TEXTS"})
DOCKER: Late[str, Mapping[tuple[str, ...], Command]] = Late({
    "all": "netsandbox.commands.docker.client.registry:COMMANDS"})
"""What a line that went well needs not."""
NO_CONTAINER = re.compile(r"No such container: (\S+)")
NO_NAMESPACE = re.compile(r'Cannot open network namespace "([^"]+)"')
NO_DEVICE = re.compile(r'Cannot find device "([^"]+)"')
NO_HOST = re.compile(r"(\S+): Name or service not known|Could not resolve host: (\S+)")
NO_COMMAND = re.compile(r"^bash: (\S+): command not found$", re.MULTILINE)
NO_WORD = re.compile(r'(?:Object|Command) "([^"]+)" is unknown, try "([a-z ]+) help"')
NO_SYSCTL = re.compile(r"cannot stat /proc/sys/(\S+): No such file")
ONE_HYPHEN = re.compile(r"unknown shorthand flag: '\w' in -([\w-]+)(=\S+)?$", re.MULTILINE)
NO_CHAIN = re.compile(r"^iptables: No chain/target/match by that name\.$|: Chain '\S+' does not exist$", re.MULTILINE)
NO_COMPOSE = re.compile(r"^no configuration file provided: not found$|^open \S+\.ya?ml: no such file", re.MULTILINE)
NO_COMPOSE_NOTE = "note: these are the sandbox's own files; `load FILE` opens a Compose file of yours as a lab"
TARGETS = ("ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "MARK", "TRACE",
           "INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING")
NO_IPV6 = re.compile(r"IPv6 is disabled|Address family for hostname not supported|\bnet[./]ipv6\b")
ASKS_IPV6 = re.compile(r"(?<!\S)(?:ip|ss|netstat|conntrack) (?:[^|;&]* )?"
                       r"(?:-\w*6|(?:-f|-family|-A) ?(?:inet6|ipv6)|--ipv6|--inet6)(?!\S)")
"""A table of its own is asked for, which is empty."""
CHAINS = re.compile(r"(?<!\S)-[AIDRCFLSZXjg] ([A-Za-z][\w-]*)")
ADVICE = re.compile(r"^(?:note|Try): ", re.MULTILINE)  # What was meant is told already
IN_NODE = re.compile(r"exec (\S+) ")


def near_note(lab: Lab, job: Job) -> str:
    """What is said below the words of a line that failed for want of a name, or nothing: no tool says so."""
    said = job.err
    if NO_IPV6.search(said) or (ASKS_IPV6.search(job.text) and "::" not in job.out and "IPv6" not in said):
        return "note: IPv6 is not modelled"
    if ADVICE.search(said):
        return ""
    if found := NO_COMMAND.search(said):  # though the line's last command did well
        return _near(found[1], known_programs())
    return _near_what_is_missing(lab, job) if job.code else ""


def _near_what_is_missing(lab: Lab, job: Job) -> str:
    """By what its words say that there is not."""
    said = job.err
    if found := NO_WORD.search(said):
        return _near(found[1], re.findall(r"[a-z]{2,}", USAGES["texts"].get(found[2], "")))
    if (found := ONE_HYPHEN.search(said)) and _is_flag(found[1]):
        return f"note: did you mean '--{found[1]}{found[2]}'?"
    if found := NO_SYSCTL.search(said):
        return _near(found[1].replace("/", "."), _sysctls(lab, job))
    if found := NO_NAMESPACE.search(said):
        return _near(found[1], lab.extra_namespaces)
    if found := NO_CONTAINER.search(said):
        return _near(found[1], (container.name for _host, container in lab.containers()))
    if found := NO_HOST.search(said):
        return _near(found[1] or found[2], lab.names())
    if found := NO_DEVICE.search(said):
        return _near(found[1], _devices(lab, _node(job)))
    if NO_CHAIN.search(said):
        tables = (table for place in lab.namespaces() for table in place.netfilter.tables.values())
        chains = {*TARGETS, *(name for table in tables for name in table.chains)}
        return _near(next((word for word in CHAINS.findall(job.text) if word not in chains), ""), chains)
    return NO_COMPOSE_NOTE if NO_COMPOSE.search(said) else ""


def _is_flag(name: str) -> bool:
    """Whether a command of docker's has a long flag of that name."""
    return any(flag.name == name for command in DOCKER["all"].values() for flag in command.flags)


def _node(job: Job) -> str:
    """Where the line's tool ran."""
    inner = IN_NODE.match(job.text)
    return inner[1] if inner else job.where


def _sysctls(lab: Lab, job: Job) -> Iterable[str]:
    try:
        return list(lab.namespace(_node(job) or DEFAULT_HOST).sysctls.keys())
    except LabError:
        return ()


def _devices(lab: Lab, node: str) -> Iterable[str]:
    try:
        return list(lab.namespace(node).interfaces)
    except LabError:
        return ()


def _near(word: str, names: Iterable[str]) -> str:
    near = get_close_matches(word, names, 1) if word else []
    return f"note: did you mean {near[0]!r}?" if near and near[0] != word else ""
