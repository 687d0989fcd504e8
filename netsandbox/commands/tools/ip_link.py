"""`ip link` (ip/iplink.c): make, change, delete and show interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools import ip_address
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.kind_words import read_settings
from netsandbox.commands.tools.names import MAX_OTHER_NAME, find_interface, interface_named, is_valid_name
from netsandbox.commands.tools.words import (
    ASKED,
    USAGE,
    OfferedError,
    Words,
    choose,
    duplicate,
    flag,
    garbage,
    key,
    mac_bytes,
    number,
    number_of,
    parse,
    wrong,
)
from netsandbox.linux.core import kind as kinds
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.output import Style
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

COMMANDS = ("add*", "set*", "change*", "replace*", "delete*", "show*", "lst*", "list*", "xstats*", "afstats*",
            "property*", "help*")
MAC_LENGTH = 6
NOT_MODELLED = {
    "broadcast": "broadcast addresses other than ff:ff:ff:ff:ff:ff are", "txqueuelen": "transmit queues are",
    "multicast": "IFF_MULTICAST is", "allmulticast": "IFF_ALLMULTI is",
    "trailers": "trailers are", "carrier": "a carrier by hand is", "protodown": "protodown is",
    "dynamic": "IFF_DYNAMIC is", "alias": "aliases are", "group": "groups of devices are", "mode": "link modes are",
    "state": "an operstate by hand is", "addrgenmode": "IPv6 is",
    "link-netns": "stacked devices are", "link-netnsid": "stacked devices are", "parentdev": "parent devices are",
    "index": "an interface index by hand is"}


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command = choose(arguments[0], COMMANDS) if arguments else "show"
    words = Words(arguments[1:])
    if command in ("show", "lst", "list"):
        return ip_address.show(context, words, style, is_link=True)
    if command == "help":
        raise usage("link")
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "ip link help".')
    if command in ("xstats", "afstats", "property"):
        raise ToolError(1, f"netsandbox: `ip link {command}` is not modelled")
    makes = command in ("add", "replace")
    request = read_request(context, words, makes)
    if makes:
        if not request.type:
            raise ToolError(1, 'Not enough information: "type" argument is required')
        note = _make_room(context, request)
        requests.add(context.namespace, request, context.machine.new_mac)
        kind = kinds.find(request.type)
        return ToolResult(0, "", note + (kind.warning(request.settings) if kind is not None else ""))
    if command == "delete":
        requests.delete(interface_named(context.namespace, request.device))
    else:
        requests.change(interface_named(context.namespace, request.device), request)
    return ToolResult(0, "", "")


def _make_room(context: ToolContext, request: LinkRequest) -> str:
    """The sandbox's own card leaves its name to a new device, unless that is refused for another name as well."""
    home = request.namespace or context.namespace
    ends = [(home, request.device)]
    if request.settings.get("peer") is not None:
        ends.append((request.settings["peer"].namespace or home, request.settings["peer"].device))
    taken = [(namespace, name) for namespace, name in ends if name in namespace.interfaces]
    can_be_made = len(taken) == 1 and kinds.find(request.type) is not None
    return context.machine.make_room(*taken[0], None) if can_be_made else ""


# -- reading a request

def read_request(context: ToolContext, words: Words, makes: bool, is_peer: bool = False) -> LinkRequest:
    """iplink_parse: what one end is to be; for a veth the peer's part follows behind `type veth peer`."""
    namespace = context.namespace
    request = LinkRequest()
    device = ""

    def other(word: str, rest: Words) -> None:
        nonlocal device
        if word and "help".startswith(word):
            raise usage("link")
        if word == "dev":
            word = rest.next()
        if device:
            raise garbage("dev", word)
        if not is_valid_name(word, MAX_OTHER_NAME):
            raise wrong(word, '"dev" not a valid ifname')
        device = word

    def take_type(rest: Words) -> str:
        kind = rest.next()
        if is_peer:
            raise duplicate("type", kind)
        if kind == ASKED:
            raise OfferedError([one.name for one in kinds.all_kinds()])
        request.settings = _read_settings(context, kind, rest, makes)
        return kind

    found = parse(words, (
        flag("up"), flag("down"), key("name", read=_name, once="name"), key("index", read=_index, once="index"),
        key("link*", read=_lower(namespace)), key("address*", read=lambda rest: mac_bytes(rest.next())),
        key("broadcast*", "brd"),
        key("txqueuelen*", "qlen", "txqlen*", read=number('Invalid "txqueuelen" value\n'), once="txqueuelen"),
        key("mtu", read=number('Invalid "mtu" value\n', -(1 << 31), (1 << 31) - 1), once="mtu"),
        key("netns", read=_namespace(context), once="netns"), *(_switch(name) for name in (
            "multicast", "allmulticast", "promisc", "trailers", "arp", "carrier", "protodown")),
        key("master*", read=_master(namespace)), flag("nomaster*"), _switch("dynamic*"),
        key("type*", read=take_type), key("alias*"), key("group"), key("mode"), key("state"), key("numtxqueues*"),
        key("numrxqueues*"), key("addrgenmode*"), key("link-netns*"), key("link-netnsid*"), key("parentdev"),
    ), other)
    _fill(request, found, device, makes)
    _check(namespace, request, makes, is_peer)
    return request


