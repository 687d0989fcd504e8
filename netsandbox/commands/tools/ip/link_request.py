"""What `ip link add` and `ip link set` ask for, read from their words (ip/iplink.c iplink_parse)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import address
from netsandbox.commands.tools.ip.kind_words import read_settings
from netsandbox.commands.tools.ip.link_words import (
    A_DEVICE,
    EINVAL,
    NOT_MODELLED,
    lower_reader,
    namespace_reader,
    read_alias,
    read_index,
    switch,
)
from netsandbox.commands.tools.ip.vrf import vrf_reader
from netsandbox.commands.tools.names import MAX_OTHER_NAME, device_reader, interface_named, name_reader
from netsandbox.commands.tools.word_values import mac_bytes, number
from netsandbox.commands.tools.words import (
    ASKED,
    USAGE,
    Key,
    OfferedError,
    Words,
    asking,
    bare,
    duplicate,
    flag,
    key,
    on_or_off,
    parse,
)
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

MAC_LENGTH = 6


def read_request(context: ToolContext, words: Words, makes: bool, is_peer: bool = False) -> LinkRequest:
    """What one end is to be; for a veth the peer's part follows behind `type veth peer`.

    Args:
        makes: for a new device (`add`).

    Raises:
        ToolError: a word that does not belong there, or that is not modelled.
    """
    ends = _Ends(is_peer)
    found = parse(words, (*_keys(context, ends.take_type), asking(usage("ip link"))),
                  bare("dev", name_reader("dev", MAX_OTHER_NAME)))
    request = LinkRequest()
    _fill(request, found, found.get("dev", ""), makes)
    _check(context.namespace, request, makes, is_peer)
    request.mac = _checked(found["address"], makes) if "address" in found else []
    if "broadcast" in found:
        raise ToolError(1, f"netsandbox: broadcast of {A_DEVICE} is not modelled")
    if request.type:
        request.settings = _read_settings(context, request.type, ends.behind, makes)
    return request


def _keys(context: ToolContext, read_type: Callable[[Words], str]) -> tuple[Key, ...]:
    """In iproute2's order, as a short word means the first that it begins."""
    namespace = context.namespace
    return (
        flag("up"), flag("down"), key("name", read=name_reader("name"), once="name"),
        key("index", read=read_index, once="index"), key("link*", read=lower_reader(namespace)),
        key("address*", read=_mac_bytes),
        key("mtu", read=number('Invalid "mtu" value\n', -(1 << 31), (1 << 31) - 1), once="mtu"),
        key("txqueuelen*", "qlen", "txqlen*", read=number('Invalid "txqueuelen" value\n'), once="txqueuelen"),
        key("alias*", read=read_alias), key("group", read=address.read_group, once="group"),
        key("netns", read=namespace_reader(context), once="netns"), switch("promisc"), switch("arp"),
        switch("multicast"), switch("allmulticast"), switch("trailers"), switch("dynamic*"),
        on_or_off("carrier", EINVAL), on_or_off("protodown", EINVAL),
        key("master*", read=device_reader(namespace)), flag("nomaster*"),
        key("vrf", name="master", read=vrf_reader(namespace, "Not a valid VRF name\n")),
        key("type*", read=read_type), key("broadcast*", "brd", name="broadcast", read=_mac_bytes), *NOT_MODELLED)


def _mac_bytes(words: Words) -> list[int]:
    return mac_bytes(words.next())


class _Ends:
    """What stands behind the type (behind: the words that the kind of device reads)."""

    def __init__(self, is_peer: bool) -> None:
        self.is_peer = is_peer
        self.behind = Words([])

    def take_type(self, rest: Words) -> str:
        kind = rest.next()
        if self.is_peer:
            raise duplicate("type", kind)
        if kind == ASKED:
            raise OfferedError([one.name for one in kinds.all_kinds()])
        self.behind = Words(rest.rest())
        return kind


def _fill(request: LinkRequest, found: dict[str, Any], device: str, makes: bool) -> None:
    """Take over what was read; of `up` and `down` the later one counts."""
    request.device = device or found.get("name", "")
    request.new_name = found.get("name", "") if device or makes else ""
    request.type = found.get("type", "")
    request.mtu, request.arp, request.promisc = found.get("mtu"), found.get("arp"), found.get("promisc")
    request.flags = {
        "MULTICAST": found.get("multicast"), "ALLMULTI": found.get("allmulticast"), "DYNAMIC": found.get("dynamic"),
        "carrier": found.get("carrier"), "protodown": found.get("protodown"),
        "NOTRAILERS": not found["trailers"] if "trailers" in found else None}
    request.queue_length = found.get("txqueuelen")
    request.index = found.get("index")
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
    if request.index is not None and request.namespace is not None:
        raise ToolError(1, f"netsandbox: index of {A_DEVICE} is not modelled")
    if request.index is not None:
        raise ToolError(USAGE, "index can be used only when creating devices or when moving device to another netns.")
    if not is_peer and not request.device and request.group is not None:
        return
    if not is_peer and not request.device:
        raise ToolError(USAGE, 'Not enough information: "dev" argument is required.')
    interface_named(namespace, request.device)


def _checked(mac: list[int], makes: bool) -> list[int]:
    """It is measured last: `ip link set a down` has no device, as its `a` is short for address."""
    if len(mac) != MAC_LENGTH:
        raise ToolError(2, str(KernelError("EINVAL"))) if makes else ToolError(
            1, f"Invalid address length {len(mac)} - must be {MAC_LENGTH} bytes")
    return mac


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
