"""ethtool, as far as it tells of virtual devices: -i, -k, -S, and without an option the link's settings."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.kernel.kernel_files import PROCESSORS
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.names import lower_of
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.netlink.credentials import may_administer

DRIVERS = {"veth": "veth", "card": "virtio_net", "bridge": "bridge", "dummy": "dummy",
           "vlan": "802.1Q VLAN Support", "macvlan": "macvlan", "ipvlan": "ipvlan", "vxlan": "vxlan",
           "bond": "bonding", "tun": "tun"}
"""What each kind's ethtool_ops call themselves."""
SHOWN = {"-i": "driver", "--driver": "driver", "-k": "features", "--show-features": "features",
         "--show-offload": "features", "-S": "statistics", "--statistics": "statistics", "-P": "address",
         "--show-permaddr": "address", "-T": "stamping", "--show-time-stamping": "stamping",
         "-l": "channels", "--show-channels": "channels"}
OTHERS = ("-A -C -E -G -L -N -Q -U -W -w -X -f --pause --coalesce --change-eeprom --set-ring --set-channels "
          "--config-nfc --set-dump --get-dump --rxfh --flash --set-eee --set-priv-flags "
          "--set-fec --phy-statistics --per-queue --cable-test --monitor --reset --show-tunnels --get-tunable "
          "--set-tunable --json -j --debug --include-statistics")
"""What the real one can be asked as well."""


FEATURES = {"rx": "rx-checksumming", "tx": "tx-checksumming", "sg": "scatter-gather", "tso": "tcp-segmentation-offload",
            "gso": "generic-segmentation-offload", "gro": "generic-receive-offload", "lro": "large-receive-offload"}
"""What `-k` shows, by the short names of `-K`."""
OTHER_FEATURES = frozenset({"ufo", "rxvlan", "txvlan", "ntuple", "rxhash", "rx-vlan-offload", "tx-vlan-offload",
                            "ntuple-filters", "receive-hashing", "tx-nocache-copy", "rx-gro-hw", "rx-gro-list"})
CHANGES = frozenset({"-K", "--features", "--offload"})
NOTHING = "netlink error: Operation not supported"
WITHOUT = {
    **dict.fromkeys(("-g", "--show-ring", "-a", "--show-pause", "-c", "--show-coalesce", "-m", "--module-info", "-x",
                     "--show-rxfh", "--show-eee", "--show-priv-flags", "--show-fec"), (1, NOTHING)),
    **dict.fromkeys(("-s", "--change"), (75, NOTHING)),
    **dict.fromkeys(("-n", "-u", "--show-nfc"), (1, (
        "Cannot get RX rings: Operation not supported\n"
        "rxclass: Cannot get RX class rule count: Operation not supported\nRX classification rule retrieval failed"))),
    **dict.fromkeys(("-p", "--identify"), (255, "Cannot identify NIC: Operation not supported")),
    **dict.fromkeys(("-r", "--negotiate"), (255, "Cannot restart autonegotiation: Operation not supported")),
    **dict.fromkeys(("-t", "--test"), (74, "Cannot test: Operation not supported")),
    **dict.fromkeys(("-d", "--register-dump"), (74, "Cannot get register dump: Operation not supported")),
    **dict.fromkeys(("-e", "--eeprom-dump"), (74, "Cannot get EEPROM data: Operation not supported"))}
"""What no virtual device's driver does: the status and the words with which ethtool says so."""
BOND_ABI_VERSION = "2"
NO_DEVICE = "netlink error: no device matches name (offset 24)\nnetlink error: No such device"
MISSING = {"driver": (71, "Cannot get driver information: No such device"),
           "statistics": (96, "Cannot get stats strings information: No such device"),
           "address": (1, "netlink error: No such device")}
"""What is said of a device that is not there, where it is not NO_DEVICE."""
UNKNOWN = frozenset({"-a", "--show-pause", "-T", "--show-time-stamping", "-x", "--show-rxfh"})
BY_IOCTL = frozenset({"-i", "--driver", "-S", "--statistics", "-p", "--identify", "-r", "--negotiate", "-t", "--test",
                      "-d", "--register-dump", "-e", "--eeprom-dump", "-P", "--show-permaddr"})
"""How one word too many is called."""
TAKES = {**dict.fromkeys(("-s", "--change"), ".*"), **dict.fromkeys(("-p", "--identify"), "[0-9]+"),
         **dict.fromkeys(("-t", "--test"), "online|offline|external_lb")}
