"""ethtool, as far as it tells of virtual devices: -i, -k, -S, and without an option the link's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.names import lower_of

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.interface import Interface

DRIVERS = {"veth": "veth", "bridge": "bridge", "dummy": "dummy", "vlan": "802.1Q VLAN Support", "macvlan": "macvlan",
           "ipvlan": "ipvlan", "vxlan": "vxlan", "bond": "bonding", "tun": "tun"}
"""What each kind's ethtool_ops call themselves."""
SHOWN = {"-i": "driver", "--driver": "driver", "-k": "features", "--show-features": "features",
         "--show-offload": "features", "-S": "statistics", "--statistics": "statistics"}


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = [word for word in arguments if word.startswith("-")]
    names = [word for word in arguments if not word.startswith("-")]
    if not names:
        raise ToolError(1, "ethtool: bad command line argument(s)\nFor more information run ethtool -h")
    what = SHOWN.get(options[0]) if options else "settings"
    if what is None or len(names) > 1:
        said = " ".join(arguments)[:60]
        raise ToolError(1, f"netsandbox: `ethtool {said}` is not modelled; -i, -k and -S show a device")
    interface = context.namespace.interfaces.get(names[0])
    if interface is None:
        words = {"driver": "Cannot get driver information", "statistics": "Cannot get stats strings information",
                 "features": "Cannot get device feature names"}
        said = words.get(what, "netlink error")
        raise ToolError(75 if what == "settings" else 71 if what == "driver" else 1,
                        f"{said}: No such device" if what != "settings" else "netlink error: No such device\n"
                        "No data available")
    return _SHOWS[what](interface)


def _driver(interface: Interface) -> ToolResult:
    if interface.is_loopback or interface.kind not in DRIVERS:
        raise ToolError(71, "Cannot get driver information: Operation not supported")
    version = {"veth": "1.0", "bridge": "2.3"}.get(interface.kind, "1.0")
    unknown = "N/A" if interface.kind == "bridge" else ""
    rows = {"driver": DRIVERS[interface.kind], "version": version, "firmware-version": unknown,
            "expansion-rom-version": "", "bus-info": unknown,
            "supports-statistics": "yes" if interface.kind == "veth" else "no", "supports-test": "no",
            "supports-eeprom-access": "no", "supports-register-dump": "no", "supports-priv-flags": "no"}
    return ToolResult(0, "".join(f"{name}: {value}\n" for name, value in rows.items()), "")


def _statistics(interface: Interface) -> ToolResult:
    peer = lower_of(interface)
    if interface.kind != "veth" or peer is None:
        raise ToolError(94, "no stats available")
    return ToolResult(0, f"NIC statistics:\n     peer_ifindex: {peer.index}\n", "")


def _features(interface: Interface) -> ToolResult:
    return ToolResult(0, f"Features for {interface.name}:\n" + "".join(
        f"{name}: off [fixed]\n" for name in ("rx-checksumming", "tx-checksumming", "scatter-gather",
                                              "tcp-segmentation-offload", "generic-segmentation-offload",
                                              "generic-receive-offload", "large-receive-offload")),
        "note: the sandbox's devices offload nothing: each frame is as it is on the wire\n")


def _settings(interface: Interface) -> ToolResult:
    if interface.kind != "veth":
        return ToolResult(0, f"Settings for {interface.name}:\n\tLink detected: {_link(interface)}\n", "")
    speed = "\tSpeed: 10000Mb/s\n\tDuplex: Full\n\tAuto-negotiation: off\n\tPort: Twisted Pair\n\tPHYAD: 0\n"
    return ToolResult(0, f"Settings for {interface.name}:\n{speed}\tTransceiver: internal\n\tMDI-X: Unknown\n"
                      f"\tLink detected: {_link(interface)}\n", "")


def _link(interface: Interface) -> str:
    return "yes" if interface.up and interface.carrier else "no"


_SHOWS = {"driver": _driver, "statistics": _statistics, "features": _features, "settings": _settings}
