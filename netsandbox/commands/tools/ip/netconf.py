"""`ip netconf` (ip/ipnetconf.c): what the kernel says of the settings of interfaces."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import find_interface, in_order
from netsandbox.commands.tools.output import Style
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import key, parse, passed_over
from netsandbox.linux.core.sysctl.interface_conf import InterfaceConf

RP_FILTER = ("off", "strict", "loose")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    _command, words = subcommand("ip netconf", arguments, ("show", "lst", "list", "help"))
    found = parse(words, (key("dev"),), passed_over)
    namespace = context.namespace
    if style.family not in ("", "inet"):
        return ToolResult(0, "", "")
    if "dev" in found:
        device = find_interface(namespace, found["dev"])
        if device is None:
            raise ToolError(1, f'Device "{found["dev"]}" does not exist.')
        return ToolResult(0, _row(device.name, device.conf), "")
    if style.json:
        raise ToolError(1, "netsandbox: `ip -j netconf` is not modelled")
    confs = [(one.name, one.conf) for one in in_order(namespace)]
    confs += [("all", namespace.sysctls.all), ("default", namespace.sysctls.default)]
    return ToolResult(0, "".join(_row(name, conf) for name, conf in confs), "")


def _row(name: str, conf: InterfaceConf) -> str:
    """print_netconf; no group is routed."""
    return (f"inet {name} forwarding {_switch(conf.forwarding)} rp_filter {RP_FILTER[min(conf.rp_filter, 2)]} "
            f"mc_forwarding off proxy_neigh {_switch(conf.proxy_arp)} "
            f"ignore_routes_with_linkdown {_switch(conf.ignore_routes_with_linkdown)} \n")


def _switch(value: int) -> str:
    return "on" if value else "off"