"""What may stand behind the device."""
BAD = "ethtool: bad command line argument(s)\nFor more information run ethtool -h"
MODES = """\
	Supported ports: [  ]
	Supported link modes:   Not reported
	Supported pause frame use: No
	Supports auto-negotiation: No
	Supported FEC modes: Not reported
	Advertised link modes:  Not reported
	Advertised pause frame use: No
	Advertised auto-negotiation: No
	Advertised FEC modes: Not reported
"""
SPEEDS = {"veth": "\tSpeed: 10000Mb/s\n\tDuplex: Full\n\tAuto-negotiation: off\n\tPort: Twisted Pair\n\tPHYAD: 0\n"
                  "\tTransceiver: internal\n\tMDI-X: Unknown\n",
          **dict.fromkeys(("bridge", "card"), "\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tAuto-negotiation: off\n"
                                              "\tPort: Other\n\tPHYAD: 0\n\tTransceiver: internal\n")}
QUEUE = ("rx_queue_0_xdp_packets", "rx_queue_0_xdp_bytes", "rx_queue_0_drops", "rx_queue_0_xdp_redirect",
         "rx_queue_0_xdp_drops", "rx_queue_0_xdp_tx", "rx_queue_0_xdp_tx_errors", "tx_queue_0_xdp_xmit",
         "tx_queue_0_xdp_xmit_errors")
"""Counters of XDP, which nothing here loads."""
VIRTIO_RX = ("drops", "xdp_packets", "xdp_tx", "xdp_redirects", "xdp_drops", "kicks")
VIRTIO_TX = ("xdp_tx", "xdp_tx_drops", "kicks", "tx_timeouts")
REFILL = 33
"""Buffers that are used before virtio_net gives the ring new ones, and kicks: more than half a poll's budget of 64."""
REQUESTS_OF_SETTINGS = 7  # So often the settings of a device are asked about, and so often it is not there


USAGE = """\
ethtool version 6.14.2
Usage:
        ethtool [ FLAGS ]  DEVNAME	Display standard information about device
        ethtool [ FLAGS ] -i|--driver DEVNAME	Show driver information
        ethtool [ FLAGS ] -k|--show-features|--show-offload DEVNAME	Get state of protocol offload and other features
        ethtool [ FLAGS ] -K|--features|--offload DEVNAME	Set protocol offload and other features
        ethtool [ FLAGS ] -S|--statistics DEVNAME	Show adapter statistics
        ethtool [ FLAGS ] -P|--show-permaddr DEVNAME	Show permanent hardware address
        ethtool [ FLAGS ] -T|--show-time-stamping DEVNAME	Show time stamping capabilities
"""


@looks(r"(?:-[iSkgca] )?\S+")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = arguments[1:] if arguments[:1] == ["-I"] else arguments
    option, names = (words[0], words[1:]) if words and words[0].startswith("-") else ("", words[:1])
    if option in ("-h", "--help"):
        return ToolResult(0, USAGE, "")
    if option == "--version":
        return ToolResult(0, "ethtool version 6.14.2\n", "")
    if option in OTHERS.split():
        raise ToolError(1, f"netsandbox: `ethtool {' '.join(words)[:60]}` is not modelled; -i, -k and -S show a device")
    if not names or (option and option not in (*SHOWN, *WITHOUT, *CHANGES)):
        raise ToolError(1, BAD)
    if option in CHANGES:
        return _change_features(context, names[0], names[1:])
    if names[1:] and not re.fullmatch(TAKES.get(option, ""), " ".join(names[1:])):
        raise _too_many(option, names[1])
    interface, what = context.namespace.interfaces.get(names[0]), SHOWN.get(option, "settings")
    if option in WITHOUT:
        code, said = WITHOUT[option]
        raise ToolError(code, said if interface is not None else NO_DEVICE if said == NOTHING else
                        said.replace("Operation not supported", "No such device"))
    if interface is None and what == "settings":
        return ToolResult(75, "No data available\n", f"{NO_DEVICE}\n" * REQUESTS_OF_SETTINGS)
    if interface is None:
        raise ToolError(*MISSING.get(what, (1, NO_DEVICE)))
    return _SHOWS[what](interface)


def _too_many(option: str, word: str) -> ToolError:
    if option in BY_IOCTL:
        return ToolError(1, BAD)
    return ToolError(1, f"ethtool ({option}): unknown parameter '{word}'" if option in UNKNOWN else
                     f"ethtool: unexpected parameter '{word}'")


