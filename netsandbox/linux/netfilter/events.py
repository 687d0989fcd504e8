"""What netfilter decides beside a hook's verdict (VerdictGiven), and what a walk through rules is told as."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.listing import Line


INVALID, UNTRACKED = "INVALID", "UNTRACKED"
"""How a packet without a connection is told of (VerdictGiven.connection); what it does not fit stands behind."""


class RuleSeen(NamedTuple):
    """A rule that a packet met."""

    chain: str
    number: int
    text: str
    failed: str  # The condition that the packet did not fulfil, or empty: the rule took the packet
    seen: str  # What the packet has there
    packets: int
    bytes: int  # The rule's counters after this packet


class ChainWalk(NamedTuple):
    """A packet's way through a table's chain and those that it leads to."""

    table: str
    chain: str
    rules: tuple[RuleSeen, ...]
    verdict: str  # ACCEPT, DROP or STOLEN
    by_policy: bool  # No rule decided: the chain's policy did

    def told(self) -> ChainWalk:
        """As that of a known way (megaflow.Passage), which is made when it is read."""
        return self


class _ConnectionChanged(NamedTuple):
    """The fields of ConnectionChanged."""

    namespace: str
    text: str  # Its line of `conntrack -L`
    why: str  # new, state, expired, reset, reopened, deleted, early drop, address gone, another way out, succeeded
    made_at: int  # The first record after its first packet came


class ConnectionChanged(_ConnectionChanged):
    """The connection tracker entered, changed or forgot a connection."""

    __slots__ = ()

    def __new__(cls, namespace: str, line: Line, why: str, made_at: int) -> ConnectionChanged:
        """What was recorded; the line is written now, when it is read."""
        return super().__new__(cls, namespace, line.text, why, made_at)


class RulesGone(NamedTuple):
    """Rules were taken out of a table, and are not back in it at once."""

    namespace: str
    table: str
    rules: tuple[tuple[str, str], ...]  # The chain and the text of each


class PacketLogged(NamedTuple):
    """A LOG rule wrote a line to the kernel's log."""

    namespace: str
    packet: IPv4Packet
    line: str
