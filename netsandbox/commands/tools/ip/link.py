"""`ip link` (ip/iplink.c): make, change, delete and show interfaces."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import address
from netsandbox.commands.tools.ip.kind_words import usage_of
from netsandbox.commands.tools.ip.link_request import read_request
from netsandbox.commands.tools.names import MAX_OTHER_NAME, home_of, interface_named, is_valid_name, note_peer
from netsandbox.commands.tools.output import Style
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import USAGE, Words, bare, choose, key, parse, wrong
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest
from netsandbox.linux.netlink.names import add_altname, delete_altname

COMMANDS = ("add*", "set*", "change*", "replace*", "delete*", "show*", "lst*", "list*", "xstats*", "afstats*",
            "property*", "help*")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    asked = kinds.find(arguments[1]) if arguments[:1] == ["help"] and len(arguments) > 1 else None
    if asked is not None:
        return ToolResult(0, usage_of(asked) + "\n", "")
    command, words = subcommand("ip link", arguments, COMMANDS, ("xstats", "afstats"))
    if command == "property":
        return _set_names(context, words)
    if command == "show":
        return address.show(context, words, style, is_link=True)
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


def _set_names(context: ToolContext, words: Words) -> ToolResult:
    """iplink_property: more names for a device (iplink_prop.c)."""
    if not words:
        raise usage("ip link")
    command = choose(words.next(), ("add*", "delete*"))
    if command is None:
        raise ToolError(USAGE, "Operator required")
    found = parse(words, (key("altname*", read=_altname_reader()),), bare("dev"))
    if "dev" not in found:
        raise ToolError(USAGE, 'Not enough of information: "dev" argument is required.')
    interface = interface_named(context.namespace, found["dev"])
    for name in found.get("altname", ()):
        (add_altname if command == "add" else delete_altname)(interface, name)
    return ToolResult(0, "", "")


def _altname_reader() -> Callable[[Words], list[str]]:
    """Reads one name more: all that there are so far."""
    names: list[str] = []

    def read(words: Words) -> list[str]:
        word = words.next()
        if not is_valid_name(word, MAX_OTHER_NAME):
            raise wrong(word, "not a valid altname")
        names.append(word)
        return names
    return read


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
