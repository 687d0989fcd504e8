"""`ip neighbour` (ip/ipneigh.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.route_words import protocol_of
from netsandbox.commands.tools.ip.vrf import vrf_reader
from netsandbox.commands.tools.names import device_reader, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.rights import check_flush
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import Family, address_of, mac_bytes, number_of, reader
from netsandbox.commands.tools.words import USAGE, Key, Words, bare, choose, flag, key, parse, refused, wrong
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import VALID, NudState
from netsandbox.linux.netlink import neighbour as requests
from netsandbox.wire.addresses import Network, format_ipv4, format_mac

COMMANDS = ("add*", "change*", "chg", "replace*", "delete*", "get*", "show*", "lst*", "list*", "flush*", "help*")
STATES = ("permanent*", "reachable*", "noarp", "none", "stale", "incomplete", "delay", "probe", "failed*")
BITS = {NudState.INCOMPLETE: 0x01, NudState.REACHABLE: 0x02, NudState.STALE: 0x04, NudState.DELAY: 0x08,
        NudState.PROBE: 0x10, NudState.FAILED: 0x20, NudState.NOARP: 0x40, NudState.PERMANENT: 0x80, NudState.NONE: 0}
FLAGS = ("router", "managed", "extern_learn")
NONE_ASKED = 0x100  # The bit that stands for entries without a state


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip neigh", arguments, COMMANDS)
    look = {"show": _show, "get": _get, "flush": _flush}.get(command)
    if look is not None:
        return look(context.namespace, words, style)
    _modify(context.namespace, command, words, style.family)
    return ToolResult(0, "", "")


# -- showing

FULL, BRIEF = ("%s ", "dev %s ", "lladdr %s "), ("%-39s ", "%-16s ", "%s")
"""An address, its device and its MAC, as they are printed."""


def neighbour_row(entry: Neighbour, style: Style, with_device: bool = True) -> Row:
    """print_neigh."""
    row = Row(style)
    device = entry.interface.name
    mac = link_address_text(entry) if entry.state in VALID else ""
    target, link, hardware = BRIEF if style.brief else FULL
    row.put("dst", format_ipv4(entry.address), target % format_ipv4(entry.address))
    if with_device:
        row.put("dev", device, link % device)
    if mac:
        row.put("lladdr", mac, hardware % mac)
    if style.brief:
        row.say("\n")
        return row
    for name in FLAGS:
        if name in entry.flags:
            row.put(name, None, f"{name} ")
    if style.stats:
        _put_ages(row, entry)
    if entry.state is not NudState.NONE:
        row.put("state", [entry.state.value], f"{entry.state.value} ")
    row.say("\n")
    return row


def _put_ages(row: Row, entry: Neighbour) -> None:
    """Seconds since it was used, confirmed and updated; a running timer holds a reference."""
    now = entry.interface.namespace.scheduler.now
    if entry.timer is not None and entry.timer.callback is not None:
        row.put("refcnt", 1, " ref 1")
    for name, when, text in (("used", entry.used, " used "), ("confirmed", entry.confirmed, "/"),
                             ("updated", entry.updated, "/")):
        seconds = (now - when) // SECOND
        row.put(name, seconds, f"{text}{seconds}")
    row.put("probes", entry.probes, f"probes {entry.probes} ")


def link_address_text(entry: Neighbour) -> str:
    """ll_addr_n2a."""
    return (format_ipv4 if entry.interface.link_address_size == 4 else format_mac)(entry.mac or 0)


def proxy_row(interface: Interface, proxied: int, style: Style, with_device: bool) -> Row:
    row = Row(style)
    row.put("dst", format_ipv4(proxied), f"{format_ipv4(proxied)} ")
    if with_device:
        row.put("dev", interface.name, f"dev {interface.name} ")
    row.put("proxy", None, "proxy ")
    row.say("\n")
    return row


class Filter:
    """Which entries to show or flush."""

    def __init__(self, namespace: NetworkNamespace, words: Words, flushes: bool, family: str) -> None:
        self.mask = (0xFFFFFFFF & ~0xC0) if flushes else 0xFF & ~BITS[NudState.NOARP]
        self.family = family
        self._flushes, self._state_given = flushes, False

        found = parse(words, (
            key("dev", once="dev"), key("master", read=device_reader(namespace)), flag("nomaster"),
            key("vrf", name="master", read=vrf_reader(namespace, "Not a valid VRF name\n")),
            flag("unused"), key("nud", read=self._read_state), flag("proxy"),
            refused("protocol*", of="a filter", read=_protocol)),
            key("to", read=Family(family).prefix, usage=usage("ip neigh")))
        self.found = found
        self.network: Network | None = found.get("to")
        self.device = interface_named(namespace, found["dev"]) if "dev" in found else None

    def _read_state(self, words: Words) -> int:
        word = words.next()
        if not self._state_given:
            self._state_given, self.mask = True, 0
        state = state_bits(word)
        if state is None and word != "all":
            raise wrong(word, "nud state is bad")
        if state is None:
            state = 0xFFFFFFFF & (~BITS[NudState.NOARP] if self._flushes else 0xFFFFFFFF)
        self.mask |= state or NONE_ASKED
        return self.mask

    def interfaces(self, namespace: NetworkNamespace) -> list[Interface]:
        found = [i for i in in_order(namespace) if self.device is None or i is self.device]
        master = self.found.get("master")
        if "nomaster" in self.found:
            return [i for i in found if i.master is None]
        return [i for i in found if master is None or i.master is master]

    def takes(self, entry: Neighbour) -> bool:
        bits = BITS[entry.state]
        in_state = bits & self.mask or (not bits and self.mask & NONE_ASKED)
        if not in_state and "extern_learn" not in entry.flags:
            return False
        if "unused" in self.found and entry.timer is not None:
            return False
        return self.covers(entry.address)

    def covers(self, where: int) -> bool:
        if self.family == "inet6":
            return False
        return self.network is None or where & self.network.mask == self.network.network


def state_bits(word: str) -> int | None:
    """nud_state_a2n: a state's bit by its name or number."""
    name = choose(word, STATES)
    if name is not None:
        return BITS[NudState(name.upper())]
    value = number_of(word)
    if value is None or value >= NONE_ASKED or value & (value - 1):
        return None
    return value


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    chosen = Filter(namespace, words, False, style.family)
    named = chosen.device is None
    if "proxy" in chosen.found:
        rows = [proxy_row(interface, proxied, style, named) for interface in chosen.interfaces(namespace)
                for name, proxied in sorted(namespace.proxies) if name == interface.name and chosen.covers(proxied)]
        return ToolResult(0, render(rows, style), "")
    rows = [neighbour_row(entry, style, named) for interface in chosen.interfaces(namespace)
            for entry in interface.neighbours.values() if chosen.takes(entry)]
    return ToolResult(0, render(rows, style), "")


