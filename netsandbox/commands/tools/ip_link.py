"""`ip link` (ip/iplink.c): make, change, delete and show interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.commands.tools import ip_address
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip_vrf import vrf_reader
from netsandbox.commands.tools.kind_words import read_settings
from netsandbox.commands.tools.names import (
    MAX_OTHER_NAME,
    device_reader,
    find_interface,
    interface_named,
    is_valid_name,
    name_reader,
)
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import (
    ASKED,
    USAGE,
    Key,
    OfferedError,
    Words,
    duplicate,
    flag,
    garbage,
    key,
    mac_bytes,
    number,
    number_of,
    on_or_off,
    parse,
    reader,
    refused,
    wrong,
)
from netsandbox.linux.core import kind as kinds
from netsandbox.linux.core.errors import KernelError
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
A_DEVICE = "a device"


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip link", arguments, COMMANDS, ("xstats", "afstats", "property"))
    if command == "show":
        return ip_address.show(context, words, style, is_link=True)
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
        if request.device or request.group is None:
            requests.delete(interface_named(context.namespace, request.device))
        else:
            requests.delete_group(context.namespace, request.group)
    elif request.device or request.group is None:
        requests.change(interface_named(context.namespace, request.device), request)
    else:
        for interface in requests.members(context.namespace, request.group):
            requests.change(interface, request)
    return ToolResult(0, "", "")


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


# -- reading a request

def read_request(context: ToolContext, words: Words, makes: bool, is_peer: bool = False) -> LinkRequest:
    """iplink_parse: what one end is to be; for a veth the peer's part follows behind `type veth peer`."""
    namespace = context.namespace
    request = LinkRequest()
    device, behind = "", Words([])

    def other(word: str, rest: Words) -> None:
        nonlocal device
        if word and "help".startswith(word):
            raise usage("ip link")
        if word == "dev":
            word = rest.next()
        if device:
            raise garbage("dev", word)
        if not is_valid_name(word, MAX_OTHER_NAME):
            raise wrong(word, '"dev" not a valid ifname')
        device = word

    def take_type(rest: Words) -> str:
        nonlocal behind
        kind = rest.next()
        if is_peer:
            raise duplicate("type", kind)
        if kind == ASKED:
            raise OfferedError([one.name for one in kinds.all_kinds()])
        behind = Words(rest.rest())
        return kind

    found = parse(words, (
        flag("up"), flag("down"), key("name", read=name_reader("name"), once="name"),
        refused("index", of=A_DEVICE, read=_index), key("link*", read=_lower(namespace)),
        key("address*"),
        key("mtu", read=number('Invalid "mtu" value\n', -(1 << 31), (1 << 31) - 1), once="mtu"),
        key("txqueuelen*", "qlen", "txqlen*", read=number('Invalid "txqueuelen" value\n'), once="txqueuelen"),
        key("alias*", read=_alias), key("group", read=ip_address.read_group, once="group"),
        key("netns", read=_namespace(context), once="netns"),
        *(_switch(name) for name in ("promisc", "arp")),
        key("master*", read=device_reader(namespace)), flag("nomaster*"),
        key("vrf", name="master", read=vrf_reader(namespace, "Not a valid VRF name\n")),
        key("type*", read=take_type), *NOT_MODELLED), other)
    _fill(request, found, device, makes)
    _check(namespace, request, makes, is_peer)
    request.mac = _mac(found["address"], makes) if "address" in found else []
    if "broadcast" in found:
        raise ToolError(1, f"netsandbox: broadcast of {A_DEVICE} is not modelled")
    if request.type:
        request.settings = _read_settings(context, request.type, behind, makes)
    return request


def _fill(request: LinkRequest, found: dict[str, Any], device: str, makes: bool) -> None:
    """Take over what was read; of `up` and `down` the later one counts."""
    request.device = device or found.get("name", "")
    request.new_name = found.get("name", "") if device or makes else ""
    request.type = found.get("type", "")
    request.mtu, request.arp, request.promisc = found.get("mtu"), found.get("arp"), found.get("promisc")
    request.queue_length = found.get("txqueuelen")
    request.alias, request.group = found.get("alias"), found.get("group")
    switches = [name for name in found if name in ("up", "down")]
    request.up = None if not switches else switches[-1] == "up"
    request.master, request.leaves_master = found.get("master"), "nomaster" in found
    request.namespace, request.lower = found.get("netns"), found.get("link")