def _fill(request: LinkRequest, found: dict[str, Any], device: str, makes: bool) -> None:
    """Take over what was read; of `up` and `down` the later one counts."""
    for name, what in NOT_MODELLED.items():
        if name in found:
            raise ToolError(1, f"netsandbox: {what} not modelled (ip link … {name})")
    request.device = device or found.get("name", "")
    request.new_name = found.get("name", "") if device or makes else ""
    request.type = found.get("type", "")
    request.mac = found.get("address", [])
    request.mtu, request.arp, request.promisc = found.get("mtu"), found.get("arp"), found.get("promisc")
    switches = [name for name in found if name in ("up", "down")]
    request.up = None if not switches else switches[-1] == "up"
    request.master, request.leaves_master = found.get("master"), "nomaster" in found
    request.namespace, request.lower = found.get("netns"), found.get("link")


def _check(namespace: NetworkNamespace, request: LinkRequest, makes: bool, is_peer: bool) -> None:
    if makes:
        if request.new_name and request.device and request.new_name != request.device:
            raise ToolError(USAGE, 'both "name" and "dev" cannot be used when creating devices.')
        return
    if request.mac and find_interface(namespace, request.device) and len(request.mac) != MAC_LENGTH:
        raise ToolError(1, f"Invalid address length {len(request.mac)} - must be {MAC_LENGTH} bytes")
    if not is_peer and not request.device:
        raise ToolError(USAGE, 'Not enough information: "dev" argument is required.')
    interface_named(namespace, request.device)


def _read_settings(context: ToolContext, name: str, words: Words, makes: bool) -> dict[str, Any]:
    """What follows `type KIND`."""
    stem, slave, _ = name.partition("_slave")
    kind = kinds.find(stem)
    if kind is not None and slave and kind.slave_attributes is None:
        kind = None
    if kind is not None:
        return read_settings(kind, bool(slave), words, context.namespace,
                             lambda rest: read_request(context, rest, makes, is_peer=True), makes)
    if name in requests.OTHER_TYPES:
        raise requests.unmodelled(name)
    if words:
        raise ToolError(1, f'Garbage instead of arguments "{words.next()} ...". Try "ip link help".')
    return {}


# -- readers

def _name(words: Words) -> str:
    word = words.next()
    if not is_valid_name(word):
        raise wrong(word, '"name" not a valid ifname')
    return word


def _index(words: Words) -> int:
    word = words.next()
    value = number_of(word) or 0
    if value <= 0:
        raise wrong(word, 'Invalid "index" value')
    return value


def _switch(spelling: str) -> Any:
    name = spelling.rstrip("*")

    def read(words: Words) -> bool:
        word = words.next()
        if word not in ("on", "off"):
            raise ToolError(1, f'Error: argument of "{name}" must be "on" or "off", not "{word}"')
        return word == "on"
    return key(spelling, read=read)


def _master(namespace: NetworkNamespace) -> Callable[[Words], Interface]:
    def read(words: Words) -> Interface:
        word = words.next()
        master = find_interface(namespace, word)
        if master is None:
            raise wrong(word, "Device does not exist\n")
        return master
    return read


def _lower(namespace: NetworkNamespace) -> Callable[[Words], Interface]:
    def read(words: Words) -> Interface:
        word = words.next()
        lower = find_interface(namespace, word)
        if lower is None:
            raise ToolError(1, f'Cannot find device "{word}"')
        return lower
    return read


def _namespace(context: ToolContext) -> Callable[[Words], NetworkNamespace]:
    def read(words: Words) -> NetworkNamespace:
        word = words.next()
        pid = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0
        found = context.machine.namespace_named(word) or context.machine.namespace_of_pid(pid)
        if found is None:
            raise wrong(word, 'Invalid "netns" value\n')
        return found
    return read


