"""The five netfilter hooks: where functions look at each packet, in the order of their priorities.

A function is given the packet in a SocketBuffer.  It may put another packet
there (a translated address, another TTL), and says whether the packet goes on:
None, a Dropped, or STOLEN when the packet is in somebody else's hands now
(net/netfilter/core.c, nf_hook_slow).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import VerdictGiven

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.wire.ethernet import Frame
    from netsandbox.wire.ipv4 import IPv4Packet


class Hook(Enum):
    """Where in its way a packet can be looked at (NF_INET_*)."""

    PREROUTING = "PREROUTING"
    INPUT = "INPUT"
    FORWARD = "FORWARD"
    OUTPUT = "OUTPUT"
    POSTROUTING = "POSTROUTING"

    __hash__ = object.__hash__


class Priority(IntEnum):
    """Who looks at a packet first (enum nf_ip_hook_priorities)."""

    DEFRAGMENTATION = -400
    RAW = -300
    TRACKING = -200
    MANGLE = -150
    NAT_DESTINATION = -100
    FILTER = 0
    SECURITY = 50
    NAT_SOURCE = 100
    CONFIRMATION = (1 << 31) - 1


class SocketBuffer:
    """A packet on its way through one stack, with what the kernel notes beside it (struct sk_buff).

    Attributes:
        packet: as it is now.
        hook, entered, leaves: where it is, and the interfaces that it came in by and goes out by, if it does.
        frame: the frame that it came in.
        needs_route: an address or the mark changed behind the route's back.
    """

    __slots__ = ("entered", "frame", "hook", "leaves", "needs_route", "packet")

    def __init__(self, packet: IPv4Packet) -> None:
        self.packet = packet
        self.hook = Hook.PREROUTING
        self.entered: Interface | None = None
        self.leaves: Interface | None = None
        self.frame: Frame | None = None
        self.needs_route = False

    def of_answer(self, answer: IPv4Packet) -> SocketBuffer:
        """The buffer of an error about this packet, or of a refusal of it (nf_ct_attach)."""
        return SocketBuffer(answer)


HookVerdict = Dropped | Outcome | None
HookFunction = Callable[["NetworkNamespace", SocketBuffer], HookVerdict]


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
PRIORITIES = {"raw": Priority.RAW, "mangle": Priority.MANGLE, "filter": Priority.FILTER, "security": Priority.SECURITY}


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

    def __call__(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Dropped | None:
        """Decide about one packet (HookFunction)."""
        self.packets += 1
        self.bytes += buffer.packet.total_length
        return Dropped(DropReason.NETFILTER_DROP, (f"-P {self.hook.value} DROP",)) if self.drops else None


class Netfilter:
    """The hooks of one namespace.

    Attributes:
        functions: what is asked at each hook, in order; an empty dictionary
            costs a packet one test.
        policies: of the chains that are hooked in, by table and hook.
        tables: those that something has set a policy in.
        looped: packets that are on their way over `lo`, which keep their buffers.
    """

    def __init__(self) -> None:
        self.functions: dict[Hook, tuple[HookFunction, ...]] = {}
        self._registered: list[tuple[int, int, Hook, HookFunction]] = []
        self.policies: dict[tuple[str, Hook], Policy] = {}
        self.tables: set[str] = set()
        self.looped: deque[SocketBuffer] = deque()

    # -- functions

    def register(self, hook: Hook, function: HookFunction, priority: int = Priority.FILTER - 1) -> None:
        """Ask a function at a hook, after those of a lower or the same priority (nf_register_net_hook)."""
        self._registered.append((priority, len(self._registered), hook, function))
        self._update()

    def unregister(self, hook: Hook, function: HookFunction) -> None:
        self._registered = [entry for entry in self._registered if entry[2:] != (hook, function)]
        self._update()

    def _update(self) -> None:
        ordered = sorted(self._registered, key=lambda entry: entry[0])
        hooks = {hook for _priority, _number, hook, _function in ordered}
        self.functions = {hook: tuple(entry[3] for entry in ordered if entry[2] is hook) for hook in Hook
                          if hook in hooks}

    def traverse(self, namespace: NetworkNamespace, hook: Hook, buffer: SocketBuffer, entered: Interface | None,
                 leaves: Interface | None) -> HookVerdict:
        """Ask the functions of a hook in turn, until one does not let the packet go on, and record it."""
        buffer.hook, buffer.entered, buffer.leaves = hook, entered, leaves
        packet, verdict = buffer.packet, None
        for function in self.functions.get(hook, ()):
            verdict = function(namespace, buffer)
            if verdict is not None:
                break
        namespace.record(VerdictGiven(namespace.name, hook.value, packet, verdict, None))
        return verdict

    # -- a packet over lo

    def loop(self, buffer: SocketBuffer) -> None:
        """A packet leaves by `lo`: what is noted beside it comes in again with it."""
        self.looped.append(buffer)

    def buffer_of(self, packet: IPv4Packet, entered: Interface) -> SocketBuffer:
        """The buffer of a packet that came in."""
        while entered.is_loopback and self.looped:
            buffer = self.looped.popleft()
            if buffer.packet is packet:
                return buffer
        return SocketBuffer(packet)

    def holding(self, buffer: SocketBuffer | None, packet: IPv4Packet) -> SocketBuffer:
        """A buffer with the packet as it is now."""
        if buffer is None:
            return SocketBuffer(packet)
        buffer.packet = packet
        return buffer

    # -- chains

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
                self.register(hook, policy, PRIORITIES[table])
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
            self.unregister(hook, policy)
        return ""
