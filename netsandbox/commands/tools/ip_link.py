"""`ip link` (ip/iplink.c): make, change, delete and show interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools import ip_address
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.ip_link_request import read_request
from netsandbox.commands.tools.names import home_of, interface_named, note_peer
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.linux.core import kind as kinds
from netsandbox.linux.netlink import link as requests

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.output import Style
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netlink.link import LinkRequest

COMMANDS = ("add*", "set*", "change*", "replace*", "delete*", "show*", "lst*", "list*", "xstats*", "afstats*",
            "property*", "help*")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip link", arguments, COMMANDS, ("xstats", "afstats", "property"))
    if command == "show":
        return ip_address.show(context, words, style, is_link=True)
    makes = command in ("add", "replace")
    request = read_request(context, words, makes)
    if makes:
        return _make(context, request)
    if command == "delete":
        _delete(context.namespace, request)
    else:
        _change(context, request)
    return ToolResult(0, "", "")


def _make(context: ToolContext, request: LinkRequest) -> ToolResult:
    if not request.type:
        raise ToolError(1, 'Not enough information: "type" argument is required')
    note = _make_room(context, request)
    requests.add(context.namespace, request, context.machine.new_mac)
    made = (request.namespace or context.namespace).interfaces.get(request.device)
    for end in (made, made.peer) if made is not None else ():
        if end is not None:
            note_peer(context.machine, end.namespace, home_of(end))
    kind = kinds.find(request.type)
    return ToolResult(0, "", note + (kind.warning(request.settings) if kind is not None else ""))


def _delete(namespace: NetworkNamespace, request: LinkRequest) -> None:
    if request.device or request.group is None:
        requests.delete(interface_named(namespace, request.device))
    else:
        requests.delete_group(namespace, request.group)


def _change(context: ToolContext, request: LinkRequest) -> None:
    if not request.device and request.group is not None:
        for interface in requests.members(context.namespace, request.group):
            requests.change(interface, request)
        return
    interface = interface_named(context.namespace, request.device)
    requests.change(interface, request)
    note_peer(context.machine, context.namespace, interface.namespace)
    note_peer(context.machine, interface.namespace, home_of(interface))


def _make_room(context: ToolContext, request: LinkRequest) -> str:
    """The sandbox's own card leaves its name to a new device, unless that is refused for another name as well."""
    home = request.namespace or context.namespace
    ends = [(home, request.device)]
    if request.settings.get("peer") is not None:
        peer = request.settings["peer"]
        ends.append((peer.namespace or context.namespace, peer.device))
    taken = [(namespace, name) for namespace, name in ends if name in namespace.interfaces]
    can_be_made = len(taken) == 1 and kinds.find(request.type) is not None
    return context.machine.make_room(*taken[0], None) if can_be_made else ""
