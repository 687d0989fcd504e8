"""`route` of net-tools, and `netstat -r`: the main table in the older manner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.options import read_options
from netsandbox.commands.tools.proc_net import RTF_GATEWAY, RTF_HOST, RTF_REJECT, main_routes, route_bits
from netsandbox.commands.tools.words import Words, flag, key, number, parse, refused
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.netlink import route as requests
from netsandbox.linux.netlink.route import RouteRequest
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4, parse_network

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.ipv4.route import Route

LONG = {"verbose": "v", "numeric": "n", "extend": "e", "fib": "F", "cache": "C", "help": "h", "version": "V"}
VERSION = "net-tools 2.10"
WRONG = 3
REFUSED = 7
"""Exit status when the kernel refuses."""


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    if arguments and arguments[0] in ("add", "del"):
        _change(context.namespace, arguments[0], Words(arguments[1:]))
        return ToolResult(0, "", "")
    options = read_options("route", arguments, "nvehFCV46A:", LONG, WRONG)
    if "V" in options:
        return ToolResult(0, VERSION + "\n", "")
    if "h" in options:
        return ToolResult(0, TEXTS["route"] + "\n", "")
    if options.words:
        flushes = "Flushing `inet' routing table not supported\n" if options.words[0] == "flush" else ""
        raise ToolError(WRONG, flushes + TEXTS["route"])
    if "C" in options:
        raise ToolError(1, "netsandbox: the routing cache is shown by `ip route show cache`")
    detail = sum(word.count("e") for word in arguments if word.startswith("-") and not word.startswith("--"))
    return ToolResult(0, table(context.namespace, min(detail, 2), "n" in options), "")


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

def _change(namespace: NetworkNamespace, command: str, words: Words) -> None:
    """INET_setroute: `route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.1.1.1`."""
    target: list[str] = []
    found = parse(words, (
        flag("-net"), flag("-host"), key("netmask"), key("gw", "gateway", name="gw"),
        key("metric", read=number("netsandbox: a metric is a number")), key("dev", "device", name="dev"),
        flag("reject"), flag("mod"), flag("dyn"), flag("reinstate"),
        *(refused(name, of="a route") for name in ("mss", "window", "irtt"))), lambda word, _rest: target.append(word))
    if len(target) == 2 and "dev" not in found:
        found["dev"] = target.pop()
    if len(target) != 1:
        raise ToolError(WRONG, TEXTS["route"])
    destination = _destination(target[0], found.get("netmask"), "-host" in found)
    device = namespace.interfaces.get(found["dev"]) if "dev" in found else None
    if "dev" in found and device is None:
        raise ToolError(REFUSED, f"SIOC{command.upper()}RT: No such device")
    gateway = _address(found["gw"]) if "gw" in found else None
    scope = None if command == "del" else "global" if gateway is not None else "link"
    scope = "host" if scope and "reject" in found else scope
    request = RouteRequest(destination, "unreachable" if "reject" in found else "", gateway, device, None, scope,
                           "", found.get("metric", 0))
    try:
        if command == "add":
            requests.put(namespace, request, "prepend")
        else:
            requests.delete(namespace, request)
    except KernelError as error:
        raise ToolError(REFUSED, f"SIOC{command.upper()}RT: {STRERROR[error.errno]}") from None


def _address(word: str) -> int:
    try:
        return parse_ipv4(word)
    except AddressError:
        raise ToolError(6, f"{word}: Host name lookup failure") from None


def _destination(word: str, mask: str | None, is_host: bool) -> Network:
    if word == "default":
        return Network(0, 0)
    try:
        network = parse_network(word)
        bits = f"{parse_ipv4(mask):032b}" if mask is not None else "1" * network.length + "0" * (32 - network.length)
    except AddressError:
        raise ToolError(6, f"{word}: Host name lookup failure") from None
    if "01" in bits:
        raise ToolError(WRONG, f"route: bogus netmask {mask}")
    found = Network(network.address, 32 if is_host else bits.count("1"))
    if found.address != found.network:
        raise ToolError(WRONG, f"route: netmask doesn't match route address\n{TEXTS['route']}")
    return found
