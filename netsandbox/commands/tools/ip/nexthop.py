"""`ip nexthop` (ip/ipnexthop.c): next hops that have numbers of their own, and groups of them."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.nexthop_row import put_nexthop
from netsandbox.commands.tools.ip.route_words import protocol_of
from netsandbox.commands.tools.names import device_reader
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.rights import check_flush
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import Family, number, number_of, reader
from netsandbox.commands.tools.words import Words, asking, flag, key, parse, unknown, wrong
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.nexthop_object import NextHop
from netsandbox.linux.netlink import nexthop as requests
from netsandbox.linux.netlink.nexthop import NextHopRequest

COMMANDS = ("add*", "replace*", "delete*", "list*", "show*", "lst*", "get*", "flush*", "bucket*", "help*")
NOT_MODELLED = ("encap", "fdb", "hw_stats", "buckets", "idle_timer", "unbalanced_timer", "master", "vrf")
HEAVIEST = 65536


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    (command, words), namespace = subcommand("ip nexthop", arguments, COMMANDS), context.namespace
    if command == "bucket":
        raise ToolError(1, "netsandbox: `ip nexthop bucket` is not modelled: groups are of type mpath here")
    if command in ("show", "flush"):
        return _list_or_flush(namespace, words, style, command == "flush")
    if command == "get":
        wanted = _number(words)
        if not wanted:
            raise usage("ip nexthop")
        return _get(namespace, wanted, style)
    request = _read(namespace, words, style)
    if command == "delete":
        if request.protocol != "unspec":
            raise ToolError(2, str(KernelError("EINVAL", "Invalid values in header")))
        if request._replace(number=0) != NextHopRequest():
            raise ToolError(2, str(KernelError("EINVAL", "Unknown attribute type")))
        if "id" not in arguments:
            raise ToolError(2, str(KernelError("EINVAL", "Nexthop id is missing")))
        requests.delete(namespace, request.number)
    else:
        requests.put(namespace, request, command == "replace")
    return ToolResult(0, "", "")


def _read(namespace: NetworkNamespace, words: Words, style: Style) -> NextHopRequest:
    """ipnh_modify."""
    family = Family(style.family)
    found = parse(words, (
        key("id", read=number("invalid id value")), key("dev", read=device_reader(namespace)),
        key("via", read=family.address), flag("blackhole"), flag("onlink"), key("group", read=_group),
        key("type", read=_type), key("protocol*", read=reader(protocol_of, '"protocol" value is invalid\n')),
        *(key(name, read=_refuse(name)) for name in NOT_MODELLED), asking(usage("ip nexthop"), "help")), unknown)
    return NextHopRequest(found.get("id", 0), found.get("via"), found.get("dev"), "onlink" in found,
                          "blackhole" in found, found.get("group", ()), found.get("protocol", "unspec"))


def _group(words: Words) -> tuple[tuple[int, int], ...]:
    """add_nh_group_attr: `ID[,WEIGHT]/ID[,WEIGHT]…`."""
    word = words.next()
    members = []
    for part in word.split("/"):
        name, comma, weight = part.partition(",")
        found, heavy = number_of(name), number_of(weight) if comma else 1
        if not found:
            raise wrong(word, '"group" value is invalid\n')
        if heavy is None or not 1 <= heavy <= HEAVIEST:
            raise wrong(weight, '"weight" is invalid\n')
        members.append((found, heavy))
    return tuple(members)


def _type(words: Words) -> str:
    word = words.next()
    if word == "resilient":
        raise ToolError(1, "netsandbox: groups of type resilient are not modelled (mpath is)")
    if word != "mpath":
        raise wrong(word, '"type" value is invalid\n')
    return word


def _refuse(name: str) -> Callable[[Words], None]:
    def read(_words: Words) -> None:
        raise ToolError(1, f"netsandbox: {name} of a next hop is not modelled")
    return read


def _number(words: Words) -> int:
    """ipnh_parse_id."""
    if not words or words.next() != "id":
        raise usage("ip nexthop")
    return number("invalid id value")(words)


def _get(namespace: NetworkNamespace, wanted: int, style: Style) -> ToolResult:
    return ToolResult(0, render([_row(requests.find(namespace, wanted), style)], style), "")


def _row(hop: NextHop, style: Style) -> Row:
    row = Row(style)
    put_nexthop(row, hop, style)
    row.say("\n")
    return row


def _list_or_flush(namespace: NetworkNamespace, words: Words, style: Style, flush: bool) -> ToolResult:
    """ipnh_list_flush."""
    found = parse(words, (
        key("dev", read=device_reader(namespace)), flag("groups"), key("id", read=number("invalid id value")),
        key("protocol*", read=lambda words: protocol_of(str(number("invalid protocol value")(words)))),
        *(key(name, read=_refuse(name)) for name in ("master", "vrf", "fdb")), asking(usage("ip nexthop"))), unknown)
    if "id" in found and not flush:
        return _get(namespace, found["id"], style)
    hops = [hop for hop in _in_order(namespace) if _is_wanted(hop, found)]
    if "id" in found and not hops:
        raise ToolError(1, str(KernelError("ENOENT")))
    if not flush:
        return ToolResult(0, render([_row(hop, style) for hop in hops], style), "")
    check_flush(hops, 2)
    for hop in hops:
        if hop.id in namespace.routes.nexthops:
            requests.delete(namespace, hop.id)
    return ToolResult(0, f"Flushed {len(hops)} nexthops\n" if hops else "Nothing to flush\n", "")


def _in_order(namespace: NetworkNamespace) -> list[NextHop]:
    return [hop for _number, hop in sorted(namespace.routes.nexthops.items())]


def _is_wanted(hop: NextHop, found: dict[str, object]) -> bool:
    return (("id" not in found or hop.id == found["id"]) and ("dev" not in found or hop.interface is found["dev"])
            and ("groups" not in found or bool(hop.members))
            and ("protocol" not in found or hop.protocol == found["protocol"]))
