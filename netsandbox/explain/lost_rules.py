"""Rules that were taken out, and that a packet could have met on its way: whose want may be why it came to its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice, pairwise
from typing import NamedTuple

from netsandbox.engine.trace import Trace, event_of
from netsandbox.explain.history import line_before
from netsandbox.explain.operands import operands
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.netfilter.events import ChainWalk, RulesGone
from netsandbox.wire.addresses import parse_network
from netsandbox.wire.names import IP_PROTOCOLS

NETWORK, PORTS = re.compile(r"\d+(?:\.\d+){3}/\d+"), re.compile(r"(\d+)(?::(\d+))?")
MOST = 3  # Rules that are told of, the newest loss first
JUMPS = ("-j", "-g")
STATE_FLAGS = {"--ctstate", "--state", "state"}
STATES = {"NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"}
ENDS = {"drop", "reject", "log"}  # Targets whose want lets more pass, not less


class Lost(NamedTuple):
    """A rule that is there no more from a record on."""

    seq: int
    namespace: str
    table: str
    chain: str
    text: str

    @property
    def written(self) -> str:
        """In iptables' words, or in nft's."""
        if " " in self.table:
            return f"{self.table} {self.chain} {self.text}"
        return f"{'' if self.table == 'filter' else f'-t {self.table} '}-A {self.chain} {self.text}"

    def is_missed_by(self, event: VerdictGiven) -> bool:
        """Whether a packet came by where the rule stood, and is such as it asks for, as far as its text says."""
        words = self.text.split()
        return (event.namespace == self.namespace and self._is_passed(event)
                and ENDS.isdisjoint(word.lower() for word in words) and _fits(words, event))

    def _is_passed(self, event: VerdictGiven) -> bool:
        """The chain is walked and the rule not met there; or the table has no such chain any more."""
        walks = [walk for walk in event.walks if walk.table == self.table]
        if not walks:
            return event.hook == self.chain and event.connection.startswith("NEW")
        return any(self.chain in _entered(walk) and all(step.text != self.text for step in walk.rules)
                   for walk in walks)


def lost_rules(trace: Trace, steps: Iterable[int], end: int, voice: Voice) -> Iterator[str]:
    """A line about each rule that a packet could have met in some steps, had it not been taken out before."""
    gone = [Lost(seq, event.namespace, event.table, chain, text) for seq, raw in trace.back_to(end, (RulesGone,))
            for event in (event_of(raw, seq),) for chain, text in event.rules]
    met = [(record.seq, record.event) for step in (steps if gone else ()) for record in trace.of_step(step)
           if isinstance(record.event, VerdictGiven)]
    missed = (lost for lost in gone if any(lost.seq < seq and lost.is_missed_by(event) for seq, event in met))
    for lost in islice(missed, MOST):
        line = line_before(trace, lost.seq)
        said = "" if line is None else operands(event_of(trace.raw(line), line), voice).fields["line"]
        yield voice.say("rules.gone", ns=safe(lost.namespace), rule=safe(lost.written), seq=str(lost.seq), line=said)


def _entered(walk: ChainWalk) -> set[str]:
    """The chains that a packet came into, empty ones too."""
    led = (chain for step in walk.rules if not step.failed for words in (step.text.split(),)
           for flag, chain in pairwise(words) if flag in JUMPS)
    return {walk.chain, *(step.chain for step in walk.rules), *led}


def _fits(words: list[str], event: VerdictGiven) -> bool:
    """Whether nothing that a rule says of addresses, devices, protocol and ports speaks against a packet."""
    packet, segment = event.packet, event.packet.payload
    ends = {"-s": packet.src, "-d": packet.dst}
    names = {"-i": event.entered, "-o": event.leaves, "-p": IP_PROTOCOLS.get(packet.protocol, str(packet.protocol))}
    ports = {"--sport": getattr(segment, "sport", 0), "--dport": getattr(segment, "dport", 0)}
    state = event.connection.partition(" ")[0]
    for before, flag, value in zip(["", *words], words, words[1:], strict=False):
        if flag in ends and NETWORK.fullmatch(value):
            holds = ends[flag] in parse_network(value)
        elif flag in names:
            holds = fnmatchcase(names[flag].lower(), value.replace("+", "*").lower())
        elif flag in ports and (span := PORTS.fullmatch(value)):
            holds = int(span[1]) <= ports[flag] <= int(span[2] or span[1])
        elif flag in STATE_FLAGS and state in STATES and STATES.issuperset(asked := value.upper().split(",")):
            holds = state in asked
        else:
            continue  # a word of a comment may look like a flag
        if holds is (before == "!"):
            return False
    return True
