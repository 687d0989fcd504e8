"""Netfilter in one namespace: its rules, its connections, and the functions that they hook in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from netsandbox.engine.nothing import NOTHING
from netsandbox.engine.rare import Rare
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import Hook, HookFunction, HookVerdict, Priority, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.events import VerdictGiven
from netsandbox.linux.ipv4.fragment import Reassembler
from netsandbox.linux.netfilter import conntrack, flowtable, nat
from netsandbox.linux.netfilter.bridged import BridgeHooks
from netsandbox.linux.netfilter.connection import Connection
from netsandbox.linux.netfilter.connection_table import ConnectionTable
from netsandbox.linux.netfilter.events import RulesGone
from netsandbox.linux.netfilter.listing import Belonging, belonging, unconnected_words
from netsandbox.linux.netfilter.matches import recent
from netsandbox.linux.netfilter.matches.recent import RecentTable
from netsandbox.linux.netfilter.ruleset import Table
from netsandbox.linux.netfilter.settings import COUNT
from netsandbox.linux.netfilter.walk import ChainFunction, TraceStep
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:

    from netsandbox.engine.chance import Stream

NO_FUNCTIONS: dict[Hook, tuple[HookFunction, ...]] = {}
NO_CHAINS: Mapping[Hook, tuple[ChainFunction, ...]] = {}


class Netfilter:
    """The hooks of one namespace.

    Attributes:
        functions: what is asked at each hook, in order; an empty dictionary costs a packet one test.
        tables: by label, those that something was put into, and those of ip_tables that were looked at.
        connections: what is tracked; None until something needs it, as the kernel registers its hooks on demand.
        listeners: who is told when a connection is entered, changed or forgotten.
        tracers: who is told of the rules that take traced packets.
        is_tracking: a rule needs it now.
        looped: packets that are on their way over `lo`, which keep their buffers.
        handed: the packet that a bridge is handing to the host's own stack.
        recent: the address lists of -m recent.
        log: the lines that LOG wrote.
        limited: since when the lines about packets are counted, how many came, and how many too many; None before any.
        tables_made: how many tables were given a number, as nft shows them.
    """

    __slots__ = ("_nat_chains", "connections", "functions", "handed", "is_tracking", "looped", "rare", "tables")

    _fragments: Rare[Reassembler | None] = Rare(None)
    _stream: Rare[Stream | None] = Rare(None)
    limited: Rare[tuple[int, int, int] | None] = Rare(None)
    listeners: Rare[tuple[Callable[[Connection, str, bool], None], ...]] = Rare(())
    log: Rare[deque[tuple[int, str]] | None] = Rare(None)
    recent: Rare[dict[str, RecentTable]] = Rare(NOTHING)
    tables_made = Rare(0)
    tracers: Rare[tuple[Callable[[TraceStep, SocketBuffer], None], ...]] = Rare(())

    def __init__(self) -> None:
        self.rare: dict[str, Any] = NOTHING
        self.functions = NO_FUNCTIONS
        self.tables: dict[str, Table] = NOTHING
        self.connections: ConnectionTable | None = None
        self.is_tracking = False
        self.looped: deque[SocketBuffer] | None = None
        self.handed: SocketBuffer | None = None
        self._nat_chains = NO_CHAINS

    # -- functions

    def table(self, name: str) -> Table:
        """A table, made if it is not there."""
        if name not in self.tables:
            self.tables = {**self.tables, name: Table(name)}
        return self.tables[name]

    def tables_of(self, is_legacy: bool) -> dict[str, Table]:
        """iptables' tables, of ip_tables or of nf_tables, by name."""
        return {table.name: table for table in self.tables.values() if table.is_legacy is is_legacy
                and not table.is_own}

    def refresh(self, namespace: NetworkNamespace, lost: Iterable[Table] = ()) -> None:
        """Chains or rules came or went, or whole tables: hook in what they need, and nothing else."""
        self.is_tracking = any(table.trackers for table in self.tables.values())
        if self.is_tracking:
            self.connection_table(namespace)
        self._order(self._wanted())
        self.note_bridges(namespace)
        self._note_recent()
        for table in (*self.tables.values(), *lost):
            if table.gone:
                _tell_gone(namespace, table)
        for table in self.tables.values():
            table.page = None
            for chain in table.chains.values():
                chain.drops_from = (chain.drops_from or namespace.trace.end) if chain.drops else 0
            for rule in table.fresh:
                rule.made_at = namespace.trace.end
                if rule.needs_counts:
                    namespace.write_sysctl("net.netfilter.nf_conntrack_acct", 1)
            table.fresh.clear()

    def _note_recent(self) -> None:
        if self.recent or any(match.name == "recent" for table in self.tables.values() for rule in table.fresh
                              for match in rule.matches):
            self.recent = recent.kept(self.recent, (rule for table in self.tables.values()
                                                            for chain in table.chains.values() for rule in chain.rules))

    def connection_table(self, namespace: NetworkNamespace) -> ConnectionTable:
        """The table of connections, made if it is not there."""
        if self.connections is None:
            self.connections = ConnectionTable(namespace)
            namespace.sysctls.counted = {COUNT: self.connections}
        return self.connections

    def note_bridges(self, namespace: NetworkNamespace) -> None:
        """Whether bridged frames are looked at: there is something to ask, and bridge-nf-call-iptables is on."""
        if not self.functions or not namespace.sysctls.get("net.bridge.bridge-nf-call-iptables"):
            namespace.bridge_hooks = None
        elif namespace.bridge_hooks is None:
            namespace.bridge_hooks = BridgeHooks(namespace)

    def _wanted(self) -> list[tuple[int, Hook, HookFunction]]:
        found: list[tuple[int, Hook, HookFunction]] = []
        nat_chains: dict[Hook, tuple[ChainFunction, ...]] = {}
        for table in reversed(self.tables.values()):  # of two at one place the newer goes first, as it hooks in
            for chain in table.chains.values():
                if chain.hook is None:
                    continue
                if chain.kind == "nat":
                    nat_chains[chain.hook] = (*nat_chains.get(chain.hook, ()), ChainFunction(table, chain))
                else:
                    found.append((chain.priority, chain.hook, ChainFunction(table, chain).ask))
        self._nat_chains = {hook: tuple(sorted(chains, key=_priority)) for hook, chains in nat_chains.items()} or (
            NO_CHAINS)
        if self.is_tracking:
            found += TRACKING
            found += NAT if nat_chains else ()
        return found

    def _order(self, wanted: list[tuple[int, Hook, HookFunction]]) -> None:
        ordered = sorted(wanted, key=itemgetter(0))
        hooks = {hook for _priority, hook, _function in ordered}
        self.functions = {hook: tuple(entry[2] for entry in ordered if entry[1] is hook)
                          for hook in Hook if hook in hooks}

    # -- packets

    pass_on, learn = flowtable.pass_on, flowtable.learn

    def traverse(self, namespace: NetworkNamespace, hook: Hook, buffer: SocketBuffer, entered: Interface | None,
                 leaves: Interface | None) -> HookVerdict:
        """Ask the functions of a hook in turn, until one does not let the packet go on, and record it."""
        buffer.hook, buffer.entered, buffer.leaves = hook, entered, leaves
        buffer.walks, packet, verdict = (), buffer.packet, None
        for function in self.functions.get(hook, ()):
            verdict = function(namespace, buffer)
            if verdict is not None:
                break
        after, connection = buffer.packet, buffer.connection
        words: Belonging | str | None
        if connection is not None:
            words, made_at = connection.words.get(buffer.info), connection.made_at
            if words is None:
                words = belonging(connection, buffer.info)
        else:
            is_seen = self.is_tracking and (verdict is None or not self._precedes_tracker(hook, function))
            words, made_at = unconnected_words(buffer.refused, buffer.is_untracked) if is_seen else "", -1
        namespace.trace.events.append((
            VerdictGiven, namespace.name, hook.label, packet, verdict, buffer.walks,
            entered.name if entered is not None else "", leaves.name if leaves is not None else "",
            None if after is packet else after, words, made_at))
        return verdict

    def _precedes_tracker(self, hook: Hook, function: HookFunction) -> bool:
        """Whether a packet that this function drops is nothing to the tracker yet, or for want of room there."""
        asked = self.functions[hook]
        return conntrack.track in asked[asked.index(function):]

    def ask_nat(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
        """The nat table's rules of the present hook, about a connection's first packet."""
        for chain in self._nat_chains.get(buffer.hook, ()):
            verdict = chain.ask(namespace, buffer)
            if verdict is not None or nat.is_settled_at(buffer.hook, buffer.connection):
                return verdict
        return None

    def buffer_of(self, packet: IPv4Packet, entered: Interface) -> SocketBuffer:
        """The buffer of a packet that came in."""
        handed, self.handed = self.handed, None
        if handed is not None and handed.packet is packet:
            return handed
        while entered.is_loopback and self.looped:
            buffer = self.looped.popleft()
            if buffer.packet is packet:
                return buffer
        return SocketBuffer(packet)

    def loop(self, buffer: SocketBuffer) -> None:
        """A packet leaves by `lo`: what is noted beside it comes in again with it."""
        if self.looped is None:
            self.looped = deque()
        self.looped.append(buffer)

    def holding(self, buffer: SocketBuffer | None, packet: IPv4Packet) -> SocketBuffer:
        """A buffer with the packet as it is now."""
        if buffer is None:
            return SocketBuffer(packet)
        buffer.packet = packet
        return buffer

    def gather(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> HookVerdict:
        """Keep fragments until the packet is whole (nf_defrag_ipv4)."""
        packet, entered, frame = buffer.packet, buffer.entered, buffer.frame
        if not (packet.mf or packet.offset) or entered is None or frame is None:
            return None
        if self._fragments is None:
            self._fragments = Reassembler(namespace, _timed_out)
        whole = self._fragments.add(entered, frame, packet)
        if whole is None:
            return Outcome.QUEUED
        if isinstance(whole, Dropped):
            return whole
        buffer.packet, buffer.largest_piece, buffer.pieces = whole, self._fragments.largest, self._fragments.sizes
        return None

    # -- what targets need

    def chance(self, namespace: NetworkNamespace) -> Stream:
        """What ports after a clash, and --mode random, are drawn from."""
        if self._stream is None:
            self._stream = namespace.chance.stream(f"{namespace.name}/netfilter")
        return self._stream

    def address_is_gone(self, interface: Interface, address: int | None) -> None:
        """Masqueraded connections end with the address that they borrowed, or with its interface (masq_inet_event)."""
        for connection in self.connections or ():
            if connection.masquerade == interface.index and address in (None, connection.reply.dst):
                assert self.connections is not None
                self.connections.forget(connection, "address gone")


def _tell_gone(namespace: NetworkNamespace, table: Table) -> None:
    """Rules were taken out: whatever is not back at once, or there a second time, is missing from now on."""
    present = set(table.rules())
    gone = tuple(dict.fromkeys(rule for rule in table.gone if rule not in present))
    table.gone.clear()
    if gone:
        namespace.record(RulesGone(namespace.name, table.label, gone))


def _priority(function: ChainFunction) -> int:
    return function.chain.priority


def _timed_out(interface: Interface, frame: Frame, first: IPv4Packet) -> None:
    """A packet that never became whole: its sender is told if it was for this host."""
    namespace = interface.namespace
    if namespace.routes.address_type(first.dst) == "local":
        namespace.fragments.on_timeout(interface, frame, first)


TRACKING: list[tuple[int, Hook, HookFunction]] = [
    (Priority.DEFRAGMENTATION, Hook.PREROUTING, conntrack.defragment),
    (Priority.TRACKING, Hook.PREROUTING, conntrack.track), (Priority.TRACKING, Hook.OUTPUT, conntrack.track),
    (Priority.CONFIRMATION, Hook.INPUT, conntrack.confirm),
    (Priority.CONFIRMATION, Hook.POSTROUTING, conntrack.confirm)]
"""What connection tracking hooks in."""
NAT: list[tuple[int, Hook, HookFunction]] = [
    (Priority.NAT_DESTINATION, Hook.PREROUTING, nat.translate),
    (Priority.NAT_DESTINATION, Hook.OUTPUT, nat.translate_own),
    (Priority.NAT_SOURCE, Hook.INPUT, nat.translate), (Priority.NAT_SOURCE, Hook.POSTROUTING, nat.translate)]
"""What the nat table hooks in while packets are tracked."""
