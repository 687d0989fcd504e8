"""`why`: the decision behind a frame, a table row or the last drop or refusal, and its causes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Parameter, verb
from netsandbox.explain.story import Story, why_drop, why_row, why_seq
from netsandbox.lab.errors import LabError
from netsandbox.lab.names import Namer
from netsandbox.linux.bridge import Bridge
from netsandbox.wire.addresses import AddressError, format_ipv4, format_mac, parse_ipv4, parse_mac

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell
    from netsandbox.lab.lab import Lab


@verb("why", "Why did that happen?", Parameter("words", kinds.WORDS, rest=True, required=False),
      Parameter("language", kinds.choice("en", "zh"), "--lang", default="en"),
      details="why: the last drop, or a port or route that a program was refused. why N: the frame or record N of the "
              "log. why arp NODE ADDRESS: what made the neighbour row. why fdb BRIDGE MAC: what made the MAC table "
              "row. The answer names the decision, what it looked at, the rule, and the chain of causes back to the "
              "command.",
      examples=(("why", "the last drop or refusal"), ("why 104", "record 104 of the log"),
                ("why arp nginx-1 172.17.0.3", "a neighbour row"), ("why fdb docker0 02:42:ac:11:00:02", "a MAC row")),
      group="look")
def why(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    words = list(values["words"] or [])
    language = values["language"]
    if "--lang" in words[:-1]:
        language = words[words.index("--lang") + 1]
        del words[words.index("--lang"):words.index("--lang") + 2]
    lab, names = shell.lab, namer(shell.lab)
    if not words:
        story = why_drop(lab.trace, language, names)
    elif len(words) == 1 and re.fullmatch(r"#?\d{1,12}", words[0]):
        story = why_seq(lab.trace, int(words[0].lstrip("#")), language, names)
    elif words[0] == "arp" and len(words) == 3:
        story = _of_neighbour(shell, words[1], words[2], language, names)
    elif words[0] in ("fdb", "mac") and len(words) == 3:
        story = _of_fdb(shell, words[1], words[2], language, names)
    else:
        raise CommandError("why takes nothing, a record's number, `arp NODE ADDRESS` or `fdb BRIDGE MAC`")
    job.print(text(story))
    job.finish()


def namer(lab: Lab) -> Callable[[int], str]:
    """Names for MAC and IPv4 addresses, as explain asks for them."""
    known = Namer(lab)

    def name(number: int) -> str:
        return known.of_mac(number) if number >> 32 else known.of_address(number)
    return name


def text(story: Story) -> str:
    """A story as lines: decision, operands, rule, causes."""
    lines = [story.decision, *(f"  {operand}" for operand in story.looked_at)]
    if story.reference:
        lines.append(f"  [{story.reference}]")
    for cause in story.causes:
        mark = "" if cause.seq is None else f"#{cause.seq} "
        lines.append(f"  ← {mark}{'❯ ' + cause.command if cause.command else cause.text}")
    return "\n".join(lines)


def _of_neighbour(shell: Shell, node: str, address: str, language: str, names: Callable[[int], str]) -> Story:
    namespace = shell.lab.existing(node)
    try:
        wanted = parse_ipv4(address)
    except AddressError as error:
        raise CommandError(str(error)) from None
    for interface in namespace.interfaces.values():
        entry = interface.neighbours.get(wanted)
        if entry is not None:
            return why_row(shell.lab.trace, entry.seq, wanted, language, names)
    known = ", ".join(format_ipv4(a) for i in namespace.interfaces.values() for a in i.neighbours)
    raise LabError(f"{node} has no neighbour row for {address}" + (f"; it has {known}" if known else "; it has none"))


def _of_fdb(shell: Shell, name: str, mac: str, language: str, names: Callable[[int], str]) -> Story:
    try:
        wanted = parse_mac(mac)
    except AddressError as error:
        raise CommandError(str(error)) from None
    bridge = _bridge(shell, name)
    entry = bridge.fdb.entries.get(wanted)
    if entry is None:
        known = ", ".join(format_mac(m) for m, e in bridge.fdb.entries.items() if not e.local) or "nothing learned yet"
        raise LabError(f"{bridge.label} has no row for {mac}; it has {known}")
    return why_row(shell.lab.trace, entry.seq, wanted, language, names)


def _bridge(shell: Shell, name: str) -> Bridge:
    """A bridge by its own name, as docker0, or by its switch's."""
    bridges = [i for n in shell.lab.namespaces() for i in n.interfaces.values() if isinstance(i, Bridge)]
    found = [b for b in bridges if name in (b.name, b.label, b.namespace.name)]
    if not found:
        raise LabError(f"no bridge {name!r}; there are: {', '.join(b.label for b in bridges) or 'none'}")
    return found[0]
