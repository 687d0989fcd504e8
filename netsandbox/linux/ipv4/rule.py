"""Rules that say which routing tables are asked, for which packets (net/core/fib_rules.c, net/ipv4/fib_rules.c)."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from netsandbox.wire.addresses import Network

ALL = Network(0, 0)
WORD = 0xFFFFFFFF
LOOKUP, GOTO, NOP = "lookup", "goto", "nop"
REFUSING = {"unreachable": "throw", "prohibit": "prohibit", "blackhole": "blackhole"}
"""Actions after which no further rule is asked, and the type of route that ends with the same error."""
PROTOCOLS = {1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp", 51: "ah",
             58: "ipv6-icmp", 89: "ospf", 132: "sctp"}
"""What /etc/protocols calls them."""
LAST = 32766  # The number of the rule for table main


class Flow(NamedTuple):
    """What rules look at (struct flowi4)."""

    source: int = 0
    entering: str = "lo"  # The interface that the packet came by; lo for what this host sends
    leaving: str = ""  # The interface that a socket is bound to
    mark: int = 0
    vrf: str | None = None  # The table of the VRF that either belongs to
    packet: tuple[int, ...] = (0, 0, 0, 0, 0)
    """Protocol, source and destination port, TOS, and the user who asks: root for every packet (sock_net_uid)."""


class Rule(NamedTuple):
    """One rule."""

    priority: int
    source: Network = ALL
    destination: Network = ALL
    entering: str = ""
    leaving: str = ""
    mark: int = 0
    mask: int = 0  # 0: the mark does not matter
    action: str = LOOKUP
    table: str = "main"
    target: int = 0  # The number of the rule to go on with, of `goto`
    inverted: bool = False
    suppressed: int = -1  # Routes with no longer a prefix than this are not taken
    is_vrf: bool = False  # The table is that of the packet's VRF (l3mdev)
    protocol: str = ""
    tos: int = 0
    ip_protocol: int = 0
    source_ports: tuple[int, int] = (0, 0)
    ports: tuple[int, int] = (0, 0)
    users: tuple[int, int] | None = None

    @property
    def is_particular(self) -> bool:
        """It looks at more than addresses, interfaces and marks."""
        return bool(self.tos or self.ip_protocol or self.source_ports[1] or self.ports[1] or self.users)

    def fits(self, destination: int, flow: Flow) -> bool:
        """fib_rule_match."""
        found = (destination in self.destination and flow.source in self.source
                 and self.entering in ("", flow.entering) and self.leaving in ("", flow.leaving)
                 and flow.mark & self.mask == self.mark and (not self.is_vrf or flow.vrf is not None)
                 and (not self.is_particular or self._fits_packet(*flow.packet)))
        return found is not self.inverted

    def _fits_packet(self, protocol: int, source_port: int, port: int, tos: int = 0, user: int = 0) -> bool:
        """fib4_rule_match."""
        return (self.tos in (0, tos & ~3) and self.ip_protocol in (0, protocol)
                and (not self.source_ports[1] or self.source_ports[0] <= source_port <= self.source_ports[1])
                and (not self.ports[1] or self.ports[0] <= port <= self.ports[1])
                and (self.users is None or self.users[0] <= user <= self.users[1]))

    def words(self, devices: Container[str] | None = None, numbers: Container[int] | None = None) -> str:
        """As `ip rule` shows it, without its number (devices, numbers: which there are, to tell of those that are
        not)."""
        text = "not " if self.inverted else ""
        text += f"from {_prefix(self.source)}"
        if self.destination.length:
            text += f" to {_prefix(self.destination)}"
        text += f" tos {self.tos:#04x}" if self.tos else ""
        if self.mask:
            text += f" fwmark {self.mark:#x}" + (f"/{self.mask:#x}" if self.mask != WORD else "")
        for word, device in (("iif", self.entering), ("oif", self.leaving)):
            if device:
                text += f" {word} {device}" + ("" if devices is None or device in devices else " [detached]")
        if self.is_vrf:
            return f"{text} lookup [l3mdev-table]"
        text += f" uidrange {self.users[0]}-{self.users[1]}" if self.users is not None else ""
        text += f" ipproto {PROTOCOLS.get(self.ip_protocol, self.ip_protocol)}" if self.ip_protocol else ""
        for word, (low, high) in (("sport", self.source_ports), ("dport", self.ports)):
            if high:
                text += f" {word} {low}" + (f"-{high}" if high != low else "")
        if self.action == LOOKUP:
            text += f" lookup {self.table}"
            return text + (f" suppress_prefixlength {self.suppressed}" if self.suppressed >= 0 else "")
        if self.action == GOTO:
            return f"{text} goto {self.target}" + ("" if numbers is None or self.target in numbers else " [unresolved]")
        return f"{text} {self.action}"


def _prefix(network: Network) -> str:
    return "all" if not network.length else str(network).removesuffix("/32")


DEFAULT = (Rule(0, table="local", protocol="kernel"), Rule(LAST, table="main", protocol="kernel"),
           Rule(LAST + 1, table="default", protocol="kernel"))
VRF = Rule(1000, is_vrf=True, protocol="kernel")
