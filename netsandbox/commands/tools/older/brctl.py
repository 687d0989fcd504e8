"""`brctl` of bridge-utils: what bridges there are, and their ports, in the older manner."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult, failing_as
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.older import brctl_stp
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.core.devices.interface import MAX_NAME
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink import bridge as bridge_requests
from netsandbox.linux.netlink import link as links
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.addresses import format_mac

OPTIONS = OptionTable("brctl", 1, "Unknown option '?'", acts="h|help V|version")


@looks("show(?:macs|stp)?(?: .*)?")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    help_text = TEXTS["brctl"] + "\n"
    try:
        read = OPTIONS.read(arguments)
    except UsageError as error:
        return ToolResult(1, help_text, f"{error}\n")
    if read.given:
        return ToolResult(0, help_text if read.given[0].option.name == "help" else "bridge-utils, 1.7\n", "")
    name, *words = read.operands or [""]
    if name == "show":
        return _show(context.namespace, words)
    if name not in COMMANDS:
        return ToolResult(1, help_text, f"never heard of command [{name}]\n" if read.operands else "")
    handler, count = COMMANDS[name]
    if len(words) < count:
        return ToolResult(1, f"Incorrect number of arguments for command\nUsage: brctl {_usage_of(name)}\n", "")
    return ToolResult(0, handler(context, words), "")


def _usage_of(name: str) -> str:
    """A command and its arguments, as brctl_cmd.c's table has them."""
    line = next(line for line in TEXTS["brctl"].splitlines() if line.split()[:1] == [name])
    return f"{name} {line.strip().removeprefix(name).strip()}"


# -- showing

def _show(namespace: NetworkNamespace, names: list[str]) -> ToolResult:
    """br_cmd_show: each by itself, whatever is said of another."""
    lines, complaints = [], ""
    for name in names or sorted(namespace.interfaces):
        found = namespace.interfaces.get(name)
        if isinstance(found, Bridge):
            lines += _lines(found)
        elif names:
            complaints += f"bridge {name} does not exist!\n" if found is None else f"device {name} is not a bridge!\n"
    text = "".join(["bridge name\tbridge id\t\tSTP enabled\tinterfaces\n", *lines] if lines else [])
    return ToolResult(1 if complaints else 0, text, complaints)


def _lines(bridge: Bridge) -> list[str]:
    """A line for the bridge with its first port, and one for each further port."""
    identity = f"{bridge.priority:04x}.{bridge.mac if bridge.settled else 0:012x}"
    ports = sorted(port.interface.name for port in bridge.ports)
    is_on = "yes" if bridge.has_stp else "no"
    first = f"{bridge.name}\t\t{identity}\t{is_on}\t\t{ports[0] if ports else ''}\n"
    return [first, *("\t" * 7 + f"{name}\n" for name in ports[1:])]


def _show_macs(context: ToolContext, words: list[str]) -> str:
    bridge = context.namespace.interfaces.get(words[0])
    if not isinstance(bridge, Bridge):
        error = "ENODEV" if bridge is None else "EOPNOTSUPP"
        raise ToolError(1, f"read of forward table failed: {STRERROR[error]}")
    now = context.namespace.scheduler.now
    text = "port no\tmac addr\t\tis local?\tageing timer\n"
    for entry in sorted(bridge.fdb.entries.values(), key=lambda entry: entry.mac):
        if entry.port is not None:
            age = 0.0 if entry.static else (now - entry.updated) / SECOND
            text += f"{entry.port.number:3}\t{format_mac(entry.mac)}\t{'yes' if entry.local else 'no'}\t\t{age:7.2f}\n"
    return text


# -- changing

def _existing(namespace: NetworkNamespace, name: str, complaint: str) -> Bridge:
    bridge = namespace.interfaces.get(name)
    if not isinstance(bridge, Bridge):
        raise ToolError(1, complaint)
    return bridge


def _add_bridge(context: ToolContext, words: list[str]) -> str:
    if words[0] in context.namespace.interfaces:
        raise ToolError(1, f"device {words[0]} already exists; can't create bridge with the same name")
    with failing_as(1, "add bridge failed"):
        if not words[0]:
            raise KernelError("EINVAL")
        links.add(context.namespace, links.LinkRequest(words[0][:MAX_NAME], "bridge"), context.machine.new_mac)
    return ""


