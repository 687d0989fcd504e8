"""recent: addresses that were seen lately, in tables that rules share by name (xt_recent.c)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Given, ImpossibleError, Match, Option, UsageError, number, quoted
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.rule import Rule
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4

MOST_ADDRESSES = 100  # ip_list_tot: of one table; the one that was seen longest ago goes
USUAL_STAMPS = 32
MOST_HITS = 65535
ACTIONS = ("--set", "--rcheck", "--update", "--remove")
TICK = SECOND // 250
FIRST_TICK = (1 << 32) - 300 * 250  # INITIAL_JIFFIES


class Entry(NamedTuple):
    """What is remembered of an address: the last TTL, when its last packets came, and how many came."""

    ttl: int
    stamps: tuple[int, ...]
    seen: int


class RecentTable:
    """What the rules with one name remember; the first of them says which part of an address counts."""

    __slots__ = ("entries", "mask", "stamps")

    def __init__(self, mask: int) -> None:
        self.mask = mask
        self.stamps = 0  # how many packets of an address are remembered; a rule that asks for more hits raises it
        self.entries: dict[int, Entry] = {}  # by address, the one that was seen longest ago first

    def note(self, address: int, ttl: int, now: int) -> None:
        """recent_entry_init and recent_entry_update."""
        known = self.entries.pop(address, None) or Entry(ttl, (), 0)
        if len(self.entries) >= MOST_ADDRESSES:
            del self.entries[next(iter(self.entries))]
        self.entries[address] = Entry(ttl, (*known.stamps, now)[-self.stamps:], known.seen + 1)

    def reap(self, since: int) -> None:
        """recent_entry_reap: only the one that was seen longest ago is looked at."""
        first = next(iter(self.entries), None)
        if first is not None and self.entries[first].stamps[-1] < since:
            del self.entries[first]

    def lines(self) -> str:
        """As /proc/net/xt_recent/NAME has it: the stamps are a ring, and `oldest_pkt` is where the next one goes."""
        text = ""
        for address, entry in self.entries.items():
            ticks = [FIRST_TICK + stamp // TICK for stamp in entry.stamps]
            at = (entry.seen - 1) % self.stamps + 1
            ring = ", ".join(str(tick) for tick in (*ticks[-at:], *ticks[:-at]))
            text += f"src={format_ipv4(address)} ttl: {entry.ttl} last_seen: {ticks[-1]} oldest_pkt: {at} {ring}\n"
        return text


def kept(tables: dict[str, RecentTable], rules: Iterable[Rule]) -> dict[str, RecentTable]:
    """The tables that rules name; new ones are empty, and one that must remember more forgets."""
    found: dict[str, RecentTable] = {}
    for match in (match for rule in rules for match in rule.matches if isinstance(match, Recent)):
        name = match.value("--name")
        table = found[name] = found.get(name) or tables.get(name) or RecentTable(match.value("--mask"))
        hits = match.value("--hitcount")
        stamps = 1 << (hits - 1).bit_length() if hits else USUAL_STAMPS
        if stamps > table.stamps:
            table.stamps, table.entries = stamps, {}
    return found


def read_netmask(text: str) -> int:
    try:
        return parse_ipv4(text)
    except AddressError:
        raise UsageError(f"recent: Bad value for \"--mask\" option: \"{text}\"") from None


class Recent(Match):
    """Addresses that were seen lately."""

    name = "recent"
    options = (Option("--set", excludes=("--rcheck", "--update", "--remove")),
               Option("--rcheck", excludes=("--update", "--remove")), Option("--update", excludes=("--remove",)),
               Option("--remove"),
               Option("--seconds", number(1, 0xFFFFFFFF), can_negate=False), Option("--reap", can_negate=False),
               Option("--hitcount", number(0, 0xFFFFFFFF), can_negate=False),
               Option("--rttl", can_negate=False, excludes=("--set", "--remove")),
               Option("--name", str, quoted, can_negate=False), Option("--mask", read_netmask, format_ipv4,
                                                                      can_negate=False),
               Option("--rsource", can_negate=False), Option("--rdest", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if sum(flag in given for flag in ACTIONS) != 1:
            raise UsageError("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'")
        if "--reap" in given and "--seconds" not in given:
            raise UsageError('recent: option "--reap" also requires "--seconds".\n')
        given.setdefault("--name", Given(False, "DEFAULT"))
        given.setdefault("--mask", Given(False, Network(0, 32).mask))
        if "--rdest" not in given:
            given["--rsource"] = Given(False, None)
        hits = given.get("--hitcount", Given(False, 0)).value
        if not hits:
            given.pop("--hitcount", None)
        asks = "--rcheck" in given or "--update" in given
        if hits > MOST_HITS or not given["--name"].value or (not asks and (hits or "--seconds" in given)):
            raise ImpossibleError("EINVAL")

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        action = next(flag for flag in ACTIONS if flag in self.given)
        negated, now, ttl = self.given[action].negated, namespace.scheduler.now, _first_ttl(buffer)
        table, address = self._place(namespace, buffer)
        entry = table.entries.get(address)
        if action == "--set":
            table.note(address, ttl, now)
            return not negated
        if entry is None or ("--rttl" in self.given and entry.ttl != ttl):
            return negated
        if action == "--remove":
            del table.entries[address]
            return not negated
        since = now - (self.value("--seconds") or 0) * SECOND
        hits = sum(stamp >= since for stamp in entry.stamps) if "--seconds" in self.given else len(entry.stamps)
        found = (hits >= (self.value("--hitcount") or 1)) is not negated
        updates = action == "--update" and found
        if "--reap" in self.given and not (updates and next(iter(table.entries)) == address):
            table.reap(since)
        if updates:
            table.note(address, ttl, now)
        return found

    def _place(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> tuple[RecentTable, int]:
        table: RecentTable = namespace.netfilter.recent[self.value("--name")]
        return table, (buffer.packet.dst if "--rdest" in self.given else buffer.packet.src) & table.mask

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        table, address = self._place(namespace, buffer)
        entry = table.entries.get(address)
        return f"{format_ipv4(address)}: {len(entry.stamps) if entry is not None else 0} hits"

    def listed(self, _numeric: bool) -> str:
        names = {"--set": "SET", "--rcheck": "CHECK", "--update": "UPDATE", "--remove": "REMOVE"}
        action = next(flag for flag in ACTIONS if flag in self.given)
        text = f"{' !' * self.given[action].negated} recent: {names[action]}"
        for flag, name in (("--seconds", " seconds: "), ("--reap", " reap"), ("--hitcount", " hit_count: "),
                           ("--rttl", " TTL-Match")):
            text += f"{name}{self.value(flag) or ''}" if flag in self.given else ""
        side = "dest" if "--rdest" in self.given else "source"
        return f"{text} name: {self.value('--name')} side: {side} mask: {format_ipv4(self.value('--mask'))}"


def _first_ttl(buffer: SocketBuffer) -> int:
    """The TTL before this host forwarded the packet."""
    return buffer.packet.ttl + (buffer.entered is not None and buffer.leaves is not None)


MATCHES: tuple[type[Match], ...] = (Recent,)
