"""One rule: its conditions, its target, its counters (struct ipt_entry).

What a rule looks at are Conditions: the packet's head (-s, -d, -i, -o, -p, -f), and the matches that are loaded with
-m.  Each says whether it holds for a packet, and what it saw, so that a walk can be told afterwards.
"""

from __future__ import annotations

from copy import copy
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.netfilter.events import RuleSeen
from netsandbox.linux.netfilter.head import Condition, Head, asked_by, shared

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.extension import Match

NEVER = RuleSeen("", 0, "", "", "", 0, 0)  # What stands for a packet that did not fulfil a rule where none has been


class Decision(Enum):
    """What a target says beside dropping or taking the packet."""

    ACCEPT = "ACCEPT"
    CONTINUE = "CONTINUE"
    RETURN = "RETURN"


Answer = Decision | Dropped | Outcome


class Target:
    """What is done with a packet that fulfils all conditions."""

    name: str
    # tables, hooks: those that it may stand in; None: all
    tables: ClassVar[frozenset[str] | None] = None
    hooks: frozenset[Hook] | None = None
    # it is itself that looks where it stands, and nf_tables tells it of a base chain's hook alone
    looks_at_hooks: ClassVar[bool] = False
    needs_tracking: bool = False  # without connections it can do nothing
    only_decides: ClassVar[bool] = False  # Its answer is always the same, and is all that comes of it
    ends_walk: ClassVar[bool] = False
    """It says ACCEPT, or has done nothing and the packet is lost: no rule is asked after it."""

    @property
    def text(self) -> str:
        """As iptables-save writes it, without -j NAME."""
        return ""

    def listed(self, _numeric: bool) -> str:
        """As `iptables -L` shows it."""
        return ""

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        """Do it."""
        raise NotImplementedError


class Jump(Target):
    """-j and -g to a chain of one's own; the walk follows it."""

    only_decides = True

    def __init__(self, chain: str, is_goto: bool = False) -> None:
        self.name = chain
        self.is_goto = is_goto

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.CONTINUE


COUNTED = "\0"  # Stands for a rule's counters in what nft said


class Rule:
    """A rule with its counters.

    What it asks and how it is written are worked out when the first packet meets it or somebody reads it: of the many
    that dockerd sets, one for each container, most are never met.

    Attributes:
        head, matches: its conditions as they were given.
        asked: all of them in the order they are asked, each with its text; None until `ask`.
        target: None for a rule that only counts.
        handle: its number in nft's listings.
        written: its text, once that was asked for.
        made_at: the first record of the trace after it was made.
        tells_counters: nft's listing has them: iptables' rules always, nft's own where `counter` was said.
        said: as nft lists it, where nft made it; COUNTED stands where its counters do.
        missed: what was recorded when a packet last did not fulfil it, which the next one of a conversation shares.
    """

    __slots__ = ("asked", "bytes", "handle", "head", "made_at", "matches", "missed", "packets", "said", "target",
                 "tells_counters", "written")
    caches: ClassVar = {"asked": "None"}

    def __init__(self, head: Head, matches: tuple[Match, ...], target: Target | None, packets: int = 0,
                 size: int = 0) -> None:
        self.head = shared(head)
        self.matches = matches
        self.target = target
        self.packets, self.bytes, self.handle, self.made_at = packets, size, 0, 0
        self.missed = NEVER
        self.tells_counters, self.said = True, ""
        self.asked: tuple[tuple[Condition, str], ...] | None = None
        self.written = ""

    def ask(self) -> tuple[tuple[Condition, str], ...]:
        """Work out what it asks and its text; the former."""
        self.asked = (*asked_by(self.head), *((match, match.text) for match in self.matches))
        if not self.written:
            words, target = [text for _condition, text in self.asked], self.target
            if target is not None:
                flag = "-g" if isinstance(target, Jump) and target.is_goto else "-j"
                words += [f"{flag} {target.name}", target.text]
            self.written = " ".join(word for word in words if word)
        return self.asked

    @property
    def text(self) -> str:
        """As `iptables -S` writes it, without -A and the chain's name."""
        if self.asked is None:
            self.ask()
        return self.written

    @property
    def jump(self) -> str:
        """The chain that it leads to, or nothing."""
        return self.target.name if isinstance(self.target, Jump) else ""

    @property
    def needs_tracking(self) -> bool:
        return bool(self.target is not None and self.target.needs_tracking) or any(
            match.needs_tracking for match in self.matches)

    @property
    def needs_counts(self) -> bool:
        return any(match.needs_counts for match in self.matches)

    def leading_to(self, chain: str) -> Rule:
        """The rule, when the chain that it leads to has another name."""
        target = copy(self.target)
        assert isinstance(target, Jump), "it leads somewhere"
        target.name, is_goto = chain, target.is_goto
        twin = Rule(self.head, self.matches, target, self.packets, self.bytes)
        twin.handle, twin.made_at, twin.tells_counters = self.handle, self.made_at, self.tells_counters
        if self.said:  # by nft
            kind = "goto" if is_goto else "jump"
            twin.said = self.said.replace(f"{kind} {self.jump}", f"{kind} {chain}")
            if kind in self.text:
                twin.written = self.text.replace(f"{kind} {self.jump}", f"{kind} {chain}")
        return twin
