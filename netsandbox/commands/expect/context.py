"""What a condition may look at: the lab's rows, names as people gave them, and the last command line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from netsandbox.commands.expect.condition import UnfoundedError
from netsandbox.commands.expect.words import speaker
from netsandbox.engine.trace import Record
from netsandbox.explain.story import Story, why_row, why_seq
from netsandbox.lab import frame_log, views
from netsandbox.lab.errors import LabError
from netsandbox.lab.events import CommandRun
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import DEFAULT_HOST, Namer
from netsandbox.lab.nearest import nearest_address
from netsandbox.lab.tables import InterfaceRow, LogRow
from netsandbox.wire.addresses import MAC_GROUP_BIT, AddressError, format_ipv4, format_mac, parse_ipv4, parse_mac

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

NAMED = 8  # Names that a message lists
MISSPELT = 0.7  # How alike a word is to what it was to be: `pign` to ping, and not `ip`
NEWEST, SHOWN = 3, 40  # Lines that it lists, and characters of each


class Context:
    """One look at the lab.

    Attributes:
        say: puts a key and its fields into the reader's language.
        wish: what is expected, where a name in it may be nobody's, so that nothing can be found; else empty.
    """

    wish = ""

    def __init__(self, shell: Shell, lab: Lab | None = None, negated: bool = False) -> None:
        """Look at a shell's lab, or at a copy of it; `negated` is a question of which the opposite is expected."""
        self.shell = shell
        self.lab = lab if lab is not None else shell.lab
        self.say = speaker(shell.language)
        self.negated = negated

    def expects(self, key: str, /, **fields: str) -> str:
        """What is expected, in the reader's language."""
        return self.say(f"no {key}" if self.negated else key, **fields)

    # -- names

    @cached_property
    def names(self) -> list[str]:
        """Everything that has a name."""
        return [*self.lab.names(), *self.lab.extra_namespaces]

    @cached_property
    def interfaces(self) -> list[InterfaceRow]:
        return views.interfaces(self.lab)

    @cached_property
    def bridges(self) -> list[InterfaceRow]:
        return [row for row in self.interfaces if row.kind == "bridge"]

    @cached_property
    def namer(self) -> Namer:
        return Namer(self.lab)

    def in_english(self, text: str) -> str:
        """What a line printed, in the language that conditions are written in."""
        for shown, english in self.shell.english.items():
            text = text.replace(shown, english)
        return text

    def near(self, name: str, names: Iterable[str]) -> str:
        """What to say behind a name that is not there."""
        known = list(names)
        found = get_close_matches(name, known, 1)
        if found:
            return self.say("near", name=found[0])
        return self.say("known", names=self.some(known)) if known else ""

    def some(self, items: Iterable[str]) -> str:
        known = list(items)
        between = "、" if self.shell.language == "zh" else ", "
        return between.join([*known[:NAMED], *["…"][: len(known) > NAMED]])

    def node(self, name: str, must_run: bool = True) -> str:
        """The name of the namespace that a node's name stands for.

        Args:
            must_run: a stopped container, which has none, is refused; else its own name is given back.

        Raises:
            UnfoundedError: no such node, or it does not run.
        """
        if name not in self.names:
            raise UnfoundedError(self.say("no-host", name=name) if name == DEFAULT_HOST else
                                 self.say("no-node", name=name, near=self.near(name, self.names)))
        try:
            return self.lab.namespace(name).name
        except LabError:
            if must_run:
                raise UnfoundedError(self.say("not-running", name=name)) from None
            return name

    def rows_of(self, node: str) -> list[InterfaceRow]:
        """The interfaces of a namespace."""
        return [row for row in self.interfaces if row.node == node]

    def interface(self, text: str) -> InterfaceRow:
        """NODE:IFACE, or NODE alone if it has one interface beside lo (UnfoundedError: there is none)."""
        name, colon, ifname = text.partition(":")
        node = self.node(name)
        rows = self.rows_of(node)
        others = [row for row in rows if row.kind != "loopback"]
        if not colon and len(others) == 1:
            return others[0]
        found = next((row for row in rows if row.name == ifname), None)
        if found is None:
            near = self.near(ifname, [row.name for row in rows])
            raise UnfoundedError(self.say("no-interface", node=name, name=ifname or "…", near=near))
        return found

    # -- addresses

    def address(self, text: str, source: str = "") -> str:
        """An IPv4 address as it is written, or a node's: the one on a link of the source's, else its first
        (UnfoundedError: neither)."""
        try:
            return format_ipv4(parse_ipv4(text))
        except AddressError:
            pass
        if text not in self.names:
            raise UnfoundedError(self.say("no-owner", name=text, near=self.near(text, self.names)))
        self.node(text)
        found = nearest_address(self.lab.namespace(text), self.lab.namespace(source) if source else None)
        if found is None:
            raise UnfoundedError(self.say("no-address", name=text))
        return found

    def macs(self, text: str) -> tuple[frozenset[str], str]:
        """The MAC addresses that a word stands for, and what to call them. A word is a MAC, NODE, NODE:IFACE, or the
        name of a bridge such as docker0 (UnfoundedError: none of these)."""
        try:
            mac = format_mac(parse_mac(text))
            return frozenset({mac}), self.mac(mac)
        except AddressError:
            pass
        if text.partition(":")[0] not in self.names:
            found = [row for row in self.bridges if row.name == text]
            if not found:
                raise UnfoundedError(self.say("no-owner", name=text, near=self.near(text, self.names)))
        elif ":" in text:
            found = [self.interface(text)]
        else:
            found = [row for row in self.rows_of(self.node(text)) if row.kind != "loopback"]
        macs = [row.mac for row in found]
        return frozenset(macs), self.say("mac-of", name=text, macs=self.some(macs))

    def mac(self, mac: str) -> str:
        """A MAC with the name of whom it belongs to."""
        name = self.namer.of_mac(parse_mac(mac))
        return mac if name == mac or parse_mac(mac) & MAC_GROUP_BIT else self.say("of", mac=mac, name=name)

    # -- bridges

    def bridge(self, text: str) -> InterfaceRow:
        """A bridge by its own name, by its node's, or as HOST:BRIDGE (UnfoundedError: there is none, or several)."""
        found = [row for row in self.bridges if text in (row.node, row.name, f"{row.node}:{row.name}")]
        switches = {row.name for row in views.nodes(self.lab) if row.kind == "switch"}  # whose bridge nobody has named
        found = [row for row in found if text != row.name or row.node not in switches] or found
        if not found:
            known = [row.name if row.name != "br0" else row.node for row in self.bridges]
            raise UnfoundedError(self.say("no-bridge", name=text, near=self.near(text, known)))
        if len(found) > 1:
            several = self.some(f"{row.node}:{row.name}" for row in found)
            raise UnfoundedError(self.say("several-bridges", name=text, names=several))
        return found[0]

    def ports(self, bridge: InterfaceRow) -> list[InterfaceRow]:
        return [row for row in self.rows_of(bridge.node) if row.master == bridge.name]

    def port(self, row: InterfaceRow) -> str:
        """A port with what hangs on it: `veth3a7f9c1 (nginx-1)`."""
        return self.say("of", mac=row.name, name=row.peer[0]) if row.peer else row.name

    # -- the last command

    def last(self, beginning: str = "") -> Job:
        """The last command line, or the last one that begins like this (UnfoundedError: there is none yet)."""
        shell = self.shell
        if shell.last is None or not self._counts(shell.last):
            missing = "no-command.of" if beginning else "no-command.yours" if shell.counts_from else "no-command"
            raise UnfoundedError(self.say(missing, line=beginning))
        if not beginning:
            return shell.last
        recent = [job for job in shell.recent if self._counts(job)]
        found = next((job for job in reversed(recent) if job.line.strip().startswith(beginning)), None)
        if found is None:
            alike = {_begun(job.line.strip(), len(beginning)) for job in recent if _is_near(job.line, beginning)}
            near = get_close_matches(beginning, alike, 1)
            newest = self.say("names.gap").join(f"`{_begun(job.line.strip(), SHOWN)}`" for job in recent[-NEWEST:])
            told = (self.say("near", name=near[0]) if near else
                    self.say("lines" if len(recent) > 1 else "line", lines=newest))
            raise UnfoundedError(self.say("no-line", line=beginning, near=told))
        return found

    def _counts(self, job: Job) -> bool:
        return job.first >= self.shell.counts_from and job is not self.shell.counts_after

    def commands(self) -> list[Record]:
        """The records of the command lines that the trace still has, without those of `expect`."""
        return [record for record in self.lab.trace.since(self.lab.trace.first)
                if isinstance(record.event, CommandRun) and not is_expect(record.event.line)]

    # -- frames

    def arrivals(self, seq: int | None, address: int) -> tuple[LogRow, ...]:
        """The frame that made a table's row.

        Args:
            seq: as the row names it.
            address: whose row it is: MAC or IPv4 address.
        """
        story = self.row_story(seq, address)
        record = self.lab.trace.get(story.seq) if story.seq is not None else None
        step = self.lab.trace.step(record.step) if record is not None else None
        if record is None or step is None:
            return ()
        rows = [row for row in frame_log.rows(self.lab, step.first, end=record.seq) if row.direction == "in"]
        return tuple(rows[-1:])

    def row_story(self, seq: int | None, address: int) -> Story:
        return why_row(self.lab.trace, seq, address, self.shell.language, self.namer)

    def why(self, seq: int) -> str:
        """The decision of a record, in a sentence."""
        return why_seq(self.lab.trace, seq, self.shell.language, self.namer).decision


def _is_near(line: str, beginning: str) -> bool:
    """Whether a line may be meant to begin like this: each of its words as it is, or misspelt."""
    words = beginning.split()
    typed = line.split()[:len(words)]
    return len(typed) == len(words) and all(map(lambda one, other: get_close_matches(one, [other], 1, MISSPELT),
                                                typed, words))


def _begun(line: str, room: int) -> str:
    """How a line begins; one that goes on says so."""
    return line if len(line) <= room else f"{line[:room].rstrip()}…"


def is_expect(line: str) -> bool:
    return line.split(maxsplit=1)[:1] == ["expect"]
