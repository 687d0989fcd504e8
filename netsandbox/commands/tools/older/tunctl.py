"""`tunctl` of uml-utilities: tap devices that stay without a program, as `ip tuntap` makes them."""

from __future__ import annotations

from itertools import count

from netsandbox.apps.option_table import OptionTable
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult, failing_as
from netsandbox.commands.tools.options import options_of
from netsandbox.linux.core.errors import STRERROR
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

USAGE = """\
Create: tunctl [-b] [-u owner] [-g group] [-t device-name] [-f tun-clone-device]
Delete: tunctl -d device-name [-f tun-clone-device]

The default tun clone device is /dev/net/tun - some systems use
/dev/misc/net/tun instead

-b will result in brief output (just the device name)"""
OPTIONS = OptionTable("tunctl", 1, USAGE, acts="b h u= t= g= d=", idle="f=")


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, words = options_of(OPTIONS, arguments)
    if words or "h" in options:
        raise ToolError(1, USAGE)
    if "d" in options:
        return _delete(context, options["d"])
    uid, gid = (_owner(options.get(letter, "")) for letter in "ug")
    taken = context.namespace.interfaces
    name = options.get("t") or next(f"tap{number}" for number in count() if f"tap{number}" not in taken)
    request = LinkRequest(name, "tun")
    request.settings = {"tuntap": "tap", "user": uid or "0"} | ({"group": gid} if gid else {})
    if name in taken and taken[name].kind != "tun":
        raise ToolError(1, f"TUNSETIFF: {STRERROR['EINVAL']}")
    if name not in taken:
        with failing_as(1, "TUNSETIFF"):
            requests.add(context.namespace, request, context.machine.new_mac)
    owners = f"uid {uid or 0}" + (f" gid {gid}" if gid else "")
    return ToolResult(0, f"{name}\n" if "b" in options else f"Set '{name}' persistent and owned by {owners}\n", "")


def _owner(name: str) -> str:
    """Raises: ToolError: a user that is not there."""
    if name not in ("", "root") and not name.isdecimal():
        raise ToolError(1, f"'{name}' is neither a username nor a numeric uid.\n{USAGE}")
    return name.replace("root", "0")


def _delete(context: ToolContext, name: str) -> ToolResult:
    device = context.namespace.interfaces.get(name)
    if device is not None and device.kind != "tun":
        raise ToolError(1, f"TUNSETIFF: {STRERROR['EINVAL']}")
    if device is not None:
        requests.delete(device)
    return ToolResult(0, f"Set '{name}' nonpersistent\n", "")