def _check(namespace: NetworkNamespace, request: LinkRequest, makes: bool, is_peer: bool) -> None:
    if makes:
        if request.new_name and request.device and request.new_name != request.device:
            raise ToolError(USAGE, 'both "name" and "dev" cannot be used when creating devices.')
        if request.group is not None and not request.device and not is_peer:
            raise ToolError(USAGE, "group cannot be used when creating devices.")
        return
    if not is_peer and not request.device and request.group is not None:
        return
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


# -- what is read, and not modelled

def _number(spelling: str, *others: str) -> Key:
    name = spelling.rstrip("*")
    return refused(spelling, *others, of=A_DEVICE, read=number(f'Invalid "{name}" value\n'))


def _one_of(complaint: str, *choices: str) -> Callable[[Words], str]:
    def read(words: Words) -> str:
        word = words.next()
        if word.lower() not in choices and not number_of(word):
            raise wrong(word, complaint)
        return word
    return read


def _reason(words: Words) -> tuple[int, bool]:
    word = words.next()
    bit = number_of(word)
    if bit is None or not 0 <= bit < 32:
        raise wrong(word, "invalid protodown reason\n")
    return bit, _switch("protodown_reason").read(words)


def _immediately(name: str) -> Key:
    """What has a grammar of its own."""
    def read(_words: Words) -> None:
        raise ToolError(1, f"netsandbox: {name} of {A_DEVICE} is not modelled")
    return key(name, read=read)


# -- readers

def _mac(word: str, makes: bool) -> list[int]:
    """It is read last: `ip link set a down` has no device, as its `a` is short for address."""
    mac = mac_bytes(word)
    if len(mac) != MAC_LENGTH:
        raise ToolError(2, str(KernelError("EINVAL"))) if makes else ToolError(
            1, f"Invalid address length {len(mac)} - must be {MAC_LENGTH} bytes")
    return mac


def _index(words: Words) -> int:
    word = words.next()
    value = number_of(word) or 0
    if value <= 0:
        raise wrong(word, 'Invalid "index" value')
    return value


def _alias(words: Words) -> str:
    word = words.next()
    if len(word.encode()) > requests.MAX_ALIAS:
        raise wrong(word, "alias too long\n")
    return word


def _switch(spelling: str) -> Any:
    name = spelling.rstrip("*")

    def read(words: Words) -> bool:
        word = words.next()
        if word not in ("on", "off"):
            raise ToolError(1, f'Error: argument of "{name}" must be "on" or "off", not "{word}"')
        return word == "on"
    return key(spelling, read=read)


def _lower(namespace: NetworkNamespace) -> Callable[[Words], Interface]:
    def read(words: Words) -> Interface:
        word = words.next()
        lower = find_interface(namespace, word)
        if lower is None:
            raise ToolError(1, f'Cannot find device "{word}"')
        return lower
    return read


EINVAL = 22
NOT_MODELLED = (
    key("broadcast*", "brd", name="broadcast", read=lambda words: mac_bytes(words.next())),
    _number("numtxqueues*"), _number("numrxqueues*"),
    *(_number(name) for name in ("gso_max_size", "gso_max_segs", "gro_max_size", "gso_ipv4_max_size",
                                 "gro_ipv4_max_size")),
    *(_switch(name)._replace(refusal=f"netsandbox: {name.rstrip('*')} of {A_DEVICE} is not modelled")
      for name in ("multicast", "allmulticast", "trailers", "protodown", "dynamic*")),
    refused("carrier", of=A_DEVICE, read=on_or_off("carrier", EINVAL).read),
    refused("protodown_reason", of=A_DEVICE, read=_reason),
    refused("mode", of=A_DEVICE, read=_one_of("Invalid link mode\n", "default", "dormant")),
    refused("state", of=A_DEVICE, read=_one_of("Invalid operstate\n", "unknown", "notpresent", "down",
                                               "lowerlayerdown", "testing", "dormant", "up")),
    refused("addrgenmode*", of=A_DEVICE, read=_one_of("Invalid address generation mode\n", "eui64", "none",
                                                      "stable_secret", "random")),
    refused("link-netns*", of=A_DEVICE), refused("link-netnsid*", of=A_DEVICE), refused("parentdev", of=A_DEVICE),
    *(_immediately(name) for name in ("vf", "xdp", "xdpgeneric", "xdpdrv", "xdpoffload")))
"""Words of iplink_parse that change nothing here, and say so."""


def _namespace(context: ToolContext) -> Callable[[Words], NetworkNamespace]:
    def find(word: str) -> NetworkNamespace | None:
        pid = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0
        return context.machine.namespace_named(word) or context.machine.namespace_of_pid(pid)
    return reader(find, 'Invalid "netns" value\n')


