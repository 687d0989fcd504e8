"""`ip address` (ip/ipaddress.c): what addresses an interface has, and `ip link show`."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from netsandbox.commands.tools.context import Machine, ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.link_rows import address_row, brief_row, link_row
from netsandbox.commands.tools.ip.link_statistics import put_statistics
from netsandbox.commands.tools.ip.vrf import vrf_reader
from netsandbox.commands.tools.names import OtherNamespaces, device_reader, find_interface, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.rights import check_flush
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import ANY, Family, number, number_of, or_all, reader, scope_of
from netsandbox.commands.tools.words import Key, Words, asking, bare, flag, key, parse, refused
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.lifetime import FOREVER
from netsandbox.linux.netlink import address as requests
from netsandbox.wire.addresses import Network, is_multicast

COMMANDS = ("add*", "change*", "chg", "replace*", "delete*", "list*", "show*", "lst*", "flush*", "save*", "showdump*",
            "restore*", "help*")
FLAGS = {"secondary": 0x01, "temporary": 0x01, "nodad": 0x02, "optimistic": 0x04, "dadfailed": 0x08, "home": 0x10,
         "deprecated": 0x20, "tentative": 0x40, "permanent": 0x80, "mngtmpaddr": 0x100, "noprefixroute": 0x200,
         "autojoin": 0x400, "stable-privacy": 0x800}
"""IFA_F_…, and the words for them; an address of IPv4 has few."""
ABSENT = {"dynamic": FLAGS["permanent"], "primary": FLAGS["secondary"]}  # Words that ask for what has no such flag
WILDCARD = ("Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
            "         Explicitly specify the prefix length ({local}/32) to avoid this warning.\n"
            "         This special behaviour is likely to disappear in further releases,\n"
            "         fix your scripts!\n")
OF_IPV6 = ("home", "nodad", "mngtmpaddr", "optimistic")
READ_ONLY = ("secondary", "temporary", "dadfailed", "deprecated", "tentative", "permanent", "stable-privacy")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip address", arguments, COMMANDS, ("save", "showdump", "restore"))
    if command == "show":
        return show(context, words, style, is_link=False)
    if command == "flush":
        return flush(context.namespace, words, style)
    return modify(context, command, words, style.family)


# -- showing

class Filter:
    """Which interfaces and addresses to show or flush."""

    def __init__(self, namespace: NetworkNamespace, words: Words, family: str) -> None:
        self.family = family
        self.device: Interface | None = None
        self.set_flags = self.clear_flags = 0
        found = parse(words, (
            key("to", read=Family(family).prefix), key("scope", read=or_all(scope_of, 'invalid "scope"\n')),
            flag("up"), flag("down"),
            *(key(mark + name, read=self._flags(bits, bool(mark) is not (name in ABSENT)))
              for name, bits in (FLAGS | ABSENT).items() for mark in ("", "-")),
            key("label"), key("group", read=read_group), refused("proto", of="a filter"),
            key("master", read=device_reader(namespace)),
            key("vrf", name="master", read=vrf_reader(namespace, "Not a valid VRF name\n")),
            flag("nomaster"), key("type"), flag("novf"), asking(usage("ip address"))), bare("dev"))
        self.found: dict[str, Any] = found
        if "dev" in found:
            self.device = find_interface(namespace, found["dev"])
            if self.device is None:
                raise ToolError(1, f'Device "{found["dev"]}" does not exist.')
        if "to" in found:
            self.family = self.family or "inet"

    def _flags(self, bits: int, are_clear: bool) -> Callable[[Words], bool]:
        def read(_words: Words) -> bool:
            if are_clear:
                self.clear_flags |= bits
            else:
                self.set_flags |= bits
            return True
        return read

    def takes(self, interface: Interface) -> bool:
        found = self.found
        if ("up" in found and not interface.up) or ("down" in found and interface.up):
            return False
        if "nomaster" in found and interface.master is not None:
            return False
        kind = found.get("type")
        return self.is_told(interface) and found.get("group", interface.group) == interface.group and (
            kind != "bridge_slave" or interface.port is not None)

    def is_told(self, interface: Interface) -> bool:
        """Whether the kernel tells of it: what else is asked for iproute2 looks at itself, and with -j leaves {}."""
        found = self.found
        if (self.device or interface) is not interface or found.get("master", interface.master) is not interface.master:
            return False
        kind = found.get("type")
        return kind in (None, "bridge_slave") or (not interface.is_loopback and interface.kind == kind)

    def takes_address(self, interface: Interface, own: InterfaceAddress) -> bool:
        found = self.found
        flags = flags_of(own, interface.namespace.scheduler.now)
        if self.family in ("inet6", "link") or self.set_flags & ~flags or self.clear_flags & flags:
            return False
        if found.get("scope", "all") not in ("all", own.scope):
            return False
        if "to" in found and not _covers(found["to"], own.local):
            return False
        return "label" not in found or fnmatchcase(own.label or interface.name, found["label"])


def flags_of(own: InterfaceAddress, now: int) -> int:
    """What the kernel says of an address (ifa_flags)."""
    lifetime = own.lifetime
    return (FLAGS["secondary"] * own.secondary + FLAGS["permanent"] * (lifetime is None or lifetime.is_permanent)
            + FLAGS["deprecated"] * (lifetime is not None and lifetime.is_deprecated(now))
            + FLAGS["noprefixroute"] * (not own.makes_route) + FLAGS["autojoin"] * own.joins)


def _group(word: str) -> int | None:
    """rtnl_group_a2n, which takes what strtol gives for an int."""
    number = 0 if word == "default" else number_of(word)
    if number is None:
        return None
    group = (min(number, (1 << 63) - 1) + (1 << 31)) % (1 << 32) - (1 << 31)
    return None if group < 0 else group


read_group = reader(_group, 'Invalid "group" value\n')


def _covers(network: Network, address: int) -> bool:
    return address & network.mask == network.network


def show(context: ToolContext, words: Words, style: Style, is_link: bool) -> ToolResult:
    if is_link:
        style.family = "link"
    chosen = Filter(context.namespace, words, style.family)
    style.family = chosen.family
    rows = show_rows(context.namespace, context.machine, chosen, style, is_link)
    return ToolResult(0, render(rows, style), "")


def show_rows(namespace: NetworkNamespace, machine: Machine | None, chosen: Filter, style: Style,
              is_link: bool) -> list[Row]:
    rows: list[Row] = []
    others = OtherNamespaces(namespace, machine)
    for interface in in_order(namespace):
        own = [a for a in interface.addresses if chosen.takes_address(interface, a)]
        is_bare = not interface.addresses and chosen.family not in ("inet", "inet6")
        if not chosen.is_told(interface) or (not own and not is_bare and style.family != "link"):
            continue
        if not chosen.takes(interface):
            rows += [Row(style)] * style.json
            continue
        rows.append(_device_row(interface, own, others, style, is_link, "label" in chosen.found))
    return rows


def _device_row(interface: Interface, own: list[InterfaceAddress], others: OtherNamespaces, style: Style,
                is_link: bool, only_addresses: bool) -> Row:
    row = Row(style)
    with_addresses = style.family != "link"
    if only_addresses:
        pass
    elif style.brief:
        brief_row(row, interface, not with_addresses)
    elif not (style.oneline and with_addresses):
        link_row(row, interface, others, is_link)
    if not with_addresses:
        return row
    inner = []
    for address in own:
        part = Row(style)
        address_row(part, interface, address, bool(style.oneline))
        row.say(part.text)
        inner.append(part.members)
    row.note("addr_info", inner)
    if style.brief:
        row.say("\n")
    elif style.stats and not style.oneline:
        put_statistics(row, interface)
        row.say("\n")
    return row


def flush(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    """`ip addr flush`: round after round, so that what was promoted goes too."""
    if not words:
        raise ToolError(1, "Flush requires arguments.")
    chosen = Filter(namespace, words, style.family)
    out, rounds = "", 0
    while True:
        doomed = [(interface, own) for interface in in_order(namespace)
                  if chosen.device is None or interface is chosen.device
                  for own in interface.addresses if chosen.takes_address(interface, own)]
        if not doomed:
            break
        check_flush(doomed, 255)
        for interface, own in doomed:
            if own in interface.addresses:
                requests.remove(interface, own)
        rounds += 1
        out += f"\n*** Round {rounds}, deleting {len(doomed)} addresses ***\n"
        if "primary" in chosen.found:
            break
    out += f"*** Flush is complete after {rounds} round{'s' if rounds > 1 else ''} ***\n" if rounds else (
        "Nothing to flush.\n")
    return ToolResult(0, out if style.stats else "", "")


# -- changing

def modify(context: ToolContext, command: str, words: Words, family_name: str) -> ToolResult:
    """Add, change or delete an address; iproute2's warnings come before what is refused."""
    warnings: list[str] = []
    try:
        device, network = _modify(context.namespace, command, words, family_name, warnings)
    except KernelError as error:
        raise ToolError(2, "".join([*warnings, str(error)])) from None
    except ToolError as error:
        raise ToolError(error.code, "".join([*warnings, error.message])) from None
    is_new = command != "delete" and network is not None
    note = context.machine.make_room(context.namespace, device.name, network) if is_new else ""
    return ToolResult(0, "", "".join(warnings) + note)


