"""The five netfilter hooks: the seams where iptables decides.

No rule can be added yet; there are the built-in chains with their policies
and counters.  As with nf_tables, a chain hooks in, and counts, from the moment
that something sets its policy; until then its packets pass it by.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.drop import Dropped, DropReason

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
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


class Policy:
    """What a built-in chain does with the packets that no rule took: it counts them, and accepts or drops.

    Attributes:
        drops: whether the policy is DROP.
        is_for_first: of the nat table, which sees the first packet of a connection only; connections are not tracked,
            so its chains count none.
    """

    def __init__(self, hook: Hook, table: str) -> None:
        self.hook = hook
        self.is_for_first = table == "nat"
        self.drops = False
        self.packets = self.bytes = 0

    def __call__(self, packet: IPv4Packet, _entered: Interface | None, _leaves: Interface | None) -> Dropped | None:
        """Decide about one packet (netsandbox.linux.netfilter.hooks.HookFunction)."""
        self.packets += 1
        self.bytes += packet.total_length
        return Dropped(DropReason.NETFILTER_DROP, (f"-P {self.hook.value} DROP",)) if self.drops else None


class Netfilter:
    """The hooks of one namespace.

    Attributes:
        functions: what is asked at each hook, in order; an empty dictionary
            costs a packet one test.
        policies: of the chains that are hooked in, by table and hook.
        tables: those that something has set a policy in.
    """

    def __init__(self) -> None:
        self.functions: dict[Hook, list[HookFunction]] = {}
        self.policies: dict[tuple[str, Hook], Policy] = {}
        self.tables: set[str] = set()

    def register(self, hook: Hook, function: HookFunction) -> None:
        """Ask `function(packet, in, out)` at a hook, before the policies (nf_register_net_hook)."""
        functions = self.functions.setdefault(hook, [])
        functions.insert(sum(not isinstance(known, Policy) for known in functions), function)

    def verdict(self, hook: Hook, packet: IPv4Packet, entered: Interface | None,
                leaves: Interface | None) -> Dropped | None:
        """The first refusal at a hook, or None: the packet goes on."""
        for function in self.functions.get(hook, ()):
            refusal = function(packet, entered, leaves)
            if refusal is not None:
                return refusal
        return None

    def chains(self, table: str) -> list[Chain]:
        """The built-in chains of a table."""
        found = [(hook, self.policies.get((table, hook))) for hook in TABLES[table]]
        return [Chain(hook.value, "DROP" if policy.drops else "ACCEPT", policy.packets, policy.bytes) if policy
                else Chain(hook.value, "ACCEPT", 0, 0) for hook, policy in found]

    def set_policy(self, table: str, hook: Hook, drops: bool) -> None:
        """ACCEPT or DROP what comes to the end of a chain, and count it anew from now on."""
        self.tables.add(table)
        policy = self.policies.get((table, hook))
        if policy is None:
            policy = self.policies[table, hook] = Policy(hook, table)
            if not policy.is_for_first:
                self.functions.setdefault(hook, []).append(policy)
        policy.drops = drops
        policy.packets = policy.bytes = 0

    def zero(self, table: str, hook: Hook) -> None:
        """Let a chain's counters begin anew."""
        policy = self.policies.get((table, hook))
        if policy is not None:
            policy.packets = policy.bytes = 0

    def unhook(self, table: str, hook: Hook) -> str:
        """Take a chain out again; the errno name where it is not in, or drops."""
        policy = self.policies.get((table, hook))
        if policy is None or policy.drops:
            return "ENOENT" if policy is None else "ENOTEMPTY"
        del self.policies[table, hook]
        if not policy.is_for_first:
            self.functions[hook].remove(policy)
            if not self.functions[hook]:
                del self.functions[hook]
        return ""