def neighbour_json(namespace: NetworkNamespace, statistics: bool) -> list[dict[str, Any]]:
    """What `ip -j neigh` (with `-s`) gives, as Python objects."""
    style = Style(json=1, stats=int(statistics))
    chosen = Filter(namespace, Words([]), False, "")
    return [neighbour_row(entry, style).members for interface in in_order(namespace)
            for entry in interface.neighbours.values() if chosen.takes(entry)]


def _flush(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    if not words:
        raise ToolError(1, "Flush requires arguments.")
    chosen = Filter(namespace, words, True, style.family)
    doomed = [entry for interface in chosen.interfaces(namespace)
              for entry in interface.neighbours.values() if chosen.takes(entry)]
    check_flush(doomed, 1)
    namespace.scheduler.one_by_one(doomed, namespace.neighbours.delete)
    out = "Nothing to flush.\n" if not doomed else (
        f"\n*** Round 1, deleting {len(doomed)} entries ***\n*** Flush is complete after 1 round ***\n")
    return ToolResult(0, out if style.stats else "", "")


# -- changing and asking

def _read_target(words: Words, keys: tuple[Key, ...], complaint: str, code: int,
                 family: str) -> tuple[dict[str, Any], int, bool]:
    """ADDR or `proxy ADDR`, and the rest of the words: what they say, the address, and whether it is a proxy's."""
    def read(is_proxy: bool) -> Callable[[Words], tuple[int, bool]]:
        return lambda rest: (address_of(rest.next(), family or "any valid"), is_proxy)

    target = bare("to", read(False), usage=usage("ip neigh"))
    found = parse(words, (*keys, target._replace(spellings=("proxy*",), read=read(True)), key("dev")), target)
    address, is_proxy = found.get("to", (None, False))
    if address is None or ("dev" not in found and not is_proxy):
        raise ToolError(code, complaint)
    return found, address, is_proxy


def _modify(namespace: NetworkNamespace, command: str, words: Words, family: str) -> None:
    found, target, is_proxy = _read_target(words, (
        key("lladdr*", once="lladdr"), key("nud", read=_state), flag("router"), flag("use"), flag("managed"),
        flag("extern_learn*", name="extern_learn"), refused("protocol*", of="a neighbour", read=_protocol)),
        "Device and destination are required arguments.", USAGE, family)
    mac = mac_bytes(found["lladdr"]) if found.get("lladdr", "null") != "null" else None
    device = interface_named(namespace, found["dev"]) if "dev" in found else None
    if is_proxy:
        requests.change_proxy(namespace, device, target, command)
    elif device is None:
        raise KernelError("ENODEV")
    elif command == "delete":
        requests.delete(device, target)
    else:
        flags = frozenset(("use", *FLAGS)) & found.keys()
        usual = NudState.NONE if flags & {"use", "managed"} else NudState.PERMANENT
        requests.put(device, target, mac, found.get("nud", usual), command, flags)


_protocol = reader(protocol_of, '"protocol" value is invalid\n')


def _state(words: Words) -> NudState:
    word = words.next()
    bits = state_bits(word)
    if bits is None:
        raise wrong(word, "nud state is bad")
    return next(state for state, bit in BITS.items() if bit == bits)


def _get(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    found, target, is_proxy = _read_target(words, (), "Device and address are required arguments.", 1, style.family)
    device = interface_named(namespace, found["dev"]) if "dev" in found else None
    if is_proxy:
        if device is None or (device.name, target) not in namespace.proxies:
            raise KernelError("ENOENT", "Proxy neighbour entry not found")
        return ToolResult(0, render([proxy_row(device, target, style, True)], style), "")
    entry = device.neighbours.get(target) if device is not None else None
    if entry is None:
        raise KernelError("ENOENT", "Neighbour entry not found")
    return ToolResult(0, render([neighbour_row(entry, style)], style), "")
