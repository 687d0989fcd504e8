"""`vconfig` of the vlan package (vconfig.c, 1.9): VLAN devices in the older manner; what it does is `ip link`'s."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult, failing_as
from netsandbox.linux.core.errors import STRERROR
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

USAGE = """\
Expecting argc to be 3-5, inclusive.  Was: {count}

Usage: add             [interface-name] [vlan_id]
       rem             [vlan-name]
       set_flag        [interface-name] [flag-num]       [0 | 1]
       set_egress_map  [vlan-name]      [skb_priority]   [vlan_qos]
       set_ingress_map [vlan-name]      [skb_priority]   [vlan_qos]
       set_name_type   [name-type]"""
OTHERS = ("set_flag", "set_egress_map", "set_ingress_map")
NAME_TYPE = "DEV_PLUS_VID_NO_PAD"  # How devices are named: eth0.5
MOST_VID = 4095


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    command, words = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "add" and len(words) == 2:
        return _add(context, *words)
    if command == "rem" and len(words) == 1:
        return _remove(context, words[0])
    if command == "set_name_type" and words == [NAME_TYPE]:
        return ToolResult(0, "Set name-type for VLAN subsystem. Should be visible in /proc/net/vlan/config\n", "")
    if command in OTHERS or command == "set_name_type":
        raise ToolError(1, f"netsandbox: vconfig's {command} is not modelled")
    raise ToolError(1, USAGE.format(count=len(arguments) + 1))


def _add(context: ToolContext, parent: str, number: str) -> ToolResult:
    vid = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else -1
    below = context.namespace.interfaces.get(parent)
    failed = f"ERROR: trying to add VLAN #{vid} to IF -:{parent}:-  error"
    if below is None:
        raise ToolError(3, f"{failed}: {STRERROR['ENODEV']}")
    if not 0 <= vid <= MOST_VID:
        raise ToolError(3, f"{failed}: {STRERROR['ERANGE']}")
    request = LinkRequest(f"{parent}.{vid}", "vlan")
    request.lower, request.settings = below, {"id": vid}
    with failing_as(3, failed):
        requests.add(context.namespace, request, context.machine.new_mac)
    return ToolResult(0, f"Added VLAN with VID == {vid} to IF -:{parent}:-\n", "")


def _remove(context: ToolContext, name: str) -> ToolResult:
    device = context.namespace.interfaces.get(name)
    errno = "ENODEV" if device is None else "EINVAL" if device.kind != "vlan" else ""
    if device is None or errno:
        raise ToolError(3, f"ERROR: trying to remove VLAN -:{name}:- error: {STRERROR[errno]}")
    requests.delete(device)
    return ToolResult(0, f"Removed VLAN -:{name}:-\n", "")
