"""`brctl showstp` and what brctl sets of the spanning tree (bridge-utils 1.7: brctl_disp.c, brctl_cmd.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError, failing_as
from netsandbox.commands.tools.kernel.sysfs_bridge import bridge_values, port_values
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.core.errors import STRERROR
from netsandbox.linux.netlink import bridge as requests

ON, OFF = ("on", "yes", "1"), ("off", "no", "0")
STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
HUNDREDTHS = 100


def found(context: ToolContext, name: str, failure: str) -> Bridge:
    """The bridge of that name (ToolError: there is none)."""
    bridge = context.namespace.interfaces.get(name)
    if bridge is None:
        raise ToolError(1, f"{failure}: {STRERROR['ENODEV']}")
    if not isinstance(bridge, Bridge):
        raise ToolError(1, f"{failure}: {STRERROR['EOPNOTSUPP']}")
    return bridge


def set_stp(context: ToolContext, words: list[str]) -> str:
    if words[1] not in (*ON, *OFF):
        raise ToolError(1, "expect on/off for argument")
    bridge = found(context, words[0], "set stp status failed")
    requests.change_bridge(bridge, {"stp_state": int(words[1] in ON)})
    return ""


def set_time(setting: str, what: str) -> Callable[[ToolContext, list[str]], str]:
    """A setting in seconds, as `setfd`."""
    def handler(context: ToolContext, words: list[str]) -> str:
        try:
            seconds = float(words[1])
        except ValueError:
            raise ToolError(1, f"bad {what} value") from None
        bridge = found(context, words[0], f"set {what} failed")
        with failing_as(1, f"set {what} failed"):
            requests.change_bridge(bridge, {setting: int(seconds * HUNDREDTHS)})
        return ""
    return handler


def set_priority(context: ToolContext, words: list[str]) -> str:
    if not words[1].isascii() or not words[1].isdecimal():
        raise ToolError(1, "bad priority")
    requests.change_bridge(found(context, words[0], "set bridge priority failed"), {"priority": int(words[1]) & 0xFFFF})
    return ""


def show_stp(context: ToolContext, words: list[str]) -> str:
    """What a bridge and its ports know of the tree."""
    bridge = context.namespace.interfaces.get(words[0])
    if not isinstance(bridge, Bridge):
        raise ToolError(1, f"bridge {words[0]} does not exist!" if bridge is None else
                        f"device {words[0]} is not a bridge!")
    return _bridge(bridge) + "".join(_port(port) for port in sorted(bridge.ports, key=lambda port: port.interface.name))


def _bridge(bridge: Bridge) -> str:
    told = {name: int(value) for name, value in bridge_values(bridge).items() if isinstance(value, int)}
    ids = bridge_values(bridge)
    tree, seconds = bridge.tree or bridge, {name: value / HUNDREDTHS for name, value in told.items()}
    own = [value / 1e9 for value in (bridge.max_age, bridge.hello_time, bridge.forward_delay)]
    root = [value / 1e9 for value in (tree.max_age, tree.hello_time, tree.forward_delay)]
    flags = ("TOPOLOGY_CHANGE " if told["topology_change"] else "") + (
        "TOPOLOGY_CHANGE_DETECTED " if told["topology_change_detected"] else "")
    return (f"{bridge.name}\n bridge id\t\t{ids['bridge_id']}\n designated root\t{ids['root_id']}\n"
            f" root port\t\t{told['root_port']:4}\t\t\tpath cost\t\t{told['root_path_cost']:4}\n"
            f" max age\t\t{root[0]:7.2f}\t\t\tbridge max age\t\t{own[0]:7.2f}\n"
            f" hello time\t\t{root[1]:7.2f}\t\t\tbridge hello time\t{own[1]:7.2f}\n"
            f" forward delay\t\t{root[2]:7.2f}\t\t\tbridge forward delay\t{own[2]:7.2f}\n"
            f" ageing time\t\t{seconds['ageing_time']:7.2f}\n"
            f" hello timer\t\t{seconds['hello_timer']:7.2f}\t\t\ttcn timer\t\t{seconds['tcn_timer']:7.2f}\n"
            f" topology change timer\t{seconds['topology_change_timer']:7.2f}\t\t\t"
            f"gc timer\t\t{seconds['gc_timer']:7.2f}\n flags\t\t\t{flags}\n\n\n")


def _port(port: BridgePort) -> str:
    told = port_values(port)
    timers = {name: int(told[f"{name}_timer"]) / HUNDREDTHS for name in ("message_age", "forward_delay", "hold")}
    tree = port.tree
    flags = "" if tree is None else ("CONFIG_PENDING " if tree.config_pending else "") + (
        "TOPOLOGY_CHANGE_ACK " if tree.ack else "")
    return (f"{port.interface.name} ({port.number})\n"
            f" port id\t\t{port.port_id:04x}\t\t\tstate\t\t{STATES[int(told['state'])]:>15}\n"
            f" designated root\t{told['designated_root']}\tpath cost\t\t{told['path_cost']:4}\n"
            f" designated bridge\t{told['designated_bridge']}\tmessage age timer\t{timers['message_age']:7.2f}\n"
            f" designated port\t{int(told['designated_port']):04x}\t\t\t"
            f"forward delay timer\t{timers['forward_delay']:7.2f}\n"
            f" designated cost\t{told['designated_cost']:4}\t\t\thold timer\t\t{timers['hold']:7.2f}\n"
            f" flags\t\t\t{flags}\n" + (" hairpin mode\t\t   1\n" if port.hairpin else "") + "\n")
