"""Rules that say which routing tables are asked, for which packets (net/core/fib_rules.c, net/ipv4/fib_rules.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.wire.addresses import Network

ALL = Network(0, 0)
WORD = 0xFFFFFFFF
LOOKUP, GOTO, NOP = "lookup", "goto", "nop"
REFUSING = ("unreachable", "prohibit", "blackhole")
"""Actions after which no further rule is asked."""
LAST = 32766
"""The number of the rule for table main."""


class Flow(NamedTuple):
    """What rules look at (struct flowi4)."""

    source: int = 0
    entering: str = "lo"
    """The interface that the packet came by; lo for what this host sends."""
    leaving: str = ""
    """The interface that a socket is bound to."""
    mark: int = 0
    vrf: str | None = None
    """The table of the VRF that either belongs to."""


class Rule(NamedTuple):
    """One rule."""

    priority: int
    source: Network = ALL
    destination: Network = ALL
    entering: str = ""
    leaving: str = ""
    mark: int = 0
    mask: int = 0
    """0: the mark does not matter."""
    action: str = LOOKUP
    table: str = "main"
    target: int = 0
    """The number of the rule to go on with, of `goto`."""
    inverted: bool = False
    suppressed: int = -1
    """Routes with no longer a prefix than this are not taken."""
    is_vrf: bool = False
    """The table is that of the packet's VRF (l3mdev)."""
    protocol: str = ""

    def fits(self, destination: int, flow: Flow) -> bool:
        """fib_rule_match."""
        found = (destination in self.destination and flow.source in self.source
                 and self.entering in ("", flow.entering) and self.leaving in ("", flow.leaving)
                 and flow.mark & self.mask == self.mark and (not self.is_vrf or flow.vrf is not None))
        return found is not self.inverted

    def words(self) -> str:
        """As `ip rule` shows it, without its number."""
        text = "not " if self.inverted else ""
        text += f"from {_prefix(self.source)}"
        if self.destination.length:
            text += f" to {_prefix(self.destination)}"
        if self.mask:
            text += f" fwmark {self.mark:#x}" + (f"/{self.mask:#x}" if self.mask != WORD else "")
        text += f" iif {self.entering}" if self.entering else ""
        text += f" oif {self.leaving}" if self.leaving else ""
        if self.is_vrf:
            return f"{text} lookup [l3mdev-table]"
        if self.action == LOOKUP:
            text += f" lookup {self.table}"
            return text + (f" suppress_prefixlength {self.suppressed}" if self.suppressed >= 0 else "")
        return f"{text} goto {self.target}" if self.action == GOTO else f"{text} {self.action}"


def _prefix(network: Network) -> str:
    return "all" if not network.length else str(network).removesuffix("/32")


DEFAULT = (Rule(0, table="local", protocol="kernel"), Rule(LAST, table="main", protocol="kernel"),
           Rule(LAST + 1, table="default", protocol="kernel"))
VRF = Rule(1000, is_vrf=True, protocol="kernel")
