"""The five netfilter hooks: the seams where iptables will decide.

No rule can be added yet; what can be listed are the built-in chains with
their policies and counters.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from netsandbox.linux.drop import Dropped
    from netsandbox.linux.interface import Interface
    from netsandbox.wire.ipv4 import IPv4Packet

    HookFunction = Callable[[IPv4Packet, Interface | None, Interface | None], Dropped | None]


class Hook(Enum):
    """Where in its way a packet can be looked at (NF_INET_*)."""

    PREROUTING = "PREROUTING"
    INPUT = "INPUT"
    FORWARD = "FORWARD"
    OUTPUT = "OUTPUT"
    POSTROUTING = "POSTROUTING"


class Chain(NamedTuple):
    """A built-in chain, as `iptables -L -n -v` shows it."""

    name: str
    policy: str
    packets: int
    bytes: int


TABLES: dict[str, tuple[Hook, ...]] = {
    "filter": (Hook.INPUT, Hook.FORWARD, Hook.OUTPUT),
    "nat": (Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT, Hook.POSTROUTING),
    "mangle": tuple(Hook),
    "raw": (Hook.PREROUTING, Hook.OUTPUT),
    "security": (Hook.INPUT, Hook.FORWARD, Hook.OUTPUT),
}
"""Which hooks each table has a chain on, in the order that iptables lists them."""


class Netfilter:
    """The hooks of one namespace.

    Attributes:
        functions: what is asked at each hook, in order; an empty dictionary
            costs a packet one test.
    """

    def __init__(self) -> None:
        self.functions: dict[Hook, list[HookFunction]] = {}

    def register(self, hook: Hook, function: HookFunction) -> None:
        """Ask `function(packet, in, out)` at a hook (nf_register_net_hook)."""
        self.functions.setdefault(hook, []).append(function)

    def verdict(self, hook: Hook, packet: IPv4Packet, entered: Interface | None,
                leaves: Interface | None) -> Dropped | None:
        """The first refusal at a hook, or None: the packet goes on."""
        for function in self.functions.get(hook, ()):
            refusal = function(packet, entered, leaves)
            if refusal is not None:
                return refusal
        return None

    @staticmethod
    def chains(table: str) -> list[Chain]:
        """The built-in chains of a table; counters count from the first rule, so they stand at 0."""
        return [Chain(hook.value, "ACCEPT", 0, 0) for hook in TABLES[table]]
