"""One rule: its conditions, its target, its counters (struct ipt_entry).

What a rule looks at are Conditions: the packet's head (-s, -d, -i, -o, -p, -f), and the matches that are loaded with
-m.  Each says whether it holds for a packet, and what it saw, so that a walk can be told afterwards.
"""

from __future__ import annotations

from copy import copy
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.netfilter.events import RuleSeen
from netsandbox.linux.netfilter.protocols import protocol_name
from netsandbox.wire.addresses import Network, format_ipv4

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.extension import Match
    from netsandbox.linux.netfilter.megaflow import Field

WHOLE = 0xFFFFFFFF
LOOPBACK = 127  # The first byte of what each container calls its own name server by
NEVER = RuleSeen("", 0, "", "", "", 0, 0)  # What stands for a packet that did not fulfil a rule where none has been
HEADS = 1024  # That are remembered: the rules of many containers have the same few


class Decision(Enum):
    """What a target says beside dropping or taking the packet."""

    ACCEPT = "ACCEPT"
    CONTINUE = "CONTINUE"
    RETURN = "RETURN"


Answer = Decision | Dropped | Outcome
Fields = tuple["Field", ...] | None


class Condition(Protocol):
    """Something that a packet must fulfil."""

    @property
    def text(self) -> str:
        """As iptables-save writes it."""

    @property
    def looks_at(self) -> Fields:
        """The fields of a packet that it depends on, and what it says it saw; None where it depends on more."""

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        """Whether the packet fulfils it."""

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        """What the packet has there."""


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


class Mask(NamedTuple):
    """An address and a mask, which iptables lets be anything; `negated` is the `!` before the option."""

    negated: bool
    address: int
    mask: int

    @property
    def short(self) -> str:
        """`10.0.0.0/8`, or `10.0.0.1/255.0.255.0`."""
        length = self.mask.bit_count()
        if self.mask == Network(0, length).mask:
            return f"{format_ipv4(self.address)}/{length}"
        return f"{format_ipv4(self.address)}/{format_ipv4(self.mask)}"


class Word(NamedTuple):
    negated: bool
    value: str


@lru_cache(HEADS)
def word_of(negated: bool, value: str) -> Word:
    """One for all rules that say the same."""
    return Word(negated, value)


class Head(NamedTuple):
    """What a rule says of the IP header and the interfaces (struct ipt_ip)."""

    source: Mask | None = None
    destination: Mask | None = None
    entered: Word | None = None
    leaves: Word | None = None
    protocol: Word | None = None
    fragment: Word | None = None

    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        if self.source is not None:
            found.append(AddressIs("-s", self.source))
        if self.destination is not None:
            found.append(AddressIs("-d", self.destination))
        if self.entered is not None:
            found.append(interface_is("-i", self.entered))
        if self.leaves is not None:
            found.append(interface_is("-o", self.leaves))
        if self.protocol is not None:
            found.append(ProtocolIs(self.protocol))
        if self.fragment is not None:
            found.append(IsFragment(self.fragment.negated))
        return found


def source_of(buffer: SocketBuffer) -> int:
    return buffer.packet.src


def destination_of(buffer: SocketBuffer) -> int:
    return buffer.packet.dst


def way_in_of(buffer: SocketBuffer) -> str:
    return buffer.entered.name if buffer.entered is not None else ""


def way_out_of(buffer: SocketBuffer) -> str:
    return buffer.leaves.name if buffer.leaves is not None else ""


def protocol_of(buffer: SocketBuffer) -> int:
    return buffer.packet.protocol


def offset_of(buffer: SocketBuffer) -> int:
    return buffer.packet.offset


class AddressIs:
    """-s and -d."""

    __slots__ = ("flag", "given", "is_source")

    def __init__(self, flag: str, given: Mask) -> None:
        self.flag, self.given, self.is_source = flag, given, flag == "-s"

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}{self.flag} {self.given.short}"

    @property
    def looks_at(self) -> Fields:
        return (source_of,) if self.is_source else (destination_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        negated, address, mask = self.given
        packet = buffer.packet
        return ((packet.src if self.is_source else packet.dst) & mask == address) is not negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return format_ipv4(buffer.packet.src if self.is_source else buffer.packet.dst)


def names_interface(pattern: str, interface: Interface | None) -> bool:
    """Whether a name, or a beginning with `+` behind it, is an interface's."""
    name = interface.name if interface is not None else ""
    return name == pattern or (pattern[-1:] == "+" and name.startswith(pattern[:-1]))


class InterfaceIs:
    """-i and -o."""

    __slots__ = ("flag", "given", "is_stem", "is_way_in")

    def __init__(self, flag: str, given: Word) -> None:
        self.flag, self.given = flag, given
        self.is_way_in, self.is_stem = flag == "-i", given.value.endswith("+")

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}{self.flag} {self.given.value}"

    @property
    def looks_at(self) -> Fields:
        return (way_in_of,) if self.is_way_in else (way_out_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        negated, pattern = self.given
        interface = buffer.entered if self.is_way_in else buffer.leaves
        if interface is None or self.is_stem:
            return names_interface(pattern, interface) is not negated
        return (interface.name == pattern) is not negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        interface = buffer.entered if self.is_way_in else buffer.leaves
        return interface.name if interface is not None else ""


@lru_cache(HEADS)
def interface_is(flag: str, given: Word) -> InterfaceIs:
    """One for all rules that ask the same."""
    return InterfaceIs(flag, given)


class ProtocolIs:
    """-p."""

    __slots__ = ("given", "number")

    looks_at = (protocol_of,)

    def __init__(self, given: Word) -> None:
        self.given, self.number = given, int(given.value)

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}-p {protocol_name(self.number)}"

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return (buffer.packet.protocol == self.number) is not self.given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return protocol_name(buffer.packet.protocol)


class IsFragment:
    """-f: a fragment other than the first."""

    __slots__ = ("negated",)

    looks_at = (offset_of,)

    def __init__(self, negated: bool) -> None:
        self.negated = negated

    @property
    def text(self) -> str:
        return f"{'! ' * self.negated}-f"

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return bool(buffer.packet.offset) is not self.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"offset {buffer.packet.offset}"


class Jump(Target):
    """-j and -g to a chain of one's own; the walk follows it."""

    only_decides = True

    def __init__(self, chain: str, is_goto: bool = False) -> None:
        self.name = chain
        self.is_goto = is_goto

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.CONTINUE


@lru_cache(HEADS)
def _remembered(head: Head) -> Head:
    return head


def shared(head: Head) -> Head:
    """One head for all rules whose heads are equal; but for those to one container, which no other rule has."""
    to = head.destination
    return head if to is not None and to.mask == WHOLE and to.address >> 24 != LOOPBACK else _remembered(head)


@lru_cache(HEADS)
def asked_by(head: Head) -> tuple[tuple[Condition, str], ...]:
    """What a head asks, each with its text: it never changes."""
    return tuple((condition, condition.text) for condition in head.conditions())


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