def _change_features(context: ToolContext, name: str, words: list[str]) -> ToolResult:
    """-K: all are off, and fixed so; to switch one off changes nothing."""
    asked = list(zip(words[::2], [*words[1::2], "(null)"], strict=False))
    for _feature, value in asked:
        if value not in ("on", "off"):
            raise ToolError(1, f"ethtool (-K): flag '{value}' for parameter '(null)' is not followed by 'on' or 'off'")
    if name not in context.namespace.interfaces:
        raise ToolError(92, NO_DEVICE)
    if not may_administer():
        raise ToolError(92, "netlink error: Operation not permitted")
    for feature, _value in asked:
        if feature not in FEATURES and feature not in FEATURES.values() and feature not in OTHER_FEATURES:
            raise ToolError(92, "netlink error: bit name not found (offset 52)\nnetlink error: Operation not supported")
    if "on" in words[1::2] or not words:
        raise ToolError(1, "Could not change any device features")
    return ToolResult(0, "", "")


def _driver(interface: Interface) -> ToolResult:
    if interface.is_loopback or interface.kind not in DRIVERS:
        raise ToolError(71, "Cannot get driver information: Operation not supported")
    version = {"bridge": "2.3", "card": "1.0.0", "vxlan": "0.1", "bond": RELEASE}.get(interface.kind, "1.0")
    unknown = "N/A" if interface.kind == "bridge" else ""
    firmware = BOND_ABI_VERSION if interface.kind == "bond" else unknown
    bus = "0000:00:03.0" if interface.kind == "card" else unknown
    rows = {"driver": DRIVERS[interface.kind], "version": version, "firmware-version": firmware,
            "expansion-rom-version": "", "bus-info": bus,
            "supports-statistics": "yes" if interface.kind in ("veth", "card") else "no", "supports-test": "no",
            "supports-eeprom-access": "no", "supports-register-dump": "no", "supports-priv-flags": "no"}
    return ToolResult(0, "".join(f"{name}: {value}\n" for name, value in rows.items()), "")


def _statistics(interface: Interface) -> ToolResult:
    if interface.kind == "card":
        return ToolResult(0, "NIC statistics:\n" + "".join(
            f"     {queue}_{name}: {kicks if name == 'kicks' else 0}\n" for numbered in ("", "0")
            for queue, names, kicks in (
                (f"rx{numbered}", VIRTIO_RX, interface.rx_packets // REFILL + 1),
                (f"tx{numbered}", VIRTIO_TX, interface.tx_packets)) for name in names), "")
    peer = lower_of(interface)
    if interface.kind != "veth" or peer is None:
        raise ToolError(94, "no stats available")
    return ToolResult(0, f"NIC statistics:\n     peer_ifindex: {peer.index}\n"
                      + "".join(f"     {name}: 0\n" for name in QUEUE), "")


def _features(interface: Interface) -> ToolResult:
    return ToolResult(0, f"Features for {interface.name}:\n" + "".join(
        f"{name}: off [fixed]\n" for name in FEATURES.values()),
        "note: the sandbox's devices offload nothing: each frame is as it is on the wire\n")


def _settings(interface: Interface) -> ToolResult:
    speed = SPEEDS.get(interface.kind, "")
    return ToolResult(0, f"Settings for {interface.name}:\n{MODES if speed else ''}{speed}\tLink detected: "
                         f"{_link(interface)}\n", "")


def _link(interface: Interface) -> str:
    return "yes" if interface.up and interface.carrier else "no"


def _address(_interface: Interface) -> ToolResult:
    return ToolResult(0, "Permanent address: not set\n", "")


def _stamping(interface: Interface) -> ToolResult:
    sends = "\tsoftware-transmit\n" if interface.kind == "veth" else ""
    return ToolResult(0, f"Time stamping parameters for {interface.name}:\nCapabilities:\n{sends}\tsoftware-receive\n"
                      "\tsoftware-system-clock\nPTP Hardware Clock: none\nHardware Transmit Timestamp Modes: none\n"
                      "Hardware Receive Filter Modes: none\n", "")


def _channels(interface: Interface) -> ToolResult:
    """Queues: a veth has one each way, and could have as many as there are processors."""
    if interface.kind != "veth":
        raise ToolError(1, NOTHING)
    return ToolResult(0, f"Channel parameters for {interface.name}:\n" + "".join(
        f"{title}:\nRX:\t\t{count}\nTX:\t\t{count}\nOther:\t\tn/a\nCombined:\tn/a\n"
        for title, count in (("Pre-set maximums", PROCESSORS), ("Current hardware settings", 1))), "")


_SHOWS = {"channels": _channels,
          "address": _address, "stamping": _stamping, "driver": _driver, "statistics": _statistics,
          "features": _features, "settings": _settings}