def _modify(namespace: NetworkNamespace, command: str, words: Words, family_name: str,
            warnings: list[str]) -> tuple[Interface, Network | None]:
    found, local, network = _read(words, Family(family_name), warnings)
    if "dev" not in found:
        raise ToolError(1, 'Not enough information: "dev" argument is required.')
    exact = command != "delete" or "/" in local or "peer" in found or network is None
    if not exact:
        warnings.append(WILDCARD.format(local=local))
    device = interface_named(namespace, found["dev"])
    _check_lifetimes(found)
    if "autojoin" in found and not (network and is_multicast(network.address)):
        raise ToolError(1, "autojoin needs multicast address")
    if command == "delete":
        requests.delete(device, network, exact, found)
    else:
        requests.put(device, network, command, found)
    return device, network


def _read(words: Words, family: Family, warnings: list[str]) -> tuple[dict[str, Any], str, Network | None]:
    """What the keywords say; the address as it is written, and as it is meant: None for any."""
    def local(rest: Words) -> tuple[str, Network | None]:
        word = rest.next()
        return word, None if word in ANY else family.prefix_of(word)

    def warned(name: str) -> Key:
        why = "can be set only for IPv6 addresses" if name in OF_IPV6 else "is not mutable from userspace"
        return key(name, read=lambda _rest: warnings.append(f"Warning: {name} option {why}\n"))

    found = parse(words, (
        key("peer", "remote", read=family.prefix, once="peer"),
        key("broadcast*", "brd", read=_broadcast(family), once="broadcast"),
        key("scope", read=reader(scope_of, "invalid scope value.")), key("dev"), key("label"),
        key("metric*", "priority*", "preference*", read=number('"metric" value is invalid\n')),
        key("valid_lft*", read=_lifetime("valid_lft value")),
        key("preferred_lft*", read=_lifetime("preferred_lft value")),
        *(warned(name) for name in (*OF_IPV6, *READ_ONLY)),
        refused("anycast", of="an address", read=family.address),
        refused("proto", of="an address", read=number('"proto" value is invalid\n', 0, 255)),
        flag("noprefixroute"), flag("autojoin")), bare("local", local, usage=usage("ip address")))
    return found, *found.get("local", ("", None))


def _lifetime(complaint: str) -> Callable[[Words], int]:
    """set_lifetime: seconds, or `forever`."""
    def read(words: Words) -> int:
        if words.peek() != "forever":
            return number(f"{complaint}\n")(words)
        words.next()
        return FOREVER
    return read


def _check_lifetimes(found: dict[str, Any]) -> None:
    if found.get("valid_lft", FOREVER) == 0:
        raise ToolError(1, "valid_lft is zero")
    if found.get("valid_lft", FOREVER) < found.get("preferred_lft", FOREVER):
        raise ToolError(1, "preferred_lft is greater than valid_lft")


def _broadcast(family: Family) -> Callable[[Words], str | int]:
    def read(words: Words) -> str | int:
        return words.next() if words.peek() in ("+", "-") else family.address(words)
    return read
