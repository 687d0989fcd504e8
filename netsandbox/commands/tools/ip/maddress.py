"""`ip maddress` (ip/ipmaddr.c): the groups that an interface listens to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.groups import group_addresses, group_macs
from netsandbox.commands.tools.names import in_order, name_reader
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import mac_bytes
from netsandbox.commands.tools.words import USAGE, Words, bare, key, parse
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import STRERROR
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.wire.addresses import format_ipv4, format_mac

MAC_LENGTH = 6


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip maddr", arguments, ("add*", "delete*", "list*", "show*", "lst*", "help*"))
    if command == "show":
        return _show(context.namespace, words, style)
    _modify(context.namespace, command, words)
    return ToolResult(0, "", "")


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    device = parse(words, (), bare("dev")).get("dev", "")
    only = namespace.interfaces.get(device)
    rows = [_row(interface, style) for interface in in_order(namespace) if not device or interface is only]
    return ToolResult(0, render([row for row in rows if row.members["maddr"]], style), "")


def _row(interface: Interface, style: Style) -> Row:
    row = Row(style)
    row.put("ifindex", interface.index, f"{interface.index}:")
    row.put("ifname", interface.name, f"\t{interface.name}")
    again = f"{interface.index}:\t{interface.name}" if style.oneline else ""
    members: list[dict[str, Any]] = []
    for member, text in _members(interface, style.family):
        row.say(again if members else "")
        row.new_line()
        row.say(f"\t{text}")
        row.say("\n" if style.oneline else "")
        members.append(member)
    row.say("" if style.oneline else "\n")
    row.note("maddr", members)
    return row


def _members(interface: Interface, asked: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Each group that is listened to, as JSON and as text; of one family, if one was asked for."""
    if asked in ("", "link"):
        for mac, by_hand in group_macs(interface):
            yield ({"link": format_mac(mac)} | ({"static": None} if by_hand else {}),
                   f"link  {format_mac(mac)}{' static' if by_hand else ''}")
    for family, address in group_addresses(interface):
        if asked in ("", family):
            text = format_ipv4(address) if isinstance(address, int) else address
            yield {"family": family, "address": text}, f"{family:<5} {text}"


def _modify(namespace: NetworkNamespace, command: str, words: Words) -> None:
    found = parse(words, (key("dev", read=name_reader("dev"), once="dev"),),
                  key("address", read=lambda rest: mac_bytes(rest.next()), once="address"))
    address = found.get("address", [])
    if "dev" not in found:
        raise ToolError(USAGE, 'Not enough information: "dev" is required.')
    if len(address) != MAC_LENGTH:
        raise ToolError(1, f"Error: Invalid address length {len(address)} - must be {MAC_LENGTH} bytes")
    interface = namespace.interfaces.get(found["dev"])
    if interface is None:
        raise _failed("ENODEV")
    mac = int.from_bytes(bytes(address), "big")
    if command == "add":
        if mac in interface.group_macs:
            raise _failed("EEXIST")
        interface.group_macs += (mac,)
    elif mac in interface.group_macs:
        interface.group_macs = tuple(other for other in interface.group_macs if other != mac)
    else:
        raise _failed("ENOENT")


def _failed(errno: str) -> ToolError:
    return ToolError(1, f"ioctl: {STRERROR[errno]}")