def _delete_bridge(context: ToolContext, words: list[str]) -> str:
    bridge = context.namespace.interfaces.get(words[0])
    if bridge is None:
        raise ToolError(1, f"bridge {words[0]} doesn't exist; can't delete it")
    if not isinstance(bridge, Bridge):
        raise ToolError(1, f"can't delete bridge {words[0]}: Operation not permitted")
    if bridge.up:
        raise ToolError(1, f"bridge {words[0]} is still up; can't delete it")
    links.delete(bridge)
    return ""


def _add_ports(context: ToolContext, words: list[str]) -> str:
    bridge = _existing(context.namespace, words[0], f"bridge {words[0]} does not exist!")
    for name in words[1:]:
        interface = context.namespace.interfaces.get(name)
        if interface is None:
            raise ToolError(1, f"interface {name} does not exist!")
        if interface.port is not None:
            raise ToolError(1, f"device {name} is already a member of a bridge; can't add it to bridge {words[0]}.")
        if isinstance(interface, Bridge):
            raise ToolError(1, f"device {name} is a bridge device itself; "
                               "can't add a bridge device to a bridge device.")
        with failing_as(1, f"can't add {name} to bridge {words[0]}"):
            links.set_master(interface, bridge)
    return ""


def _remove_ports(context: ToolContext, words: list[str]) -> str:
    bridge = _existing(context.namespace, words[0], f"bridge {words[0]} does not exist!")
    for name in words[1:]:
        if name not in context.namespace.interfaces:
            raise ToolError(1, f"interface {name} does not exist!")
        port = _port(context.namespace, words[0], name)
        if not may_administer():
            raise ToolError(1, f"can't delete {name} from {words[0]}: {STRERROR['EPERM']}")
        bridge.remove_port(port)
    return ""


def _port(namespace: NetworkNamespace, bridge: str, name: str) -> BridgePort:
    interface = namespace.interfaces.get(name)
    if interface is None:
        raise ToolError(1, f"interface {name} does not exist!")
    if interface.port is None or interface.port.bridge.name != bridge:
        raise ToolError(1, f"device {name} is not a port of {bridge}")
    return interface.port


def _set_hairpin(context: ToolContext, words: list[str]) -> str:
    if words[2] not in ("on", "off", "yes", "no", "1", "0"):
        raise ToolError(1, "expect on/off for argument")
    port = _port(context.namespace, words[0], words[1])
    bridge_requests.change_port(port, {"hairpin": words[2] in ("on", "yes", "1")})
    return ""


def _set_port_number(setting: str) -> Callable[[ToolContext, list[str]], str]:
    def handler(context: ToolContext, words: list[str]) -> str:
        if not (words[2].isascii() and words[2].isdecimal()):
            raise ToolError(1, f"bad path {setting} value")
        with failing_as(1, f"set {'path cost' if setting == 'cost' else 'port priority'} failed"):
            bridge_requests.change_port(_port(context.namespace, words[0], words[1]), {setting: int(words[2])})
        return ""
    return handler


COMMANDS: dict[str, tuple[Callable[[ToolContext, list[str]], str], int]] = {
    "showmacs": (_show_macs, 1), "addbr": (_add_bridge, 1), "delbr": (_delete_bridge, 1),
    "addif": (_add_ports, 2), "delif": (_remove_ports, 2), "hairpin": (_set_hairpin, 3),
    "setageing": (brctl_stp.set_time("ageing_time", "ageing time"), 2), "stp": (brctl_stp.set_stp, 2),
    "setfd": (brctl_stp.set_time("forward_delay", "forward delay"), 2),
    "sethello": (brctl_stp.set_time("hello_time", "hello timer"), 2),
    "setmaxage": (brctl_stp.set_time("max_age", "max age"), 2), "setbridgeprio": (brctl_stp.set_priority, 2),
    "showstp": (brctl_stp.show_stp, 1), "setpathcost": (_set_port_number("cost"), 3),
    "setportprio": (_set_port_number("priority"), 3)}
"""Each command besides `show` and how many words it needs."""
