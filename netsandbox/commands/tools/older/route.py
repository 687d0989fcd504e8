"""`route` of net-tools, and `netstat -r`: the main table in the older manner."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.hosts import lookup
from netsandbox.apps.option_table import OptionTable
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult, failing_as
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.kernel.proc_net import RTF_GATEWAY, RTF_HOST, RTF_REJECT, main_routes, route_bits
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.older.net_tools import resolve
from netsandbox.commands.tools.options import read
from netsandbox.commands.tools.word_values import number
from netsandbox.commands.tools.words import ASKED, USAGE, OfferedError, Words, flag, key, parse, refused
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.netlink import route as requests
from netsandbox.linux.netlink.route import RouteRequest
from netsandbox.wire.addresses import Network, format_ipv4, prefix_mask

FAMILIES = ("inet6", "ax25", "netrom", "rose", "ipx", "ddp", "x25")
NO_HOST = 6
ALL_ONES = 0xFFFFFFFF
WRONG = 3
REFUSED = 7  # Exit status when the kernel refuses
ROUTE = OptionTable(
    "route", WRONG, TEXTS["route"], by_letter=True, acts="n|numeric e|extend h|help C|cache A=",
    usual="N|symbolic v|verbose F|fib 4|inet", refused="V|version 6")


@looks("(?:-[ne]+)?")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """A wrong option is no failure to it."""
    usage = TEXTS["route"] + "\n"
    try:
        options = read(ROUTE, ["#" + word[1:] if word in ("-net", "-host") else word for word in arguments])
    except ToolError as error:
        if error.code != WRONG:
            raise
        return ToolResult(0, usage, error.message.removesuffix(TEXTS["route"]))
    family = options.values.get("A", "inet")
    if family != "inet":
        raise ToolError(1, f"netsandbox: route -A {family} is not modelled" if family in FAMILIES
                        else f"Unknown address family `{family[:60]}'.")
    if "h" in options:
        return ToolResult(0, usage, "")
    if options.operands:
        return _act(context, options.operands[0], Words(options.operands[1:]))
    if "C" in options:
        raise ToolError(1, "netsandbox: the routing cache is shown by `ip route show cache`")
    return ToolResult(0, table(context.namespace, extended(arguments), "n" in options), "")


def extended(arguments: list[str]) -> int:
    """How often -e is given, up to twice."""
    return min(2, sum(word == "--extend" if word.startswith("--") else word.count("e")
                      for word in arguments if word.startswith("-")))


def _act(context: ToolContext, verb: str, words: Words) -> ToolResult:
    if verb not in ("add", "del", "delete"):
        flushes = "Flushing `inet' routing table not supported\n" if verb == "flush" else ""
        raise ToolError(WRONG, flushes + TEXTS["route"])
    if not words:
        return ToolResult(0, TEXTS["route"] + "\n", "")
    _change(context, verb[:3], words)
    return ToolResult(0, "", "")


# -- showing

def table(namespace: NetworkNamespace, detail: int, numeric: bool) -> str:
    """rprint_fib; with `detail` 1 as `netstat -r`, with 2 both kinds of columns."""
    heading = "Destination     Gateway         Genmask         Flags "
    heading += ("Metric Ref    Use Iface", "  MSS Window  irtt Iface",
                "Metric Ref    Use Iface    MSS   Window irtt")[detail]
    lines = [_line(route, detail, numeric) for route in main_routes(namespace)]
    return "".join(f"{line}\n" for line in ["Kernel IP routing table", heading, *lines])


def _line(route: Route, detail: int, numeric: bool) -> str:
    bits = route_bits(route)
    rejects = bool(bits & RTF_REJECT)
    destination = format_ipv4(route.destination.network)
    if not numeric and route.destination.length == 0:
        destination = "default"
    gateway = "-" if rejects else format_ipv4(route.gateway or 0)
    flags = "!" if rejects else "U"
    flags += ("G" if bits & RTF_GATEWAY else "") + ("H" if bits & RTF_HOST else "")
    device = "-" if rejects else route.interface.name if route.interface is not None else "*"
    text = f"{destination:<15.15} {gateway:<15.15} {format_ipv4(route.destination.mask):<15.15} {flags:<6}"
    reference, window = ("-", "-") if rejects else ("0", "0")
    if detail == 1:
        return f"{text}{window:>5} {window:<5} {window:>6} {device}"
    text += f"{route.metric:<6} {reference:<2} {0:>7} "
    return text + device if detail == 0 else f"{text}{device:<8} {window:<5} {window:<6} {window}"


# -- changing

KEYS = (key("netmask"), key("gw", "gateway", name="gw", once="gw"), key("metric", read=number("")),
        key("dev", "device", name="dev", once="dev"), flag("reject"), flag("mod"), flag("dyn"), flag("reinstate"),
        *(refused(name, of="a route") for name in ("mss", "window", "irtt")))


def _change(context: ToolContext, command: str, words: Words) -> None:
    """INET_setroute: `route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.1.1.1`."""
    namespace = context.namespace
    if words.peek() == ASKED:
        raise OfferedError(["-net", "-host", "default"])
    kind = words.next() if words.peek() in ("#net", "#host") else ""
    target, found = _read(words)
    destination = _destination(context, target, found.get("netmask"), kind)
    device = namespace.interfaces.get(found["dev"]) if "dev" in found else None
    if "dev" in found and device is None:
        raise ToolError(REFUSED, f"SIOC{command.upper()}RT: No such device")
    gateway = resolve(context.files, found["gw"], NO_HOST) if "gw" in found else None
    kind, scope = ("unreachable", "host") if "reject" in found else ("unicast", "global" if "gw" in found else "")
    if not scope and command == "add":
        scope = "link"
    request = RouteRequest(destination, kind, gateway, device, None, scope or None, "", found.get("metric", 0))
    with failing_as(REFUSED, f"SIOC{command.upper()}RT"):
        if destination.address != destination.network:
            raise KernelError("EINVAL")
        if command == "add":
            requests.put(namespace, request, "prepend")
        else:
            requests.delete(namespace, request)


def _read(words: Words) -> tuple[str, dict[str, Any]]:
    """The target, and what is said of the route; a last word alone is the device."""
    devices: list[str] = []

    def last(word: str, rest: Words) -> None:
        if rest:
            raise _usage()
        devices.append(word)
    try:
        target = words.next()
        found = parse(words, KEYS, last)
    except ToolError as error:
        raise _usage() if error.code == USAGE else error from None
    if devices and "dev" in found:
        raise _usage()
    return target, found | ({"dev": devices[0]} if devices else {})


def _usage(complaint: str = "") -> ToolError:
    return ToolError(WRONG, (f"route: {complaint}\n" if complaint else "") + TEXTS["route"])


def _destination(context: ToolContext, word: str, mask: str | None, kind: str) -> Network:
    """A host's unless -net is before it; without a mask a network has none, which the kernel takes of 0.0.0.0 alone."""
    text, slash, length = word.partition("/")
    if slash and mask is not None:
        raise _usage()
    is_number = length.isascii() and length.isdecimal()
    address = resolve(context.files, text if is_number else word, NO_HOST)
    bits = prefix_mask(min(int(length[:3]), 32)) if is_number else 0
    if mask is not None:
        bits = lookup(mask, {}) or 0
        if "01" in f"{bits:032b}":
            raise _usage(f"bogus netmask {mask}")
    is_host = kind != "#net" and word != "default"
    if is_host and bits and (mask is not None or bits != ALL_ONES):
        raise _usage(f"netmask {~bits & ALL_ONES:08x} doesn't make sense with host route")
    if bits and (address & ~bits or (is_number and int(length[:3]) > 32)):
        raise _usage("netmask doesn't match route address")
    return Network(address, 32 if is_host else bits.bit_count())
